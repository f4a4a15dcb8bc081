//! Schemas as plain text for reviews, without anything that does not affect the wire.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::frames::frames;
use super::{
    BitKind, Body, Chooser, Constant, Delimiter, Extent, Field, Given, LengthRule, Prefix, Presence, Role,
    Schema, TagOf, Type,
};

/// Writes one line for each field, in the words of the annotation language. Nested frames follow,
/// each once.
///
/// The text contains everything that affects the encoding, but no doc comments and no addresses.
impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        frames(self).iter().enumerate().try_for_each(|(index, frame)| {
            write!(f, "{}{}", if index == 0 { "" } else { "\n\n" }, Block(frame))
        })
    }
}

/// A schema without nested frames.
pub(crate) struct Block<'a>(pub(crate) &'a Schema);

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
                    write!(f, "\n  {} => {}", variant.shown_tag(), variant.name)?;
                    table(f, 4, variant.fields)?;
                    variant.checks.iter().try_for_each(|check| write!(f, "\n    {check}"))?;
                }
            }
        }
        schema.checks.iter().try_for_each(|check| write!(f, "\n  {check}"))?;
        if !schema.until.is_empty() {
            write!(f, "\n  until {}", Delimiter::of_frame(schema.until_any))?;
        }
        Ok(())
    }
}

/// Formats the size of a frame: `13 bytes`, `2 to 7 bytes`, `13 bytes or more`.
pub(crate) fn size(schema: &Schema) -> String {
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

/// Formats the type of a field and its annotations.
pub(crate) fn words(field: &Field) -> String {
    let mut words = Vec::from([without_order(field, type_text(&field.ty))]);
    words.extend(extent(&field.extent).map(|extent| match field.prefix() {
        Some(_) => without_order(field, extent),
        None => extent,
    }));
    words.extend(field.ordered.map(|ordered| format!("order = {}", ordered.order)));
    words.extend(field.stop.map(|stop| format!("until {}", stop.delimiter)));
    words.extend(field.begins.map(|offset| format!("begins at {offset}")));
    words.extend(field.none.map(|none| format!("none({none})")));
    words.extend(given(&field.given));
    words.extend(role(field));
    words.extend(match field.presence {
        Presence::Always => None,
        Presence::Optional => Some(String::from("optional")),
        Presence::Lead(lead) => Some(format!("lead(\"{}\")", lead.escape_ascii())),
        presence => Some(format!("when({})", presence.text())),
    });
    words.join(", ")
}

/// Removes a byte order that is known only at run time from the text of a type or of a prefix.
pub(crate) fn without_order(field: &Field, text: String) -> String {
    match field.ordered {
        Some(_) => text.replace(" be", ""),
        None => text,
    }
}

/// Formats a type with everything that matters on the wire. For bit fields this includes their
/// position in the run.
pub(crate) fn type_text(ty: &Type) -> String {
    let Type::Bits(bits) = ty else { return ty.to_string() };
    let order = Some(bits.order).filter(|_| bits.run > 1);
    let run = Type::Int { bytes: bits.run, signed: false, order };
    let signed = if bits.of.is_signed() { ", signed" } else { "" };
    if bits.run == 0 {
        return format!("{ty}{}", if bits.of.is_signed() { ", signed" } else { "" });
    }
    let items = match bits.of {
        BitKind::Array { items, .. } => format!(", {items} items"),
        _ => String::new(),
    };
    let signed = format!("{signed}{items}");
    let name = bits.of.as_enum().map(|schema| format!(", {}", schema.name)).unwrap_or_default();
    format!("{ty} at {} of {run}{signed}{name}", bits.shift)
}

fn extent(extent: &Extent) -> Option<String> {
    Some(match extent {
        Extent::Own => return None,
        Extent::LenPrefixed(prefix) => format!("len_prefixed({})", Words(prefix)),
        Extent::CountPrefixed(prefix) => format!("count_prefixed({})", Words(prefix)),
        Extent::LenOf(field) => format!("len({field})"),
        Extent::CountOf(field) => format!("count({field})"),
        Extent::Len(expression) => format!("len({expression})"),
        Extent::Count(expression) => format!("count({expression})"),
        Extent::Until(bytes) => format!("until(\"{}\")", bytes.escape_ascii()),
        Extent::UntilAny(delimiter) => format!("until({delimiter})"),
        Extent::UntilItem(item, _) => format!("until({item})"),
        Extent::Fixed(len, 0) => format!("fixed({len})"),
        Extent::Fixed(len, fill) => format!("fixed({len}, fill = {fill:#04x})"),
        Extent::Align(to) => format!("align({to})"),
        Extent::Rest => String::from("rest"),
    })
}

/// The arguments of `len_prefixed(..)` and `count_prefixed(..)`.
struct Words<'a>(&'a Prefix);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.ty)?;
        let rule = &self.0.rule;
        if rule.inclusive {
            f.write_str(", inclusive")?;
        }
        rule.max.iter().try_for_each(|max| write!(f, ", max = {max}"))?;
        f.write_str(&units(rule))
    }
}

/// Formats the relation between the encoded number and the length or count: `scale`, `bias` and
/// `none`, if they are set.
fn units(rule: &LengthRule) -> String {
    let mut units = String::new();
    if rule.scale != 1 {
        units.push_str(&format!(", scale = {}", rule.scale));
    }
    if rule.bias != 0 {
        units.push_str(&format!(", bias = {}", rule.bias));
    }
    if let Some(none) = rule.none {
        units.push_str(&format!(", none = {none}"));
    }
    units
}

/// Formats the rule of a length field, count field or offset field.
fn rule(rule: &LengthRule, lenient: bool) -> String {
    let inclusive = if rule.inclusive { ", inclusive" } else { "" };
    let max = rule.max.map(|max| format!(", max = {max}")).unwrap_or_default();
    let lenient = if lenient { ", lenient" } else { "" };
    format!("{}{inclusive}{max}{lenient}", units(rule))
}

/// Formats the numbers for present and absent, if they are not 1 and 0.
fn flag(some: Option<Constant>, none: Option<Constant>) -> String {
    let said = |name: &str, number: Option<Constant>| number.map(|number| format!(", {name} = {number}"));
    [said("some", some), said("none", none)].into_iter().flatten().collect()
}

/// Formats the context of a frame: `tag(expr), ctx(a, b)`. If another field contains the tag, the
/// tag is part of the text of that field.
pub(crate) fn given(given: &Given) -> Option<String> {
    let tag = given.tag.and_then(|tag| match tag {
        Chooser::Field(_) => None,
        Chooser::Expr(expr) => Some(format!("tag({expr})")),
    });
    let values: Vec<_> = given.values.iter().map(ToString::to_string).collect();
    let values = (!values.is_empty()).then(|| format!("ctx({})", values.join(", ")));
    let given: Vec<_> = tag.into_iter().chain(values).collect();
    (!given.is_empty()).then(|| given.join(", "))
}

fn role(field: &Field) -> Option<String> {
    Some(match &field.role {
        Role::Value => return None,
        Role::LenOf(fields, of) => format!("len_of({fields}{})", rule(of, field.lenient)),
        Role::CountOf(list, of) => format!("count_of({}{})", list.name, rule(of, field.lenient)),
        Role::OffsetOf(target, of) => format!("offset_of({}{})", target.name, rule(of, false)),
        Role::TagOf(TagOf::Own) => String::from("tag_of(self)"),
        Role::TagOf(TagOf::Field(of)) => format!("tag_of({})", of.name),
        Role::PresenceOf(of, some, none) => format!("presence_of({}{})", of.name, flag(*some, *none)),
        Role::Checksum(algorithm, over) => format!("checksum({algorithm} over {over})"),
        Role::Magic(bytes) => format!("magic(\"{}\")", bytes.escape_ascii()),
        Role::Pad => String::from("pad"),
        Role::Calc(expression) => format!("calc({expression})"),
    })
}
