//! Arithmetic on sizes that constants can do.

use crate::frame::Layout;

/// The sum of the fewest bytes of several parts.
#[must_use]
pub const fn min_len_sum(parts: &[usize]) -> usize {
    let (mut sum, mut index) = (0usize, 0);
    while index < parts.len() {
        sum = sum.saturating_add(parts[index]);
        index += 1;
    }
    sum
}

/// For each of several parts, the fewest bytes of it and of those behind it: of each the fewest bytes, and which one stands
/// behind it, where that is not the last.
#[must_use]
pub const fn sums_behind<const N: usize>(parts: [(usize, Option<usize>); N]) -> [usize; N] {
    let (mut sums, mut index) = ([0usize; N], 0);
    while index < N {
        sums[index] = match parts[index] {
            (least, Some(behind)) => sums[behind].saturating_add(least),
            (least, None) => least,
        };
        index += 1;
    }
    sums
}

/// The fewest bytes behind a part: `known` ones, and those that the type has at this place.
#[cold]
#[must_use]
pub fn behind<T: Layout>(known: usize, rest: usize) -> usize {
    T::BEHIND.get(rest).map_or(known, |rest| known.saturating_add(*rest))
}

/// The sum of the most bytes of several parts, if all are known.
#[must_use]
pub const fn max_len_sum(parts: &[Option<usize>]) -> Option<usize> {
    let (mut sum, mut index) = (0usize, 0);
    while index < parts.len() {
        sum = match parts[index] {
            Some(part) => match sum.checked_add(part) {
                Some(sum) => sum,
                None => return None,
            },
            None => return None,
        };
        index += 1;
    }
    Some(sum)
}

/// The most bytes of `count` equal parts.
#[must_use]
pub const fn max_len_times(part: Option<usize>, count: usize) -> Option<usize> {
    match part {
        Some(part) => part.checked_mul(count),
        None => None,
    }
}

/// The fewest bytes of one of several alternatives.
#[must_use]
pub const fn min_len_of(alternatives: &[usize]) -> usize {
    let (mut least, mut index) = (usize::MAX, 0);
    while index < alternatives.len() {
        if alternatives[index] < least {
            least = alternatives[index];
        }
        index += 1;
    }
    if alternatives.is_empty() { 0 } else { least }
}

/// The most bytes of one of several alternatives, if known of all.
#[must_use]
pub const fn max_len_of(alternatives: &[Option<usize>]) -> Option<usize> {
    let (mut most, mut index) = (0, 0);
    while index < alternatives.len() {
        match alternatives[index] {
            Some(len) if len > most => most = len,
            Some(_) => {}
            None => return None,
        }
        index += 1;
    }
    Some(most)
}

/// The smaller of two limits, each of which may be unknown.
#[must_use]
pub const fn least_max(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if a < b { a } else { b }),
        (Some(known), None) | (None, Some(known)) => Some(known),
        (None, None) => None,
    }
}

/// Whether any of them holds.
#[must_use]
pub const fn any(flags: &[bool]) -> bool {
    let mut index = 0;
    while index < flags.len() {
        if flags[index] {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether a part has one size.
#[must_use]
pub const fn is_exact(min: usize, max: Option<usize>) -> bool {
    matches!(max, Some(max) if max == min)
}

/// The one size of a part behind a `rest`.
///
/// # Panics
/// While constants are evaluated, that is, as a compile error: when the part
/// has no one size.
#[must_use]
#[track_caller]
pub const fn exact(min: usize, max: Option<usize>) -> usize {
    match max {
        Some(max) if max == min => min,
        _ => panic!("this stands behind a `#[rest]` and has no fixed size: give the rest a length instead"),
    }
}

/// Lets a part be that stands behind a `rest`.
///
/// # Panics
/// Same as [`exact`].
pub const fn has_one_size(min: usize, max: Option<usize>) {
    _ = exact(min, max);
}

/// Lets a part be that is followed by others.
///
/// # Panics
/// While constants are evaluated, that is, as a compile error: when the part
/// goes on to the end of what encloses it.
#[track_caller]
pub const fn open_is_last(open: bool) {
    assert!(
        !open,
        "this type ends with what encloses it, so nothing can follow: put `#[rest]` on the field, which leaves what \
         follows it, bound it, as in `#[len_prefixed]`, or move it to the end"
    );
}

/// Whether an array goes on to the end of what encloses it, as its only item does.
///
/// # Panics
/// While constants are evaluated, that is, as a compile error: when several items do.
pub const fn open_array(open: bool, len: usize) -> bool {
    open_is_last(open && len > 1);
    open && len == 1
}

/// Whether a tuple goes on to the end of what encloses it, as its last part may.
///
/// # Panics
/// While constants are evaluated, that is, as a compile error: when another part does.
pub const fn open_tuple(parts: &[bool]) -> bool {
    let mut index = 0;
    while index < parts.len() {
        open_is_last(parts[index] && index + 1 < parts.len());
        index += 1;
    }
    !parts.is_empty() && parts[parts.len() - 1]
}

/// The bytes from `at` up to the next multiple of `to`.
#[must_use]
pub const fn fill_to(at: usize, to: usize) -> usize {
    match at.checked_rem(to) {
        Some(0) | None => 0,
        Some(over) => to - over,
    }
}

/// How many bytes something takes that stands behind a number of its own
/// length, where that number is as wide as it must be for it. `measure` gives
/// the bytes behind a number of some width, `width` the width of the number
/// that says so many. Widths are tried from the narrowest, each once.
///
/// # Errors
/// Where none fits, with the bytes behind the narrowest.
#[inline]
pub fn settle(
    least: usize,
    most: Option<usize>,
    measure: impl Fn(usize) -> usize,
    width: impl Fn(usize) -> usize,
) -> Result<usize, usize> {
    // No number is wider than this; of some the widest is not known.
    const WIDEST: usize = 64;
    let first = measure(least);
    if width(first) == least {
        return Ok(first);
    }
    let most = most.map_or(WIDEST, |most| most.min(WIDEST)).max(least);
    (least..=most)
        .skip(1)
        .map(|wide| (wide, measure(wide)))
        .find(|(wide, len)| width(*len) == *wide)
        .map_or(Err(first), |(_, len)| Ok(len))
}

/// The most bytes that takes.
#[must_use]
pub const fn most_fill(to: usize) -> usize {
    to.saturating_sub(1)
}
