//! Fast-path readers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{behind, named};
use crate::view::plan::{Code, Kind, Scan, Ty};
use crate::view::typescript::print::{Body, ty};

impl Body {
    pub(super) fn scans(&mut self, scans: &[Scan], indent: usize) {
        self.names.enter();
        scans.iter().for_each(|scan| self.scan(scan, indent));
        self.names.leave();
    }

    fn scan(&mut self, scan: &Scan, indent: usize) {
        match scan {
            Scan::Run(at, end, values) => self.get(at, end, values, indent),
            Scan::Let(var, of, value) => self.bind(var, of.as_ref(), value, indent),
            Scan::Declare(var, of) => {
                let var = self.declared(var);
                self.line(indent, &format!("let {var}«: {}»;", ty(of)));
            }
            Scan::Set(var, value) => {
                let text = format!("{} = {};", self.code(var), self.code(value));
                self.line(indent, &text);
            }
            Scan::Fail(condition) => self.fail(condition, indent),
            Scan::GiveUp => self.line(indent, "throw IRREGULAR;"),
            Scan::If(condition, yes, no) => self.either("if", condition, (yes, no), indent),
            Scan::Frame { value, behind, frame, at, end } => {
                let call = format!("{frame}._quickRead(data, {}, {})", self.code(at), self.code(end));
                let (value, behind) = (self.declared(value), self.declared(behind));
                self.line(indent, &format!("const {value} = {call};"));
                self.line(indent, &format!("const {behind} = reached;"));
            }
            Scan::Numbers { items, of, from, to, .. } => {
                let (from, to) = (self.code(from), self.code(to));
                let (items, place) = (self.declared(items), self.names.spare("place"));
                self.line(indent, &format!("const {items}«: {}[]» = [];", array_of(&item_type(of))));
                let each = format!("for (let {place} = {from}; {place} < {to}; {place} += {})", of.size());
                self.line(indent, &format!("{each} {items}.push(get{}(data, {place}));", named(of)));
            }
            Scan::Rows { items, ty: of, frame, from, to } => {
                let (from, to) = (self.code(from), self.code(to));
                let (items, place) = (self.declared(items), self.names.spare("place"));
                self.line(indent, &format!("const {items}«: {}» = [];", ty(of)));
                let each = format!("for (let {place} = {from}; {place} < {to}; {place} = reached)");
                self.line(indent, &format!("{each} {items}.push({frame}._quickRead(data, {place}, {to}));"));
            }
            Scan::Frames { items, ty: of, frame, behind, from, count, end } => {
                let (from, end) = (self.code(from), self.code(end));
                let count = count.as_ref().map(|count| self.code(count));
                let (items, behind) = (self.declared(items), self.declared(behind));
                self.line(indent, &format!("const {items}«: {}» = [];", ty(of)));
                self.line(indent, &format!("let {behind} = {from};"));
                let each = match count {
                    Some(count) => {
                        let index = self.names.spare("index");
                        format!("for (let {index} = 0; {index} < {count}; {index}++) {{")
                    }
                    None => format!("while ({behind} < {end}) {{"),
                };
                self.line(indent, &each);
                self.line(indent + 1, &format!("{items}.push({frame}._quickRead(data, {behind}, {end}));"));
                self.line(indent + 1, &format!("{behind} = reached;"));
                self.line(indent, "}");
            }
            Scan::Done(value, behind) => {
                let text = format!("reached = {};", self.code(behind));
                self.line(indent, &text);
                let text = format!("return {};", self.code(value));
                self.line(indent, &text);
            }
        }
    }

    fn either(&mut self, word: &str, condition: &Code, (yes, no): (&[Scan], &[Scan]), indent: usize) {
        let text = format!("{word} ({}) {{", self.code(condition));
        self.line(indent, &text);
        self.scans(yes, indent + 1);
        match no {
            [] => self.line(indent, "}"),
            [Scan::If(condition, yes, no)] => self.either("} else if", condition, (yes, no), indent),
            no => {
                self.line(indent, "} else {");
                self.scans(no, indent + 1);
                self.line(indent, "}");
            }
        }
    }

    /// Writes the statements that read a run.
    fn get(&mut self, at: &Code, end: &Code, values: &[(Kind, Option<Code>)], indent: usize) {
        let size: usize = values.iter().map(|(kind, _)| kind.size()).sum();
        let (base, mut from) = match at {
            Code::Binary(crate::schema::Op::Add, base, plus) => match **plus {
                Code::Int(plus) => (self.code(base), usize::try_from(plus).unwrap_or(0)),
                _ => (format!("({})", self.code(at)), 0),
            },
            at => (self.code(at), 0),
        };
        let text = format!("if ({} > {}) throw IRREGULAR;", behind(&base, from + size), self.code(end));
        self.line(indent, &text);
        for (kind, var) in values {
            let place = behind(&base, from);
            match (kind, var) {
                (Kind::Constant(bytes), _) => {
                    let differs = bytes.iter().enumerate().map(|(index, byte)| {
                        format!("data[{}] !== {byte:#04x}", behind(&base, from + index))
                    });
                    let differs: Vec<_> = differs.collect();
                    self.line(indent, &format!("if ({}) throw IRREGULAR;", differs.join(" || ")));
                }
                (Kind::Skip(_), _) | (_, None) => {}
                (Kind::Bytes(count), Some(var)) => {
                    let var = self.declared(var);
                    let to = behind(&base, from + count);
                    self.line(indent, &format!("const {var} = data.slice({place}, {to});"));
                }
                (kind, Some(var)) => {
                    let var = self.declared(var);
                    self.line(indent, &format!("const {var} = get{}(data, {place});", named(kind)));
                }
            }
            from += kind.size();
        }
    }
}

/// Returns the type of numbers in a list.
fn item_type(kind: &Kind) -> String {
    match kind {
        Kind::Int { bytes, signed, .. } => ty(&Ty::Int(u32::try_from(bytes * 8).unwrap_or(64), *signed)),
        _ => ty(&Ty::Float),
    }
}

fn array_of(item: &str) -> String {
    if item.contains('|') { format!("({item})") } else { item.to_string() }
}
