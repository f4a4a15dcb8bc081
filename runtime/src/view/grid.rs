//! Layout of the parts of a frame in rows of 32 bits.

use alloc::vec::Vec;

use super::cells::Cell;

/// Number of bits in a row.
pub(super) const WIDTH: usize = 32;

/// Maximum number of rows of a part. A larger part is drawn like a variable-length part.
const ROWS: usize = 4;

/// Rows from top to bottom.
pub(super) struct Grid {
    pub(super) rows: Vec<Row>,
}

/// A row of 32 bits. Each bit contains the index of the part that it belongs to.
pub(super) struct Row {
    pub(super) bits: [Option<usize>; WIDTH],
    /// Whether the row stands for any number of rows.
    pub(super) tall: bool,
}

/// The bits of a row that belong to one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) row: usize,
    pub(super) start: usize,
    pub(super) len: usize,
}

impl Grid {
    /// Lays out consecutive parts. A new row begins after a variable-length part, and before a part
    /// that would otherwise be split. So each part is one shape, and runs of up to 32 bits stay in
    /// one row.
    pub(super) fn new(cells: &[Cell]) -> Self {
        let mut grid = Self { rows: Vec::new() };
        let mut at = WIDTH;
        let mut run_ends = 0;
        for (index, cell) in cells.iter().enumerate() {
            let rest = cells.get(index..).unwrap_or_default();
            if index >= run_ends {
                let run = run(rest);
                run_ends = index + run.max(1);
                at = grid.whole(at, rest.iter().take(run).filter_map(|cell| cell.bits).sum());
            }
            match cell.bits {
                Some(bits) if bits <= ROWS * WIDTH => at = grid.fill(index, grid.whole(at, bits), bits),
                _ => {
                    grid.fill(index, at, WIDTH - at);
                    grid.rows.push(Row { bits: [Some(index); WIDTH], tall: true });
                    at = WIDTH;
                }
            }
        }
        grid
    }

    /// Returns the position in the last row where the next `bits` bits start: `at`, or `WIDTH` (a
    /// new row) if at most 32 bits would otherwise be split between two rows.
    fn whole(&self, at: usize, bits: usize) -> usize {
        if bits <= WIDTH && at + bits > WIDTH { WIDTH } else { at }
    }

    /// Assigns `count` bits from position `at` of the last row to a part, and returns the position
    /// after them.
    fn fill(&mut self, index: usize, mut at: usize, count: usize) -> usize {
        for _ in 0..count {
            if at == WIDTH {
                self.rows.push(Row { bits: [None; WIDTH], tall: false });
                at = 0;
            }
            if let Some(bit) = self.rows.last_mut().and_then(|row| row.bits.get_mut(at)) {
                *bit = Some(index);
            }
            at += 1;
        }
        at
    }

    /// Returns the part at a bit of a row, or `None` outside of the grid.
    pub(super) fn part(&self, row: Option<usize>, bit: Option<usize>) -> Option<usize> {
        *self.rows.get(row?)?.bits.get(bit?)?
    }

    /// Returns `true` if a row stands for any number of rows.
    pub(super) fn is_tall(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.tall)
    }

    /// Returns the segments of a part, from top to bottom.
    pub(super) fn segments(&self, part: usize) -> Vec<Segment> {
        let segment = |(row, bits): (usize, &Row)| {
            let start = bits.bits.iter().position(|bit| *bit == Some(part))?;
            let len = bits.bits.iter().filter(|bit| **bit == Some(part)).count();
            Some(Segment { row, start, len })
        };
        self.rows.iter().enumerate().filter_map(segment).collect()
    }

    /// Returns the segment in which the name of a part is written, and whether the name is on the
    /// border below the segment. The segment is the tall row of the part, or the middle one of its
    /// widest segments.
    pub(super) fn place(&self, part: usize) -> Option<(Segment, bool)> {
        let segments = self.segments(part);
        let tall = segments.iter().find(|segment| self.is_tall(segment.row));
        if let Some(segment) = tall {
            return Some((*segment, false));
        }
        let widest = segments.iter().map(|segment| segment.len).max()?;
        let widest: Vec<&Segment> = segments.iter().filter(|segment| segment.len == widest).collect();
        let between = widest.len() % 2 == 0 && widest.first().is_some_and(|first| first.len == WIDTH);
        widest.get((widest.len() - 1) / 2).map(|segment| (**segment, between))
    }
}

/// Returns how many of the first parts form a run of bit fields.
fn run(cells: &[Cell]) -> usize {
    let Some(mut left) = cells.first().and_then(|cell| cell.run) else { return 0 };
    let is_inside = |cell: &&Cell| {
        let bits = cell.bits.filter(|bits| cell.run.is_some() && *bits <= left);
        left -= bits.unwrap_or(0);
        bits.is_some()
    };
    cells.iter().take_while(is_inside).count()
}
