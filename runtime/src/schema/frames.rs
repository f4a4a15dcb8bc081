//! Collection of the frames of a schema, each once.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::known::Known;
use super::text::Block;
use super::{Body, Code, Delimiter, Ending, Extent, Field, Order, Schema, Type};

/// Returns `root` and the frames in it, in the order of their first appearance.
///
/// Equal schemas count as one frame, because the schema of a type may have more than one address.
pub(crate) fn frames(root: &Schema) -> Vec<Schema> {
    Frames::of(root).iter().map(|(_, schema)| *schema).collect()
}

/// Frames with unique names.
pub(crate) struct Frames(Vec<Entry>);

struct Entry {
    name: String,
    schema: Schema,
    text: String,
}

impl Frames {
    /// Collects `root` and the frames in it.
    pub(crate) fn of(root: &Schema) -> Self {
        let mut frames = Self(Vec::new());
        frames.add(root);
        frames
    }

    /// Iterates over all frames with their names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Schema)> {
        self.0.iter().map(|entry| (&*entry.name, &entry.schema))
    }

    /// Returns the unique name of a frame.
    pub(crate) fn name(&self, schema: &Schema) -> &str {
        let text = Block(schema).to_string();
        self.0.iter().find(|entry| entry.text == text).map_or(schema.name, |entry| &entry.name)
    }

    /// Returns the Lua code for the number and text formats in the frames.
    pub(crate) fn codes(&self) -> Vec<&'static Code> {
        let types = self.0.iter().flat_map(|entry| types(&entry.schema));
        let code = |ty| match ty {
            Type::Number(format) => format.lua,
            Type::Encoded(format) => format.lua,
            _ => None,
        };
        types.flat_map(|ty| leaves(&ty)).filter_map(code).collect()
    }

    /// Adds a frame and the frames in it, unless they are present already.
    pub(crate) fn add(&mut self, schema: &Schema) {
        let text = Block(schema).to_string();
        if self.0.iter().any(|entry| entry.text == text) {
            return;
        }
        let name = match self.0.iter().filter(|entry| entry.schema.name == schema.name).count() {
            0 => schema.name.to_string(),
            others => format!("{}_{}", schema.name, others + 1),
        };
        self.0.push(Entry { name, schema: *schema, text });
        for field in fields(schema) {
            if let Some(prefix) = field.prefix() {
                self.add_type(&prefix.ty);
            }
            self.add_type(&field.ty);
        }
    }

    fn add_type(&mut self, ty: &Type) {
        match ty {
            Type::Frame(schema) => self.add(schema()),
            Type::Bits(bits) => bits.of.as_enum().into_iter().for_each(|schema| self.add(schema)),
            Type::Array(item, _) | Type::List(item) => self.add_type(item),
            Type::Tuple(items) => items.iter().for_each(|item| self.add_type(item)),
            _ => {}
        }
    }
}

/// Returns the leaf types in a type. A nested frame counts as a leaf.
fn leaves(ty: &Type) -> Vec<Type> {
    match ty {
        Type::Array(item, _) | Type::List(item) => leaves(item),
        Type::Tuple(items) => items.iter().flat_map(leaves).collect(),
        leaf => Vec::from([*leaf]),
    }
}

/// Returns the frames in the fields of a frame.
pub(crate) fn inside(schema: &Schema) -> impl Iterator<Item = &'static Schema> {
    types(schema).flat_map(|ty| leaves(&ty)).filter_map(|ty| match ty {
        Type::Frame(inner) => Some(inner()),
        _ => None,
    })
}

/// Returns the types of all fields of a frame and of their prefixes.
fn types(schema: &Schema) -> impl Iterator<Item = Type> {
    fields(schema).flat_map(|field| field.prefix().map(|prefix| prefix.ty).into_iter().chain([field.ty]))
}

/// Returns the separator of items of this type, if the type has one.
///
/// `context` is what the items receive, and `assumed` the byte order if the context does not give it.
pub(crate) fn separator(item: &Type, context: &[Option<u128>], assumed: Order) -> Option<&'static Delimiter> {
    let field = separated(item)?;
    let known = Known { context: context.to_vec(), ..Known::default() };
    match known.in_order(field).unwrap_or_else(|| field.in_order(assumed)).extent {
        Extent::UntilAny(each) => Some(each),
        _ => None,
    }
}

/// Returns the field that an item of a separated list consists of.
pub(crate) fn separated(item: &Type) -> Option<&'static Field> {
    let Type::Frame(schema) = item else { return None };
    let Body::Struct([field]) = schema().body else { return None };
    matches!(field.extent, Extent::UntilAny(each) if each.ending == Ending::Separates).then_some(field)
}

/// Returns all fields of a frame, including those of all variants.
pub(crate) fn fields(schema: &Schema) -> impl Iterator<Item = &'static Field> {
    let (fields, variants) = match schema.body {
        Body::Struct(fields) => (fields, &[][..]),
        Body::Enum(variants) => (&[][..], variants),
    };
    schema.head.iter().chain(fields).chain(variants.iter().flat_map(|variant| variant.fields))
}

/// Returns `true` if decoding may ignore some bytes of the frame. These are padding, computed
/// values that are not verified, leftover bytes of a lenient extent, the tag of a variant that has
/// several tags and keeps none, and anything in hand-written code.
#[cfg(feature = "testing")]
pub(crate) fn ignores_bytes(root: &Schema) -> bool {
    let frames = frames(root);
    let written = |field: &Field| matches!(field.role, crate::schema::Role::TagOf(_));
    frames.iter().flat_map(fields).any(|field| {
        field.lenient || matches!(field.ty, Type::Custom) || field.stop.is_some() || has_other_sizes(field)
    }) || frames.iter().any(|frame| frame.until_any.len() > 1)
        || (frames.iter().flat_map(fields).any(written) && frames.iter().any(forgets_tags))
}

/// Returns `true` if the encoder may write a field with a different size than it was read with,
/// because of another delimiter, a missing delimiter, or a longer form of a number.
#[cfg(feature = "testing")]
fn has_other_sizes(field: &Field) -> bool {
    let is_padded = |ty: &Type| {
        let is =
            |leaf: Type| matches!(leaf, Type::Number(format) if format.name == crate::wire::PADDED_VARINT);
        leaves(ty).into_iter().any(is)
    };
    let ends_otherwise =
        matches!(field.extent, Extent::UntilAny(delimiter) if delimiter.optional || delimiter.any.len() > 1);
    ends_otherwise || is_padded(&field.ty) || field.prefix().is_some_and(|prefix| is_padded(&prefix.ty))
}

/// Returns `true` if the encoder may refuse a value that was decoded. This can happen if a field
/// keeps a size as it was read, or if a size counts units of several bytes. The content may be
/// encoded with a different size, which then contradicts the kept size or is no multiple of the
/// unit. It can also happen if a field is absent, and the bytes after it, which are not encoded as they
/// were read, begin with its lead.
#[cfg(feature = "testing")]
pub(crate) fn may_be_refused(root: &Schema) -> bool {
    use crate::schema::{Presence, Role};
    let says = |field: &Field| {
        let scale = match field.role {
            Role::LenOf(_, rule) => rule.scale,
            _ => field.prefix().map_or(1, |prefix| prefix.rule.scale),
        };
        scale > 1 || matches!(field.extent, Extent::Len(_))
    };
    let varies = |field: &Field| has_other_sizes(field) || field.lenient || field.begins.is_some();
    let leads = |field: &Field| matches!(field.presence, Presence::Lead(_));
    frames(root).iter().any(|frame| {
        let inside = frames(frame);
        let varies = inside.iter().flat_map(fields).any(varies)
            || inside.iter().any(|frame| frame.until_any.len() > 1);
        fields(frame).any(says) && varies || fields(frame).any(leads) && ignores_bytes(frame)
    })
}

/// Returns `true` if the end of the input may end a value instead of its delimiter. More input
/// could then change the value.
#[cfg(feature = "testing")]
pub(crate) fn ends_with_the_input(root: &Schema) -> bool {
    frames(root).iter().flat_map(fields).any(|field| match field.extent {
        Extent::UntilAny(delimiter) => delimiter.optional || delimiter.ending == Ending::Between,
        _ => false,
    })
}

/// Returns `true` if the input may end within the lead of a field.
#[cfg(feature = "testing")]
pub(crate) fn ends_within_a_lead(root: &Schema, input: &[u8]) -> bool {
    let frames = frames(root);
    let mut leads = frames.iter().flat_map(fields).filter_map(|field| match field.presence {
        crate::schema::Presence::Lead(lead) => Some(lead),
        _ => None,
    });
    leads.any(|lead| (1..lead.len()).any(|len| lead.get(..len).is_some_and(|part| input.ends_with(part))))
}

/// Returns `true` if a variant stands for several tags and does not keep the tag.
#[cfg(feature = "testing")]
fn forgets_tags(schema: &Schema) -> bool {
    use crate::schema::{Tags, Variant};
    let several = |variant: &Variant| match variant.tags {
        [] | [Tags::Bytes(_)] => false,
        [Tags::Range(first, last)] => first != last,
        _ => true,
    };
    matches!(schema.body, Body::Enum(variants)
        if variants.iter().any(|variant| variant.keeps.is_empty() && several(variant)))
}
