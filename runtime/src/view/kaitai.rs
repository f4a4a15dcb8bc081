//! A Kaitai Struct description: parsers in a dozen other languages.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::cells::{is_plain_enum, type_bits};
use super::expr::{Expr, Language, Op, Sort, number};
use super::frames::{Frames, fields};
use super::plan::{From, Scope, Step, fixed_len, steps};
use super::tag::{Tags, tags};
use crate::schema::{Body, Extent, Field, Order, Presence, Role, Schema, Type, Variant};

impl Schema {
    /// A description of the frame for [Kaitai Struct](https://kaitai.io), as a
    /// `.ksy` file.
    ///
    /// What Kaitai cannot say stands in comments: checksums are read but not
    /// verified, and behind a field whose end hangs on Rust code everything is
    /// left as bytes.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16 }
    ///
    /// let ksy = Reading::SCHEMA.kaitai().to_string();
    /// assert!(ksy.contains("  - id: sensor\n    type: u2be\n"));
    /// ```
    pub fn kaitai(&self) -> impl fmt::Display {
        Kaitai(*self)
    }
}

struct Kaitai(Schema);

impl fmt::Display for Kaitai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frames = Frames::of(&self.0);
        let mut file = File { frames: &frames, types: Vec::new(), formats: Vec::new() };
        frames.iter().for_each(|(name, schema)| file.frame(&id(name), schema));
        let name = id(self.0.name);
        writeln!(
            f,
            "meta:\n  id: {name}\n  title: {}\n  encoding: UTF-8\n  bit-endian: be",
            Quoted(self.0.name)
        )?;
        let mut types = file.types.iter();
        if let Some(root) = types.next() {
            write!(f, "{}", root.text(""))?;
        }
        if types.len() + file.formats.len() > 0 {
            writeln!(f, "types:")?;
        }
        types.try_for_each(|ty| write!(f, "  {}:\n{}", ty.id, ty.text("    ")))?;
        file.formats.iter().try_for_each(|format| f.write_str(format_type(format)))?;
        enums(f, &frames)
    }
}

/// The names of the numbers of enums.
fn enums(f: &mut fmt::Formatter<'_>, frames: &Frames) -> fmt::Result {
    let mut lines = String::new();
    for (name, schema) in frames.iter() {
        let named = numbers(schema);
        if is_plain_enum(schema) && !named.is_empty() {
            lines.push_str(&format!("  {}_tag:\n", id(name)));
            named.iter().for_each(|(tag, variant)| lines.push_str(&format!("    {tag}: {variant}\n")));
        }
    }
    if lines.is_empty() { Ok(()) } else { write!(f, "enums:\n{lines}") }
}

/// The single tags of an enum with the names of their variants.
fn numbers(schema: &Schema) -> Vec<(i128, String)> {
    let Body::Enum(variants) = schema.body else { return Vec::new() };
    let tag = |variant: &'static Variant| {
        tags(variant).filter_map(move |set| match set {
            Tags::Range(first, last) if first == last => Some((first, id(variant.name))),
            _ => None,
        })
    };
    variants.iter().flat_map(tag).collect()
}

/// The types of a file, and the formats of numbers they need.
struct File<'a> {
    frames: &'a Frames,
    types: Vec<Described>,
    formats: Vec<&'static str>,
}

/// One type of the file: attributes in order, each some lines of YAML.
struct Described {
    id: String,
    doc: String,
    tag: bool,
    seq: Vec<String>,
    instances: Vec<String>,
}

impl Described {
    fn new(id: String, doc: &str) -> Self {
        Self { id, doc: doc.trim().to_string(), tag: false, seq: Vec::new(), instances: Vec::new() }
    }

    fn text(&self, indent: &str) -> String {
        let mut lines = Vec::new();
        if !self.doc.is_empty() {
            lines.push(format!("doc: {}", Quoted(&self.doc)));
        }
        if self.tag {
            lines.extend(["params:", "  - id: tag", "    type: s8"].map(String::from));
        }
        lines.push(String::from(if self.seq.is_empty() { "seq: []" } else { "seq:" }));
        lines.extend(self.seq.iter().flat_map(|attribute| attribute.lines().map(String::from)));
        if !self.instances.is_empty() {
            lines.push(String::from("instances:"));
            lines.extend(self.instances.iter().flat_map(|instance| instance.lines().map(String::from)));
        }
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }
}

/// The fields that expressions can name: those of a type, and of the types around it.
#[derive(Clone, Default)]
struct Names(Vec<Vec<(String, String)>>);

impl Names {
    fn inside(&self) -> Self {
        let mut names = self.clone();
        names.0.push(Vec::new());
        names
    }

    fn add(&mut self, name: &str, value: String) {
        if let Some(level) = self.0.last_mut() {
            level.push((name.to_string(), value));
        }
    }

    fn find(&self, name: &str) -> Option<String> {
        self.0.iter().rev().enumerate().find_map(|(up, level)| {
            let (_, value) = level.iter().rev().find(|(known, _)| known == name)?;
            Some(format!("{}{value}", "_parent.".repeat(up)))
        })
    }
}

impl Language for Names {
    fn name(&self, name: &str) -> Option<String> {
        self.find(name)
    }

    fn not(&self, truth: &str) -> String {
        format!("(not {truth})")
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        match to {
            Sort::Truth => format!("({value} != 0)"),
            Sort::Number => format!("({value} ? 1 : 0)"),
        }
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        let op = match op {
            Op::Or => "or",
            Op::And => "and",
            Op::Equal => "==",
            Op::NotEqual => "!=",
            Op::LessOrEqual => "<=",
            Op::GreaterOrEqual => ">=",
            Op::Less => "<",
            Op::Greater => ">",
            Op::BitOr => "|",
            Op::BitXor => "^",
            Op::BitAnd => "&",
            Op::ShiftLeft => "<<",
            Op::ShiftRight => ">>",
            Op::Add => "+",
            Op::Subtract => "-",
            Op::Multiply => "*",
            Op::Divide => "/",
            Op::Remainder => "%",
        };
        format!("({left} {op} {right})")
    }
}

fn expression(text: &str, names: &Names, sort: Sort) -> Option<String> {
    Expr::parse(text)?.write(names, sort)
}

/// An attribute under construction: its id, and its keys.
struct Attribute(Vec<String>);

impl Attribute {
    fn new(name: &str) -> Self {
        Self(Vec::from([format!("id: {}", id(name))]))
    }

    fn key(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.0.push(format!("{key}: {value}"));
        self
    }

    fn keys(mut self, keys: &[String]) -> Self {
        self.0.extend_from_slice(keys);
        self
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (index, line) in self.0.iter().enumerate() {
            text.push_str(if index == 0 { "  - " } else { "    " });
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// Why something stays bytes.
type Lost = String;

impl File<'_> {
    fn frame(&mut self, name: &str, schema: &Schema) {
        let mut ty = Described::new(name.to_string(), schema.doc);
        let mut names = Names::default().inside();
        ty.tag = matches!(schema.body, Body::Enum(_)) && !schema.head.iter().any(is_own_tag);
        if ty.tag {
            names.add("tag", String::from("tag"));
        }
        // A frame stands in front of the types that only serve it.
        let at = self.types.len();
        let steps = steps(schema);
        if schema.until.is_empty() {
            self.steps(&mut ty, &steps, &mut names, schema);
        } else {
            let inner = format!("{name}_content");
            let mut content = Described::new(inner.clone(), "");
            self.steps(&mut content, &steps, &mut names.inside(), schema);
            self.types.push(content);
            self.up_to(&mut ty, "content", schema.until, &[format!("type: {inner}")]);
        }
        self.types.insert(at, ty);
    }

    fn steps(&mut self, ty: &mut Described, steps: &[Step], names: &mut Names, schema: &Schema) {
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            if let Step::Field(field) = step {
                let counted =
                    |step: &Step| matches!(step, Step::Scope(scope) if scope.from == From::Field(field.name));
                if behind.iter().any(counted) {
                    mark(ty, field.name);
                }
            }
            let done = match step {
                Step::Field(field) => self.field(ty, field, behind, names, schema),
                Step::Bits(run) => {
                    bits(ty, run, names);
                    Ok(())
                }
                Step::Scope(scope) => self.scope(ty, scope, names, schema),
                Step::Choice(variants) => self.choice(ty, variants, names, schema),
            };
            if let Err(lost) = done {
                ty.seq.push(format!("  # Kaitai cannot say: {lost}. What follows is left as bytes.\n"));
                ty.seq.push(Attribute::new("undescribed").key("size-eos", true).text());
                return;
            }
        }
    }

    fn scope(
        &mut self,
        ty: &mut Described,
        scope: &Scope,
        names: &Names,
        schema: &Schema,
    ) -> Result<(), Lost> {
        let len = names.find(scope.len.name).ok_or_else(|| format!("the length {}", scope.len.name))?;
        let size = match scope.from {
            From::Here => len,
            From::Field(name) => format!("{len} - (_io.pos - {}_pos)", id(name)),
            From::Frame => {
                let marked = ty.instances.iter().any(|instance| instance.starts_with("  frame_pos:"));
                if !marked {
                    mark(ty, "frame");
                    ty.seq.rotate_right(1);
                }
                format!("{len} - (_io.pos - frame_pos)")
            }
        };
        let inner = format!("{}_{}_content", ty.id, id(scope.len.name));
        let mut content = Described::new(inner.clone(), "");
        self.steps(&mut content, &scope.steps, &mut names.inside(), schema);
        self.types.push(content);
        let name = format!("{}_content", scope.len.name);
        ty.seq.push(Attribute::new(&name).key("type", inner).key("size", size).text());
        Ok(())
    }

    fn choice(
        &mut self,
        ty: &mut Described,
        variants: &[(Variant, Vec<Step>)],
        names: &Names,
        schema: &Schema,
    ) -> Result<(), Lost> {
        if is_plain_enum(schema) {
            return Ok(());
        }
        let tag = names.find("tag").ok_or("the tag")?;
        let mut cases = Vec::new();
        for (variant, steps) in variants {
            let name = format!("{}_{}", id(self.frames.name(schema)), id(variant.name));
            for set in tags(variant) {
                match set {
                    Tags::Any => cases.push(format!("  _: {name}")),
                    Tags::Range(first, last) if last - first < 256 => {
                        cases.extend((first..=last).map(|tag| format!("  {tag}: {name}")));
                    }
                    Tags::Range(..) | Tags::Bytes(_) => return Err(format!("the tags {}", variant.tag)),
                }
            }
            let mut inner = Described::new(name, variant.doc);
            self.steps(&mut inner, steps, &mut names.inside(), schema);
            self.types.push(inner);
        }
        if cases.is_empty() {
            return Err(String::from("tags that are no numbers"));
        }
        let switch =
            Vec::from([String::from("type:"), format!("  switch-on: {tag}"), String::from("  cases:")]);
        let cases: Vec<String> = cases.iter().map(|case| format!("  {case}")).collect();
        ty.seq.push(Attribute::new("body").keys(&switch).keys(&cases).text());
        Ok(())
    }

    fn field(
        &mut self,
        ty: &mut Described,
        field: &Field,
        behind: &[Step],
        names: &mut Names,
        schema: &Schema,
    ) -> Result<(), Lost> {
        let mut common = Vec::new();
        if !field.doc.trim().is_empty() {
            common.push(format!("doc: {}", Quoted(field.doc.trim())));
        }
        let presence = match field.presence {
            Presence::Always => None,
            Presence::Optional => Some(String::from("not _io.eof")),
            Presence::When(condition) => {
                Some(expression(condition, names, Sort::Truth).ok_or_else(|| format!("when({condition})"))?)
            }
        };
        common.extend(presence.map(|condition| format!("if: {condition}")));
        let attribute = || Attribute::new(field.name).keys(&common);
        match (field.role, field.extent, field.ty) {
            (Role::Magic(bytes), ..) => {
                ty.seq.push(attribute().key("contents", format!("{bytes:?}")).text());
                return Ok(());
            }
            (Role::Checksum(of), ..) => ty.seq.push(format!("  # Not verified: checksum({of})\n")),
            (_, Extent::Own, Type::Unit) => return Ok(()),
            (_, Extent::Own, Type::Tuple(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let (keys, _) = self.keys(item, field, names, schema)?;
                    let name = format!("{}_{index}", field.name);
                    ty.seq.push(Attribute::new(&name).keys(&common).keys(&keys).text());
                }
                return Ok(());
            }
            _ => {}
        }
        let size = match field.extent {
            Extent::Own => {
                let (keys, value) = self.keys(&field.ty, field, names, schema)?;
                ty.seq.push(attribute().keys(&keys).text());
                names.add(field.name, id(field.name) + &value);
                return Ok(());
            }
            Extent::LenPrefixed(prefix) | Extent::CountPrefixed(prefix) => {
                let part = if matches!(field.extent, Extent::LenPrefixed(_)) { "len" } else { "count" };
                let (name, (keys, value)) =
                    (format!("{}.{part}", field.name), self.keys(&prefix.ty, field, names, schema)?);
                ty.seq.push(Attribute::new(&name).keys(&common).keys(&keys).text());
                let own = if prefix.inclusive {
                    type_bits(&prefix.ty).ok_or("a length that counts itself")? / 8
                } else {
                    0
                };
                format!("{}{value}{}", id(&name), if own == 0 { String::new() } else { format!(" - {own}") })
            }
            Extent::Len(text) | Extent::Count(text) => {
                expression(text, names, Sort::Number).ok_or_else(|| text.to_string())?
            }
            Extent::Fixed(len, _) => len.to_string(),
            Extent::Rest => match fixed_len(behind).ok_or("the rest in front of what varies")? {
                0 => {
                    let keys = self.rest(&ty.id, field, names, schema)?;
                    ty.seq.push(attribute().keys(&keys).text());
                    return Ok(());
                }
                len => format!("_io.size - _io.pos - {len}"),
            },
            Extent::Until(bytes) => {
                let inner = self.content(&ty.id, field, names, schema)?;
                self.up_to_field(ty, field, bytes, attribute().keys(&inner.0), &inner.0);
                names.add(field.name, id(field.name) + &inner.1);
                return Ok(());
            }
            Extent::UntilItem(item) => {
                let last = number(item).ok_or_else(|| format!("up to {item}"))?;
                let (keys, value) = self.item(field, names, schema)?;
                let last = format!("_{value} == {last}");
                ty.seq.push(attribute().keys(&keys).key("repeat", "until").key("repeat-until", last).text());
                return Ok(());
            }
        };
        if let Extent::CountPrefixed(_) | Extent::Count(_) = field.extent {
            let (keys, _) = self.item(field, names, schema)?;
            ty.seq.push(attribute().keys(&keys).key("repeat", "expr").key("repeat-expr", size).text());
            return Ok(());
        }
        let (keys, value) = self.content(&ty.id, field, names, schema)?;
        let mut attribute = attribute().keys(&keys).key("size", size);
        if let Extent::Fixed(_, fill) = field.extent {
            attribute = attribute.key("pad-right", fill);
        }
        ty.seq.push(attribute.text());
        names.add(field.name, id(field.name) + &value);
        Ok(())
    }

    /// The keys of a type that says itself where it ends, and how its number is reached.
    fn keys(
        &mut self,
        ty: &Type,
        field: &Field,
        names: &Names,
        schema: &Schema,
    ) -> Result<(Vec<String>, String), Lost> {
        let plain = |keys: &[String]| Ok((keys.to_vec(), String::new()));
        let le = |order: &Option<Order>| if *order == Some(Order::Little) { "le" } else { "be" };
        match ty {
            Type::Int { bytes: 1, signed, .. } => {
                plain(&[format!("type: {}1", if *signed { "s" } else { "u" })])
            }
            Type::Int { bytes: bytes @ (2 | 4 | 8), signed, order } => {
                plain(&[format!("type: {}{bytes}{}", if *signed { "s" } else { "u" }, le(order))])
            }
            Type::Int { bytes, signed: false, order } if *bytes < 8 => {
                plain(&[format!("type: b{}{}", bytes * 8, if le(order) == "le" { "le" } else { "" })])
            }
            Type::Int { bytes, .. } => plain(&[format!("size: {bytes}")]),
            Type::Float { bytes, order } => plain(&[format!("type: f{bytes}{}", le(&Some(*order)))]),
            Type::Bool => plain(&[String::from("type: u1"), String::from("valid: {any-of: [0, 1]}")]),
            Type::Ipv4 => plain(&[String::from("size: 4")]),
            Type::Ipv6 => plain(&[String::from("size: 16")]),
            Type::Number(name) => {
                let format = match name.split(['(', ' ']).next() {
                    Some("varint" | "mqtt") => "varint",
                    Some("zigzag") => "zigzag",
                    Some("quic") => "quic",
                    _ => return Err(name.to_string()),
                };
                self.need(format);
                Ok((Vec::from([format!("type: {format}")]), String::from(".value")))
            }
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => plain(&[format!("size: {len}")]),
            Type::Array(item, len) => {
                let (mut keys, _) = self.keys(item, field, names, schema)?;
                keys.extend([String::from("repeat: expr"), format!("repeat-expr: {len}")]);
                plain(&keys)
            }
            Type::Frame(inner) => {
                let inner = inner();
                let name = id(self.frames.name(inner));
                if let (true, [tag], b"") = (is_plain_enum(inner), inner.head, inner.until) {
                    let (mut keys, _) = self.keys(&tag.ty, field, names, schema)?;
                    if !numbers(inner).is_empty() {
                        keys.push(format!("enum: {name}_tag"));
                        return Ok((keys, String::from(".to_i")));
                    }
                    return plain(&keys);
                }
                let chooses =
                    |other: &&Field| matches!(other.role, Role::TagOf(target) if target == field.name);
                let tag = fields(schema).find(chooses).and_then(|tag| names.find(tag.name));
                match tag {
                    Some(tag) => plain(&[format!("type: {name}({tag})")]),
                    None if matches!(inner.body, Body::Enum(_)) && !inner.head.iter().any(is_own_tag) => {
                        Err(format!("the tag of {}", field.name))
                    }
                    None => plain(&[format!("type: {name}")]),
                }
            }
            Type::Tuple(_) => match type_bits(ty) {
                Some(bits) => plain(&[format!("size: {}", bits / 8)]),
                None => Err(format!("{ty} inside of a list")),
            },
            Type::Unit | Type::Bits(_) | Type::Bytes | Type::Text | Type::List(_) | Type::Custom => {
                Err(format!("{} is read by code of its own", field.name))
            }
        }
    }

    /// The keys of what fills an extent.
    fn content(
        &mut self,
        prefix: &str,
        field: &Field,
        names: &Names,
        schema: &Schema,
    ) -> Result<(Vec<String>, String), Lost> {
        let text = |value: &str| Ok((Vec::from([String::from("type: str")]), String::from(value)));
        match &field.ty {
            Type::Bytes | Type::Custom => Ok((Vec::new(), String::new())),
            Type::Text => text(""),
            Type::Number(name) if name.starts_with("dec") => text(".to_i"),
            Type::Number(name) if name.starts_with("hex") => text(".to_i(16)"),
            Type::Frame(inner) if !is_plain_enum(inner()) => self.keys(&field.ty, field, names, schema),
            _ => {
                let name = format!("{prefix}_{}", id(field.name));
                let mut list = Described::new(name.clone(), "");
                let (keys, _) = self.item(field, names, schema)?;
                list.seq.push(Attribute::new("items").keys(&keys).key("repeat", "eos").text());
                self.types.push(list);
                Ok((Vec::from([format!("type: {name}")]), String::new()))
            }
        }
    }

    fn rest(
        &mut self,
        prefix: &str,
        field: &Field,
        names: &Names,
        schema: &Schema,
    ) -> Result<Vec<String>, Lost> {
        let (mut keys, end) = match field.ty {
            Type::List(_) => (self.item(field, names, schema)?.0, "repeat: eos"),
            _ => (self.content(prefix, field, names, schema)?.0, "size-eos: true"),
        };
        keys.push(String::from(end));
        Ok(keys)
    }

    fn item(&mut self, field: &Field, names: &Names, schema: &Schema) -> Result<(Vec<String>, String), Lost> {
        match field.ty {
            Type::List(item) | Type::Array(item, _) => self.keys(item, field, names, schema),
            _ => self.keys(&field.ty, field, names, schema),
        }
    }

    /// A field that ends with a delimiter: one byte is a terminator, more are a type of their own.
    fn up_to_field(
        &mut self,
        ty: &mut Described,
        field: &Field,
        delimiter: &[u8],
        attribute: Attribute,
        keys: &[String],
    ) {
        if let [byte] = delimiter {
            ty.seq.push(attribute.key("terminator", byte).text());
            return;
        }
        let name = format!("{}_{}_until", ty.id, id(field.name));
        let mut inner = Described::new(name.clone(), "");
        self.up_to(&mut inner, "value", delimiter, keys);
        self.types.push(inner);
        ty.seq.push(Attribute::new(field.name).key("type", name).text());
    }

    /// Bytes up to a delimiter, looked for byte by byte, and what they mean.
    fn up_to(&mut self, ty: &mut Described, name: &str, delimiter: &[u8], keys: &[String]) {
        let before = delimiter.len().saturating_sub(1);
        let tests = delimiter.iter().enumerate().map(|(at, byte)| match before - at {
            0 => format!("_ == {byte}"),
            back => format!("raw[raw.size - {}] == {byte}", back + 1),
        });
        let tests: Vec<String> = core::iter::once(format!("raw.size > {before}")).chain(tests).collect();
        mark(ty, "raw");
        let raw = Attribute::new("raw").key("type", "u1").key("repeat", "until");
        ty.seq.push(raw.key("repeat-until", tests.join(" and ")).text());
        let keys: String = keys.iter().map(|key| format!("    {key}\n")).collect();
        let size = format!("    size: raw.size - {}\n", delimiter.len());
        ty.instances.push(format!("  {name}:\n    pos: raw_pos\n{size}{keys}"));
    }

    fn need(&mut self, format: &'static str) {
        for format in if format == "zigzag" { ["varint", "zigzag"] } else { [format, format] } {
            if !self.formats.contains(&format) {
                self.formats.push(format);
            }
        }
    }
}

fn is_own_tag(field: &Field) -> bool {
    matches!(field.role, Role::TagOf(_))
}

/// Remembers the position: an attribute of no bytes makes the instance be
/// computed just then.
fn mark(ty: &mut Described, name: &str) {
    let name = id(name);
    let condition = format!("{name}_pos >= 0");
    ty.seq.push(Attribute::new(&format!("{name}_mark")).key("size", 0).key("if", condition).text());
    ty.instances.push(format!("  {name}_pos:\n    value: _io.pos\n"));
}

fn bits(ty: &mut Described, run: &[Field], names: &mut Names) {
    for field in run {
        let Type::Bits(width) = field.ty else { continue };
        ty.seq.push(Attribute::new(field.name).key("type", format!("b{width}")).text());
        // Kaitai takes a single bit for a truth.
        names.add(field.name, id(field.name) + if width == 1 { ".to_i" } else { "" });
    }
}

/// The types of numbers that Kaitai does not know.
fn format_type(format: &str) -> &'static str {
    match format {
        "varint" => VARINT,
        "zigzag" => ZIGZAG,
        _ => QUIC,
    }
}

const VARINT: &str = "  varint:
    seq:
      - id: groups
        type: u1
        repeat: until
        repeat-until: _ < 128
    instances:
      value:
        value: >-
          groups[0] % 128
          + (groups.size > 1 ? (groups[1] % 128) * 128 : 0)
          + (groups.size > 2 ? (groups[2] % 128) * 16384 : 0)
          + (groups.size > 3 ? (groups[3] % 128) * 2097152 : 0)
          + (groups.size > 4 ? (groups[4] % 128) * 268435456 : 0)
          + (groups.size > 5 ? (groups[5] % 128) * 34359738368 : 0)
          + (groups.size > 6 ? (groups[6] % 128) * 4398046511104 : 0)
          + (groups.size > 7 ? (groups[7] % 128) * 562949953421312 : 0)
";

const ZIGZAG: &str = "  zigzag:
    seq:
      - id: raw
        type: varint
    instances:
      value:
        value: 'raw.value % 2 == 1 ? 0 - (raw.value + 1) / 2 : raw.value / 2'
";

const QUIC: &str = "  quic:
    seq:
      - id: first
        type: u1
      - id: others
        type: u1
        repeat: expr
        repeat-expr: (1 << (first >> 6)) - 1
    instances:
      low:
        value: 'others.size == 0 ? 0 : others.size == 1 ? others[0] : others[0] * 65536 + others[1] * 256 + others[2]'
      value:
        value: >-
          others.size == 0 ? first % 64
          : others.size == 1 ? (first % 64) * 256 + low
          : others.size == 3 ? (first % 64) * 16777216 + low
          : (((first % 64) * 16777216 + low) * 16777216 + others[3] * 65536 + others[4] * 256 + others[5]) * 256 + others[6]
";

/// A Rust name as Kaitai wants it: lower case with underscores.
fn id(name: &str) -> String {
    let mut id = String::new();
    for character in name.chars() {
        let after_small = id.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit());
        if character.is_ascii_uppercase() && after_small {
            id.push('_');
        }
        id.push(if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' });
    }
    let id = id.trim_start_matches('_');
    if id.starts_with(|first: char| first.is_ascii_digit()) { format!("f{id}") } else { id.to_string() }
}

/// A string of YAML.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        self.0.chars().try_for_each(|character| match character {
            '"' | '\\' => write!(f, "\\{character}"),
            '\n' => f.write_str("\\n"),
            control if control < ' ' => write!(f, "\\x{:02x}", u32::from(control)),
            other => write!(f, "{other}"),
        })?;
        f.write_str("\"")
    }
}
