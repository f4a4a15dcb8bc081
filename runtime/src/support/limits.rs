//! Rules that only the compiler can check, because they depend on constants or on types of other
//! declarations. Each rule is a function that panics during constant evaluation, which makes it a
//! compile error.

use crate::schema::Type;

/// Checks that a number is at least `least` and at most `most`.
///
/// # Panics
/// Panics with the message if it is not.
#[track_caller]
pub const fn within(number: usize, least: usize, most: usize, message: &str) {
    assert!(least <= number && number <= most, "{}", message);
}

/// Checks that at least the shortest value of a type is within its `max`.
///
/// # Panics
/// Panics if even the shortest value exceeds the limit.
#[track_caller]
pub const fn limit_is_reachable(least: usize, limit: usize) {
    assert!(least <= limit, "every value is longer than this `max`: raise it to `MIN_LEN` or more");
}

/// Checks that a byte order has an effect on the type.
///
/// # Panics
/// Panics if the byte order has no effect.
#[track_caller]
pub const fn has_order(ty: &Type) {
    assert!(
        is_ordered(ty),
        "a byte order has no effect here: a single byte has none, and a frame has its own; remove it"
    );
}

const fn is_ordered(ty: &Type) -> bool {
    match ty {
        Type::Int { order, .. } => order.is_some(),
        Type::Float { .. } => true,
        Type::Array(item, _) | Type::List(item) => is_ordered(item),
        Type::Tuple(items) => {
            let mut index = 0;
            while index < items.len() {
                if is_ordered(&items[index]) {
                    return true;
                }
                index += 1;
            }
            false
        }
        _ => false,
    }
}

/// Returns the width of a bit field with a type of `most` bits.
///
/// # Panics
/// Panics if the bit field has no bits, or more than its type or any run can have.
#[must_use]
#[track_caller]
pub const fn bit_width(width: u32, most: u32) -> u32 {
    assert!(1 <= width && width <= 128, "a bit field is 1 to 128 bits wide");
    assert!(width <= most, "this many bits do not fit the type");
    width
}

/// Returns the width of an array in a bit field, whose items have `width` bits and a type of `most`
/// bits.
///
/// # Panics
/// Panics if an item has no bits or more than its type, or if the array has no items or more than
/// 128 bits.
#[must_use]
#[track_caller]
#[expect(clippy::as_conversions, reason = "constants cannot call `From`")]
pub const fn array_width(width: u32, items: usize, most: u32) -> u32 {
    let width = bit_width(width, most);
    assert!(
        1 <= items && items <= 128 && items as u32 * width <= 128,
        "an array of bit fields has 1 to 128 bits: write a `Vec<T>` with `#[each(bits(..))]`"
    );
    items as u32 * width
}

/// Returns the size of this many bits in bytes.
#[must_use]
#[expect(clippy::as_conversions, reason = "constants cannot call `From`")]
pub const fn bytes_of_bits(bits: u32) -> usize {
    bits.div_ceil(8) as usize
}

macro_rules! whole_bytes {
    ($bits:expr, $($missing:literal)*) => {
        match 8 - $bits % 8 {
            $($missing => panic!(concat!(
                "these bit fields do not fill whole bytes: add ", $missing, " bits, as in `#[bits(", $missing,
                ")] #[pad] reserved: Auto`"
            )),)*
            _ => {}
        }
    };
}

/// Returns the size of a run of bit fields in bytes. `continuous` is `true` if bits continue from
/// byte to byte, so that any width is allowed.
///
/// # Panics
/// Panics if the run does not fill whole bytes, or is wider than it may be.
#[must_use]
#[track_caller]
pub const fn run_bytes(bits: u32, ordered: bool, continuous: bool) -> usize {
    whole_bytes!(bits, 1 2 3 4 5 6 7);
    assert!(
        bits <= 128,
        "a run of bit fields has at most 128 bits: divide it with `#[wire(u64)]` on the field that begins a new run"
    );
    assert!(
        bits <= 8 || ordered,
        "a number of several bytes needs a byte order: write `#[frame(be)]` or `#[frame(le)]` on the type"
    );
    assert!(
        continuous || matches!(bits, 8 | 16 | 32 | 64 | 128),
        "with this byte and bit order a run is 8, 16, 32, 64 or 128 bits wide: divide it with `#[wire(u16)]` on the \
         field that begins a new run"
    );
    bytes_of_bits(bits)
}
