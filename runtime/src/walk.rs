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

use alloc::vec::Vec;

use crate::schema::{BitKind, Body, Extent, Field, Measured, Presence, Role, Schema, Type};
use crate::view::plan::{self, From, Step};
use crate::view::value::{Value, read};
use crate::view::{cells, frames::fields, tag};
use crate::wire::find;

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
    at: usize,
    /// Up to here there is no delimiter of the kind that is being looked for.
    scanned: usize,
    plans: Vec<(&'static Schema, Vec<Step>)>,
}

#[derive(Debug)]
enum Level {
    /// A frame whose fields are walked.
    Frame {
        plan: usize,
        start: usize,
        /// The variant whose fields are meant, once the tag has chosen one.
        variant: Option<usize>,
        step: usize,
        known: Vec<Known>,
    },
    /// A frame that its own parser measures.
    Opaque { start: usize, measure: fn(&[u8]) -> Measured },
    /// Items of which so many are left.
    Items { item: &'static Type, left: usize },
}

/// A number or byte string that later fields refer to.
#[derive(Clone, Debug)]
struct Known {
    name: &'static str,
    start: usize,
    value: Option<Number>,
}

#[derive(Clone, Debug)]
enum Number {
    Is(i128),
    Bytes(Vec<u8>),
}

/// Why a walk stops.
enum Stop {
    Needs(usize),
    Malformed,
    Opaque,
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
        let mut walk = Self { levels: Vec::new(), at: 0, scanned: 0, plans: Vec::new() };
        walk.enter(schema, Vec::new());
        walk
    }

    /// Goes on over `input`, which starts where the frame does and holds at
    /// least what it held before.
    pub(crate) fn advance(&mut self, input: &[u8]) -> Reach {
        while let Some(level) = self.levels.pop() {
            let before = self.levels.len();
            let stop = match level {
                Level::Items { item, left } => self.items(item, left),
                Level::Opaque { start, measure } => self.opaque(start, measure, input),
                Level::Frame { plan, start, variant, step, known } => {
                    self.frame(plan, start, variant, step, known, input)
                }
            };
            match stop {
                Ok(()) => {}
                Err(Stop::Needs(bytes)) => return Reach::AtLeast(bytes.max(input.len() + 1)),
                Err(Stop::Malformed) => return Reach::Known,
                Err(Stop::Opaque) => {
                    self.levels.truncate(before + 1);
                    if !self.measure_instead() {
                        return Reach::Unknown;
                    }
                }
            }
        }
        if self.at <= input.len() { Reach::Known } else { Reach::AtLeast(self.at) }
    }

    /// Gives up on the innermost frame that has a parser of its own and lets
    /// that measure it.
    fn measure_instead(&mut self) -> bool {
        while let Some(level) = self.levels.pop() {
            let Level::Frame { plan, start, .. } = level else { continue };
            // The root's own parser is what the framer falls back to anyway.
            if self.levels.is_empty() {
                return false;
            }
            if let Some(measure) = self.plans.get(plan).and_then(|(schema, _)| schema.measure) {
                self.at = start;
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
                self.at = start.saturating_add(len);
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
            self.at = self.at.saturating_add((bits / 8).saturating_mul(left));
            return Ok(());
        }
        self.levels.push(Level::Items { item, left: behind });
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
        self.levels.push(Level::Frame { plan, start: self.at, variant: None, step: 0, known });
    }

    /// Takes the next step of a frame.
    fn frame(
        &mut self,
        plan: usize,
        start: usize,
        mut variant: Option<usize>,
        mut step: usize,
        mut known: Vec<Known>,
        input: &[u8],
    ) -> Result<(), Stop> {
        let Some((schema, steps)) = self.plans.get(plan) else { return Ok(()) };
        let schema: &'static Schema = schema;
        let steps = match (variant, steps.last()) {
            (Some(variant), Some(Step::Choice(variants))) => {
                variants.get(variant).map(|(_, steps)| steps.as_slice()).unwrap_or_default()
            }
            _ => steps.as_slice(),
        };
        let depth = self.levels.len();
        let walked = if !schema.until.is_empty() {
            // Whatever is inside, the frame ends with its delimiter.
            delimiter(schema.until, &mut self.at, &mut self.scanned, input).map(|()| None)
        } else {
            match steps.get(step) {
                None => return Ok(()),
                Some(Step::Choice(variants)) => choose(schema, &known).map(|chosen| {
                    variant = variants.iter().position(|(variant, _)| variant.name == chosen);
                    step = 0;
                    Some(None)
                }),
                Some(Step::Scope(scope)) => {
                    let from = match scope.from {
                        From::Here => Some(self.at),
                        From::Frame => Some(start),
                        From::Field(name) => {
                            known.iter().find(|known| known.name == name).map(|known| known.start)
                        }
                    };
                    let len = length(&known, &scope.len);
                    from.zip(len).ok_or(Stop::Opaque).and_then(|(from, len)| {
                        self.at =
                            from.checked_add(len).filter(|end| *end >= self.at).ok_or(Stop::Malformed)?;
                        step += 1;
                        Ok(Some(None))
                    })
                }
                Some(Step::Bits(run)) => {
                    let end = self.at.saturating_add(run.bytes);
                    match input.get(self.at..end) {
                        None => Err(Stop::Needs(end)),
                        Some(bytes) => {
                            for field in &run.fields {
                                known.push(note(field, self.at, Value::of(&field.ty, bytes)));
                            }
                            self.at = if run.ends { end } else { self.at };
                            step += 1;
                            Ok(Some(None))
                        }
                    }
                }
                Some(Step::Field(field)) => {
                    let field = *field;
                    let inner =
                        walk_field(&field, schema, start, &mut known, &mut self.at, &mut self.scanned, input);
                    step += usize::from(inner.is_ok());
                    inner.map(Some)
                }
            }
        };
        let enter = match walked {
            Ok(None) => return Ok(()),
            Ok(Some(enter)) => {
                self.levels.push(Level::Frame { plan, start, variant, step, known });
                enter
            }
            Err(stop) => {
                self.levels.truncate(depth);
                self.levels.push(Level::Frame { plan, start, variant, step, known });
                return Err(stop);
            }
        };
        match enter {
            Some(Inner::Frame(schema, known)) => self.enter(schema, known),
            Some(Inner::Items(item, left)) => self.levels.push(Level::Items { item, left }),
            None => {}
        }
        Ok(())
    }
}

/// What a field has inside that is to be walked.
enum Inner {
    Frame(&'static Schema, Vec<Known>),
    Items(&'static Type, usize),
}

/// Moves over one field, as far as that is possible without going inside.
fn walk_field(
    field: &Field,
    schema: &'static Schema,
    start: usize,
    known: &mut Vec<Known>,
    at: &mut usize,
    scanned: &mut usize,
    input: &[u8],
) -> Result<Option<Inner>, Stop> {
    match field.presence {
        Presence::Always => {}
        Presence::When(flag) if !is_there(flag, schema, known)? => return Ok(None),
        Presence::When(_) => {}
        Presence::Optional => return Err(Stop::Opaque),
    }
    let begin = *at;
    match field.extent {
        Extent::Own => return own(field, schema, known, at, input),
        Extent::LenPrefixed(prefix) => {
            let mut behind = begin;
            let number = take_number(&prefix.ty, &mut behind, input)?;
            let own = if prefix.inclusive { behind - begin } else { 0 };
            let len = by_rule(number, prefix.scale, prefix.bias).and_then(|len| len.checked_sub(own));
            *at = len.and_then(|len| behind.checked_add(len)).ok_or(Stop::Malformed)?;
        }
        Extent::CountPrefixed(prefix) => {
            let mut behind = begin;
            let count = take_number(&prefix.ty, &mut behind, input)?;
            *at = behind;
            return items(field, usize::try_from(count).map_err(|_| Stop::Malformed)?);
        }
        Extent::Len(name) => {
            let len = length_named(name, schema, known).ok_or(Stop::Opaque)?;
            *at = at.checked_add(len).ok_or(Stop::Malformed)?;
        }
        Extent::Count(name) => {
            let counts =
                fields(schema).any(|other| other.name == name && matches!(other.role, Role::CountOf(_)));
            let count = known.iter().find(|known| counts && known.name == name);
            let Some(Known { value: Some(Number::Is(count)), .. }) = count else { return Err(Stop::Opaque) };
            return items(field, usize::try_from(*count).map_err(|_| Stop::Malformed)?);
        }
        Extent::Until(bytes) => delimiter(bytes, at, scanned, input)?,
        Extent::Fixed(len, _) => *at = at.saturating_add(len),
        Extent::Align(to) => {
            let over = (*at - start).checked_rem(to).unwrap_or(0);
            *at = at.saturating_add(if over == 0 { 0 } else { to - over });
        }
        Extent::UntilItem(_) | Extent::Rest => return Err(Stop::Opaque),
    }
    known.push(Known { name: field.name, start: begin, value: None });
    Ok(None)
}

/// A field whose type says where it ends.
fn own(
    field: &Field,
    frame: &'static Schema,
    known: &mut Vec<Known>,
    at: &mut usize,
    input: &[u8],
) -> Result<Option<Inner>, Stop> {
    let begin = *at;
    if let Role::Magic(bytes) = field.role {
        *at = at.saturating_add(bytes.len());
        return Ok(None);
    }
    if let Some(bits) = cells::type_bits(&field.ty) {
        let end = begin.saturating_add(bits / 8);
        let bytes = input.get(begin..end).ok_or(Stop::Needs(end))?;
        known.push(note(field, begin, Value::of(&field.ty, bytes)));
        *at = end;
        return Ok(None);
    }
    match &field.ty {
        Type::Frame(schema) => {
            known.push(Known { name: field.name, start: begin, value: None });
            let tag = fields(frame).find(|other| matches!(other.role, Role::TagOf(of) if of == field.name));
            let tag = tag.and_then(|tag| known.iter().find(|known| known.name == tag.name));
            let handed = tag.map(|tag| Known { name: "tag", ..tag.clone() });
            Ok(Some(Inner::Frame(schema(), handed.into_iter().collect())))
        }
        Type::Array(item, count) => Ok(Some(Inner::Items(item, *count))),
        Type::Number(_) => {
            let number = take_number(&field.ty, at, input)?;
            known.push(Known { name: field.name, start: begin, value: Some(Number::Is(number)) });
            Ok(None)
        }
        _ => Err(Stop::Opaque),
    }
}

fn items(field: &Field, count: usize) -> Result<Option<Inner>, Stop> {
    match field.ty {
        Type::List(item) => Ok(Some(Inner::Items(item, count))),
        // A list of single bytes is described as bytes.
        Type::Bytes => Ok(Some(Inner::Items(&Type::Bool, count))),
        _ => Err(Stop::Opaque),
    }
}

/// A number of a prefix or of a varying size.
fn take_number(ty: &Type, at: &mut usize, input: &[u8]) -> Result<i128, Stop> {
    let bytes = input.get(*at..).unwrap_or_default();
    let (value, rest) = match (read(ty, bytes), ty) {
        (Some(read), Type::Int { .. } | Type::Number(_)) => read,
        (None, Type::Int { bytes: width, .. }) => return Err(Stop::Needs(at.saturating_add(*width))),
        // No number has more than 19 bytes, so a longer one is malformed.
        (None, Type::Number(_)) if bytes.len() < 19 => return Err(Stop::Needs(input.len() + 1)),
        (None, Type::Number(_)) => return Err(Stop::Malformed),
        _ => return Err(Stop::Opaque),
    };
    *at += bytes.len() - rest.len();
    value.number().ok_or(Stop::Malformed)
}

fn delimiter(delimiter: &[u8], at: &mut usize, scanned: &mut usize, input: &[u8]) -> Result<(), Stop> {
    let from = (*at).max(*scanned);
    match find(input.get(from..).unwrap_or_default(), delimiter) {
        Some(found) => {
            *at = from + found + delimiter.len();
            *scanned = *at;
            Ok(())
        }
        None => {
            // The end of the input may be the beginning of the delimiter.
            *scanned = from.max(input.len().saturating_sub(delimiter.len() - 1));
            Err(Stop::Needs(input.len() + 1))
        }
    }
}

/// What is remembered of a field.
fn note(field: &Field, start: usize, value: Value<'_>) -> Known {
    let value = match (&field.role, value) {
        (Role::Value, _) => None,
        (_, Value::Bytes(bytes)) => Some(Number::Bytes(bytes.to_vec())),
        (_, value) => value.number().map(Number::Is),
    };
    Known { name: field.name, start, value }
}

/// The variant that the tag chooses.
fn choose(schema: &'static Schema, known: &[Known]) -> Result<&'static str, Stop> {
    let tag = known.iter().find(|known| known.name == "tag").and_then(|known| known.value.as_ref());
    let tag = match tag.ok_or(Stop::Opaque)? {
        Number::Is(number) => Value::Signed(*number),
        Number::Bytes(bytes) => Value::Bytes(bytes),
    };
    // Constants as tags are not resolved here, so no match may mean anything.
    tag::variant(schema, &tag).map(|variant| variant.name).ok_or(Stop::Opaque)
}

/// Whether a flag says that a field is there. Only flags that are truths on
/// the wire are understood.
fn is_there(flag: &str, schema: &'static Schema, known: &[Known]) -> Result<bool, Stop> {
    let is_flag = fields(schema).any(|field| {
        let truth = match field.ty {
            Type::Bool => true,
            Type::Bits(bits) => bits.of == BitKind::Bool,
            _ => false,
        };
        field.name == flag && truth && matches!(field.role, Role::PresenceOf(_))
    });
    match known.iter().find(|known| known.name == flag) {
        Some(Known { value: Some(Number::Is(value)), .. }) if is_flag => Ok(*value != 0),
        _ => Err(Stop::Opaque),
    }
}

/// The bytes that the length in the field of that name says.
fn length_named(name: &str, schema: &'static Schema, known: &[Known]) -> Option<usize> {
    let field = fields(schema).find(|field| field.name == name && matches!(field.role, Role::LenOf(_)))?;
    length(known, field)
}

fn length(known: &[Known], field: &Field) -> Option<usize> {
    let number = known.iter().find(|known| known.name == field.name)?;
    match number.value {
        Some(Number::Is(number)) if field.none.is_empty() => by_rule(number, field.scale, field.bias),
        _ => None,
    }
}

/// `number = bytes / scale + bias`, the other way round.
fn by_rule(number: i128, scale: usize, bias: isize) -> Option<usize> {
    let units = number.checked_sub(i128::try_from(bias).ok()?)?;
    usize::try_from(units).ok()?.checked_mul(scale)
}
