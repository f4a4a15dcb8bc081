//! Recorded values: trees of fields and their bytes. Encoders build them with marks, and the
//! dissection builds them from bytes. Dumps and JSON show them.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::known::Says;
use super::{Field, Part, Schema, Type};
use crate::error::EncodeError;
use crate::frame::Encode;
use crate::sink::{Mark, Sink};

/// A frame, a list, an item, or a value without parts.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Index of the variant of an enum.
    pub(crate) variant: Option<usize>,
    /// The tag, if the variant keeps it.
    pub(crate) kept: Option<Box<Says>>,
    /// Parts of the present fields of a frame.
    pub(crate) members: Vec<Member>,
    /// Items of a list, or values of a tuple that contains frames.
    pub(crate) items: Vec<Node>,
    /// Bytes of an item.
    pub(crate) range: Range<usize>,
}

/// A part of a field, and its inner nodes.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) field: &'static Field,
    pub(crate) part: Part,
    pub(crate) range: Range<usize>,
    pub(crate) inside: Node,
}

impl Node {
    fn not_after(&mut self, at: usize) {
        self.range = self.range.start.min(at)..self.range.end.min(at);
        self.members.iter_mut().for_each(|member| member.not_after(at));
        self.items.iter_mut().for_each(|item| item.not_after(at));
    }
}

impl Member {
    /// Moves what lies after a position to this position.
    fn not_after(&mut self, at: usize) {
        if self.range.end > at {
            self.range = self.range.start.min(at)..at;
            self.inside.not_after(at);
        }
    }
}

/// Builds a tree, beginning with the outermost frame.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    root: Node,
    /// Open nodes, outermost first. The node of an item has no field.
    open: Vec<(Option<&'static Field>, Node)>,
    /// Node of the field that was closed last. The `part` with the value of this field takes it.
    left: Option<Node>,
}

impl Tree {
    fn innermost(&mut self) -> &mut Node {
        self.open.last_mut().map_or(&mut self.root, |(_, node)| node)
    }

    /// Opens a field or an item.
    pub(crate) fn enter(&mut self, field: Option<&'static Field>, at: usize) {
        self.open.push((field, Node { range: at..at, ..Node::default() }));
    }

    /// Closes the node that was opened last.
    pub(crate) fn leave(&mut self, at: usize) {
        let Some((field, mut closed)) = self.open.pop() else { return };
        closed.range.end = at;
        match field {
            Some(_) => self.left = Some(closed),
            None => self.innermost().items.push(closed),
        }
    }

    /// Adds a part of a field. If the part is a value, it takes the node that was closed last.
    pub(crate) fn part(&mut self, field: &'static Field, part: Part, range: Range<usize>) {
        let inside = if part == Part::Value { self.left.take() } else { None };
        let inside = inside.unwrap_or_default();
        self.innermost().members.push(Member { field, part, range, inside });
    }

    pub(crate) fn variant(&mut self, index: usize) {
        self.innermost().variant = Some(index);
    }

    pub(crate) fn keep(&mut self, tag: Says) {
        self.innermost().kept = Some(Box::new(tag));
    }

    /// Removes all parts and items with bytes after a position. Those without bytes, such as an empty
    /// value behind a delimiter that is not needed, stay at this position.
    fn truncate(&mut self, to: usize) {
        for node in self.open.iter_mut().map(|(_, node)| node).chain([&mut self.root]) {
            node.members.retain(|member| member.range.end <= to || member.range.is_empty());
            node.items.retain(|item| item.range.end <= to || item.range.is_empty());
            node.members.iter_mut().for_each(|member| member.not_after(to));
            node.items.iter_mut().for_each(|item| item.not_after(to));
        }
    }

    /// Closes all open nodes at this position, and returns the tree.
    pub(crate) fn finish(mut self, at: usize) -> Node {
        while let Some((field, node)) = self.open.last() {
            let (field, start) = (*field, node.range.start);
            self.leave(at);
            if let Some(field) = field {
                self.part(field, Part::Value, start..at);
            }
        }
        self.root
    }
}

/// Records a value as its encoder writes it.
///
/// # Errors
/// Returns the same errors as [`Encode::encode`].
pub(crate) fn record<T: Encode + ?Sized>(value: &T) -> Result<(Vec<u8>, Node), EncodeError> {
    let mut recorder = Recorder::default();
    value.encode(&mut recorder)?;
    let end = recorder.bytes.len();
    Ok((recorder.bytes, recorder.tree.finish(end)))
}

/// The sink that [`record`] writes to.
#[derive(Debug, Default)]
struct Recorder {
    bytes: Vec<u8>,
    tree: Tree,
}

impl Sink for Recorder {
    const RECORDS: bool = true;

    fn position(&self) -> usize {
        self.bytes.len()
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.bytes.put(bytes)
    }

    fn patch(&mut self, at: usize, bytes: &[u8]) {
        self.bytes.patch(at, bytes);
    }

    fn truncate(&mut self, to: usize) {
        self.bytes.truncate(to);
        self.tree.truncate(to);
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.bytes.parts(range, visit);
    }

    fn mark(&mut self, mark: Mark) {
        let at = self.bytes.len();
        match mark {
            Mark::Enter(field) => self.tree.enter(Some(field), at),
            Mark::Item(_) => self.tree.enter(None, at),
            Mark::Leave => self.tree.leave(at),
            Mark::Variant(index) => self.tree.variant(index),
            Mark::Tag(number) => self.tree.keep(Says::of(number)),
            Mark::TagBytes(bytes) => self.tree.keep(Says::Bytes(bytes)),
            Mark::Bytes { field, part, range } => self.tree.part(field, part, range),
        }
    }
}

/// A part of a field, and its position in the frame.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Path of the part in the outermost frame, such as `items[2].name` or `body.len`.
    pub(crate) path: String,
    /// Nesting depth of the part.
    pub(crate) depth: usize,
    /// Frame that contains the field.
    pub(crate) frame: &'static Schema,
    pub(crate) field: &'static Field,
    pub(crate) part: Part,
    pub(crate) range: Range<usize>,
    /// Number of recorded items.
    pub(crate) items: usize,
}

impl Node {
    /// Returns the parts of all fields in the order of their bytes. A field that contains other
    /// parts with bytes has no row of its own.
    pub(crate) fn rows(&self, frame: &'static Schema) -> Vec<Row> {
        let mut rows = Vec::new();
        self.add_rows(&mut rows, "", frame, 0);
        rows.sort_by_key(|row| row.range.start);
        rows
    }

    fn add_rows(&self, rows: &mut Vec<Row>, path: &str, frame: &'static Schema, depth: usize) {
        for Member { field, part, range, inside } in &self.members {
            let name = field.name;
            let own = match path {
                "" => String::from(name),
                // An item with `each` is the only field of a hidden frame.
                path if field.is_item => String::from(path),
                path => format!("{path}.{name}"),
            };
            let before = rows.len();
            inside.add_rows(rows, &own, frame_in(&field.ty).unwrap_or(frame), depth + 1);
            // A field whose inner parts have no bytes needs a row of its own.
            let is_heading = rows.iter().skip(before).any(|row| row.range.end > range.start);
            if !is_heading {
                let path = own + part.suffix();
                let (range, items) = (range.clone(), inside.items.len());
                rows.push(Row { path, depth, frame, field, part: *part, range, items });
            }
        }
        for (index, item) in self.items.iter().enumerate() {
            item.add_rows(rows, &format!("{path}[{index}]"), frame, depth);
        }
    }
}

impl Part {
    /// Returns the suffix that a path has for this part.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Lead => ".lead",
            Self::Value => "",
            Self::Len => ".len",
            Self::Count => ".count",
            Self::Until => ".until",
            Self::Fill => ".fill",
        }
    }
}

/// Returns the frame that is the type of a field, or the type of its items.
pub(crate) fn frame_in(ty: &Type) -> Option<&'static Schema> {
    match ty {
        Type::Frame(schema) => Some(schema()),
        Type::List(item) | Type::Array(item, _) => frame_in(item),
        _ => None,
    }
}
