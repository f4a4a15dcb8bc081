//! Diagrams as SVG images. Each type is a block, and blocks are arranged in columns.

mod block;
mod outline;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use self::block::Block;
use super::grid::WIDTH;
use crate::schema::Schema;
use crate::schema::frames::Frames;

/// Measures in pixels.
const BIT: usize = 20;
const ROW: usize = 36;
const TALL_ROW: usize = 56;
const MARGIN: usize = 24;
/// Room for offsets to the left of a drawing.
const GUTTER: usize = 28;
const LINE: usize = 18;
/// Maximum height of a column, unless a single type is higher.
const COLUMN: usize = 1400;

impl Schema {
    /// Draws the frame and its nested frames as an SVG image, with fields in rows of 32 bits and
    /// offsets. Computed fields are shaded, variable-length fields have broken sides, and optional
    /// fields are dashed.
    ///
    /// The types of a large protocol are in several columns, and fields link to their types. The
    /// colours follow the reader's light or dark scheme.
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
        let frames = Frames::of(&self.0);
        let names = Names { root: self.0.name, frames: &frames };
        let blocks: Vec<Block> =
            frames.iter().map(|(name, schema)| Block::new(name, schema, &names)).collect();
        let places = places(&blocks);
        let right = places.iter().map(|[x, _]| x + block::WIDTH).max().unwrap_or(0);
        let ends = blocks.iter().zip(&places).map(|(block, [_, y])| y + block.height);
        let (width, height) = (right + MARGIN, ends.max().unwrap_or(0) + MARGIN);
        write!(
            f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\">\n<title>{}</title>\n{STYLE}",
            Escaped(self.0.name),
        )?;
        writeln!(f, "<defs><g id=\"{}\">{}</g></defs>", names.ruler(), ruler())?;
        writeln!(f, "<rect class=\"fw-paper\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>")?;
        for (block, [x, y]) in blocks.iter().zip(places) {
            writeln!(f, "<g id=\"{}\" transform=\"translate({x} {y})\">", names.id(block.name))?;
            writeln!(f, "{}</g>", block.body)?;
        }
        writeln!(f, "</svg>")
    }
}

/// Returns the position of each block, which is below the previous block or at the top of a new
/// column.
fn places(blocks: &[Block]) -> Vec<[usize; 2]> {
    let tallest = blocks.iter().map(|block| block.height).max().unwrap_or(0);
    let bottom = MARGIN + tallest.max(COLUMN);
    let (mut x, mut y) = (MARGIN, MARGIN);
    let place = |block: &Block| {
        if y + block.height > bottom {
            (x, y) = (x + block::WIDTH + 2 * MARGIN, MARGIN);
        }
        let place = [x, y];
        y += block.height + MARGIN;
        place
    };
    blocks.iter().map(place).collect()
}

/// Returns the SVG text of the ruler with the numbers of the bits.
fn ruler() -> String {
    let bit = |bit| format!("<text class=\"fw-bit\" x=\"{}\">{bit}</text>", GUTTER + bit * BIT + BIT / 2);
    (0..WIDTH).map(bit).collect()
}

/// The anchors of an image. They begin with the name of its frame, so that one page can contain
/// several images.
struct Names<'f> {
    root: &'f str,
    frames: &'f Frames,
}

impl Names<'_> {
    fn id(&self, name: &str) -> String {
        format!("{}.{}", Escaped(self.root), Escaped(name))
    }

    fn ruler(&self) -> String {
        format!("{}-bits", Escaped(self.root))
    }

    /// Returns the anchor of the block of `schema`.
    fn of(&self, schema: &Schema) -> String {
        self.id(self.frames.name(schema))
    }
}

/// The style of the image. Class names have a prefix, because an inline image shares them with the
/// page.
const STYLE: &str = "\
<style>
.fw-paper { fill: #ffffff }
.fw-title { font: 600 16px system-ui, sans-serif; fill: #16202a }
.fw-variant { font: 600 13px system-ui, sans-serif; fill: #16202a }
.fw-note { font: 400 12px system-ui, sans-serif; fill: #5b6b7a }
.fw-bit { font: 9px ui-monospace, monospace; fill: #6b7b8a; text-anchor: middle }
.fw-offset { font: 10px ui-monospace, monospace; fill: #6b7b8a; text-anchor: end }
.fw-name { font: 13px ui-monospace, monospace; fill: #16202a; text-anchor: middle }
.fw-small { font: 11px system-ui, sans-serif; fill: #51606e; text-anchor: middle }
.fw-value { fill: #eaf2fb }
.fw-derived { fill: #f3efe2 }
.fw-value, .fw-derived { stroke: #51667a; stroke-width: 1.25; stroke-linejoin: round }
.fw-optional { stroke-dasharray: 5 3 }
a .fw-small { fill: #1d5fa8; text-decoration: underline }
@media (prefers-color-scheme: dark) {
.fw-paper { fill: #10171f }
.fw-title, .fw-variant, .fw-name { fill: #e6edf3 }
.fw-note, .fw-small { fill: #a9b7c4 }
.fw-bit, .fw-offset { fill: #8494a3 }
.fw-value { fill: #17293b }
.fw-derived { fill: #332d1c }
.fw-value, .fw-derived { stroke: #7189a0 }
a .fw-small { fill: #7db4ee }
}
</style>
";

/// Displays text escaped for XML.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            '"' => f.write_str("&quot;"),
            other => write!(f, "{other}"),
        })
    }
}
