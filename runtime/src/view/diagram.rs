//! Diagrams in the style of RFCs: rows of 32 bits, in plain text.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use super::cells::{Cell, common_order, drawings, join, shapes};
use super::grid::{Grid, Segment, WIDTH};
use crate::schema::Schema;
use crate::schema::frames::frames;

/// Width of a line in characters: one for each bit, and one for each border between bits.
const COLUMNS: usize = 2 * WIDTH + 1;

impl Schema {
    /// Draws the frame and its nested frames in the style of RFCs, in rows of 32 bits.
    ///
    /// Variable-length parts have slanted sides and show what determines their size. Names that do
    /// not fit are replaced by letters, and a legend below the drawing explains the letters.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16, value: u16 }
    ///
    /// assert_eq!(Reading::SCHEMA.diagram().to_string(), "\
    /// Reading
    ///
    ///  0                   1                   2                   3
    ///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    /// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    /// |            sensor             |             value             |
    /// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
    /// ");
    /// ```
    pub fn diagram(&self) -> impl fmt::Display {
        Diagram(*self)
    }
}

struct Diagram(Schema);

impl fmt::Display for Diagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for schema in frames(&self.0) {
            for shape in drawings(&schema) {
                writeln!(f, "{separator}{}", shape.title)?;
                separator = "\n";
                // A fieldless enum in a bit field has no parts of its own. It is drawn within other
                // frames.
                if !(schema.is_plain_enum() && shape.cells.is_empty()) {
                    writeln!(f)?;
                    draw(f, &shape.cells)?;
                }
            }
            if schema.is_plain_enum() {
                names(f, &schema)?;
            }
        }
        Ok(())
    }
}

fn names(f: &mut fmt::Formatter<'_>, schema: &Schema) -> fmt::Result {
    writeln!(f)?;
    let variants: Vec<_> = shapes(schema).iter().filter_map(|shape| shape.variant).collect();
    let tags: Vec<_> = variants.iter().map(|variant| variant.shown_tag().to_string()).collect();
    let width = tags.iter().map(String::len).max().unwrap_or(0);
    variants.iter().zip(tags).try_for_each(|(variant, tag)| writeln!(f, "  {tag:width$}  {}", variant.name))
}

fn draw(f: &mut fmt::Formatter<'_>, cells: &[Cell]) -> fmt::Result {
    let grid = Grid::new(cells);
    if grid.rows.is_empty() {
        return writeln!(f, "(nothing on the wire)");
    }
    let mut canvas = Canvas::new(&grid, cells);
    let mut legend = Vec::new();
    let mut letters = ('a'..='z').cycle();
    for (index, cell) in cells.iter().enumerate() {
        let shown = canvas.label(&grid, index, cell);
        let key = if shown == Shown::Nothing { letters.next() } else { None };
        key.iter().for_each(|key| canvas.write(&grid, index, &key.to_string()));
        legend.push((key, shown, cell));
    }
    let tens = (0..WIDTH).map(|bit| if bit % 10 == 0 { (bit / 10).to_string() } else { " ".to_string() });
    let ones = (0..WIDTH).map(|bit| (bit % 10).to_string());
    writeln!(f, " {}", tens.collect::<Vec<_>>().join(" ").trim_end())?;
    writeln!(f, " {}", ones.collect::<Vec<_>>().join(" "))?;
    canvas.lines.iter().try_for_each(|line| writeln!(f, "{}", line.iter().collect::<String>().trim_end()))?;
    explain(f, &legend)
}

/// How much of the text of a part fits into the drawing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Name,
    /// The name and the constant.
    All,
}

/// Writes the legend: letters, and notes on computed fields.
fn explain(f: &mut fmt::Formatter<'_>, legend: &[(Option<char>, Shown, &Cell)]) -> fmt::Result {
    let mut entries = Vec::new();
    let cells: Vec<&Cell> = legend.iter().map(|(.., cell)| *cell).collect();
    let common = common_order(&cells);
    for (key, shown, cell) in legend {
        let constant = if *shown == Shown::All { String::new() } else { cell.constant() };
        let order = if common.is_some() { String::new() } else { cell.order_note() };
        let text = join([constant, cell.note.clone(), order]);
        match key {
            Some(key) if text.is_empty() => entries.push((format!("{key} = {}", cell.name), cell.ty.clone())),
            Some(key) => entries.push((format!("{key} = {}", cell.name), text)),
            None if text.is_empty() => {}
            None => entries.push((cell.name.clone(), text)),
        }
    }
    entries.extend(common.map(|order| (String::from("byte order"), order.to_string())));
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    let width = entries.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    entries.iter().try_for_each(|(name, text)| writeln!(f, "  {name:width$}  {text}"))
}

/// The characters of a drawing. `tops` contains the first line of each row of the grid.
struct Canvas {
    lines: Vec<Vec<char>>,
    tops: Vec<usize>,
}

impl Canvas {
    /// Creates a canvas with the borders of the parts, without their names.
    fn new(grid: &Grid, cells: &[Cell]) -> Self {
        let mut canvas = Self { lines: Vec::new(), tops: Vec::new() };
        for (row, content) in grid.rows.iter().enumerate() {
            canvas.border(grid, row.checked_sub(1), Some(row));
            canvas.tops.push(canvas.lines.len());
            let varies = content.bits[0]
                .and_then(|part| cells.get(part))
                .is_some_and(|cell| cell.varies || cell.is_optional);
            let side = if content.tall && varies { '/' } else { '|' };
            let height = if content.tall { 2 } else { 1 };
            (0..height).for_each(|_| canvas.content(grid, row, side));
        }
        canvas.border(grid, grid.rows.len().checked_sub(1), None);
        canvas
    }

    /// Draws the line between two rows, without borders inside a part.
    fn border(&mut self, grid: &Grid, above: Option<usize>, below: Option<usize>) {
        let drawn = |bit: Option<usize>| grid.part(above, bit) != grid.part(below, bit);
        let beside = |row, left, right| grid.part(row, left) != grid.part(row, right);
        let mut line = vec![' '; COLUMNS];
        for (column, place) in line.iter_mut().enumerate() {
            let right = Some(column / 2);
            *place = if column % 2 == 1 {
                if drawn(right) { '-' } else { ' ' }
            } else {
                let left = (column / 2).checked_sub(1);
                let corner =
                    drawn(left) || drawn(right) || beside(above, left, right) || beside(below, left, right);
                if corner { '+' } else { ' ' }
            };
        }
        self.lines.push(line);
    }

    /// Draws a line of a row, with the sides of its parts.
    fn content(&mut self, grid: &Grid, row: usize, side: char) {
        let mut line = vec![' '; COLUMNS];
        for (bit, place) in line.iter_mut().step_by(2).enumerate() {
            if grid.part(Some(row), bit.checked_sub(1)) != grid.part(Some(row), Some(bit)) {
                *place = side;
            }
        }
        self.lines.push(line);
    }

    /// Writes the name of a part, with its constant and its size, as far as they fit. Returns how
    /// much of it fitted.
    fn label(&mut self, grid: &Grid, part: usize, cell: &Cell) -> Shown {
        let Some((segment, between)) = grid.place(part) else { return Shown::All };
        let room = segment.len * 2 - 1;
        let fits = |text: &String| text.chars().count() <= room;
        let size = size(cell);
        let rows = grid.segments(part).iter().filter(|each| each.len == segment.len).count();
        let below = rows > 1 || grid.is_tall(segment.row);
        let name = match &*cell.value {
            "" if !below && cell.is_nested() => format!("{} ({size})", cell.name),
            "" => cell.name.clone(),
            value => format!("{} = {value}", cell.name),
        };
        let name = Some(name).filter(fits);
        let shown = match name {
            Some(_) => Shown::All,
            None if fits(&cell.name) => Shown::Name,
            None => Shown::Nothing,
        };
        if shown != Shown::Nothing {
            self.write(grid, part, &name.unwrap_or_else(|| cell.name.clone()));
        }
        if grid.is_tall(segment.row) || (below && cell.is_nested()) {
            let top = self.tops.get(segment.row).copied().unwrap_or_default();
            let line = top + usize::from(between) + 1;
            self.centre(line, segment, &shortened(&format!("({size})"), room));
        }
        shown
    }

    /// Writes `text` where the name of a part belongs.
    fn write(&mut self, grid: &Grid, part: usize, text: &str) {
        let Some((segment, between)) = grid.place(part) else { return };
        let top = self.tops.get(segment.row).copied().unwrap_or_default();
        self.centre(top + usize::from(between), segment, text);
    }

    fn centre(&mut self, line: usize, segment: Segment, text: &str) {
        let room = segment.len * 2 - 1;
        let start = segment.start * 2 + 1 + room.saturating_sub(text.chars().count()) / 2;
        let places = self.lines.get_mut(line).into_iter().flatten().skip(start);
        places.zip(text.chars()).for_each(|(place, character)| *place = character);
    }
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_string();
    }
    text.chars().take(room.saturating_sub(4)).chain("...)".chars()).collect()
}

/// Returns the text below the name of a part that has several lines.
fn size(cell: &Cell) -> String {
    match &*cell.size {
        "" => cell.ty.clone(),
        size if cell.is_nested() => format!("{}, {size}", cell.ty),
        size => size.to_string(),
    }
}
