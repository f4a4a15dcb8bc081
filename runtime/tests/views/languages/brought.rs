//! Tests of functions that are provided for what only Rust can compute: hand-written code, and a
//! checksum with a seed.

use framewright::checksum::Checksum;
use framewright::prelude::*;

use super::agree::agree;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, check(is_odd(salt), "the salt is odd"))]
struct Envelope {
    salt: u8,
    #[ctx(salt)]
    secret: Secret,
    #[calc(salt.wrapping_mul(2), verify)]
    twice: Auto<u8>,
    #[until(|number: &u16| number.leading_zeros() == 16)]
    list: Vec<u16>,
    #[optional]
    #[check(!is_odd(tail), "the tail is even")]
    tail: Option<u8>,
}

fn is_odd(number: u8) -> bool {
    number % 2 == 1
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(salt: u8))]
struct Secret {
    kind: u8,
    #[len_prefixed(u8)]
    #[with(mask)]
    #[ctx(kind)]
    body: Vec<u8>,
    #[with(digits)]
    name: String,
    #[checksum(Salted, over = .., seed = [salt, 3, kind])]
    sum: Auto<u16>,
}

/// A checksum whose initial value depends on the first three bytes: `salt + times * kind`.
struct Salted;

impl Checksum for Salted {
    type Output = u16;

    fn compute(bytes: &[u8]) -> u16 {
        let [salt, times, kind, bytes @ ..] = bytes else { return 0 };
        let sum = bytes.iter().fold(u32::from(*salt) + u32::from(*times) * u32::from(*kind), |sum, byte| {
            sum.wrapping_add(u32::from(*byte))
        });
        u16::try_from(sum & 0xffff).unwrap()
    }
}

mod mask {
    use framewright::{DecodeError, EncodeError, Sink};

    pub(super) fn parse(input: &[u8], key: u8) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().map(|byte| byte ^ key).collect()))
    }

    pub(super) fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S, key: u8) -> Result<(), EncodeError> {
        value.iter().try_for_each(|byte| out.put(&[byte ^ key]))
    }

    pub(super) fn encoded_len(value: &[u8], _: u8) -> usize {
        value.len()
    }
}

mod digits {
    use framewright::{DecodeError, EncodeError, Sink};

    pub(super) fn parse(input: &[u8]) -> nom::IResult<&[u8], String, DecodeError> {
        let end = input.iter().position(|byte| *byte == b'.');
        let digits = &input[..end.unwrap_or(input.len())];
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(nom::Err::Error(DecodeError::custom("no digits")));
        }
        let Some(end) = end else { return Err(nom::Err::Incomplete(nom::Needed::new(1))) };
        Ok((&input[end + 1..], String::from_utf8(digits.to_vec()).unwrap()))
    }

    pub(super) fn encode<S: Sink + ?Sized>(value: &str, out: &mut S) -> Result<(), EncodeError> {
        out.put(value.as_bytes())?;
        out.put(b".")
    }

    pub(super) fn encoded_len(value: &str) -> usize {
        value.len() + 1
    }
}

#[test]
fn functions_are_provided_for_what_only_rust_can_compute() {
    let secrets = [(1, 0, b"".to_vec(), ""), (7, 1, b"abc".to_vec(), "0123"), (255, 255, vec![0; 40], "9")];
    let envelope = |(salt, kind, body, name): (u8, u8, Vec<u8>, &str)| {
        let name = name.into();
        let secret = Secret { kind, body, name, sum: Auto::new() };
        let tail = (kind > 0).then_some(8);
        let envelope = Envelope { salt, secret, twice: Auto::new(), list: vec![5, 0], tail };
        envelope.to_vec().unwrap()
    };
    agree::<Envelope>(
        &secrets.map(envelope),
        &[
            ("Secret.body", "mask"),
            ("name", "digits"),
            ("sum", "salted"),
            ("Envelope", "odd"),
            ("tail", "even"),
            ("twice", "twice"),
            ("list", "last"),
        ],
    );
}

/// Checks that tuple tags are refused. The schema has only their text, so no function that is provided
/// could choose a variant.
#[test]
fn tags_that_are_tuples_are_refused() {
    let refused = "Pair.Both: the tag `(1, 2)` can only be computed in Rust";
    let module = |schema: &'static framewright::Schema| schema.python().generate().unwrap_err().to_string();
    assert_eq!(module(Pair::SCHEMA), refused);
    assert_eq!(module(Paired::SCHEMA), format!("Paired.pair.{refused}"));
    let provided = Paired::SCHEMA.typescript().with("pair.tag", "./a.js.tag").generate();
    assert_eq!(provided.unwrap_err().to_string(), format!("Paired.pair.{refused}"));
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Paired {
    kind: u8,
    width: u8,
    #[tag((kind, width))]
    pair: Pair,
}

#[derive(Frame, Debug, Clone, PartialEq)]
enum Pair {
    #[tag((1, 2))]
    Both(u8),
    #[tag(_)]
    Neither,
}

/// Checks that the error for a missing function names the field, and says how to provide the
/// function.
#[test]
fn the_error_for_a_missing_function_names_the_field() {
    let python = Envelope::SCHEMA.python();
    let refused = |python: &framewright::view::Python| python.generate().unwrap_err().to_string();
    assert_eq!(
        refused(&python),
        "Envelope.twice: only Rust can compute `salt.wrapping_mul(2)`: provide its function with `--with twice=module.function`"
    );
    let python = python.with("twice", "a.twice").with("list", "a.last").with("Envelope.tail", "a.even");
    let hint = "provide its function with `--with Envelope=module.function`";
    assert_eq!(refused(&python), format!("Envelope: only Rust can compute `is_odd(salt)`: {hint}"));
    let python = python.with("Envelope", "a.odd");
    assert_eq!(
        refused(&python),
        "Secret.body: hand-written code (`with`) cannot be generated: provide it with `--with body=module.object`"
    );
    let python = python.with("body", "a.mask").with("Other.name", "a.name");
    assert!(refused(&python).starts_with("Secret.name: "), "{}", refused(&python));
    let python = python.with("name", "a.name");
    assert_eq!(
        refused(&python),
        "Secret.sum: a checksum with a seed can only be computed in Rust: provide its function with `--with sum=module.function`"
    );
}
