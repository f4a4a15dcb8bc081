//! The walk, which finds the end of a partial frame incrementally.
//!
//! A parser starts over at each attempt. This costs little if an attempt waits for a known number
//! of missing bytes, because a type has a fixed number of fields to wait for. But for a list
//! without an outer length, or a delimiter, there may be an attempt at every read, and starting
//! over each time makes the work quadratic. For types with such a part the framer keeps a walk: a
//! stack and a position in the schema, so that the walk can stop and continue. The frame is decoded
//! once, when its end is known.
//!
//! A walk uses only expressions that the schema can evaluate. If the end of a frame depends on
//! anything else, such as an expression with a call, the frame is one opaque step, which its own
//! parser measures. If that parser runs short in a part that may take any number of reads to
//! arrive, it reports that part ([`Endless`]). The walk then goes over the part and calls the
//! parser again.
//!
//! The items of a list are measured by their own parser too, if they need no walk and no context,
//! because a parser is many times faster than the walk.

mod field;
#[cfg(all(test, feature = "testing"))]
mod model;
mod values;

use alloc::vec::Vec;
use core::cell::Cell;

use self::field::{Ends, Fields, Handed, Inner, Position, choose, note};
use self::values::{Items, Parsers};
use crate::budget::Budget;
use crate::schema::known::Known;
use crate::schema::steps::{Enclosed, Slot, Step, steps};
use crate::schema::value::Value;
use crate::schema::{Body, Delimiter, Endless, Extent, Field, Measured, Role, Schema, Start, Type};
use crate::source::Source;
use crate::wire::Found;

/// What a walk knows about the end of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The frame has at least this many bytes.
    AtLeast(usize),
    /// The frame has arrived up to its end, or is malformed. Decoding shows which.
    Known,
}

/// The state of a walk: a stack, and a position in the received bytes.
#[derive(Debug)]
pub(crate) struct Walk {
    levels: Vec<Level>,
    position: Position,
    plans: Vec<(&'static Schema, Vec<Step>)>,
    parsers: Parsers,
    /// Number of bytes that failed parsers have read.
    read: usize,
}

#[derive(Debug)]
enum Level {
    /// A frame. The walk is among its fields.
    Frame(Open),
    /// A frame measured by its own parser.
    Opaque(Opaque),
    /// Consecutive values of these types.
    Values(&'static [Type]),
    /// A known number of items.
    Items(Items),
    /// Items up to the last one, which is recognised by `ends`. The current item began at `begun`.
    ItemsUntil { item: &'static Type, ends: Ends, begun: Option<usize> },
    /// Bytes up to a delimiter.
    Until(&'static [u8]),
    /// Bytes up to one of several delimiters.
    UntilAny(&'static Delimiter),
}

/// A frame measured by its own parser.
#[derive(Debug)]
struct Opaque {
    schema: &'static Schema,
    start: usize,
    /// The position where the parser stopped last time. It must get further now.
    stuck: Option<usize>,
}

/// A frame, and the position of the walk among its fields.
#[derive(Debug)]
struct Open {
    plan: usize,
    start: usize,
    /// The variant, once the tag has selected it.
    variant: Option<usize>,
    step: usize,
    known: Known,
}

/// The reason why a walk stops.
enum Stop {
    Needs(usize),
    Malformed,
    Opaque,
}

/// The result of one step of a frame.
enum Next {
    /// Continue with the next step.
    Behind,
    /// Walk over the inner parts of the field, and then continue with the next step.
    Into(Inner),
    /// Leave the frame.
    Out,
}

/// Returns `true` if frames of this schema need a walk, because they have a part that may take any
/// number of reads to arrive.
pub(crate) fn is_worth_it(schema: &'static Schema) -> bool {
    !schema.open && has_endless_part(schema, &mut Vec::new())
}

fn has_endless_part(schema: &'static Schema, seen: &mut Vec<&'static Schema>) -> bool {
    if seen.iter().any(|known| core::ptr::eq(*known, schema)) {
        return false;
    }
    seen.push(schema);
    let bounded = schema.head.iter().any(|field| matches!(field.role, Role::LenOf(..)));
    let mut endless = |field: &Field| match field.extent {
        Extent::Until(_) | Extent::UntilAny(_) | Extent::UntilItem(..) => true,
        Extent::CountPrefixed(_) | Extent::CountOf(_) | Extent::Count(_) => match field.ty {
            Type::List(item) => item.bits().is_none(),
            _ => false,
        },
        Extent::Own => holds_endless_part(&field.ty, seen),
        _ => false,
    };
    !schema.until.is_empty()
        || !bounded
            && match schema.body {
                Body::Struct(fields) => fields.iter().any(endless),
                Body::Enum(variants) => variants.iter().flat_map(|variant| variant.fields).any(&mut endless),
            }
}

fn holds_endless_part(ty: &Type, seen: &mut Vec<&'static Schema>) -> bool {
    match ty {
        Type::Frame(inner) => has_endless_part(inner(), seen),
        Type::Array(item, _) => holds_endless_part(item, seen),
        Type::Tuple(types) => types.iter().any(|ty| holds_endless_part(ty, seen)),
        _ => false,
    }
}

/// Returns the end of the frame at the start of `input`, which ends with a delimiter, if the end
/// can be found without reading the head of the type.
pub(crate) fn end_by_delimiter(schema: &Schema, input: &[u8]) -> Option<usize> {
    let sizes = schema.head.iter().map(|field| match field.role {
        Role::Magic(bytes) => Some(bytes.len() * 8),
        _ => field.ty.bits(),
    });
    let head = sizes.sum::<Option<usize>>()? / 8;
    // The schema does not say whether a delimiter that begins within the tag ends the frame.
    match Delimiter::of_frame(schema.until_any).find(input, false) {
        Found::At(at, len) if at >= head => Some(at + len),
        Found::At(..) | Found::Cut(_) | Found::Nothing => None,
    }
}

/// Returns `true` if a frame begins with the length of everything after it
/// (`#[frame(len_prefixed)]`).
pub(crate) fn begins_with_length(schema: &Schema) -> bool {
    schema.head.first().is_some_and(|field| matches!(field.role, Role::LenOf(..)))
}

/// Returns the end of the frame at the start of `input`, if that length has arrived. The frame must
/// [begin with it](begins_with_length); its content does not matter.
pub(crate) fn end_by_prefix(schema: &'static Schema, input: &[u8]) -> Option<usize> {
    let asked = Cell::new(false);
    let mut walk = Walk::new(schema);
    let ask = |_| {
        asked.set(true);
        Measured::Takes(0)
    };
    walk.advance(input, &ask, &NOTHING);
    let end = walk.position.at;
    // If the length exceeds the limit of the type or is malformed, the length itself is wrong, so
    // the end is unknown.
    let is_known = walk.levels.is_empty() && !asked.get();
    (is_known && schema.max.is_none_or(|max| end <= max)).then_some(end)
}

/// The budget of a walk without parsers.
static NOTHING: Budget = Budget::new(0);

impl Walk {
    pub(crate) fn new(schema: &'static Schema) -> Self {
        let mut walk = Self {
            levels: Vec::new(),
            position: Position::default(),
            plans: Vec::new(),
            parsers: Parsers::default(),
            read: 0,
        };
        walk.enter(schema, Known::new(schema, 0));
        walk
    }

    /// Continues the walk over `input`, which begins at the frame and has at least the bytes of the
    /// last call. `measure` is the frame's own parser; parsers of nested frames use `budget`.
    pub(crate) fn advance<'a>(
        &mut self,
        input: &'a [u8],
        measure: &dyn Fn(&'a [u8]) -> Measured,
        budget: &'a Budget,
    ) -> Reach {
        while let Some(level) = self.levels.pop() {
            let taken = match level {
                Level::Frame(open) => self.frame(open, input),
                Level::Opaque(opaque) => self.opaque(opaque, input, measure, budget),
                Level::Values(types) => self.values(types, input),
                Level::Items(items) => self.items(items, input, budget),
                Level::ItemsUntil { item, ends, begun } => self.items_until(item, ends, begun, input),
                Level::Until(delimiter) => self.until(delimiter, input),
                Level::UntilAny(delimiter) => self.until_any(delimiter, input),
            };
            match taken {
                Ok(()) => {}
                // If the frame exceeds the limit of its type, the parser refuses it.
                Err(Stop::Needs(bytes)) if self.is_too_long(bytes) => return Reach::Known,
                Err(Stop::Needs(bytes)) => return Reach::AtLeast(bytes.max(input.len() + 1)),
                Err(Stop::Malformed) => return Reach::Known,
                Err(Stop::Opaque) => self.measure_instead(),
            }
        }
        let end = self.position.at;
        if end <= input.len()
            || self.plans.first().is_some_and(|(root, _)| root.max.is_some_and(|max| end > max))
        {
            Reach::Known
        } else {
            Reach::AtLeast(end)
        }
    }

    /// Returns the number of bytes that failed parsers have read since the last call.
    pub(super) fn take_read(&mut self) -> usize {
        core::mem::take(&mut self.read)
    }

    /// Returns an error if the nesting is deeper than a parser allows.
    fn is_deep(&self) -> Result<(), Stop> {
        // Each level of nesting may take several entries of the stack, because a frame may be an
        // item of a list.
        let most = 4 * usize::from(Source::MAX_DEPTH) + 4;
        if self.levels.len() > most { Err(Stop::Malformed) } else { Ok(()) }
    }

    /// Returns `true` if an enclosing frame would exceed the limit of its type if it extended to
    /// `end`.
    fn is_too_long(&self, end: usize) -> bool {
        self.levels.iter().any(|level| {
            let (schema, start) = match level {
                Level::Frame(open) => match self.plans.get(open.plan) {
                    Some((schema, _)) => (*schema, open.start),
                    None => return false,
                },
                Level::Opaque(opaque) => (opaque.schema, opaque.start),
                Level::Values(_)
                | Level::Items(_)
                | Level::ItemsUntil { .. }
                | Level::Until(_)
                | Level::UntilAny(_) => {
                    return false;
                }
            };
            schema.max.is_some_and(|max| end.saturating_sub(start) > max)
        })
    }

    /// Stops walking the innermost frame that has its own parser, so that this parser measures the
    /// frame.
    fn measure_instead(&mut self) {
        while let Some(level) = self.levels.pop() {
            let opaque = match level {
                // The walk cannot get over the part where the parser stopped, so from now on the
                // parser is called at each read.
                Level::Opaque(opaque) => Opaque { stuck: Some(usize::MAX), ..opaque },
                Level::Frame(open) => match self.plans.get(open.plan) {
                    // The root always has a parser.
                    Some((schema, _)) if schema.measure.is_some() || self.levels.is_empty() => {
                        Opaque { schema, start: open.start, stuck: None }
                    }
                    _ => continue,
                },
                Level::Values(_)
                | Level::Items(_)
                | Level::ItemsUntil { .. }
                | Level::Until(_)
                | Level::UntilAny(_) => {
                    continue;
                }
            };
            self.levels.push(Level::Opaque(opaque));
            return;
        }
    }

    fn opaque<'a>(
        &mut self,
        opaque: Opaque,
        input: &'a [u8],
        root: &dyn Fn(&'a [u8]) -> Measured,
        budget: &'a Budget,
    ) -> Result<(), Stop> {
        let Opaque { schema, start, stuck } = opaque;
        let frame = input.get(start..).unwrap_or_default();
        let measured = match schema.measure {
            Some(measure) if !self.levels.is_empty() => measure(frame, budget),
            _ => root(frame),
        };
        let (here, part) = match measured {
            Measured::Takes(0) | Measured::Malformed(_) => return Err(Stop::Malformed),
            Measured::Takes(len) => {
                self.position.jump(start.saturating_add(len));
                return Ok(());
            }
            Measured::Lacks(bytes) => {
                self.read = self.read.saturating_add(frame.len());
                self.levels.push(Level::Opaque(opaque));
                return Err(Stop::Needs(input.len().saturating_add(bytes)));
            }
            Measured::Awaits { at, part } => (start.saturating_add(at), part),
        };
        self.read = self.read.saturating_add(frame.len());
        if stuck.is_some_and(|before| here <= before) {
            self.levels.push(Level::Opaque(opaque));
            return Err(Stop::Needs(input.len() + 1));
        }
        self.levels.push(Level::Opaque(Opaque { stuck: Some(here), ..opaque }));
        self.position.jump(here);
        match part {
            Endless::Until(delimiter) => self.levels.push(Level::Until(delimiter)),
            Endless::UntilAny(delimiter) => self.levels.push(Level::UntilAny(delimiter)),
            Endless::Items(item, left) => self.begin_items(item, left, Handed::default()),
            Endless::ItemsUntil(item, is_last) => {
                let ends = Ends::Parsed(is_last);
                self.levels.push(Level::ItemsUntil { item, ends, begun: None });
            }
        }
        Ok(())
    }

    fn enter(&mut self, schema: &'static Schema, mut known: Known) {
        let plan = self.plans.iter().position(|(planned, _)| core::ptr::eq(*planned, schema));
        let plan = plan.unwrap_or_else(|| {
            self.plans.push((schema, steps(schema)));
            self.plans.len() - 1
        });
        let start = self.position.at;
        known.start = start;
        self.levels.push(Level::Frame(Open { plan, start, variant: None, step: 0, known }));
    }

    /// Takes the next step of a frame.
    fn frame(&mut self, mut open: Open, input: &[u8]) -> Result<(), Stop> {
        let next = match self.plans.get(open.plan) {
            Some((schema, steps)) => open.next(schema, steps, &mut self.position, input),
            None => Ok(Next::Out),
        };
        if !matches!(next, Ok(Next::Out)) {
            self.levels.push(Level::Frame(open));
            self.is_deep()?;
        }
        match next? {
            Next::Behind | Next::Out => {}
            Next::Into(Inner::Frame(schema, known)) => self.enter(schema, known),
            Next::Into(Inner::Items(item, left, handed)) => {
                self.begin_items(item, left, handed);
            }
            Next::Into(Inner::ItemsUntil(item, ends)) => {
                self.levels.push(Level::ItemsUntil { item, ends, begun: None });
            }
        }
        Ok(())
    }
}

impl Open {
    fn next(
        &mut self,
        schema: &'static Schema,
        steps: &[Step],
        position: &mut Position,
        input: &[u8],
    ) -> Result<Next, Stop> {
        let steps = match (self.variant, steps.last()) {
            (Some(variant), Some(Step::Choice(variants))) => {
                variants.get(variant).map(|(_, steps)| steps.as_slice()).unwrap_or_default()
            }
            _ => steps,
        };
        let Some(step) = steps.get(self.step) else { return Ok(Next::Out) };
        let inner = match step {
            Step::Choice(variants) => {
                let chosen = choose(schema, &self.known)?;
                self.known.variant = Some(chosen);
                self.variant = variants.iter().position(|(variant, _)| variant.name == chosen.name);
                self.step = 0;
                return Ok(Next::Behind);
            }
            // The end is determined by the delimiter, whatever the content is.
            Step::Delimited(delimiter, _) => {
                match delimiter.any {
                    [one] => position.find(one, input)?,
                    _ => position.find_any(delimiter, input)?,
                }
                None
            }
            Step::Scope(scope) => {
                let end = self.end_of(scope, position.at).ok_or(Stop::Opaque)?;
                position.at = end.filter(|end| *end >= position.at).ok_or(Stop::Malformed)?;
                None
            }
            Step::Bits(run) => {
                let bytes = position.peek(run.bytes, input)?;
                for (slot, field) in &run.fields {
                    let field = self.known.in_order(field).ok_or(Stop::Opaque)?;
                    note(&mut self.known, *slot, field, position.at, Some(Value::of(&field.ty, bytes)));
                }
                position.skip(if run.ends { run.bytes } else { 0 });
                None
            }
            Step::Field(slot, field) => {
                let field = self.known.in_order(field).ok_or(Stop::Opaque)?;
                Fields { known: &mut self.known, position, input }.walk(*slot, field)?
            }
        };
        self.step += 1;
        Ok(inner.map_or(Next::Behind, Next::Into))
    }

    /// Returns the end of a scope, or `None` if it is unknown. The inner `None` means that the end
    /// does not fit in `usize`.
    fn end_of(&self, scope: &Enclosed, here: usize) -> Option<Option<usize>> {
        let from = match scope.start {
            Start::Here => here,
            Start::Frame => self.start,
            Start::Field(index) => self.known.entry(Slot::Field(index))?.start,
        };
        Some(from.checked_add(self.known.counted(scope.slot, scope.len)?))
    }
}
