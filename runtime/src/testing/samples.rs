//! Valid and damaged values of any type, generated from its schema.

use std::vec::Vec;

use proptest::prelude::{Strategy, any as any_of, prop};

use crate::frame::OwnedFrame;
use crate::samples::{Choices, REJECTIONS, Random, sample, value};

/// Returns `n` valid values of a type, generated from its schema.
///
/// Edge cases come first: everything empty and zero, everything full and at its maximum, then every
/// variant, and every `Option` both present and absent. The same seed gives the same values.
///
/// # Panics
/// Panics if the type refuses 1,000 values in a row, for example because of a `check` that few
/// values pass. The message names the field.
///
/// ```
/// use framewright::prelude::*;
/// use framewright::testing::{laws, samples};
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Reading {
///     sensor: u16,
///     #[len_prefixed(u8)]
///     unit: String,
/// }
///
/// let readings: Vec<Reading> = samples(1, 20);
/// assert_eq!(readings[0], Reading { sensor: 0, unit: String::new() });
/// laws(readings);
/// ```
#[must_use]
#[track_caller]
pub fn samples<T: OwnedFrame>(seed: u64, n: usize) -> Vec<T> {
    let mut random = Random::new(seed);
    (0..n)
        .map(|index| match sample::<T>(index, &mut random) {
            Ok(value) => value,
            Err(refused) => panic!(
                "{} refused {REJECTIONS} values made from its schema, the last one with this error: {refused}",
                T::SCHEMA.name
            ),
        })
        .collect()
}

/// Returns a strategy of [proptest](https://docs.rs/proptest) for valid values of a type, which
/// shrinks failing values.
///
/// ```
/// use framewright::prelude::*;
/// use framewright::testing::any;
/// use proptest::prelude::*;
///
/// #[derive(Frame, Clone, Debug, PartialEq)]
/// #[frame(be)]
/// struct Reading { sensor: u16 }
///
/// proptest!(|(reading in any::<Reading>())| {
///     prop_assert_eq!(Reading::decode(&reading.to_vec().unwrap()).unwrap(), reading);
/// });
/// ```
pub fn any<T: OwnedFrame + core::fmt::Debug>() -> impl Strategy<Value = T> {
    let choices = prop::collection::vec(any_of::<u32>(), 0..256);
    choices.prop_filter_map("the type refuses it", |list| {
        let seed =
            list.iter().fold(1u64, |seed, choice| seed.wrapping_mul(31).wrapping_add(u64::from(*choice)));
        let mut random = Random(seed);
        value::<T>(2, &mut |attempt| match attempt {
            0 => Choices { list: list.clone(), ..Choices::default() },
            _ => Choices { list: (0..256).map(|_| random.next()).collect(), ..Choices::default() },
        })
        .ok()
    })
}

/// Returns damaged encodings of valid values: truncated, or with a flipped bit, overwritten bytes
/// or an inserted byte. Some of them may nevertheless be valid.
///
/// ```
/// use framewright::prelude::*;
/// use framewright::testing::damaged;
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Reading { sensor: u16 }
///
/// for bytes in damaged::<Reading>(1, 100) {
///     let _ = Reading::decode(&bytes);
/// }
/// ```
///
/// # Panics
/// Panics in the same cases as [`samples`].
#[must_use]
#[track_caller]
pub fn damaged<T: OwnedFrame>(seed: u64, n: usize) -> Vec<Vec<u8>> {
    let mut random = Random(seed.wrapping_add(7));
    let whole: Vec<_> =
        samples::<T>(seed, n.clamp(1, 64)).iter().filter_map(|value| value.to_vec().ok()).collect();
    (0..n)
        .filter_map(|index| Some(damage(whole.get(index % whole.len().max(1))?.clone(), &mut random)))
        .collect()
}

fn damage(mut bytes: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let at = random.below(bytes.len().max(1));
    match random.below(5) {
        0 => bytes.truncate(at),
        1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (random.next() % 8)),
        2 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = 0xff),
        3 => bytes.iter_mut().skip(at).take(1 + random.below(4)).for_each(|byte| *byte = 0),
        _ => bytes.insert(at, random.next().to_le_bytes()[0]),
    }
    bytes
}
