//! The order in which a frame is read, with what encloses what: what
//! dissectors are written from.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::cells::{field_bits, type_bits};
use super::expr::{Expr, Op, field_named, number};
use super::frames::fields;
use crate::schema::{Body, Extent, Field, Prefix, Role, Schema, Type, Variant};

/// One step of reading a frame.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A field, with its prefix or delimiter.
    Field(Field),
    /// Bit fields of one run.
    Bits(Run),
    /// Steps that a length encloses.
    Scope(Scope),
    /// The fields of the variant that the tag in front chooses.
    Choice(Vec<(Variant, Vec<Step>)>),
}

/// Bit fields of one run, which fills whole bytes.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) fields: Vec<Field>,
    /// How many bytes it takes.
    pub(crate) bytes: usize,
    /// Whether they are used up: the tag of an enum may be the first of a run
    /// that goes on in each variant.
    pub(crate) ends: bool,
}

/// Steps that a length encloses.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// The field that says the length.
    pub(crate) len: Field,
    /// Where its bytes begin to count.
    pub(crate) from: From,
    pub(crate) steps: Vec<Step>,
}

/// Where the bytes of a length begin to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// Where the scope begins.
    Here,
    /// At the first byte of the frame.
    Frame,
    /// At the first byte of a field.
    Field(&'static str),
}

/// How `schema` is read, but for the delimiter at its end.
pub(crate) fn steps(schema: &Schema) -> Vec<Step> {
    let mut used = 0;
    let mut steps = head(schema.head, &mut used);
    let body = match schema.body {
        Body::Struct(fields) => sequence(fields, true, &mut used),
        Body::Enum(variants) => {
            let variant = |variant: &Variant| (*variant, sequence(variant.fields, true, &mut used.clone()));
            Vec::from([Step::Choice(variants.iter().map(variant).collect())])
        }
    };
    append(&mut steps, body);
    steps
}

/// Puts the body where the head ends: inside of the length that a head may have.
fn append(steps: &mut Vec<Step>, body: Vec<Step>) {
    match steps.last_mut() {
        Some(Step::Scope(scope)) => append(&mut scope.steps, body),
        _ => steps.extend(body),
    }
}

/// The steps of a head, whose length encloses all that follows.
fn head(fields: &[Field], used: &mut u32) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = fields;
    while let Some((step, read)) = next(rest, used) {
        steps.push(step);
        let (read, behind) = rest.split_at(read);
        rest = behind;
        if let Some(len) = read.iter().find(|field| matches!(field.role, Role::LenOf(_))) {
            steps.push(Step::Scope(Scope { len: *len, from: From::Here, steps: head(rest, used) }));
            return steps;
        }
    }
    steps
}

/// The steps of `fields`, which go on to the end of the frame or do not.
fn sequence(fields: &[Field], to_end: bool, used: &mut u32) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = fields;
    while let Some((step, read)) = next(rest, used) {
        steps.push(step);
        let (mut read, mut behind) = rest.split_at(read);
        // What a length encloses may hold another length that reaches further.
        while let Some((len, from, count)) = enclosing(read, behind, to_end) {
            let (inside, after) = behind.split_at(count);
            let to_end = to_end && after.is_empty();
            steps.push(Step::Scope(Scope { len, from, steps: sequence(inside, to_end, used) }));
            (read, behind) = (inside, after);
        }
        rest = behind;
    }
    steps
}

/// The next step, and how many fields it takes up.
fn next(fields: &[Field], used: &mut u32) -> Option<(Step, usize)> {
    let field = fields.first()?;
    Some(match field.ty {
        Type::Bits(bits) => {
            let run = run(fields, bits.run, used);
            let read = run.fields.len();
            (Step::Bits(run), read)
        }
        _ => (Step::Field(*field), 1),
    })
}

/// The bit fields at the front of `fields` that are of one run of `bytes`.
fn run(fields: &[Field], bytes: usize, used: &mut u32) -> Run {
    let mut run = Run { fields: Vec::new(), bytes, ends: false };
    for field in fields {
        let Type::Bits(bits) = field.ty else { return run };
        run.fields.push(*field);
        *used += bits.width;
        if usize::try_from(*used).is_ok_and(|used| used >= bytes * 8) {
            *used = 0;
            run.ends = true;
            return run;
        }
    }
    run
}

/// The bytes that a number says by its rule: `number = bytes / scale + bias`,
/// the bytes including `own` of the number itself.
fn bytes_of(number: Expr, scale: usize, bias: isize, own: usize) -> Expr {
    let with = |op, left, right: i128| match (op, right) {
        (Op::Multiply, 1) | (Op::Subtract, 0) => left,
        _ => Expr::Binary(op, Box::new(left), Box::new(Expr::Number(right))),
    };
    let wide = |number| i128::try_from(number).unwrap_or(i128::MAX);
    let units = with(Op::Subtract, number, i128::try_from(bias).unwrap_or(0));
    with(Op::Subtract, with(Op::Multiply, units, wide(scale)), wide(own))
}

/// How many bytes a field of role `LenOf` stands for.
pub(crate) fn said_by(len: &Field) -> Expr {
    // A number that counts itself has a size of its own that never changes.
    let own = if len.inclusive { type_bits(&len.ty).unwrap_or(0) / 8 } else { 0 };
    bytes_of(Expr::Name(len.name.to_string()), len.scale, len.bias, own)
}

/// How many bytes `#[len(text)]` is, which may be the name of a field of role `LenOf`.
pub(crate) fn len_expr(text: &str, schema: &Schema) -> Option<Expr> {
    let named =
        fields(schema).find(|field| field.name == field_named(text) && matches!(field.role, Role::LenOf(_)));
    match named {
        Some(len) => Some(said_by(len)),
        None => Expr::parse(text),
    }
}

/// How many bytes or items the prefix of a field says; nothing if only the
/// user's code knows, or if it counts itself and varies in size.
pub(crate) fn prefix_expr(field: &Field, prefix: &Prefix) -> Option<Expr> {
    if let Type::Frame(_) = prefix.ty {
        return None;
    }
    if let Extent::CountPrefixed(_) = field.extent {
        return Some(Expr::Name(format!("{}.count", field.name)));
    }
    let own = if prefix.inclusive { type_bits(&prefix.ty)? / 8 } else { 0 };
    Some(bytes_of(Expr::Name(format!("{}.len", field.name)), prefix.scale, prefix.bias, own))
}

/// Whether the items of a list are bytes, so that it is no list here.
pub(super) fn counts_bytes(field: &Field) -> bool {
    matches!(field.ty, Type::Bytes | Type::Text)
}

/// Which item ends a list: the name of the item, and the condition for it.
/// It is written as a number, or as a closure.
pub(super) fn last_item(text: &str) -> Option<(&str, Expr)> {
    if let Some(number) = number(text) {
        let item = Expr::Name("item".to_string());
        return Some(("item", Expr::Binary(Op::Equal, Box::new(item), Box::new(Expr::Number(number)))));
    }
    let (name, condition) = text.trim().strip_prefix('|')?.split_once('|')?;
    Some((name.trim(), Expr::parse(condition)?))
}

/// Whether a prefix stands there even if its field does not, to say just that.
pub(crate) fn says_absence(field: &Field) -> bool {
    match field.extent {
        Extent::LenPrefixed(prefix) | Extent::CountPrefixed(prefix) => !prefix.none.is_empty(),
        _ => false,
    }
}

/// The length among the fields just `read` that encloses some of those
/// `behind`: where its bytes begin to count, and how many fields they are.
fn enclosing(read: &[Field], behind: &[Field], to_end: bool) -> Option<(Field, From, usize)> {
    read.iter().find_map(|field| {
        let Role::LenOf(range) = field.role else { return None };
        let (from, count) = enclosed(range, behind, to_end)?;
        (count > 0).then_some((*field, from, count))
    })
}

/// Where a range of fields begins, and how many of those `behind` are in it;
/// nothing for a single field, which has an extent itself, and for a range
/// that goes on where `behind` does not.
fn enclosed(range: &'static str, behind: &[Field], to_end: bool) -> Option<(From, usize)> {
    let (first, last) = range.split_once("..")?;
    let (first, last) = (first.trim(), last.trim());
    let index = |name: &str| behind.iter().position(|field| field.name == name);
    let count = match last.strip_prefix('=') {
        Some(last) => index(last.trim()).map(|index| index + 1)?,
        None if last.is_empty() && to_end => behind.len(),
        None => index(last)?,
    };
    let from = match index(first) {
        _ if first.is_empty() => From::Frame,
        Some(0) => From::Here,
        Some(_) => return None,
        None => From::Field(first),
    };
    Some((from, count))
}

/// The bytes that steps take, where that never changes.
pub(crate) fn fixed_len(steps: &[Step]) -> Option<usize> {
    steps.iter().try_fold(0, |sum: usize, step| {
        let bits = match step {
            Step::Field(field) => field_bits(field)?,
            Step::Bits(run) if run.ends => run.bytes * 8,
            Step::Bits(_) => 0,
            Step::Scope(_) | Step::Choice(_) => return None,
        };
        sum.checked_add(bits / 8)
    })
}
