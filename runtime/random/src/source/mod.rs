//! Conversion of declarations and values to Rust source.

mod values;
mod words;

use std::cell::RefCell;
use std::fmt::Write;

use words::{
    encoding_name, filling, is_signed, order_by, order_name, prefix, rule_words, sum_name, wire_words,
    with_arguments,
};

use crate::model::{
    BitsOf, Body, BytesTy, Declaration, Derived, Ending, Expr, Extent, Field, Fields, Form, Given, Head, Id,
    Num, Pattern, Presence, Range, Role, Style, TagKind, TextTy, Turn, Ty, Type, Variant, Wire,
};

pub(crate) use values::root_value;

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
                // In `until(..)` of a list, a named constant would mean an item. So the delimiter
                // of a list is always a literal.
                let is_list = matches!(ty, Ty::List(_));
                words.extend(self.extent(fields, extent, is_list));
                let mut of_items = Vec::new();
                if let Extent::Items { each, separator, .. } = extent {
                    of_items.extend(self.extent(fields, each, false));
                    words.extend(separator.as_ref().map(|by| format!("#[separated({})]", self.bytes(by))));
                }
                let given_words = self.given(fields, given);
                if given.each { &mut of_items } else { &mut words }.extend(given_words);
                if !of_items.is_empty() {
                    let inner: Vec<_> = of_items.iter().map(|word| &word[2..word.len() - 1]).collect();
                    words.push(format!("#[each({})]", inner.join(", ")));
                }
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

    /// Returns the word `order = ..`, or `None` if no earlier number determines the byte order.
    fn turned_by(&self, fields: &Fields, wire: &Wire) -> Option<String> {
        match wire.order {
            Some(Turn::By(id)) => Some(order_by(&self.name(fields, id))),
            Some(Turn::To(_)) | None => None,
        }
    }

    /// Returns the bytes for `magic`. A named constant is an array, because a single byte could be
    /// taken for a number.
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
            Extent::UntilGreater { bound, plus: 0 } => format!("#[until(|item| *item > {bound})]"),
            Extent::UntilGreater { bound, plus } => {
                format!("#[until(|item| item + {plus} > {})]", bound + plus)
            }
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
