//! Statements and expressions in Python.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::words::{case, member, quoted, variable, variant};
use crate::schema::{Int, Op};
use crate::view::plan::{Code, Names, Number, Stmt, Ty};

fn bytes(bytes: &[u8]) -> String {
    format!("b\"{}\"", bytes.escape_ascii()).replace("\\'", "'")
}

/// Returns the name of a type. If a field has the name of a built-in type, the type is written with
/// `builtins.`.
pub(super) fn ty(ty: &Ty, taken: &[String]) -> String {
    let plain = |name: &str| match taken.iter().any(|taken| taken == name) {
        true => format!("builtins.{name}"),
        false => name.to_string(),
    };
    match ty {
        Ty::Int(..) => plain("int"),
        Ty::Float => plain("float"),
        Ty::Bool => plain("bool"),
        Ty::Bytes => plain("bytes"),
        Ty::Text => plain("str"),
        Ty::Address(4) => String::from("IPv4Address"),
        Ty::Address(_) => String::from("IPv6Address"),
        Ty::Nothing => String::from("None"),
        Ty::List(item) => format!("{}[{}]", plain("list"), self::ty(item, taken)),
        Ty::Tuple(items) if items.is_empty() => format!("{}[()]", plain("tuple")),
        Ty::Tuple(items) => {
            let items: Vec<_> = items.iter().map(|item| self::ty(item, taken)).collect();
            format!("{}[{}]", plain("tuple"), items.join(", "))
        }
        Ty::Frame(name) => name.clone(),
        Ty::Plain(name, false) => name.clone(),
        Ty::Plain(name, true) => format!("{name} | {}", plain("int")),
        Ty::Option(inner) => format!("{} | None", self::ty(inner, taken)),
        Ty::Attempt(frame) => format!("{} | {}", self::ty(frame, taken), plain("bytes")),
        Ty::Any => String::from("Any"),
    }
}

/// A function that is being printed.
pub(super) struct Body<'a> {
    pub(super) names: Names,
    /// Name of the variable with the value that is encoded.
    pub(super) me: &'a str,
    /// Whether that value is a list item (`Shape::Alone`), which is its own only member.
    pub(super) alone: bool,
    /// Names of the frames whose types are unions.
    pub(super) unions: &'a [String],
    pub(super) out: String,
}

impl Body<'_> {
    /// Prints the statements of a block.
    pub(super) fn block(&mut self, stmts: &[Stmt], indent: usize) {
        self.names.enter();
        if stmts.is_empty() {
            self.line(indent, "pass");
        }
        stmts.iter().for_each(|stmt| self.stmt(stmt, indent));
        self.names.leave();
    }

    pub(super) fn line(&mut self, indent: usize, text: &str) {
        self.out.push_str(&format!("{:indent$}{text}\n", "", indent = indent * 4));
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
                let text = self.code(code);
                self.line(indent, &text);
            }
            Stmt::Let(var, ty, value) => {
                let value = self.code(value);
                let var = self.declared(var);
                let ty = ty.as_ref().map(|ty| format!(": {}", self.typed(ty))).unwrap_or_default();
                self.line(indent, &format!("{var}{ty} = {value}"));
            }
            Stmt::Declare(var, ty) => {
                let (var, ty) = (self.declared(var), self.typed(ty));
                self.line(indent, &format!("{var}: {ty}"));
            }
            Stmt::Set(var, value) => {
                let text = format!("{} = {}", self.code(var), self.code(value));
                self.line(indent, &text);
            }
            Stmt::Return(value) => {
                let text = format!("return {}", self.code(value));
                self.line(indent, &text);
            }
            Stmt::If(condition, yes, no) => self.choice("if", condition, yes, no, indent),
            Stmt::ReadRun(of, run) => {
                let vars: Vec<_> = run.iter().map(|number| self.declared(&number.code)).collect();
                let text = format!("{} = {}.run({})", vars.join(", "), self.operand(of), layout(run));
                self.line(indent, &text);
            }
            Stmt::WriteRun(to, run) => {
                let values: Vec<_> = run.iter().map(|number| self.code(&number.code)).collect();
                let text = format!("{}.run({}, {})", self.operand(to), layout(run), values.join(", "));
                self.line(indent, &text);
            }
        }
    }

    fn choice(&mut self, word: &str, condition: &Code, yes: &[Stmt], no: &[Stmt], indent: usize) {
        let text = format!("{word} {}:", self.code(condition));
        self.line(indent, &text);
        self.block(yes, indent + 1);
        match no {
            [] => {}
            [Stmt::If(condition, yes, no)] => self.choice("elif", condition, yes, no, indent),
            no => {
                self.line(indent, "else:");
                self.block(no, indent + 1);
            }
        }
    }

    fn typed(&self, ty: &Ty) -> String {
        typed(ty, self.unions, &[])
    }

    fn list(&self, codes: &[Code]) -> String {
        let codes: Vec<_> = codes.iter().map(|code| self.code(code)).collect();
        codes.join(", ")
    }

    /// Returns an operand, in brackets if it consists of several parts.
    pub(super) fn operand(&self, code: &Code) -> String {
        let text = self.code(code);
        let is_one = !matches!(
            inner(code),
            Code::Binary(..)
                | Code::And(_)
                | Code::Or(_)
                | Code::Not(_)
                | Code::If(..)
                | Code::IsNothing(_)
                | Code::Negative(..)
                | Code::Flip(..)
                | Code::Call("cut" | "cut_big" | "cut_small" | "same_bytes" | "same_tag", _)
        );
        if is_one { text } else { format!("({text})") }
    }

    /// Returns the body of a function whose result is not used.
    fn does(&self, codes: &[Code]) -> String {
        match codes {
            [one] => self.code(one),
            codes => format!("({})", self.list(codes)),
        }
    }

    pub(super) fn code(&self, code: &Code) -> String {
        match code {
            Code::Var(name) => self.names.of(name),
            Code::Local(name) => self.names.of(&variable(name)),
            Code::Me => self.me.to_string(),
            Code::Member(of, _) if self.alone && matches!(**of, Code::Me) => self.me.to_string(),
            Code::Member(of, name) => format!("{}.{}", self.operand(of), member(name)),
            Code::Int(number) => number.to_string(),
            Code::Num(number) if *number > 0xffff => format!("{number:#X}").replace("0X", "0x"),
            Code::Num(number) => number.to_string(),
            Code::Bool(value) => String::from(if *value { "True" } else { "False" }),
            Code::Str(text) => quoted(text),
            Code::Bytes(value) => bytes(value),
            Code::Nothing => String::from("None"),
            Code::List(items) => format!("[{}]", self.list(items)),
            Code::Tuple(items) if items.len() == 1 => format!("({},)", self.list(items)),
            Code::Tuple(items) => format!("({})", self.list(items)),
            Code::Part(of, index) => format!("{}[{index}]", self.operand(of)),
            Code::Call(name, arguments) => self.call(name, arguments),
            Code::On(of, method, arguments) => {
                let method = method.trim_end_matches("_big");
                format!("{}.{method}({})", self.operand(of), self.list(arguments))
            }
            Code::Property(of, name) => format!("{}.{name}", self.operand(of)),
            Code::Frame(name, function, arguments) => format!("{name}._{function}({})", self.list(arguments)),
            Code::Brought(index) => format!("_brought{index}"),
            Code::CallBrought(index, arguments) => format!("_brought{index}({})", self.list(arguments)),
            Code::Reads(value) => match &**value {
                Code::Frame(name, "read", given) if given.len() == 1 => format!("{name}._read"),
                value => format!("lambda r: {}", self.code(value)),
            },
            Code::Writes(codes) => format!("lambda w, v: {}", self.does(codes)),
            Code::Later(codes) => format!("lambda: {}", self.does(codes)),
            Code::Item(condition) => format!("lambda item: {}", self.code(condition)),
            Code::And(codes) => self.joined(codes, " and "),
            Code::Or(codes) => self.joined(codes, " or "),
            Code::Not(of) => self.negated(of),
            Code::Binary(op, left, right) => self.binary(*op, left, right),
            Code::Checked(op, int, left, right) => self.checked(*op, *int, left, right),
            Code::Flip(int, of) if int.is_signed() => format!("~{}", self.operand(of)),
            Code::Flip(int, of) => format!("{} ^ {:#x}", self.operand(of), int.range().1),
            Code::Negative(int, of) => {
                let (least, most) = int.range();
                format!("_fit(-{}, {least}, {most})", self.operand(of))
            }
            Code::Cast(int, of) => format!("_cast({}, {})", self.code(of), self.int(*int)),
            Code::If(condition, yes, no) => {
                format!("{} if {} else {}", self.operand(yes), self.operand(condition), self.operand(no))
            }
            Code::Big(of) | Code::Small(of) => self.code(of),
            Code::IsNothing(of) => format!("{} is None", self.operand(of)),
            Code::Name(of, name) => format!("{of}.{}", variant(name)),
            Code::Is(value, of, name) => format!("isinstance({}, {of}.{})", self.code(value), case(name)),
            Code::Make(name, variant, fields) => {
                let of = variant.as_ref().map(|variant| format!(".{}", case(variant))).unwrap_or_default();
                let fields: Vec<_> = fields.iter().map(|(_, code)| self.code(code)).collect();
                format!("{name}{of}({})", fields.join(", "))
            }
        }
    }

    fn negated(&self, code: &Code) -> String {
        match code {
            Code::IsNothing(value) => format!("{} is not None", self.operand(value)),
            Code::Binary(Op::Equal, left, right) => {
                format!("{} != {}", self.operand(left), self.operand(right))
            }
            code => format!("not {}", self.operand(code)),
        }
    }

    fn binary(&self, op: Op, left: &Code, right: &Code) -> String {
        let left = if left.is_sum_before(op) { self.code(left) } else { self.operand(left) };
        format!("{left} {} {}", symbol(op), self.operand(right))
    }

    fn checked(&self, op: Op, int: Int, left: &Code, right: &Code) -> String {
        let (left, right) = (self.operand(left), self.operand(right));
        let (least, most) = int.range();
        match op {
            Op::ShiftLeft => format!("_cast(_shift({left}, {right}, {}), {})", int.bits(), self.int(int)),
            Op::ShiftRight => format!("_unshift({left}, {right}, {})", int.bits()),
            Op::Divide => format!("_fit(_divide({left}, {right}), {least}, {most})"),
            Op::Remainder => format!("_remainder({left}, {right})"),
            op => format!("_fit({left} {} {right}, {least}, {most})", symbol(op)),
        }
    }

    fn int(&self, int: Int) -> String {
        format!("{}, {}", int.bits(), if int.is_signed() { "True" } else { "False" })
    }

    fn joined(&self, codes: &[Code], between: &str) -> String {
        if let [Code::Binary(Op::LessOrEqual, low, same), Code::Binary(Op::LessOrEqual, again, high)] = codes
        {
            if same == again && between == " and " {
                return format!("{} <= {} <= {}", self.operand(low), self.operand(same), self.operand(high));
            }
        }
        let codes: Vec<_> = codes.iter().map(|code| self.term(code)).collect();
        codes.join(between)
    }

    /// Prints an operand of `and` or `or`: comparisons need no brackets there.
    fn term(&self, code: &Code) -> String {
        match inner(code) {
            Code::Not(_) | Code::IsNothing(_) => self.code(code),
            Code::Binary(op, ..) if op.compares() => self.code(code),
            Code::Call("same_bytes" | "same_tag", _) => self.code(code),
            code => self.operand(code),
        }
    }

    /// Returns the text of a slice of the bytes, with spaces around the colon unless both positions
    /// are names or literals.
    pub(super) fn slice(&self, from: &Code, to: &Code) -> String {
        let is_name = |code: &Code| matches!(code, Code::Var(_) | Code::Local(_) | Code::Int(_));
        let colon = if is_name(from) && is_name(to) { ":" } else { " : " };
        format!("data[{}{colon}{}]", self.code(from), self.code(to))
    }

    fn call(&self, name: &str, arguments: &[Code]) -> String {
        match (name, arguments) {
            ("slice", [from, to]) => self.slice(from, to),
            ("text_of", [from, to]) => format!("{}.decode()", self.slice(from, to)),
            ("index_of", arguments) => format!("data.find({})", self.list(arguments)),
            ("len", [of]) => format!("len({})", self.code(of)),
            ("nowhere", _) => String::from("_NOWHERE"),
            ("cut" | "cut_big" | "cut_small", [run, Code::Int(0), Code::Int(width)]) => {
                format!("{} & {:#x}", self.operand(run), mask(*width))
            }
            ("cut" | "cut_big" | "cut_small", [run, Code::Int(shift), Code::Int(width)]) => {
                format!("{} >> {shift} & {:#x}", self.operand(run), mask(*width))
            }
            ("cut_signed" | "cut_signed_big", [run, shift, width]) => {
                format!("_cast({} >> {}, {}, True)", self.operand(run), self.code(shift), self.code(width))
            }
            ("same_bytes", [left, right]) => format!("{} == {}", self.operand(left), self.operand(right)),
            ("same_tag", [left, right]) => format!("{} == {}", self.operand(left), self.operand(right)),
            _ => format!("_{name}({})", self.list(arguments)),
        }
    }
}

/// Returns the format of a run for `struct`, followed by the names of its fields.
fn layout(run: &[Number]) -> String {
    let letter = |number: &Number| {
        let letter = match number.bytes {
            1 => 'B',
            2 => 'H',
            4 => 'I',
            _ => 'Q',
        };
        if number.signed { letter.to_ascii_lowercase() } else { letter }
    };
    let order = if run.iter().any(|number| number.little) { '<' } else { '>' };
    let letters: String = run.iter().map(letter).collect();
    let names: Vec<_> = run.iter().map(|number| quoted(&number.name)).collect();
    format!("\"{order}{letters}\", ({})", names.join(", "))
}

fn mask(width: i128) -> u128 {
    u32::try_from(width).ok().and_then(|width| u128::MAX.checked_shr(128 - width)).unwrap_or(0)
}

/// Removes conversions between small and big numbers, because Python has a single integer type.
pub(super) fn inner(code: &Code) -> &Code {
    match code {
        Code::Big(of) | Code::Small(of) => inner(of),
        code => code,
    }
}

/// Returns the name of a type. The type of a union's values is its class attribute `Variant`.
pub(super) fn typed(of: &Ty, unions: &[String], taken: &[String]) -> String {
    let text = ty(of, taken);
    let mut result = String::new();
    let mut word = String::new();
    for char in text.chars().chain(Some('\0')) {
        if char.is_alphanumeric() || char == '_' || char == '.' {
            word.push(char);
            continue;
        }
        result.push_str(&word);
        if unions.contains(&word) {
            result.push_str(".Variant");
        }
        word.clear();
        if char != '\0' {
            result.push(char);
        }
    }
    result
}

fn symbol(op: Op) -> &'static str {
    match op {
        Op::Or => "or",
        Op::And => "and",
        op => op.symbol(),
    }
}
