//! What generated encoders call.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::ops::Range;

use super::Slot;
use super::decode::filling;
use crate::error::{EncodeError, EncodeErrorKind};
use crate::frame::{EncodeWith, Layout};
use crate::schema::{self, Ending, Field, Order, Part, Stop};
use crate::sink::{Mark, Sink, SliceSink};
use crate::wire::{
    BitField, Content, Fill, Fixed, Found, LenRule, Length, Shape, Write, add_to, fill, find, len_to_wire,
    read_bits, write_bits,
};

/// Keeps room for bytes that are patched in later, or stay zero.
#[inline(always)]
pub fn skip<const N: usize>(run: &mut &mut [u8]) {
    fill(run, [0; N]);
}

/// The bytes of a constant of odd width.
///
/// # Panics
/// While constants are evaluated, that is, as a compile error: when the
/// constant does not fit.
#[must_use]
pub const fn odd_constant<const N: usize>(value: u64, little: bool) -> [u8; N] {
    let whole = value.to_le_bytes();
    let mut bytes = [0; N];
    let mut index = 0;
    while index < whole.len() {
        if index < N {
            bytes[if little { index } else { N - 1 - index }] = whole[index];
        } else {
            assert!(whole[index] == 0, "the constant does not fit its wire type");
        }
        index += 1;
    }
    bytes
}

/// Writes a number whose size varies. It is one thing to a sink that records,
/// even if it is a frame of the user's with fields of its own.
///
/// # Errors
/// When its format cannot carry it.
#[inline]
pub fn write_number<T: Write<F>, F, S: Sink + ?Sized>(number: &T, out: &mut S) -> Result<(), EncodeError> {
    if !S::RECORDS {
        return number.write(out);
    }
    let mut bytes = Vec::new();
    number.write(&mut bytes)?;
    out.put(&bytes)
}

/// Writes a number in digits and what ends it.
///
/// # Errors
/// When the sink is full.
pub fn write_digits<T: Content<F>, F, S: Sink + ?Sized>(
    number: &T,
    out: &mut S,
    delimiter: &[u8],
) -> Result<(), EncodeError> {
    number.write(out)?;
    out.put(delimiter)
}

/// The number for an `Option` of one, where `absent` stands for none.
///
/// # Errors
/// When it is that number itself.
#[inline(always)]
pub fn or_none<T: PartialEq + Debug>(number: Option<T>, absent: T) -> Result<T, EncodeError> {
    match number {
        Some(number) if number == absent => Err(is_absent(&absent)),
        Some(number) => Ok(number),
        None => Ok(absent),
    }
}

#[cold]
fn is_absent(absent: &dyn Debug) -> EncodeError {
    EncodeError::custom(format!("{absent:?} stands for an absent value"))
}

/// Writes a number over the place kept for it.
///
/// # Errors
/// When the format cannot carry it.
#[inline(always)]
pub fn patch<T: Fixed<F>, F, S: Sink + ?Sized>(out: &mut S, at: usize, number: T) -> Result<(), EncodeError> {
    // Few numbers take more than this; digits and sums may.
    let mut few = [0; 40];
    let mut many;
    let bytes = match few.get_mut(..T::SIZE) {
        Some(bytes) => bytes,
        None => {
            many = alloc::vec![0; T::SIZE];
            &mut many[..]
        }
    };
    number.set(&mut &mut *bytes)?;
    out.patch(at, bytes);
    Ok(())
}

/// Writes a number into bits that were left zero in a run of bit fields.
///
/// # Errors
/// When the bits cannot carry it.
pub fn patch_bits<T: BitField, const BYTES: usize, S: Sink + ?Sized>(
    out: &mut S,
    at: usize,
    number: T,
    width: u32,
    shift: u32,
    little: bool,
) -> Result<(), EncodeError> {
    let run = written_between(out, at..at.saturating_add(BYTES));
    if BYTES > 16 {
        let mut run = run.into_owned();
        add_to(&mut run, number.to_bits(width)?, shift, little);
        out.patch(at, &run);
        return Ok(());
    }
    let bits = read_bits::<BYTES>(&run, little) | number.to_bits(width)? << shift;
    out.patch(at, &write_bits::<BYTES>(bits, little));
    Ok(())
}

/// The number that says that a field begins `at` bytes into its frame.
///
/// # Errors
/// When it cannot.
#[inline]
pub fn offset_to_wire<L: Length>(at: usize, rule: &LenRule) -> Result<L, EncodeError> {
    len_to_wire(at, rule)
        .map_err(|_| EncodeError::custom(format!("this number cannot say byte {at}, where the field begins")))
}

/// What was written of the frame that starts at `frame`.
pub fn written<S: Sink + ?Sized>(out: &S, frame: usize) -> Vec<u8> {
    written_between(out, frame..out.position()).into_owned()
}

/// What was written, copied where the sink has it in several pieces.
#[inline]
pub(super) fn written_between<S: Sink + ?Sized>(out: &S, range: Range<usize>) -> Cow<'_, [u8]> {
    match out.piece(range.clone()) {
        Some(piece) => Cow::Borrowed(piece),
        None => Cow::Owned(gathered(out, range)),
    }
}

#[cold]
fn gathered<S: Sink + ?Sized>(out: &S, range: Range<usize>) -> Vec<u8> {
    let mut bytes = Vec::new();
    out.parts(range, &mut |part| bytes.extend_from_slice(part));
    bytes
}

/// Compares a size that earlier fields say with the one that was written.
///
/// # Errors
/// When they differ.
#[inline]
pub fn check_len<L: Length>(says: L, written: usize, unit: &'static str) -> Result<(), EncodeError> {
    let expected = says.to_usize();
    if expected == Some(written) {
        return Ok(());
    }
    Err(wrong_size(expected.unwrap_or(usize::MAX), written, unit))
}

#[cold]
fn wrong_size(expected: usize, found: usize, unit: &'static str) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Size { expected, found, unit })
}

/// Holds a type to its `max`.
///
/// # Errors
/// When more was written.
#[inline]
pub fn check_max(written: usize, max: usize) -> Result<(), EncodeError> {
    if written <= max {
        return Ok(());
    }
    Err(EncodeError::new(EncodeErrorKind::TooLong { found: written, limit: Some(max), unit: "bytes" }))
}

/// Ends what stands from `start` on with a delimiter.
///
/// # Errors
/// When the delimiter would be found earlier.
#[inline]
pub fn put_delimiter<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    delimiter: &[u8],
) -> Result<(), EncodeError> {
    let end = out.position();
    if has_border(delimiter) {
        out.put(delimiter)?;
        return check_delimiter(out, start, end, delimiter);
    }
    // It cannot begin in the value and end in itself, so the value alone is searched.
    match find(&written_between(out, start..end), delimiter) {
        Some(at) => Err(holds_delimiter(delimiter, at)),
        None => out.put(delimiter),
    }
}

/// Whether a delimiter ends as it begins, as `\r\n\r` does.
#[inline]
fn has_border(delimiter: &[u8]) -> bool {
    (1..delimiter.len()).any(|len| {
        let (begin, end) = (delimiter.get(..len), delimiter.get(delimiter.len() - len..));
        begin == end
    })
}

/// Ends what stands from `start` on with the first of several delimiters, unless it is not written here.
///
/// # Errors
/// When one would be found earlier.
pub fn put_any<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    delimiter: &schema::Delimiter,
) -> Result<(), EncodeError> {
    let end = out.position();
    if matches!(delimiter.ending, Ending::Left | Ending::Separates) {
        return Ok(());
    }
    out.put(delimiter.written())?;
    check_any(out, start, end, delimiter)
}

/// Checks, once what follows is written, that a value from `start` to `end` is found to end there.
///
/// # Errors
/// When a delimiter would be found earlier, or what follows must begin with one and does not.
pub fn check_any<S: Sink + ?Sized>(
    out: &S,
    start: usize,
    end: usize,
    delimiter: &schema::Delimiter,
) -> Result<(), EncodeError> {
    let longest = delimiter.any.iter().map(|each| each.len()).max().unwrap_or(0);
    let to = out.position().min(end.saturating_add(longest).saturating_add(delimiter.written().len()));
    let whole = written_between(out, start..to);
    let value = end.saturating_sub(start);
    let found = delimiter.find(&whole, true);
    match found {
        Found::At(at, len) if at < value => {
            Err(holds_delimiter(whole.get(at..at + len).unwrap_or_default(), at))
        }
        Found::At(at, _) if at == value => Ok(()),
        _ if delimiter.ending != Ending::Left || (delimiter.optional && whole.len() == value) => Ok(()),
        _ => {
            let expected = delimiter.written().escape_ascii();
            Err(EncodeError::custom(format!("what follows must begin with \"{expected}\", which ends it")))
        }
    }
}

/// Checks, once what follows is written, that an absent field, which would stand at `at`, is not taken to be there.
///
/// # Errors
/// When what follows begins as the field would.
pub fn check_no_lead<S: Sink + ?Sized>(out: &S, at: usize, lead: &[u8]) -> Result<(), EncodeError> {
    let end = out.position().min(at.saturating_add(lead.len()));
    if *written_between(out, at..end) != *lead {
        return Ok(());
    }
    let lead = lead.escape_ascii();
    let message =
        format!("it is absent, and what follows begins with \"{lead}\", which says that it is there");
    Err(EncodeError::custom(message))
}

/// Takes back a delimiter between two values where nothing follows it.
pub fn drop_between<S: Sink + ?Sized>(out: &mut S, delimiter: Option<Range<usize>>) {
    if let Some(delimiter) = delimiter.filter(|delimiter| delimiter.end == out.position()) {
        out.truncate(delimiter.start);
    }
}

/// Ends a value, which starts at `start`, within its place of `len` bytes. Gives how many of them are to be filled up.
///
/// # Errors
/// When the value is too long, or would be found to end earlier.
pub fn put_stop<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    len: usize,
    stop: &Stop,
) -> Result<usize, EncodeError> {
    let end = out.position();
    let written = end.saturating_sub(start);
    check_max(written, len)?;
    if written < len {
        let Some(delimiter) = stop.fits(len.saturating_sub(written)) else {
            let message = "there is no room for the delimiter behind it, and it does not fill its place";
            return Err(EncodeError::custom(message));
        };
        out.put(delimiter)?;
    }
    check_any(out, start, end, &stop.delimiter)?;
    Ok(len.saturating_sub(out.position().saturating_sub(start)))
}

/// Checks that the delimiter, which stands at `end`, is found there by whoever looks for it from `start` on.
///
/// # Errors
/// When the delimiter would be found earlier.
#[inline]
pub fn check_delimiter<S: Sink + ?Sized>(
    out: &S,
    start: usize,
    end: usize,
    delimiter: &[u8],
) -> Result<(), EncodeError> {
    // With the delimiter, because the value may end in how it begins.
    let whole = start..end.saturating_add(delimiter.len());
    match find(&written_between(out, whole), delimiter) {
        Some(at) if at < end.saturating_sub(start) => Err(holds_delimiter(delimiter, at)),
        _ => Ok(()),
    }
}

#[cold]
fn holds_delimiter(delimiter: &[u8], at: usize) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Delimiter { delimiter: Cow::Owned(delimiter.to_vec()), at })
}

/// Fills a fixed field that starts at `start` up to `len` bytes.
///
/// # Errors
/// When the value is too long, or too short and nothing fills it up.
pub fn put_fill<T: Shape<F>, F, S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    len: usize,
    fill: Option<u8>,
) -> Result<(), EncodeError> {
    fill_up(out, start, len, filling::<T, F>(fill).map(|fill| Fill::new(fill, T::UNITS)))
}

/// Writes a value to a fixed field.
///
/// # Errors
/// When the wire cannot carry it, or it ends in what would be trimmed on decode.
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

/// Checks that what stands from `start` on does not end in fill.
///
/// # Errors
/// When it does.
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

/// Checks that the last item of a list, which takes `size` bytes, is not all fill.
///
/// # Errors
/// When it is.
pub(crate) fn is_not_fill<S: Sink + ?Sized>(out: &S, size: usize, fill: u8) -> Result<(), EncodeError> {
    let end = out.position();
    match size > 0 && written_between(out, end.saturating_sub(size)..end).iter().all(|byte| *byte == fill) {
        true => Err(would_be_trimmed(fill)),
        false => Ok(()),
    }
}

/// The same for bytes that are trimmed, whatever wrote them.
///
/// # Errors
/// As [`put_fill`], and when they end in fill.
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

/// Fills a place whose rest is ignored on decode up with zeros.
///
/// # Errors
/// When the value is too long.
pub fn put_slack<S: Sink + ?Sized>(out: &mut S, start: usize, len: usize) -> Result<(), EncodeError> {
    fill_up(out, start, len, Some(Fill::new(0, None)))
}

fn fill_up<S: Sink + ?Sized>(
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

/// Puts a value into a run, filled up to `len` bytes.
///
/// # Errors
/// When the value is too long, or ends in what would be trimmed on decode.
#[inline]
pub fn set_filled<T: Content<F> + Shape<F>, F>(
    value: &T,
    run: &mut &mut [u8],
    len: usize,
    fill: Option<u8>,
) -> Result<(), EncodeError> {
    let (place, behind) = core::mem::take(run).split_at_mut_checked(len).unwrap_or_default();
    *run = behind;
    let size = value.size();
    if size > len {
        return check_max(size, len);
    }
    let number = filling::<T, F>(fill);
    if let (Some(number), None) = (number, T::UNITS) {
        // The size of the place is mostly a constant, so this is a store, which to fill the rest of it would not be.
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

#[cold]
fn would_be_trimmed(fill: u8) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Fill { fill })
}

/// A size that an expression says.
///
/// # Errors
/// When it is negative or larger than memory.
#[inline]
pub fn said_len<L: Length>(len: L) -> Result<usize, EncodeError> {
    len.to_usize().ok_or_else(|| {
        EncodeError::new(EncodeErrorKind::Range {
            expected: "a length".into(),
            found: "a number that is negative or larger than memory".into(),
        })
    })
}

/// Appends a byte a number of times.
///
/// # Errors
/// When the sink is full.
pub fn put_filling<S: Sink + ?Sized>(out: &mut S, missing: usize, fill: u8) -> Result<(), EncodeError> {
    put_units(out, missing, Fill::new(fill, None))
}

/// Appends so many bytes of what fills a place up.
///
/// # Errors
/// When the sink is full, or when that ends within a code unit.
pub fn put_units<S: Sink + ?Sized>(out: &mut S, mut missing: usize, fill: Fill) -> Result<(), EncodeError> {
    if missing % fill.unit().len().max(1) != 0 {
        let message = "a code unit of this text has two bytes, and what is to be filled up is odd";
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

/// Writes a frame that its parent hands something.
///
/// # Errors
/// As [`crate::Encode::encode_to`].
#[inline]
pub fn write_with<T: EncodeWith<C>, C, S: Sink + ?Sized>(
    value: &T,
    out: &mut S,
    context: C,
) -> Result<(), EncodeError> {
    value.encode_with_to(out, context)
}

/// How many bytes that writes.
#[inline]
pub fn size_with<T: EncodeWith<C>, C>(value: &T, context: C) -> usize {
    value.len_inside_with(context)
}

/// What a part of a run writes.
#[derive(Debug)]
pub struct RunMark {
    /// The variant the field is of; `None` for what the words of the type write.
    pub variant: Option<usize>,
    /// Which field.
    pub index: usize,
    /// Which part of it.
    pub part: Part,
    /// How many bytes it takes.
    pub len: usize,
    /// How far behind its beginning the next part stands: bit fields share their bytes.
    pub moves: usize,
    /// In which byte order, where the schema has an entry for each.
    pub order: Order,
}

/// Notes what the parts of a run that starts at `at` have written.
pub fn mark_run<T: Layout, S: Sink + ?Sized>(out: &mut S, mut at: usize, marks: &[RunMark]) {
    for mark in marks {
        let field = match mark.variant {
            Some(variant) => Slot::<T>::field(variant, mark.index),
            None => Slot::head(mark.index),
        };
        // A value that fills its place has no filling.
        if mark.part != Part::Fill || mark.len > 0 {
            let range = at..at.saturating_add(mark.len);
            let field = field.in_order(mark.order).entry();
            out.mark(Mark::Bytes { field, part: mark.part, range });
        }
        at = at.saturating_add(mark.moves);
    }
}

/// Notes that everything from `at` on is a part of a field.
///
/// Here as below the field is looked up only for sinks that record.
#[inline(always)]
pub fn mark_since<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, part: Part, at: usize) {
    if S::RECORDS && out.position() > at {
        out.mark(Mark::Bytes { field: field.entry(), part, range: at..out.position() });
    }
}

/// Notes that everything from `at` on is a field, of which the last bytes are its delimiter.
#[inline(always)]
pub fn mark_delimited<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, at: usize, delimiter: usize) {
    if S::RECORDS {
        let (field, end) = (field.entry(), out.position());
        let content = end.saturating_sub(delimiter);
        out.mark(Mark::Bytes { field, part: Part::Value, range: at..content });
        out.mark(Mark::Bytes { field, part: Part::Until, range: content..end });
    }
}

/// Notes that what follows belongs to a field, and gives the position.
#[inline(always)]
pub fn mark_enter<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>) -> usize {
    if S::RECORDS {
        out.mark(Mark::Enter(field.entry()));
    }
    out.position()
}

/// Notes that a field, which started at `at`, is complete.
#[inline(always)]
pub fn mark_leave<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, at: usize) {
    if S::RECORDS {
        out.mark(Mark::Leave);
        out.mark(Mark::Bytes { field: field.entry(), part: Part::Value, range: at..out.position() });
    }
}

/// Notes which variant of an enum what follows is.
#[inline(always)]
pub fn mark_variant<S: Sink + ?Sized>(out: &mut S, index: usize) {
    if S::RECORDS {
        out.mark(Mark::Variant(index));
    }
}

/// The bytes of a self-delimiting value.
#[must_use]
pub fn bytes_of<T: Write<F>, F>(value: &T) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    value.write(&mut bytes).ok().map(|()| bytes)
}

/// The bytes of the number that says `len`.
#[must_use]
pub fn say<T: Length + Write<F>, F>(len: usize) -> Option<Vec<u8>> {
    bytes_of::<T, F>(&T::from_usize(len)?)
}

/// What stands for the delimiter that ends a whole type.
pub(crate) static UNTIL: Field = Field::new("until", crate::schema::Type::Bytes);

/// Notes the delimiter that ends a whole type.
#[inline(always)]
pub fn mark_end<S: Sink + ?Sized>(out: &mut S, at: usize) {
    if S::RECORDS && out.position() > at {
        out.mark(Mark::Bytes { field: &UNTIL, part: Part::Value, range: at..out.position() });
    }
}

/// The encoder of a type that failed to derive.
#[cold]
#[must_use]
pub fn not_derived_either() -> EncodeError {
    EncodeError::custom("this type failed to derive")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_written_exactly_if_it_is_found_there() {
        for delimiter in [&b"a"[..], b"ab", b"aa", b"aba", b"abab", b"aabaa"] {
            for number in 0..1_u32 << 7 {
                // All values of up to six of these two bytes, one for each number behind its highest bit.
                let value: Vec<u8> = (0..number.checked_ilog2().unwrap_or(0))
                    .map(|bit| if number >> bit & 1 == 0 { b'a' } else { b'b' })
                    .collect();
                let mut out = [b"ab", &value[..]].concat();
                let written = put_delimiter(&mut out, 2, delimiter);
                let whole = [&value[..], delimiter].concat();
                let found = find(&whole, delimiter) == Some(value.len());
                assert_eq!(written.is_ok(), found, "{value:?} {delimiter:?}");
                assert!(!found || out[2..] == whole);
            }
        }
    }
}
