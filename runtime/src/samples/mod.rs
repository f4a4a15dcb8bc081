//! Valid values of any type, generated from its schema.
//!
//! A value is generated as JSON from the schema and a list of choices. An empty list gives the
//! simplest value. Shorter lists and smaller choices give simpler values, so proptest can shrink a
//! value by shrinking the list.

mod asked;
mod choices;
mod delimited;
mod ending;
mod maker;

use std::string::String;

pub(crate) use self::choices::{Choices, Random};
pub(crate) use self::maker::value;
use crate::frame::{Decode, Encode};

/// The number of consecutive refused values after which generation fails.
pub(crate) const REJECTIONS: usize = 1000;

/// Generates the sample at this index. Edge cases come first. The error says why the last value was
/// refused.
pub(crate) fn sample<T: Encode + for<'a> Decode<'a>>(index: usize, random: &mut Random) -> Result<T, String> {
    value::<T>(index, &mut |attempt| match (index, attempt) {
        (0, 0) => Choices { end: 0, ..Choices::default() },
        (1, 0) => Choices { end: u32::MAX, ..Choices::default() },
        _ => Choices { list: (0..256).map(|_| random.next()).collect(), ..Choices::default() },
    })
}

#[cfg(test)]
mod tests;
