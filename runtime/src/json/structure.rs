//! The structure of a value: its variants, the presence and the extents of its fields, and the
//! numbers of its items.
//!
//! Two values of different structure may have the same bytes, and only one of them decodes from
//! these. So the structure in the JSON is compared with that of the value that is decoded.

use core::ops::Range;

use super::draft::work;
use super::error::{JsonError, Path};
use super::show::{find, is_marked};
use crate::schema::recorded::{Member, Node};
use crate::schema::value::Value;
use crate::schema::{Body, Field, Presence, Schema, Type, Variant};

/// The structure of a value in the JSON.
#[derive(Clone, Debug, Default)]
pub(super) enum Structure {
    /// A value without parts, or one that the JSON contains as bytes.
    #[default]
    Leaf,
    Frame {
        schema: &'static Schema,
        variant: Option<&'static Variant>,
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

/// A value that was decoded and recorded.
pub(super) struct Recorded<'a> {
    pub(super) node: &'a Node,
    pub(super) bytes: &'a [u8],
}

impl Structure {
    /// Returns an error if the recorded value has another structure.
    pub(super) fn is_of(&self, recorded: &Recorded<'_>, path: &Path<'_>) -> Result<(), JsonError> {
        match self {
            Self::Leaf => Ok(()),
            Self::Frame { schema, variant, parts } => {
                if !is_marked(schema, recorded.node) {
                    return Err(another(path, "bytes that are malformed", "a valid frame"));
                }
                let path = &match variant {
                    Some(variant) => {
                        is_variant(schema, variant, recorded.node, path)?;
                        Path::Member(path, variant.name)
                    }
                    None => *path,
                };
                parts.iter().try_for_each(|part| part.is_of(recorded, &Path::Member(path, part.field.name)))
            }
            Self::Items(items) => {
                // The encoder records no items of a fixed size.
                let pairs = items.iter().zip(&recorded.node.items).enumerate();
                pairs
                    .map(|(index, (item, node))| item.is_of(&recorded.with(node), &Path::Item(path, index)))
                    .collect()
            }
        }
    }
}

fn is_variant(schema: &Schema, given: &Variant, node: &Node, path: &Path<'_>) -> Result<(), JsonError> {
    let Body::Enum(variants) = schema.body else { return Ok(()) };
    match node.variant.and_then(|index| variants.get(index)) {
        Some(decoded) if decoded.name != given.name => Err(another(
            path,
            &format!("the variant {}", decoded.name),
            &format!("the variant {}", given.name),
        )),
        _ => Ok(()),
    }
}

impl Part {
    fn is_of(&self, frame: &Recorded<'_>, path: &Path<'_>) -> Result<(), JsonError> {
        work::add(1);
        let member = find(frame.node, self.field);
        // An empty tuple is not recorded.
        if matches!(self.field.ty, Type::Unit) && matches!(self.field.presence, Presence::Always) {
            return Ok(());
        }
        let (value, null) = ("a value", "null");
        let Some(member) = member.filter(|member| !frame.is_none(member)) else {
            return if self.is_present { Err(another(path, null, value)) } else { Ok(()) };
        };
        if !self.is_present {
            return Err(another(path, value, null));
        }
        self.has_items(member, path)?;
        self.has_content(&member.range, path)?;
        self.inside.is_of(&frame.with(&member.inside), path)
    }

    /// Returns an error if the recorded list has another number of items.
    fn has_items(&self, member: &Member, path: &Path<'_>) -> Result<(), JsonError> {
        let Structure::Items(items) = &self.inside else { return Ok(()) };
        let recorded = member.inside.items.len();
        // The encoder records frames, and no items of a fixed size.
        let is_known = match self.field.ty {
            Type::List(item) => recorded > 0 || member.range.is_empty() || item.holds_frames(),
            _ => false,
        };
        match is_known && recorded != items.len() {
            true => Err(another(path, &count(recorded, "item"), &count(items.len(), "item"))),
            false => Ok(()),
        }
    }

    /// Returns an error if the recorded value has another size.
    fn has_content(&self, range: &Range<usize>, path: &Path<'_>) -> Result<(), JsonError> {
        match matches!(self.field.ty, Type::Bits(_)) || range.len() == self.content {
            true => Ok(()),
            false => Err(another(path, &count(range.len(), "byte"), &count(self.content, "byte"))),
        }
    }
}

impl<'a> Recorded<'a> {
    fn with<'b>(&self, node: &'b Node) -> Recorded<'b>
    where
        'a: 'b,
    {
        Recorded { node, bytes: self.bytes }
    }

    /// Returns `true` if a field has the number that stands for an absent value.
    fn is_none(&self, member: &Member) -> bool {
        let bytes = self.bytes.get(member.range.clone()).unwrap_or_default();
        member.field.none.is_some_and(|none| none.is(&Value::of(&member.field.ty, bytes)))
    }
}

fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn another(path: &Path<'_>, decoded: &str, given: &str) -> JsonError {
    path.error(format!("expected {decoded}, found {given}: its bytes are those of another value"))
}
