//! Statements and expressions in TypeScript. The parts between `«` and `»` are left out of
//! JavaScript.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::words::{camel, member, member_of_variant, quoted, variable, variant};
use crate::schema::{Int, Op};
use crate::view::plan::{Code, Names, Number, Stmt, Ty};

/// Returns `true` if numbers of this many bits are `bigint`.
fn is_big(bits: u32) -> bool {
    bits > 48
}

/// Returns the name of a type.
pub(super) fn ty(ty: &Ty) -> String {
    match ty {
        Ty::Int(bits, _) if is_big(*bits) => String::from("bigint"),
        Ty::Int(..) => String::from("number"),
        Ty::Float => String::from("number | NaNBits"),
        Ty::Bool => String::from("boolean"),
        Ty::Bytes => String::from("Uint8Array"),
        Ty::Text | Ty::Address(_) => String::from("string"),
        Ty::Nothing => String::from("null"),
        Ty::List(item) => match &**item {
            Ty::Float | Ty::Option(_) | Ty::Attempt(_) => format!("({})[]", self::ty(item)),
            item => format!("{}[]", self::ty(item)),
        },
        Ty::Tuple(items) => {
            let items: Vec<_> = items.iter().map(self::ty).collect();
            format!("[{}]", items.join(", "))
        }
        Ty::Frame(name) | Ty::Plain(name, false) => name.clone(),
        Ty::Plain(name, true) => name.clone(),
        Ty::Option(inner) => format!("{} | null", self::ty(inner)),
        Ty::Attempt(frame) => format!("{} | Uint8Array", self::ty(frame)),
        Ty::Any => String::from("any"),
    }
}

/// A function that is being printed.
pub(super) struct Body {
    pub(super) names: Names,
    /// Whether the value that is encoded is a list item (`Shape::Alone`), which is its own only
    /// member.
    pub(super) alone: bool,
    /// Whether the value is a variant.
    pub(super) union: bool,
    /// For each list that is written, the variable with its number of items.
    pub(super) counts: BTreeMap<String, String>,
    pub(super) out: String,
}

impl Body {
    /// Prints the statements of a block.
    pub(super) fn block(&mut self, stmts: &[Stmt], indent: usize) {
        self.names.enter();
        if stmts.is_empty() {
            self.line(indent, "// No fields.");
        }
        stmts.iter().for_each(|stmt| self.stmt(stmt, indent));
        self.names.leave();
    }

    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.out.push_str(&format!("{:indent$}{text}\n", "", indent = indent * 2));
    }

    pub(super) fn declared(&mut self, var: &Code) -> String {
        match var {
            Code::Local(name) => {
                let name = variable(name);
                self.names.declare(&name)
            }
            Code::Var(name) => self.names.declare(name),
            other => self.code(other),
        }
    }

    fn stmt(&mut self, stmt: &Stmt, indent: usize) {
        match stmt {
            Stmt::Do(code) => {
                let fails =
                    matches!(code, Code::On(_, "unknown" | "no_variant", _) | Code::Call("wrong_tag", _));
                let text = format!("{}{};", if fails { "throw " } else { "" }, self.code(code));
                self.line(indent, &text);
            }
            Stmt::Let(var, ty, value) => {
                let value = self.code(value);
                let var = self.declared(var);
                let text = match ty {
                    Some(ty) => format!("let {var}«: {}» = {value};", self::ty(ty)),
                    None => format!("const {var} = {value};"),
                };
                self.line(indent, &text);
            }
            Stmt::Declare(var, ty) => {
                let var = self.declared(var);
                self.line(indent, &format!("let {var}«: {}»;", self::ty(ty)));
            }
            Stmt::Set(var, value) => {
                let text = format!("{} = {};", self.code(var), self.code(value));
                self.line(indent, &text);
            }
            Stmt::Return(value) => {
                let text = format!("return {};", self.code(value));
                self.line(indent, &text);
            }
            Stmt::If(condition, yes, no) => self.choice("if", condition, yes, no, indent),
            Stmt::ReadRun(of, run) => self.read_run(of, run, indent),
            Stmt::WriteRun(to, run) => self.write_run(to, run, indent),
        }
    }

    fn read_run(&mut self, of: &Code, run: &[Number], indent: usize) {
        let of = self.operand(of);
        let fields: Vec<_> =
            run.iter().map(|number| format!("{}, {}", quoted(&number.name), number.bytes)).collect();
        let size: usize = run.iter().map(|number| number.bytes).sum();
        self.line(indent, &format!("if ({of}.lacks({size})) {of}.cut({});", fields.join(", ")));
        let mut at = 0;
        for number in run {
            let var = self.declared(&number.code);
            let (sign, bits) = (if number.signed { 'i' } else { 'u' }, number.bytes * 8);
            self.line(indent, &format!("const {var} = {of}.{sign}{bits}({at}{});", little(number)));
            at += number.bytes;
        }
        if let Some(last) = run.last() {
            self.line(indent, &format!("{of}.ran({size}, {}, {});", quoted(&last.name), last.bytes));
        }
    }

    fn write_run(&mut self, to: &Code, run: &[Number], indent: usize) {
        let to = self.operand(to);
        let mut behind: usize = run.iter().map(|number| number.bytes).sum();
        self.line(indent, &format!("{to}.room({behind});"));
        for number in run {
            let (name, value) = (quoted(&number.name), self.code(&number.code));
            let checked = match (number.bytes, number.signed) {
                (8, signed) => format!("{to}.checkedBig({name}, {value}, {behind}, {signed})"),
                (bytes, false) => format!("{to}.checked({name}, {value}, {behind}, 0, {:#x})", most(bytes)),
                (bytes, true) => {
                    let most = most(bytes) / 2;
                    format!("{to}.checked({name}, {value}, {behind}, -{:#x}, {most:#x})", most + 1)
                }
            };
            let set =
                format!("{to}.view.set{}({to}.len - {behind}, {checked}{});", view(number), little(number));
            self.line(indent, &set);
            behind -= number.bytes;
        }
        if let Some(last) = run.last() {
            self.line(indent, &format!("{to}.field({});", quoted(&last.name)));
        }
    }

    fn choice(&mut self, word: &str, condition: &Code, yes: &[Stmt], no: &[Stmt], indent: usize) {
        let text = format!("{word} ({}) {{", self.code(condition));
        self.line(indent, &text);
        self.block(yes, indent + 1);
        match no {
            [] => self.line(indent, "}"),
            [Stmt::If(condition, yes, no)] => self.choice("} else if", condition, yes, no, indent),
            no => {
                self.line(indent, "} else {");
                self.block(no, indent + 1);
                self.line(indent, "}");
            }
        }
    }

    fn list(&self, codes: &[Code]) -> String {
        let codes: Vec<_> = codes.iter().map(|code| self.code(code)).collect();
        codes.join(", ")
    }

    /// Returns an operand, in brackets if it consists of several parts.
    fn operand(&self, code: &Code) -> String {
        let text = self.code(code);
        let is_one = !matches!(
            code,
            Code::Binary(..)
                | Code::And(_)
                | Code::Or(_)
                | Code::If(..)
                | Code::IsNothing(_)
                | Code::Negative(..)
                | Code::Flip(..)
                | Code::Is(..)
                | Code::Not(_)
                | Code::Call("cut_small", _)
        ) && !matches!(code, Code::Num(number) | Code::Int(number) if *number < 0);
        if is_one { text } else { format!("({text})") }
    }

    /// Returns the body of a function whose result is not used.
    fn does(&self, codes: &[Code]) -> String {
        match codes {
            [one] => self.code(one),
            codes => {
                let codes: Vec<_> = codes.iter().map(|code| format!("{};", self.code(code))).collect();
                format!("{{ {} }}", codes.join(" "))
            }
        }
    }

    pub(super) fn code(&self, code: &Code) -> String {
        match code {
            Code::Var(name) => self.names.of(name),
            Code::Local(name) => self.names.of(&variable(name)),
            Code::Me => String::from("value"),
            Code::Member(of, _) if self.alone && matches!(**of, Code::Me) => String::from("value"),
            Code::Member(of, name) => self.member(of, name),
            Code::Int(number) if number.unsigned_abs() < 1 << 53 => number.to_string(),
            Code::Int(number) | Code::Num(number) => format!("{number}n"),
            Code::Bool(value) => value.to_string(),
            Code::Str(text) => quoted(text),
            Code::Bytes(value) => {
                let bytes: Vec<_> = value.iter().map(|byte| format!("{byte:#04x}")).collect();
                format!("bytesOf({})", bytes.join(", "))
            }
            Code::Nothing => String::from("null"),
            Code::List(items) => format!("[{}]", self.list(items)),
            Code::Tuple(items) => format!("tuple({})", self.list(items)),
            Code::Part(of, index) => format!("{}[{index}]", self.operand(of)),
            Code::Call(name, arguments) => self.call(name, arguments),
            Code::On(of, "uint", arguments) if is_wide(of, arguments) => {
                format!("{}.uintBig({})", self.operand(of), self.list(arguments))
            }
            Code::On(of, method, arguments) => {
                format!("{}.{}({})", self.operand(of), camel(method), self.list(arguments))
            }
            Code::Property(of, name) => format!("{}.{name}", self.operand(of)),
            Code::Frame(name, function, arguments) => format!("{name}._{function}({})", self.list(arguments)),
            Code::Brought(index) => format!("brought{index}"),
            Code::CallBrought(index, arguments) => format!("brought{index}({})", self.list(arguments)),
            Code::Reads(value) => format!("(r) => {}", self.code(value)),
            Code::Writes(codes) => format!("(w, v) => {}", self.does(codes)),
            Code::Later(codes) => format!("() => {}", self.does(codes)),
            Code::Item(condition) => format!("(item) => {}", self.code(condition)),
            Code::And(codes) => self.joined(codes, " && "),
            Code::Or(codes) => self.joined(codes, " || "),
            Code::Not(of) => self.negated(of),
            Code::Binary(op, left, right) => self.binary(*op, left, right),
            Code::Checked(op, int, left, right) => self.checked(*op, *int, left, right),
            Code::Flip(int, of) if int.is_signed() => format!("~{}", self.operand(of)),
            Code::Flip(int, of) => format!("{} ^ {:#x}n", self.operand(of), int.range().1),
            Code::Negative(int, of) => {
                let (least, most) = int.range();
                format!("fit(-{}, {least}n, {most}n)", self.operand(of))
            }
            Code::Cast(int, of) => format!("cast({}, {}, {})", self.code(of), int.bits(), int.is_signed()),
            Code::If(condition, yes, no) => {
                format!("{} ? {} : {}", self.operand(condition), self.operand(yes), self.operand(no))
            }
            Code::Big(of) => format!("BigInt({})", self.code(of)),
            Code::Small(of) => match &**of {
                Code::Num(number) if number.unsigned_abs() < 1 << 53 => number.to_string(),
                of => format!("Number({})", self.code(of)),
            },
            Code::IsNothing(of) => format!("{} == null", self.operand(of)),
            Code::Name(of, name) => format!("{of}.{}", variant(name)),
            Code::Is(value, _, name) => format!("{}.kind === {}", self.operand(value), kind(name)),
            Code::Make(_, variant, fields) => self.make(variant.as_deref(), fields),
        }
    }

    fn member(&self, of: &Code, name: &str) -> String {
        let is_whole = match of {
            Code::Me => true,
            Code::Var(name) => name == "v",
            _ => false,
        };
        let name = if self.union && is_whole { member_of_variant(name) } else { member(name) };
        format!("{}.{name}", self.operand(of))
    }

    fn make(&self, variant: Option<&str>, fields: &[(String, Code)]) -> String {
        let kind = variant.map(|name| format!("kind: {}", kind(name)));
        let fields = fields.iter().map(|(name, code)| {
            let name = if kind.is_some() { member_of_variant(name) } else { member(name) };
            let value = self.code(code);
            if name == value { name } else { format!("{name}: {value}") }
        });
        let members: Vec<_> = kind.iter().cloned().chain(fields).collect();
        if members.is_empty() { String::from("{}") } else { format!("{{ {} }}", members.join(", ")) }
    }

    fn negated(&self, code: &Code) -> String {
        match code {
            Code::IsNothing(value) => format!("{} != null", self.operand(value)),
            Code::Binary(Op::Equal, left, right) => {
                format!("{} !== {}", self.operand(left), self.operand(right))
            }
            code => format!("!{}", self.operand(code)),
        }
    }

    fn binary(&self, op: Op, left: &Code, right: &Code) -> String {
        let left = if left.is_sum_before(op) { self.code(left) } else { self.operand(left) };
        format!("{left} {} {}", symbol(op), self.operand(right))
    }

    fn call(&self, name: &str, arguments: &[Code]) -> String {
        match (name, arguments) {
            ("slice", _) => format!("data.slice({})", self.list(arguments)),
            ("text_of" | "index_of", _) => format!("{}(data, {})", camel(name), self.list(arguments)),
            ("len", [of]) => format!("{}.length", self.operand(of)),
            ("nowhere", _) => String::from("NOWHERE"),
            ("cut_small", [run, Code::Int(0), Code::Int(32)]) => self.code(run),
            ("cut_small", [run, Code::Int(shift), Code::Int(width)]) => {
                let run = match shift {
                    0 => self.operand(run),
                    shift => format!("({} >>> {shift})", self.operand(run)),
                };
                format!("{run} & {:#x}", (1i128 << *width) - 1)
            }
            _ => format!("{}({})", camel(name), self.list(arguments)),
        }
    }

    fn checked(&self, op: Op, int: Int, left: &Code, right: &Code) -> String {
        let (left_text, right_text) = (self.code(left), self.code(right));
        let (bits, (least, most)) = (int.bits(), int.range());
        match op {
            Op::ShiftLeft => {
                format!("cast(shift({left_text}, {right_text}, {bits}), {bits}, {})", int.is_signed())
            }
            Op::ShiftRight => format!("unshift({left_text}, {right_text}, {bits})"),
            Op::Divide => format!("fit(divide({left_text}, {right_text}), {least}n, {most}n)"),
            Op::Remainder => format!("remainder({left_text}, {right_text})"),
            op => {
                let (left, right) = (self.operand(left), self.operand(right));
                format!("fit({left} {} {right}, {least}n, {most}n)", symbol(op))
            }
        }
    }

    fn joined(&self, codes: &[Code], between: &str) -> String {
        let codes: Vec<_> = codes.iter().map(|code| self.term(code)).collect();
        codes.join(between)
    }

    /// Prints an operand of `&&` or `||`: comparisons need no brackets there.
    fn term(&self, code: &Code) -> String {
        match code {
            Code::Not(_) | Code::IsNothing(_) | Code::Is(..) => self.code(code),
            Code::Binary(op, ..) if op.compares() => self.code(code),
            code => self.operand(code),
        }
    }
}

/// Returns the string that names a variant in the member `kind`.
fn kind(variant: &str) -> String {
    quoted(variant.trim_start_matches("r#"))
}

/// Returns the name of a number in the methods of `DataView`.
fn view(number: &Number) -> &'static str {
    match (number.bytes, number.signed) {
        (1, false) => "Uint8",
        (1, true) => "Int8",
        (2, false) => "Uint16",
        (2, true) => "Int16",
        (4, false) => "Uint32",
        (4, true) => "Int32",
        (_, false) => "BigUint64",
        (_, true) => "BigInt64",
    }
}

fn little(number: &Number) -> &'static str {
    if number.little && number.bytes > 1 { ", true" } else { "" }
}

fn most(bytes: usize) -> u64 {
    u32::try_from(bytes * 8).ok().and_then(|bits| u64::MAX.checked_shr(64 - bits)).unwrap_or(0)
}

/// Returns `true` if a run is read that does not fit a `number`, because it has 7 bytes or more.
fn is_wide(reader: &Code, arguments: &[Code]) -> bool {
    let writes = matches!(reader, Code::Var(name) if name == "w" || name.ends_with("_part"));
    !writes && matches!(arguments.first(), Some(Code::Int(7..)))
}

fn symbol(op: Op) -> &'static str {
    match op {
        Op::Equal => "===",
        Op::NotEqual => "!==",
        op => op.symbol(),
    }
}
