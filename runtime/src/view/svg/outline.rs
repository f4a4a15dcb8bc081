//! The outlines of parts, and the positions of rows in an image.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{BIT, GUTTER, ROW, TALL_ROW};
use crate::view::grid::{Grid, Segment};

/// The upper edges of all rows, and the lower edge of the last.
pub(super) struct Rows(Vec<usize>);

impl Rows {
    pub(super) fn new(grid: &Grid, top: usize) -> Self {
        let mut edges = Vec::from([top]);
        edges.extend(grid.rows.iter().scan(top, |y, row| {
            *y += if row.tall { TALL_ROW } else { ROW };
            Some(*y)
        }));
        Self(edges)
    }

    /// Returns the upper and the lower edge of a row.
    pub(super) fn span(&self, row: usize) -> [usize; 2] {
        let edge = |index: usize| self.0.get(index).copied().unwrap_or_default();
        [edge(row), edge(row + 1)]
    }

    /// Returns the lower edge of the last row.
    pub(super) fn bottom(&self) -> usize {
        self.0.last().copied().unwrap_or_default()
    }
}

/// Returns the position of the left edge of a bit.
pub(super) fn x(bit: usize) -> usize {
    GUTTER + bit * BIT
}

/// Draws one path around the segments of a part, down on the right and up on the left. A
/// variable-length part has broken sides in its tall row.
pub(super) fn outline(grid: &Grid, rows: &Rows, segments: &[Segment], varies: bool) -> String {
    let Some(first) = segments.first() else { return String::new() };
    let mut path = format!("M{} {}", x(first.start), rows.span(first.row)[0]);
    let broken = |segment: &Segment| varies && grid.is_tall(segment.row);
    for segment in segments {
        let bottom = rows.span(segment.row)[1];
        path.push_str(&format!("H{}", x(segment.start + segment.len)));
        path.push_str(if broken(segment) { "v19l-6 6l12 6l-6 6" } else { "" });
        path.push_str(&format!("V{bottom}"));
    }
    for segment in segments.iter().rev() {
        let top = rows.span(segment.row)[0];
        path.push_str(&format!("H{}", x(segment.start)));
        path.push_str(if broken(segment) { "v-19l6 -6l-12 -6l6 -6" } else { "" });
        path.push_str(&format!("V{top}"));
    }
    path.push('Z');
    path
}
