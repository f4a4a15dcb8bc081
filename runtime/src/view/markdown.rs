//! Reference pages in Markdown, generated from a schema and its doc comments.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use super::cells::{Cell, shapes};
use crate::schema::frames::frames;
use crate::schema::text;
use crate::schema::{Check, Order, Schema};

impl Schema {
    /// Returns a reference of the frame and its nested frames in Markdown: tables of the fields
    /// with offset, size, type and doc comment.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// /// What a sensor reports.
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading {
    ///     /// Which sensor.
    ///     sensor: u16,
    /// }
    ///
    /// let markdown = Reading::SCHEMA.markdown().to_string();
    /// assert!(markdown.starts_with("# Reading\n\nWhat a sensor reports.\n"));
    /// assert!(markdown.contains("| 0 | 2 | `sensor` | u16 be | Which sensor. |"));
    /// ```
    pub fn markdown(&self) -> impl fmt::Display {
        Markdown(*self)
    }
}

struct Markdown(Schema);

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, schema) in frames(&self.0).iter().enumerate() {
            let heading = if index == 0 { "#" } else { "\n##" };
            writeln!(f, "{heading} {}\n", schema.name)?;
            frame(f, schema)?;
        }
        Ok(())
    }
}

fn frame(f: &mut fmt::Formatter<'_>, schema: &Schema) -> fmt::Result {
    paragraphs(f, schema.doc)?;
    let order = match schema.order {
        Some(Order::Big) => ", big-endian",
        Some(Order::Little) => ", little-endian",
        None => "",
    };
    writeln!(f, "{}{order}.{}", text::size(schema), Limit(schema.max))?;
    if schema.is_plain_enum() {
        return values(f, schema);
    }
    for shape in shapes(schema) {
        if let Some(variant) = shape.variant {
            writeln!(f, "\n### {} (`{}`)\n", variant.name, variant.shown_tag())?;
            paragraphs(f, variant.doc)?;
        } else {
            writeln!(f)?;
        }
        table(f, &shape.cells)?;
        checks(f, shape.checks)?;
    }
    Ok(())
}

struct Limit(Option<usize>);

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|max| write!(f, " At most {max} bytes are accepted."))
    }
}

fn paragraphs(f: &mut fmt::Formatter<'_>, doc: &str) -> fmt::Result {
    if doc.trim().is_empty() {
        return Ok(());
    }
    doc.trim().lines().try_for_each(|line| writeln!(f, "{}", line.trim()))?;
    writeln!(f)
}

/// Writes the variants of a fieldless enum.
fn values(f: &mut fmt::Formatter<'_>, schema: &Schema) -> fmt::Result {
    writeln!(f, "\n| Value | Name | Meaning |\n|---|---|---|")?;
    shapes(schema).iter().filter_map(|shape| shape.variant).try_for_each(|variant| {
        writeln!(
            f,
            "| `{}` | `{}` | {} |",
            cell(&variant.shown_tag().to_string()),
            variant.name,
            cell(variant.doc)
        )
    })
}

fn table(f: &mut fmt::Formatter<'_>, cells: &[Cell]) -> fmt::Result {
    if cells.is_empty() {
        return writeln!(f, "Nothing on the wire.");
    }
    writeln!(f, "| Offset | Size | Field | Type | Meaning |\n|---|---|---|---|---|")?;
    let mut offset = Some(0);
    for part in cells {
        let at = offset.map(place).unwrap_or_default();
        let size = match part.bits {
            Some(bits) => length(bits),
            None if part.size.is_empty() => String::from("varies"),
            None => part.size.clone(),
        };
        let meaning = [part.doc.clone(), part.notes()].into_iter().filter(|text| !text.is_empty());
        let meaning = meaning.map(|text| sentence(&text)).collect::<alloc::vec::Vec<_>>().join(" ");
        writeln!(
            f,
            "| {at} | {} | `{}` | {} | {} |",
            cell(&size),
            part.name,
            cell(&part.ty),
            cell(&meaning)
        )?;
        offset = offset.zip(part.bits).map(|(offset, bits)| offset + bits);
    }
    Ok(())
}

/// Writes the invariants.
fn checks(f: &mut fmt::Formatter<'_>, checks: &[Check]) -> fmt::Result {
    if checks.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nA value is refused unless all of these conditions are true:\n")?;
    checks.iter().try_for_each(|check| {
        let field = check.field.map(|field| format!("`{field}`: ")).unwrap_or_default();
        writeln!(f, "- {field}`{}` ({})", check.condition, check.message)
    })
}

/// Formats the offset of a part in bytes. `0.4` is the fifth bit of the first byte.
fn place(bits: usize) -> String {
    match bits % 8 {
        0 => (bits / 8).to_string(),
        bit => format!("{}.{bit}", bits / 8),
    }
}

/// Formats the size of a part: in bytes if it consists of whole bytes, and in bits otherwise.
fn length(bits: usize) -> String {
    match bits % 8 {
        0 => (bits / 8).to_string(),
        _ => format!("{bits} bit{}", if bits == 1 { "" } else { "s" }),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let dot = if text.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    format!("{first}{}{dot}", letters.as_str())
}

/// Escapes text for a table cell.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<alloc::vec::Vec<_>>().join(" ").replace('|', "\\|")
}
