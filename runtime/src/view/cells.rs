//! A frame as the parts that stand on the wire one after the other: what
//! diagrams and tables are drawn from.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::schema::text::without_order;
use crate::schema::{
    Body, Check, Delimiter, Ending, Extent, Field, Order, Prefix, Presence, Role, Schema, TagOf, Type,
    Variant,
};

/// One part: a value, or the length, count or delimiter that belongs to one.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// As the dump calls it: `body`, `body.len`.
    pub(crate) name: String,
    /// How many bits it takes, where that never changes.
    pub(crate) bits: Option<usize>,
    /// What its bytes mean.
    pub(crate) ty: String,
    /// What says how long it is, for people: `body.len bytes`.
    pub(crate) size: String,
    /// What is computed, checked or required of it, for people.
    pub(crate) note: String,
    /// Its doc comment, on one line.
    pub(crate) doc: String,
    /// Whether the codec writes it, and not the user.
    pub(crate) derived: bool,
}

/// One way a frame can look: a struct has one, an enum one for each variant.
pub(crate) struct Shape {
    /// `Packet`, or `Packet::Connect (tag 1)`.
    pub(crate) title: String,
    /// The variant, if the frame is an enum.
    pub(crate) variant: Option<Variant>,
    /// Its parts.
    pub(crate) cells: Vec<Cell>,
    /// What must hold of them.
    pub(crate) checks: &'static [Check],
}

/// All ways in which `schema` can look.
pub(crate) fn shapes(schema: &Schema) -> Vec<Shape> {
    let shape = |variant: Option<Variant>, fields: &[Field]| {
        let head = schema.head.iter().flat_map(|field| head(field, variant.as_ref()));
        let mut cells: Vec<Cell> = head.chain(fields.iter().flat_map(cells)).collect();
        if !schema.until.is_empty() {
            cells.push(match schema.until_any {
                [] | [_] => delimiter("until", schema.until),
                any => Cell { note: one_of(any, false), ..delimiter("until", schema.until) },
            });
        }
        let title = match variant {
            Some(variant) => format!("{}::{} (tag {})", schema.name, variant.name, variant.shown_tag()),
            None => schema.name.to_string(),
        };
        let checks = variant.map_or(schema.checks, |variant| variant.checks);
        Shape { title, variant, cells, checks }
    };
    match schema.body {
        Body::Struct(fields) => Vec::from([shape(None, fields)]),
        Body::Enum(variants) => {
            variants.iter().map(|variant| shape(Some(*variant), variant.fields)).collect()
        }
    }
}

/// What is to be drawn of a frame: an enum that only names numbers is drawn once.
pub(crate) fn drawings(schema: &Schema) -> Vec<Shape> {
    let mut shapes = shapes(schema);
    if schema.is_plain_enum() {
        shapes.truncate(1);
        shapes.iter_mut().for_each(|shape| shape.title = schema.name.to_string());
    }
    shapes
}

/// The parts of what a word of the type writes.
fn head(field: &Field, variant: Option<&Variant>) -> Vec<Cell> {
    let mut cells = cells(field);
    let note = match (field.role, variant) {
        (Role::LenOf(_, rule), _) if rule.inclusive => {
            Some(String::from("length of what follows and of itself"))
        }
        (Role::LenOf(..), _) => Some(String::from("length of what follows")),
        (Role::TagOf(_), Some(Variant { keeps, .. })) if !keeps.is_empty() && *keeps != field.name => {
            Some(format!("which variant it is, kept as {keeps}"))
        }
        _ => None,
    };
    if let (Some(cell), Some(note)) = (cells.first_mut(), note) {
        cell.note = note;
    }
    cells
}

/// The parts of one field.
fn cells(field: &Field) -> Vec<Cell> {
    let name = field.name;
    let value = Cell {
        name: name.to_string(),
        bits: field.bits(),
        ty: without_order(field, field.ty.to_string()),
        size: size(field),
        note: join([join([note(field), begins(field)]), order(field)]),
        doc: field.doc.split_whitespace().collect::<Vec<_>>().join(" "),
        derived: !matches!(field.role, Role::Value),
    };
    match field.extent {
        Extent::LenPrefixed(prefix) => Vec::from([self::prefix(field, "len", &prefix), value]),
        Extent::CountPrefixed(prefix) => Vec::from([self::prefix(field, "count", &prefix), value]),
        Extent::Until(bytes) => Vec::from([value, delimiter(&format!("{name}.until"), bytes)]),
        Extent::UntilAny(end) if end.ending != Ending::Left => {
            let note = match (end.any, end.ending) {
                (_, Ending::Between) => String::from("only if something follows"),
                (_, Ending::Separates) => String::from("between items"),
                ([one], _) if end.optional => {
                    format!("\"{}\", may be missing at the end", one.escape_ascii())
                }
                _ => one_of(end.any, end.optional),
            };
            let name = format!("{name}.until");
            Vec::from([
                value,
                Cell { note, bits: None, size: String::from("delimiter"), ..delimiter(&name, end.written()) },
            ])
        }
        _ => Vec::from([value]),
    }
}

fn prefix(field: &Field, part: &str, prefix: &Prefix) -> Cell {
    let name = field.name;
    let of = if prefix.rule.inclusive {
        format!("length of {name} and of itself")
    } else {
        format!("length of {name}")
    };
    let of = if part == "count" { format!("number of {name}") } else { of };
    let note = match prefix.rule.max {
        Some(max) => format!("{of}, at most {max}"),
        None => of,
    };
    Cell {
        name: format!("{name}.{part}"),
        bits: prefix.ty.bits(),
        ty: without_order(field, prefix.ty.to_string()),
        size: without_order(field, prefix.ty.to_string()),
        note: join([join([note, presence(field)]), order(field)]),
        doc: String::new(),
        derived: true,
    }
}

/// Any of several ends a value.
fn one_of(any: &'static [&'static [u8]], is_optional: bool) -> String {
    format!("one of {}", Delimiter::new(any, Ending::Consumed, is_optional))
}

fn delimiter(name: &str, bytes: &[u8]) -> Cell {
    Cell {
        name: name.to_string(),
        bits: Some(bytes.len() * 8),
        ty: String::from("bytes"),
        size: String::new(),
        note: format!("always \"{}\"", bytes.escape_ascii()),
        doc: String::new(),
        derived: true,
    }
}

/// How long a field is, for people.
fn size(field: &Field) -> String {
    let name = field.name;
    let presence = presence(field);
    let size = match field.extent {
        Extent::Own => match field.ty.bits() {
            Some(bits) if !presence.is_empty() => format!("{} bytes", bits / 8),
            _ => String::new(),
        },
        Extent::LenPrefixed(_) => format!("{name}.len bytes"),
        Extent::CountPrefixed(_) if field.counts_bytes() => format!("{name}.count bytes"),
        Extent::CountPrefixed(_) => format!("{name}.count items"),
        Extent::LenOf(field) => format!("{field} bytes"),
        Extent::CountOf(field) => format!("{field} items"),
        Extent::Len(expression) => format!("{expression} bytes"),
        Extent::Count(expression) => format!("{expression} items"),
        Extent::Until(bytes) => format!("up to \"{}\"", bytes.escape_ascii()),
        Extent::UntilAny(delimiter) => format!("up to {delimiter}"),
        Extent::UntilItem(item, _) => format!("up to {item}"),
        Extent::Fixed(len, _) => format!("{len} bytes"),
        Extent::Align(to) => format!("up to a multiple of {to} bytes"),
        Extent::Rest => String::from("the rest"),
    };
    join([size, presence])
}

fn join(words: [String; 2]) -> String {
    words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What says where it begins.
fn begins(field: &Field) -> String {
    field.begins.map(|offset| format!("begins at byte {offset}")).unwrap_or_default()
}

/// What says the byte order, where that is known once bytes are read.
fn order(field: &Field) -> String {
    field.ordered.map(|ordered| format!("byte order: {}", ordered.order)).unwrap_or_default()
}

fn presence(field: &Field) -> String {
    match field.presence {
        Presence::Always => String::new(),
        Presence::Optional => String::from("if bytes are left"),
        Presence::Lead(lead) => format!("if \"{}\" stands in front", lead.escape_ascii()),
        presence => format!("if {}", presence.text()),
    }
}

/// What is computed, checked or required of a field, for people.
fn note(field: &Field) -> String {
    match field.role {
        Role::Value => String::new(),
        Role::LenOf(covers, _) if covers.text == ".." => String::from("length of the frame"),
        Role::LenOf(covers, _) => format!("length of {covers}"),
        Role::CountOf(list, _) => format!("number of {}", list.name),
        Role::OffsetOf(of, _) => format!("where {} begins", of.name),
        Role::TagOf(TagOf::Own) => String::from("which variant it is"),
        Role::TagOf(TagOf::Field(of)) => format!("tag of {}", of.name),
        Role::PresenceOf(of, ..) => format!("whether {} is there", of.name),
        Role::Checksum(algorithm, over) => format!("checksum: {algorithm} over {over}"),
        Role::Magic(bytes) if matches!(field.ty, Type::Bits(_)) => {
            format!("always {}", crate::schema::value::unsigned(bytes, Order::Big).unwrap_or(0))
        }
        Role::Magic(bytes) => format!("always \"{}\"", bytes.escape_ascii()),
        Role::Pad => String::from("padding"),
        Role::Calc(expression) => format!("computed: {expression}"),
    }
}
