//! The sink behind the dump: it keeps which field wrote which bytes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::error::EncodeError;
use crate::schema::{Field, Part, Schema, Type};
use crate::sink::{Mark, Sink};

/// A part of a field, and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The way to the field from the frame, such as `items[2].name`.
    pub(super) path: String,
    /// How many fields are around it.
    pub(super) depth: usize,
    /// The frame it is a field of.
    pub(super) frame: &'static Schema,
    /// The field.
    pub(super) field: Field,
    /// Which part of it.
    pub(super) part: Part,
    /// The bytes it takes.
    pub(crate) range: Range<usize>,
}

#[cfg(feature = "json")]
impl Row {
    /// The way to the field from the frame.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// The fields and items that are open, outermost first.
#[derive(Debug)]
pub(super) struct Place {
    path: String,
    frame: &'static Schema,
    depth: usize,
    /// What to go back to at each [`leave`](Self::leave).
    outside: Vec<Outside>,
}

#[derive(Debug)]
struct Outside {
    path: usize,
    frame: &'static Schema,
    depth: usize,
}

impl Place {
    pub(super) fn new(root: &'static Schema) -> Self {
        Self { path: String::new(), frame: root, depth: 0, outside: Vec::new() }
    }

    pub(super) fn enter(&mut self, field: &Field) {
        self.open();
        self.path = self.of(field.name);
        self.frame = frame_in(&field.ty).unwrap_or(self.frame);
        self.depth += 1;
    }

    pub(super) fn item(&mut self, index: usize) {
        self.open();
        self.path.push_str(&format!("[{index}]"));
    }

    fn open(&mut self) {
        self.outside.push(Outside { path: self.path.len(), frame: self.frame, depth: self.depth });
    }

    pub(super) fn leave(&mut self) {
        if let Some(outside) = self.outside.pop() {
            self.path.truncate(outside.path);
            self.frame = outside.frame;
            self.depth = outside.depth;
        }
    }

    /// The row of a part of `field`, a field in here.
    pub(super) fn row(&self, field: &Field, part: Part, range: Range<usize>) -> Row {
        let part_name = match part {
            Part::Value => "",
            Part::Len => ".len",
            Part::Count => ".count",
            Part::Until => ".until",
            Part::Fill => ".fill",
        };
        let path = self.of(field.name) + part_name;
        Row { path, depth: self.depth, frame: self.frame, field: *field, part, range }
    }

    /// The row of the value of `field`, which this is.
    fn row_of_itself(&self, field: &Field, range: Range<usize>) -> Row {
        let (frame, depth) =
            self.outside.last().map_or((self.frame, 0), |outside| (outside.frame, outside.depth));
        Row { path: self.path.clone(), depth, frame, field: *field, part: Part::Value, range }
    }

    fn of(&self, name: &str) -> String {
        if self.path.is_empty() { String::from(name) } else { format!("{}.{name}", self.path) }
    }
}

/// The frame that a field of this type, or each of its items, is.
fn frame_in(ty: &Type) -> Option<&'static Schema> {
    match ty {
        Type::Frame(schema) => Some(schema()),
        Type::List(item) | Type::Array(item, _) => frame_in(item),
        _ => None,
    }
}

/// Keeps the bytes, and a row for every mark that speaks of bytes.
#[derive(Debug)]
pub(super) struct Recorder {
    bytes: Vec<u8>,
    place: Place,
    /// The fields that were entered; `None` for items.
    entered: Vec<Option<&'static Field>>,
    rows: Vec<Row>,
}

impl Recorder {
    pub(super) fn new(root: &'static Schema) -> Self {
        Self { bytes: Vec::new(), place: Place::new(root), entered: Vec::new(), rows: Vec::new() }
    }

    /// What was written, and its rows in the order of the bytes.
    pub(super) fn finish(self) -> (Vec<u8>, Vec<Row>) {
        let mut rows: Vec<Row> = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            if !rows.last().is_some_and(|before| is_heading(&row, before)) {
                rows.push(row);
            }
        }
        rows.sort_by_key(|row| row.range.start);
        (self.bytes, rows)
    }
}

/// Whether a row only sums up those inside of it, as the one of a list of
/// frames does. They stand in front of it: a field is marked once it is written.
fn is_heading(row: &Row, before: &Row) -> bool {
    // A field that takes no bytes may stand right in front of the next one.
    let inside = row.range.start <= before.range.start
        && before.range.end <= row.range.end
        && row.range.start < before.range.end;
    row.part == Part::Value && before.depth > row.depth && inside
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
        self.rows.retain(|row| row.range.end <= to);
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.bytes.parts(range, visit);
    }

    fn mark(&mut self, mark: Mark) {
        match mark {
            Mark::Enter(field) => {
                self.place.enter(field);
                self.entered.push(Some(field));
            }
            Mark::Item(index) => {
                self.place.item(index);
                self.entered.push(None);
            }
            Mark::Leave => {
                self.place.leave();
                self.entered.pop();
            }
            Mark::Variant(_) => {}
            Mark::Bytes { field, part, range } => {
                // The value of a field that was entered is marked before it is left.
                let open = self.entered.last().copied().flatten();
                let itself = part == Part::Value && open.is_some_and(|open| core::ptr::eq(open, field));
                self.rows.push(match itself {
                    true => self.place.row_of_itself(field, range),
                    false => self.place.row(field, part, range),
                });
            }
        }
    }
}
