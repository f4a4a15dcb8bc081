//! The sink behind JSON: it keeps the fields of a value as a tree.

use core::ops::Range;

use crate::error::EncodeError;
use crate::schema::{Field, Part};
use crate::sink::{Mark, Sink};

/// What stands between two marks: a frame, a list, or a value without parts.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Which variant it is, of an enum.
    pub(super) variant: Option<usize>,
    /// The fields of a frame that are there.
    pub(super) members: Vec<Member>,
    /// The items of a list.
    pub(super) items: Vec<Node>,
    /// The bytes of an item.
    pub(super) range: Range<usize>,
}

/// A field that is there.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) field: &'static Field,
    /// The bytes of its value.
    pub(super) range: Range<usize>,
    pub(super) inside: Node,
}

/// Keeps the bytes, and the tree of their fields.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    bytes: Vec<u8>,
    /// What is open, outermost first.
    open: Vec<Node>,
    /// Whether each of them is an item.
    are_items: Vec<bool>,
    /// The field that was left last; the mark of its bytes comes next.
    left: Option<Node>,
    root: Node,
}

impl Recorder {
    pub(super) fn finish(self) -> (Vec<u8>, Node) {
        (self.bytes, self.root)
    }

    fn innermost(&mut self) -> &mut Node {
        self.open.last_mut().unwrap_or(&mut self.root)
    }

    fn enter(&mut self, is_item: bool) {
        let at = self.bytes.len();
        self.open.push(Node { range: at..at, ..Node::default() });
        self.are_items.push(is_item);
    }
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
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.bytes.parts(range, visit);
    }

    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Enter(_) => self.enter(false),
            Mark::Item(_) => self.enter(true),
            Mark::Variant(index) => self.innermost().variant = Some(index),
            Mark::Leave => {
                let mut closed = self.open.pop().unwrap_or_default();
                closed.range.end = self.bytes.len();
                if self.are_items.pop() == Some(true) {
                    self.innermost().items.push(closed);
                } else {
                    self.left = Some(closed);
                }
            }
            Mark::Bytes { field, part: Part::Value, range } => {
                let inside = self.left.take().unwrap_or_default();
                self.innermost().members.push(Member { field, range, inside });
            }
            // Lengths, delimiters and filling follow from the value.
            Mark::Bytes { .. } => {}
        }
    }
}
