//! Fields as readers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Script;
use super::lua::{self, Literal, Lua, LuaItem, Quoted};
use crate::schema::{Body, Extent, Field, Prefix, Presence, Role, Schema, Tags, Type};
use crate::view::cells::{is_plain_enum, type_bits};
use crate::view::expr::{Expr, Sort};
use crate::view::frames::fields;
use crate::view::plan::{Step, counts_bytes, fixed_len, last_item, len_expr, prefix_expr, says_absence};
use crate::view::tag::{chosen_by, tags};

impl Script<'_> {
    /// The lines that read a field with its prefix or delimiter.
    pub(super) fn field(&self, field: &Field, behind: &[Step]) -> Vec<String> {
        let when = match field.presence {
            Presence::Always => String::new(),
            Presence::Optional => String::from(", function(_, s) return s.at < s.limit end"),
            Presence::When(condition) => match self.expression(condition, Sort::Truth) {
                Some(condition) => format!(", function(v) return {condition} end"),
                None => return Vec::from([self.line(field.name, &opaque(&format!("if {condition}")), "")]),
            },
        };
        let line = |part: &str, reader: &str| self.line(&format!("{}{part}", field.name), reader, &when);
        let prefix = |part: &str, prefix: &Prefix| {
            let when = if says_absence(field) { "" } else { &when };
            self.line(&format!("{}{part}", field.name), &self.reader(&prefix.ty, field), when)
        };
        let reader = self.extent(field, behind);
        match (field.extent, field.role, field.ty) {
            (Extent::LenPrefixed(each), ..) => Vec::from([prefix(".len", &each), line("", &reader)]),
            (Extent::CountPrefixed(each), ..) => Vec::from([prefix(".count", &each), line("", &reader)]),
            (Extent::Until(delimiter), ..) => {
                Vec::from([line("", &reader), line(".until", &format!("constant({})", Literal(delimiter)))])
            }
            (Extent::Own, Role::Magic(bytes), _) => {
                Vec::from([line("", &format!("constant({})", Literal(bytes)))])
            }
            (Extent::Own, _, Type::Unit) => Vec::new(),
            (Extent::Own, _, Type::Tuple(items)) => {
                let item = |(index, item)| line(&format!(".{index}"), &self.reader(item, field));
                items.iter().enumerate().map(item).collect()
            }
            _ => Vec::from([line("", &reader)]),
        }
    }

    /// The names of the tags that a bit field holds, as a member of a table.
    pub(super) fn names_of(&self, field: &Field) -> String {
        let chosen = chosen_by(field, self.schema);
        chosen.map(|schema| format!(", names = {}", names(&schema))).unwrap_or_default()
    }

    fn line(&self, name: &str, reader: &str, when: &str) -> String {
        format!("field({}, {}, {reader}{when}),", self.path(name), Quoted(name))
    }

    fn expression(&self, text: &str, sort: Sort) -> Option<String> {
        Expr::parse(text)?.write(&Lua(self.schema), sort)
    }

    /// The reader of a field within its extent.
    fn extent(&self, field: &Field, behind: &[Step]) -> String {
        let (content, item) = (self.reader(&field.ty, field), self.item(field));
        let function = |expression: Option<Expr>| {
            let expression = expression?.write(&Lua(self.schema), Sort::Number)?;
            Some(format!("function(v) return {expression} end"))
        };
        match field.extent {
            Extent::Own => content,
            Extent::LenPrefixed(prefix) => match function(prefix_expr(field, &prefix)) {
                Some(size) => {
                    let max = prefix.max.map(|max| format!(", {max}")).unwrap_or_default();
                    format!("len({size}, {content}{max})")
                }
                None => opaque("as many bytes as its prefix says"),
            },
            Extent::CountPrefixed(prefix) => match function(prefix_expr(field, &prefix)) {
                Some(count) if counts_bytes(field) => format!("len({count}, {content})"),
                Some(count) => format!("count({count}, {item})"),
                None => opaque("as many items as its prefix says"),
            },
            Extent::Len(text) => match function(len_expr(text, self.schema)) {
                Some(size) => format!("len({size}, {content})"),
                None => opaque(&format!("{text} bytes")),
            },
            Extent::Count(text) => match function(Expr::parse(text)) {
                Some(size) if counts_bytes(field) => format!("len({size}, {content})"),
                Some(size) => format!("count({size}, {item})"),
                None => opaque(&format!("{text} items")),
            },
            Extent::Until(bytes) => format!("up_to({}, {content})", Literal(bytes)),
            Extent::UntilItem(text, _) => {
                let last =
                    last_item(text).and_then(|(name, is_last)| is_last.write(&LuaItem(name), Sort::Truth));
                match last {
                    Some(is_last) => format!("list_up_to(function(item) return {is_last} end, {item})"),
                    None => opaque(&format!("up to {text}")),
                }
            }
            Extent::Fixed(len, _) => format!("len(function() return {len} end, {content})"),
            Extent::Align(to) => format!("len(fill_to({to}), {content})"),
            Extent::Rest => match fixed_len(behind) {
                Some(len) => format!("rest({len}, {content})"),
                None => opaque("the rest"),
            },
        }
    }

    fn item(&self, field: &Field) -> String {
        match field.ty {
            Type::List(item) | Type::Array(item, _) => self.reader(item, field),
            _ => self.reader(&field.ty, field),
        }
    }

    /// The reader of a type.
    fn reader(&self, ty: &Type, field: &Field) -> String {
        match ty {
            Type::Int { bytes, signed, order } => {
                let names = chosen_by(field, self.schema).map(|schema| format!(", {}", names(&schema)));
                format!("int({bytes}, {}, {signed}{})", lua::order(*order), names.unwrap_or_default())
            }
            Type::Float { bytes, order } => format!("float({bytes}, {})", lua::order(Some(*order))),
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
            Type::Array(item, len) => format!("array({len}, {})", self.reader(item, field)),
            Type::List(item) => format!("list({})", self.reader(item, field)),
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
            return format!("int({bytes}, {}, {signed}, {})", lua::order(*order), names(schema));
        }
        let name = Quoted(self.frames.name(schema)).to_string();
        let chooses = |other: &&Field| matches!(other.role, Role::TagOf(target) if target == field.name);
        match fields(self.schema).find(chooses) {
            Some(tag) => format!("frame({name}, function(v) return v[{}] end)", Quoted(tag.name)),
            None => format!("frame({name})"),
        }
    }
}

fn opaque(why: &str) -> String {
    format!("opaque({})", Quoted(why))
}

/// The names of an enum's numbers.
fn names(schema: &Schema) -> String {
    let Body::Enum(variants) = schema.body else { return String::from("nil") };
    let mut names = Vec::new();
    for variant in variants {
        for set in tags(variant) {
            if let Tags::Range(first, last) = set {
                names
                    .extend((first..=last).take(16).map(|tag| format!("[{tag}] = {}", Quoted(variant.name))));
            }
        }
    }
    format!("{{ {} }}", names.join(", "))
}
