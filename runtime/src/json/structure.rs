//! The structure of a value: its variants, the presence and the extents of its fields, and the
//! numbers of its items.
//!
//! Two values of different structure may have the same bytes, and only one of them decodes from
//! these. So the structure in the JSON is compared with that of the value that is decoded.

use super::draft::work;
use super::error::{JsonError, Path};
use super::show::{self, Shown, find, is_unrecorded};
use crate::attempt::is_bytes;
use crate::schema::known::Says;
use crate::schema::recorded::{Member, Node};
use crate::schema::{Body, Extent, Field, Presence, Schema, Type, Variant};

/// The structure of a value in the JSON.
#[derive(Clone, Debug, Default)]
pub(super) enum Structure {
    /// A value without parts, or one that the JSON contains as bytes.
    #[default]
    Leaf,
    Frame {
        schema: &'static Schema,
        variant: Option<&'static Variant>,
        /// The tag, if the variant keeps it.
        kept: Option<Says>,
        parts: Vec<Part>,
    },
    Items(Vec<Structure>),
}

/// A field of a frame in the JSON.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) field: &'static Field,
    pub(super) is_present: bool,
    /// The size of the value without its prefix and delimiter.
    pub(super) content: usize,
    pub(super) inside: Structure,
}

/// A decoded value, as its encoder recorded it.
struct Decoded<'a> {
    shown: &'a Shown<'a>,
    node: &'a Node,
    /// Whether the value has no bytes.
    is_empty: bool,
}

impl Structure {
    /// Returns an error if a recorded value has another structure.
    pub(super) fn is_decoded(&self, root: &Node, bytes: &[u8], path: &Path<'_>) -> Result<(), JsonError> {
        let is_empty = bytes.is_empty();
        self.is_of(&Decoded { shown: &Shown { bytes }, node: root, is_empty }, path)
    }

    fn is_of(&self, decoded: &Decoded<'_>, path: &Path<'_>) -> Result<(), JsonError> {
        match self {
            Self::Leaf => Ok(()),
            Self::Frame { .. } if decoded.is_malformed() => {
                Err(another(path, "bytes that are malformed", "a valid frame"))
            }
            Self::Frame { parts, .. } if decoded.is_unknown(parts) => Ok(()),
            Self::Frame { schema, variant, kept, parts } => {
                let Some(variant) = variant else { return decoded.has_parts(parts, path) };
                decoded.is_variant(schema, variant, path)?;
                let path = &Path::Member(path, variant.name);
                decoded.is_kept(kept.as_ref(), &Path::Member(path, variant.keeps))?;
                decoded.has_parts(parts, path)
            }
            Self::Items(items) => {
                let mut pairs = items.iter().zip(&decoded.node.items).enumerate();
                pairs.try_for_each(|(index, (item, node))| {
                    let is_empty = node.range.is_empty();
                    item.is_of(&Decoded { node, is_empty, ..*decoded }, &Path::Item(path, index))
                })
            }
        }
    }
}

impl Decoded<'_> {
    /// Returns `true` for a failed [`Attempt`](crate::Attempt).
    fn is_malformed(&self) -> bool {
        self.node.members.iter().any(|member| is_bytes(member.field))
    }

    /// Returns `true` if the encoder is written by hand and records nothing. The derived one records
    /// everything but absent fields.
    fn is_unknown(&self, parts: &[Part]) -> bool {
        is_unrecorded(self.node)
            && (!self.is_empty || parts.iter().any(|part| is_always_recorded(part.field)))
    }

    fn is_variant(&self, schema: &Schema, given: &Variant, path: &Path<'_>) -> Result<(), JsonError> {
        let Body::Enum(variants) = schema.body else { return Ok(()) };
        match self.node.variant.and_then(|index| variants.get(index)) {
            Some(decoded) if decoded.name != given.name => Err(another(
                path,
                &format!("the variant {}", decoded.name),
                &format!("the variant {}", given.name),
            )),
            _ => Ok(()),
        }
    }

    /// Returns an error if a variant keeps another tag than the one that chooses it.
    fn is_kept(&self, kept: Option<&Says>, path: &Path<'_>) -> Result<(), JsonError> {
        match (self.node.kept.as_deref(), kept) {
            (Some(tag), Some(kept)) if tag != kept => {
                Err(another(path, &show::kept(tag).to_string(), &show::kept(kept).to_string()))
            }
            // A tag that is a tuple is not marked, and has no other form in JSON.
            (None, Some(kept)) if self.node.variant.is_some() => {
                Err(another(path, "null", &show::kept(kept).to_string()))
            }
            _ => Ok(()),
        }
    }

    fn has_parts(&self, parts: &[Part], path: &Path<'_>) -> Result<(), JsonError> {
        parts.iter().try_for_each(|part| self.has_part(part, &Path::Member(path, part.field.name)))
    }

    fn has_part(&self, part: &Part, path: &Path<'_>) -> Result<(), JsonError> {
        work::add(1);
        let field = part.field;
        if matches!(field.presence, Presence::Always) && !is_always_recorded(field) {
            return Ok(());
        }
        match (part.is_present, find(self.node, field).filter(|member| !self.shown.is_none(member))) {
            (false, None) => Ok(()),
            (true, None) => Err(another(path, "null", "a value")),
            (false, Some(_)) => Err(another(path, "a value", "null")),
            (true, Some(member)) => {
                part.has_items(member, path)?;
                part.has_content(member, path)?;
                let is_empty = member.range.is_empty();
                part.inside.is_of(&Decoded { node: &member.inside, is_empty, ..*self }, path)
            }
        }
    }
}

impl Part {
    /// Returns an error if the recorded list has another number of items.
    fn has_items(&self, member: &Member, path: &Path<'_>) -> Result<(), JsonError> {
        let (Structure::Items(items), Type::List(_)) = (&self.inside, self.field.ty) else {
            return Ok(());
        };
        // An encoder that is written by hand may record no items.
        let recorded = member.inside.items.len();
        let is_dropped = matches!(self.field.extent, Extent::UntilItem(..));
        let is_known = recorded > 0 || member.range.is_empty() || is_dropped;
        match is_known && recorded != items.len() {
            true => Err(another(path, &count(recorded, "item"), &count(items.len(), "item"))),
            false => Ok(()),
        }
    }

    /// Returns an error if the recorded value has another size.
    fn has_content(&self, member: &Member, path: &Path<'_>) -> Result<(), JsonError> {
        let size = member.range.len();
        let differs = match self.may_be_padded() {
            true => size > self.content,
            false => size != self.content,
        };
        match differs && !matches!(self.field.ty, Type::Bits(_)) {
            true => Err(another(path, &count(size, "byte"), &count(self.content, "byte"))),
            false => Ok(()),
        }
    }

    /// Returns `true` for a list or frame that the JSON contains as bytes, which may include its
    /// padding.
    fn may_be_padded(&self) -> bool {
        let field = self.field;
        let has_parts = matches!(field.ty, Type::List(_) | Type::Array(..) | Type::Tuple(_) | Type::Frame(_));
        let is_bytes = matches!(self.inside, Structure::Leaf);
        is_bytes && has_parts && (field.fills || field.lenient || field.stop.is_some())
    }
}

/// Returns `true` if the derived encoder records a field of each value. It does not record an empty
/// tuple.
fn is_always_recorded(field: &Field) -> bool {
    matches!(field.presence, Presence::Always) && !matches!(field.ty, Type::Unit)
}

fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn another(path: &Path<'_>, decoded: &str, given: &str) -> JsonError {
    path.error(format!("expected {decoded}, found {given}: its bytes are those of another value"))
}
