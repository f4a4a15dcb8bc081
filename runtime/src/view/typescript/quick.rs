//! Quick readers and writers in TypeScript. Positions are numbers, and one constant is thrown for
//! anything unusual.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::print::{Body, ty};
use crate::view::plan::{Code, Kind, Names, Piece, Put, Scan, Ty, Value};

/// Returns the body of a quick reader.
pub(super) fn read(scans: &[Scan], union: bool) -> String {
    let mut body =
        Body { names: Names::default(), alone: false, union, counts: BTreeMap::new(), out: String::new() };
    body.scans(scans, 2);
    body.out
}

/// Returns the body of a quick writer.
pub(super) fn write(put: &Put, alone: bool, union: bool) -> String {
    let mut body =
        Body { names: Names::default(), alone, union, counts: BTreeMap::new(), out: String::new() };
    body.names.enter();
    body.put(put, 2);
    body.line(2, "return at;");
    body.out
}

/// Returns the name of the functions for a number, without `get` and `put`.
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

/// Returns the type of numbers in a list.
fn item_type(kind: &Kind) -> String {
    match kind {
        Kind::Int { bytes, signed, .. } => ty(&Ty::Int(u32::try_from(bytes * 8).unwrap_or(64), *signed)),
        _ => ty(&Ty::Float),
    }
}

fn behind(at: &str, count: usize) -> String {
    if count == 0 { at.to_string() } else { format!("{at} + {count}") }
}

impl Body {
    fn scans(&mut self, scans: &[Scan], indent: usize) {
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

    /// Values of fixed size.
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

    /// Writes to `out` from `at` on.
    fn put(&mut self, put: &Put, indent: usize) {
        for (var, value) in &put.lets {
            self.bind(var, None, value, indent);
        }
        put.pieces.iter().for_each(|piece| self.is_usual(piece, indent));
        put.fails.iter().for_each(|condition| self.fail(condition, indent));
        // Pieces whose size is a separate number, except bytes, which have a length.
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

    /// Gives up unless the value has the usual type.
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
        self.line(indent, &format!("if (!Array.isArray({list})) throw IRREGULAR;"));
        let name = match of {
            Code::Local(_) | Code::Var(_) => format!("{list}_count"),
            _ => String::from("count"),
        };
        let name = self.names.spare(&name);
        self.line(indent, &format!("const {name} = {list}.length;"));
        if let Some(count) = count {
            self.line(indent, &format!("if ({name} !== {count}) throw IRREGULAR;"));
        }
        self.counts.insert(list, name);
    }

    /// Returns the number of a list's items. It is asked for once, and the items are written by index,
    /// since an array may be one that changes, or have an iterator of its own.
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
            Piece::Numbers(kind, list, _) => {
                let list = self.code(list);
                let (count, index, size) = (self.count_of(&list), self.names.spare("index"), kind.size());
                self.line(indent, &format!("room(at + {size} * {count});"));
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

    /// Values of fixed size. What is known later is left for the end.
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

/// A number that is written when a size is known: its format, its position, what it counts, the
/// number to add, and the maximum.
type Later = (Kind, String, Vec<usize>, i128, Option<i128>);

fn array_of(item: &str) -> String {
    if item.contains('|') { format!("({item})") } else { item.to_string() }
}

fn size_of(of: &[usize], sizes: &[String]) -> String {
    let sizes: Vec<_> = of.iter().filter_map(|piece| sizes.get(*piece)).cloned().collect();
    if sizes.is_empty() { String::from("0") } else { sizes.join(" + ") }
}

/// Returns a size in the type of its place.
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
