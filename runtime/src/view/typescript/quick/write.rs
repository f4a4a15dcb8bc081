//! Fast-path writers.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{behind, named};
use crate::view::plan::{Code, Kind, Piece, Put, Value};
use crate::view::typescript::print::Body;

impl Body {
    /// Writes the statements that write to `out` from `at` on.
    pub(super) fn put(&mut self, put: &Put, indent: usize) {
        for (var, value) in &put.lets {
            self.bind(var, None, value, indent);
        }
        put.pieces.iter().for_each(|piece| self.is_usual(piece, indent));
        put.fails.iter().for_each(|condition| self.fail(condition, indent));
        // A piece needs a variable for its size if a number contains that size. Byte strings need
        // none, because they have a `length`.
        let asked = |index: usize| {
            let values = put.pieces.iter().filter_map(|piece| match piece {
                Piece::Run(values) => Some(values),
                _ => None,
            });
            let is_asked = |value: &Value| matches!(value, Value::Size(of, ..) if of.contains(&index));
            let is_bytes = matches!(put.pieces.get(index), Some(Piece::Bytes(_)));
            !is_bytes && values.flatten().any(|(_, value)| is_asked(value))
        };
        let mut sizes: Vec<String> = Vec::new();
        let mut later = Vec::new();
        for (index, piece) in put.pieces.iter().enumerate() {
            sizes.push(match piece {
                Piece::Bytes(value) => format!("{}.length", self.code(value)),
                _ => String::new(),
            });
            let measured = asked(index).then(|| {
                let name = match piece {
                    Piece::Text(of)
                    | Piece::Frame(_, of)
                    | Piece::Numbers(_, of, _)
                    | Piece::Frames(_, of, _) => match of {
                        Code::Local(_) | Code::Var(_) => self.code(of),
                        _ => String::from("part"),
                    },
                    _ => String::from("part"),
                };
                (self.names.spare(&format!("{name}_from")), self.names.spare(&format!("{name}_size")))
            });
            if let Some((from, _)) = &measured {
                self.line(indent, &format!("const {from} = at;"));
            }
            self.piece(piece, put, &mut later, indent);
            if let (Some((from, size)), Some(known)) = (measured, sizes.last_mut()) {
                self.line(indent, &format!("const {size} = at - {from};"));
                *known = size;
            }
        }
        for (kind, place, of, plus, most) in later {
            let size = size_of(&of, &sizes);
            self.limited(&size, most, indent);
            let size = sized(&kind, added(&size, plus));
            self.line(indent, &format!("put{}({place}, {size});", named(&kind)));
        }
    }

    /// Writes the statement that gives up unless bytes or a list have the expected type, and stores
    /// the number of items.
    fn is_usual(&mut self, piece: &Piece, indent: usize) {
        let (of, count) = match piece {
            Piece::Bytes(value) => {
                let text = format!("if (!({} instanceof Uint8Array)) throw IRREGULAR;", self.code(value));
                return self.line(indent, &text);
            }
            Piece::Numbers(_, list, count) | Piece::Frames(_, list, count) => (list, count),
            Piece::Run(_) | Piece::Text(_) | Piece::Frame(..) | Piece::Choice(_) => return,
        };
        let list = self.code(of);
        if let Some(count) = count {
            let other = format!("{list}.length !== {count}");
            self.line(indent, &format!("if (!Array.isArray({list}) || {other}) throw IRREGULAR;"));
            self.counts.insert(list, count.to_string());
            return;
        }
        self.line(indent, &format!("if (!Array.isArray({list})) throw IRREGULAR;"));
        let name = match of {
            Code::Local(_) | Code::Var(_) => format!("{list}_count"),
            _ => String::from("count"),
        };
        let name = self.names.spare(&name);
        self.line(indent, &format!("const {name} = {list}.length;"));
        self.counts.insert(list, name);
    }

    /// Returns the expression for the number of items of a list. The number is read only once, and
    /// items are accessed by index, because an array may change while it is written, or have its
    /// own iterator.
    fn count_of(&self, list: &str) -> String {
        self.counts.get(list).cloned().unwrap_or_else(|| format!("{list}.length"))
    }

    fn limited(&mut self, size: &str, most: Option<i128>, indent: usize) {
        if let Some(most) = most {
            self.line(indent, &format!("if ({size} > {most}) throw IRREGULAR;"));
        }
    }

    fn piece(&mut self, piece: &Piece, put: &Put, later: &mut Vec<Later>, indent: usize) {
        match piece {
            Piece::Run(values) => self.put_run(values, put, later, indent),
            Piece::Bytes(value) => {
                let value = self.code(value);
                self.line(indent, &format!("room(at + {value}.length);"));
                self.line(indent, &format!("out.set({value}, at);"));
                self.line(indent, &format!("at += {value}.length;"));
            }
            Piece::Text(value) => {
                let text = format!("at = putText(at, {});", self.code(value));
                self.line(indent, &text);
            }
            Piece::Frame(frame, value) => {
                let text = format!("at = {frame}._quickWrite({}, at);", self.code(value));
                self.line(indent, &text);
            }
            Piece::Numbers(kind, list, fixed) => {
                let list = self.code(list);
                let (count, index, size) = (self.count_of(&list), self.names.spare("index"), kind.size());
                let bytes = fixed.and_then(|fixed| fixed.checked_mul(i128::try_from(size).ok()?));
                let bytes = bytes.map_or_else(|| format!("{size} * {count}"), |bytes| bytes.to_string());
                self.line(indent, &format!("room(at + {bytes});"));
                self.line(indent, &format!("for (let {index} = 0; {index} < {count}; {index}++) {{"));
                self.line(indent + 1, &format!("put{}(at, {list}[{index}]);", named(kind)));
                self.line(indent + 1, &format!("at += {size};"));
                self.line(indent, "}");
            }
            Piece::Frames(frame, list, _) => {
                let list = self.code(list);
                let (count, index) = (self.count_of(&list), self.names.spare("index"));
                self.line(indent, &format!("for (let {index} = 0; {index} < {count}; {index}++) {{"));
                self.line(indent + 1, &format!("at = {frame}._quickWrite({list}[{index}]«!», at);"));
                self.line(indent, "}");
            }
            Piece::Choice(cases) => {
                let mut word = String::from("if");
                for (condition, put) in cases {
                    let text = match condition {
                        Code::Bool(true) if put == &Put::default() => break,
                        Code::Bool(true) => String::from("} else {"),
                        condition => format!("{word} ({}) {{", self.code(condition)),
                    };
                    self.line(indent, &text);
                    self.names.enter();
                    if put == &Put::default() {
                        self.line(indent + 1, "// No fields.");
                    }
                    self.put(put, indent + 1);
                    self.names.leave();
                    word = String::from("} else if");
                }
                if !matches!(cases.last(), Some((Code::Bool(true), _))) {
                    self.line(indent, "} else {");
                    self.line(indent + 1, "throw IRREGULAR;");
                }
                self.line(indent, "}");
            }
        }
    }

    /// Writes the statements that write a run. Sizes that are not known yet are added to `later`.
    fn put_run(&mut self, values: &[(Kind, Value)], put: &Put, later: &mut Vec<Later>, indent: usize) {
        let size: usize = values.iter().map(|(kind, _)| kind.size()).sum();
        self.line(indent, &format!("room(at + {size});"));
        let known =
            |of: &[usize]| of.iter().all(|piece| matches!(put.pieces.get(*piece), Some(Piece::Bytes(_))));
        let waits = |value: &Value| matches!(value, Value::Size(of, ..) if !known(of));
        let run = values.iter().any(|(_, value)| waits(value)).then(|| self.names.spare("run"));
        if let Some(run) = &run {
            self.line(indent, &format!("const {run} = at;"));
        }
        let mut from = 0;
        for (kind, value) in values {
            let place = behind("at", from);
            from += kind.size();
            let number = match (kind, value, &run) {
                (Kind::Skip(_), ..) => continue,
                (Kind::Constant(bytes), ..) if bytes.len() == 1 => {
                    bytes.iter().for_each(|byte| self.line(indent, &format!("out[{place}] = {byte:#04x};")));
                    continue;
                }
                (Kind::Constant(bytes), ..) => {
                    let bytes: Vec<_> = bytes.iter().map(|byte| format!("{byte:#04x}")).collect();
                    self.line(indent, &format!("out.set([{}], {place});", bytes.join(", ")));
                    continue;
                }
                (Kind::Bytes(count), Value::Code(value), _) => {
                    let text = format!("putBytes({place}, {}, {count});", self.code(value));
                    self.line(indent, &text);
                    continue;
                }
                (_, Value::Size(of, plus, most), Some(run)) if !known(of) => {
                    later.push((kind.clone(), behind(run, from - kind.size()), of.clone(), *plus, *most));
                    continue;
                }
                (_, Value::Code(value), _) => self.code(value),
                (_, Value::Count(list, plus, most), _) => {
                    let count = self.count_of(&self.code(list));
                    self.limited(&count, *most, indent);
                    sized(kind, added(&count, *plus))
                }
                (_, Value::Size(of, plus, most), _) => {
                    let sizes = put.pieces.iter().map(|piece| match piece {
                        Piece::Bytes(value) => format!("{}.length", self.code(value)),
                        _ => String::new(),
                    });
                    let size = size_of(of, &sizes.collect::<Vec<_>>());
                    self.limited(&size, *most, indent);
                    sized(kind, added(&size, *plus))
                }
                (_, Value::Bits(bits), _) => {
                    let part = |bits: &crate::view::plan::Bits| {
                        let value = format!("bits({}, {})", self.code(&bits.value), bits.width);
                        match bits.shift {
                            0 => value,
                            shift => format!("{value} * {}", 1u64.checked_shl(shift).unwrap_or(0)),
                        }
                    };
                    let parts: Vec<_> = bits.iter().map(part).collect();
                    parts.join(" + ")
                }
            };
            self.line(indent, &format!("put{}({place}, {number});", named(kind)));
        }
        self.line(indent, &format!("at += {size};"));
    }
}

/// A size that is written after the pieces that it covers: its kind, its position, the indices of
/// the pieces, the number to add, and the maximum.
type Later = (Kind, String, Vec<usize>, i128, Option<i128>);

fn size_of(of: &[usize], sizes: &[String]) -> String {
    let sizes: Vec<_> = of.iter().filter_map(|piece| sizes.get(*piece)).cloned().collect();
    if sizes.is_empty() { String::from("0") } else { sizes.join(" + ") }
}

/// Converts a size to the type of its field, which is `bigint` for 8 bytes.
fn sized(kind: &Kind, size: String) -> String {
    if matches!(kind, Kind::Int { bytes: 8, .. }) { format!("BigInt({size})") } else { size }
}

fn added(number: &str, plus: i128) -> String {
    match plus {
        0 => number.to_string(),
        plus if plus < 0 => format!("{number} - {}", plus.unsigned_abs()),
        plus => format!("{number} + {plus}"),
    }
}
