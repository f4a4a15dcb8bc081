//! The steps of reading a frame, with their nesting.

use alloc::vec::Vec;

use super::{Body, Delimiter, Field, Role, Schema, Scope, Start, Type, Variant};

/// One step of reading a frame.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A field, with its prefix or delimiter.
    Field(Slot, &'static Field),
    /// Bit fields of one run.
    Bits(Run),
    /// Steps that a length encloses.
    Scope(Enclosed),
    /// Steps followed by a delimiter of the frame.
    Delimited(Delimiter, Vec<Step>),
    /// The fields of the variant that the tag selects.
    Choice(Vec<(&'static Variant, Vec<Step>)>),
}

/// A field of a frame, by its place in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A field of the head.
    Head(usize),
    /// A field of the struct or variant.
    Field(usize),
}

/// Bit fields of one run, which fills whole bytes.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) fields: Vec<(Slot, &'static Field)>,
    /// Size of the run in bytes.
    pub(crate) bytes: usize,
    /// Whether the run ends here. The tag of an enum may be the first field of a run that continues
    /// in each variant.
    pub(crate) ends: bool,
}

/// Steps within a scope: the fields that a length encloses.
#[derive(Clone, Debug)]
pub(crate) struct Enclosed {
    /// Place of the field with the length.
    pub(crate) slot: Slot,
    pub(crate) len: &'static Field,
    /// Start of the counted bytes.
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
}

/// A field and its place.
type Place = (Slot, &'static Field);

/// Returns the steps of `schema`.
pub(crate) fn steps(schema: &Schema) -> Vec<Step> {
    let head: Vec<_> = schema.head.iter().enumerate().map(|(at, field)| (Slot::Head(at), field)).collect();
    // The tag of an enum may be the first bits of the run of each variant.
    let bits = head
        .iter()
        .filter_map(|(_, field)| if let Type::Bits(bits) = field.ty { Some(bits.width) } else { None });
    let used = bits.sum::<u32>();
    let fields = |fields: &'static [Field], scopes: &[Scope]| {
        let all: Vec<_> = fields.iter().enumerate().map(|(at, field)| (Slot::Field(at), field)).collect();
        sequence(&all, 0, all.len(), scopes, &mut used.clone())
    };
    let body = match schema.body {
        Body::Struct(list) => fields(list, schema.scopes),
        Body::Enum(variants) => {
            let variant = |each: &'static Variant| (each, fields(each.fields, each.scopes));
            Vec::from([Step::Choice(variants.iter().map(variant).collect())])
        }
    };
    words(schema, &head, 0, body)
}

/// Returns the steps of the head from one index on, around `body`.
fn words(schema: &Schema, head: &[Place], at: usize, body: Vec<Step>) -> Vec<Step> {
    let until = !schema.until.is_empty() && schema.until_behind == at;
    let mut steps = Vec::new();
    match head.get(at) {
        None => steps = body,
        Some((slot, field)) => {
            steps.push(match field.ty {
                Type::Bits(bits) => {
                    Step::Bits(Run { fields: Vec::from([(*slot, *field)]), bytes: bits.run, ends: false })
                }
                _ => Step::Field(*slot, field),
            });
            let inside = words(schema, head, at + 1, body);
            match field.role {
                Role::LenOf(..) => steps.push(Step::Scope(Enclosed {
                    slot: *slot,
                    len: field,
                    start: Start::Here,
                    steps: inside,
                })),
                _ => steps.extend(inside),
            }
        }
    }
    match until {
        true => Vec::from([Step::Delimited(Delimiter::of_frame(schema.until_any), steps)]),
        false => steps,
    }
}

/// Returns the steps of the fields from one index up to another.
fn sequence(fields: &[Place], from: usize, to: usize, scopes: &[Scope], used: &mut u32) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = from;
    let mut scopes = scopes;
    loop {
        // Scopes are sorted by their beginning, outer ones first.
        if let Some((scope, inside)) = scopes.split_first().filter(|(scope, _)| scope.from <= at) {
            scopes = inside;
            let Some((slot, len)) = fields.get(scope.len.index) else { continue };
            let within =
                inside.iter().take_while(|inner| inner.to <= scope.to && inner.from < scope.to).count();
            let (within, behind) = inside.split_at(within);
            let steps_inside = sequence(fields, at, scope.to.min(to), within, used);
            steps.push(Step::Scope(Enclosed { slot: *slot, len, start: scope.start, steps: steps_inside }));
            at = scope.to.max(at);
            scopes = behind;
            continue;
        }
        let Some((step, read)) = next(fields.get(at..to).unwrap_or_default(), used) else { return steps };
        steps.push(step);
        at += read;
    }
}

/// Returns the next step, and the number of its fields.
fn next(fields: &[Place], used: &mut u32) -> Option<(Step, usize)> {
    let (slot, field) = fields.first()?;
    Some(match field.ty {
        Type::Bits(bits) => {
            let run = run(fields, bits.run, used);
            let read = run.fields.len();
            (Step::Bits(run), read)
        }
        _ => (Step::Field(*slot, field), 1),
    })
}

/// Returns the bit fields at the front of `fields` that belong to one run of `bytes`.
fn run(fields: &[Place], bytes: usize, used: &mut u32) -> Run {
    let mut run = Run { fields: Vec::new(), bytes, ends: false };
    for (slot, field) in fields {
        let Type::Bits(bits) = field.ty else { return run };
        run.fields.push((*slot, field));
        *used += bits.width;
        if usize::try_from(*used).is_ok_and(|used| used >= bytes * 8) {
            *used = 0;
            run.ends = true;
            return run;
        }
    }
    run
}

/// Returns the size of steps in bytes, if it is fixed.
pub(crate) fn fixed_len(steps: &[Step]) -> Option<usize> {
    steps.iter().try_fold(0, |sum: usize, step| {
        let bits = match step {
            Step::Field(_, field) if field.begins.is_some() => return None,
            Step::Field(_, field) => field.bits()?,
            Step::Bits(run) if run.ends => run.bytes * 8,
            Step::Bits(_) => 0,
            Step::Scope(_) | Step::Delimited(..) | Step::Choice(_) => return None,
        };
        sum.checked_add(bits / 8)
    })
}
