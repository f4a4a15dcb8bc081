//! Tests of prefixes, runs of bit fields, checksums and digits.

use framewright::checksum::Sum8;
use framewright::prelude::*;

use crate::held::{refused, same, wrong};

#[test]
fn prefixes_of_all_kinds() {
    #[derive(Frame, Debug, PartialEq)]
    struct Varint(#[len_prefixed(varint)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Wide(#[len_prefixed(varint(u64))] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Zigzag(#[len_prefixed(zigzag)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Signed(#[len_prefixed(i8)] Vec<u8>);
    #[derive(Frame, Debug, PartialEq)]
    struct Counted(#[count_prefixed(zigzag)] Vec<u8>);

    same(Varint(vec![7; 200]), &[&[0xc8, 0x01][..], &[7; 200]].concat());
    same(Zigzag(vec![1, 2]), &[4, 1, 2]);
    same(Counted(vec![1, 2]), &[4, 1, 2]);
    // 2^32 does not fit into a `u32`, but into a `u64`.
    wrong::<Varint>(&[0x80, 0x80, 0x80, 0x80, 0x10]);
    assert!(matches!(Wide::parse(&[0x80, 0x80, 0x80, 0x80, 0x10]), Err(nom::Err::Incomplete(_))));
    assert!(wrong::<Zigzag>(&[1]).contains("Zigzag.0"), "-1");
    assert!(wrong::<Counted>(&[1]).contains("Counted.0"), "-1");
    assert!(wrong::<Signed>(&[0xff]).contains("Signed.0"), "-1");
    assert!(refused(Signed(vec![0; 128])).contains("Signed.0"));

    // Each of the nested variable-length prefixes needs the size of its content first.
    #[derive(Frame, Debug, PartialEq)]
    struct Nested(#[len_prefixed(varint)] Vec<Varint>);
    let nested = Nested(vec![Varint(vec![7; 126]), Varint(vec![])]);
    same(nested, &[&[0x80, 0x01, 0x7e][..], &[7; 126], &[0]].concat());
}

#[test]
fn bit_runs_in_each_order() {
    macro_rules! run {
        ($name:ident: $($order:tt)*) => {
            #[derive(Frame, Debug, PartialEq)]
            #[frame($($order)*)]
            struct $name {
                #[bits(3)]
                a: u8,
                #[bits(13)]
                b: u16,
            }
        };
    }
    run!(BeMsb: be, msb);
    run!(LeMsb: le, msb);
    run!(BeLsb: be, lsb);
    run!(LeLsb: le, lsb);
    let (a, b) = (0b101, 0x1234);
    let (high_first, low_first) = (0b101 << 13 | 0x1234u16, 0x1234u16 << 3 | 0b101);
    same(BeMsb { a, b }, &high_first.to_be_bytes());
    same(LeMsb { a, b }, &high_first.to_le_bytes());
    same(BeLsb { a, b }, &low_first.to_be_bytes());
    same(LeLsb { a, b }, &low_first.to_le_bytes());

    #[derive(Frame, Debug, PartialEq)]
    #[frame(le, msb)]
    struct Divided {
        #[bits(4)]
        a: u8,
        #[bits(12)]
        b: u16,
        #[bits(4)]
        #[wire(u8)]
        c: u8,
        #[bits(4)]
        d: u8,
        #[bits(4)]
        #[wire(u32)]
        e: u8,
        #[bits(28)]
        f: u32,
    }
    let divided = Divided { a: 1, b: 0x234, c: 5, d: 6, e: 7, f: 0x89a_bcde };
    same(divided, &[0x34, 0x12, 0x56, 0xde, 0xbc, 0x9a, 0x78]);

    #[derive(Frame, Debug, PartialEq)]
    struct Reserved {
        #[bits(3)]
        #[pad]
        ignored: Auto,
        #[bits(2)]
        value: u8,
        #[bits(3)]
        #[pad(strict)]
        zero: Auto,
    }
    let reserved = |value| Reserved { ignored: Auto::new(), value, zero: Auto::new() };
    same(reserved(3), &[0b000_11_000]);
    assert_eq!(Reserved::decode(&[0b101_01_000]).unwrap(), reserved(1));
    assert!(wrong::<Reserved>(&[0b000_01_001]).contains("Reserved.zero"));
}

#[test]
fn checksums_are_computed_after_lengths() {
    // The outer checksum covers the inner checksum and the length, so these are computed first.
    #[derive(Frame, Debug, PartialEq)]
    struct Outside {
        #[checksum(Sum8, over = ..)]
        all: Auto<u8>,
        #[len_of(body..=sum)]
        len: Auto<u8>,
        #[rest]
        body: Vec<u8>,
        #[checksum(Sum8, over = len..=body)]
        sum: Auto<u8>,
    }
    let outside = Outside { all: Auto::new(), len: Auto::new(), body: vec![1, 2], sum: Auto::new() };
    same(outside, &[3 + 1 + 2 + 6, 3, 1, 2, 6]);
    assert!(wrong::<Outside>(&[12, 3, 1, 3, 6]).contains("Outside.sum"));
    assert!(wrong::<Outside>(&[11, 3, 1, 2, 6]).contains("Outside.all"));

    #[derive(Frame, Debug, PartialEq)]
    #[frame(len_prefixed(u8))]
    struct Behind {
        #[checksum(Sum8, over = body)]
        sum: Auto<u8>,
        #[rest]
        body: Vec<u8>,
        #[checksum(Sum8, over = ..)]
        all: Auto<u8>,
    }
    same(Behind { sum: Auto::new(), body: vec![1, 2], all: Auto::new() }, &[4, 3, 1, 2, 4 + 3 + 3]);
}

#[test]
fn digits_have_one_form() {
    #[derive(Frame, Debug, PartialEq)]
    struct Signed(
        #[wire(dec)]
        #[until(b",")]
        i16,
    );
    same(Signed(-300), b"-300,");
    same(Signed(0), b"0,");
    for bad in ["", "-", "-0", "--1", "+1", "007", "32768", "1 "] {
        wrong::<Signed>(format!("{bad},").as_bytes());
    }

    #[derive(Frame, Debug, PartialEq)]
    struct Padded {
        #[wire(dec)]
        #[fixed(4)]
        number: u16,
        #[wire(hex)]
        #[fixed(2)]
        upper: u8,
        #[wire(hex(lower))]
        #[fixed(2)]
        lower: u8,
        #[wire(hex)]
        #[until(b"\n")]
        open: u32,
    }
    let padded = |number| Padded { number, upper: 0xab, lower: 0xcd, open: 0xf00 };
    same(padded(7), b"0007ABcdF00\n");
    assert!(refused(padded(10_000)).contains("Padded.number"));
    wrong::<Padded>(b"0007ABcd0F00\n");
    wrong::<Padded>(b"0007ABcd\n");
}
