//! Fields as attributes of Kaitai Struct.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::bits::of_bits;
use super::ksy::{Attribute, Described, Quoted, id};
use super::names::{Access, Members};
use super::{Draft, File, Lost, find_tag, needs_tag, numbers, up_to};
use crate::schema::Ending;
use crate::schema::steps::{Slot, Step, fixed_len};
use crate::schema::{Chooser, Extent, Field, Order, Presence, Role, Schema, Type};
use crate::view::language::{Size, Sort};
use crate::wire::units;

/// The Kaitai keys that describe a value, and what expressions may do with the value.
pub(super) struct Kind {
    pub(super) keys: Vec<String>,
    access: Access,
}

impl Kind {
    /// Returns the kind of a value that expressions cannot use.
    pub(super) fn plain(key: String) -> Self {
        Self { keys: Vec::from([key]), access: Access::opaque() }
    }

    /// Returns the kind of a value without keys, which is read as bytes.
    fn bytes() -> Self {
        Self { keys: Vec::new(), access: Access::opaque() }
    }

    fn number(key: String, suffix: &str) -> Self {
        Self { access: Access::number(suffix), ..Self::plain(key) }
    }

    /// Returns `true` if the value is a sequence of values.
    pub(super) fn is_repeated(&self) -> bool {
        self.keys.iter().any(|key| key.starts_with("repeat:"))
    }

    /// Returns what expressions may do with the value. With a sequence they can do nothing.
    fn access(self) -> Access {
        if self.is_repeated() { Access::opaque() } else { self.access }
    }

    /// Adds a delimiter that may end the value early. Kaitai supports delimiters of one byte.
    fn ends(self, field: &Field) -> Self {
        match field.stop.map(|stop| (stop.delimiter.any, stop.delimiter.units)) {
            Some(([[byte]], None)) => self.with("terminator", byte),
            _ => self,
        }
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
        slot: Slot,
        field: &Field,
        behind: &[Step],
    ) -> Result<(), Lost> {
        if let Some(ordered) = field.ordered {
            return Err(format!("the byte order of {}, {}", field.name, ordered.order));
        }
        let mut common = doc(field);
        // A prefix with a number for absent values is always present.
        if field.says_absence() {
            self.prefix(draft, field, &common)?;
        }
        common.extend(presence(draft, field)?);
        self.gap(draft, field, &common)?;
        if !field.says_absence() {
            self.prefix(draft, field, &common)?;
        }
        match (field.role, field.extent, field.ty) {
            (Role::Magic(bytes), ..) => {
                let attribute = Attribute::new(field.name).keys(&common);
                draft.ty.push(&attribute.key("contents", format!("{bytes:?}")));
                return Ok(());
            }
            (_, Extent::Own, Type::Unit) => return Ok(()),
            (_, Extent::Own, Type::Tuple(items)) => {
                let mut members = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let kind = self.kind(item, field, draft)?;
                    self.ends(item, field)?;
                    let name = format!("{}_{index}", field.name);
                    draft.ty.push(&Attribute::new(&name).keys(&common).keys(&kind.keys));
                    members.push(kind.access());
                }
                draft.names.add_field(slot, field, Access::inside(Members::of_tuple(members)));
                return Ok(());
            }
            (Role::Checksum(algorithm, over), ..) => {
                draft.ty.comment(&format!("Not verified: checksum({algorithm} over {over})"));
            }
            _ => {}
        }
        let kind = self.extent(draft, field, behind)?;
        draft.ty.push(&Attribute::new(field.name).keys(&common).keys(&kind.keys));
        draft.names.add_field(slot, field, kind.access());
        match field.extent {
            Extent::Own => self.ends(&field.ty, field),
            _ => Ok(()),
        }
    }

    /// Returns an error if the description of a frame stops before its end. The frame then takes all
    /// bytes that it can get, so it must be in an extent of its own.
    fn ends(&self, ty: &Type, field: &Field) -> Result<(), Lost> {
        match ty {
            Type::Frame(inner)
                if !is_tagged_number(inner()) && self.known(inner()).is_some_and(|known| known.is_cut) =>
            {
                Err(format!("where {} ends", field.name))
            }
            _ => Ok(()),
        }
    }

    /// Describes the gap before a field, if an earlier field contains the offset of the field.
    fn gap(&mut self, draft: &mut Draft<'_>, field: &Field, keys: &[String]) -> Result<(), Lost> {
        let Some(offset) = field.begins else { return Ok(()) };
        let begins = draft.fields.get(offset.index).and_then(|by| by.says(&draft.names));
        let begins = begins.ok_or_else(|| format!("where {} begins", field.name))?;
        let conditions: Vec<_> = keys.iter().filter_map(|key| key.strip_prefix("if: ")).collect();
        let mut conditions: Vec<String> = conditions.into_iter().map(|said| format!("({said})")).collect();
        match field.size(&draft.names, draft.fields) {
            Some(Ok(Size::Bytes(size) | Size::Items(size))) if field.prefix().is_none() => {
                conditions.push(format!("({size}) != 0"));
            }
            _ => {}
        }
        let mut gap = Attribute::new(&format!("{}_gap", field.name));
        if !conditions.is_empty() {
            gap = gap.key("if", conditions.join(" and "));
        }
        let size = format!("({begins}) - {}", draft.position());
        draft.ty.push(&gap.key("size", size));
        Ok(())
    }

    /// Returns the kind of a field with its extent. The prefix of the field has already been
    /// described.
    fn extent(&mut self, draft: &mut Draft<'_>, field: &Field, behind: &[Step]) -> Result<Kind, Lost> {
        match field.size(&draft.names, draft.fields) {
            Some(Ok(Size::Bytes(size))) => {
                return Ok(self.content(field, draft)?.with("size", size).ends(field));
            }
            Some(Ok(Size::Items(count))) => {
                return Ok(self.whole_item(field, draft)?.with("repeat", "expr").with("repeat-expr", count));
            }
            Some(Err(lost)) => return Err(lost),
            None => {}
        }
        match field.extent {
            Extent::Align(to) => {
                let fill = format!("({to} - {} % {to}) % {to}", draft.position());
                Ok(self.content(field, draft)?.with("size", fill))
            }
            Extent::Fixed(_, fill) if field.fills && matches!(field.ty, Type::List(_)) => {
                Err(format!("a list padded with {fill:#04x}"))
            }
            Extent::Fixed(len, fill) => {
                let kind = self.content(field, draft)?.with("size", len).ends(field);
                // A frame is self-delimiting, so its padding need not be trimmed. Kaitai trims single
                // bytes, so code units are shown with their padding.
                let is_trimmed =
                    field.fills && !matches!(field.ty, Type::Frame(_)) && units(&field.ty).is_none();
                Ok(if is_trimmed { kind.with("pad-right", fill) } else { kind })
            }
            Extent::Rest => match (fixed_len(behind), field.ty) {
                (None, _) => Err(String::from("`rest` before a variable-length field")),
                (Some(0), Type::List(_)) => Ok(self.item(field, draft)?.with("repeat", "eos")),
                (Some(0), _) => Ok(self.content(field, draft)?.with("size-eos", true)),
                (Some(len), _) => {
                    Ok(self.content(field, draft)?.with("size", format!("_io.size - _io.pos - {len}")))
                }
            },
            Extent::Until(delimiter) => self.until(field, draft, delimiter, false),
            Extent::UntilAny(delimiter) => match (delimiter.any, delimiter.ending, delimiter.optional) {
                ([[byte]], Ending::Left, false) => {
                    Ok(self.content(field, draft)?.with("terminator", byte).with("consume", false))
                }
                ([[byte]], Ending::Consumed, true) => {
                    Ok(self.content(field, draft)?.with("terminator", byte).with("eos-error", false))
                }
                ([one], Ending::Consumed, false) => self.until(field, draft, one, delimiter.units.is_some()),
                _ => Err(format!("up to {delimiter}")),
            },
            Extent::UntilItem(item, _) => {
                let kind = self.whole_item(field, draft)?;
                let is_hidden = matches!(field.ty, Type::List(Type::Frame(inner)) if inner().is_item);
                let last = item.write(&draft.names.of_item(kind.access.clone(), is_hidden), Sort::Truth);
                let last = last.ok_or_else(|| format!("up to {item}"))?;
                Ok(kind.with("repeat", "until").with("repeat-until", last))
            }
            // Sizes from a prefix, another field or an expression are handled above.
            Extent::Own
            | Extent::LenPrefixed(_)
            | Extent::CountPrefixed(_)
            | Extent::LenOf(_)
            | Extent::CountOf(_)
            | Extent::Len(_)
            | Extent::Count(_) => self.kind(&field.ty, field, draft),
        }
    }

    /// Describes the prefix of a field.
    fn prefix(&mut self, draft: &mut Draft<'_>, field: &Field, keys: &[String]) -> Result<(), Lost> {
        let Some(prefix) = field.prefix() else { return Ok(()) };
        let name = field.prefix_name();
        let kind = self.kind(&prefix.ty, field, draft)?;
        draft.ty.push(&Attribute::new(&name).keys(keys).keys(&kind.keys));
        if kind.access.is_number {
            draft.names.add(&name, id(&name) + &kind.access.suffix);
        }
        Ok(())
    }

    /// Returns the kind of a field that ends with a delimiter. A delimiter of one byte is a
    /// terminator; a longer one needs a helper type.
    fn until(
        &mut self,
        field: &Field,
        draft: &Draft<'_>,
        delimiter: &[u8],
        wide: bool,
    ) -> Result<Kind, Lost> {
        if let [byte] = delimiter {
            return Ok(self.content(field, draft)?.with("terminator", byte));
        }
        let kind = self.content(field, &draft.helper())?;
        let mut inner = Described::new(format!("{}_{}_until", draft.ty.id, id(field.name)), "");
        up_to(&mut inner, "value", delimiter, wide, &kind.keys);
        let name = inner.id.clone();
        self.types.push(inner);
        let suffix = format!(".value{}", kind.access.suffix);
        Ok(Kind { access: Access { suffix, ..kind.access }, ..Kind::plain(format!("type: {name}")) })
    }

    /// Returns the kind of a value that fills an extent.
    fn content(&mut self, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        match &field.ty {
            Type::Bytes | Type::Custom => Ok(Kind::bytes()),
            Type::Text => Ok(Kind::plain(String::from("type: str"))),
            Type::Encoded(format) => Ok(match format.kaitai {
                Some(encoding) => Kind::plain(String::from("type: str")).with("encoding", encoding),
                None => Kind::bytes(),
            }),
            // Kaitai has no such format, so it is shown as bytes.
            Type::Number(format) if format.kaitai.is_none() => Ok(Kind::bytes()),
            Type::Number(_) => self.kind(&field.ty, field, draft),
            Type::Frame(inner) if !inner().is_plain_enum() => self.kind(&field.ty, field, draft),
            _ => {
                let kind = self.item(field, &draft.helper())?.with("repeat", "eos");
                let mut list = Described::new(format!("{}_{}", draft.ty.id, id(field.name)), "");
                list.push(&Attribute::new("items").keys(&kind.keys));
                let name = list.id.clone();
                self.types.push(list);
                Ok(Kind::plain(format!("type: {name}")))
            }
        }
    }

    /// Returns the kind of the items of a list that does not end with its extent, so that every item
    /// must end by itself.
    fn whole_item(&mut self, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        if let Type::List(item) = field.ty {
            self.ends(item, field)?;
        }
        self.item(field, draft)
    }

    fn item(&mut self, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        let kind = match (field.ty, field.extent) {
            (Type::List(item) | Type::Array(item, _), _) => self.kind(item, field, draft)?,
            // A byte that ends the bytes is recognised like an item that ends a list.
            (Type::Bytes, Extent::UntilItem(..)) => Kind::number(String::from("type: u1"), ""),
            _ => self.kind(&field.ty, field, draft)?,
        };
        Ok(self.once(kind, field, draft))
    }

    /// Returns the kind of a self-delimiting type.
    fn kind(&mut self, ty: &Type, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        let plain =
            |key: &str, value: &dyn ToString| Ok(Kind::plain(format!("{key}: {}", value.to_string())));
        match ty {
            Type::Int { bytes, signed, order } => {
                let key = int(*bytes, *signed, *order);
                // Kaitai has no such integers, so they are bytes to it.
                let is_bytes = key.starts_with("size");
                Ok(if is_bytes { Kind::plain(key) } else { Kind::number(key, "") })
            }
            Type::Float { bytes, order } => Ok(Kind::number(format!("type: f{bytes}{order}"), "")),
            Type::Bool => Ok(Kind::number(String::from("type: u1"), "").with("valid", "{any-of: [0, 1]}")),
            Type::Ipv4 => plain("size", &4),
            Type::Ipv6 => plain("size", &16),
            Type::Number(format) => {
                let Some(code) = format.kaitai else {
                    let size = format.size().ok_or_else(|| format.to_string())?;
                    return plain("size", &size);
                };
                code.define(&mut self.formats);
                Ok(Kind::number(format!("type: {}", code.name), code.value))
            }
            Type::Encoded(format) => match format.size() {
                Some(size) => plain("size", &size),
                None => Err(format!("{} is read by hand-written code", field.name)),
            },
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => plain("size", len),
            Type::Array(item, len) => {
                self.ends(item, field)?;
                let kind = self.kind(item, field, draft)?;
                Ok(self.once(kind, field, draft).with("repeat", "expr").with("repeat-expr", len))
            }
            Type::Frame(inner) => self.nested(inner(), field, draft),
            Type::Tuple(_) => match ty.bits() {
                Some(bits) => plain("size", &(bits / 8)),
                None => Err(format!("{ty} inside of a list")),
            },
            Type::Bits(bits) if !bits.of.is_signed() && bits.of.as_enum().is_none() => {
                let order = if bits.order == Order::Little { "le" } else { "" };
                Ok(Kind::number(format!("type: b{}{order}", bits.width), of_bits(bits)))
            }
            Type::Unit | Type::Bits(_) | Type::Bytes | Type::Text | Type::List(_) | Type::Custom => {
                Err(format!("{} is read by hand-written code", field.name))
            }
        }
    }

    /// Describes a nested frame. A fieldless enum becomes a number with named values.
    fn nested(&mut self, inner: &Schema, field: &Field, draft: &Draft<'_>) -> Result<Kind, Lost> {
        let name = id(self.frames.name(inner));
        if let (true, [tag]) = (is_tagged_number(inner), inner.head) {
            let kind = self.kind(&tag.ty, field, draft)?;
            // Kaitai has enums of its own integers only.
            let is_integer = kind.access.is_number && !matches!(tag.ty, Type::Number(_));
            if !is_integer || numbers(inner).is_empty() {
                return Ok(kind);
            }
            return Ok(Kind { access: Access::number(".to_i"), ..kind.with("enum", format!("{name}_tag")) });
        }
        let tag = match field.given.tag {
            Some(Chooser::Field(tag)) => find_tag(&draft.names, tag.name, inner),
            Some(Chooser::Expr(expr)) => expr.write(&draft.names, Sort::Number),
            None => None,
        };
        let key = match tag {
            Some(tag) => format!("type: {name}({tag})"),
            None if needs_tag(inner) => return Err(format!("the tag of {}", field.name)),
            None => format!("type: {name}"),
        };
        let members = self.known(inner).map(|known| known.members.clone()).unwrap_or_default();
        Ok(Kind { access: Access::inside(members), ..Kind::plain(key) })
    }
}

/// Returns `true` if Kaitai reads a frame as the number of its tag.
fn is_tagged_number(schema: &Schema) -> bool {
    schema.is_plain_enum() && schema.head.len() == 1 && schema.until.is_empty()
}

fn doc(field: &Field) -> Vec<String> {
    let doc = field.doc.trim();
    if doc.is_empty() { Vec::new() } else { Vec::from([format!("doc: {}", Quoted(doc))]) }
}

/// Returns the condition for the presence of a field.
fn presence(draft: &Draft<'_>, field: &Field) -> Result<Option<String>, Lost> {
    match field.presence {
        Presence::Always => Ok(None),
        Presence::Optional => Ok(Some(String::from("if: not _io.eof"))),
        Presence::Lead(lead) => Err(format!("lead(\"{}\")", lead.escape_ascii())),
        presence => match field.is_there(&draft.names, draft.fields) {
            Some(said) => Ok(Some(format!("if: {said}"))),
            None => Err(format!("when({})", presence.text())),
        },
    }
}

/// Returns the key of an integer.
pub(super) fn int(bytes: usize, signed: bool, order: Option<Order>) -> String {
    let (sign, order) = (if signed { "s" } else { "u" }, order.unwrap_or(Order::Big));
    match bytes {
        1 => format!("type: {sign}1"),
        2 | 4 | 8 => format!("type: {sign}{bytes}{order}"),
        3 | 5 | 6 | 7 if !signed => {
            format!("type: b{}{}", bytes * 8, if order == Order::Little { "le" } else { "" })
        }
        _ => format!("size: {bytes}"),
    }
}
