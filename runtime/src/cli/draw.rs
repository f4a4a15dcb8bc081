//! What a declaration is drawn as, and codecs in other languages.

use std::io::Write;
use std::string::{String, ToString as _};

use super::frames::Kind;
use crate::error::{Error, Result};

pub(super) fn each(kinds: &[&Kind], out: &mut impl Write, draw: impl Fn(&Kind) -> String) -> Result<()> {
    for (index, kind) in kinds.iter().enumerate() {
        let apart = if index > 0 { "\n" } else { "" };
        writeln!(out, "{apart}{}", draw(kind).trim_end())?;
    }
    Ok(out.flush()?)
}

pub(super) fn print(out: &mut impl Write, drawing: impl std::fmt::Display) -> Result<()> {
    writeln!(out, "{}", drawing.to_string().trim_end())?;
    Ok(out.flush()?)
}

pub(super) fn python(kinds: &[&Kind], with: &[(String, String)], out: &mut impl Write) -> Result<()> {
    let [first, others @ ..] = kinds else { return Err(Error::other("there are no types")) };
    let module = others.iter().fold(first.schema.python(), |module, kind| module.and(kind.schema));
    let module = with.iter().fold(module, |module, (field, object)| module.with(field, object));
    print(out, module.generate().map_err(|refused| Error::other(refused.to_string()))?)
}

pub(super) fn typescript(
    kinds: &[&Kind],
    with: &[(String, String)],
    js: bool,
    out: &mut impl Write,
) -> Result<()> {
    let [first, others @ ..] = kinds else { return Err(Error::other("there are no types")) };
    let module = others.iter().fold(first.schema.typescript(), |module, kind| module.and(kind.schema));
    let module = with.iter().fold(module, |module, (field, object)| module.with(field, object));
    let module = if js { module.javascript() } else { module };
    print(out, module.generate().map_err(|refused| Error::other(refused.to_string()))?)
}

/// The first of two types is what goes to the port, the second what comes from it.
pub(super) fn wireshark(kinds: &[&Kind], port: u16, out: &mut impl Write) -> Result<()> {
    match kinds {
        [request, reply, ..] => print(out, request.schema.wireshark(port).replies(reply.schema)),
        [only] => print(out, only.schema.wireshark(port)),
        [] => Err(Error::other("there are no types")),
    }
}
