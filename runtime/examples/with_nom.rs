//! A derived type in nom's combinators, and nom in a hand-written field.
//!
//! `cargo run --example with_nom`

use framewright::nom::{self, Parser, bytes::streaming::tag, multi::count};
use framewright::prelude::*;

/// A number in Roman digits. The crate does not have this format, so it is written as a module for
/// `#[with(..)]`.
mod roman {
    use framewright::nom::IResult;
    use framewright::{DecodeError, EncodeError, Sink};

    const DIGITS: [(u8, u32); 3] = [(b'X', 10), (b'V', 5), (b'I', 1)];

    pub(super) fn parse(bytes: &[u8]) -> IResult<&[u8], u32, DecodeError> {
        let mut sum = 0_u32;
        for byte in bytes {
            let Some((_, value)) = DIGITS.iter().find(|(digit, _)| digit == byte) else {
                return Err(framewright::nom::Err::Failure(DecodeError::custom("expected X, V or I")));
            };
            sum = sum.saturating_add(*value);
        }
        Ok((&[], sum))
    }

    fn digits(number: u32) -> Vec<u8> {
        let (mut left, mut digits) = (number, Vec::new());
        for (digit, value) in DIGITS {
            while left >= value {
                digits.push(digit);
                left -= value;
            }
        }
        digits
    }

    pub(super) fn encode<S: Sink + ?Sized>(number: &u32, out: &mut S) -> Result<(), EncodeError> {
        out.put(&digits(*number))
    }

    pub(super) fn encoded_len(number: &u32) -> usize {
        digits(*number).len()
    }
}

#[derive(Frame, Debug, PartialEq)]
struct Year {
    #[until(b";")]
    #[with(roman)]
    number: u32,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // `parse` of a derived type is a nom parser like any other.
    let mut all = (tag::<_, _, framewright::DecodeError>(&b"years:"[..]), count(Year::parse, 2));
    let (rest, (_, years)) = all.parse(b"years:XII;VII;.")?;
    assert_eq!(years, [Year { number: 12 }, Year { number: 7 }]);
    assert_eq!(rest, b".");
    let _: nom::IResult<&[u8], Year, framewright::DecodeError> = Year::parse(b"X;");
    assert_eq!(Year { number: 17 }.to_vec()?, b"XVII;");
    println!("{years:?}");
    Ok(())
}
