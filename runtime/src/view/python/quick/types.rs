//! The type checks of a fast-path writer.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Quick;
use crate::view::plan::{Code, Kind, Piece, Put, Stmt, Value};
use crate::view::python::print::{Body, inner};

impl Quick<'_> {
    /// Writes the statement that gives up unless all of these conditions are true.
    pub(super) fn require(&self, body: &mut Body<'_>, holds: &[String], indent: usize) {
        let text = match holds {
            [] => return,
            [one] if one.matches(" is ").count() == 1 && !one.contains(" and ") => {
                format!("if {}:", one.replace(" is ", " is not "))
            }
            holds => format!("if not ({}):", holds.join(" and ")),
        };
        if text.len() > 100 {
            body.line(indent, "if not (");
            body.line(indent + 1, &holds.join(&format!("\n{:indent$}and ", "", indent = 4 * indent + 4)));
            body.line(indent, "):");
        } else {
            body.line(indent, &text);
        }
        body.line(indent + 1, "raise _Irregular");
    }

    /// Returns `true` for the tag of an enum that keeps no tags. Such a tag is a number of the
    /// declaration, so its type needs no check.
    fn is_literal_tag(&self, put: &Put, code: &Code) -> bool {
        let bound = put.lets.iter().find(|(var, _)| var == code).map_or(code, |(_, value)| value);
        let Code::Frame(name, "tag", _) = bound else { return false };
        let stmts = self.item(name).and_then(|item| item.tag.as_ref()).map(|(_, stmts)| stmts.as_slice());
        stmts.is_some_and(gives_literals)
    }

    /// Returns the type checks of all values. `struct` alone would also accept values of other
    /// types, such as `bool`.
    pub(super) fn types(&self, body: &Body<'_>, put: &Put) -> Vec<String> {
        let (mut ints, mut others) = (Vec::new(), Vec::new());
        let is_one = |code: &Code| matches!(code, Code::Local(_) | Code::Var(_));
        let is_literal = |code: &Code| matches!(code, Code::Int(_) | Code::Num(_));
        let is_number = |code: &Code| match code {
            Code::If(_, yes, no) => is_literal(yes) && is_literal(no),
            code => is_literal(code),
        };
        for piece in &put.pieces {
            match piece {
                Piece::Run(values) => {
                    for (kind, value) in values {
                        match (kind, value) {
                            (Kind::Int { .. }, Value::Code(code)) => match inner(code) {
                                code if is_number(code) || self.is_literal_tag(put, code) => {}
                                code if is_one(code) => ints.push(body.code(code)),
                                code => others.push(format!("type({}) is int", body.code(code))),
                            },
                            (Kind::Float { .. }, Value::Code(code)) => {
                                others.push(format!("type({}) is float", body.code(code)));
                            }
                            (Kind::Truth, Value::Code(code)) if is_one(code) => {
                                others.push(format!("type({}) is bool", body.code(code)));
                            }
                            (Kind::Bytes(count), Value::Code(code)) => {
                                let value = body.code(code);
                                others.push(format!("type({value}) is bytes"));
                                others.push(format!("len({value}) == {count}"));
                            }
                            (_, Value::Bits(bits)) => {
                                for each in bits.iter().filter(|each| is_one(&each.value)) {
                                    let value = body.code(&each.value);
                                    let most = u128::MAX.checked_shr(128 - each.width).unwrap_or(0);
                                    others.push(format!("isinstance({value}, int)"));
                                    others.push(format!("0 <= {value} <= {most:#x}"));
                                }
                            }
                            _ => {}
                        }
                    }
                }
                Piece::Bytes(value) => others.push(format!("type({}) is bytes", body.code(value))),
                Piece::Text(value) => others.push(format!("type({}) is str", body.code(value))),
                Piece::Numbers(kind, list, count) => {
                    let (list, count) = (body.code(list), count.as_ref());
                    let is_float = matches!(kind, Kind::Float { .. });
                    let just = if is_float { "_JUST_FLOAT" } else { "_JUST_INT" };
                    others.push(format!("type({list}) is list and {{*map(type, {list})}} <= {just}"));
                    others.extend(count.map(|count| format!("len({list}) == {count}")));
                }
                Piece::Frames(_, list, count) => {
                    let list = body.code(list);
                    others.push(format!("type({list}) is list"));
                    others.extend(count.map(|count| format!("len({list}) == {count}")));
                }
                Piece::Frame(..) | Piece::Choice(_) => {}
            }
        }
        let mut seen = Vec::new();
        ints.retain(|name| {
            !seen.contains(name) && {
                seen.push(name.clone());
                true
            }
        });
        if !ints.is_empty() {
            let types: Vec<_> = ints.iter().map(|name| format!("type({name})")).collect();
            others.insert(0, format!("{} is int", types.join(" is ")));
        }
        others.dedup();
        others
    }
}

/// Returns `true` if a function only returns literals.
fn gives_literals(stmts: &[Stmt]) -> bool {
    stmts.iter().all(|stmt| match stmt {
        Stmt::Return(value) => matches!(value, Code::Int(_) | Code::Num(_)),
        Stmt::If(_, yes, no) => gives_literals(yes) && gives_literals(no),
        _ => true,
    })
}
