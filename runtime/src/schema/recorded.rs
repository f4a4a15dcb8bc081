//! A value as it stands in bytes: which fields wrote which of them, and what is inside of what. Encoders record it
//! by their marks, and the dissection builds it of bytes that came from elsewhere. Dumps and JSON show it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::{Field, Part, Schema, Type};
use crate::error::EncodeError;
use crate::frame::Encode;
use crate::sink::{Mark, Sink};

/// A frame, a list, an item, or a value without parts.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Which variant it is, of an enum.
    pub(crate) variant: Option<usize>,
    /// The fields of a frame that are there, in parts.
    pub(crate) members: Vec<Member>,
    /// The items of a list.
    pub(crate) items: Vec<Node>,
    /// The bytes of an item.
    pub(crate) range: Range<usize>,
}

/// A part of a field, and what is inside.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) field: &'static Field,
    pub(crate) part: Part,
    pub(crate) range: Range<usize>,
    pub(crate) inside: Node,
}

/// Puts a tree together from the outermost frame inwards.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    root: Node,
    /// What is open, outermost first, and the field that it is, unless it is an item.
    open: Vec<(Option<&'static Field>, Node)>,
    /// What was left last; the mark of its bytes comes next.
    left: Option<Node>,
}

impl Tree {
    fn innermost(&mut self) -> &mut Node {
        self.open.last_mut().map_or(&mut self.root, |(_, node)| node)
    }

    /// What follows from here on is inside of a field, or of an item.
    pub(crate) fn enter(&mut self, field: Option<&'static Field>, at: usize) {
        self.open.push((field, Node { range: at..at, ..Node::default() }));
    }

    /// The end of what was entered last.
    pub(crate) fn leave(&mut self, at: usize) {
        let Some((field, mut closed)) = self.open.pop() else { return };
        closed.range.end = at;
        match field {
            Some(_) => self.left = Some(closed),
            None => self.innermost().items.push(closed),
        }
    }

    /// A part of a field; of one that was entered, what is inside stands in front.
    pub(crate) fn part(&mut self, field: &'static Field, part: Part, range: Range<usize>) {
        let inside = if part == Part::Value { self.left.take() } else { None };
        let inside = inside.unwrap_or_default();
        self.innermost().members.push(Member { field, part, range, inside });
    }

    pub(crate) fn variant(&mut self, index: usize) {
        self.innermost().variant = Some(index);
    }

    /// Forgets what stands behind a position.
    fn truncate(&mut self, to: usize) {
        for node in self.open.iter_mut().map(|(_, node)| node).chain([&mut self.root]) {
            node.members.retain(|member| member.range.end <= to);
            node.items.retain(|item| item.range.end <= to);
        }
    }

    /// The tree, as far as it was built up to this position.
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

/// A value as its encoder writes it.
///
/// # Errors
/// Same as [`Encode::encode`].
pub(crate) fn record<T: Encode + ?Sized>(value: &T) -> Result<(Vec<u8>, Node), EncodeError> {
    let mut recorder = Recorder::default();
    value.encode(&mut recorder)?;
    let end = recorder.bytes.len();
    Ok((recorder.bytes, recorder.tree.finish(end)))
}

/// The sink behind [`record`].
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
            Mark::Bytes { field, part, range } => self.tree.part(field, part, range),
        }
    }
}

/// A part of a field, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The way to it from the frame, such as `items[2].name` or `body.len`.
    pub(crate) path: String,
    /// How many fields are around it.
    pub(crate) depth: usize,
    /// The frame it is a field of.
    pub(crate) frame: &'static Schema,
    pub(crate) field: &'static Field,
    pub(crate) part: Part,
    pub(crate) range: Range<usize>,
    /// How many items it has, if they were recorded.
    pub(crate) items: usize,
}

impl Node {
    /// The parts of all fields in the order of the bytes, but for those that only sum up what is inside of them.
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
                // An item of a list with words of its own is alone in its frame.
                path if field.is_item => String::from(path),
                path => format!("{path}.{name}"),
            };
            let before = rows.len();
            inside.add_rows(rows, &own, frame_in(&field.ty).unwrap_or(frame), depth + 1);
            // A field that takes no bytes says nothing of those of another.
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
    /// What stands behind the name of a field for this part of it.
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

/// The frame that a field of this type, or each of its items, is.
pub(crate) fn frame_in(ty: &Type) -> Option<&'static Schema> {
    match ty {
        Type::Frame(schema) => Some(schema()),
        Type::List(item) | Type::Array(item, _) => frame_in(item),
        _ => None,
    }
}
