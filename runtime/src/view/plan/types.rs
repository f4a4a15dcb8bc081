//! The types of values in memory.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Member, Plan, Result, Unsayable};
use crate::schema::text::words;
use crate::schema::{BitKind, Body, Field, Presence, Role, Schema, Tags, Type};

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Ty {
    /// An integer with this number of bits; `true` means signed.
    Int(u32, bool),
    Float,
    Bool,
    Bytes,
    Text,
    Address(u8),
    Nothing,
    List(Box<Ty>),
    Tuple(Vec<Ty>),
    /// A struct, or an enum with fields.
    Frame(String),
    /// A fieldless enum; `true` means that other numbers are kept.
    Plain(String, bool),
    Option(Box<Ty>),
    /// A frame or malformed bytes.
    Attempt(Box<Ty>),
    /// A value of any type.
    Any,
}

impl Ty {
    fn option(self) -> Self {
        match self {
            Self::Option(_) => self,
            other => Self::Option(Box::new(other)),
        }
    }
}

impl Plan {
    /// Returns the fields of a value in memory.
    pub(super) fn members(
        &self,
        fields: &'static [Field],
        keeps: &'static str,
        tag: Option<&Ty>,
    ) -> Result<Vec<Member>> {
        let mut members = Vec::new();
        if let (false, Some(tag)) = (keeps.is_empty(), tag) {
            members.push(Member { name: keeps, doc: "", ty: tag.clone(), size: String::from("the tag") });
        }
        for field in fields.iter().filter(|field| matches!(field.role, Role::Value)) {
            let ty = self.type_of(&field.ty).map_err(|error| error.within(field.name))?;
            let is_optional = !matches!(field.presence, Presence::Always) || field.none.is_some();
            let ty = if is_optional { ty.option() } else { ty };
            members.push(Member { name: field.name, doc: field.doc, ty, size: words(field) });
        }
        let is_tuple =
            members.iter().all(|member| member.name.starts_with(|first: char| first.is_ascii_digit()));
        if is_tuple {
            members.sort_by_key(|member| member.name.parse::<usize>().unwrap_or(0));
        }
        Ok(members)
    }

    pub(super) fn type_of(&self, ty: &Type) -> Result<Ty> {
        let bits = |bytes: usize| u32::try_from(bytes * 8).unwrap_or(128);
        Ok(match ty {
            Type::Unit => Ty::Nothing,
            Type::Int { bytes, signed, .. } => Ty::Int(bits(*bytes), *signed),
            Type::Float { .. } => Ty::Float,
            Type::Bool => Ty::Bool,
            Type::Number(format) => Ty::Int(format.ty.bits(), format.ty.is_signed()),
            Type::Bits(bits) => self.bits_type(&bits.of, bits.width),
            Type::Ipv4 => Ty::Address(4),
            Type::Ipv6 => Ty::Address(6),
            Type::Bytes => Ty::Bytes,
            Type::Text | Type::Encoded(_) => Ty::Text,
            Type::Array(Type::Int { bytes: 1, signed: false, .. }, _) => Ty::Bytes,
            Type::Array(item, _) | Type::List(item) => Ty::List(Box::new(self.type_of(item)?)),
            Type::Tuple(items) => {
                Ty::Tuple(items.iter().map(|item| self.type_of(item)).collect::<Result<_>>()?)
            }
            Type::Frame(schema) => self.frame_type(schema())?,
            Type::Custom => Ty::Any,
        })
    }

    fn bits_type(&self, kind: &BitKind, width: u32) -> Ty {
        match kind {
            BitKind::Bool => Ty::Bool,
            BitKind::Enum { schema, .. } => self.plain_type(schema()),
            BitKind::Unsigned | BitKind::Signed => Ty::Int(width, kind.is_signed()),
            BitKind::Array { items, of, .. } => {
                Ty::List(Box::new(self.bits_type(of, width_of_each(width, *items))))
            }
        }
    }

    fn frame_type(&self, schema: &Schema) -> Result<Ty> {
        if let Some(frame) = schema.attempt_at {
            return Ok(Ty::Attempt(Box::new(self.frame_type(frame())?)));
        }
        match schema.body {
            Body::Struct([field]) if field.is_item => {
                let ty = self.type_of(&field.ty)?;
                let is_optional = !matches!(field.presence, Presence::Always) || field.none.is_some();
                Ok(if is_optional { ty.option() } else { ty })
            }
            Body::Enum(_) if is_plain(schema) => Ok(self.plain_type(schema)),
            _ => Ok(Ty::Frame(self.name(schema))),
        }
    }

    fn plain_type(&self, schema: &Schema) -> Ty {
        Ty::Plain(self.name(schema), is_open(schema))
    }
}

/// Returns the number of bits of each item of an array of `width` bits.
pub(super) fn width_of_each(width: u32, items: usize) -> u32 {
    u32::try_from(items).ok().and_then(|items| width.checked_div(items)).unwrap_or(0)
}

/// Returns `true` for a fieldless enum whose tags are known numbers. A variant may keep all other
/// numbers.
pub(super) fn is_plain(schema: &Schema) -> bool {
    let Body::Enum(variants) = schema.body else { return false };
    schema.is_plain_enum()
        && variants.iter().all(|variant| {
            let kept = variant.tags.iter().all(|set| !matches!(set, Tags::Bytes(_) | Tags::Unknown));
            let named = matches!(variant.tags.first(), Some(Tags::Range(..))) || !variant.keeps.is_empty();
            kept && named
        })
}

/// Returns `true` if numbers without a name are also values of the enum.
pub(super) fn is_open(schema: &Schema) -> bool {
    matches!(schema.body, Body::Enum(variants) if variants.iter().any(|variant| !variant.keeps.is_empty()))
}

/// Returns the error for a field that only Rust can handle.
pub(super) fn by_hand(field: &Field) -> Unsayable {
    Unsayable::new(format!(
        "hand-written code (`with`) cannot be generated: provide it with `--with {}=module.object`",
        field.name
    ))
}
