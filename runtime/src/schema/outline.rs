//! Outlines: the parts of a schema that matter on the wire, as owned values. The comparison of
//! schemas works on two outlines.
//!
//! A schema contains `&'static` data and functions, so it cannot be read from a file. An outline is
//! made from a schema, or from the JSON of an older schema.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::frames::Frames;
use super::text::{type_text, words};
use super::{Body, Extent, Field, LengthRule, Presence, Role, Schema, Tags, Type, Variant};

/// The `purpose` of a field without a special role.
pub(crate) const NOTHING: &str = "nothing";

/// A frame and the frames in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outline {
    pub(crate) root: String,
    /// Frames by unique names.
    pub(crate) frames: BTreeMap<String, FrameOutline>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FrameOutline {
    pub(crate) max: Option<u64>,
    /// Delimiters of the frame. Any of them ends it. The first one is written.
    pub(crate) until: Vec<Vec<u8>>,
    pub(crate) head: Vec<FieldOutline>,
    pub(crate) body: BodyOutline,
    /// Type of the tag, for a fieldless enum.
    pub(crate) names: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum BodyOutline {
    Struct(Vec<FieldOutline>, Vec<CheckOutline>),
    Enum(Vec<VariantOutline>),
}

impl Default for BodyOutline {
    fn default() -> Self {
        Self::Struct(Vec::new(), Vec::new())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VariantOutline {
    pub(crate) name: String,
    /// Tags as written in the declaration. `shown` contains them as they are displayed.
    pub(crate) tag: String,
    pub(crate) shown: String,
    pub(crate) tags: Vec<TagsOutline>,
    pub(crate) fields: Vec<FieldOutline>,
    pub(crate) checks: Vec<CheckOutline>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TagsOutline {
    Range(i128, i128),
    Bytes(Vec<u8>),
    Any,
    Unknown,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CheckOutline {
    pub(crate) condition: String,
    pub(crate) field: Option<String>,
    /// Text of the invariant, with its message.
    pub(crate) text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldOutline {
    pub(crate) name: String,
    /// Declaration of the field as text.
    pub(crate) words: String,
    pub(crate) ty: TypeOutline,
    /// Size of the field in bits, if it is fixed.
    pub(crate) bits: Option<u64>,
    pub(crate) extent: ExtentOutline,
    pub(crate) role: RoleOutline,
    /// Text of the declaration without type, extent and presence: what the field is for.
    pub(crate) purpose: String,
    pub(crate) presence: PresenceOutline,
    pub(crate) lenient: bool,
    pub(crate) none: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ExtentOutline {
    Own,
    Rest,
    Len(PrefixOutline),
    Count(PrefixOutline),
    /// Any other extent, in the words of the declaration.
    Other(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PrefixOutline {
    /// Words of the declaration, such as `len_prefixed(u16 be)`.
    pub(crate) words: String,
    pub(crate) ty: TypeOutline,
    pub(crate) inclusive: bool,
    pub(crate) max: Option<u64>,
    pub(crate) scale: u64,
    pub(crate) bias: i64,
    pub(crate) none: String,
}

/// The role of a field, as far as it matters for compatibility.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum RoleOutline {
    Value,
    Pad,
    /// A constant or checksum, which decoding verifies.
    Checked,
    Other,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PresenceOutline {
    Always,
    Optional,
    Lead(Vec<u8>),
    When(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TypeOutline {
    /// Text of the type, with everything that matters on the wire.
    pub(crate) text: String,
    pub(crate) kind: KindOutline,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum KindOutline {
    /// A frame with this name.
    Frame(String),
    List(Box<TypeOutline>),
    Array(Box<TypeOutline>, u64),
    Bytes,
    Text,
    /// Text in an encoding other than UTF-8, of any length.
    Encoded,
    /// An integer with this size in bytes, in this byte order.
    Int(u64, String),
    /// A number in a format, with its name, its range, and its minimum and maximum size.
    Number {
        name: String,
        least: i128,
        most: u128,
        min_len: u64,
        max_len: Option<u64>,
    },
    /// Any other type. The flag is `true` if bytes of zeros are a value of the type.
    Other(bool),
}

impl KindOutline {
    /// Returns `true` if bytes of zeros are a value of this type.
    pub(crate) fn takes_zeros(&self) -> bool {
        match self {
            Self::Int(..) | Self::Bytes | Self::Array(..) => true,
            Self::Other(takes) => *takes,
            Self::Frame(_) | Self::List(_) | Self::Text | Self::Encoded | Self::Number { .. } => false,
        }
    }
}

impl Outline {
    /// Makes the outline of a schema.
    pub(crate) fn of(schema: &Schema) -> Self {
        let frames = Frames::of(schema);
        let root = frames.name(schema).to_string();
        let outlines = frames.iter().map(|(name, schema)| (name.to_string(), frame(schema, &frames)));
        Self { root, frames: outlines.collect() }
    }
}

fn frame(schema: &Schema, frames: &Frames) -> FrameOutline {
    let names = match schema.head {
        [number] if schema.is_plain_enum() => Some(number.ty.to_string()),
        _ => None,
    };
    FrameOutline {
        max: schema.max.map(size),
        until: schema.until_any.iter().map(|each| each.to_vec()).collect(),
        head: fields(schema.head, frames),
        body: match schema.body {
            Body::Struct(list) => BodyOutline::Struct(fields(list, frames), checks(schema.checks)),
            Body::Enum(variants) => {
                BodyOutline::Enum(variants.iter().map(|each| variant(each, frames)).collect())
            }
        },
        names,
    }
}

fn variant(variant: &Variant, frames: &Frames) -> VariantOutline {
    let tags = variant.tags.iter().map(|tags| match tags {
        Tags::Range(first, last) => TagsOutline::Range(*first, *last),
        Tags::Bytes(bytes) => TagsOutline::Bytes(bytes.to_vec()),
        Tags::Any => TagsOutline::Any,
        Tags::Unknown => TagsOutline::Unknown,
    });
    VariantOutline {
        name: variant.name.into(),
        tag: variant.tag.into(),
        shown: variant.shown_tag().to_string(),
        tags: tags.collect(),
        fields: fields(variant.fields, frames),
        checks: checks(variant.checks),
    }
}

fn checks(checks: &[super::Check]) -> Vec<CheckOutline> {
    let check = |check: &super::Check| CheckOutline {
        condition: check.condition.text.into(),
        field: check.field.map(Into::into),
        text: check.to_string(),
    };
    checks.iter().map(check).collect()
}

fn fields(fields: &[Field], frames: &Frames) -> Vec<FieldOutline> {
    fields.iter().map(|each| field(each, frames)).collect()
}

fn field(field: &Field, frames: &Frames) -> FieldOutline {
    FieldOutline {
        name: field.name.into(),
        words: words(field),
        ty: ty(&field.ty, frames),
        bits: field.bits().map(size),
        extent: extent(&field.extent, frames),
        role: match field.role {
            Role::Value => RoleOutline::Value,
            Role::Pad => RoleOutline::Pad,
            Role::Checksum(..) | Role::Magic(_) => RoleOutline::Checked,
            _ => RoleOutline::Other,
        },
        purpose: words(&Field { ty: Type::Unit, extent: Extent::Own, presence: Presence::Always, ..*field }),
        presence: match field.presence {
            Presence::Always => PresenceOutline::Always,
            Presence::Optional => PresenceOutline::Optional,
            Presence::Lead(lead) => PresenceOutline::Lead(lead.to_vec()),
            presence => PresenceOutline::When(presence.text().into()),
        },
        lenient: field.lenient,
        none: field.none.map(|none| none.text.into()),
    }
}

fn extent(extent: &Extent, frames: &Frames) -> ExtentOutline {
    let prefix = |of: &super::Prefix| {
        let LengthRule { inclusive, max, scale, bias, none, .. } = of.rule;
        PrefixOutline {
            words: said(*extent),
            ty: ty(&of.ty, frames),
            inclusive,
            max: max.map(size),
            scale: size(scale),
            bias: i64::try_from(bias).unwrap_or(i64::MAX),
            none: none.map_or_else(String::new, |none| none.text.into()),
        }
    };
    match extent {
        Extent::Own => ExtentOutline::Own,
        Extent::Rest => ExtentOutline::Rest,
        Extent::LenPrefixed(each) => ExtentOutline::Len(prefix(each)),
        Extent::CountPrefixed(each) => ExtentOutline::Count(prefix(each)),
        other => ExtentOutline::Other(said(*other)),
    }
}

/// Formats an extent as in the declaration.
fn said(extent: Extent) -> String {
    let said = words(&Field { extent, ..Field::new("", Type::Unit) });
    said.strip_prefix("nothing, ").map_or_else(String::new, Into::into)
}

fn ty(of: &Type, frames: &Frames) -> TypeOutline {
    let kind = match of {
        Type::Frame(schema) => KindOutline::Frame(frames.name(schema()).into()),
        Type::List(item) => KindOutline::List(Box::new(ty(item, frames))),
        Type::Array(item, len) => KindOutline::Array(Box::new(ty(item, frames)), size(*len)),
        Type::Bytes => KindOutline::Bytes,
        Type::Text => KindOutline::Text,
        Type::Encoded(format) if format.size().is_none() => KindOutline::Encoded,
        Type::Int { bytes, order, .. } => {
            KindOutline::Int(size(*bytes), order.map_or_else(String::new, |order| order.to_string()))
        }
        Type::Number(format) => KindOutline::Number {
            name: format.name.into(),
            least: format.least,
            most: format.most,
            min_len: size(format.min_len),
            max_len: format.max_len.map(size),
        },
        Type::Float { .. } | Type::Bits(_) | Type::Bool => KindOutline::Other(true),
        Type::Unit | Type::Ipv4 | Type::Ipv6 | Type::Encoded(_) | Type::Tuple(_) | Type::Custom => {
            KindOutline::Other(false)
        }
    };
    TypeOutline { text: type_text(of), kind }
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
