//! A frame as the parts that stand on the wire one after the other: what
//! diagrams and tables are drawn from.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::plan::counts_bytes;
use crate::schema::{Body, Extent, Field, Order, Prefix, Presence, Role, Schema, Type, Variant};

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
}

/// All ways in which `schema` can look.
pub(crate) fn shapes(schema: &Schema) -> Vec<Shape> {
    let shape = |variant: Option<Variant>, fields: &[Field]| {
        let head = schema.head.iter().flat_map(|field| head(field, variant.as_ref()));
        let mut cells: Vec<Cell> = head.chain(fields.iter().flat_map(cells)).collect();
        if !schema.until.is_empty() {
            cells.push(delimiter("until", schema.until));
        }
        let title = match variant {
            Some(variant) => format!("{}::{} (tag {})", schema.name, variant.name, variant.tag),
            None => schema.name.to_string(),
        };
        Shape { title, variant, cells }
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
    if is_plain_enum(schema) {
        shapes.truncate(1);
        shapes.iter_mut().for_each(|shape| shape.title = schema.name.to_string());
    }
    shapes
}

/// Whether an enum is no more than names for numbers.
pub(crate) fn is_plain_enum(schema: &Schema) -> bool {
    match schema.body {
        Body::Struct(_) => false,
        Body::Enum(variants) => variants.iter().all(|variant| variant.fields.is_empty()),
    }
}

/// The parts of what a word of the type writes.
fn head(field: &Field, variant: Option<&Variant>) -> Vec<Cell> {
    let mut cells = cells(field);
    let note = match (field.role, variant) {
        (Role::LenOf(_), _) if field.inclusive => Some(String::from("length of what follows and of itself")),
        (Role::LenOf(_), _) => Some(String::from("length of what follows")),
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
        bits: field_bits(field),
        ty: field.ty.to_string(),
        size: size(field),
        note: note(field),
        doc: field.doc.split_whitespace().collect::<Vec<_>>().join(" "),
        derived: !matches!(field.role, Role::Value),
    };
    match field.extent {
        Extent::LenPrefixed(prefix) => Vec::from([self::prefix(field, "len", &prefix), value]),
        Extent::CountPrefixed(prefix) => Vec::from([self::prefix(field, "count", &prefix), value]),
        Extent::Until(bytes) => Vec::from([value, delimiter(&format!("{name}.until"), bytes)]),
        _ => Vec::from([value]),
    }
}

fn prefix(field: &Field, part: &str, prefix: &Prefix) -> Cell {
    let name = field.name;
    let of = if prefix.inclusive {
        format!("length of {name} and of itself")
    } else {
        format!("length of {name}")
    };
    let of = if part == "count" { format!("number of {name}") } else { of };
    let note = match prefix.max {
        Some(max) => format!("{of}, at most {max}"),
        None => of,
    };
    Cell {
        name: format!("{name}.{part}"),
        bits: type_bits(&prefix.ty),
        ty: prefix.ty.to_string(),
        size: prefix.ty.to_string(),
        note: join([note, presence(field)]),
        doc: String::new(),
        derived: true,
    }
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

/// The bits of a field that is always there and always as long.
pub(crate) fn field_bits(field: &Field) -> Option<usize> {
    match (field.presence, field.extent, field.role) {
        (Presence::Always, Extent::Own, Role::Magic(bytes)) if matches!(field.ty, Type::Bytes) => {
            bytes.len().checked_mul(8)
        }
        (Presence::Always, Extent::Own, _) => type_bits(&field.ty),
        (Presence::Always, Extent::Fixed(len, _), _) => len.checked_mul(8),
        _ => None,
    }
}

/// The bits of every value of a type, where they are as many.
pub(crate) fn type_bits(ty: &Type) -> Option<usize> {
    match ty {
        Type::Unit => Some(0),
        Type::Int { bytes, .. } | Type::Float { bytes, .. } => Some(bytes * 8),
        Type::Bool => Some(8),
        Type::Bits(bits) => usize::try_from(bits.width).ok(),
        Type::Ipv4 => Some(32),
        Type::Ipv6 => Some(128),
        Type::Array(item, len) => type_bits(item)?.checked_mul(*len),
        Type::Tuple(items) => items.iter().try_fold(0, |sum: usize, item| sum.checked_add(type_bits(item)?)),
        Type::Frame(schema) => {
            let schema = schema();
            schema.max_len.filter(|max| *max == schema.min_len).map(|len| len * 8)
        }
        Type::Number(_) | Type::Bytes | Type::Text | Type::List(_) | Type::Custom => None,
    }
}

/// How long a field is, for people.
fn size(field: &Field) -> String {
    let name = field.name;
    let presence = presence(field);
    let size = match field.extent {
        Extent::Own => match type_bits(&field.ty) {
            Some(bits) if !presence.is_empty() => format!("{} bytes", bits / 8),
            _ => String::new(),
        },
        Extent::LenPrefixed(_) => format!("{name}.len bytes"),
        Extent::CountPrefixed(_) if counts_bytes(field) => format!("{name}.count bytes"),
        Extent::CountPrefixed(_) => format!("{name}.count items"),
        Extent::Len(expression) => format!("{expression} bytes"),
        Extent::Count(expression) => format!("{expression} items"),
        Extent::Until(bytes) => format!("up to \"{}\"", bytes.escape_ascii()),
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

fn presence(field: &Field) -> String {
    match field.presence {
        Presence::Always => String::new(),
        Presence::When(condition) => format!("if {condition}"),
        Presence::Optional => String::from("if bytes are left"),
    }
}

/// What is computed, checked or required of a field, for people.
fn note(field: &Field) -> String {
    match field.role {
        Role::Value => String::new(),
        Role::LenOf("" | "..") => String::from("length of the frame"),
        Role::LenOf(fields) => format!("length of {fields}"),
        Role::CountOf(field) => format!("number of {field}"),
        Role::TagOf("" | "self") => String::from("which variant it is"),
        Role::TagOf(field) => format!("tag of {field}"),
        Role::PresenceOf(field) => format!("whether {field} is there"),
        Role::Checksum(of) => format!("checksum: {of}"),
        Role::Magic(bytes) if matches!(field.ty, Type::Bits(_)) => {
            format!("always {}", super::value::unsigned(bytes, Order::Big).unwrap_or(0))
        }
        Role::Magic(bytes) => format!("always \"{}\"", bytes.escape_ascii()),
        Role::Pad => String::from("padding"),
        Role::Calc(expression) => format!("computed: {expression}"),
    }
}
