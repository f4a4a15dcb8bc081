//! Classes in Python.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::print::{Body, typed};
use super::quick::{Quick, layout_name};
use super::words::{case as case_name, member, quoted, variant};
use crate::view::plan::{Case, Item, Member, Module, Name, Names, Shape, Stmt, Ty, Unsayable};

/// Returns the text of a module with all its classes.
pub(super) fn module(module: &Module, with: &[(String, String)]) -> Result<String, Unsayable> {
    let unions: Vec<_> = module
        .items
        .iter()
        .filter(|item| matches!(item.shape, Shape::Union(_)))
        .map(|item| item.name.clone())
        .collect();
    let mut classes = String::new();
    let mut quick = Quick { items: &module.items, unions: &unions, layouts: BTreeSet::new() };
    for item in &module.items {
        let mut class = Class { item, unions: &unions, quick: &mut quick };
        classes.push_str("\n\n");
        classes.push_str(&class.text()?);
    }
    let mut out = String::new();
    let names: Vec<_> = module.items.iter().map(|item| &*item.name).collect();
    out.push_str(&format!(
        "\"\"\"{}: made from the declaration by Framewright; do not edit.\n\nDeclaration {:016x}.\n\"\"\"\n\n",
        names.first().unwrap_or(&"Frames"),
        module.hash
    ));
    out.push_str("from __future__ import annotations\n\n");
    if classes.contains("builtins.") {
        out.push_str("import builtins\n");
    }
    for import in ["asyncio", "functools", "struct", "zlib"] {
        out.push_str(&format!("import {import}\n"));
    }
    out.push_str(
        "from collections.abc import AsyncIterator, Callable, Sequence\nfrom dataclasses import dataclass\n\
         from enum import IntEnum\nfrom ipaddress import IPv4Address, IPv6Address\n\
         from typing import Any, Generic, Literal, NoReturn, TypeVar\n",
    );
    for (index, (_, path)) in with.iter().enumerate() {
        let Some((module, name)) = path.rsplit_once('.') else { continue };
        out.push_str(&format!("from {module} import {name} as _brought{index}\n"));
    }
    if !quick.layouts.is_empty() {
        out.push('\n');
    }
    for layout in &quick.layouts {
        out.push_str(&format!("{} = struct.Struct(\"{layout}\")\n", layout_name(layout)));
    }
    out.push_str(&classes);
    out.push_str("\n\n");
    out.push_str(include_str!("runtime.py"));
    Ok(out)
}

struct Class<'a, 'q> {
    item: &'a Item,
    unions: &'a [String],
    quick: &'q mut Quick<'a>,
}

/// Returns a doc comment as a docstring.
fn docstring(doc: &str, indent: usize) -> String {
    let lines: Vec<_> = doc.lines().map(str::trim).collect();
    let text = lines.join("\n").trim().replace('\\', "\\\\").replace("\"\"\"", "'''");
    if text.is_empty() {
        return String::new();
    }
    let pad = " ".repeat(indent * 4);
    let text = text.replace('\n', &format!("\n{pad}"));
    let text: Vec<_> = text.lines().map(str::trim_end).collect();
    let text = text.join("\n");
    let end = if text.contains('\n') { format!("\n{pad}") } else { String::new() };
    let end = if text.ends_with('"') && end.is_empty() { String::from(" ") } else { end };
    format!("{pad}\"\"\"{text}{end}\"\"\"\n")
}

impl Class<'_, '_> {
    fn text(&mut self) -> Result<String, Unsayable> {
        let item = self.item;
        match &item.shape {
            Shape::Struct(members) => self.structure(members),
            Shape::Alone(ty) => Ok(self.alone(ty)),
            Shape::Plain { names, open } => self.plain(names, *open),
            Shape::Union(cases) => self.union(cases),
        }
    }

    fn name(&self) -> &str {
        &self.item.name
    }

    fn structure(&mut self, members: &[Member]) -> Result<String, Unsayable> {
        let name = &*self.item.name;
        let mut out = format!("@dataclass(slots=True)\nclass {name}:\n");
        out.push_str(&docstring(self.item.doc, 1));
        if !self.item.doc.is_empty() && !members.is_empty() {
            out.push('\n');
        }
        let taken = self.members(members, 1, &mut out)?;
        out.push_str(&self.methods(name, "self._write", &taken, 1));
        out.push_str(&self.read(name, "staticmethod", &taken));
        out.push_str(&self.write("self", "", false, &taken));
        Ok(out)
    }

    /// Appends the fields to `out`, and returns their names.
    fn members(&self, members: &[Member], indent: usize, out: &mut String) -> Result<Vec<String>, Unsayable> {
        let names: Vec<_> = members.iter().map(|each| member(each.name)).collect();
        unique(&names)?;
        let last_needed = members.iter().rposition(|each| !matches!(each.ty, Ty::Option(_)));
        for (index, (each, name)) in members.iter().zip(&names).enumerate() {
            let default = match last_needed {
                Some(last) if index <= last => "",
                _ => " = None",
            };
            let ty = typed(&each.ty, self.unions, &names);
            out.push_str(&format!("{:indent$}{name}: {ty}{default}", "", indent = indent * 4));
            out.push_str(&format!("  # {}\n", each.size.replace('\n', " ")));
            out.push_str(&docstring(each.doc, indent));
        }
        Ok(names)
    }

    /// Returns the text of the public methods.
    fn methods(&self, ty: &str, write: &str, taken: &[String], indent: usize) -> String {
        if !self.item.params.is_empty() {
            return String::new();
        }
        let (pad, bytes) = (" ".repeat(indent * 4), typed(&Ty::Bytes, &[], taken));
        let (int, tuple) = (typed(&Ty::Int(8, false), &[], taken), tuple(taken));
        format!(
            "\n{pad}def encode(self) -> {bytes}:\n{pad}    \"\"\"The bytes of this value.\"\"\"\n{}{}",
            self.encoding("self._quick_write()", write, &pad),
            self.reading(ty, &pad, &bytes, &int, tuple),
        )
    }

    /// Returns the text of the method that encodes a value.
    fn encoding(&self, quick: &str, write: &str, pad: &str) -> String {
        let careful = format!("{pad}    return _encode({}, {write})\n", quoted(self.name()));
        if self.item.quick_write.is_none() {
            return careful;
        }
        format!(
            "{pad}    try:\n{pad}        return {quick}\n{pad}    except _IRREGULAR_VALUE:\n{pad}        pass\n{careful}"
        )
    }

    fn reading(&self, ty: &str, pad: &str, bytes: &str, int: &str, tuple: &str) -> String {
        let (name, quoted) = (self.name(), quoted(self.name()));
        let quick =
            self.item.quick_read.as_ref().map(|_| format!(", {name}._quick_read")).unwrap_or_default();
        format!(
            "\n{pad}@staticmethod\n{pad}def decode(data: {bytes}) -> {ty}:\n\
             {pad}    \"\"\"Decodes all of ``data``.\"\"\"\n\
             {pad}    return _decode({quoted}, data, {name}._read{quick})\n\
             \n{pad}@staticmethod\n{pad}def parse(data: {bytes}) -> {tuple}[{ty}, {int}]:\n\
             {pad}    \"\"\"Parses one value from the start of ``data``, and returns it with its size in bytes.\"\"\"\n\
             {pad}    return _parse({quoted}, data, {name}._read{quick})\n"
        )
    }

    fn params(&self, taken: &[String]) -> String {
        let param = |(name, ty): &(String, Ty)| format!(", {name}: {}", typed(ty, self.unions, taken));
        self.item.params.iter().map(param).collect()
    }

    fn function(&self, stmts: &[Stmt], me: &str, alone: bool) -> String {
        let mut body = Body { names: Names::default(), me, alone, unions: self.unions, out: String::new() };
        body.block(stmts, 2);
        body.out
    }

    fn read(&mut self, ty: &str, kind: &str, taken: &[String]) -> String {
        let body = self.function(&self.item.read, "value", false);
        let careful =
            format!("\n    @{kind}\n    def _read(r: _Reader{}) -> {ty}:\n{body}", self.params(taken));
        let Some(quick) = &self.item.quick_read else { return careful };
        let body = self.quick.read(quick);
        let (bytes, int) = (typed(&Ty::Bytes, &[], taken), typed(&Ty::Int(8, false), &[], taken));
        let tuple = tuple(taken);
        format!(
            "\n    @{kind}\n    def _quick_read(data: {bytes}, at: {int}, end: {int}) -> {tuple}[{ty}, {int}]:\n{body}{careful}"
        )
    }

    fn write(&mut self, me: &str, ty: &str, alone: bool, taken: &[String]) -> String {
        let body = self.function(&self.item.write, me, alone);
        let (decorator, ty) = match me {
            "self" => ("", String::new()),
            _ => ("    @staticmethod\n", format!(": {ty}")),
        };
        let careful = format!(
            "\n{decorator}    def _write({me}{ty}, w: _Writer{}) -> None:\n{body}",
            self.params(taken)
        );
        let Some(quick) = &self.item.quick_write else { return careful };
        let body = self.quick.write(quick, me, alone);
        let bytes = typed(&Ty::Bytes, &[], taken);
        format!("\n{decorator}    def _quick_write({me}{ty}) -> {bytes}:\n{body}{careful}")
    }

    /// Returns the text of the functions for list items (`each`), which are plain values without a
    /// class of their own.
    fn alone(&mut self, ty: &Ty) -> String {
        let ty = typed(ty, self.unions, &[]);
        let mut out = format!("class {}:\n    \"\"\"An item of a list.\"\"\"\n", self.name());
        out.push_str(&self.read(&ty, "staticmethod", &[]));
        out.push_str(&self.write("value", &ty, true, &[]));
        out
    }

    fn plain(&mut self, names: &[Name], open: bool) -> Result<String, Unsayable> {
        let name = &*self.item.name;
        let ty = if open { format!("{name} | int") } else { name.to_string() };
        let mut out = format!("class {name}(IntEnum):\n");
        out.push_str(&docstring(self.item.doc, 1));
        if !self.item.doc.is_empty() {
            out.push('\n');
        }
        unique(&names.iter().map(|each| variant(each.name)).collect::<Vec<_>>())?;
        for each in names {
            out.push_str(&format!("    {} = {}\n", variant(each.name), each.number));
            out.push_str(&docstring(each.doc, 1));
        }
        if self.item.params.is_empty() {
            out.push_str(&format!(
                "\n    def encode(self) -> bytes:\n        \"\"\"The bytes of this value.\"\"\"\n{}",
                self.encoding(
                    &format!("{name}._quick_write(self)"),
                    &format!("lambda w: {name}._write(self, w)"),
                    "    "
                )
            ));
            out.push_str(&self.reading(&ty, "    ", "bytes", "int", "tuple"));
        }
        let of = self.function(&self.item.of_tag, "v", false);
        out.push_str(&format!(
            "\n    @staticmethod\n    def _of(r: _Reader, tag: int, at: int) -> {ty}:\n{of}"
        ));
        out.push_str(&self.tag("int"));
        out.push_str(&self.read(&ty, "staticmethod", &[]));
        out.push_str(&self.write("v", "int", false, &[]));
        Ok(out)
    }

    fn tag(&self, value: &str) -> String {
        let Some((ty, stmts)) = &self.item.tag else { return String::new() };
        let (ty, body) = (typed(ty, self.unions, &[]), self.function(stmts, "v", false));
        format!("\n    @staticmethod\n    def _tag(v: {value}) -> {ty}:\n{body}")
    }

    fn union(&mut self, cases: &[Case]) -> Result<String, Unsayable> {
        let name = &*self.item.name;
        let mut out = format!("class {name}:\n");
        out.push_str(&docstring(self.item.doc, 1));
        unique(&cases.iter().map(|each| case_name(each.name)).collect::<Vec<_>>())?;
        for case in cases {
            out.push_str(&format!("\n    @dataclass(slots=True)\n    class {}:\n", case_name(case.name)));
            out.push_str(&docstring(case.doc, 2));
            if !case.doc.is_empty() && !case.members.is_empty() {
                out.push('\n');
            }
            let taken = self.members(&case.members, 2, &mut out)?;
            let bytes = typed(&Ty::Bytes, &[], &taken);
            match self.item.params.is_empty() {
                true => out.push_str(&format!(
                    "\n        def encode(self) -> {bytes}:\n            \"\"\"The bytes of this value.\"\"\"\n{}",
                    self.encoding(
                        &format!("{name}._quick_write(self)"),
                        &format!("lambda w: {name}._write(self, w)"),
                        "        "
                    )
                )),
                false if case.members.is_empty() && case.doc.is_empty() => out.push_str("        pass\n"),
                false => {}
            }
        }
        let variants: Vec<_> = cases.iter().map(|case| case_name(case.name)).collect();
        out.push_str(&format!("\n    Variant = {}\n", variants.join(" | ")));
        let ty = format!("{name}.Variant");
        if self.item.params.is_empty() {
            out.push_str(&self.reading(&ty, "    ", "bytes", "int", "tuple"));
        }
        out.push_str(&self.tag(&ty));
        out.push_str(&self.read(&ty, "staticmethod", &[]));
        out.push_str(&self.write("v", &ty, false, &[]));
        Ok(out)
    }
}

fn tuple(taken: &[String]) -> &'static str {
    if taken.iter().any(|name| name == "tuple") { "builtins.tuple" } else { "tuple" }
}

/// Returns an error if two names are the same in Python.
fn unique(names: &[String]) -> Result<(), Unsayable> {
    for (index, name) in names.iter().enumerate() {
        if names.get(..index).unwrap_or_default().contains(name) {
            return Err(Unsayable::new(format!("two names would both be `{name}` in Python")));
        }
    }
    Ok(())
}
