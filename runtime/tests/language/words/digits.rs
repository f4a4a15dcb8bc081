//! Tests of `bcd(N)` on numbers and text, and of `bytes(n)`, a number that takes its size from an
//! earlier field.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;
use std::sync::Arc;

#[derive(Frame, Debug, PartialEq, Clone)]
struct Digits {
    #[wire(bcd(2))]
    year: u16,
    #[wire(bcd(1))]
    months: [u8; 2],
    #[wire(bcd(8))]
    imei: String,
    #[wire(bcd(3, fill = 0xf))]
    number: u32,
    #[wire(bcd(3, swapped, fill = 0xf))]
    imsi: Arc<str>,
    #[len_prefixed(bcd(1))]
    text: String,
    #[count_prefixed(bcd(2, swapped))]
    #[wire(bcd(2))]
    list: Vec<u16>,
    #[count(2)]
    #[wire(bcd(2))]
    words: Vec<String>,
}

fn digits() -> Digits {
    Digits {
        year: 2026,
        months: [7, 12],
        imei: "0123456789012345".into(),
        number: 7,
        imsi: "26201".into(),
        text: "hello, world".into(),
        list: vec![7, 9999],
        words: vec!["0001".into(), "9999".into()],
    }
}

#[test]
fn two_digits_share_a_byte() {
    let bytes = b"\x20\x26\x07\x12\x01\x23\x45\x67\x89\x01\x23\x45\x7f\xff\xff\x62\x02\xf1\x12hello, world\
        \x00\x20\x00\x07\x99\x99\x00\x01\x99\x99";
    round(digits(), bytes);
    samples_of::<Digits>();
    for (at, byte, says) in [
        (0, 0x2a, "Digits.year at byte 0: expected a digit, found 0xa"),
        (5, 0xf3, "Digits.imei at byte 5: expected a digit, found 0xf"),
        (13, 0xf1, "Digits.number at byte 13: expected no digit after a fill nibble, found 0x1"),
        (12, 0xff, "Digits.number at byte 12: expected a digit, found 0xf"),
        (16, 0xf2, "Digits.imsi at byte 17: expected no digit after a fill nibble, found 0x1"),
    ] {
        let mut wrong = bytes.to_vec();
        wrong[at] = byte;
        let error = refused::<Digits>(&wrong);
        assert!(error.starts_with(says), "{error}");
    }
    let mut zeros = bytes.to_vec();
    zeros[12] = 0x01;
    assert!(refused::<Digits>(&zeros).contains("without leading zeros"));
}

#[test]
fn values_that_do_not_fit_are_refused() {
    assert_eq!(
        unwritable(Digits { year: 10_000, ..digits() }),
        "Digits.year: expected a number of 4 digits, found 10000"
    );
    assert_eq!(
        unwritable(Digits { imei: "123".into(), ..digits() }),
        "Digits.imei: expected 16 digits, found \"123\""
    );
    assert_eq!(
        unwritable(Digits { imsi: "1234567".into(), ..digits() }),
        "Digits.imsi: expected up to 6 digits, found \"1234567\""
    );
    assert!(unwritable(Digits { imsi: "12a".into(), ..digits() }).contains("up to 6 digits"));
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Sized {
    width: u8,
    #[wire(bytes(width))]
    number: u32,
    #[wire(bytes(width), le)]
    signed: i32,
    #[count_prefixed(u8)]
    #[wire(bytes(width - 1))]
    list: Vec<u16>,
    #[when(width > 2)]
    #[wire(bytes(usize::from(width) / 2))]
    maybe: Option<u64>,
}

#[test]
fn a_number_has_as_many_bytes_as_a_field_says() {
    let sized = Sized { width: 3, number: 0x01_0203, signed: -2, list: vec![1, 0x102], maybe: Some(9) };
    round(sized.clone(), b"\x03\x01\x02\x03\xfe\xff\xff\x02\x00\x01\x01\x02\x09");
    round(
        Sized { width: 2, number: 255, signed: -128, list: vec![0, 9], maybe: None },
        b"\x02\x00\xff\x80\xff\x02\x00\x09",
    );
    samples_of::<Sized>();
    let error = Sized::parse(b"\x05").unwrap_err();
    assert!(matches!(error, nom::Err::Error(_)), "nothing is waited for: {error:?}");
    assert!(
        refused::<Sized>(b"\x05\x01")
            .contains("Sized.number at byte 1: expected at most the 4 bytes of its type, found 5")
    );
    assert!(unwritable(Sized { number: 1 << 24, ..sized.clone() }).contains("a number of 24 bits"));
    assert!(unwritable(Sized { width: 5, ..sized }).contains("at most the 4 bytes of its type, found 5"));
}
