//! Interfaces, types and constants in TypeScript.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::print::{Body, ty};
use super::quick;
use super::words::{member, member_of_variant, quoted, variant};
use crate::view::plan::{Case, Item, Member, Module, Name, Names, Shape, Stmt, Ty, Unsayable};

/// Returns the text of a module. `«` and `»` enclose the parts that JavaScript does not have.
pub(super) fn module(module: &Module, with: &[(String, String)]) -> Result<String, Unsayable> {
    let names: Vec<_> = module.items.iter().map(|item| &*item.name).collect();
    let mut out = format!(
        "// {}: made from the declaration by Framewright; do not edit.\n// Declaration {:016x}.\n",
        names.first().unwrap_or(&"Frames"),
        module.hash
    );
    for (index, (_, path)) in with.iter().enumerate() {
        let Some((from, name)) = path.rsplit_once('.') else { continue };
        out.push_str(&format!("import {{ {name} as brought{index} }} from {};\n", quoted(from)));
    }
    for item in &module.items {
        out.push('\n');
        out.push_str(&Type { item }.text()?);
    }
    out.push('\n');
    out.push_str(include_str!("runtime.ts.in"));
    out.push('\n');
    out.push_str(include_str!("quick.ts.in"));
    Ok(out)
}

struct Type<'a> {
    item: &'a Item,
}

/// Returns a doc comment.
fn doc(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent * 2);
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let text = lines.join("\n").trim().replace("*/", "* /").replace(['«', '»'], "\"");
    match text.lines().count() {
        0 => String::new(),
        1 => format!("{pad}/** {text} */\n"),
        _ => {
            let lines: String =
                text.lines().map(|line| format!("{pad} * {line}").trim_end().to_string() + "\n").collect();
            format!("{pad}/**\n{lines}{pad} */\n")
        }
    }
}

impl Type<'_> {
    fn text(&self) -> Result<String, Unsayable> {
        let name = &self.item.name;
        let doc = doc(self.item.doc, 0);
        let mut out = String::new();
        match &self.item.shape {
            Shape::Struct(members) => {
                out.push_str(&format!(
                    "«{doc}export interface {name} {{\n{}}}\n\n»",
                    self.members(members, 1)?
                ));
                out.push_str(&format!("export const {name} = {{\n"));
                out.push_str(&self.functions(name, ""));
            }
            Shape::Alone(value) => {
                out.push_str(&format!("const {name} = {{\n"));
                out.push_str(&self.reads(&ty(value)));
                out.push_str(&self.writes(&ty(value), true));
            }
            Shape::Plain { names, open } => {
                out.push_str(&self.plain(names, *open, &doc)?);
            }
            Shape::Union(cases) => {
                let mut union = String::new();
                for case in cases {
                    union.push_str(&self.case(case)?);
                }
                out.push_str(&format!("«{doc}export type {name} =\n{};\n\n»", union.trim_end()));
                out.push_str(&format!("export const {name} = {{\n"));
                out.push_str(&self.functions(name, &self.tag(name)));
            }
        }
        out.push_str("};\n");
        Ok(out)
    }

    fn members(&self, members: &[Member], indent: usize) -> Result<String, Unsayable> {
        let name_of = if indent > 1 { member_of_variant } else { member };
        let names: Vec<_> = members.iter().map(|each| name_of(each.name)).collect();
        unique(&names)?;
        let mut out = String::new();
        for (each, name) in members.iter().zip(&names) {
            out.push_str(&doc(each.doc, indent));
            let size = each.size.replace('\n', " ").replace(['«', '»'], "\"");
            out.push_str(&format!(
                "{:indent$}{name}: {}; // {size}\n",
                "",
                ty(&each.ty),
                indent = indent * 2
            ));
        }
        Ok(out)
    }

    fn case(&self, case: &Case) -> Result<String, Unsayable> {
        let kind = quoted(case.name.trim_start_matches("r#"));
        let members = self.members(&case.members, 3)?;
        let doc = doc(case.doc, 1);
        Ok(match members.is_empty() {
            true => format!("{doc}  | {{ kind: {kind} }}\n"),
            false => format!("{doc}  | {{\n      kind: {kind};\n{members}    }}\n"),
        })
    }

    fn plain(&self, names: &[Name], open: bool, doc_text: &str) -> Result<String, Unsayable> {
        let name = &self.item.name;
        unique(&names.iter().map(|each| variant(each.name)).collect::<Vec<_>>())?;
        let numbers: Vec<_> = names.iter().map(|each| each.number.to_string()).collect();
        let of = if open || numbers.is_empty() { String::from("number") } else { numbers.join(" | ") };
        let mut out = format!("«{doc_text}export type {name} = {of};\n\n»export const {name} = {{\n");
        for each in names {
            if each.number.unsigned_abs() > 1 << 53 {
                return Err(Unsayable::new(format!(
                    "the tag of {} is too large for a number in TypeScript",
                    each.name
                )));
            }
            out.push_str(&doc(each.doc, 1));
            out.push_str(&format!("  {}: {}« as const»,\n", variant(each.name), each.number));
        }
        let of = self.function(&self.item.of_tag, false);
        let of = format!(
            "\n  /** @internal */\n  _of(r«: Reader», tag«: number», at«: number»)«: {name}» {{\n{of}  }},\n"
        );
        out.push('\n');
        out.push_str(&self.functions(name, &(of + &self.tag("number"))));
        Ok(out)
    }

    /// Prints the public functions, and the internal functions that they call. `tags` is the text
    /// of the functions for the tags of an enum.
    fn functions(&self, of: &str, tags: &str) -> String {
        let name = &self.item.name;
        let mut out = String::new();
        if self.item.params.is_empty() {
            let quoted = quoted(name);
            let quick_write = match self.item.quick_write {
                Some(_) => format!("quickly({name}._quickWrite, value) ?? "),
                None => String::new(),
            };
            let quick_read = match self.item.quick_read {
                Some(_) => format!(", {name}._quickRead"),
                None => String::new(),
            };
            out.push_str(&format!(
                "  /** The bytes of a value. */\n  encode(value«: {of}»)«: Uint8Array» {{\n    \
                 return {quick_write}encode({quoted}, (w) => {name}._write(value, w));\n  }},\n\n  \
                 /** Decodes all of the bytes. */\n  decode(bytes«: Uint8Array»)«: {of}» {{\n    \
                 return decode({quoted}, bytes, (r) => {name}._read(r){quick_read});\n  }},\n\n  \
                 /** Parses one value from the start of the bytes, and returns it with its size in bytes. */\n  \
                 parse(bytes«: Uint8Array»)«: {{ value: {of}; used: number }}» {{\n    \
                 return parse({quoted}, bytes, (r) => {name}._read(r){quick_read});\n  }},\n"
            ));
        }
        let internal = [tags, &*self.reads(of), &*self.writes(of, false)].concat();
        // Functions are separated by a blank line, but an object does not begin with one.
        out.push_str(if out.is_empty() { internal.trim_start_matches('\n') } else { &internal });
        out
    }

    fn params(&self) -> String {
        let param = |(name, of): &(String, Ty)| {
            let of = match of {
                Ty::Int(..) if name == "tag" => String::from("number"),
                Ty::Int(..) => String::from("Numeric"),
                of => ty(of),
            };
            format!(", {name}«: {of}»")
        };
        self.item.params.iter().map(param).collect()
    }

    fn function(&self, stmts: &[Stmt], alone: bool) -> String {
        let union = matches!(self.item.shape, Shape::Union(_));
        let mut body =
            Body { names: Names::default(), alone, union, counts: BTreeMap::new(), out: String::new() };
        body.block(stmts, 2);
        body.out
    }

    fn reads(&self, of: &str) -> String {
        let body = self.function(&self.item.read, false);
        let careful =
            format!("\n  /** @internal */\n  _read(r«: Reader»{})«: {of}» {{\n{body}  }},\n", self.params());
        let Some(scans) = &self.item.quick_read else { return careful };
        let body = quick::read(scans, matches!(self.item.shape, Shape::Union(_)));
        format!(
            "\n  /** @internal */\n  _quickRead(data«: Uint8Array», at«: number», end«: number»)«: {of}» {{\n{body}  }},\n{careful}"
        )
    }

    fn writes(&self, of: &str, alone: bool) -> String {
        let body = self.function(&self.item.write, alone);
        let careful = format!(
            "\n  /** @internal */\n  _write(value«: {of}», w«: Writer»{})«: void» {{\n{body}  }},\n",
            self.params()
        );
        let Some(put) = &self.item.quick_write else { return careful };
        let body = quick::write(put, alone, matches!(self.item.shape, Shape::Union(_)));
        format!(
            "\n  /** @internal */\n  _quickWrite(value«: {of}», at«: number»)«: number» {{\n{body}  }},\n{careful}"
        )
    }

    fn tag(&self, of: &str) -> String {
        let Some((tag, stmts)) = &self.item.tag else { return String::new() };
        let is_plain = matches!(self.item.shape, Shape::Plain { .. });
        let tag = if is_plain { String::from("number") } else { ty(tag) };
        let body = self.function(stmts, false);
        format!("\n  /** @internal */\n  _tag(v«: {of}»)«: {tag}» {{\n{body}  }},\n")
    }
}

/// Returns an error if two names are the same in TypeScript.
fn unique(names: &[String]) -> Result<(), Unsayable> {
    for (index, name) in names.iter().enumerate() {
        if names.get(..index).unwrap_or_default().contains(name) {
            return Err(Unsayable::new(format!("two names would both be `{name}` in TypeScript")));
        }
    }
    Ok(())
}
