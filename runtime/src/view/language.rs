//! Expressions of a declaration, written in other languages. An expression is written only if the
//! language can compute the same result as Rust, with Rust's widths, signs and conversions.

use alloc::format;
use alloc::string::{String, ToString};

use crate::schema::known::flag_numbers;
use crate::schema::{
    Constant, Expr, Extent, Field, Int, LengthRule, Node, Number, Op, Prefix, Presence, Role, Tags, Target,
    Ty, Type,
};

/// The kind of value that an expression has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Number,
    Truth,
}

/// The syntax of expressions in a language. Its numbers hold at least 32 bits.
pub(crate) trait Language {
    /// Returns the expression for the number in a field, tag or member, if the language can access
    /// it.
    fn operand(&self, node: &Node) -> Option<String>;
    /// Returns the expression for the number in the field with this name, or in the prefix
    /// `NAME.len`, if the language can access it.
    fn number(&self, name: &str) -> Option<String>;
    /// Returns the tags of a variant, by the name of the variant in the enum of a field.
    fn tags(&self, _: &Node, _variant: &str) -> Option<&'static [Tags]> {
        None
    }
    /// Returns the expression that applies an operator to two values of the required sort.
    fn binary(&self, op: Op, left: &str, right: &str) -> String;
    fn not(&self, truth: &str) -> String;
    /// Converts `value` to the sort `to`. It has the other sort.
    fn convert(&self, value: &str, to: Sort) -> String;
    /// Returns the expression that chooses between two values of the same sort.
    fn choose(&self, condition: &str, yes: &str, no: &str) -> String;
}

/// An expression in the other language.
struct Said {
    text: String,
    sort: Sort,
}

impl Said {
    fn number(text: String) -> Option<Self> {
        Some(Self { text, sort: Sort::Number })
    }

    fn truth(text: String) -> Option<Self> {
        Some(Self { text, sort: Sort::Truth })
    }

    fn to(self, language: &impl Language, sort: Sort) -> String {
        if self.sort == sort { self.text } else { language.convert(&self.text, sort) }
    }
}

impl Expr {
    /// Writes the expression in another language, or returns `None` if that is not possible.
    pub(crate) fn write(&self, language: &impl Language, sort: Sort) -> Option<String> {
        let expected = if sort == Sort::Truth { Some(Ty::Bool) } else { None };
        Some(write(&self.tree, language, expected)?.to(language, sort))
    }
}

/// The expression for the size of a field, in bytes or in items.
pub(crate) enum Size {
    Bytes(String),
    Items(String),
}

impl Field {
    /// Returns the name of the prefix of the field.
    pub(crate) fn prefix_name(&self) -> String {
        let part = if let Extent::CountPrefixed(_) = self.extent { "count" } else { "len" };
        format!("{}.{part}", self.name)
    }

    /// Returns the condition for the presence of the field, if earlier fields determine it and the
    /// language can express it. `fields` are all fields of its struct or variant.
    pub(crate) fn is_there(&self, language: &impl Language, fields: &[Field]) -> Option<String> {
        let of = |target: Target| fields.get(target.index);
        let differs = |name: &str, none: Option<Constant>| {
            Some(language.binary(Op::NotEqual, &language.number(name)?, &none?.number()?.to_string()))
        };
        match self.presence {
            Presence::Always | Presence::Optional | Presence::Lead(_) => None,
            Presence::When(condition) => condition.write(language, Sort::Truth),
            Presence::Flag(flag, _) => {
                let Role::PresenceOf(_, some, none) = of(flag)?.role else { return None };
                let number = language.number(flag.name)?;
                match (some, none) {
                    (None, None) => Some(language.convert(&number, Sort::Truth)),
                    _ => Some(language.binary(Op::Equal, &number, &flag_numbers(some, none)?.0.to_string())),
                }
            }
            Presence::Length(len, _) => differs(len.name, of(len)?.rule()?.none),
            Presence::Prefix(_) => differs(&self.prefix_name(), self.prefix()?.rule.none),
        }
    }

    /// Returns the expression for the number of bytes or items that this length field or count
    /// field announces.
    pub(crate) fn says(&self, language: &impl Language) -> Option<String> {
        let own = self.ty.bits().unwrap_or(0) / 8;
        Some(counted(language, language.number(self.name)?, self.rule()?, own))
    }

    /// Returns the expression for the size of the field, or `None` if no prefix, field or
    /// expression determines the size. The error describes a size that the language cannot compute.
    /// `fields` are all fields of its struct or variant.
    pub(crate) fn size(&self, language: &impl Language, fields: &[Field]) -> Option<Result<Size, String>> {
        let by = |target: Target| fields.get(target.index)?.says(language);
        let prefixed = |prefix: &Prefix| {
            let own = if prefix.rule.inclusive { prefix.ty.bits()? / 8 } else { 0 };
            let number =
                language.number(&self.prefix_name()).filter(|_| !matches!(prefix.ty, Type::Frame(_)));
            Some(counted(language, number?, &prefix.rule, own))
        };
        let (size, what, is_count) = match self.extent {
            Extent::LenPrefixed(prefix) => (prefixed(&prefix), String::from("its prefix says"), false),
            Extent::CountPrefixed(prefix) => (prefixed(&prefix), String::from("its prefix says"), true),
            Extent::LenOf(len) => (by(len), len.to_string(), false),
            Extent::CountOf(count) => (by(count), count.to_string(), true),
            Extent::Len(len) => (len.write(language, Sort::Number), len.to_string(), false),
            Extent::Count(count) => (count.write(language, Sort::Number), count.to_string(), true),
            _ => return None,
        };
        let unit = if is_count { "items" } else { "bytes" };
        let size = size.ok_or_else(|| match self.prefix() {
            Some(_) => format!("as many {unit} as {what}"),
            None => format!("{what} {unit}"),
        });
        let is_count = is_count && !self.counts_bytes();
        Some(size.map(|size| if is_count { Size::Items(size) } else { Size::Bytes(size) }))
    }
}

/// Converts the encoded `number` to bytes or items by the rule of its length or count. `own` is the
/// size of the length field or count field itself.
fn counted(language: &impl Language, number: String, rule: &LengthRule, own: usize) -> String {
    let with = |op, left: String, right: i128| match (op, right) {
        (Op::Multiply, 1) | (Op::Subtract, 0) => left,
        _ => language.binary(op, &left, &right.to_string()),
    };
    let wide = |number| i128::try_from(number).unwrap_or(i128::MAX);
    let units = with(Op::Subtract, number, i128::try_from(rule.bias).unwrap_or(0));
    let own = if rule.inclusive { own } else { 0 };
    with(Op::Subtract, with(Op::Multiply, units, wide(rule.scale)), wide(own))
}

fn write(node: &Node, language: &impl Language, expected: Option<Ty>) -> Option<Said> {
    match *node {
        Node::Number(number, _) => Said::number(number.to_string()),
        Node::Bool(value) => Said::number(u8::from(value).to_string()),
        Node::Field(_) | Node::Tag(_) | Node::Context(_) | Node::Item(_) | Node::Member(..) => {
            Said::number(language.operand(node)?)
        }
        Node::Constant(constant) => Said::number(constant.number()?.to_string()),
        Node::Len(_) | Node::IsSome(_) | Node::Opaque => None,
        Node::Not(value) => match value.ty().or(expected)? {
            Ty::Bool => Said::truth(language.not(&truth(value, language)?)),
            Ty::Int(int) if int.bits() <= 32 => {
                let most = if int.is_signed() { -1 } else { (1i128 << int.bits()) - 1 };
                let value = number(value, language, expected)?;
                Said::number(language.binary(Op::Subtract, &most.to_string(), &value))
            }
            Ty::Int(_) | Ty::Order => None,
        },
        Node::Negative(value) => {
            Said::number(language.binary(Op::Subtract, "0", &number(value, language, expected)?))
        }
        Node::Cast(value, to) => match node.evaluate(&(), None).known().and_then(Number::signed) {
            Some(number) if number >= 0 => Said::number(number.to_string()),
            _ => cast(value, to, language),
        },
        Node::If(condition, yes, no) => {
            let condition = truth(condition, language)?;
            let expected = node.ty().or(expected);
            let (yes, no) = (write(yes, language, expected)?, write(no, language, expected)?);
            let sort = yes.sort;
            let text = language.choose(&condition, &yes.text, &no.to(language, sort));
            Some(Said { text, sort })
        }
        Node::Binary(..) => binary(node, language, expected),
    }
}

fn number(node: &Node, language: &impl Language, expected: Option<Ty>) -> Option<String> {
    Some(write(node, language, expected)?.to(language, Sort::Number))
}

fn truth(node: &Node, language: &impl Language) -> Option<String> {
    Some(write(node, language, Some(Ty::Bool))?.to(language, Sort::Truth))
}

fn cast(value: &Node, to: Ty, language: &impl Language) -> Option<Said> {
    // The literal in `300 as u16` is a `u16`. Other literals without a type are `i32`.
    let literal = matches!(value, Node::Number(_, None)).then_some(to);
    let text = number(value, language, literal)?;
    let from = match value.ty() {
        None if is_untyped(value) => Some(literal.unwrap_or(Ty::Int(Int::I32))),
        // A value of another type may be any number in Rust.
        ty => ty,
    };
    match (from, to) {
        (Some(Ty::Int(from)), Ty::Int(to)) if holds(to, from) || bits(value) <= positive(to) => {
            Said::number(text)
        }
        (Some(Ty::Int(_)), Ty::Int(to)) if to.bits() <= 32 => Said::number(wrapped(&text, to, language)),
        (Some(Ty::Bool), Ty::Int(_)) => Said::number(text),
        _ => None,
    }
}

/// Returns `true` for a literal without a type, and for choices between such literals and operators
/// on them. The number of bits by which one is shifted may have any type.
fn is_untyped(node: &Node) -> bool {
    match node {
        Node::Number(_, None) => true,
        Node::Not(value) | Node::Negative(value) => is_untyped(value),
        Node::Binary(Op::ShiftLeft | Op::ShiftRight, value, _) => is_untyped(value),
        Node::Binary(_, left, right) | Node::If(_, left, right) => is_untyped(left) && is_untyped(right),
        _ => false,
    }
}

/// Returns the number of bits of a type without its sign bit.
fn positive(int: Int) -> u32 {
    int.bits() - u32::from(int.is_signed())
}

/// Returns `true` if every number of the type `from` fits the type `to`.
fn holds(to: Int, from: Int) -> bool {
    match (from.is_signed(), to.is_signed()) {
        (true, false) => false,
        (true, true) => from.bits() <= to.bits(),
        (false, _) => from.bits() <= positive(to),
    }
}

/// Returns the maximum number of bits of a value that is never negative, or 129 if it may be
/// negative.
fn bits(node: &Node) -> u32 {
    match node {
        Node::Number(number, _) => u128::BITS - number.leading_zeros(),
        // Cut to a signed type, a large number is negative.
        Node::Cast(value, Ty::Int(to)) if to.is_signed() => match bits(value) {
            inner if inner <= positive(*to) => inner,
            _ => 129,
        },
        Node::Cast(value, Ty::Int(to)) => bits(value).min(to.bits()),
        Node::Binary(Op::BitAnd, left, right) => bits(left).min(bits(right)),
        Node::Binary(Op::ShiftLeft, value, by) => match **by {
            Node::Number(by, _) => bits(value).saturating_add(u32::try_from(by).unwrap_or(129)).min(129),
            _ => 129,
        },
        Node::Binary(Op::ShiftRight, value, _) => bits(value),
        Node::If(_, yes, no) => bits(yes).max(bits(no)),
        other => match (other.ty(), other.evaluate(&(), None).known().and_then(Number::signed)) {
            (_, Some(number)) if number >= 0 => u128::BITS - number.leading_zeros(),
            (Some(Ty::Int(int)), _) if !int.is_signed() => int.bits(),
            (Some(Ty::Bool), _) => 1,
            _ => 129,
        },
    }
}

/// Wraps a number around to the range of a type.
fn wrapped(text: &str, to: Int, language: &impl Language) -> String {
    let mask = ((1u128 << to.bits()) - 1).to_string();
    if !to.is_signed() {
        return language.binary(Op::BitAnd, text, &mask);
    }
    let half = (1u128 << (to.bits() - 1)).to_string();
    let shifted = language.binary(Op::BitAnd, &language.binary(Op::Add, text, &half), &mask);
    language.binary(Op::Subtract, &shifted, &half)
}

fn binary(node: &Node, language: &impl Language, expected: Option<Ty>) -> Option<Said> {
    let Node::Binary(op, left, right) = *node else { return None };
    if let Op::And | Op::Or = op {
        return Said::truth(language.binary(op, &truth(left, language)?, &truth(right, language)?));
    }
    if let Op::ShiftLeft | Op::ShiftRight = op {
        let Ty::Int(int) = left.ty().or(expected).unwrap_or(Ty::Int(Int::I32)) else { return None };
        let (value, by) = (number(left, language, expected)?, number(right, language, None)?);
        let text = language.binary(op, &value, &by);
        return match op {
            Op::ShiftLeft if bits(node) <= positive(int) => Said::number(text),
            Op::ShiftLeft if int.bits() <= 32 => Said::number(wrapped(&text, int, language)),
            Op::ShiftLeft => None,
            _ => Said::number(text),
        };
    }
    let around = if op.compares() { None } else { expected };
    let ty = left.ty().or_else(|| right.ty()).or(around);
    if let Op::Equal | Op::NotEqual = op {
        let same = variant(left, right, language).or_else(|| variant(right, left, language));
        if let Some(same) = same {
            return Said::truth(if op == Op::Equal { same } else { language.not(&same) });
        }
    }
    // Rust rounds towards zero, which other languages may not do. Without a type it is an `i32`.
    let signed = ty.is_none_or(|ty| matches!(ty, Ty::Int(int) if int.is_signed()));
    let may_be_negative = || bits(left) > 128 || bits(right) > 128;
    if matches!(op, Op::Divide | Op::Remainder) && signed && may_be_negative() {
        return None;
    }
    let text = language.binary(op, &number(left, language, ty)?, &number(right, language, ty)?);
    if op.compares() { Said::truth(text) } else { Said::number(text) }
}

/// Returns the condition that the enum `field` is the variant in `path`, such as `Kind::Open`.
fn variant(field: &Node, path: &Node, language: &impl Language) -> Option<String> {
    let Node::Constant(constant) = path else { return None };
    if constant.value().is_some() {
        return None;
    }
    let (tag, tags) = (language.operand(field)?, language.tags(field, constant.variant()?)?);
    let fits = |set: &Tags| match set {
        Tags::Range(first, last) if first == last => {
            Some(language.binary(Op::Equal, &tag, &first.to_string()))
        }
        Tags::Range(first, last) => {
            let above = language.binary(Op::GreaterOrEqual, &tag, &first.to_string());
            let below = language.binary(Op::LessOrEqual, &tag, &last.to_string());
            Some(language.binary(Op::And, &above, &below))
        }
        Tags::Bytes(_) | Tags::Any | Tags::Unknown => None,
    };
    let mut sets = tags.iter().map(fits);
    let first = sets.next()??;
    sets.try_fold(first, |any, set| Some(language.binary(Op::Or, &any, &set?)))
}
