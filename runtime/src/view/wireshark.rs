//! A Wireshark dissector in Lua.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::cells::{is_plain_enum, type_bits};
use super::expr::{Expr, Language, Op, Sort, number};
use super::frames::{Frames, fields};
use super::plan::{From, Scope, Step, fixed_len, steps};
use super::tag::{Tags, chosen_by, tags};
use crate::schema::{Body, Extent, Field, Order, Prefix, Presence, Role, Schema, Type};

/// A dissector for Wireshark and tshark, made by [`Schema::wireshark`].
pub struct Wireshark {
    port: u16,
    frames: Frames,
    request: String,
    reply: String,
}

impl Schema {
    /// A Wireshark dissector in Lua for this frame on a TCP and UDP port:
    /// save it in Wireshark's plugin folder, or `tshark -X lua_script:FILE`.
    ///
    /// Every field has a name to filter by, such as `chatmsg.sender`. What
    /// cannot be said in Lua, such as hand-written codecs, is shown as bytes.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16 }
    ///
    /// let lua = Reading::SCHEMA.wireshark(7000).to_string();
    /// assert!(lua.contains(r#"field("reading.sensor", "sensor", int(2"#));
    /// ```
    pub fn wireshark(&self, port: u16) -> Wireshark {
        let frames = Frames::of(self);
        Wireshark { port, frames, request: self.name.to_string(), reply: self.name.to_string() }
    }
}

impl Wireshark {
    /// What comes back from the port, where that is another frame than what is sent to it.
    #[must_use]
    pub fn replies(mut self, schema: &Schema) -> Self {
        self.frames.add(schema);
        self.reply = self.frames.name(schema).to_string();
        self
    }
}

impl fmt::Display for Wireshark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.request.to_lowercase();
        writeln!(
            f,
            "-- {}: a dissector for Wireshark, made from its declaration by Framewright.",
            self.request
        )?;
        writeln!(f, "-- Save it in the plugin folder, or: tshark -X lua_script:{name}.lua\n")?;
        writeln!(f, "local proto = Proto({}, {})", Quoted(&name), Quoted(&self.request))?;
        writeln!(f, "local port = {}", self.port)?;
        writeln!(f, "local request, reply = {}, {}", Quoted(&self.request), Quoted(&self.reply))?;
        writeln!(
            f,
            "local malformed = ProtoExpert.new({}, \"Malformed\", expert.group.MALFORMED, expert.severity.ERROR)",
            Quoted(&format!("{name}.malformed"))
        )?;
        writeln!(f, "proto.experts = {{ malformed }}\n\n{}", include_str!("wireshark.lua"))?;
        for (frame, schema) in self.frames.iter() {
            let prefix =
                if frame == self.request { name.clone() } else { format!("{name}.{}", frame.to_lowercase()) };
            let script = Script { frames: &self.frames, schema, prefix };
            writeln!(f, "\ndefine({}, {{\n{}}})", Quoted(frame), script.frame())?;
        }
        f.write_str(include_str!("wireshark_top.lua"))
    }
}

/// Writes the steps of one frame.
struct Script<'a> {
    frames: &'a Frames,
    schema: &'a Schema,
    /// What the names of its fields begin with.
    prefix: String,
}

impl Script<'_> {
    fn frame(&self) -> String {
        let steps = steps(self.schema);
        if self.schema.until.is_empty() {
            return self.steps(&steps, &self.prefix, 1);
        }
        let path = Quoted(&format!("{}.until", self.prefix)).to_string();
        let inner = self.steps(&steps, &self.prefix, 2);
        format!("  delimited({path}, {}, {{\n{inner}  }}),\n", Literal(self.schema.until))
    }

    fn steps(&self, steps: &[Step], prefix: &str, level: usize) -> String {
        let indent = "  ".repeat(level);
        let mut lua = String::new();
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            match step {
                Step::Field(field) => {
                    for line in self.field(field, prefix, behind) {
                        lua.push_str(&format!("{indent}{line},\n"));
                    }
                }
                Step::Bits(fields) => lua.push_str(&format!("{indent}{},\n", self.bits(fields, prefix))),
                Step::Scope(scope) => {
                    let inner = self.steps(&scope.steps, prefix, level + 1);
                    lua.push_str(&format!("{indent}{}, {{\n{inner}{indent}}}),\n", scope_head(scope)));
                }
                Step::Choice(variants) => {
                    lua.push_str(&format!("{indent}choice({}, {{\n", Quoted(self.schema.name)));
                    for (variant, steps) in variants {
                        let prefix = format!("{prefix}.{}", variant.name.to_lowercase());
                        let inner = self.steps(steps, &prefix, level + 2);
                        let sets = tags(variant).collect::<Vec<_>>();
                        let any = sets.contains(&Tags::Any);
                        let name = Quoted(variant.name);
                        lua.push_str(&format!(
                            "{indent}  {{ name = {name}, any = {any}, tags = {{{}}}, steps = {{\n{inner}{indent}  }} }},\n",
                            ranges(&sets)
                        ));
                    }
                    lua.push_str(&format!("{indent}}}),\n"));
                }
            }
        }
        lua
    }

    /// The lines that read a field with its prefix or delimiter.
    fn field(&self, field: &Field, prefix: &str, behind: &[Step]) -> Vec<String> {
        let when = match field.presence {
            Presence::Always => String::new(),
            Presence::Optional => String::from(", function(_, s) return s.at < s.limit end"),
            Presence::When(condition) => match self.expression(condition, Sort::Truth) {
                Some(condition) => format!(", function(v) return {condition} end"),
                None => {
                    return Vec::from([self.line(
                        prefix,
                        field.name,
                        &opaque(&format!("if {condition}")),
                        "",
                    )]);
                }
            },
        };
        let mut lines = Vec::new();
        let part = |part: &str| format!("{}.{part}", field.name);
        let kind = self.kind(&field.ty, field);
        let kind = match field.extent {
            Extent::Own => match (field.role, field.ty) {
                (Role::Magic(bytes), _) => format!("constant({})", Literal(bytes)),
                (_, Type::Unit) => return lines,
                (_, Type::Tuple(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        lines.push(self.line(
                            prefix,
                            &part(&index.to_string()),
                            &self.kind(item, field),
                            &when,
                        ));
                    }
                    return lines;
                }
                _ => kind,
            },
            Extent::LenPrefixed(each) => {
                lines.push(self.line(prefix, &part("len"), &self.kind(&each.ty, field), &when));
                match own_bytes(&each) {
                    Some(own) => {
                        let max = each.max.map(|max| format!(", {max}")).unwrap_or_default();
                        format!("len(function(v) return v[{}]{own} end, {kind}{max})", Quoted(&part("len")))
                    }
                    None => opaque("a length that counts itself"),
                }
            }
            Extent::CountPrefixed(each) => {
                lines.push(self.line(prefix, &part("count"), &self.kind(&each.ty, field), &when));
                format!("count(function(v) return v[{}] end, {})", Quoted(&part("count")), self.item(field))
            }
            Extent::Len(size) => match self.expression(size, Sort::Number) {
                Some(size) => format!("len(function(v) return {size} end, {kind})"),
                None => opaque(&format!("{size} bytes")),
            },
            Extent::Count(size) => match self.expression(size, Sort::Number) {
                Some(size) => format!("count(function(v) return {size} end, {})", self.item(field)),
                None => opaque(&format!("{size} items")),
            },
            Extent::Until(bytes) => {
                let kind = format!("up_to({}, {kind})", Literal(bytes));
                let delimiter = format!("constant({})", Literal(bytes));
                lines.push(self.line(prefix, field.name, &kind, &when));
                lines.push(self.line(prefix, &part("until"), &delimiter, &when));
                return lines;
            }
            Extent::UntilItem(item) => match number(item) {
                Some(last) => format!("list_up_to({last}, {})", self.item(field)),
                None => opaque(&format!("up to {item}")),
            },
            Extent::Fixed(len, _) => format!("len(function() return {len} end, {kind})"),
            Extent::Rest => match fixed_len(behind) {
                Some(len) => format!("rest({len}, {kind})"),
                None => opaque("the rest"),
            },
        };
        lines.push(self.line(prefix, field.name, &kind, &when));
        lines
    }

    fn line(&self, prefix: &str, name: &str, kind: &str, when: &str) -> String {
        let path = format!("{prefix}.{}", name.to_lowercase());
        format!("field({}, {}, {kind}{when})", Quoted(&path), Quoted(name))
    }

    fn item(&self, field: &Field) -> String {
        match field.ty {
            Type::List(item) | Type::Array(item, _) => self.kind(item, field),
            _ => self.kind(&field.ty, field),
        }
    }

    /// The reader of a type.
    fn kind(&self, ty: &Type, field: &Field) -> String {
        match ty {
            Type::Int { bytes, signed, order } => {
                let names = chosen_by(field, self.schema).map(|schema| names(&schema)).unwrap_or_default();
                format!("int({bytes}, {}, {signed}{names})", order_of(*order))
            }
            Type::Float { bytes, order } => format!("float({bytes}, {})", order_of(Some(*order))),
            Type::Bool => String::from("bool"),
            Type::Ipv4 => String::from("ipv4"),
            Type::Ipv6 => String::from("ipv6"),
            Type::Bytes => String::from("bytes"),
            Type::Text => String::from("text"),
            Type::Number(name) => match name.split(['(', ' ']).next() {
                Some("varint" | "mqtt") => String::from("varint"),
                Some("zigzag") => String::from("zigzag"),
                Some("quic") => String::from("quic"),
                Some("dec") => String::from("digits(10)"),
                Some("hex") => String::from("digits(16)"),
                _ => opaque(name),
            },
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => {
                format!("len(function() return {len} end, bytes)")
            }
            Type::Array(item, len) => format!("array({len}, {})", self.kind(item, field)),
            Type::List(item) => format!("list({})", self.kind(item, field)),
            Type::Frame(schema) => self.nested(schema(), field),
            Type::Tuple(_) => match type_bits(ty) {
                Some(bits) => format!("len(function() return {} end, bytes)", bits / 8),
                None => opaque("a tuple"),
            },
            Type::Unit | Type::Bits(_) | Type::Custom => opaque("read by code of its own"),
        }
    }

    /// Another frame; an enum of plain numbers is shown as its number.
    fn nested(&self, schema: &'static Schema, field: &Field) -> String {
        if let (true, [Field { ty: Type::Int { bytes, signed, order }, .. }], b"") =
            (is_plain_enum(schema), schema.head, schema.until)
        {
            return format!("int({bytes}, {}, {signed}{})", order_of(*order), names(schema));
        }
        let name = Quoted(self.frames.name(schema)).to_string();
        let chooses = |other: &&Field| matches!(other.role, Role::TagOf(target) if target == field.name);
        match fields(self.schema).find(chooses) {
            Some(tag) => format!("frame({name}, function(v) return v[{}] end)", Quoted(tag.name)),
            None => format!("frame({name})"),
        }
    }

    fn bits(&self, run: &[Field], prefix: &str) -> String {
        let total: u32 = run.iter().map(width).sum();
        let mut left = total;
        let mut parts = Vec::new();
        for field in run {
            left -= width(field);
            let path = format!("{prefix}.{}", field.name.to_lowercase());
            let names = chosen_by(field, self.schema).map(|schema| names(&schema)).unwrap_or_default();
            parts.push(format!(
                "{{ path = {}, name = {}, width = {}, shift = {left}{} }}",
                Quoted(&path),
                Quoted(field.name),
                width(field),
                names.replacen(", ", ", names = ", 1)
            ));
        }
        format!("bits({}, nil, {{ {} }})", total / 8, parts.join(", "))
    }

    fn expression(&self, text: &str, sort: Sort) -> Option<String> {
        Expr::parse(text)?.write(&Lua(self.schema), sort)
    }
}

fn width(field: &Field) -> u32 {
    match field.ty {
        Type::Bits(bits) => bits,
        _ => 0,
    }
}

fn scope_head(scope: &Scope) -> String {
    let from = match scope.from {
        From::Here => String::from("nil"),
        From::Frame => String::from("\"\""),
        From::Field(name) => Quoted(name).to_string(),
    };
    format!("scope(function(v) return v[{}] end, {from}", Quoted(scope.len.name))
}

/// What a length that counts its own bytes too must be lessened by.
fn own_bytes(prefix: &Prefix) -> Option<String> {
    match prefix.inclusive {
        true => type_bits(&prefix.ty).map(|bits| format!(" - {}", bits / 8)),
        false => Some(String::new()),
    }
}

fn order_of(order: Option<Order>) -> &'static str {
    match order {
        Some(Order::Little) => "\"le\"",
        Some(Order::Big) | None => "nil",
    }
}

fn opaque(why: &str) -> String {
    format!("opaque({})", Quoted(why))
}

fn ranges(sets: &[Tags]) -> String {
    let ranges = sets.iter().filter_map(|set| match set {
        Tags::Range(first, last) => Some(format!(" {{ {first}, {last} }}")),
        Tags::Bytes(bytes) => Some(format!(" {{ {0}, {0} }}", Literal(bytes))),
        Tags::Any => None,
    });
    ranges.collect::<Vec<_>>().join(",") + " "
}

/// The names of an enum's numbers, as one more argument.
fn names(schema: &Schema) -> String {
    let Body::Enum(variants) = schema.body else { return String::new() };
    let mut names = Vec::new();
    for variant in variants {
        for set in tags(variant) {
            if let Tags::Range(first, last) = set {
                names
                    .extend((first..=last).take(16).map(|tag| format!("[{tag}] = {}", Quoted(variant.name))));
            }
        }
    }
    format!(", {{ {} }}", names.join(", "))
}

/// How Lua writes expressions over the numbers read so far.
struct Lua<'a>(&'a Schema);

impl Language for Lua<'_> {
    fn name(&self, name: &str) -> Option<String> {
        let mut path = name.split('.');
        let first = path.next()?;
        fields(self.0).find(|field| field.name == first)?;
        Some(path.fold(format!("v[{}]", Quoted(first)), |lua, part| format!("{lua}[{}]", Quoted(part))))
    }

    fn not(&self, truth: &str) -> String {
        format!("(not {truth})")
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        match to {
            Sort::Truth => format!("({value} ~= 0)"),
            Sort::Number => format!("({value} and 1 or 0)"),
        }
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        match op {
            Op::Or => format!("({left} or {right})"),
            Op::And => format!("({left} and {right})"),
            Op::Equal => format!("({left} == {right})"),
            Op::NotEqual => format!("({left} ~= {right})"),
            Op::LessOrEqual => format!("({left} <= {right})"),
            Op::GreaterOrEqual => format!("({left} >= {right})"),
            Op::Less => format!("({left} < {right})"),
            Op::Greater => format!("({left} > {right})"),
            Op::BitOr => format!("bor({left}, {right})"),
            Op::BitXor => format!("bxor({left}, {right})"),
            Op::BitAnd => format!("band({left}, {right})"),
            Op::ShiftLeft => format!("({left} * 2 ^ {right})"),
            Op::ShiftRight => format!("math.floor({left} / 2 ^ {right})"),
            Op::Add => format!("({left} + {right})"),
            Op::Subtract => format!("({left} - {right})"),
            Op::Multiply => format!("({left} * {right})"),
            Op::Divide => format!("math.floor({left} / {right})"),
            Op::Remainder => format!("({left} % {right})"),
        }
    }
}

/// A string of Lua with these bytes.
struct Literal<'a>(&'a [u8]);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        self.0.iter().try_for_each(|byte| match byte {
            b'"' | b'\\' => write!(f, "\\{}", char::from(*byte)),
            b' '..=b'~' => write!(f, "{}", char::from(*byte)),
            other => write!(f, "\\{other:03}"),
        })?;
        f.write_str("\"")
    }
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Literal(self.0.as_bytes()).fmt(f)
    }
}
