//! Padding of values while encoding.

use super::encode::{check_len, check_max, written_between};
use super::padded::filling;
use crate::error::{EncodeError, EncodeErrorKind};
use crate::schema::Order;
use crate::sink::{Sink, SliceSink};
use crate::wire::{Content, Fill, Shape};

/// Pads a `#[fixed(N)]` field that starts at `start` to `len` bytes.
///
/// # Errors
/// Returns an error if the value is too long, or too short without padding.
pub fn put_fill<T: Shape<F>, F, S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    len: usize,
    fill: Option<u8>,
) -> Result<(), EncodeError> {
    fill_up(out, start, len, filling::<T, F>(fill).map(|fill| Fill::new(fill, T::UNITS)))
}

/// Writes a value to a `#[fixed(N)]` field.
///
/// # Errors
/// Returns an error if the value cannot be encoded, or ends in `fill`, which decoding would trim.
#[inline]
pub fn write_filled<T: Content<F>, F, S: Sink + ?Sized>(
    value: &T,
    out: &mut S,
    fill: Option<u8>,
) -> Result<(), EncodeError> {
    match filling::<T, F>(fill) {
        Some(fill) => value.write_filled(out, fill),
        None => value.write(out),
    }
}

/// Checks that the bytes from `start` on do not end in the byte or code unit `fill`.
///
/// # Errors
/// Returns an error if they do.
pub(crate) fn ends_in_fill<S: Sink + ?Sized>(
    out: &S,
    start: usize,
    fill: u8,
    units: Option<Order>,
) -> Result<(), EncodeError> {
    let (end, unit) = (out.position(), Fill::new(fill, units));
    let last = end.saturating_sub(start).min(unit.unit().len());
    match *written_between(out, end.saturating_sub(last)..end) == *unit.unit() {
        true => Err(would_be_trimmed(fill)),
        false => Ok(()),
    }
}

/// Checks that the last item of a list, of `size` bytes, has bytes other than `fill`.
///
/// # Errors
/// Returns an error if all its bytes are `fill`.
pub(crate) fn is_not_fill<S: Sink + ?Sized>(out: &S, size: usize, fill: u8) -> Result<(), EncodeError> {
    let end = out.position();
    match size > 0 && written_between(out, end.saturating_sub(size)..end).iter().all(|byte| *byte == fill) {
        true => Err(would_be_trimmed(fill)),
        false => Ok(()),
    }
}

/// Pads the bytes of a hand-written module to a `#[fixed(N)]` field of `len` bytes, like
/// [`put_fill`]. Decoding trims the padding.
///
/// # Errors
/// Returns the same errors as [`put_fill`], and an error if the bytes end in `fill`.
pub fn put_fill_bytes<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    len: usize,
    fill: Option<u8>,
) -> Result<(), EncodeError> {
    if let Some(fill) = fill {
        ends_in_fill(out, start, fill, None)?;
    }
    fill_up(out, start, len, fill.map(|fill| Fill::new(fill, None)))
}

/// Pads a slot of `len` bytes with zeros, for a field whose padding decoding ignores.
///
/// # Errors
/// Returns an error if the value is too long.
pub fn put_slack<S: Sink + ?Sized>(out: &mut S, start: usize, len: usize) -> Result<(), EncodeError> {
    fill_up(out, start, len, Some(Fill::new(0, None)))
}

pub(super) fn fill_up<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    len: usize,
    fill: Option<Fill>,
) -> Result<(), EncodeError> {
    let written = out.position().saturating_sub(start);
    let Some(fill) = fill else { return check_len(len, written, "bytes") };
    match len.checked_sub(written) {
        Some(missing) => put_units(out, missing, fill),
        None => check_max(written, len),
    }
}

/// Writes a value to a run, padded to `len` bytes.
///
/// # Errors
/// Returns an error if the value is too long, or ends in `fill`, which decoding would trim.
#[inline]
pub fn set_filled<T: Content<F> + Shape<F>, F>(
    value: &T,
    run: &mut &mut [u8],
    len: usize,
    fill: Option<u8>,
) -> Result<(), EncodeError> {
    let (place, behind) = core::mem::take(run).split_at_mut_checked(len).unwrap_or_default();
    *run = behind;
    let number = filling::<T, F>(fill);
    if let (Some(bytes), Some(number), None) = (value.as_written(), number, T::UNITS) {
        return set_bytes(bytes, place, number);
    }
    let size = value.size();
    if size > len {
        return check_max(size, len);
    }
    if let (Some(number), None) = (number, T::UNITS) {
        place.fill(number);
    }
    value.write(&mut SliceSink::new(place))?;
    let Some(number) = number else { return check_len(len, size, "bytes") };
    let (value, missing) = place.split_at_mut_checked(size).unwrap_or_default();
    if T::UNITS.is_none() {
        return if value.last() == Some(&number) { Err(would_be_trimmed(number)) } else { Ok(()) };
    }
    let fill = Fill::new(number, T::UNITS);
    if value.ends_with(fill.unit()) {
        return Err(would_be_trimmed(number));
    }
    missing.chunks_exact_mut(fill.unit().len()).for_each(|unit| unit.copy_from_slice(fill.unit()));
    Ok(())
}

/// Copies bytes to a slot, and pads the rest.
#[inline]
fn set_bytes(bytes: &[u8], place: &mut [u8], fill: u8) -> Result<(), EncodeError> {
    // The size of the slot is mostly a constant, so padding all of it first is a single store.
    // Padding only the rest would not be.
    place.fill(fill);
    let len = place.len();
    match place.get_mut(..bytes.len()) {
        Some(_) if bytes.last() == Some(&fill) => Err(would_be_trimmed(fill)),
        Some(place) => {
            place.copy_from_slice(bytes);
            Ok(())
        }
        None => check_max(bytes.len(), len),
    }
}

#[cold]
pub(super) fn would_be_trimmed(fill: u8) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Fill { fill })
}

/// Appends `missing` bytes with the value `fill`.
///
/// # Errors
/// Returns an error if the sink is full.
pub fn put_filling<S: Sink + ?Sized>(out: &mut S, missing: usize, fill: u8) -> Result<(), EncodeError> {
    put_units(out, missing, Fill::new(fill, None))
}

/// Appends `missing` bytes of padding.
///
/// # Errors
/// Returns an error if the sink is full, or if the padding would end within a code unit.
pub fn put_units<S: Sink + ?Sized>(out: &mut S, mut missing: usize, fill: Fill) -> Result<(), EncodeError> {
    if missing % fill.unit().len().max(1) != 0 {
        let message = "a code unit of this text has two bytes, but the number of bytes to pad is odd";
        return Err(EncodeError::custom(message));
    }
    let mut filling = [0; 64];
    filling.chunks_exact_mut(fill.unit().len().max(1)).for_each(|unit| unit.copy_from_slice(fill.unit()));
    while missing > 0 {
        let some = filling.get(..missing).unwrap_or(&filling);
        out.put(some)?;
        missing -= some.len();
    }
    Ok(())
}
