//! How far a frame reaches, found out piece by piece.
//!
//! A parser starts over at each attempt. That is fine where an attempt waits
//! for bytes that are known to be missing, since a type has only so many
//! fields to wait for. A list without an outer length, or a delimiter, can be
//! waited for as often as bytes arrive, and starting over each time makes the
//! work quadratic. For types that have such a part the framer keeps a walk:
//! a stack and a position in the schema, which goes on where it stopped. The
//! frame is decoded once, when its end is known.
//!
//! A walk trusts nothing but numbers that stand on the wire as what they are.
//! Where the end of a frame hangs on more than that, such as an expression,
//! the frame is one opaque step: it is measured by its own parser, alone.

mod field;

use alloc::vec::Vec;

use self::field::{Fields, Inner, Known, Position, choose, length, note};
use crate::schema::{Body, Extent, Field, Measured, Role, Schema, Type};
use crate::source::Source;
use crate::view::cells;
use crate::view::plan::{self, From, Scope, Step};
use crate::view::value::Value;

/// What a walk knows of the end of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It has at least so many bytes.
    AtLeast(usize),
    /// It ends here, or is malformed: decoding tells.
    Known,
    /// The schema does not say.
    Unknown,
}

/// A stack and a position.
#[derive(Debug)]
pub(crate) struct Walk {
    levels: Vec<Level>,
    position: Position,
    plans: Vec<(&'static Schema, Vec<Step>)>,
}

#[derive(Debug)]
enum Level {
    /// A frame whose fields are walked.
    Frame(Open),
    /// A frame that its own parser measures.
    Opaque { start: usize, measure: fn(&[u8]) -> Measured },
    /// Items of which so many are left.
    Items { item: &'static Type, left: usize },
}

/// A frame whose fields are walked, and how far that has come.
#[derive(Debug)]
struct Open {
    plan: usize,
    start: usize,
    /// The variant whose fields are meant, once the tag has chosen one.
    variant: Option<usize>,
    step: usize,
    known: Vec<Known>,
}

/// Why a walk stops.
enum Stop {
    Needs(usize),
    Malformed,
    Opaque,
}

/// Where one step of a frame leads.
enum Next {
    /// To the step behind it.
    Behind,
    /// Into what the field holds, then behind it.
    Into(Inner),
    /// Out of the frame.
    Out,
}

/// Whether frames of this kind are worth a walk: whether they have a part
/// that can be waited for any number of times.
pub(crate) fn is_worth_it(schema: &'static Schema) -> bool {
    !schema.open && has_endless_part(schema, &mut Vec::new())
}

fn has_endless_part(schema: &'static Schema, seen: &mut Vec<&'static Schema>) -> bool {
    if seen.iter().any(|known| core::ptr::eq(*known, schema)) {
        return false;
    }
    seen.push(schema);
    let bounded = schema.head.iter().any(|field| matches!(field.role, Role::LenOf(_)));
    let mut endless = |field: &Field| match field.extent {
        Extent::Until(_) | Extent::UntilItem(_) => true,
        Extent::CountPrefixed(_) | Extent::Count(_) => match field.ty {
            Type::List(item) => cells::type_bits(item).is_none(),
            _ => false,
        },
        Extent::Own => match field.ty {
            Type::Frame(inner) => has_endless_part(inner(), seen),
            Type::Array(Type::Frame(inner), _) => has_endless_part(inner(), seen),
            _ => false,
        },
        _ => false,
    };
    !schema.until.is_empty()
        || !bounded
            && match schema.body {
                Body::Struct(fields) => fields.iter().any(endless),
                Body::Enum(variants) => variants.iter().flat_map(|variant| variant.fields).any(&mut endless),
            }
}

impl Walk {
    pub(crate) fn new(schema: &'static Schema) -> Self {
        let mut walk = Self { levels: Vec::new(), position: Position::default(), plans: Vec::new() };
        walk.enter(schema, Vec::new());
        walk
    }

    /// Goes on over `input`, which starts where the frame does and holds at
    /// least what it held before.
    pub(crate) fn advance(&mut self, input: &[u8]) -> Reach {
        while let Some(level) = self.levels.pop() {
            let taken = match level {
                Level::Items { item, left } => self.items(item, left),
                Level::Opaque { start, measure } => self.opaque(start, measure, input),
                Level::Frame(open) => self.frame(open, input),
            };
            match taken {
                Ok(()) => {}
                // What is longer than a type allows is for its parser to refuse.
                Err(Stop::Needs(bytes)) if self.is_too_long(bytes) => return Reach::Known,
                Err(Stop::Needs(bytes)) => return Reach::AtLeast(bytes.max(input.len() + 1)),
                Err(Stop::Malformed) => return Reach::Known,
                Err(Stop::Opaque) if self.measure_instead() => {}
                Err(Stop::Opaque) => return Reach::Unknown,
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

    /// Refuses more frames inside each other than a parser would.
    fn is_deep(&self) -> Result<(), Stop> {
        // Each frame may stand in a list of its own.
        let most = 2 * usize::from(Source::MAX_DEPTH) + 2;
        if self.levels.len() > most { Err(Stop::Malformed) } else { Ok(()) }
    }

    /// Whether a frame that is open would be longer than its type allows if it
    /// went on to `end`.
    fn is_too_long(&self, end: usize) -> bool {
        self.levels.iter().any(|level| match level {
            Level::Frame(Open { plan, start, .. }) => self
                .plans
                .get(*plan)
                .is_some_and(|(schema, _)| schema.max.is_some_and(|max| end.saturating_sub(*start) > max)),
            Level::Opaque { .. } | Level::Items { .. } => false,
        })
    }

    /// Gives up on the innermost frame that has a parser of its own and lets
    /// that measure it.
    fn measure_instead(&mut self) -> bool {
        while let Some(level) = self.levels.pop() {
            let Level::Frame(Open { plan, start, .. }) = level else { continue };
            // The root's own parser is what the framer falls back to anyway.
            if self.levels.is_empty() {
                return false;
            }
            if let Some(measure) = self.plans.get(plan).and_then(|(schema, _)| schema.measure) {
                self.position.at = start;
                self.levels.push(Level::Opaque { start, measure });
                return true;
            }
        }
        false
    }

    fn opaque(&mut self, start: usize, measure: fn(&[u8]) -> Measured, input: &[u8]) -> Result<(), Stop> {
        let stop = match measure(input.get(start..).unwrap_or_default()) {
            Measured::Takes(0) | Measured::Malformed => Stop::Malformed,
            Measured::Takes(len) => {
                self.position.at = start.saturating_add(len);
                return Ok(());
            }
            Measured::Lacks(bytes) => Stop::Needs(input.len().saturating_add(bytes)),
        };
        self.levels.push(Level::Opaque { start, measure });
        Err(stop)
    }

    fn items(&mut self, item: &'static Type, left: usize) -> Result<(), Stop> {
        let Some(behind) = left.checked_sub(1) else { return Ok(()) };
        if let Some(bits) = cells::type_bits(item) {
            self.position.skip((bits / 8).saturating_mul(left));
            return Ok(());
        }
        self.levels.push(Level::Items { item, left: behind });
        self.is_deep()?;
        match item {
            Type::Frame(schema) => {
                self.enter(schema(), Vec::new());
                Ok(())
            }
            _ => Err(Stop::Opaque),
        }
    }

    fn enter(&mut self, schema: &'static Schema, known: Vec<Known>) {
        let plan = self.plans.iter().position(|(planned, _)| core::ptr::eq(*planned, schema));
        let plan = plan.unwrap_or_else(|| {
            self.plans.push((schema, plan::steps(schema)));
            self.plans.len() - 1
        });
        let start = self.position.at;
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
            Next::Into(Inner::Items(item, left)) => self.levels.push(Level::Items { item, left }),
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
        if !schema.until.is_empty() {
            // Whatever is inside, the frame ends with its delimiter.
            position.find(schema.until, input)?;
            return Ok(Next::Out);
        }
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
                self.variant = variants.iter().position(|(variant, _)| variant.name == chosen);
                self.step = 0;
                return Ok(Next::Behind);
            }
            Step::Scope(scope) => {
                let end = self.end_of(scope, position.at).ok_or(Stop::Opaque)?;
                position.at = end.filter(|end| *end >= position.at).ok_or(Stop::Malformed)?;
                None
            }
            Step::Bits(run) => {
                let bytes = position.peek(run.bytes, input)?;
                let notes =
                    run.fields.iter().map(|field| note(field, position.at, Value::of(&field.ty, bytes)));
                self.known.extend(notes);
                position.skip(if run.ends { run.bytes } else { 0 });
                None
            }
            Step::Field(field) => {
                let variant = self.variant.unwrap_or(0);
                Fields { schema, variant, start: self.start, known: &mut self.known, position, input }
                    .walk(field)?
            }
        };
        self.step += 1;
        Ok(inner.map_or(Next::Behind, Next::Into))
    }

    /// Where the extent of a scope ends; nothing inside if beyond memory.
    fn end_of(&self, scope: &Scope, here: usize) -> Option<Option<usize>> {
        let from = match scope.from {
            From::Here => Some(here),
            From::Frame => Some(self.start),
            From::Field(name) => self.known.iter().find(|known| known.name == name).map(|known| known.start),
        };
        Some(from?.checked_add(length(&self.known, &scope.len)?))
    }
}
