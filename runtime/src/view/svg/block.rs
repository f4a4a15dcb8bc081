//! The drawing of one type in an SVG image.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::outline::{Rows, outline, x};
use super::{BIT, Escaped, GUTTER, LINE, Names};
use crate::schema::text;
use crate::schema::{Order, Schema};
use crate::view::cells::{Cell, Shape, common_order, drawings, join, shapes};
use crate::view::grid::{Grid, WIDTH as BITS};

/// Width of a block.
pub(super) const WIDTH: usize = GUTTER + BITS * BIT;
/// Widths of a character in names and in small text.
const NAME: usize = 8;
const SMALL: usize = 6;

/// A drawn type: SVG elements relative to its upper left corner.
pub(super) struct Block<'f> {
    pub(super) name: &'f str,
    pub(super) body: String,
    pub(super) height: usize,
    names: &'f Names<'f>,
}

impl<'f> Block<'f> {
    pub(super) fn new(name: &'f str, schema: &Schema, names: &'f Names<'f>) -> Self {
        let mut block = Self { name, body: String::new(), height: 0, names };
        block.heading(schema);
        if schema.is_plain_enum() {
            block.values(schema);
            return block;
        }
        let shapes = drawings(schema);
        if shapes.iter().any(|shape| !shape.cells.is_empty()) {
            block.height += LINE;
            block.push(&format!("<use href=\"#{}\" y=\"{}\"/>", names.ruler(), block.height - 6));
        }
        for (index, shape) in shapes.iter().enumerate() {
            if let Some(variant) = shape.variant {
                block.height += if index == 0 { 0 } else { LINE / 2 };
                let tag = format!("{}, tag {}", variant.name, variant.shown_tag());
                block.line("fw-variant", &tag);
                block.height += 4;
            }
            block.shape(shape);
        }
        block
    }

    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    fn text(&mut self, class: &str, [x, y]: [usize; 2], text: &str) {
        self.push(&format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", Escaped(text)));
    }

    /// Draws a line of text below everything drawn so far.
    fn line(&mut self, class: &str, text: &str) {
        self.height += LINE;
        self.text(class, [GUTTER, self.height - 5], text);
    }

    fn heading(&mut self, schema: &Schema) {
        let order = match schema.order {
            Some(Order::Big) => ", big-endian",
            Some(Order::Little) => ", little-endian",
            None => "",
        };
        let size = if schema.max_len == Some(0) {
            String::from("in bits of another frame")
        } else {
            text::size(schema)
        };
        self.height += LINE + 4;
        self.push(&format!(
            "<text class=\"fw-title\" x=\"{GUTTER}\" y=\"{}\">{} <tspan class=\"fw-note\" dx=\"6\">{size}{order}</tspan></text>",
            self.height - 6,
            Escaped(self.name),
        ));
    }

    /// Draws the tags and names of a fieldless enum.
    fn values(&mut self, schema: &Schema) {
        for variant in shapes(schema).iter().filter_map(|shape| shape.variant) {
            self.line("fw-note", &format!("{}: {}", variant.shown_tag(), variant.name));
        }
    }

    fn shape(&mut self, shape: &Shape) {
        let grid = Grid::new(&shape.cells);
        if grid.rows.is_empty() {
            self.line("fw-note", "nothing on the wire");
            return;
        }
        let rows = Rows::new(&grid, self.height);
        self.height = rows.bottom() + 4;
        self.offsets(&grid, &rows, &shape.cells);
        let cells: Vec<&Cell> = shape.cells.iter().collect();
        let common = common_order(&cells);
        let mut letters = ('a'..='z').cycle();
        for (index, cell) in cells.into_iter().enumerate() {
            let mut text = Text::new(&grid, index, cell);
            if text.name.is_empty() {
                text.key = letters.next();
            }
            self.part(&grid, &rows, index, cell, &text);
            let order = if common.is_some() { String::new() } else { cell.order_note() };
            self.note(cell, &text, order);
        }
        if let Some(order) = common {
            self.line("fw-note", &format!("byte order: {order}"));
        }
    }

    /// Draws the offsets of rows in bytes, as far as they are fixed.
    fn offsets(&mut self, grid: &Grid, rows: &Rows, cells: &[Cell]) {
        let mut start = 0;
        for (index, cell) in cells.iter().enumerate() {
            let mut at = start;
            for segment in grid.segments(index) {
                let begins = at == start || !grid.is_tall(segment.row);
                if segment.start == 0 && begins && at % 8 == 0 {
                    let y = rows.span(segment.row)[0] + 12;
                    self.text("fw-offset", [GUTTER - 5, y], &(at / 8).to_string());
                }
                at += segment.len;
            }
            let Some(bits) = cell.bits else { break };
            start += bits;
        }
    }

    /// Draws the outline of a part with its text.
    fn part(&mut self, grid: &Grid, rows: &Rows, index: usize, cell: &Cell, text: &Text) {
        let Some((segment, between)) = grid.place(index) else { return };
        let link = cell.frame.map(|frame| self.names.of(frame));
        self.push(&link.as_ref().map_or(String::from("<g>"), |link| format!("<a href=\"#{link}\">")));
        if !cell.doc.is_empty() {
            self.push(&format!("<title>{}</title>", Escaped(&cell.doc)));
        }
        let kind = if cell.derived { "fw-derived" } else { "fw-value" };
        let optional = if cell.is_optional { " fw-optional" } else { "" };
        let path = outline(grid, rows, &grid.segments(index), cell.varies);
        self.push(&format!("<path class=\"{kind}{optional}\" d=\"{path}\"/>"));
        let [top, bottom] = rows.span(segment.row);
        let middle = if between { bottom } else { (top + bottom) / 2 };
        let centre = x(segment.start) + segment.len * BIT / 2;
        let name = text.key.map_or_else(|| text.name.clone(), String::from);
        if text.small.is_empty() {
            self.text("fw-name", [centre, middle + 5], &name);
        } else {
            self.text("fw-name", [centre, middle - 2], &name);
            self.text("fw-small", [centre, middle + 12], &text.small);
        }
        self.push(if link.is_some() { "</a>" } else { "</g>" });
    }

    /// Draws the text that does not fit into a part, and notes on computations, checks and
    /// conditions.
    fn note(&mut self, cell: &Cell, text: &Text, order: String) {
        let is_lost = text.small.is_empty() && (text.key.is_some() || cell.run.is_none());
        let small = if is_lost { small(cell) } else { String::new() };
        let constant = if text.small.is_empty() && !is_lost { cell.constant() } else { String::new() };
        let note = if cell.note == cell.name { "" } else { &*cell.note };
        let notes = join([small, constant, String::from(note), order]);
        match text.key {
            Some(key) => self.line("fw-note", &format!("{key} = {}: {notes}", cell.name)),
            None if notes.is_empty() => {}
            None => self.line("fw-note", &format!("{}: {notes}", cell.name)),
        }
    }
}

/// The text of a part: the name and the small text below it, if they fit, or a letter that is
/// explained below the drawing.
struct Text {
    name: String,
    small: String,
    key: Option<char>,
}

impl Text {
    fn new(grid: &Grid, index: usize, cell: &Cell) -> Self {
        let room = grid.place(index).map_or(0, |(segment, _)| segment.len * BIT - 4);
        let fits = |text: &String, character: usize| text.chars().count() * character <= room;
        let name = Some(cell.name.clone()).filter(|name| fits(name, NAME)).unwrap_or_default();
        let small = Some(small(cell)).filter(|small| !name.is_empty() && fits(small, SMALL));
        Self { name, small: small.unwrap_or_default(), key: None }
    }
}

/// Returns the small text below the name: type, size and constant.
fn small(cell: &Cell) -> String {
    let is_bytes = cell.ty == "bytes";
    let ty = match (cell.frame, cell.run) {
        (Some(frame), Some(_)) => format!("{}, {}", frame.name, cell.ty),
        // The size or the value already shows the type.
        _ if is_bytes && !(cell.size.is_empty() && cell.value.is_empty()) => String::new(),
        _ => cell.ty.clone(),
    };
    let says_size = cell.bits.is_none() || cell.is_nested() || is_bytes;
    let size = if says_size && cell.size != ty { cell.size.clone() } else { String::new() };
    match (join([ty, size]), &*cell.value) {
        (text, "") => text,
        (text, value) if text.is_empty() => value.to_string(),
        (text, value) => format!("{text} = {value}"),
    }
}
