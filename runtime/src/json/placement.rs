//! The fields of a frame in order: their sizes, the lengths that depend on the sizes, and the bytes
//! of the whole frame.

use super::draft::{Draft, say};
use super::error::{JsonError, Path};
use super::leaf::{self, Whole};
use super::members::is_beyond_schema;
use super::value::Inputs;
use crate::schema::known::Says;
use crate::schema::value::Value;
use crate::schema::{Bits, Covered, Extent, Field, Order, Role, Type};
use crate::wire::add_to;

/// The maximum number of passes over the lengths. Variable-length length fields become stable after
/// fewer passes.
const PASSES: usize = 64;

/// A field, with its draft.
pub(super) struct Placement {
    pub(super) field: &'static Field,
    pub(super) is_head: bool,
    /// The bytes of the field; `None` if it is absent.
    pub(super) draft: Option<Draft>,
    /// The value of the field, if it is a number.
    pub(super) says: Option<Says>,
    /// What the bytes of a value depend on.
    pub(super) inputs: Inputs,
    /// Whether some of the inputs were unknown when the value was drafted.
    pub(super) is_rough: bool,
    /// Why the field could not be drafted. This may change when more is known.
    pub(super) fault: Option<JsonError>,
}

/// Returns `true` if a field has a value. A field with only the number for an absent value has
/// none.
pub(super) fn is_present(placement: &Placement) -> bool {
    placement.draft.as_ref().is_some_and(|draft| draft.content > 0 || draft.items > 0 || draft.tag.is_some())
        || (placement.draft.is_some() && !placement.field.says_absence())
}

/// Drafts an `Auto` with the value `number`.
pub(super) fn says(field: &Field, number: i128, path: &Path<'_>) -> Result<Draft, JsonError> {
    let cannot = || path.error(format!("its {} cannot hold {number}", field.ty));
    if let Type::Bits(bits) = field.ty {
        let bits = leaf::bits_of(&bits, Whole::from(number)).ok_or_else(cannot)?;
        return Ok(Draft { bits, ..Draft::default() });
    }
    if let (Some(rule), Ok(len)) = (field.rule().filter(|rule| rule.say.is_some()), usize::try_from(number)) {
        return say(&field.ty, rule, len, path).map(Draft::of);
    }
    let bytes = match (leaf::put(&field.ty, Whole::from(number)), field.ty.bits()) {
        (Some(bytes), _) => bytes,
        // A checksum that is not a number is zeros in the draft.
        (None, Some(bits)) if matches!(field.role, Role::Checksum(..)) => vec![0; bits / 8],
        _ => return Err(cannot()),
    };
    let mut draft = Draft::of(bytes);
    if let Extent::Until(delimiter) = field.extent {
        draft.bytes.extend_from_slice(delimiter);
    }
    Ok(draft)
}

/// Returns the size of each placement. The size of a run counts for its first field.
fn sizes(placements: &[Placement]) -> Vec<usize> {
    let (mut sizes, mut at, mut run) = (Vec::with_capacity(placements.len()), 0usize, Run::default());
    for placement in placements {
        let size = match (placement.field.ty, placement.field.extent, &placement.draft) {
            (_, _, None) => 0,
            (Type::Bits(bits), _, Some(draft)) => {
                let size = if run.is_begun(placement.is_head) { 0 } else { bits.run };
                run.add(&bits, draft.bits, placement.is_head);
                size
            }
            (_, Extent::Align(to), _) => at.checked_next_multiple_of(to).map_or(0, |end| end - at),
            (_, _, Some(draft)) => draft.bytes.len(),
        };
        at += size;
        sizes.push(size);
    }
    sizes
}

impl Placement {
    pub(super) fn new(field: &'static Field, is_head: bool) -> Self {
        let (draft, says, fault) = (None, None, None);
        Self { field, is_head, draft, says, inputs: Inputs::default(), is_rough: false, fault }
    }

    /// Returns `true` if the value of the field is in the JSON.
    pub(super) fn is_value(&self) -> bool {
        matches!(self.field.role, Role::Value)
    }

    /// Returns the number in an `Auto` that depends on other values but not on their sizes.
    pub(super) fn written(&self) -> Option<Says> {
        let draft = self.draft.as_ref()?;
        match (self.field.role, self.field.ty) {
            (Role::Value | Role::LenOf(..) | Role::Checksum(..) | Role::Calc(_) | Role::Pad, _) => None,
            (_, Type::Bits(_)) => Some(Says::Number(draft.bits)),
            (_, ty) => Says::number(&Value::of(&ty, &draft.bytes)),
        }
    }
}

/// A run of bit fields, while it is joined. The tag of an enum may be the first field of a run. The
/// fields of the variant then determine the size of the run.
#[derive(Default)]
struct Run {
    value: Vec<u8>,
    used: u32,
    begun: bool,
    tag: Option<(Bits, u128)>,
}

impl Run {
    fn is_begun(&self, is_head: bool) -> bool {
        self.begun || is_head
    }

    /// Adds a field. Returns the bytes of the run when the run is complete.
    fn add(&mut self, bits: &Bits, value: u128, is_head: bool) -> Option<Vec<u8>> {
        self.used += bits.width;
        if is_head {
            self.tag = Some((*bits, value));
            return None;
        }
        self.begun = true;
        let little = bits.order == Order::Little;
        self.value.resize(bits.run, 0);
        if let Some((tag, value)) = self.tag.take() {
            let behind = u32::try_from(bits.run.saturating_sub(tag.run) * 8).unwrap_or(0);
            let shift = if bits.order == Order::Big { tag.shift + behind } else { tag.shift };
            add_to(&mut self.value, value, shift, little);
        }
        add_to(&mut self.value, value, bits.shift, little);
        let full = usize::try_from(self.used).is_ok_and(|used| used >= bits.run * 8);
        full.then(|| core::mem::take(self).value)
    }
}

/// Writes all lengths and offsets. A variable-length length field may change other lengths, so this
/// repeats until nothing changes.
pub(super) fn settle(
    placements: &mut [Placement],
    delimiter: (usize, usize),
    path: &Path<'_>,
) -> Result<(), JsonError> {
    for _ in 0..PASSES {
        let sizes = sizes(placements);
        let (mut changed, mut refused) = (false, None);
        for index in 0..placements.len() {
            let number = match length(index, placements, &sizes, delimiter, path) {
                Ok(Some(number)) => number,
                Ok(None) => continue,
                // The covered sizes may be unknown until the next pass.
                Err(error) => {
                    refused = refused.or(Some(error));
                    continue;
                }
            };
            let Some(placement) = placements.get_mut(index) else { continue };
            let said = Some(Says::of(number));
            if placement.says != said || placement.draft.is_none() {
                match says(placement.field, number, &Path::Member(path, placement.field.name)) {
                    Ok(draft) => (placement.draft, placement.says) = (Some(draft), said),
                    Err(error) => {
                        refused = refused.or(Some(error));
                        continue;
                    }
                }
                changed = true;
            }
        }
        if !changed {
            return refused.map_or(Ok(()), Err);
        }
    }
    Err(path.error("its lengths depend on each other and do not converge"))
}

/// Computes the number in the length or offset field at `index`. Returns `None` for any other
/// field, or if only user code can compute the number. `delimiter` is the size of the frame's
/// delimiter, and `behind` the number of head fields before the delimited part.
fn length(
    index: usize,
    placements: &[Placement],
    sizes: &[usize],
    (delimiter, behind): (usize, usize),
    path: &Path<'_>,
) -> Result<Option<i128>, JsonError> {
    let Some(Placement { field, draft: Some(_), .. }) = placements.get(index) else { return Ok(None) };
    if is_beyond_schema(field) {
        return Ok(None);
    }
    let head = placements.iter().filter(|placement| placement.is_head).count();
    let sum = |from: usize, to: usize| sizes.get(from..to).map(|sizes| sizes.iter().sum::<usize>());
    let (covers, rule) = match field.role {
        Role::LenOf(covers, rule) => (covers, rule),
        Role::OffsetOf(of, rule) => {
            let is_there = placements.get(head + of.index).is_some_and(|placement| placement.draft.is_some());
            let begins = sum(0, head + of.index).filter(|_| is_there);
            let number = begins.and_then(|begins| rule.number(begins, 0));
            return Ok(number.and_then(|number| i128::try_from(number).ok()));
        }
        _ => return Ok(None),
    };
    let counted = match covers.what {
        Covered::Behind => {
            let delimiter = if index < behind { delimiter } else { 0 };
            sum(index + 1, placements.len()).map(|bytes| bytes.saturating_add(delimiter))
        }
        Covered::Fields { from, to } => {
            sum(from.map_or(0, |from| head + from), to.map_or(placements.len(), |to| head + to))
        }
        Covered::Content(target) => {
            match placements.get(head + target).filter(|placement| is_present(placement)) {
                Some(Placement { draft: Some(draft), .. }) => Some(draft.content),
                _ => match rule.none {
                    Some(none) => return Ok(none.number()),
                    None => Some(0),
                },
            }
        }
    };
    let path = Path::Member(path, field.name);
    let counted =
        counted.ok_or_else(|| path.error(format!("only Rust code can compute the size of {covers}")))?;
    let number = rule
        .number(counted, field.ty.bits().unwrap_or(0) / 8)
        .ok_or_else(|| path.error(format!("{counted} bytes are not a multiple of {}", rule.scale)))?;
    Ok(i128::try_from(number).ok())
}

/// Joins the bytes of all placements. Bit fields are joined to runs.
pub(super) fn join(placements: &[Placement]) -> Draft {
    let (mut whole, mut run) = (Draft::default(), Run::default());
    for (placement, size) in placements.iter().zip(sizes(placements)) {
        let Some(draft) = &placement.draft else { continue };
        match (placement.field.ty, placement.field.extent) {
            (Type::Bits(bits), _) => {
                if matches!(placement.field.role, Role::Calc(_) | Role::Checksum(..)) {
                    whole.loose.push(whole.bytes.len()..whole.bytes.len() + bits.run);
                }
                if let Some(bytes) = run.add(&bits, draft.bits, placement.is_head) {
                    whole.append(&Draft::of(bytes));
                }
            }
            (_, Extent::Align(_)) => whole.append(&Draft::loosely(vec![0; size])),
            _ => whole.append(draft),
        }
    }
    whole
}
