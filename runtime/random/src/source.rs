//! Conversion of declarations and values to Rust source.

use std::cell::RefCell;
use std::fmt::Write;

use crate::model::{
    BitsOf, Body, BytesTy, Declaration, Derived, Encoding, Ending, Expr, Extent, Field, Fields, Form, Format,
    Given, Head, Id, Num, Order, Pattern, Presence, Range, Role, Rule, Style, Sum, TagKind, TextTy, Turn, Ty,
    Type, Variant, Wire,
};
use crate::values::Value;

/// Field names. Many of them clash with variables in generated code or with words of the annotation
/// language (`len`, `tag`, `rest`).
const NAMES: [&str; 24] = [
    "a", "len", "input", "tag", "out", "r#type", "value", "size", "src", "rest", "body", "count", "at", "n",
    "bits", "frame", "error", "f0", "kind", "base", "sum", "start", "end", "check",
];

/// Returns the source of all types of a declaration.
pub(crate) fn declaration(declaration: &Declaration) -> String {
    let constants = RefCell::default();
    let types = declaration.types.iter().map(|ty| Writer { declaration, ty, constants: &constants }.item());
    let types: Vec<_> = types.collect();
    constants.into_inner().into_iter().chain([types.join("\n")]).collect::<Vec<_>>().join("\n")
}

/// Returns a value of the tested type, as an expression.
pub(crate) fn root_value(declaration: &Declaration, value: &Value) -> String {
    let last = declaration.types.len() - 1;
    literal(declaration, &Ty::Frame(last), value, &Ty::Num(Num::U8))
}

struct Writer<'a> {
    declaration: &'a Declaration,
    ty: &'a Type,
    /// The constants that are used in place of literals.
    constants: &'a RefCell<Vec<String>>,
}

impl Writer<'_> {
    /// Returns a literal, or the name of a new constant for it.
    fn constant(&self, ty: &str, literal: String) -> String {
        if !self.declaration.constants {
            return literal;
        }
        let mut all = self.constants.borrow_mut();
        let name = format!("K{}", all.len());
        all.push(format!("const {name}: {ty} = {literal};"));
        name
    }

    fn size(&self, size: usize) -> String {
        self.constant("usize", size.to_string())
    }

    /// Returns bytes as a literal, or as a constant of one of the types that it may have.
    fn bytes(&self, bytes: &[u8]) -> String {
        let literal = byte_string(bytes);
        let count = self.constants.borrow().len();
        match (bytes, count % 3) {
            ([byte], 0) => self.constant("u8", byte.to_string()),
            (_, 1) => self.constant(&format!("&[u8; {}]", bytes.len()), literal),
            _ => self.constant("&[u8]", literal),
        }
    }

    fn item(&self) -> String {
        let Type { name, generic, lifetime, .. } = self.ty;
        let mut text = String::from("#[derive(Frame, Debug, Clone, PartialEq)]\n");
        if let Some(repr) = self.repr() {
            let _ = writeln!(text, "#[repr({repr})]");
        }
        let words = self.type_words();
        if !words.is_empty() {
            let _ = writeln!(text, "#[frame({})]", words.join(", "));
        }
        let parameters = match (lifetime, generic) {
            (true, true) => "<'a, T>",
            (true, false) => "<'a>",
            (false, true) => "<T>",
            (false, false) => "",
        };
        match &self.ty.body {
            Body::Struct(fields) => {
                let end = if fields.style == Style::Named { "" } else { ";" };
                let _ = writeln!(text, "pub struct {name}{parameters}{}{end}", self.fields(fields, "pub "));
            }
            Body::Enum(variants) => {
                let _ = writeln!(text, "pub enum {name}{parameters} {{");
                for variant in variants {
                    text.push_str(&self.variant(variant));
                }
                text.push_str("}\n");
            }
        }
        text
    }

    /// Returns the `repr` of an enum that has discriminants and a variant with fields, because Rust
    /// requires one.
    fn repr(&self) -> Option<&'static str> {
        let Body::Enum(variants) = &self.ty.body else { return None };
        let plain = variants.iter().any(|variant| matches!(variant.tag, Pattern::Plain(_, true)));
        let fields = variants.iter().any(|variant| variant.fields.style != Style::Unit);
        (plain && fields).then_some("i64")
    }

    fn variant(&self, variant: &Variant) -> String {
        let mut text = String::new();
        let tag = match &variant.tag {
            Pattern::Numbers(numbers) => {
                Some(numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))
            }
            Pattern::Range(from, to) => Some(format!("{from}..={to}")),
            Pattern::Bytes(bytes) => Some(byte_string(bytes)),
            Pattern::Any => Some("_".into()),
            Pattern::Plain(..) => None,
        };
        if let Some(tag) = tag {
            let _ = writeln!(text, "    #[tag({tag})]");
        }
        if let Some(check) = &variant.check {
            let _ = writeln!(text, "    #[check({}, \"must hold\")]", self.expr(&variant.fields, check));
        }
        let discriminant = match variant.tag {
            Pattern::Plain(value, true) => format!(" = {value}"),
            _ => String::new(),
        };
        let fields = self.fields(&variant.fields, "");
        let _ = writeln!(text, "    {}{fields}{discriminant},", variant.name);
        text
    }

    fn type_words(&self) -> Vec<String> {
        let words = &self.ty.words;
        let mut all = Vec::new();
        all.extend(words.order.map(|order| order_name(order).to_owned()));
        if let (true, Some((id, _))) = (words.order_by_ctx, words.ctx.first()) {
            all.push(order_by(&context_name(self.ty, *id)));
        }
        if words.lsb {
            all.push("lsb".into());
        }
        let ctx = words.ctx.iter().map(|(id, num)| format!("{}: {}", context_name(self.ty, *id), num.name()));
        let ctx: Vec<_> = ctx.collect();
        all.extend((!ctx.is_empty()).then(|| format!("ctx({})", ctx.join(", "))));
        if self.ty.bound {
            all.push("bound(T: for<'a> framewright::Decode<'a> + framewright::Encode)".into());
        }
        for word in &words.head {
            all.push(match word {
                Head::MagicBytes(bytes) => format!("magic = {}", self.magic(bytes)),
                Head::MagicNumber(value, num) => {
                    format!("magic = {}", self.constant(num.name(), format!("{value}{}", num.name())))
                }
                Head::Tag(TagKind::Number(format)) => format!("tag = {}", prefix(format)),
                Head::Tag(TagKind::Bits(bits)) => format!("tag = bits({bits})"),
                Head::Tag(TagKind::Bytes(len)) => format!("tag = [u8; {len}]"),
                Head::Len(format, rule) => {
                    let mut rule = rule_words(rule);
                    rule.extend(self.turned_by(&Fields::default(), &format.wire));
                    with_arguments("len_prefixed", Some(prefix(format)), rule)
                }
                Head::Until(bytes) => format!("until({})", self.bytes(bytes)),
            });
        }
        all.extend(words.max.map(|max| format!("max = {}", self.size(max))));
        if let (Some(check), Body::Struct(fields)) = (&words.check, &self.ty.body) {
            all.push(format!("check({}, \"must hold\")", self.expr(fields, check)));
        }
        all
    }

    fn fields(&self, fields: &Fields, visible: &str) -> String {
        match fields.style {
            Style::Unit => String::new(),
            Style::Tuple => {
                let all = fields.list.iter().map(|field| {
                    let words = self.words(fields, field).concat();
                    format!("{words}{visible}{}", self.field_type(field))
                });
                format!("({})", all.collect::<Vec<_>>().join(", "))
            }
            Style::Named => {
                let mut text = String::from(" {\n");
                for (index, field) in fields.list.iter().enumerate() {
                    for word in self.words(fields, field) {
                        let _ = writeln!(text, "        {word}");
                    }
                    let _ = writeln!(
                        text,
                        "        {visible}{}: {},",
                        name_at(fields, index),
                        self.field_type(field)
                    );
                }
                text.push_str("    }");
                text
            }
        }
    }

    fn field_type(&self, field: &Field) -> String {
        let ty = match &field.role {
            Role::Value { ty, .. }
            | Role::Kept(ty)
            | Role::Skip(ty)
            | Role::Bits { of: BitsOf::Value(ty), .. } => type_text(self.declaration, ty),
            Role::Auto { num, .. } => auto_type(num.as_ref().map(|number| number.num)),
            Role::Bits { of: BitsOf::Auto(num, _), .. } => auto_type(*num),
        };
        if field.is_option() { format!("Option<{ty}>") } else { ty }
    }

    fn words(&self, fields: &Fields, field: &Field) -> Vec<String> {
        let mut words = Vec::new();
        match &field.presence {
            Presence::When(expr) => words.push(format!("#[when({})]", self.expr(fields, expr))),
            Presence::Optional => words.push("#[optional]".into()),
            Presence::Lead(lead) => words.push(format!("#[lead({})]", self.bytes(lead))),
            Presence::Number(none) => words.push(format!("#[none({none})]")),
            Presence::Always | Presence::Elsewhere => {}
        }
        match &field.role {
            Role::Value { ty, wire, extent, given } => {
                words.extend(match wire.form {
                    Form::Bytes(id) => Some(format!("#[wire(bytes({}))]", self.name(fields, id))),
                    Form::Text(encoding) => Some(format!("#[text({})]", encoding_name(encoding))),
                    _ => self.wire(fields, wire, is_signed(ty)),
                });
                // For a list, a constant that ends it must be an item.
                let is_list = matches!(ty, Ty::List(_));
                words.extend(self.extent(fields, extent, is_list));
                if let Extent::Items { each, separator, .. } = extent {
                    let each = self.extent(fields, each, false);
                    words.extend(each.map(|each| format!("#[each({})]", &each[2..each.len() - 1])));
                    words.extend(separator.as_ref().map(|by| format!("#[separated({})]", self.bytes(by))));
                }
                words.extend(self.given(fields, given));
            }
            Role::Auto { num, extent, derived } => {
                words.push(self.derived(fields, derived));
                let wire = num.as_ref().map(|number| (&number.wire, number.num.signed()));
                words.extend(wire.and_then(|(wire, signed)| self.wire(fields, wire, signed)));
                words.extend(self.extent(fields, extent, false));
            }
            Role::Bits { width, begins, of } => {
                let converted = match of {
                    BitsOf::Value(Ty::Even) => ", as = u16",
                    BitsOf::Value(Ty::Millis) => ", as = u32",
                    _ => "",
                };
                words.push(format!("#[bits({width}{converted})]"));
                words.extend(begins.map(|bytes| format!("#[wire(u{})]", bytes * 8)));
                if let BitsOf::Auto(_, derived) = of {
                    words.push(self.derived(fields, derived));
                }
            }
            Role::Kept(_) => words.push("#[tag]".into()),
            Role::Skip(_) => words.push("#[skip]".into()),
        }
        if let Some(check) = &field.check {
            words.push(format!("#[check({}, \"must hold\")]", self.expr(fields, check)));
        }
        // The order of attributes varies, because it must not matter.
        let by = field.id % words.len().max(1);
        words.rotate_left(by);
        words
    }

    /// Returns the attribute `wire` for a number, unless the number's type determines the format.
    fn wire(&self, fields: &Fields, wire: &Wire, signed: bool) -> Option<String> {
        let words: Vec<_> =
            wire_words(wire, signed).into_iter().chain(self.turned_by(fields, wire)).collect();
        (!words.is_empty()).then(|| format!("#[wire({})]", words.join(", ")))
    }

    /// Returns the byte order that an earlier number determines.
    fn turned_by(&self, fields: &Fields, wire: &Wire) -> Option<String> {
        match wire.order {
            Some(Turn::By(id)) => Some(order_by(&self.name(fields, id))),
            Some(Turn::To(_)) | None => None,
        }
    }

    /// Returns a constant before a type. It is an array, because a single byte could be taken for a
    /// number.
    fn magic(&self, bytes: &[u8]) -> String {
        self.constant(&format!("&[u8; {}]", bytes.len()), byte_string(bytes))
    }

    fn extent(&self, fields: &Fields, extent: &Extent, is_list: bool) -> Option<String> {
        Some(match extent {
            Extent::None => return None,
            Extent::LenPrefixed { number, rule } => {
                let wire = number.as_ref().map(prefix);
                let mut words = rule_words(rule);
                words.extend(number.as_ref().and_then(|number| self.turned_by(fields, &number.wire)));
                format!("#[{}]", with_arguments("len_prefixed", wire, words))
            }
            Extent::CountPrefixed { number, max, none } => {
                let mut words: Vec<_> =
                    max.map(|max| format!("max = {}", self.size(max))).into_iter().collect();
                words.extend(none.map(|none| format!("none = {none}")));
                words.extend(self.turned_by(fields, &number.wire));
                format!("#[{}]", with_arguments("count_prefixed", Some(prefix(number)), words))
            }
            Extent::Len(expr) => format!("#[len({})]", self.expr(fields, expr)),
            Extent::Count(expr) => format!("#[count({})]", self.expr(fields, expr)),
            Extent::Until(bytes) if bytes.len() == 1 && bytes[0] < 10 => format!("#[until({})]", bytes[0]),
            Extent::Until(bytes) if is_list => format!("#[until({})]", byte_string(bytes)),
            Extent::Until(bytes) => format!("#[until({})]", self.bytes(bytes)),
            Extent::UntilAny { any, ending } => {
                let any: Vec<_> = any.iter().map(|bytes| self.bytes(bytes)).collect();
                let ending = match ending {
                    Ending::Consumed => None,
                    Ending::Optional => Some("optional".to_owned()),
                    Ending::Left => Some("left".to_owned()),
                    Ending::Between => Some("between".to_owned()),
                };
                format!("#[{}]", with_arguments("until", Some(any.join(" | ")), ending.into_iter().collect()))
            }
            Extent::Stopped { size, until, fill } => {
                let (word, size) = match size {
                    Expr::Int(len) => ("fixed", self.constant("usize", len.to_string())),
                    size => ("len", self.expr(fields, size)),
                };
                let mut words = vec![format!("until = {}", self.constant("u8", until.to_string()))];
                words.extend((*fill > 0).then(|| format!("fill = {fill}")));
                format!("#[{}]", with_arguments(word, Some(size), words))
            }
            Extent::In(id) => format!("#[each(size_of in {}, len(size_of))]", self.name(fields, *id)),
            Extent::Bits(width) => format!("#[bits({width})]"),
            Extent::Items { within, .. } => return self.extent(fields, within, true),
            Extent::UntilItem(value) => format!("#[until({value})]"),
            Extent::UntilGreater(value) => format!("#[until(|item| *item > {value})]"),
            Extent::Fixed { len, fill, lenient } => {
                let fill = fill.map(|fill| format!("fill = {}", self.constant("u8", fill.to_string())));
                let mut words: Vec<_> = fill.into_iter().collect();
                words.extend(lenient.then(|| "lenient".to_owned()));
                format!("#[{}]", with_arguments("fixed", Some(self.size(*len)), words))
            }
            Extent::Rest => "#[rest]".into(),
        })
    }

    fn given(&self, fields: &Fields, given: &Given) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(given.tag.as_ref().map(|expr| format!("#[tag({})]", self.expr(fields, expr))));
        let ctx: Vec<_> = given.ctx.iter().map(|expr| self.expr(fields, expr)).collect();
        words.extend((!ctx.is_empty()).then(|| format!("#[ctx({})]", ctx.join(", "))));
        if given.each {
            let inner: Vec<_> = words.iter().map(|word| word[2..word.len() - 1].to_owned()).collect();
            words = vec![format!("#[each({})]", inner.join(", "))];
        }
        words.extend(given.xor.then(|| "#[with(xor)]".to_owned()));
        words.extend(given.since.then(|| "#[with(since, origin)]".to_owned()));
        words.extend(given.masked.then(|| "#[wire(Masked, whole)]".to_owned()));
        words
    }

    fn derived(&self, fields: &Fields, derived: &Derived) -> String {
        let name = |id: &Id| self.name(fields, *id);
        match derived {
            Derived::LenOf(range, rule) => {
                format!("#[{}]", with_arguments("len_of", Some(self.range(fields, *range)), rule_words(rule)))
            }
            Derived::CountOf(id, none) => {
                let none = none.map(|none| format!("none = {none}"));
                format!("#[{}]", with_arguments("count_of", Some(name(id)), none.into_iter().collect()))
            }
            Derived::OffsetOf(id, bias) => {
                let bias = (*bias != 0).then(|| format!("bias = {bias}"));
                format!("#[{}]", with_arguments("offset_of", Some(name(id)), bias.into_iter().collect()))
            }
            Derived::TagOf(id) => format!("#[tag_of({})]", name(id)),
            Derived::PresenceOf(id, some, none) => {
                let mut words: Vec<_> = some.map(|some| format!("some = {some}")).into_iter().collect();
                words.extend(none.map(|none| format!("none = {none}")));
                format!("#[{}]", with_arguments("presence_of", Some(name(id)), words))
            }
            Derived::Checksum(sum, range, seed) => {
                let seed = seed.map_or(String::new(), |seed| format!(", seed = [{seed}u8]"));
                format!("#[checksum({}, over = {}{seed})]", sum_name(*sum), self.range(fields, *range))
            }
            Derived::MagicNumber(value) => format!("#[magic({value})]"),
            Derived::MagicBytes(bytes) => format!("#[magic({})]", self.magic(bytes)),
            Derived::Pad { len, strict, fill } => {
                let len = len.as_ref().map(|len| self.expr(fields, len));
                format!("#[{}]", with_arguments("pad", len, filling(*strict, *fill)))
            }
            Derived::Align { to, strict, fill } => {
                format!("#[{}]", with_arguments("align", Some(self.size(*to)), filling(*strict, *fill)))
            }
            Derived::Calc(expr, verify) => {
                let verify = if *verify { ", verify" } else { "" };
                format!("#[calc({}{verify})]", self.expr(fields, expr))
            }
        }
    }

    fn range(&self, fields: &Fields, range: Range) -> String {
        let name = |id: Id| self.name(fields, id);
        match range {
            Range::Content(id) => name(id),
            Range::Closed(None, None) => "..".into(),
            Range::Closed(Some(from), None) => format!("{}..", name(from)),
            Range::Closed(None, Some(to)) => format!("..={}", name(to)),
            Range::Closed(Some(from), Some(to)) => format!("{}..={}", name(from), name(to)),
            Range::HalfOpen(from, to) => format!("{}..{}", name(from), name(to)),
        }
    }

    fn name(&self, fields: &Fields, id: Id) -> String {
        if self.ty.words.ctx.iter().any(|(ctx, _)| *ctx == id) {
            return context_name(self.ty, id);
        }
        match fields.get(id) {
            Some((index, _)) if fields.style == Style::Tuple => format!("_{index}"),
            Some((index, _)) => name_at(fields, index),
            None => "nowhere".into(),
        }
    }

    fn expr(&self, fields: &Fields, expr: &Expr) -> String {
        let text = |expr: &Expr| match expr {
            Expr::Op(..) => format!("({})", self.expr(fields, expr)),
            _ => self.expr(fields, expr),
        };
        match expr {
            Expr::Field(id) => self.name(fields, *id),
            Expr::LenOf(id) => format!("{}.len()", self.name(fields, *id)),
            Expr::IsSome(id) => format!("{}.is_some()", self.name(fields, *id)),
            Expr::Usize(inner) => format!("usize::from({})", self.expr(fields, inner)),
            Expr::Byte(inner) => format!("u8::from({})", self.expr(fields, inner)),
            Expr::Int(value) => value.to_string(),
            Expr::Op(a, op, b) => format!("{} {op} {}", text(a), text(b)),
            Expr::Wrapping(a, b) => format!("{}.wrapping_add({})", text(a), self.expr(fields, b)),
            Expr::NotByte(inner) | Expr::Not(inner) => format!("!{}", text(inner)),
        }
    }
}

fn name_at(fields: &Fields, index: usize) -> String {
    let offset = fields.list.iter().map(|field| field.id).min().unwrap_or(0);
    NAMES[(index + offset) % NAMES.len()].to_owned()
}

/// Returns the name of a value that is passed to a type.
fn context_name(ty: &Type, id: Id) -> String {
    let place = ty.words.ctx.iter().position(|(ctx, _)| *ctx == id).unwrap_or(0);
    format!("given_{}_{place}", ty.name.to_lowercase())
}

fn order_by(name: &str) -> String {
    let (big, little) = ("framewright::Order::Big", "framewright::Order::Little");
    format!("order = if {name} % 2 == 0 {{ {big} }} else {{ {little} }}")
}

fn order_name(order: Order) -> &'static str {
    match order {
        Order::Big => "be",
        Order::Little => "le",
    }
}

fn sum_name(sum: Sum) -> &'static str {
    match sum {
        Sum::Sum8 => "Sum8",
        Sum::Xor8 => "Xor8",
        Sum::Internet => "Internet",
        Sum::Adler32 => "Adler32",
        Sum::Crc32 => "Crc32",
        Sum::Crc16Modbus => "Crc16Modbus",
        Sum::Crc8Smbus => "Crc8Smbus",
    }
}

fn filling(strict: bool, fill: Option<u8>) -> Vec<String> {
    let mut words: Vec<_> = strict.then(|| "strict".to_owned()).into_iter().collect();
    words.extend(fill.map(|fill| format!("fill = {fill}")));
    words
}

fn rule_words(rule: &Rule) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(rule.inclusive.then(|| "inclusive".to_owned()));
    words.extend((rule.scale > 1).then(|| format!("scale = {}", rule.scale)));
    words.extend((rule.bias != 0).then(|| format!("bias = {}", rule.bias)));
    words.extend(rule.max.map(|max| format!("max = {max}")));
    words.extend(rule.none.map(|none| format!("none = {none}")));
    words.extend(rule.lenient.then(|| "lenient".to_owned()));
    words
}

fn with_arguments(word: &str, first: Option<String>, more: Vec<String>) -> String {
    let all: Vec<_> = first.into_iter().chain(more).collect();
    if all.is_empty() { word.to_owned() } else { format!("{word}({})", all.join(", ")) }
}

/// Returns a wire type as a prefix or tag names it.
fn prefix(format: &Format) -> String {
    let number = match &format.wire.form {
        Form::Plain | Form::Dec | Form::Hex { .. } | Form::As(_) | Form::Bytes(_) | Form::Text(_) => {
            format.num.name().to_owned()
        }
        Form::Bcd { bytes, fill, swapped } => bcd(*bytes, *fill, *swapped),
        Form::Odd(bytes) => odd(format.num, *bytes),
        Form::Varint(max) => {
            let mut words: Vec<_> =
                (format.num != Num::U32).then(|| format.num.name().to_owned()).into_iter().collect();
            words.extend(max.map(|max| format!("max = {max}")));
            with_arguments("varint", words.first().cloned(), words.into_iter().skip(1).collect())
        }
        Form::Padded if format.num == Num::U32 => "varint(padded)".into(),
        Form::Padded => format!("varint({}, padded)", format.num.name()),
        Form::Zigzag => "zigzag".into(),
        Form::Quic => "quic".into(),
        Form::Mqtt => "mqtt".into(),
    };
    match format.wire.said() {
        Some(order) => format!("{number}, {}", order_name(order)),
        None => number,
    }
}

fn bcd(bytes: usize, fill: bool, swapped: bool) -> String {
    let mut words: Vec<_> = swapped.then(|| "swapped".to_owned()).into_iter().collect();
    words.extend(fill.then(|| "fill = 0xf".to_owned()));
    with_arguments("bcd", Some(bytes.to_string()), words)
}

fn encoding_name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Ascii => "ascii",
        Encoding::Latin1 => "latin1",
        Encoding::Utf16(None) => "utf16",
        Encoding::Utf16(Some(Order::Big)) => "utf16be",
        Encoding::Utf16(Some(Order::Little)) => "utf16le",
    }
}

fn odd(num: Num, bytes: usize) -> String {
    format!("{}{}", if num.signed() { "i" } else { "u" }, bytes * 8)
}

/// Returns the words for a number, except a byte order that a field determines.
fn wire_words(wire: &Wire, signed: bool) -> Vec<String> {
    let form = match &wire.form {
        Form::Plain => None,
        Form::Odd(bytes) => Some(format!("{}{}", if signed { "i" } else { "u" }, bytes * 8)),
        Form::Varint(max) => {
            let words = max.map(|max| format!("max = {max}")).into_iter().collect();
            Some(with_arguments("varint", None, words))
        }
        Form::Padded => Some("varint(padded)".into()),
        Form::Zigzag => Some("zigzag".into()),
        Form::Quic => Some("quic".into()),
        Form::Mqtt => Some("mqtt".into()),
        Form::Dec => Some("dec".into()),
        Form::Hex { lower: true } => Some("hex(lower)".into()),
        Form::Hex { lower: false } => Some("hex".into()),
        Form::As(num) => Some(num.name().into()),
        Form::Bcd { bytes, fill, swapped } => Some(bcd(*bytes, *fill, *swapped)),
        // These formats need the names of fields, so they are written elsewhere.
        Form::Bytes(_) | Form::Text(_) => None,
    };
    form.into_iter().chain(wire.said().map(|order| order_name(order).to_owned())).collect()
}

/// Returns `true` if the numbers in a type have a sign.
fn is_signed(ty: &Ty) -> bool {
    match ty {
        Ty::Num(num) => num.signed(),
        Ty::Array(item, _) | Ty::List(item) => is_signed(item),
        _ => false,
    }
}

fn auto_type(num: Option<Num>) -> String {
    num.map_or("Auto".into(), |num| format!("Auto<{}>", num.name()))
}

fn type_text(declaration: &Declaration, ty: &Ty) -> String {
    let inner = |ty: &Ty| type_text(declaration, ty);
    match ty {
        Ty::Num(num) => num.name().into(),
        Ty::Bool => "bool".into(),
        Ty::NonZero(num) => format!("std::num::NonZero{}", num.name().to_uppercase()),
        Ty::Ipv4 => "std::net::Ipv4Addr".into(),
        Ty::Ipv6 => "std::net::Ipv6Addr".into(),
        Ty::Bytes(BytesTy::Vec) => "Vec<u8>".into(),
        Ty::Bytes(BytesTy::Bytes) => "bytes::Bytes".into(),
        Ty::Bytes(BytesTy::Slice) => "&'a [u8]".into(),
        Ty::Bytes(BytesTy::Cow) => "std::borrow::Cow<'a, [u8]>".into(),
        Ty::Text(TextTy::String) => "String".into(),
        Ty::Text(TextTy::Str) => "&'a str".into(),
        Ty::Text(TextTy::Cow) => "std::borrow::Cow<'a, str>".into(),
        Ty::Array(item, len) => format!("[{}; {len}]", inner(item)),
        Ty::Tuple(items) => {
            let items: Vec<_> = items.iter().map(inner).collect();
            format!("({},)", items.join(", "))
        }
        Ty::Boxed(item) => format!("Box<{}>", inner(item)),
        Ty::List(item) => format!("Vec<{}>", inner(item)),
        Ty::Frame(at) => {
            let lifetime = if declaration.types[*at].lifetime { "<'a>" } else { "" };
            format!("{}{lifetime}", declaration.types[*at].name)
        }
        Ty::FrameOf(at, argument) => format!("{}<{}>", declaration.types[*at].name, inner(argument)),
        Ty::Param => "T".into(),
        Ty::Millis => "Millis".into(),
        Ty::Even => "Even".into(),
    }
}

pub(crate) fn byte_string(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii())
}

/// Returns a value of this type as an expression. `argument` is the type of `T`.
fn literal(declaration: &Declaration, ty: &Ty, value: &Value, argument: &Ty) -> String {
    let items = |item: &Ty, values: &[Value]| {
        let all: Vec<_> = values.iter().map(|value| literal(declaration, item, value, argument)).collect();
        all.join(", ")
    };
    match (ty, value) {
        (Ty::Num(Num::F32), Value::Int(bits)) => format!("f32::from_bits({bits})"),
        (Ty::Num(Num::F64), Value::Int(bits)) => format!("f64::from_bits({bits})"),
        (Ty::Num(num), Value::Int(number)) => format!("{number}{}", num.name()),
        (Ty::Bool, Value::Int(number)) => (*number != 0).to_string(),
        (Ty::NonZero(num), Value::Int(number)) => {
            format!("std::num::NonZero{}::new({number}).unwrap()", num.name().to_uppercase())
        }
        (Ty::Ipv4, Value::Int(number)) => format!("std::net::Ipv4Addr::from({number}u32)"),
        (Ty::Ipv6, Value::Int(number)) => format!("std::net::Ipv6Addr::from({number}u128)"),
        (Ty::Millis, Value::Int(number)) => format!("Millis({number})"),
        (Ty::Even, Value::Int(number)) => format!("Even({number})"),
        (Ty::Bytes(kind), Value::Bytes(bytes)) => {
            let bytes = byte_string(bytes);
            match kind {
                BytesTy::Vec => format!("{bytes}.to_vec()"),
                BytesTy::Bytes => format!("bytes::Bytes::from_static({bytes})"),
                BytesTy::Slice => format!("&{bytes}[..]"),
                BytesTy::Cow => format!("std::borrow::Cow::Borrowed(&{bytes}[..])"),
            }
        }
        (Ty::Text(kind), Value::Bytes(bytes)) => {
            let text = format!("{:?}", String::from_utf8_lossy(bytes));
            match kind {
                TextTy::String => format!("{text}.to_owned()"),
                TextTy::Str => text,
                TextTy::Cow => format!("std::borrow::Cow::Borrowed({text})"),
            }
        }
        (Ty::Array(item, _), Value::List(values)) => format!("[{}]", items(item, values)),
        (Ty::List(item), Value::List(values)) => format!("vec![{}]", items(item, values)),
        (Ty::Tuple(types), Value::List(values)) => {
            let all: Vec<_> = types
                .iter()
                .zip(values)
                .map(|(item, value)| literal(declaration, item, value, argument))
                .collect();
            format!("({},)", all.join(", "))
        }
        (Ty::Boxed(item), value) => format!("Box::new({})", literal(declaration, item, value, argument)),
        (Ty::Param, value) => literal(declaration, argument, value, argument),
        (Ty::Frame(at), value) => frame(declaration, *at, value, argument),
        (Ty::FrameOf(at, argument), value) => frame(declaration, *at, value, argument),
        _ => "unreachable!()".into(),
    }
}

fn frame(declaration: &Declaration, at: usize, value: &Value, argument: &Ty) -> String {
    let ty = &declaration.types[at];
    match (&ty.body, value) {
        (Body::Struct(fields), Value::Frame(_, values)) => {
            format!("{}{}", ty.name, members(declaration, fields, values, argument))
        }
        (Body::Enum(variants), Value::Frame(variant, values)) => {
            let variant = &variants[*variant];
            format!(
                "{}::{}{}",
                ty.name,
                variant.name,
                members(declaration, &variant.fields, values, argument)
            )
        }
        _ => "unreachable!()".into(),
    }
}

fn members(declaration: &Declaration, fields: &Fields, values: &[Value], argument: &Ty) -> String {
    let all = fields.list.iter().zip(values).enumerate().map(|(index, (field, value))| {
        let value = member(declaration, field, value, argument);
        if fields.style == Style::Named { format!("{}: {value}", name_at(fields, index)) } else { value }
    });
    let all = all.collect::<Vec<_>>().join(", ");
    match fields.style {
        Style::Named => format!(" {{ {all} }}"),
        Style::Tuple => format!("({all})"),
        Style::Unit => String::new(),
    }
}

fn member(declaration: &Declaration, field: &Field, value: &Value, argument: &Ty) -> String {
    let ty = match &field.role {
        Role::Skip(_) => return "Default::default()".into(),
        Role::Auto { .. } | Role::Bits { of: BitsOf::Auto(..), .. } => return "Auto::new()".into(),
        Role::Value { ty, .. } | Role::Kept(ty) | Role::Bits { of: BitsOf::Value(ty), .. } => ty,
    };
    match value {
        Value::None => "None".into(),
        value if field.is_option() => format!("Some({})", literal(declaration, ty, value, argument)),
        value => literal(declaration, ty, value, argument),
    }
}
