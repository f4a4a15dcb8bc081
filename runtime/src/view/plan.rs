//! The order in which a frame is read, with what encloses what: what
//! dissectors are written from.

use alloc::vec::Vec;

use super::cells::{field_bits, type_bits};
use crate::schema::{Body, Field, Role, Schema, Type, Variant};

/// One step of reading a frame.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A field, with its prefix or delimiter.
    Field(Field),
    /// A run of bit fields that fills whole bytes.
    Bits(Vec<Field>),
    /// Steps that a length encloses.
    Scope(Scope),
    /// The fields of the variant that the tag in front chooses.
    Choice(Vec<(Variant, Vec<Step>)>),
}

/// Steps that a length encloses.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// The field that says the length.
    pub(super) len: Field,
    /// Where its bytes begin to count.
    pub(super) from: From,
    pub(super) steps: Vec<Step>,
}

/// Where the bytes of a length begin to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Where the scope begins.
    Here,
    /// At the first byte of the frame.
    Frame,
    /// At the first byte of a field.
    Field(&'static str),
}

/// How `schema` is read, but for the delimiter at its end.
pub(super) fn steps(schema: &Schema) -> Vec<Step> {
    let body = match schema.body {
        Body::Struct(fields) => sequence(fields, false),
        Body::Enum(variants) => {
            let variant = |variant: &Variant| (*variant, sequence(variant.fields, false));
            Vec::from([Step::Choice(variants.iter().map(variant).collect())])
        }
    };
    let mut steps = sequence(schema.head, true);
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

fn sequence(fields: &[Field], head: bool) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = fields;
    while let Some((field, behind)) = rest.split_first() {
        if let Type::Bits(_) = field.ty {
            let (run, behind) = rest.split_at(run_len(rest));
            steps.push(Step::Bits(run.to_vec()));
            rest = behind;
            continue;
        }
        steps.push(Step::Field(*field));
        rest = behind;
        let Role::LenOf(range) = field.role else { continue };
        if head {
            steps.push(Step::Scope(Scope { len: *field, from: From::Here, steps: sequence(rest, true) }));
            return steps;
        }
        if let Some((from, enclosed)) = enclosed(range, rest) {
            let (inside, behind) = rest.split_at(enclosed);
            steps.push(Step::Scope(Scope { len: *field, from, steps: sequence(inside, false) }));
            rest = behind;
        }
    }
    steps
}

/// How many bit fields at the front of `fields` are of one run: they go on
/// until its bits are used up.
fn run_len(fields: &[Field]) -> usize {
    let mut used = 0;
    for (index, field) in fields.iter().enumerate() {
        let Type::Bits(bits) = field.ty else { return index };
        used += bits.width;
        if usize::try_from(used).is_ok_and(|used| used >= bits.run * 8) {
            return index + 1;
        }
    }
    fields.len()
}

/// Where a range of fields begins, and how many of the fields `behind` its
/// length are in it; nothing for a single field, which has an extent itself.
fn enclosed(range: &'static str, behind: &[Field]) -> Option<(From, usize)> {
    let (first, last) = range.split_once("..")?;
    let (first, last) = (first.trim(), last.trim());
    let index = |name: &str| behind.iter().position(|field| field.name == name);
    let count = match last.strip_prefix('=') {
        Some(last) => index(last.trim()).map(|index| index + 1)?,
        None if last.is_empty() => behind.len(),
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
pub(super) fn fixed_len(steps: &[Step]) -> Option<usize> {
    steps.iter().try_fold(0, |sum: usize, step| {
        let bits = match step {
            Step::Field(field) => field_bits(field)?,
            Step::Bits(fields) => fields.iter().filter_map(|field| type_bits(&field.ty)).sum(),
            Step::Scope(_) | Step::Choice(_) => return None,
        };
        sum.checked_add(bits / 8)
    })
}
