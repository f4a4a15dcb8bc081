//! Constant arithmetic on sizes.

use crate::frame::Layout;

/// Returns the sum of the minimum sizes of several parts.
#[must_use]
pub const fn min_len_sum(parts: &[usize]) -> usize {
    let (mut sum, mut index) = (0usize, 0);
    while index < parts.len() {
        sum = sum.saturating_add(parts[index]);
        index += 1;
    }
    sum
}

/// Returns, for each part, the minimum size of the part and of all parts after it. `parts` has the
/// minimum size of each part and the index of the part after it, or `None` for the last part.
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

/// Returns the minimum size of everything after a part: `known` bytes plus the sum in
/// [`Layout::BEHIND`] at the index `rest`.
#[cold]
#[must_use]
pub fn behind<T: Layout>(known: usize, rest: usize) -> usize {
    T::BEHIND.get(rest).map_or(known, |rest| known.saturating_add(*rest))
}

/// Returns the sum of the maximum sizes of several parts, if all are known.
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

/// Returns the maximum size of `count` equal parts.
#[must_use]
pub const fn max_len_times(part: Option<usize>, count: usize) -> Option<usize> {
    match part {
        Some(part) => part.checked_mul(count),
        None => None,
    }
}

/// Returns the minimum size of several alternatives.
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

/// Returns the maximum size of several alternatives, if all are known.
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

/// Returns the smaller of two limits. `None` is an unknown limit.
#[must_use]
pub const fn least_max(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if a < b { a } else { b }),
        (Some(known), None) | (None, Some(known)) => Some(known),
        (None, None) => None,
    }
}

/// Returns `true` if any of the flags is `true`.
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

/// Returns `true` if a part has a fixed size.
#[must_use]
pub const fn is_exact(min: usize, max: Option<usize>) -> bool {
    matches!(max, Some(max) if max == min)
}

/// Returns the fixed size of a part after a `#[rest]` field.
///
/// # Panics
/// Panics if the part has no fixed size. During constant evaluation this is a compile error.
#[must_use]
#[track_caller]
pub const fn exact(min: usize, max: Option<usize>) -> usize {
    match max {
        Some(max) if max == min => min,
        _ => panic!("a field after `#[rest]` needs a fixed size: give the rest a length instead"),
    }
}

/// Checks that a part can follow a `#[rest]` field.
///
/// # Panics
/// Panics in the same cases as [`exact`].
pub const fn has_one_size(min: usize, max: Option<usize>) {
    _ = exact(min, max);
}

/// Checks that a part can be followed by others.
///
/// # Panics
/// Panics if the part is open. During constant evaluation this is a compile error.
#[track_caller]
pub const fn open_is_last(open: bool) {
    assert!(
        !open,
        "this type extends to the end, so nothing can follow: put `#[rest]` on the field, which leaves the bytes of \
         the fields after it, limit it, as in `#[len_prefixed]`, or move it to the end"
    );
}

/// Checks that the items of a list can follow each other.
///
/// # Panics
/// Panics if the items are open. During constant evaluation this is a compile error.
#[track_caller]
pub const fn items_follow(open: bool) {
    assert!(
        !open,
        "an item extends to the end of the list, so no other item can follow: limit it, as in `#[each(len_prefixed(u8))]`, or \
         separate the items, as in `#[separated(b\";\")]`"
    );
}

/// Returns `true` if an array is open, because its only item is open.
///
/// # Panics
/// Panics if the items are open and the array has more than one. During constant evaluation this is
/// a compile error.
pub const fn open_array(open: bool, len: usize) -> bool {
    open_is_last(open && len > 1);
    open && len == 1
}

/// Returns `true` if a tuple is open, because its last part is open.
///
/// # Panics
/// Panics if another part is open. During constant evaluation this is a compile error.
pub const fn open_tuple(parts: &[bool]) -> bool {
    let mut index = 0;
    while index < parts.len() {
        open_is_last(parts[index] && index + 1 < parts.len());
        index += 1;
    }
    !parts.is_empty() && parts[parts.len() - 1]
}

/// Returns the number of bytes from `at` to the next multiple of `to`.
#[must_use]
pub const fn fill_to(at: usize, to: usize) -> usize {
    match at.checked_rem(to) {
        Some(0) | None => 0,
        Some(over) => to - over,
    }
}

/// Returns the number of bytes after a variable-length prefix. If alignment follows, that number
/// depends on the size of the prefix, and the size of the prefix depends on the number. `measure`
/// returns the number of bytes after a prefix of a given size, and `width` the size of the prefix
/// for a given number of bytes. The sizes from `least` on are tried until both agree.
///
/// # Errors
/// Returns the number of bytes after the smallest prefix as an error, if they never agree.
#[inline]
pub fn settle(
    least: usize,
    most: Option<usize>,
    measure: impl Fn(usize) -> usize,
    width: impl Fn(usize) -> usize,
) -> Result<usize, usize> {
    // No prefix is larger than this. The maximum size of some prefixes is unknown.
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

/// Returns the maximum number of bytes that alignment to a multiple of `to` may need.
#[must_use]
pub const fn most_fill(to: usize) -> usize {
    to.saturating_sub(1)
}
