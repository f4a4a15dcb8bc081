//! The expressions of a declaration, as far as other languages can say them:
//! whole numbers, the names of fields and the operators of Rust.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A parsed expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Number(i128),
    /// A field: `len`, `header.flags`.
    Name(String),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Operators with their precedence in Rust; longer ones first, so that `<<`
/// is not taken for `<`.
const OPERATORS: [(&str, Op, u8); 18] = [
    ("||", Op::Or, 1),
    ("&&", Op::And, 2),
    ("==", Op::Equal, 3),
    ("!=", Op::NotEqual, 3),
    ("<<", Op::ShiftLeft, 7),
    (">>", Op::ShiftRight, 7),
    ("<=", Op::LessOrEqual, 3),
    (">=", Op::GreaterOrEqual, 3),
    ("<", Op::Less, 3),
    (">", Op::Greater, 3),
    ("|", Op::BitOr, 4),
    ("^", Op::BitXor, 5),
    ("&", Op::BitAnd, 6),
    ("+", Op::Add, 8),
    ("-", Op::Subtract, 8),
    ("*", Op::Multiply, 9),
    ("/", Op::Divide, 9),
    ("%", Op::Remainder, 9),
];

/// What an expression comes to, or is to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Number,
    Truth,
}

/// How a language writes expressions.
pub(crate) trait Language {
    /// The number that a field is, unless the language cannot reach it.
    fn name(&self, name: &str) -> Option<String>;
    /// Two values of the sort that the operator asks for.
    fn binary(&self, op: Op, left: &str, right: &str) -> String;
    fn not(&self, truth: &str) -> String;
    /// A value of the other sort as one of this sort.
    fn convert(&self, value: &str, to: Sort) -> String;
}

impl Op {
    fn takes(self) -> Sort {
        if matches!(self, Self::Or | Self::And) { Sort::Truth } else { Sort::Number }
    }

    fn gives(self) -> Sort {
        match self {
            Self::Or | Self::And | Self::Equal | Self::NotEqual => Sort::Truth,
            Self::LessOrEqual | Self::GreaterOrEqual | Self::Less | Self::Greater => Sort::Truth,
            _ => Sort::Number,
        }
    }
}

impl Expr {
    /// Reads an expression, unless there is more in it than numbers, names and operators.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text.trim() };
        let expr = parser.binary(0)?;
        parser.rest.is_empty().then_some(expr)
    }

    /// The expression in another language, unless it names what that cannot reach.
    pub(crate) fn write(&self, language: &impl Language, sort: Sort) -> Option<String> {
        let text = match self {
            Self::Number(number) => number.to_string(),
            Self::Name(name) => language.name(name)?,
            Self::Not(value) => language.not(&value.write(language, Sort::Truth)?),
            Self::Negative(value) => {
                language.binary(Op::Subtract, "0", &value.write(language, Sort::Number)?)
            }
            Self::Binary(op, left, right) => {
                let (left, right) = (left.write(language, op.takes())?, right.write(language, op.takes())?);
                language.binary(*op, &left, &right)
            }
        };
        Some(if self.sort() == sort { text } else { language.convert(&text, sort) })
    }

    fn sort(&self) -> Sort {
        match self {
            Self::Not(_) => Sort::Truth,
            Self::Binary(op, ..) => op.gives(),
            Self::Number(_) | Self::Name(_) | Self::Negative(_) => Sort::Number,
        }
    }

    /// The number it comes to, `bool`s being 0 and 1.
    pub(crate) fn value(&self, name: &impl Fn(&str) -> Option<i128>) -> Option<i128> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Name(field) => name(field),
            Self::Not(value) => Some(i128::from(value.value(name)? == 0)),
            Self::Negative(value) => value.value(name)?.checked_neg(),
            Self::Binary(op, left, right) => apply(*op, left.value(name)?, right.value(name)?),
        }
    }
}

fn apply(op: Op, left: i128, right: i128) -> Option<i128> {
    let bits = || u32::try_from(right).ok();
    match op {
        Op::Or => Some(i128::from(left != 0 || right != 0)),
        Op::And => Some(i128::from(left != 0 && right != 0)),
        Op::Equal => Some(i128::from(left == right)),
        Op::NotEqual => Some(i128::from(left != right)),
        Op::LessOrEqual => Some(i128::from(left <= right)),
        Op::GreaterOrEqual => Some(i128::from(left >= right)),
        Op::Less => Some(i128::from(left < right)),
        Op::Greater => Some(i128::from(left > right)),
        Op::BitOr => Some(left | right),
        Op::BitXor => Some(left ^ right),
        Op::BitAnd => Some(left & right),
        Op::ShiftLeft => left.checked_shl(bits()?),
        Op::ShiftRight => left.checked_shr(bits()?),
        Op::Add => left.checked_add(right),
        Op::Subtract => left.checked_sub(right),
        Op::Multiply => left.checked_mul(right),
        Op::Divide => left.checked_div(right),
        Op::Remainder => left.checked_rem(right),
    }
}

/// The field that a word of an expression names: `_1` is the field `1` of a tuple.
pub(crate) fn field_named(word: &str) -> &str {
    word.strip_prefix('_').filter(|number| number.parse::<usize>().is_ok()).unwrap_or(word)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    /// Takes `token` from the front.
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn word(&mut self) -> Option<&'a str> {
        let letter = |character: char| character.is_alphanumeric() || character == '_';
        let end = self.rest.find(|character| !letter(character)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.trim_start();
        (!word.is_empty()).then_some(word)
    }

    /// Operators that bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Option<Expr> {
        let mut left = self.unary()?;
        loop {
            let next = OPERATORS.iter().find(|(text, ..)| self.rest.starts_with(text));
            let Some((text, op, precedence)) = next.filter(|(_, _, precedence)| *precedence >= least) else {
                return Some(left);
            };
            self.take(text);
            let right = self.binary(precedence + 1)?;
            left = Expr::Binary(*op, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Option<Expr> {
        if self.take("!") {
            return Some(Expr::Not(Box::new(self.unary()?)));
        }
        if self.take("-") {
            return Some(Expr::Negative(Box::new(self.unary()?)));
        }
        if self.take("*") || self.take("&") {
            return self.unary();
        }
        let value = self.primary()?;
        // A cast changes nothing that is small enough.
        while self.rest.starts_with("as ") {
            self.take("as");
            self.word()?;
        }
        Some(value)
    }

    fn primary(&mut self) -> Option<Expr> {
        if self.take("(") {
            let inner = self.binary(0)?;
            return self.take(")").then_some(inner);
        }
        if self.rest.starts_with("b'") {
            let (literal, rest) = self.rest.split_at_checked(self.rest.get(3..)?.find('\'')? + 4)?;
            self.rest = rest.trim_start();
            return number(literal).map(Expr::Number);
        }
        let word = self.word()?;
        match word {
            "true" => return Some(Expr::Number(1)),
            "false" => return Some(Expr::Number(0)),
            _ if word.starts_with(|first: char| first.is_ascii_digit()) => {
                return number(word).map(Expr::Number);
            }
            _ => {}
        }
        if self.take("::") {
            // `usize::from(x)` is x.
            let inner = self.word()? == "from" && self.take("(");
            let inner = if inner { self.binary(0)? } else { return None };
            return self.take(")").then_some(inner);
        }
        let mut path = Vec::from([field_named(word)]);
        while self.take(".") {
            path.push(self.word()?);
        }
        // A call is more than a name.
        (!self.rest.starts_with('(')).then(|| Expr::Name(path.join(".")))
    }
}

/// An integer literal of Rust, or a byte character.
pub(crate) fn number(literal: &str) -> Option<i128> {
    let literal = literal.trim();
    if let Some(character) = literal.strip_prefix("b'").and_then(|rest| rest.strip_suffix('\'')) {
        return match unescape(character)?.as_slice() {
            [byte] => Some(i128::from(*byte)),
            _ => None,
        };
    }
    let (sign, digits) = match literal.strip_prefix('-') {
        Some(digits) => (-1, digits.trim_start()),
        None => (1, literal),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        _ => (10, digits),
    };
    let end = digits.find(['u', 'i']).unwrap_or(digits.len());
    let digits: String = digits.get(..end)?.chars().filter(|digit| *digit != '_').collect();
    i128::from_str_radix(&digits, radix).ok().map(|number| sign * number)
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let (byte, behind) = match (first, behind) {
            (b'\\', [b'x', high, low, behind @ ..]) => {
                let digits = [*high, *low];
                (u8::from_str_radix(core::str::from_utf8(&digits).ok()?, 16).ok()?, behind)
            }
            (b'\\', [escape, behind @ ..]) => {
                let byte = match escape {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'0' => 0,
                    other => *other,
                };
                (byte, behind)
            }
            (b'\\', []) => return None,
            (byte, behind) => (*byte, behind),
        };
        bytes.push(byte);
        rest = behind;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Expr, number};

    fn value(text: &str) -> Option<i128> {
        let field = |name: &str| match name {
            "len" => Some(20),
            "flags" => Some(0b101),
            "header.kind" => Some(2),
            _ => None,
        };
        Expr::parse(text)?.value(&field)
    }

    #[test]
    fn operators_bind_as_in_rust() {
        assert_eq!(value("2 + 3 * 4 - 1"), Some(13));
        assert_eq!(value("flags & 1 << 2 != 0 && len > 3"), Some(1));
        assert_eq!(value("(len - 4) / 2 % 5"), Some(3));
        assert_eq!(value("!(flags == 5) || header . kind == 2"), Some(1));
        assert_eq!(value("usize :: from (len) * 4"), Some(80));
        assert_eq!(value("len as usize - 0x10_u8"), Some(4));
        assert_eq!(value("10 - 3 - 2"), Some(5));
    }

    #[test]
    fn what_is_no_arithmetic_is_left_alone() {
        for text in [
            "items.len()",
            "f(len)",
            "if len { 1 } else { 2 }",
            "len +",
            "unknown",
            "",
            "Kind::Text",
            "1 / 0",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn literals_are_read_as_rust_reads_them() {
        assert_eq!(number("0xCAFEu16"), Some(0xcafe));
        assert_eq!(number("- 12_000i64"), Some(-12_000));
        assert_eq!(number("b'\\n'"), Some(10));
        assert_eq!(number("b'Z'"), Some(90));
        assert_eq!(number("KIND"), None);
    }
}
