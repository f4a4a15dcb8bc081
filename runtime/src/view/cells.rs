//! Frames as consecutive parts on the wire, for drawing diagrams and tables.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::schema::text::without_order;
use crate::schema::value::{Value, unsigned};
use crate::schema::{
    Body, Check, Delimiter, Ending, Extent, Field, Order, Prefix, Presence, Role, Schema, TagOf, Tags, Type,
    Variant,
};

/// One part of a frame: a value, or the length, count or delimiter of a value.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    /// Name of the part as in the dump: `body`, `body.len`.
    pub(crate) name: String,
    /// Size in bits, if it is fixed.
    pub(crate) bits: Option<usize>,
    /// Size of the run in bits, if the part is a bit field.
    pub(crate) run: Option<usize>,
    /// Type of the part.
    pub(crate) ty: String,
    /// Frame or enum that is the type of the value or of its items.
    pub(crate) frame: Option<&'static Schema>,
    /// Constant value, such as `0x002a` or `"\r\n"`.
    pub(crate) value: String,
    /// Size as text, such as `body.len bytes`.
    pub(crate) size: String,
    /// Notes on computations, checks and conditions. Notes on the value and on the byte order are
    /// separate.
    pub(crate) note: String,
    /// Expression for the byte order, if it is known only at run time.
    pub(crate) order: String,
    /// Doc comment, on one line.
    pub(crate) doc: String,
    /// Whether the codec computes the part.
    pub(crate) derived: bool,
    /// Whether the part may be absent.
    pub(crate) is_optional: bool,
    /// Whether the size varies, if the part is present.
    pub(crate) varies: bool,
}

impl Cell {
    /// Returns all notes.
    pub(crate) fn notes(&self) -> String {
        join([self.constant(), self.note.clone(), self.order_note()])
    }

    /// Returns the note on the byte order.
    pub(crate) fn order_note(&self) -> String {
        match &*self.order {
            "" => String::new(),
            order => format!("byte order: {order}"),
        }
    }

    /// Returns `true` if the part is a frame of fixed size.
    pub(crate) fn is_nested(&self) -> bool {
        self.frame.is_some() && !self.varies && self.run.is_none() && !self.size.is_empty()
    }

    /// Returns the note on the constant value.
    pub(crate) fn constant(&self) -> String {
        match &*self.value {
            "" => String::new(),
            value => format!("always {value}"),
        }
    }
}

/// One layout of a frame. A struct has one layout, and an enum has one for each variant.
pub(crate) struct Shape {
    /// Title, such as `Packet` or `Packet::Connect (tag 1)`.
    pub(crate) title: String,
    /// Variant, if the frame is an enum.
    pub(crate) variant: Option<Variant>,
    /// Parts of the layout.
    pub(crate) cells: Vec<Cell>,
    /// Invariants of the layout.
    pub(crate) checks: &'static [Check],
}

/// Returns the expression for the byte order if several parts have one and it is the same for all
/// of them.
pub(crate) fn common_order<'a>(cells: &[&'a Cell]) -> Option<&'a str> {
    let mut orders = cells.iter().map(|cell| &*cell.order).filter(|order| !order.is_empty());
    let (first, second) = (orders.next()?, orders.next()?);
    (second == first && orders.all(|order| order == first)).then_some(first)
}

/// Returns the shape of a struct, or the shape of each variant of an enum.
pub(crate) fn shapes(schema: &Schema) -> Vec<Shape> {
    named(schema, |_, field| field.name)
}

/// Returns the shapes as [`shapes`] does, with the names that `name` returns for the fields.
fn named(schema: &Schema, name: impl Fn(Option<&Variant>, &Field) -> &'static str) -> Vec<Shape> {
    let shape = |variant: Option<Variant>, fields: &[Field]| {
        let head = schema.head.iter().flat_map(|field| head(field, variant.as_ref()));
        let fields = fields.iter().flat_map(|field| cells(field, name(variant.as_ref(), field)));
        let mut cells: Vec<Cell> = head.chain(fields).collect();
        if !schema.until.is_empty() {
            cells.push(match schema.until_any {
                [] | [_] => delimiter("until", schema.until),
                any => any_delimiter("until", schema.until, one_of(any, false)),
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

/// Returns the layouts of a frame for drawings. A fieldless enum has one layout for all variants.
/// If a variant has only one field, without a name, the field is drawn with the name of the
/// variant. A tag shows the value that selects the variant.
pub(crate) fn drawings(schema: &Schema) -> Vec<Shape> {
    let mut shapes = named(schema, |variant, field| {
        let Some(variant) = variant.filter(|_| field.name.starts_with(char::is_numeric)) else {
            return field.name;
        };
        let is_value = |field: &&Field| matches!(field.role, Role::Value);
        let describes = |field: &Field| !matches!(field.role, Role::Value | Role::Pad | Role::Magic(_));
        let is_alone =
            variant.fields.iter().filter(is_value).count() == 1 && !variant.fields.iter().any(describes);
        if is_alone && is_value(&field) { variant.name } else { field.name }
    });
    if schema.is_plain_enum() {
        shapes.truncate(1);
        shapes.iter_mut().for_each(|shape| shape.title = schema.name.to_string());
        return shapes;
    }
    for shape in &mut shapes {
        let Some(variant) = shape.variant.filter(chooses_one) else { continue };
        let own = schema.head.iter().position(|field| matches!(field.role, Role::TagOf(TagOf::Own)));
        if let Some(tag) = own.and_then(|index| shape.cells.get_mut(index)) {
            tag.value = variant.shown_tag().to_string();
            tag.note = String::new();
        }
    }
    shapes
}

/// Returns `true` if a variant has a single tag.
fn chooses_one(variant: &Variant) -> bool {
    match variant.tags {
        [Tags::Range(first, last)] => first == last,
        [Tags::Bytes(_)] => true,
        _ => false,
    }
}

/// Returns the parts of a field of the head.
fn head(field: &Field, variant: Option<&Variant>) -> Vec<Cell> {
    let mut cells = cells(field, field.name);
    let note = match (field.role, variant) {
        (Role::LenOf(_, rule), _) if rule.inclusive => {
            Some(String::from("length of what follows and of itself"))
        }
        (Role::LenOf(..), _) => Some(String::from("length of what follows")),
        (Role::TagOf(_), Some(Variant { keeps, .. })) if !keeps.is_empty() && *keeps != field.name => {
            let field = if keeps.starts_with(char::is_numeric) { "field " } else { "" };
            Some(format!("which variant it is, kept as {field}{keeps}"))
        }
        _ => None,
    };
    if let (Some(cell), Some(note)) = (cells.first_mut(), note) {
        cell.note = note;
    }
    cells
}

/// Returns the parts of one field.
fn cells(field: &Field, name: &str) -> Vec<Cell> {
    let run = match field.ty {
        Type::Bits(bits) => Some(bits.run * 8),
        _ => None,
    };
    let value = Cell {
        name: name.to_string(),
        bits: field.bits(),
        run: run.filter(|run| *run > 0),
        ty: without_order(field, field.ty.to_string()),
        frame: frame_of(&field.ty),
        value: constant(field),
        size: size(field, name),
        note: join([note(field), begins(field)]),
        order: order(field),
        doc: field.doc.split_whitespace().collect::<Vec<_>>().join(" "),
        derived: !matches!(field.role, Role::Value),
        is_optional: !matches!(field.presence, Presence::Always),
        varies: match field.extent {
            Extent::Own => field.bits().or_else(|| field.ty.bits()).is_none(),
            Extent::Fixed(..) => false,
            _ => true,
        },
    };
    match field.extent {
        Extent::LenPrefixed(prefix) => Vec::from([self::prefix(field, name, "len", &prefix), value]),
        Extent::CountPrefixed(prefix) => Vec::from([self::prefix(field, name, "count", &prefix), value]),
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
            let is_optional = end.optional || end.ending != Ending::Consumed;
            let delimiter = any_delimiter(&format!("{name}.until"), end.written(), note);
            let size = String::from("delimiter");
            Vec::from([value, Cell { bits: None, size, is_optional, ..delimiter }])
        }
        _ => Vec::from([value]),
    }
}

/// Returns the frame or enum of a type.
fn frame_of(ty: &Type) -> Option<&'static Schema> {
    match ty {
        Type::Frame(schema) => Some(schema()),
        Type::Array(item, _) | Type::List(item) => frame_of(item),
        Type::Bits(bits) => bits.of.as_enum(),
        _ => None,
    }
}

fn prefix(field: &Field, name: &str, part: &str, prefix: &Prefix) -> Cell {
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
        run: None,
        ty: without_order(field, prefix.ty.to_string()),
        frame: frame_of(&prefix.ty),
        value: String::new(),
        size: without_order(field, prefix.ty.to_string()),
        note: join([note, presence(field)]),
        order: order(field),
        doc: String::new(),
        derived: true,
        is_optional: !matches!(field.presence, Presence::Always | Presence::Prefix(_)),
        varies: prefix.ty.bits().is_none(),
    }
}

/// Returns the note on alternative delimiters.
fn one_of(any: &'static [&'static [u8]], is_optional: bool) -> String {
    format!("one of {}", Delimiter::new(any, Ending::Consumed, is_optional))
}

fn delimiter(name: &str, bytes: &[u8]) -> Cell {
    Cell {
        name: name.to_string(),
        bits: Some(bytes.len() * 8),
        run: None,
        ty: String::from("bytes"),
        frame: None,
        value: format!("\"{}\"", bytes.escape_ascii()),
        size: String::new(),
        note: String::new(),
        order: String::new(),
        doc: String::new(),
        derived: true,
        is_optional: false,
        varies: false,
    }
}

/// Returns a delimiter that has alternatives or may be missing, as `note` describes.
fn any_delimiter(name: &str, bytes: &[u8], note: String) -> Cell {
    Cell { value: String::new(), note, ..delimiter(name, bytes) }
}

/// Returns the size of a field as text.
fn size(field: &Field, name: &str) -> String {
    let presence = presence(field);
    let is_frame = matches!(field.ty, Type::Frame(_));
    let size = match field.extent {
        Extent::Own => match field.ty.bits() {
            Some(8) if !presence.is_empty() || is_frame => String::from("1 byte"),
            Some(bits) if !presence.is_empty() || is_frame => format!("{} bytes", bits / 8),
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
        Extent::Fixed(1, _) => String::from("1 byte"),
        Extent::Fixed(len, _) => format!("{len} bytes"),
        Extent::Align(to) => format!("aligned to {to} bytes"),
        Extent::Rest => String::from("the rest"),
    };
    join([size, presence])
}

pub(crate) fn join<const N: usize>(words: [String; N]) -> String {
    words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Returns the note on the offset of a field, or an empty text if no earlier field contains the
/// offset.
fn begins(field: &Field) -> String {
    field.begins.map(|offset| format!("begins at byte {offset}")).unwrap_or_default()
}

/// Returns the expression for the byte order, or an empty text if the order is fixed.
fn order(field: &Field) -> String {
    field.ordered.map(|ordered| ordered.order.to_string()).unwrap_or_default()
}

fn presence(field: &Field) -> String {
    match field.presence {
        Presence::Always => String::new(),
        Presence::Optional => String::from("if bytes are left"),
        Presence::Lead(lead) => format!("if preceded by \"{}\"", lead.escape_ascii()),
        presence => format!("if {}", presence.text()),
    }
}

/// Returns the notes on computations, checks and conditions of a field.
fn note(field: &Field) -> String {
    match field.role {
        Role::Value | Role::Magic(_) => String::new(),
        Role::LenOf(covers, _) if covers.text == ".." => String::from("length of the frame"),
        Role::LenOf(covers, _) => format!("length of {covers}"),
        Role::CountOf(list, _) => format!("number of {}", list.name),
        Role::OffsetOf(of, _) => format!("where {} begins", of.name),
        Role::TagOf(TagOf::Own) => String::from("which variant it is"),
        Role::TagOf(TagOf::Field(of)) => format!("tag of {}", of.name),
        Role::PresenceOf(of, ..) => format!("whether {} is there", of.name),
        Role::Checksum(algorithm, over) => format!("checksum: {algorithm} over {over}"),
        Role::Pad => String::from("padding"),
        Role::Calc(expression) => format!("computed: {expression}"),
    }
}

/// Returns the constant value of a field as text.
fn constant(field: &Field) -> String {
    let Role::Magic(bytes) = field.role else { return String::new() };
    match field.ty {
        Type::Bits(_) => unsigned(bytes, Order::Big).unwrap_or(0).to_string(),
        Type::Int { bytes: width, .. } => Value::of(&field.ty, bytes).in_hex(width),
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}
