//! Fields as attributes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::ksy::{Attribute, Described, Quoted, id};
use super::names::ItemNames;
use super::{Draft, File, Lost, needs_tag, numbers, said_by, up_to};
use crate::schema::Ending;
use crate::schema::known::flag_numbers;
use crate::schema::steps::{Step, fixed_len};
use crate::schema::{Chooser, Expr, Extent, Field, Op, Order, Presence, Role, Schema, Target, Type};
use crate::view::language::{Language as _, Sort, counted};

/// The keys that describe a value, and how its number is reached from its id.
struct Kind {
    keys: Vec<String>,
    value: &'static str,
}

impl Kind {
    fn plain(key: String) -> Self {
        Self { keys: Vec::from([key]), value: "" }
    }

    fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.keys.push(format!("{key}: {}", value.to_string()));
        self
    }
}

impl File<'_> {
    pub(super) fn field(
        &mut self,
        draft: &mut Draft<'_>,
        field: &Field,
        behind: &[Step],
    ) -> Result<(), Lost> {
        let mut common = doc(field);
        // A prefix that may say absence is always there itself.
        let counted = if field.says_absence() { self.prefix(draft, field, &common)? } else { None };
        common.extend(presence(draft, field)?);
        let counted = if field.says_absence() { counted } else { self.prefix(draft, field, &common)? };
        match (field.role, field.extent, field.ty) {
            (Role::Magic(bytes), ..) => {
                let attribute = Attribute::new(field.name).keys(&common);
                draft.ty.push(&attribute.key("contents", format!("{bytes:?}")));
                return Ok(());
            }
            (_, Extent::Own, Type::Unit) => return Ok(()),
            (_, Extent::Own, Type::Tuple(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let kind = self.kind(item, field, draft)?;
                    let name = format!("{}_{index}", field.name);
                    draft.ty.push(&Attribute::new(&name).keys(&common).keys(&kind.keys));
                }
                return Ok(());
            }
            (Role::Checksum(algorithm, over), ..) => {
                draft.ty.comment(&format!("Not verified: checksum({algorithm} over {over})"));
            }
            _ => {}
        }
        let kind = self.extent(draft, field, behind, counted)?;
        draft.ty.push(&Attribute::new(field.name).keys(&common).keys(&kind.keys));
        draft.names.add(field.name, id(field.name) + kind.value);
        Ok(())
    }

    /// The kind of a field within its extent, whose prefix is described in front.
    fn extent(
        &mut self,
        draft: &mut Draft<'_>,
        field: &Field,
        behind: &[Step],
        counted: Option<String>,
    ) -> Result<Kind, Lost> {
        let said = |draft: &Draft<'_>, expr: &Expr| {
            expr.write(&draft.names, Sort::Number).ok_or_else(|| expr.text.to_string())
        };
        let by = |draft: &Draft<'_>, target: Target| {
            let len = draft.fields.get(target.index).and_then(|len| said_by(draft, len));
            len.ok_or_else(|| target.to_string())
        };
        match field.extent {
            Extent::Own => self.kind(&field.ty, field, draft),
            Extent::LenPrefixed(_) => {
                Ok(self.content(field, draft)?.with("size", counted.unwrap_or_default()))
            }
            Extent::CountPrefixed(_) => self.counted(field, draft, &counted.unwrap_or_default()),
            Extent::Align(to) => {
                draft.ty.mark_start();
                let fill = format!("({to} - (_io.pos - frame_pos) % {to}) % {to}");
                Ok(self.content(field, draft)?.with("size", fill))
            }
            Extent::LenOf(len) => Ok(self.content(field, draft)?.with("size", by(draft, len)?)),
            Extent::CountOf(count) => self.counted(field, draft, &by(draft, count)?),
            Extent::Len(text) => Ok(self.content(field, draft)?.with("size", said(draft, text)?)),
            Extent::Count(text) => self.counted(field, draft, &said(draft, text)?),
            Extent::Fixed(len, fill) => {
                let kind = self.content(field, draft)?.with("size", len);
                Ok(if field.fills { kind.with("pad-right", fill) } else { kind })
            }
            Extent::Rest => match (fixed_len(behind), field.ty) {
                (None, _) => Err(String::from("the rest in front of what varies")),
                (Some(0), Type::List(_)) => Ok(self.item(field, draft)?.with("repeat", "eos")),
                (Some(0), _) => Ok(self.content(field, draft)?.with("size-eos", true)),
                (Some(len), _) => {
                    Ok(self.content(field, draft)?.with("size", format!("_io.size - _io.pos - {len}")))
                }
            },
            Extent::Until(delimiter) => self.until(field, draft, delimiter),
            Extent::UntilAny(delimiter) => match (delimiter.any, delimiter.ending, delimiter.optional) {
                ([[byte]], Ending::Left, false) => {
                    Ok(self.content(field, draft)?.with("terminator", byte).with("consume", false))
                }
                ([[byte]], Ending::Consumed, true) => {
                    Ok(self.content(field, draft)?.with("terminator", byte).with("eos-error", false))
                }
                _ => Err(format!("up to {delimiter}")),
            },
            Extent::UntilItem(item, _) => {
                let kind = self.item(field, draft)?;
                let last = item.write(&ItemNames { field, value: kind.value }, Sort::Truth);
                let last = last.ok_or_else(|| format!("up to {item}"))?;
                Ok(kind.with("repeat", "until").with("repeat-until", last))
            }
        }
    }

    /// So many items, or bytes.
    fn counted(&mut self, field: &Field, draft: &Draft<'_>, count: &str) -> Result<Kind, Lost> {
        if field.counts_bytes() {
            return Ok(self.content(field, draft)?.with("size", count));
        }
        Ok(self.item(field, draft)?.with("repeat", "expr").with("repeat-expr", count))
    }

    /// Describes the prefix of a field, and gives the expression for what it counts.
    fn prefix(
        &mut self,
        draft: &mut Draft<'_>,
        field: &Field,
        keys: &[String],
    ) -> Result<Option<String>, Lost> {
        let (prefix, part) = match field.extent {
            Extent::LenPrefixed(prefix) => (prefix, "len"),
            Extent::CountPrefixed(prefix) => (prefix, "count"),
            _ => return Ok(None),
        };
        let name = format!("{}.{part}", field.name);
        let kind = self.kind(&prefix.ty, field, draft)?;
        draft.ty.push(&Attribute::new(&name).keys(keys).keys(&kind.keys));
        draft.names.add(&name, id(&name) + kind.value);
        let own = if prefix.rule.inclusive { prefix.ty.bits().map(|bits| bits / 8) } else { Some(0) };
        let own = own.filter(|_| !matches!(prefix.ty, Type::Frame(_)));
        let own = own.ok_or_else(|| format!("how long {} is", field.name))?;
        Ok(Some(counted(&draft.names, id(&name) + kind.value, &prefix.rule, own)))
    }

    /// A field that ends with a delimiter: one byte is a terminator, more are a type of their own.
    fn until(&mut self, field: &Field, draft: &Draft<'_>, delimiter: &[u8]) -> Result<Kind, Lost> {
        let kind = self.content(field, draft)?;
        if let [byte] = delimiter {
            return Ok(kind.with("terminator", byte));
        }
        let mut inner = Described::new(format!("{}_{}_until", draft.ty.id, id(field.name)), "");
        up_to(&mut inner, "value", delimiter, &kind.keys);
        let name = inner.id.clone();
        self.types.push(inner);
        Ok(Kind::plain(format!("type: {name}")))
    }

    /// The kind of what fills an extent.
    fn content(&mut self, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        match &field.ty {
            Type::Bytes | Type::Custom => Ok(Kind { keys: Vec::new(), value: "" }),
            Type::Text => Ok(Kind::plain(String::from("type: str"))),
            Type::Number(_) => self.kind(&field.ty, field, draft),
            Type::Frame(inner) if !inner().is_plain_enum() => self.kind(&field.ty, field, draft),
            _ => {
                let kind = self.item(field, draft)?.with("repeat", "eos");
                let mut list = Described::new(format!("{}_{}", draft.ty.id, id(field.name)), "");
                list.push(&Attribute::new("items").keys(&kind.keys));
                let name = list.id.clone();
                self.types.push(list);
                Ok(Kind::plain(format!("type: {name}")))
            }
        }
    }

    fn item(&mut self, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        match field.ty {
            Type::List(item) | Type::Array(item, _) => self.kind(item, field, draft),
            _ => self.kind(&field.ty, field, draft),
        }
    }

    /// The kind of a type that says itself where it ends.
    fn kind(&mut self, ty: &Type, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        let plain =
            |key: &str, value: &dyn ToString| Ok(Kind::plain(format!("{key}: {}", value.to_string())));
        match ty {
            Type::Int { bytes, signed, order } => Ok(Kind { keys: int(*bytes, *signed, *order), value: "" }),
            Type::Float { bytes, order } => plain("type", &format!("f{bytes}{order}")),
            Type::Bool => Ok(Kind::plain(String::from("type: u1")).with("valid", "{any-of: [0, 1]}")),
            Type::Ipv4 => plain("size", &4),
            Type::Ipv6 => plain("size", &16),
            Type::Number(format) => {
                let code = format.kaitai.ok_or_else(|| format.to_string())?;
                code.define(&mut self.formats);
                Ok(Kind { keys: Vec::from([format!("type: {}", code.name)]), value: code.value })
            }
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => plain("size", len),
            Type::Array(item, len) => {
                let kind = self.kind(item, field, draft)?.with("repeat", "expr").with("repeat-expr", len);
                Ok(Kind { value: "", ..kind })
            }
            Type::Frame(inner) => self.nested(inner(), field, draft),
            Type::Tuple(_) => match ty.bits() {
                Some(bits) => plain("size", &(bits / 8)),
                None => Err(format!("{ty} inside of a list")),
            },
            Type::Unit | Type::Bits(_) | Type::Bytes | Type::Text | Type::List(_) | Type::Custom => {
                Err(format!("{} is read by code of its own", field.name))
            }
        }
    }

    /// Another frame; an enum that only names numbers is a number with names.
    fn nested(&mut self, inner: &Schema, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        let name = id(self.frames.name(inner));
        if let (true, [tag], b"") = (inner.is_plain_enum(), inner.head, inner.until) {
            let kind = self.kind(&tag.ty, field, draft)?;
            if numbers(inner).is_empty() {
                return Ok(kind);
            }
            return Ok(Kind { value: ".to_i", ..kind.with("enum", format!("{name}_tag")) });
        }
        let tag = match field.given.tag {
            Some(Chooser::Field(tag)) => draft.names.find(tag.name),
            Some(Chooser::Expr(expr)) => expr.write(&draft.names, Sort::Number),
            None => None,
        };
        match tag {
            Some(tag) => Ok(Kind::plain(format!("type: {name}({tag})"))),
            None if needs_tag(inner) => Err(format!("the tag of {}", field.name)),
            None => Ok(Kind::plain(format!("type: {name}"))),
        }
    }
}

fn doc(field: &Field) -> Vec<String> {
    let doc = field.doc.trim();
    if doc.is_empty() { Vec::new() } else { Vec::from([format!("doc: {}", Quoted(doc))]) }
}

/// When a field is there.
fn presence(draft: &Draft<'_>, field: &Field) -> Result<Option<String>, Lost> {
    match field.presence {
        Presence::Always => Ok(None),
        Presence::Optional => Ok(Some(String::from("if: not _io.eof"))),
        presence => match is_there(draft, field) {
            Some(said) => Ok(Some(format!("if: {said}"))),
            None => Err(format!("when({})", presence.text())),
        },
    }
}

/// The condition for a field that is not always there.
fn is_there(draft: &Draft<'_>, field: &Field) -> Option<String> {
    let names = &draft.names;
    let of = |target: Target| draft.fields.get(target.index);
    match field.presence {
        Presence::Always | Presence::Optional => None,
        Presence::When(condition) => condition.write(names, Sort::Truth),
        Presence::Flag(flag, _) => {
            let Role::PresenceOf(_, some, none) = of(flag)?.role else { return None };
            let number = names.find(flag.name)?;
            match (some, none) {
                (None, None) => Some(names.convert(&number, Sort::Truth)),
                _ => Some(names.binary(Op::Equal, &number, &flag_numbers(some, none)?.0.to_string())),
            }
        }
        Presence::Length(len, _) => {
            let none = of(len)?.rule()?.none?.number()?;
            Some(names.binary(Op::NotEqual, &names.find(len.name)?, &none.to_string()))
        }
        Presence::Prefix(_) => {
            let none = field.prefix()?.rule.none?.number()?;
            let part = if let Extent::CountPrefixed(_) = field.extent { "count" } else { "len" };
            let number = names.find(&format!("{}.{part}", field.name))?;
            Some(names.binary(Op::NotEqual, &number, &none.to_string()))
        }
    }
}

/// The keys of a whole number.
pub(super) fn int(bytes: usize, signed: bool, order: Option<Order>) -> Vec<String> {
    let (sign, order) = (if signed { "s" } else { "u" }, order.unwrap_or(Order::Big));
    Vec::from([match bytes {
        1 => format!("type: {sign}1"),
        2 | 4 | 8 => format!("type: {sign}{bytes}{order}"),
        3 | 5 | 6 | 7 if !signed => {
            format!("type: b{}{}", bytes * 8, if order == Order::Little { "le" } else { "" })
        }
        _ => format!("size: {bytes}"),
    }])
}
