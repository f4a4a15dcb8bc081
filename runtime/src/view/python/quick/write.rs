//! Fast-path writers.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Quick, layout, letter};
use crate::view::plan::{Code, Kind, Names, Piece, Put, Shape, Value};
use crate::view::python::print::Body;

impl Quick<'_> {
    /// Returns the body of a fast-path writer.
    pub(in crate::view::python) fn write(&mut self, put: &Put, me: &str, alone: bool) -> String {
        let mut body = Body { names: Names::default(), me, alone, unions: self.unions, out: String::new() };
        body.names.enter();
        let bytes = self.put(&mut body, put, 2);
        body.line(2, &format!("return {bytes}"));
        body.out
    }

    /// Writes the statements that make the parts of the output, and returns the expression for all
    /// its bytes.
    fn put(&mut self, body: &mut Body<'_>, put: &Put, indent: usize) -> String {
        for (var, value) in &put.lets {
            body.bind(var, None, value, indent);
        }
        self.require(body, &self.types(body, put), indent);
        put.fails.iter().for_each(|condition| body.fail(condition, indent));
        let mut parts: Vec<String> = put.pieces.iter().map(|piece| self.part(body, piece, indent)).collect();
        for (index, piece) in put.pieces.iter().enumerate() {
            let Piece::Run(values) = piece else { continue };
            if let Some(bytes) = constant(values) {
                if let Some(part) = parts.get_mut(index) {
                    *part = body.code(&Code::Bytes(bytes));
                }
                continue;
            }
            if let [(kind @ Kind::Int { bytes: 3, .. }, value)] = values.as_slice() {
                let bytes = packed(body, kind, value, &parts, indent);
                if let Some(part) = parts.get_mut(index) {
                    *part = bytes;
                }
                continue;
            }
            let compiled = self.compiled(layout(values.iter().map(|(kind, _)| kind)));
            let values: Vec<_> = values.iter().filter(|(kind, _)| !matches!(kind, Kind::Skip(_))).collect();
            let values: Vec<_> =
                values.iter().map(|(kind, value)| packed(body, kind, value, &parts, indent)).collect();
            if let Some(part) = parts.get_mut(index) {
                *part = format!("{compiled}.pack({})", values.join(", "));
            }
        }
        match parts.as_slice() {
            [] => String::from("b\"\""),
            [_, _, _, _, ..] => {
                let name = body.names.spare("parts");
                let text = format!("{name} = [{}]", parts.join(", "));
                if text.len() > 100 {
                    let pad = format!(",\n{:indent$}", "", indent = 4 * indent + 4);
                    body.line(indent, &format!("{name} = ["));
                    body.line(indent + 1, &format!("{},", parts.join(&pad)));
                    body.line(indent, "]");
                } else {
                    body.line(indent, &text);
                }
                format!("b\"\".join({name})")
            }
            parts => parts.join(" + "),
        }
    }

    /// Returns the expression for the bytes of a piece, which may be a variable. It is empty for a
    /// run, which the caller adds.
    fn part(&mut self, body: &mut Body<'_>, piece: &Piece, indent: usize) -> String {
        match piece {
            Piece::Run(_) => String::new(),
            Piece::Bytes(value) => body.code(value),
            Piece::Text(value) => {
                let made = format!("{}.encode()", body.code(value));
                named(body, value, &made, indent)
            }
            Piece::Frame(frame, value) => {
                let made = format!("{frame}._quick_write({})", body.code(value));
                named(body, value, &made, indent)
            }
            Piece::Numbers(kind, list, count) => {
                let items = body.code(list);
                let order = if kind.little() == Some(true) { '<' } else { '>' };
                let letter = letter(kind);
                let layout = match count {
                    Some(count) => format!("\"{order}{count}{letter}\""),
                    None => format!("f\"{order}{{len({items})}}{letter}\""),
                };
                named(body, list, &format!("struct.pack({layout}, *{items})"), indent)
            }
            Piece::Frames(frame, list, _) => {
                let made = self.frames(body, frame, list, indent);
                named(body, list, &made, indent)
            }
            Piece::Choice(cases) => self.chosen(body, cases, indent),
        }
    }

    /// Returns the expression for the bytes of a list of frames.
    fn frames(&mut self, body: &mut Body<'_>, frame: &str, list: &Code, indent: usize) -> String {
        let items = body.code(list);
        let of = self.item(frame);
        let alone = of.is_some_and(|of| matches!(of.shape, Shape::Alone(_)));
        let Some(put) = of.and_then(|of| of.quick_write.clone().filter(is_flat)) else {
            return format!("b\"\".join([{frame}._quick_write(item) for item in {items}])");
        };
        let (parts, item) = (body.names.spare(&format!("{items}_parts")), body.names.spare("item"));
        body.line(indent, &format!("{parts}: list[bytes] = []"));
        body.line(indent, &format!("for {item} in {items}:"));
        let mut inner = Body {
            names: core::mem::take(&mut body.names),
            me: &item,
            alone,
            unions: self.unions,
            out: core::mem::take(&mut body.out),
        };
        inner.names.enter();
        let bytes = self.put(&mut inner, &put, indent + 1);
        inner.line(indent + 1, &format!("{parts}.append({bytes})"));
        inner.names.leave();
        (body.names, body.out) = (inner.names, inner.out);
        format!("b\"\".join({parts})")
    }

    /// Returns the variable for the bytes of the first case whose condition is true.
    fn chosen(&mut self, body: &mut Body<'_>, cases: &[(Code, Put)], indent: usize) -> String {
        let name = body.names.spare("chosen_bytes");
        let mut word = "if";
        for (condition, put) in cases {
            let text = match condition {
                Code::Bool(true) => String::from("else:"),
                condition => format!("{word} {}:", body.code(condition)),
            };
            body.line(indent, &text);
            body.names.enter();
            let bytes = self.put(body, put, indent + 1);
            body.line(indent + 1, &format!("{name} = {bytes}"));
            body.names.leave();
            word = "elif";
        }
        if !matches!(cases.last(), Some((Code::Bool(true), _))) {
            body.line(indent, "else:");
            body.line(indent + 1, "raise _Irregular");
        }
        name
    }
}

/// Stores the bytes of the value `of` in a variable, and returns its name. `made` is the expression
/// for the bytes.
fn named(body: &mut Body<'_>, of: &Code, made: &str, indent: usize) -> String {
    let name = match of {
        Code::Local(_) | Code::Var(_) => format!("{}_bytes", body.code(of)),
        _ => String::from("part_bytes"),
    };
    let name = body.names.spare(&name);
    body.line(indent, &format!("{name} = {made}"));
    name
}

/// Returns `true` if a list item is written without a function call, because its frame is one run
/// of its members.
fn is_flat(put: &Put) -> bool {
    put.lets.iter().all(|(_, code)| matches!(code, Code::Member(of, _) if **of == Code::Me))
        && matches!(put.pieces.as_slice(), [Piece::Run(_)])
}

/// Returns the bytes of a run, if all of its values are constants.
fn constant(values: &[(Kind, Value)]) -> Option<Vec<u8>> {
    let bytes = values.iter().map(|(kind, _)| match kind {
        Kind::Constant(bytes) => Some(bytes.clone()),
        Kind::Skip(count) => Some(alloc::vec![0; *count]),
        _ => None,
    });
    Some(bytes.collect::<Option<Vec<_>>>()?.concat())
}

/// Returns the expression for a value of a run. `parts` are the bytes of the other pieces.
fn packed(body: &mut Body<'_>, kind: &Kind, value: &Value, parts: &[String], indent: usize) -> String {
    let limited = |body: &mut Body<'_>, counted: String, plus: i128, most: Option<i128>| {
        if let Some(most) = most {
            body.line(indent, &format!("if {counted} > {most}:"));
            body.line(indent + 1, "raise _Irregular");
        }
        match plus {
            0 => counted,
            plus if plus < 0 => format!("{counted} - {}", plus.unsigned_abs()),
            plus => format!("{counted} + {plus}"),
        }
    };
    let number = match value {
        Value::Code(Code::Nothing) => {
            let bytes = if let Kind::Constant(bytes) = kind { bytes.clone() } else { Vec::new() };
            body.code(&Code::Bytes(bytes))
        }
        Value::Code(code) => body.code(code),
        Value::Count(list, plus, most) => {
            let count = format!("len({})", body.code(list));
            limited(body, count, *plus, *most)
        }
        Value::Size(of, plus, most) => {
            let sizes: Vec<_> =
                of.iter().filter_map(|piece| parts.get(*piece)).map(|part| format!("len({part})")).collect();
            let size = if sizes.is_empty() { String::from("0") } else { sizes.join(" + ") };
            limited(body, size, *plus, *most)
        }
        Value::Bits(bits) => {
            let part = |bits: &crate::view::plan::Bits| match bits.shift {
                0 => body.operand(&bits.value),
                shift => format!("{} << {shift}", body.operand(&bits.value)),
            };
            let parts: Vec<_> = bits.iter().map(part).collect();
            parts.join(" | ")
        }
    };
    match kind {
        Kind::Int { bytes: 3, little, .. } => {
            let order = if *little { "little" } else { "big" };
            let is_one = number.chars().all(|char| char.is_alphanumeric() || char == '_')
                && !number.starts_with(|first: char| first.is_ascii_digit());
            let number = if is_one { number } else { format!("({number})") };
            format!("{number}.to_bytes(3, \"{order}\")")
        }
        _ => number,
    }
}
