//! Walking over one field: what is taken from the schema, and how far that reaches.

use alloc::vec::Vec;

use super::Stop;
use crate::schema::{BitKind, Body, Extent, Field, Presence, Role, Schema, Type};
use crate::view::expr::field_named;
use crate::view::value::{Value, read};
use crate::view::{cells, tag};
use crate::wire::find;

/// How far a walk has come.
#[derive(Debug, Default)]
pub(super) struct Position {
    pub(super) at: usize,
    /// Up to here there is no delimiter of the kind that is being looked for.
    scanned: usize,
}

/// A field that later ones may refer to, with its number or bytes.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) start: usize,
    value: Option<Number>,
}

#[derive(Clone, Debug)]
enum Number {
    Is(i128),
    Bytes(Vec<u8>),
}

/// What a field has inside that is to be walked.
pub(super) enum Inner {
    Frame(&'static Schema, Vec<Known>),
    Items(&'static Type, usize),
}

impl Position {
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Goes on from `at`, whatever was looked for before.
    pub(super) fn jump(&mut self, at: usize) {
        *self = Self { at, scanned: at };
    }

    /// The next bytes, which stay where they are.
    pub(super) fn peek<'a>(&self, bytes: usize, input: &'a [u8]) -> Result<&'a [u8], Stop> {
        let end = self.at.saturating_add(bytes);
        input.get(self.at..end).ok_or(Stop::Needs(end))
    }

    /// Moves behind a delimiter; what was searched once is not searched again.
    pub(super) fn find(&mut self, delimiter: &[u8], input: &[u8]) -> Result<(), Stop> {
        let from = self.at.max(self.scanned);
        match find(input.get(from..).unwrap_or_default(), delimiter) {
            Some(found) => {
                self.at = from + found + delimiter.len();
                self.scanned = self.at;
                Ok(())
            }
            None => {
                // The end of the input may be the beginning of the delimiter.
                self.scanned = from.max(input.len().saturating_sub(delimiter.len() - 1));
                Err(Stop::Needs(input.len() + 1))
            }
        }
    }

    /// Moves behind a number of a prefix, or one of varying size.
    pub(super) fn number(&mut self, ty: &Type, input: &[u8]) -> Result<i128, Stop> {
        let bytes = input.get(self.at..).unwrap_or_default();
        let (value, rest) = match (read(ty, bytes), ty) {
            (Some(read), Type::Int { .. } | Type::Number(_)) => read,
            (None, Type::Int { bytes, .. }) => return Err(Stop::Needs(self.at.saturating_add(*bytes))),
            // No number has more than 19 bytes, so a longer one is malformed.
            (None, Type::Number(_)) if bytes.len() < 19 => return Err(Stop::Needs(input.len() + 1)),
            (None, Type::Number(_)) => return Err(Stop::Malformed),
            _ => return Err(Stop::Opaque),
        };
        self.skip(bytes.len() - rest.len());
        value.number().ok_or(Stop::Malformed)
    }
}

/// The fields of a frame that is being walked.
pub(super) struct Fields<'w> {
    pub(super) schema: &'static Schema,
    /// The variant whose fields are meant; 0 for structs.
    pub(super) variant: usize,
    pub(super) start: usize,
    pub(super) known: &'w mut Vec<Known>,
    pub(super) position: &'w mut Position,
    pub(super) input: &'w [u8],
}

impl Fields<'_> {
    /// Moves over one field, as far as that is possible without going inside.
    /// Unless all of it is there nothing is moved.
    pub(super) fn walk(mut self, field: &Field) -> Result<Option<Inner>, Stop> {
        match field.presence {
            Presence::Always => {}
            Presence::When(flag) if !self.is_there(flag, field)? => return Ok(None),
            Presence::When(_) => {}
            Presence::Optional => return Err(Stop::Opaque),
        }
        let begin = self.position.at;
        let inner = match field.extent {
            Extent::Own => return self.own(field),
            Extent::CountPrefixed(prefix) => {
                let count = self.position.number(&prefix.ty, self.input)?;
                if prefix.max.is_some_and(|max| usize::try_from(count).is_ok_and(|count| count > max)) {
                    return Err(Stop::Malformed);
                }
                Some(items(field, count)?)
            }
            Extent::Count(name) => Some(items(field, self.count(name, field)?)?),
            _ => {
                self.extent(field)?;
                None
            }
        };
        self.known.push(Known { name: field.name, start: begin, value: None });
        Ok(inner)
    }

    /// Moves over an extent of bytes.
    fn extent(&mut self, field: &Field) -> Result<(), Stop> {
        let begin = self.position.at;
        match field.extent {
            Extent::LenPrefixed(prefix) => {
                let number = self.position.number(&prefix.ty, self.input)?;
                let own = if prefix.inclusive { self.position.at - begin } else { 0 };
                let len = by_rule(number, prefix.scale, prefix.bias).and_then(|len| len.checked_sub(own));
                let allowed = len.filter(|len| prefix.max.is_none_or(|max| *len <= max));
                self.position.skip(allowed.ok_or(Stop::Malformed)?);
            }
            Extent::Len(name) => {
                // An expression may be just a name too; it is no length by rule.
                let says = |other: &&Field| {
                    other.name == field_named(name)
                        && matches!(other.role, Role::LenOf(of) if of == field.name)
                };
                let len = self.siblings().find(says).and_then(|other| length(self.known, other));
                self.position.skip(len.ok_or(Stop::Opaque)?);
            }
            Extent::Until(bytes) => self.position.find(bytes, self.input)?,
            Extent::Fixed(len, _) => self.position.skip(len),
            Extent::Align(to) => {
                let over = (begin - self.start).checked_rem(to).unwrap_or(0);
                self.position.skip(if over == 0 { 0 } else { to - over });
            }
            _ => return Err(Stop::Opaque),
        }
        Ok(())
    }

    /// A field whose type says where it ends.
    fn own(&mut self, field: &Field) -> Result<Option<Inner>, Stop> {
        let start = self.position.at;
        if let Role::Magic(bytes) = field.role {
            self.position.skip(bytes.len());
            return Ok(None);
        }
        if let Some(bits) = cells::type_bits(&field.ty) {
            let bytes = self.position.peek(bits / 8, self.input)?;
            self.known.push(note(field, start, Value::of(&field.ty, bytes)));
            self.position.skip(bits / 8);
            return Ok(None);
        }
        let (value, inner) = match &field.ty {
            Type::Frame(schema) => (None, Some(Inner::Frame(schema(), self.handed_to(field)))),
            Type::Array(item, count) => (None, Some(Inner::Items(item, *count))),
            Type::Number(_) => (Some(Number::Is(self.position.number(&field.ty, self.input)?)), None),
            _ => return Err(Stop::Opaque),
        };
        self.known.push(Known { name: field.name, start, value });
        Ok(inner)
    }

    /// The fields beside this one: those of other variants may have the same names.
    fn siblings(&self) -> impl Iterator<Item = &'static Field> + use<> {
        self.schema.head.iter().chain(self.schema.fields(self.variant))
    }

    /// The tag that an earlier field hands to the enum in `field`.
    fn handed_to(&self, field: &Field) -> Vec<Known> {
        let tag = self.siblings().find(|other| matches!(other.role, Role::TagOf(of) if of == field.name));
        let tag = tag.and_then(|tag| named(self.known, tag.name));
        tag.map(|tag| Known { name: "tag", ..tag.clone() }).into_iter().collect()
    }

    /// The count in the field of that name.
    fn count(&self, name: &str, field: &Field) -> Result<i128, Stop> {
        let name = field_named(name);
        let counts = self
            .siblings()
            .any(|other| other.name == name && matches!(other.role, Role::CountOf(of) if of == field.name));
        match named(self.known, name).filter(|_| counts) {
            Some(Known { value: Some(Number::Is(count)), .. }) => Ok(*count),
            _ => Err(Stop::Opaque),
        }
    }

    /// Whether a flag says that a field is there. Only flags that are truths
    /// on the wire are understood.
    fn is_there(&self, flag: &str, field: &Field) -> Result<bool, Stop> {
        let flag = field_named(flag);
        let is_flag = self.siblings().any(|other| {
            let truth = match other.ty {
                Type::Bool => true,
                Type::Bits(bits) => bits.of == BitKind::Bool,
                _ => false,
            };
            let of_this = matches!(other.role, Role::PresenceOf(of) if of == field.name);
            other.name == flag && truth && of_this && other.some.is_empty() && other.none.is_empty()
        });
        match named(self.known, flag) {
            Some(Known { value: Some(Number::Is(value)), .. }) if is_flag => Ok(*value != 0),
            _ => Err(Stop::Opaque),
        }
    }
}

fn items(field: &Field, count: i128) -> Result<Inner, Stop> {
    let count = usize::try_from(count).map_err(|_| Stop::Malformed)?;
    match field.ty {
        Type::List(item) => Ok(Inner::Items(item, count)),
        // A list of single bytes is described as bytes.
        Type::Bytes => Ok(Inner::Items(&Type::Bool, count)),
        _ => Err(Stop::Opaque),
    }
}

/// What is remembered of a field.
pub(super) fn note(field: &Field, start: usize, value: Value<'_>) -> Known {
    let value = match (&field.role, value) {
        (Role::Value, _) => None,
        (_, Value::Bytes(bytes)) => Some(Number::Bytes(bytes.to_vec())),
        (_, value) => value.number().map(Number::Is),
    };
    Known { name: field.name, start, value }
}

/// The variant that the tag chooses.
pub(super) fn choose(schema: &'static Schema, known: &[Known]) -> Result<&'static str, Stop> {
    let tag = known.iter().find(|known| known.name == "tag").and_then(|known| known.value.as_ref());
    let tag = match tag.ok_or(Stop::Opaque)? {
        Number::Is(number) => Value::Signed(*number),
        Number::Bytes(bytes) => Value::Bytes(bytes),
    };
    // Where a tag is not known, no match, or one of the catch-all, may mean anything.
    let Body::Enum(variants) = schema.body else { return Err(Stop::Opaque) };
    let chosen = tag::variant(schema, &tag).filter(|_| tag::are_known(variants));
    chosen.map(|variant| variant.name).ok_or(Stop::Opaque)
}

/// The field of that name that was met last: what a type writes in front of its fields may be named
/// as one of them.
pub(super) fn named<'k>(known: &'k [Known], name: &str) -> Option<&'k Known> {
    known.iter().rfind(|known| known.name == name)
}

/// The bytes that a length says; nothing if only the parser knows.
pub(super) fn length(known: &[Known], field: &Field) -> Option<usize> {
    let number = named(known, field.name)?;
    let len = match number.value {
        Some(Number::Is(number)) if field.none.is_empty() => {
            let own = if field.inclusive { cells::type_bits(&field.ty)? / 8 } else { 0 };
            by_rule(number, field.scale, field.bias)?.checked_sub(own)
        }
        _ => None,
    };
    // One of more than is allowed is for the parser to refuse.
    len.filter(|len| field.max.is_none_or(|max| *len <= max))
}

/// `number = bytes / scale + bias`, the other way round.
fn by_rule(number: i128, scale: usize, bias: isize) -> Option<usize> {
    let units = number.checked_sub(i128::try_from(bias).ok()?)?;
    usize::try_from(units).ok()?.checked_mul(scale)
}
