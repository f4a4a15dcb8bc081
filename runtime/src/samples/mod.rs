//! Valid values of any type, made from its schema.
//!
//! A value is made as JSON from the schema and a list of choices. An empty list makes the simplest
//! value, and a shorter list or smaller choices make a simpler value, which is how proptest
//! shrinks.

mod choices;
mod maker;

use std::string::String;

pub(crate) use self::choices::{Choices, Random};
pub(crate) use self::maker::value;
use crate::frame::{Decode, Encode};

/// The number of consecutive values that may be refused before this is an error.
pub(crate) const REJECTIONS: usize = 1000;

/// Returns the sample at this index. Edge cases come first. The error says why the last attempt was
/// refused.
pub(crate) fn sample<T: Encode + for<'a> Decode<'a>>(index: usize, random: &mut Random) -> Result<T, String> {
    value::<T>(index, &mut |attempt| match (index, attempt) {
        (0, 0) => Choices { end: 0, ..Choices::default() },
        (1, 0) => Choices { end: u32::MAX, ..Choices::default() },
        _ => Choices { list: (0..256).map(|_| random.next()).collect(), ..Choices::default() },
    })
}
