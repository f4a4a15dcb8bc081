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
    /// The type in Rust, if it is a number or a boolean.
    ty: Option<Ty>,
    reach: Reach,
}

impl Said {
    /// Creates the expression for any value of a type.
    fn any(text: String, ty: Option<Ty>) -> Self {
        Self { text, sort: Sort::Number, ty, reach: Reach::of(ty) }
    }

    fn truth(text: String) -> Self {
        Self { sort: Sort::Truth, ..Self::any(text, Some(Ty::Bool)) }
    }

    fn to(self, language: &impl Language, sort: Sort) -> Self {
        let text = if self.sort == sort { self.text } else { language.convert(&self.text, sort) };
        Self { text, sort, ..self }
    }
}

/// How large a number may be: less than two to the power of `bits`. If it may be negative, it may also
/// be down to the negative of this power.
#[derive(Clone, Copy)]
struct Reach {
    bits: u32,
    may_be_negative: bool,
}

impl Reach {
    /// Returns the reach of a type.
    fn of(ty: Option<Ty>) -> Self {
        match ty {
            Some(Ty::Int(int)) => {
                let may_be_negative = int.is_signed();
                Self { bits: int.bits() - u32::from(may_be_negative), may_be_negative }
            }
            Some(Ty::Bool | Ty::Order) => Self { bits: 1, may_be_negative: false },
            None => Self { bits: 128, may_be_negative: true },
        }
    }

    fn of_number(number: i128) -> Self {
        let may_be_negative = number < 0;
        let largest = if may_be_negative { !number } else { number };
        Self { bits: i128::BITS - largest.leading_zeros(), may_be_negative }
    }

    /// Returns `true` if every such number fits the type.
    fn fits(self, int: Int) -> bool {
        let all = Self::of(Some(Ty::Int(int)));
        self.bits <= all.bits && (all.may_be_negative || !self.may_be_negative)
    }

    /// Returns the reach of a number that is one of two.
    fn or(self, other: Self) -> Self {
        Self {
            bits: self.bits.max(other.bits),
            may_be_negative: self.may_be_negative || other.may_be_negative,
        }
    }

    /// Returns the reach of the bits that two numbers have in common.
    fn and(self, other: Self) -> Self {
        match (self.may_be_negative, other.may_be_negative) {
            (true, true) => self.or(other),
            (true, false) => other,
            (false, true) => self,
            (false, false) => Self { bits: self.bits.min(other.bits), ..self },
        }
    }
}

/// Returns a number as text, if all languages have it. Numbers in Lua and JavaScript are floats, which
/// hold all integers of 53 bits.
pub(crate) fn exact(number: i128) -> Option<String> {
    (number.unsigned_abs() <= 1 << 53).then(|| number.to_string())
}

impl Expr {
    /// Writes the expression in another language, or returns `None` if that is not possible.
    pub(crate) fn write(&self, language: &impl Language, sort: Sort) -> Option<String> {
        let expected = if sort == Sort::Truth { Some(Ty::Bool) } else { None };
        Some(write(&self.tree, language, expected)?.to(language, sort).text)
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
            Some(language.binary(Op::NotEqual, &language.number(name)?, &exact(none?.number()?)?))
        };
        match self.presence {
            Presence::Always | Presence::Optional | Presence::Lead(_) => None,
            Presence::When(condition) => condition.write(language, Sort::Truth),
            Presence::Flag(flag, _) => {
                let Role::PresenceOf(_, some, none) = of(flag)?.role else { return None };
                let number = language.number(flag.name)?;
                match (some, none) {
                    (None, None) => Some(language.convert(&number, Sort::Truth)),
                    _ => Some(language.binary(Op::Equal, &number, &exact(flag_numbers(some, none)?.0)?)),
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
    if let Some(value) = node.evaluate(&(), expected).known() {
        let number = value.signed()?;
        return Some(Said { reach: Reach::of_number(number), ..Said::any(exact(number)?, Some(value.ty)) });
    }
    match *node {
        Node::Field(_) | Node::Tag(_) | Node::Context(_) | Node::Item(_) | Node::Member(..) => {
            Some(Said::any(language.operand(node)?, node.ty()))
        }
        // What is a number has a value above. A constant may be a variant.
        Node::Number(..) | Node::Bool(_) | Node::Constant(_) => None,
        Node::Len(_) | Node::IsSome(_) | Node::Opaque => None,
        Node::Not(value) => match value.ty().or(expected)? {
            Ty::Bool => Some(Said::truth(language.not(&truth(value, language)?))),
            Ty::Int(int) => {
                let most = if int.is_signed() { String::from("-1") } else { mask(int)? };
                let value = number(value, language, expected)?;
                Some(Said::any(language.binary(Op::Subtract, &most, &value.text), value.ty))
            }
            Ty::Order => None,
        },
        Node::Negative(value) => {
            let value = number(value, language, expected)?;
            Some(Said::any(language.binary(Op::Subtract, "0", &value.text), value.ty))
        }
        Node::Cast(value, to) => cast(number(value, language, None)?, to, language),
        Node::If(condition, yes, no) => {
            let condition = truth(condition, language)?;
            let expected = node.ty().or(expected);
            let yes = write(yes, language, expected)?;
            let no = write(no, language, expected)?.to(language, yes.sort);
            let text = language.choose(&condition, &yes.text, &no.text);
            Some(Said { text, ty: yes.ty.or(no.ty), reach: yes.reach.or(no.reach), ..yes })
        }
        Node::Binary(op, left, right) => binary(op, left, right, language, expected),
    }
}

fn number(node: &Node, language: &impl Language, expected: Option<Ty>) -> Option<Said> {
    Some(write(node, language, expected)?.to(language, Sort::Number))
}

fn truth(node: &Node, language: &impl Language) -> Option<String> {
    Some(write(node, language, Some(Ty::Bool))?.to(language, Sort::Truth).text)
}

fn cast(value: Said, to: Ty, language: &impl Language) -> Option<Said> {
    match (value.ty, to) {
        (Some(Ty::Int(_)), Ty::Int(int)) if !value.reach.fits(int) => wrapped(&value.text, int, language),
        (Some(Ty::Int(_) | Ty::Bool), Ty::Int(_)) => Some(Said { ty: Some(to), ..value }),
        // A value of another type may be any number in Rust.
        _ => None,
    }
}

/// Returns the number that has all bits of an unsigned type.
fn mask(int: Int) -> Option<String> {
    exact(i128::try_from(int.mask()).ok()?)
}

/// Wraps a number around to the range of a type.
fn wrapped(text: &str, to: Int, language: &impl Language) -> Option<Said> {
    let mask = mask(to)?;
    if !to.is_signed() {
        return Some(Said::any(language.binary(Op::BitAnd, text, &mask), Some(Ty::Int(to))));
    }
    let half = (1u128 << (to.bits() - 1)).to_string();
    let shifted = language.binary(Op::BitAnd, &language.binary(Op::Add, text, &half), &mask);
    Some(Said::any(language.binary(Op::Subtract, &shifted, &half), Some(Ty::Int(to))))
}

fn binary(op: Op, left: &Node, right: &Node, language: &impl Language, expected: Option<Ty>) -> Option<Said> {
    if let Op::And | Op::Or = op {
        return Some(Said::truth(language.binary(op, &truth(left, language)?, &truth(right, language)?)));
    }
    if let Op::ShiftLeft | Op::ShiftRight = op {
        return shift(op, number(left, language, expected)?, right, language);
    }
    if let Op::Equal | Op::NotEqual = op {
        let same = variant(left, right, language).or_else(|| variant(right, left, language));
        if let Some(same) = same {
            return Some(Said::truth(if op == Op::Equal { same } else { language.not(&same) }));
        }
    }
    let around = if op.compares() { None } else { expected };
    let ty = left.ty().or_else(|| right.ty()).or(around);
    let (left, right) = (number(left, language, ty)?, number(right, language, ty)?);
    let text = language.binary(op, &left.text, &right.text);
    if op.compares() {
        return Some(Said::truth(text));
    }
    let ty = left.ty.or(right.ty);
    let either = left.reach.or(right.reach);
    let reach = match op {
        // Rust rounds towards zero, which other languages may not do.
        Op::Divide | Op::Remainder if either.may_be_negative => return None,
        Op::Divide | Op::Remainder => left.reach,
        Op::BitAnd => left.reach.and(right.reach),
        Op::BitOr | Op::BitXor => either,
        // In Rust an overflow is an error.
        _ => Reach::of(ty),
    };
    Some(Said { reach, ..Said::any(text, ty) })
}

fn shift(op: Op, value: Said, by: &Node, language: &impl Language) -> Option<Said> {
    let Some(Ty::Int(int)) = value.ty else { return None };
    let text = language.binary(op, &value.text, &number(by, language, None)?.text);
    if op == Op::ShiftRight {
        // Rust keeps the sign, which other languages may not do.
        return if value.reach.may_be_negative { None } else { Some(Said { text, ..value }) };
    }
    // What is shifted out of the type is lost.
    let places = by.evaluate(&(), None).known().and_then(Number::signed);
    let places = places.and_then(|places| u32::try_from(places).ok()).unwrap_or(u32::MAX);
    let reach = Reach { bits: value.reach.bits.saturating_add(places), ..value.reach };
    if reach.fits(int) { Some(Said { text, reach, ..value }) } else { wrapped(&text, int, language) }
}

/// Returns the condition that the enum `field` is the variant in `path`, such as `Kind::Open`.
fn variant(field: &Node, path: &Node, language: &impl Language) -> Option<String> {
    let Node::Constant(constant) = path else { return None };
    if constant.value().is_some() {
        return None;
    }
    let (tag, tags) = (language.operand(field)?, language.tags(field, constant.variant()?)?);
    let fits = |set: &Tags| match set {
        Tags::Range(first, last) if first == last => Some(language.binary(Op::Equal, &tag, &exact(*first)?)),
        Tags::Range(first, last) => {
            let above = language.binary(Op::GreaterOrEqual, &tag, &exact(*first)?);
            let below = language.binary(Op::LessOrEqual, &tag, &exact(*last)?);
            Some(language.binary(Op::And, &above, &below))
        }
        Tags::Bytes(_) | Tags::Any | Tags::Unknown => None,
    };
    let mut sets = tags.iter().map(fits);
    let first = sets.next()??;
    sets.try_fold(first, |any, set| Some(language.binary(Op::Or, &any, &set?)))
}
