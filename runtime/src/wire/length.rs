//! Numbers in length fields and count fields.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::Display;
use core::num::TryFromIntError;

use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};

/// A number that can be a length: any integer, or a user's type that converts to and from `usize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a length",
    label = "not a length",
    note = "use an integer, or a type with `TryFrom<usize>` and `usize: TryFrom<..>` that is `Clone`; the errors of both \
            must implement `Display`"
)]
pub trait Length: Clone {
    /// Converts the number to `usize`, unless it is negative or larger than memory.
    fn to_usize(&self) -> Option<usize>;
    /// Converts a `usize` to a number, if it fits.
    fn from_usize(len: usize) -> Option<Self>;
    /// Returns the error of a user's type that does not convert to `usize`. Returns `None` for an
    /// integer.
    fn refuses_to(&self) -> Option<String>;
    /// Returns the error of a user's type that does not convert from `len`. Returns `None` for an
    /// integer.
    fn refuses_from(len: usize) -> Option<EncodeError>;
}

impl<T: Clone + TryFrom<usize, Error: Display>> Length for T
where
    usize: TryFrom<T, Error: Display>,
{
    #[inline(always)]
    fn to_usize(&self) -> Option<usize> {
        usize::try_from(self.clone()).ok()
    }

    #[inline(always)]
    fn from_usize(len: usize) -> Option<Self> {
        T::try_from(len).ok()
    }

    fn refuses_to(&self) -> Option<String> {
        usize::try_from(self.clone()).err().filter(says_why).map(|reason| reason.to_string())
    }

    fn refuses_from(len: usize) -> Option<EncodeError> {
        T::try_from(len).err().filter(says_why).map(|reason| super::convert::not_that::<T>(&reason))
    }
}

/// Returns `true` if an error is from a user's type. For Rust's integers the library has a better
/// message.
fn says_why<E>(_: &E) -> bool {
    core::any::type_name::<E>() != core::any::type_name::<TryFromIntError>()
}

/// The relation between the number in a length field and the bytes that it counts: `number = (bytes
/// + own) / scale + bias`.
#[derive(Clone, Copy, Debug)]
pub struct LenRule {
    /// Size of the length field in bytes, if it counts itself too (`inclusive`). Otherwise 0.
    pub own: usize,
    /// Number of bytes in a unit.
    pub scale: usize,
    /// Number that is added to the number of units.
    pub bias: isize,
    /// Maximum length in bytes.
    pub max: usize,
    /// Largest number that the format of the length field can hold.
    pub limit: u128,
}

impl LenRule {
    /// The rule for a length field that holds the number of bytes itself.
    pub const PLAIN: Self = Self { own: 0, scale: 1, bias: 0, max: usize::MAX, limit: u128::MAX };
}

/// Converts the number in a length field to the number of bytes that it counts.
///
/// # Errors
/// Returns an error if the number is negative, below the bias, or above the limit.
#[inline(always)]
pub fn len_from_wire<L: Length>(number: L, rule: &LenRule) -> Result<usize, DecodeError> {
    let bytes = number.to_usize().and_then(|number| {
        let units = number.checked_add_signed(rule.bias.checked_neg()?)?;
        units.checked_mul(rule.scale)?.checked_sub(rule.own)
    });
    match bytes {
        Some(bytes) if bytes <= rule.max => Ok(bytes),
        _ => Err(bad_len(number, bytes, rule)),
    }
}

/// What is found, in the error for an integer that cannot be a length.
const NO_LENGTH: &str = "a number that is negative or larger than memory";

#[cold]
fn bad_len<L: Length>(number: L, bytes: Option<usize>, rule: &LenRule) -> DecodeError {
    let kind = match (bytes, number.to_usize()) {
        (Some(bytes), _) => DecodeErrorKind::TooLong { limit: rule.max, found: bytes.to_string() + " bytes" },
        (None, Some(number)) => {
            let least = rule.own.div_ceil(rule.scale.max(1)).checked_add_signed(rule.bias);
            let expected = match least {
                Some(least) if number < least => format!("a length of at least {least}"),
                _ => "a length that fits into memory".to_string(),
            };
            DecodeErrorKind::Value { expected: expected.into(), found: number.to_string() }
        }
        (None, None) => DecodeErrorKind::Value {
            expected: "a length".into(),
            found: number.refuses_to().unwrap_or_else(|| NO_LENGTH.into()),
        },
    };
    DecodeError::new(kind)
}

/// Converts a number of bytes to the number in a length field.
///
/// # Errors
/// Returns an error if the length does not fit in the length field, or exceeds the limit.
#[inline(always)]
pub fn len_to_wire<L: Length>(bytes: usize, rule: &LenRule) -> Result<L, EncodeError> {
    let number = units(bytes, rule).filter(|number| fits(*number, rule.limit));
    match number.and_then(L::from_usize) {
        Some(number) if bytes <= rule.max => Ok(number),
        _ => Err(unsayable::<L>(bytes, rule)),
    }
}

#[inline(always)]
fn units(bytes: usize, rule: &LenRule) -> Option<usize> {
    let counted = bytes.checked_add(rule.own)?;
    if rule.scale != 1 && counted.checked_rem(rule.scale) != Some(0) {
        return None;
    }
    counted.checked_div(rule.scale)?.checked_add_signed(rule.bias)
}

#[inline(always)]
fn fits(number: usize, limit: u128) -> bool {
    u128::try_from(number).is_ok_and(|number| number <= limit)
}

#[cold]
fn unsayable<L: Length>(bytes: usize, rule: &LenRule) -> EncodeError {
    let counted = bytes.saturating_add(rule.own);
    if counted.checked_rem(rule.scale) != Some(0) {
        return EncodeError::new(EncodeErrorKind::Scale { found: counted, scale: rule.scale });
    }
    let fits_format = |number: &usize| fits(*number, rule.limit);
    if let Some(number) = units(bytes, rule).filter(fits_format).filter(|_| bytes <= rule.max) {
        if let Some(error) = L::refuses_from(number) {
            return error;
        }
    }
    let most = largest(
        |bytes| {
            units(bytes, rule)
                .is_some_and(|number| fits(number, rule.limit) && L::from_usize(number).is_some())
        },
        rule,
    );
    let limit = most.map(|most| most.min(rule.max));
    EncodeError::new(EncodeErrorKind::TooLong { found: bytes, limit, unit: "bytes" })
}

/// Returns the largest length that a length field can hold. Only errors need it. It is found by
/// bisection, because the limit of a user's number type is unknown.
fn largest(can_say: impl Fn(usize) -> bool, rule: &LenRule) -> Option<usize> {
    let bytes_of = |units: usize| units.checked_mul(rule.scale)?.checked_sub(rule.own);
    let (mut low, mut high) = (rule.own.div_ceil(rule.scale.max(1)), usize::MAX / rule.scale.max(1));
    if !can_say(bytes_of(low)?) {
        return None;
    }
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if bytes_of(middle).is_some_and(&can_say) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    bytes_of(low)
}

/// Converts the number in a count field to the number of items.
///
/// # Errors
/// Returns an error if the number is negative or above the limit.
#[inline(always)]
pub fn count_from_wire<L: Length>(number: L, max: usize) -> Result<usize, DecodeError> {
    match number.to_usize() {
        Some(items) if items <= max => Ok(items),
        _ => Err(bad_count(number, max)),
    }
}

#[cold]
fn bad_count<L: Length>(number: L, limit: usize) -> DecodeError {
    DecodeError::new(match number.to_usize() {
        Some(items) => DecodeErrorKind::TooLong { limit, found: items.to_string() + " items" },
        None => DecodeErrorKind::Value {
            expected: "a count".into(),
            found: number.refuses_to().unwrap_or_else(|| NO_LENGTH.into()),
        },
    })
}

/// Converts a number of items to the number in a count field.
///
/// # Errors
/// Returns an error if the count does not fit in the count field, or exceeds the limit.
#[inline(always)]
pub fn count_to_wire<L: Length>(items: usize, max: usize, limit: u128) -> Result<L, EncodeError> {
    match Some(items).filter(|items| fits(*items, limit)).and_then(L::from_usize) {
        Some(number) if items <= max => Ok(number),
        _ => Err(too_many::<L>(items, max, limit)),
    }
}

#[cold]
fn too_many<L: Length>(items: usize, max: usize, limit: u128) -> EncodeError {
    if fits(items, limit) && items <= max {
        if let Some(error) = L::refuses_from(items) {
            return error;
        }
    }
    let most = largest(|items| fits(items, limit) && L::from_usize(items).is_some(), &LenRule::PLAIN);
    let limit = most.map(|most| most.min(max));
    EncodeError::new(EncodeErrorKind::TooLong { found: items, limit, unit: "items" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(number: u64, rule: LenRule) -> String {
        len_from_wire(number, &rule).unwrap_err().to_string()
    }

    #[test]
    fn the_error_of_a_length_says_what_it_must_be() {
        let inclusive = LenRule { own: 2, ..LenRule::PLAIN };
        assert_eq!(len_from_wire(2_u64, &inclusive).unwrap(), 0);
        assert!(refused(1, inclusive).ends_with("expected a length of at least 2, found 1"));
        let words = LenRule { own: 4, scale: 4, bias: 5, ..LenRule::PLAIN };
        assert_eq!(len_from_wire(6_u64, &words).unwrap(), 0);
        assert!(refused(5, words).ends_with("expected a length of at least 6, found 5"));
        let wide = LenRule { scale: 4, ..LenRule::PLAIN };
        assert!(refused(u64::MAX, wide).contains("expected a length that fits into memory, found 18446"));
    }
}
