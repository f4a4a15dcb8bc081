//! Fast-path readers and writers in Python. They use `struct` and slices, and raise one exception
//! for anything unusual.
//!
//! The callers of the fast path catch exceptions by type, so that a bug in the generated code is
//! not taken for an irregular frame. While reading, the code below raises `_Irregular`, expressions
//! of the declaration raise `_Overflow`, a run beyond the end of the bytes raises `struct.error`,
//! text raises `UnicodeDecodeError`, a tag without a name raises `DecodeError`, and an exhausted
//! stack raises `RecursionError`. While writing, a value and its parts may be of any type, so there
//! are also `TypeError`, `AttributeError` and `OverflowError`; `UnicodeEncodeError` and
//! `EncodeError` replace the two corresponding errors of reading. The runtime calls these two sets
//! `_IRREGULAR_BYTES` and `_IRREGULAR_VALUE`.

mod read;
mod types;
mod write;

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};

use super::print::{Body, typed};
use crate::view::plan::{Code, Item, Kind, Ty};

/// The state for printing the fast path of a module.
pub(super) struct Quick<'a> {
    pub(super) items: &'a [Item],
    pub(super) unions: &'a [String],
    /// Layouts that are compiled when the module is loaded.
    pub(super) layouts: BTreeSet<String>,
}

/// Returns the name of a compiled layout such as `>IIB`.
pub(super) fn layout_name(layout: &str) -> String {
    let (order, letters) = layout.split_at(1);
    format!("_{}_{letters}", if order == "<" { "le" } else { "be" })
}

/// Returns the format of a value for `struct`.
fn letter(kind: &Kind) -> String {
    match kind {
        Kind::Int { bytes: 3, .. } => String::from("3s"),
        Kind::Int { bytes, signed, .. } => {
            let letter = match bytes {
                1 => "b",
                2 => "h",
                4 => "i",
                _ => "q",
            };
            if *signed { letter.to_string() } else { letter.to_uppercase() }
        }
        Kind::Float { bytes: 4, .. } => String::from("f"),
        Kind::Float { .. } => String::from("d"),
        Kind::Truth => String::from("B"),
        Kind::Bytes(count) => format!("{count}s"),
        Kind::Constant(bytes) => format!("{}s", bytes.len()),
        Kind::Skip(count) => format!("{count}x"),
    }
}

fn layout<'k>(kinds: impl Iterator<Item = &'k Kind> + Clone) -> String {
    let order = if kinds.clone().any(|kind| kind.little() == Some(true)) { '<' } else { '>' };
    let letters: String = kinds.map(letter).collect();
    format!("{order}{letters}")
}

impl Quick<'_> {
    fn compiled(&mut self, layout: String) -> String {
        let name = layout_name(&layout);
        self.layouts.insert(layout);
        name
    }

    fn item(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.name == name)
    }
}

impl Body<'_> {
    fn bind(&mut self, var: &Code, ty: Option<&Ty>, value: &Code, indent: usize) {
        let value = self.code(value);
        let ty = ty.map(|ty| format!(": {}", typed(ty, self.unions, &[]))).unwrap_or_default();
        let var = self.declared(var);
        self.line(indent, &format!("{var}{ty} = {value}"));
    }

    fn declare(&mut self, var: &Code, ty: &Ty, indent: usize) {
        let (var, ty) = (self.declared(var), typed(ty, self.unions, &[]));
        self.line(indent, &format!("{var}: {ty}"));
    }

    fn fail(&mut self, condition: &Code, indent: usize) {
        let text = format!("if {}:", self.code(condition));
        self.line(indent, &text);
        self.line(indent + 1, "raise _Irregular");
    }
}
