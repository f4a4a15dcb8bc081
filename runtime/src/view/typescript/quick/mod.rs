//! Fast-path readers and writers in TypeScript. Positions are numbers, and one constant is thrown
//! for anything unusual.

mod read;
mod write;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use super::print::{Body, ty};
use crate::view::plan::{Code, Kind, Names, Put, Scan, Ty};

/// Returns the body of a fast-path reader.
pub(super) fn read(scans: &[Scan], union: bool) -> String {
    let mut body =
        Body { names: Names::default(), alone: false, union, counts: BTreeMap::new(), out: String::new() };
    body.scans(scans, 2);
    body.out
}

/// Returns the body of a fast-path writer.
pub(super) fn write(put: &Put, alone: bool, union: bool) -> String {
    let mut body =
        Body { names: Names::default(), alone, union, counts: BTreeMap::new(), out: String::new() };
    body.names.enter();
    body.put(put, 2);
    body.line(2, "return at;");
    body.out
}

/// Returns the name that the functions for a kind of value share: `Uint16` for `getUint16` and
/// `putUint16`.
fn named(kind: &Kind) -> String {
    let order = if kind.little() == Some(true) { "Le" } else { "" };
    match kind {
        Kind::Int { bytes, signed, .. } => {
            format!("{}{}{order}", if *signed { "Int" } else { "Uint" }, bytes * 8)
        }
        Kind::Float { bytes, .. } => format!("Float{}{order}", bytes * 8),
        Kind::Truth => String::from("Truth"),
        Kind::Bytes(_) | Kind::Constant(_) | Kind::Skip(_) => String::from("Bytes"),
    }
}

fn behind(at: &str, count: usize) -> String {
    if count == 0 { at.to_string() } else { format!("{at} + {count}") }
}

impl Body {
    fn bind(&mut self, var: &Code, of: Option<&Ty>, value: &Code, indent: usize) {
        let value = self.code(value);
        let var = self.declared(var);
        let text = match of {
            Some(of) => format!("let {var}«: {}» = {value};", ty(of)),
            None => format!("const {var} = {value};"),
        };
        self.line(indent, &text);
    }

    fn fail(&mut self, condition: &Code, indent: usize) {
        let text = format!("if ({}) throw IRREGULAR;", self.code(condition));
        self.line(indent, &text);
    }
}
