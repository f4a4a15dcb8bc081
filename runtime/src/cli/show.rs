//! Frames as people and programs read them: `dump` and `decode`.

use std::format;
use std::io::Write;
use std::string::{String, ToString as _};

use super::frames::{Fault, Kind};
use crate::error::{Error, Result};

pub(super) fn dump(kind: &Kind, bytes: &[u8], out: &mut impl Write, colored: bool) -> Result<()> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let measured = (kind.measure)(rest);
        let len = measured.as_ref().map_or(rest.len(), |len| *len);
        let frame = rest.get(..len).unwrap_or(rest);
        let apart = if at > 0 { "\n" } else { "" };
        writeln!(out, "{apart}{}", (kind.dump)(frame).colored(colored))?;
        measured.map_err(|error| Error::other(behind(at, &error)))?;
        at += len;
        if len == 0 && at < bytes.len() {
            return Err(Error::other(format!("{} bytes are left over", bytes.len() - at)));
        }
        if at >= bytes.len() {
            return Ok(out.flush()?);
        }
    }
}

/// A fault of the frame that starts at a byte of the input.
fn behind(at: usize, error: &dyn std::fmt::Display) -> String {
    if at == 0 { error.to_string() } else { format!("in the frame at byte {at}: {error}") }
}

pub(super) fn decode(kind: &Kind, bytes: &[u8], out: &mut impl Write) -> Result<()> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let len = (kind.measure)(rest).map_err(|error| Error::other(behind(at, &error)))?;
        match (kind.decode)(rest.get(..len).unwrap_or(rest)) {
            Ok(json) => writeln!(out, "{json}")?,
            Err(Fault::Decode(error)) => return Err(Error::other(behind(at, &error))),
            Err(Fault::Encode(error)) => return Err(Error::other(behind(at, &error))),
        }
        at += len;
        if len == 0 && at < bytes.len() {
            return Err(Error::other(format!("{} bytes are left over", bytes.len() - at)));
        }
        if at >= bytes.len() {
            return Ok(out.flush()?);
        }
    }
}
