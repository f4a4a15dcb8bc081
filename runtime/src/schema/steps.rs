//! The steps of reading a frame, with their nesting.

use alloc::vec::Vec;

use super::{Body, Delimiter, Field, Role, Schema, Scope, Start, Type, Variant};

#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A field, with its prefix or delimiter.
    Field(Slot, &'static Field),
    /// Consecutive bit fields of one run.
    Bits(Run),
    /// Steps within a scope: the fields that a length encloses.
    Scope(Enclosed),
    /// Steps that end with the delimiter of the frame.
    Delimited(Delimiter, Vec<Step>),
    /// The fields of the variant that the tag selects.
    Choice(Vec<(&'static Variant, Vec<Step>)>),
}

/// A field of a frame, by its index in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A field of the head.
    Head(usize),
    /// A field of the struct or variant.
    Field(usize),
}

/// Consecutive bit fields of one run. The run as a whole fills whole bytes.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) fields: Vec<(Slot, &'static Field)>,
    /// Size of the run in bytes.
    pub(crate) bytes: usize,
    /// Whether the run ends with these fields. It does not if they are the tag of an enum, and each
    /// variant continues the run.
    pub(crate) ends: bool,
}

/// Steps within a scope: the fields that a length encloses.
#[derive(Clone, Debug)]
pub(crate) struct Enclosed {
    /// Slot of the length field.
    pub(crate) slot: Slot,
    pub(crate) len: &'static Field,
    /// Start of the counted bytes.
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
}

/// A field and its slot.
pub(crate) type Place = (Slot, &'static Field);

impl Step {
    /// Returns the fields of the step, without those of steps inside of it.
    pub(crate) fn fields(&self) -> Vec<Place> {
        match self {
            Self::Field(slot, field) => Vec::from([(*slot, *field)]),
            Self::Bits(run) => run.fields.clone(),
            Self::Scope(_) | Self::Delimited(..) | Self::Choice(_) => Vec::new(),
        }
    }
}

/// Returns the steps of `schema`.
pub(crate) fn steps(schema: &Schema) -> Vec<Step> {
    let head: Vec<_> = schema.head.iter().enumerate().map(|(at, field)| (Slot::Head(at), field)).collect();
    // The tag of an enum may be the first bits of a run that each variant continues.
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

/// Returns the steps of the head from index `at` on, with `body` inside them.
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

/// Returns the steps of the fields from index `from` up to index `to`.
fn sequence(fields: &[Place], from: usize, to: usize, scopes: &[Scope], used: &mut u32) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = from;
    let mut scopes = scopes;
    loop {
        // Scopes are sorted by their first field, and outer scopes precede inner ones.
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

/// Returns the next step, and how many fields it consists of.
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

/// Returns the bit fields at the start of `fields` that belong to a run of `bytes` bytes.
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
