//! A schema as plain text, for reviews: what stands on the wire and nothing else.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::frames::frames;
use crate::schema::{BitKind, Body, Extent, Field, Prefix, Presence, Role, Schema, Type};

/// One line for each field, in the words of the annotation language; frames
/// inside of it follow, each once.
///
/// A change of this text is a change of the wire, and the other way round:
/// it holds no doc comments and no addresses.
impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        frames(self).iter().enumerate().try_for_each(|(index, frame)| {
            write!(f, "{}{}", if index == 0 { "" } else { "\n\n" }, Block(frame))
        })
    }
}

/// A schema without the frames inside of it.
pub(super) struct Block<'a>(pub(super) &'a Schema);

impl fmt::Display for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.0;
        write!(f, "{}: {}", schema.name, size(schema))?;
        if let Some(order) = schema.order {
            write!(f, ", {order}")?;
        }
        if let Some(max) = schema.max {
            write!(f, ", max = {max}")?;
        }
        if schema.open {
            f.write_str(", open")?;
        }
        table(f, 2, schema.head)?;
        match schema.body {
            Body::Struct(fields) => table(f, 2, fields)?,
            Body::Enum(variants) => {
                for variant in variants {
                    write!(f, "\n  {} => {}", variant.tag, variant.name)?;
                    table(f, 4, variant.fields)?;
                }
            }
        }
        if !schema.until.is_empty() {
            write!(f, "\n  until \"{}\"", schema.until.escape_ascii())?;
        }
        Ok(())
    }
}

/// `13 bytes`, `2 to 7 bytes`, `13 bytes or more`.
pub(super) fn size(schema: &Schema) -> String {
    let bytes = |len| if len == 1 { "byte" } else { "bytes" };
    match (schema.min_len, schema.max_len) {
        (min, Some(max)) if min == max => format!("{min} {}", bytes(min)),
        (min, Some(max)) => format!("{min} to {max} {}", bytes(max)),
        (min, None) => format!("{min} {} or more", bytes(min)),
    }
}

fn table(f: &mut fmt::Formatter<'_>, indent: usize, fields: &[Field]) -> fmt::Result {
    let width = fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0);
    fields.iter().try_for_each(|field| write!(f, "\n{:indent$}{:width$}  {}", "", field.name, words(field)))
}

/// The type of a field and what its annotations say.
pub(super) fn words(field: &Field) -> String {
    let mut words = Vec::from([type_text(&field.ty)]);
    words.extend(extent(&field.extent));
    words.extend(Some(field.given).filter(|given| !given.is_empty()).map(String::from));
    words.extend(role(field));
    words.extend(match field.presence {
        Presence::Always => None,
        Presence::When(condition) => Some(format!("when({condition})")),
        Presence::Optional => Some(String::from("optional")),
    });
    words.join(", ")
}

/// A type with all that matters on the wire: of bits also where in their run they are.
pub(super) fn type_text(ty: &Type) -> String {
    let Type::Bits(bits) = ty else { return ty.to_string() };
    let order = Some(bits.order).filter(|_| bits.run > 1);
    let run = Type::Int { bytes: bits.run, signed: false, order };
    let signed = if bits.of == BitKind::Signed { ", signed" } else { "" };
    format!("{ty} at {} of {run}{signed}", bits.shift)
}

fn extent(extent: &Extent) -> Option<String> {
    Some(match extent {
        Extent::Own => return None,
        Extent::LenPrefixed(prefix) => format!("len_prefixed({})", Words(prefix)),
        Extent::CountPrefixed(prefix) => format!("count_prefixed({})", Words(prefix)),
        Extent::Len(expression) => format!("len({expression})"),
        Extent::Count(expression) => format!("count({expression})"),
        Extent::Until(bytes) => format!("until(\"{}\")", bytes.escape_ascii()),
        Extent::UntilItem(item, _) => format!("until({item})"),
        Extent::Fixed(len, 0) => format!("fixed({len})"),
        Extent::Fixed(len, fill) => format!("fixed({len}, fill = {fill:#04x})"),
        Extent::Align(to) => format!("align({to})"),
        Extent::Rest => String::from("rest"),
    })
}

/// What stands in the brackets of `len_prefixed(..)`.
struct Words<'a>(&'a Prefix);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.ty)?;
        if self.0.inclusive {
            f.write_str(", inclusive")?;
        }
        self.0.max.iter().try_for_each(|max| write!(f, ", max = {max}"))?;
        f.write_str(&rule(self.0.scale, self.0.bias, self.0.none))
    }
}

/// How a number relates to what it counts, where that is not one to one.
fn rule(scale: usize, bias: isize, none: &str) -> String {
    let mut rule = String::new();
    if scale != 1 {
        rule.push_str(&format!(", scale = {scale}"));
    }
    if bias != 0 {
        rule.push_str(&format!(", bias = {bias}"));
    }
    if !none.is_empty() {
        rule.push_str(&format!(", none = {none}"));
    }
    rule
}

/// What else a length says.
fn limits(field: &Field) -> String {
    let inclusive = if field.inclusive { ", inclusive" } else { "" };
    let max = field.max.map(|max| format!(", max = {max}")).unwrap_or_default();
    let lenient = if field.lenient { ", lenient" } else { "" };
    format!("{inclusive}{max}{lenient}")
}

/// The numbers of a flag, where they are not 1 and 0.
fn flag(field: &Field) -> String {
    [("some", field.some), ("none", field.none)]
        .iter()
        .filter(|(_, number)| !number.is_empty())
        .map(|(name, number)| format!(", {name} = {number}"))
        .collect()
}

fn role(field: &Field) -> Option<String> {
    let rule = || rule(field.scale, field.bias, field.none) + &limits(field);
    Some(match field.role {
        Role::Value => return None,
        Role::LenOf(fields) => format!("len_of({fields}{})", rule()),
        Role::CountOf(field) => format!("count_of({field}{})", rule()),
        Role::TagOf(field) => format!("tag_of({field})"),
        Role::PresenceOf(of) => format!("presence_of({of}{})", flag(field)),
        Role::Checksum(of) => format!("checksum({of})"),
        Role::Magic(bytes) => format!("magic(\"{}\")", bytes.escape_ascii()),
        Role::Pad => String::from("pad"),
        Role::Calc(expression) => format!("calc({expression})"),
    })
}
