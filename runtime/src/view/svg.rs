//! The diagram as a picture.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::cells::{Cell, drawings, shapes};
use super::grid::{Grid, WIDTH};
use crate::schema::Schema;
use crate::schema::frames::frames;

/// Measures in pixels.
const BIT: usize = 24;
const ROW: usize = 40;
const TALL_ROW: usize = 64;
const MARGIN: usize = 24;
const LINE: usize = 18;
/// The widths of a character of a name and of the small print.
const NAME: usize = 8;
const SMALL: usize = 7;

impl Schema {
    /// The frame and those inside of it as an SVG picture: the fields in rows
    /// of 32 bits, those that the codec writes itself shaded, those of
    /// variable size with broken sides.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16, value: u16 }
    ///
    /// let svg = Reading::SCHEMA.svg().to_string();
    /// assert!(svg.starts_with("<svg xmlns="));
    /// assert!(svg.contains(">sensor</text>"));
    /// ```
    pub fn svg(&self) -> impl fmt::Display {
        Svg(*self)
    }
}

struct Svg(Schema);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut picture = Picture { body: String::new(), y: MARGIN };
        for schema in frames(&self.0) {
            drawings(&schema).iter().for_each(|shape| picture.frame(&shape.title, &shape.cells));
            if schema.is_plain_enum() {
                picture.values(&schema);
            }
        }
        let (width, height) = (WIDTH * BIT + 2 * MARGIN, picture.y);
        write!(
            f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\">\n<title>{}</title>\n{STYLE}\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>\n{}</svg>\n",
            Escaped(self.0.name),
            picture.body
        )
    }
}

const STYLE: &str = "\
<style>
.paper { fill: #ffffff }
.title { font: 600 16px system-ui, sans-serif; fill: #16202a }
.bit { font: 9px ui-monospace, monospace; fill: #8494a3; text-anchor: middle }
.name { font: 13px ui-monospace, monospace; fill: #16202a; text-anchor: middle }
.small { font: 11px system-ui, sans-serif; fill: #5b6b7a; text-anchor: middle }
.note { font: 12px system-ui, sans-serif; fill: #5b6b7a }
.value { fill: #eaf2fb }
.derived { fill: #f3efe2 }
.line { fill: none; stroke: #51667a; stroke-width: 1.25; stroke-linecap: square }
</style>
";

/// What has been drawn, and how far down it reaches.
struct Picture {
    body: String,
    y: usize,
}

impl Picture {
    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    fn text(&mut self, class: &str, [x, y]: [usize; 2], text: &str) {
        self.push(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", Escaped(text)));
    }

    fn frame(&mut self, title: &str, cells: &[Cell]) {
        self.text("title", [MARGIN, self.y + LINE], title);
        self.y += 2 * LINE;
        let grid = Grid::new(cells);
        if grid.rows.is_empty() {
            self.text("note", [MARGIN, self.y + LINE], "nothing on the wire");
            self.y += LINE + MARGIN;
            return;
        }
        for bit in 0..WIDTH {
            self.text("bit", [x(bit) + BIT / 2, self.y + 10], &bit.to_string());
        }
        self.y += LINE;
        let tops = tops(&grid, self.y);
        self.fill(&grid, cells, &tops);
        self.lines(&grid, &tops);
        self.y = tops.last().copied().unwrap_or(self.y) + LINE;
        self.names(&grid, cells, &tops);
        self.y += MARGIN;
    }

    /// What the numbers of an enum stand for.
    fn values(&mut self, schema: &Schema) {
        self.y -= MARGIN;
        for variant in shapes(schema).iter().filter_map(|shape| shape.variant) {
            self.text("note", [MARGIN, self.y + 4], &format!("{}: {}", variant.shown_tag(), variant.name));
            self.y += LINE;
        }
        self.y += MARGIN;
    }

    /// The ground of each part, in the colour of its kind.
    fn fill(&mut self, grid: &Grid, cells: &[Cell], tops: &[usize]) {
        for (index, cell) in cells.iter().enumerate() {
            let class = if cell.derived { "derived" } else { "value" };
            for segment in grid.segments(index) {
                let Some([top, bottom]) = span(tops, segment.row) else { continue };
                let (x, width, height) = (x(segment.start), segment.len * BIT, bottom - top);
                self.push(&format!(
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"/>"
                ));
            }
        }
    }

    /// The lines between parts: wherever two bits side by side, or one above
    /// the other, belong to different ones.
    fn lines(&mut self, grid: &Grid, tops: &[usize]) {
        let mut path = String::new();
        for (row, y) in tops.iter().enumerate() {
            for bit in 0..WIDTH {
                if grid.part(row.checked_sub(1), Some(bit)) != grid.part(Some(row), Some(bit)) {
                    path.push_str(&format!("M{} {y}h{BIT}", x(bit)));
                }
            }
        }
        for row in 0..grid.rows.len() {
            let Some([top, bottom]) = span(tops, row) else { continue };
            for bit in 0..=WIDTH {
                if grid.part(Some(row), bit.checked_sub(1)) == grid.part(Some(row), Some(bit)) {
                    continue;
                }
                path.push_str(&format!("M{} {top}", x(bit)));
                path.push_str(&match grid.is_tall(row) {
                    true => String::from("v22l-6 7l12 6l-6 7v22"),
                    false => format!("v{}", bottom - top),
                });
            }
        }
        self.push(&format!("<path class=\"line\" d=\"{path}\"/>"));
    }

    /// The name of each part in it, with its type where there is room; what
    /// has none is a letter, explained below.
    fn names(&mut self, grid: &Grid, cells: &[Cell], tops: &[usize]) {
        let mut letters = ('a'..='z').cycle();
        for (index, cell) in cells.iter().enumerate() {
            let Some((segment, between)) = grid.place(index) else { continue };
            let Some([top, bottom]) = span(tops, segment.row) else { continue };
            let middle = if between { bottom } else { (top + bottom) / 2 };
            let centre = x(segment.start) + segment.len * BIT / 2;
            let room = segment.len * BIT - 8;
            let small = small(cell);
            let fits = |text: &str, character: usize| text.chars().count() * character <= room;
            let key = if fits(&cell.name, NAME) { None } else { letters.next() };
            let name = key.map_or_else(|| cell.name.clone(), |key| key.to_string());
            let two = key.is_none() && fits(&small, SMALL);
            self.text("name", [centre, if two { middle - 2 } else { middle + 5 }], &name);
            if two {
                self.text("small", [centre, middle + 13], &small);
            }
            self.note(key, cell);
        }
    }

    fn note(&mut self, key: Option<char>, cell: &Cell) {
        let text = match key {
            Some(key) => {
                format!("{key} = {}: {}", cell.name, if cell.note.is_empty() { &cell.ty } else { &cell.note })
            }
            None if cell.note.is_empty() => return,
            None => format!("{}: {}", cell.name, cell.note),
        };
        self.text("note", [MARGIN, self.y + 4], &text);
        self.y += LINE;
    }
}

/// What stands below the name.
fn small(cell: &Cell) -> String {
    if cell.bits.is_some() || cell.size.is_empty() {
        return cell.ty.clone();
    }
    format!("{}, {}", cell.ty, cell.size)
}

fn x(bit: usize) -> usize {
    MARGIN + bit * BIT
}

/// The upper edges of all rows, and the lower edge of the last.
fn tops(grid: &Grid, top: usize) -> Vec<usize> {
    let mut tops = Vec::from([top]);
    tops.extend(grid.rows.iter().scan(top, |y, row| {
        *y += if row.tall { TALL_ROW } else { ROW };
        Some(*y)
    }));
    tops
}

fn span(tops: &[usize], row: usize) -> Option<[usize; 2]> {
    Some([*tops.get(row)?, *tops.get(row + 1)?])
}

/// Text that cannot be taken for markup.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            other => write!(f, "{other}"),
        })
    }
}
