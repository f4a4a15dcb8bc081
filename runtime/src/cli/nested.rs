//! Showing nested frames alone. `--type Item`, for example, shows only the items of type `Item` in
//! a list.

use std::format;
use std::io::Write;
use std::string::String;
use std::vec::Vec;

use super::frames::Kind;
use super::input::Input;
use super::traffic::Happened;
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind, Error, Result};
use crate::json::shown;
use crate::schema::dissect::dissect;
use crate::schema::{Body, Measured, Schema, Type};
use crate::view::{dump_fault, dump_schema};

/// Returns the schemas of the types and of all frames nested in them. No name occurs twice.
pub(super) fn all(kinds: &[Kind]) -> Vec<&'static Schema> {
    let mut all = Vec::new();
    kinds.iter().for_each(|kind| add(kind.schema, &mut all));
    all
}

fn add(schema: &'static Schema, all: &mut Vec<&'static Schema>) {
    // The hidden frames of list items have no name that users know, so all of them are visited for
    // the frames in them.
    let is_known = |known: &&Schema| {
        std::ptr::eq::<Schema>(*known, schema) || (known.name == schema.name && !schema.is_item)
    };
    if all.iter().any(is_known) {
        return;
    }
    all.push(schema);
    let (fields, variants) = match schema.body {
        Body::Struct(fields) => (fields, &[][..]),
        Body::Enum(variants) => (&[][..], variants),
    };
    let fields = schema.head.iter().chain(fields).chain(variants.iter().flat_map(|variant| variant.fields));
    for field in fields {
        add_type(&field.ty, all);
    }
}

fn add_type(ty: &Type, all: &mut Vec<&'static Schema>) {
    match ty {
        Type::Frame(schema) => add(schema(), all),
        Type::Bits(bits) => bits.of.as_enum().into_iter().for_each(|schema| add(schema, all)),
        Type::Array(item, _) | Type::List(item) => add_type(item, all),
        Type::Tuple(items) => items.iter().for_each(|item| add_type(item, all)),
        _ => {}
    }
}

/// Shows bytes as consecutive frames of a schema, up to the first malformed frame.
pub(super) fn show(
    schema: &'static Schema,
    mut input: Input,
    json: bool,
    out: &mut impl Write,
    colored: bool,
) -> Result<()> {
    if input.is_capture() {
        return Err(Error::other(format!(
            "{} occurs only inside other frames, so it cannot be read from a capture",
            schema.name
        )));
    }
    let Some(measure) = schema.measure else {
        return Err(Error::other(format!(
            "{} cannot be decoded alone: it depends on the frame around it",
            schema.name
        )));
    };
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(event) = input.next()? {
        if let Happened::Bytes(piece) = event.happened {
            bytes.extend_from_slice(&piece);
        }
    }
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let apart = if at > 0 && !json { "\n" } else { "" };
        let error = match measure(rest, &Budget::new(usize::MAX)) {
            Measured::Takes(len @ 1..) => {
                let frame = rest.get(..len).unwrap_or(rest);
                match json {
                    true => writeln!(out, "{}", shown(schema, &dissect(schema, frame), frame))?,
                    false => writeln!(out, "{apart}{}", dump_schema(schema, frame).colored(colored))?,
                }
                at += len;
                continue;
            }
            Measured::Malformed(error) => error,
            Measured::Takes(_) => DecodeError::new(DecodeErrorKind::NoProgress),
            Measured::Lacks(_) | Measured::Awaits { .. } => {
                DecodeError::custom("the frame is truncated").after(rest.len())
            }
        };
        let error = error.in_frame(schema.name, rest);
        if !json {
            writeln!(out, "{apart}{}", dump_fault(schema, rest, rest.len(), &error).colored(colored))?;
        }
        out.flush()?;
        let said: String =
            if at > 0 { format!("in the frame at byte {at}: {error}") } else { format!("{error}") };
        return Err(Error::other(said));
    }
    Ok(out.flush()?)
}
