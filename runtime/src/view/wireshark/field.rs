//! Fields as steps of the dissector.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::lua::{self, Literal, Lua, Quoted};
use super::{Script, indented};
use crate::schema::Ordered;
use crate::schema::frames::separator;
use crate::schema::steps::{Step, fixed_len};
use crate::schema::{
    Body, Chooser, Code, Delimiter, Ending, Extent, Field, Order, Prefix, Presence, Role, Schema, Tags, Type,
};
use crate::view::language::{Size, Sort};

impl Script<'_> {
    /// Returns the lines that read a field with its prefix or delimiter.
    pub(super) fn field(&self, field: &Field, behind: &[Step]) -> Vec<String> {
        if let Some(ordered) = field.ordered {
            return self.in_either_order(field, ordered, behind);
        }
        let when = match field.presence {
            Presence::Always => String::new(),
            Presence::Optional => String::from(", function(_, s) return s.at < s.limit end"),
            Presence::Lead(_) => {
                format!(", function(v) return v[{}] ~= nil end", Quoted(&format!("{}.lead", field.name)))
            }
            presence => match field.is_there(&Lua::new(self.schema), self.fields) {
                Some(condition) => format!(", function(v) return {condition} end"),
                None => {
                    let why = opaque(&format!("if {}", presence.text()));
                    return Vec::from([self.line(field.name, &why, "")]);
                }
            },
        };
        if let Presence::Lead(lead) = field.presence {
            let leads = format!(", function(_, s) return leads(s, {}) end", Literal(lead));
            let name = format!("{}.lead", field.name);
            let mut lines = Vec::from([self.line(&name, &format!("constant({})", Literal(lead)), &leads)]);
            lines.extend(self.parts(field, behind, &when));
            return lines;
        }
        self.parts(field, behind, &when)
    }

    /// Returns the lines that read the parts of a field, each on the same condition.
    fn parts(&self, field: &Field, behind: &[Step], when: &str) -> Vec<String> {
        let line = |part: &str, reader: &str| self.line(&format!("{}{part}", field.name), reader, when);
        let prefix = |part: &str, prefix: &Prefix| {
            let when = if field.says_absence() { "" } else { when };
            self.line(&format!("{}{part}", field.name), &self.reader(&prefix.ty, field), when)
        };
        let reader = self.extent(field, behind);
        let gap = field.begins.and_then(|offset| self.fields.get(offset.index)?.says(&Lua::new(self.schema)));
        if let Some(begins) = gap {
            let size = match field.size(&Lua::new(self.schema), self.fields) {
                Some(Ok(Size::Bytes(size) | Size::Items(size))) if field.prefix().is_none() => size,
                _ => String::from("1"),
            };
            let gap = format!("gap(function(v) return {begins} end, function(v) return {size} end{when}),");
            let plain = Field { begins: None, ..*field };
            return core::iter::once(gap).chain(self.field(&plain, behind)).collect();
        }
        match (field.extent, field.role, field.ty) {
            (Extent::LenPrefixed(each), ..) => Vec::from([prefix(".len", &each), line("", &reader)]),
            (Extent::CountPrefixed(each), ..) => Vec::from([prefix(".count", &each), line("", &reader)]),
            (Extent::Until(delimiter), ..) => {
                Vec::from([line("", &reader), line(".until", &format!("constant({})", Literal(delimiter)))])
            }
            (Extent::UntilAny(delimiter), ..) if delimiter.ending != Ending::Left => {
                Vec::from([line("", &reader), line(".until", &format!("ending({})", ends(delimiter)))])
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

    /// Returns the lines for a field with a byte order that is known only at run time. They choose
    /// between both orders.
    fn in_either_order(&self, field: &Field, ordered: &Ordered, behind: &[Step]) -> Vec<String> {
        let Some(order) = ordered.order.write(&Lua::new(self.schema), Sort::Number) else {
            return Vec::from([self.unknown_order(field.name, ordered)]);
        };
        let (big, little) = (Field { ordered: None, ..*field }, Field { ordered: None, ..ordered.little });
        let lines = |field: &Field| indented(self.field(field, behind));
        let mut all = Vec::from([format!("in_order(function(v) return {order} end, {{")]);
        all.extend(lines(&big));
        all.push(String::from("}, {"));
        all.extend(lines(&little));
        all.push(String::from("}),"));
        all
    }

    /// Returns the line for a field with a byte order that Lua cannot evaluate.
    pub(super) fn unknown_order(&self, name: &str, ordered: &Ordered) -> String {
        self.line(name, &opaque(&format!("order = {}", ordered.order)), "")
    }

    /// Returns the names of the numbers in a bit field, as a member of a Lua table.
    pub(super) fn names_of(&self, field: &Field) -> String {
        let chosen = self.schema.enum_chosen_by(field);
        chosen.map(|schema| format!(", names = {}", names(schema))).unwrap_or_default()
    }

    fn line(&self, name: &str, reader: &str, when: &str) -> String {
        format!("field({}, {}, {reader}{when}),", self.path(name), Quoted(name))
    }

    /// Returns the reader of a field with its extent.
    fn extent(&self, field: &Field, behind: &[Step]) -> String {
        let item = self.item(field);
        let content = match field.stop {
            Some(stop) => {
                let any = stop.delimiter.any.iter().map(|bytes| Literal(bytes).to_string());
                let width = if stop.delimiter.units.is_some() { 2 } else { 1 };
                let any = any.collect::<Vec<_>>().join(", ");
                format!("stopped({{ {any} }}, {width}, {})", self.reader(&field.ty, field))
            }
            None => self.reader(&field.ty, field),
        };
        let max = field.prefix().and_then(|prefix| prefix.rule.max);
        match field.size(&Lua::new(self.schema), self.fields) {
            Some(Ok(Size::Bytes(size))) => {
                let max = max.map(|max| format!(", {max}")).unwrap_or_default();
                return format!("len(function(v) return {size} end, {content}{max})");
            }
            Some(Ok(Size::Items(count))) if packed_width(&field.ty).is_some() => {
                let width = packed_width(&field.ty).unwrap_or(0);
                return format!("len(function(v) return math.ceil({count} * {width} / 8) end, bytes)");
            }
            Some(Ok(Size::Items(count))) => return format!("count(function(v) return {count} end, {item})"),
            Some(Err(why)) => return opaque(&why),
            None => {}
        }
        match field.extent {
            Extent::Until(bytes) => {
                format!("up_to({}, {content})", set(&[bytes], ", width = 1"))
            }
            Extent::UntilAny(delimiter) => format!("up_to({}, {content})", ends(delimiter)),
            Extent::UntilItem(text, _) => match text.write(&Lua::of_item(self.schema, field.ty), Sort::Truth)
            {
                Some(is_last) => format!("list_up_to(function(item) return {is_last} end, {item})"),
                None => opaque(&format!("up to {text}")),
            },
            Extent::Fixed(len, fill) if field.fills && matches!(field.ty, Type::List(_) | Type::Frame(_)) => {
                let item = if let Type::List(_) = field.ty { item } else { String::from("nil") };
                format!("len(function() return {len} end, filled({fill}, {content}, {item}))")
            }
            Extent::Fixed(len, _) => format!("len(function() return {len} end, {content})"),
            Extent::Align(to) => format!("len(fill_to({to}), {content})"),
            Extent::Rest => match fixed_len(behind) {
                Some(len) => format!("rest({len}, {content})"),
                None => opaque("the rest"),
            },
            // Sizes from a prefix, another field or an expression are handled above.
            Extent::Own
            | Extent::LenPrefixed(_)
            | Extent::CountPrefixed(_)
            | Extent::LenOf(_)
            | Extent::CountOf(_)
            | Extent::Len(_)
            | Extent::Count(_) => content,
        }
    }

    fn item(&self, field: &Field) -> String {
        match (field.ty, field.extent) {
            (Type::List(item) | Type::Array(item, _), _) => self.reader(item, field),
            (Type::Bytes, Extent::UntilItem(..)) => String::from("int(1, nil, false)"),
            _ => self.reader(&field.ty, field),
        }
    }

    /// Returns the reader of a type.
    fn reader(&self, ty: &Type, field: &Field) -> String {
        match ty {
            Type::Int { bytes, signed, order } => {
                let names = self.schema.enum_chosen_by(field).map(|schema| format!(", {}", names(schema)));
                format!("int({bytes}, {}, {signed}{})", lua::order(*order), names.unwrap_or_default())
            }
            Type::Float { bytes, order } => format!("float({bytes}, {})", lua::order(Some(*order))),
            Type::Bool => String::from("bool"),
            Type::Ipv4 => String::from("ipv4"),
            Type::Ipv6 => String::from("ipv6"),
            Type::Bytes => String::from("bytes"),
            Type::Text => String::from("text"),
            Type::Number(format) => in_code(format.lua, format.name, format.size()),
            Type::Encoded(format) => in_code(format.lua, format.name, format.size()),
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => {
                format!("len(function() return {len} end, bytes)")
            }
            Type::Array(item, len) => format!("array({len}, {})", self.reader(item, field)),
            Type::List(Type::Bits(_)) => String::from("bytes"),
            // The items of a list in either order are not read, so their separator does not matter.
            Type::List(item) => match separator(item, &[], Order::Big) {
                Some(delimiter) => format!("separated({}, {})", ends(delimiter), self.reader(item, field)),
                None => format!("list({})", self.reader(item, field)),
            },
            Type::Frame(schema) => self.nested(schema(), field),
            Type::Tuple(_) => match ty.bits() {
                Some(bits) => format!("len(function() return {} end, bytes)", bits / 8),
                None => opaque("a tuple"),
            },
            Type::Unit | Type::Bits(_) | Type::Custom => opaque("read by code of its own"),
        }
    }

    /// Returns the reader of a nested frame. A fieldless enum is shown as a number with a name.
    fn nested(&self, schema: &'static Schema, field: &Field) -> String {
        if let (true, [Field { ty: Type::Int { bytes, signed, order }, .. }], b"") =
            (schema.is_plain_enum(), schema.head, schema.until)
        {
            return format!("int({bytes}, {}, {signed}, {})", lua::order(*order), names(schema));
        }
        let name = Quoted(self.frames.name(schema)).to_string();
        let tag = match field.given.tag {
            Some(Chooser::Field(tag)) => Some(format!("v[{}]", Quoted(tag.name))),
            Some(Chooser::Expr(expr)) => match expr.write(&Lua::new(self.schema), Sort::Number) {
                Some(tag) => Some(tag),
                None => return opaque(&format!("the tag `{expr}`")),
            },
            None => None,
        };
        match tag {
            Some(tag) => format!("frame({name}, function(v) return {tag} end)"),
            None => format!("frame({name})"),
        }
    }
}

/// Returns the width in bits of the items of a list, if they are bit fields.
fn packed_width(ty: &Type) -> Option<u32> {
    if let Type::List(Type::Bits(bits)) = ty { Some(bits.width) } else { None }
}

/// Returns the reader of a value with the code of a format. A format of fixed size reads that
/// number of bytes.
fn in_code(code: Option<&Code>, name: &str, size: Option<usize>) -> String {
    match (code, size) {
        (Some(code), Some(size)) => format!("len(function() return {size} end, {})", code.name),
        (Some(code), None) => String::from(code.name),
        (None, _) => opaque(name),
    }
}

/// Returns a delimiter as a Lua table.
pub(super) fn ends(delimiter: &Delimiter) -> String {
    let width = if delimiter.units.is_some() { 2 } else { 1 };
    let may_be_missing =
        delimiter.optional || matches!(delimiter.ending, Ending::Between | Ending::Separates);
    let optional = if may_be_missing { ", optional = true" } else { "" };
    let between = if delimiter.ending == Ending::Between { ", between = true" } else { "" };
    set(delimiter.any, &format!(", width = {width}{optional}{between}"))
}

fn set(any: &[&[u8]], more: &str) -> String {
    let any: Vec<_> = any.iter().map(|bytes| Literal(bytes).to_string()).collect();
    format!("{{ any = {{ {} }}{more} }}", any.join(", "))
}

fn opaque(why: &str) -> String {
    format!("opaque({})", Quoted(why))
}

/// Returns the names of an enum's tags, as a Lua table.
fn names(schema: &Schema) -> String {
    let Body::Enum(variants) = schema.body else { return String::from("nil") };
    let mut names = Vec::new();
    for variant in variants {
        for set in variant.tags {
            if let Tags::Range(first, last) = *set {
                names
                    .extend((first..=last).take(16).map(|tag| format!("[{tag}] = {}", Quoted(variant.name))));
            }
        }
    }
    format!("{{ {} }}", names.join(", "))
}
