//! Quick readers and writers in Python. They use `struct` and slices, and raise one exception for
//! anything unusual.
//!
//! What they run into is caught by kind, so that a fault of the generated code itself is not taken for an irregular
//! frame. Reading: `_Irregular` is raised by the code below, `_Overflow` by the user's expressions, `struct.error` where
//! the bytes end within a run, `UnicodeDecodeError` by text, `DecodeError` by a tag that no name is for, and
//! `RecursionError` where the caller has used up the stack. Writing, the value and its parts may be of any type: then
//! there are also `TypeError`, `AttributeError` and `OverflowError`, and `UnicodeEncodeError` and `EncodeError` in place of
//! the two of reading. The runtime has them as `_IRREGULAR_BYTES` and `_IRREGULAR_VALUE`.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::print::{Body, inner, typed};
use crate::view::plan::{Code, Item, Kind, Names, Piece, Put, Scan, Shape, Stmt, Value};

/// The state for printing the quick functions of a module.
pub(super) struct Quick<'a> {
    pub(super) items: &'a [Item],
    pub(super) unions: &'a [String],
    /// The layouts that are compiled when the module is loaded.
    pub(super) layouts: BTreeSet<String>,
}

/// Returns the name of a compiled layout such as `>IIB`.
pub(super) fn layout_name(layout: &str) -> String {
    let (order, letters) = layout.split_at(1);
    format!("_{}_{letters}", if order == "<" { "le" } else { "be" })
}

/// Returns the letter for a value in a format of `struct`.
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

    /// Returns the body of a quick reader.
    pub(super) fn read(&mut self, scans: &[Scan]) -> String {
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

    /// Values of fixed size, and the expressions that make them from the results of `struct`.
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

    /// Returns the body of a quick writer.
    pub(super) fn write(&mut self, put: &Put, me: &str, alone: bool) -> String {
        let mut body = Body { names: Names::default(), me, alone, unions: self.unions, out: String::new() };
        body.names.enter();
        let bytes = self.put(&mut body, put, 2);
        body.line(2, &format!("return {bytes}"));
        body.out
    }

    /// Returns the expression that is written, after the statements that make its parts.
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

    /// Returns the name of the bytes of a part; a run has none.
    fn part(&mut self, body: &mut Body<'_>, piece: &Piece, indent: usize) -> String {
        let named = |body: &mut Body<'_>, of: &Code, made: &str| {
            let name = match of {
                Code::Local(_) | Code::Var(_) => format!("{}_bytes", body.code(of)),
                _ => String::from("part_bytes"),
            };
            let name = body.names.spare(&name);
            body.line(indent, &format!("{name} = {made}"));
            name
        };
        match piece {
            Piece::Run(_) => String::new(),
            Piece::Bytes(value) => body.code(value),
            Piece::Text(value) => {
                let made = format!("{}.encode()", body.code(value));
                named(body, value, &made)
            }
            Piece::Frame(frame, value) => {
                let made = format!("{frame}._quick_write({})", body.code(value));
                named(body, value, &made)
            }
            Piece::Numbers(kind, list, _) => {
                let items = body.code(list);
                let order = if kind.little() == Some(true) { '<' } else { '>' };
                let letter = letter(kind);
                named(body, list, &format!("struct.pack(f\"{order}{{len({items})}}{letter}\", *{items})"))
            }
            Piece::Frames(frame, list, _) => {
                let items = body.code(list);
                let of = self.item(frame);
                let alone = of.is_some_and(|of| matches!(of.shape, Shape::Alone(_)));
                let Some(put) = of.and_then(|of| of.quick_write.clone().filter(is_flat)) else {
                    let made = format!("b\"\".join([{frame}._quick_write(item) for item in {items}])");
                    return named(body, list, &made);
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
                named(body, list, &format!("b\"\".join({parts})"))
            }
            Piece::Choice(cases) => {
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
    }
}

/// Returns `true` if an item is written without a call of its own: its frame is one run of its
/// members.
fn is_flat(put: &Put) -> bool {
    put.lets.iter().all(|(_, code)| matches!(code, Code::Member(of, _) if **of == Code::Me))
        && matches!(put.pieces.as_slice(), [Piece::Run(_)])
}

/// Numbers that fill a place.
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

/// Returns the bytes of a run that is always the same.
fn constant(values: &[(Kind, Value)]) -> Option<Vec<u8>> {
    let bytes = values.iter().map(|(kind, _)| match kind {
        Kind::Constant(bytes) => Some(bytes.clone()),
        Kind::Skip(count) => Some(alloc::vec![0; *count]),
        _ => None,
    });
    Some(bytes.collect::<Option<Vec<_>>>()?.concat())
}

impl Quick<'_> {
    /// Prints that the writer gives up unless all of these hold.
    fn require(&self, body: &mut Body<'_>, holds: &[String], indent: usize) {
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

    /// Returns `true` if this is the tag of an enum that keeps none: one of the numbers of its declaration.
    fn is_literal_tag(&self, put: &Put, code: &Code) -> bool {
        let bound = put.lets.iter().find(|(var, _)| var == code).map_or(code, |(_, value)| value);
        let Code::Frame(name, "tag", _) = bound else { return false };
        let stmts = self.item(name).and_then(|item| item.tag.as_ref()).map(|(_, stmts)| stmts.as_slice());
        stmts.is_some_and(gives_literals)
    }

    /// Returns the checks of the types of values: `struct` also accepts values that are not numbers.
    fn types(&self, body: &Body<'_>, put: &Put) -> Vec<String> {
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

/// Returns a value of a run, of which `parts` are the bytes of the other pieces.
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

impl Body<'_> {
    fn bind(&mut self, var: &Code, ty: Option<&crate::view::plan::Ty>, value: &Code, indent: usize) {
        let value = self.code(value);
        let ty = ty.map(|ty| format!(": {}", typed(ty, self.unions, &[]))).unwrap_or_default();
        let var = self.declared(var);
        self.line(indent, &format!("{var}{ty} = {value}"));
    }

    fn declare(&mut self, var: &Code, ty: &crate::view::plan::Ty, indent: usize) {
        let (var, ty) = (self.declared(var), typed(ty, self.unions, &[]));
        self.line(indent, &format!("{var}: {ty}"));
    }

    fn fail(&mut self, condition: &Code, indent: usize) {
        let text = format!("if {}:", self.code(condition));
        self.line(indent, &text);
        self.line(indent + 1, "raise _Irregular");
    }
}
