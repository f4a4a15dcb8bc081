//! The commands that draw a declaration, and that write codecs in other languages.

use std::io::Write;
use std::string::{String, ToString as _};

use crate::error::{Error, Result};
use crate::schema::Schema;

pub(super) fn each(
    schemas: &[&'static Schema],
    out: &mut impl Write,
    draw: impl Fn(&'static Schema) -> String,
) -> Result<()> {
    for (index, schema) in schemas.iter().enumerate() {
        let apart = if index > 0 { "\n" } else { "" };
        writeln!(out, "{apart}{}", draw(schema).trim_end())?;
    }
    Ok(out.flush()?)
}

pub(super) fn print(out: &mut impl Write, drawing: impl std::fmt::Display) -> Result<()> {
    writeln!(out, "{}", drawing.to_string().trim_end())?;
    Ok(out.flush()?)
}

pub(super) fn python(
    schemas: &[&'static Schema],
    with: &[(String, String)],
    out: &mut impl Write,
) -> Result<()> {
    let [first, others @ ..] = schemas else { return Err(Error::other("the protocol has no types")) };
    let module = others.iter().fold(first.python(), |module, schema| module.and(schema));
    let module = with.iter().fold(module, |module, (field, object)| module.with(field, object));
    print(out, module.generate().map_err(|refused| Error::other(refused.to_string()))?)
}

pub(super) fn typescript(
    schemas: &[&'static Schema],
    with: &[(String, String)],
    js: bool,
    out: &mut impl Write,
) -> Result<()> {
    let [first, others @ ..] = schemas else { return Err(Error::other("the protocol has no types")) };
    let module = others.iter().fold(first.typescript(), |module, schema| module.and(schema));
    let module = with.iter().fold(module, |module, (field, object)| module.with(field, object));
    let module = if js { module.javascript() } else { module };
    print(out, module.generate().map_err(|refused| Error::other(refused.to_string()))?)
}

/// Writes a dissector for Wireshark. If there are several types, frames of the first are sent to
/// the port, and frames of the second come from it.
pub(super) fn wireshark(schemas: &[&'static Schema], port: u16, out: &mut impl Write) -> Result<()> {
    match schemas {
        [request, reply, ..] => print(out, request.wireshark(port).replies(reply)),
        [only] => print(out, only.wireshark(port)),
        [] => Err(Error::other("the protocol has no types")),
    }
}
