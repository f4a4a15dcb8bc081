//! Fast-path readers.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Quick, layout, letter};
use crate::view::plan::{Code, Kind, Names, Scan};
use crate::view::python::print::{Body, typed};

impl Quick<'_> {
    /// Returns the body of a fast-path reader.
    pub(in crate::view::python) fn read(&mut self, scans: &[Scan]) -> String {
        let mut body = Body {
            names: Names::default(),
            me: "value",
            alone: false,
            unions: self.unions,
            out: String::new(),
        };
        self.scans(&mut body, scans, 2);
        body.out
    }

    fn scans(&mut self, body: &mut Body<'_>, scans: &[Scan], indent: usize) {
        body.names.enter();
        if scans.is_empty() {
            body.line(indent, "pass");
        }
        scans.iter().for_each(|scan| self.scan(body, scan, indent));
        body.names.leave();
    }

    fn scan(&mut self, body: &mut Body<'_>, scan: &Scan, indent: usize) {
        match scan {
            Scan::Run(at, _, values) => self.run(body, at, values, indent),
            Scan::Let(var, ty, value) => body.bind(var, ty.as_ref(), value, indent),
            Scan::Declare(var, ty) => body.declare(var, ty, indent),
            Scan::Set(var, value) => {
                let text = format!("{} = {}", body.code(var), body.code(value));
                body.line(indent, &text);
            }
            Scan::Fail(condition) => body.fail(condition, indent),
            Scan::GiveUp => body.line(indent, "raise _Irregular"),
            Scan::If(condition, yes, no) => self.choice(body, "if", condition, (yes, no), indent),
            Scan::Frame { value, behind, frame, at, end } => {
                let call = format!("{frame}._quick_read(data, {}, {})", body.code(at), body.code(end));
                let (value, behind) = (body.declared(value), body.declared(behind));
                body.line(indent, &format!("{value}, {behind} = {call}"));
            }
            Scan::Numbers { items, of, count, from, to } => {
                numbers(body, (items, of, count.as_ref()), (from, to), indent);
            }
            Scan::Rows { items, frame, from, to, .. } => {
                let row = match self.item(frame).and_then(|item| item.quick_read.as_deref()) {
                    Some([Scan::Run(_, _, values), ..]) => layout(values.iter().map(|(kind, _)| kind)),
                    _ => String::from(">"),
                };
                let row = self.compiled(row);
                let place = body.slice(from, to);
                let items = body.declared(items);
                body.line(
                    indent,
                    &format!("{items} = [{frame}(*row) for row in {row}.iter_unpack({place})]"),
                );
            }
            Scan::Frames { items, ty, frame, behind, from, count, end } => {
                let (from, end) = (body.code(from), body.code(end));
                let ty = typed(ty, self.unions, &[]);
                let each = match count {
                    Some(count) => format!("for _ in range({}):", body.code(count)),
                    None => String::new(),
                };
                let (items, behind) = (body.declared(items), body.declared(behind));
                body.line(indent, &format!("{items}: {ty} = []"));
                body.line(indent, &format!("{behind} = {from}"));
                let all = format!("while {behind} < {end}:");
                body.line(indent, if each.is_empty() { &all } else { &each });
                let item = body.names.spare("item");
                body.line(
                    indent + 1,
                    &format!("{item}, {behind} = {frame}._quick_read(data, {behind}, {end})"),
                );
                body.line(indent + 1, &format!("{items}.append({item})"));
            }
            Scan::Done(value, behind) => {
                let text = format!("return {}, {}", body.code(value), body.code(behind));
                body.line(indent, &text);
            }
        }
    }

    fn choice(
        &mut self,
        body: &mut Body<'_>,
        word: &str,
        condition: &Code,
        (yes, no): (&[Scan], &[Scan]),
        indent: usize,
    ) {
        let text = format!("{word} {}:", body.code(condition));
        body.line(indent, &text);
        self.scans(body, yes, indent + 1);
        match no {
            [] => {}
            [Scan::If(condition, yes, no)] => self.choice(body, "elif", condition, (yes, no), indent),
            no => {
                body.line(indent, "else:");
                self.scans(body, no, indent + 1);
            }
        }
    }

    /// Writes the statement that reads a run with `struct`, and the statements that check and
    /// convert its values.
    fn run(&mut self, body: &mut Body<'_>, at: &Code, values: &[(Kind, Option<Code>)], indent: usize) {
        let compiled = self.compiled(layout(values.iter().map(|(kind, _)| kind)));
        let read = format!("{compiled}.unpack_from(data, {})", body.code(at));
        let (mut vars, mut then) = (Vec::new(), Vec::new());
        for (kind, var) in values {
            let var = match var {
                Some(var) => body.declared(var),
                None => body.names.spare("constant"),
            };
            let fails = match kind {
                Kind::Skip(_) => continue,
                Kind::Constant(bytes) => Some(format!("{var} != {}", body.code(&Code::Bytes(bytes.clone())))),
                Kind::Float { bytes: 4, .. } => Some(format!("{var} != {var}")),
                Kind::Truth => Some(format!("{var} > 1")),
                _ => None,
            };
            if let Some(fails) = fails {
                then.push((indent, format!("if {fails}:")));
                then.push((indent + 1, String::from("raise _Irregular")));
            }
            match kind {
                Kind::Truth => then.push((indent, format!("{var} = {var} == 1"))),
                Kind::Int { bytes: 3, little, .. } => {
                    let order = if *little { "little" } else { "big" };
                    then.push((indent, format!("{var} = int.from_bytes({var}, \"{order}\")")));
                }
                _ => {}
            }
            vars.push(var);
        }
        match vars.as_slice() {
            [] => body.line(indent, &read),
            [one] => body.line(indent, &format!("({one},) = {read}")),
            vars => body.line(indent, &format!("{} = {read}", vars.join(", "))),
        }
        then.iter().for_each(|(indent, line)| body.line(*indent, line));
    }
}

/// Writes the statements that read numbers from `from` up to `to`.
fn numbers(
    body: &mut Body<'_>,
    (items, of, count): (&Code, &Kind, Option<&Code>),
    (from, to): (&Code, &Code),
    indent: usize,
) {
    let place = body.slice(from, to);
    let (order, letter) = (if of.little() == Some(true) { '<' } else { '>' }, letter(of));
    let layout = match count {
        Some(Code::Int(count)) => format!("\"{order}{count}{letter}\""),
        Some(count) => format!("f\"{order}{{{}}}{letter}\"", body.code(count)),
        None => {
            let left = body.code(&to.clone().minus(from.clone()));
            let count = if of.size() == 1 { left } else { format!("({left}) // {}", of.size()) };
            format!("f\"{order}{{{count}}}{letter}\"")
        }
    };
    let items = body.declared(items);
    body.line(indent, &format!("{items} = list(struct.unpack({layout}, {place}))"));
    if let Kind::Float { bytes: 4, .. } = of {
        body.line(indent, &format!("if any(item != item for item in {items}):"));
        body.line(indent + 1, "raise _Irregular");
    }
}
