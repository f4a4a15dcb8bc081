//! Valid values of any type, made from its schema.
//!
//! A value is made as JSON from the schema and a list of choices: an empty list makes the simplest
//! value, and a shorter or smaller list a simpler one, which is how proptest shrinks.

mod choices;
mod maker;

use std::string::String;

pub(crate) use self::choices::{Choices, Random};
pub(crate) use self::maker::value;
use crate::frame::{Decode, Encode};

/// How many values in a row may be refused before that is an error.
pub(crate) const REJECTIONS: usize = 1000;

/// Returns the sample at this index; edge cases come first. The error says why the last attempt was
/// refused.
pub(crate) fn sample<T: Encode + for<'a> Decode<'a>>(index: usize, random: &mut Random) -> Result<T, String> {
    value::<T>(index, &mut |attempt| match (index, attempt) {
        (0, 0) => Choices { end: 0, ..Choices::default() },
        (1, 0) => Choices { end: u32::MAX, ..Choices::default() },
        _ => Choices { list: (0..256).map(|_| random.next()).collect(), ..Choices::default() },
    })
}
