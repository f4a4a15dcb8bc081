//! Tests of integers that Kaitai does not have.

use super::{assert_members, parsed};
use framewright::prelude::*;

/// Kaitai has no signed integers of 3 bytes and none of 16: they are bytes, and no numbers in
/// expressions.
#[test]
fn integers_that_are_bytes_to_kaitai_are_not_compared() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Header {
        id: u128,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Signed {
        #[wire(i24)]
        kind: i32,
        #[when(kind != 0)]
        x: Option<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Wide {
        header: Header,
        pair: (u128, u8),
        #[when(pair.1 == 2)]
        x: Option<u8>,
        #[when(header.id != 0)]
        y: Option<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Second {
        pair: (u128, u8),
        #[when(pair.0 != 0)]
        x: Option<u8>,
    }
    let signed = Signed { kind: -1, x: Some(5) }.to_vec().unwrap();
    let Some(json) = parsed(Signed::SCHEMA, &signed) else { return };
    assert_members(&json, &[r#""kind":"ffffff","undescribed":"05""#]);
    let wide = Wide { header: Header { id: 1 }, pair: (1, 2), x: Some(5), y: Some(6) }.to_vec().unwrap();
    let Some(json) = parsed(Wide::SCHEMA, &wide) else { return };
    assert_members(&json, &[r#""x":5,"undescribed":"06""#]);
    let second = Second { pair: (1, 2), x: Some(5) }.to_vec().unwrap();
    let Some(json) = parsed(Second::SCHEMA, &second) else { return };
    assert_members(&json, &[r#""undescribed":"05""#]);
}

/// Kaitai has enums of its own integers only. Others are read by their tags alone.
#[test]
fn enums_of_other_integers_compile() {
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(tag = varint)]
    enum Varying {
        Near = 1,
        Far = 300,
    }
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(be, tag = i24)]
    enum Narrow {
        Below = -1,
        Above = 1,
    }
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(be, tag = u128)]
    enum Wide {
        One = 1,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Enums {
        varying: Varying,
        narrow: Narrow,
        wide: Wide,
        last: u8,
    }
    let enums = Enums { varying: Varying::Far, narrow: Narrow::Below, wide: Wide::One, last: 7 };
    let Some(json) = parsed(Enums::SCHEMA, &enums.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""value":300"#, r#""last":7"#]);
}

/// Kaitai has no numbers beyond those of an `i64`. As values of an enum they have no names, and no
/// variants are chosen by them.
#[test]
fn tags_of_64_bits_compile() {
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[repr(u64)]
    #[frame(be, tag = u64)]
    enum Plain {
        One = 1,
        Most = u64::MAX,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = u64)]
    enum Chosen {
        #[tag(1)]
        One(u8),
        #[tag(0xffff_ffff_ffff_ffff)]
        Most(u8),
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Tagged {
        one: Plain,
        most: Plain,
        chosen: Chosen,
        last: u8,
    }
    let tagged = Tagged { one: Plain::One, most: Plain::Most, chosen: Chosen::One(5), last: 7 };
    let bytes = tagged.to_vec().unwrap();
    let Some(json) = parsed(Tagged::SCHEMA, &bytes) else { return };
    assert_members(&json, &[r#""one":1,"#, r#""chosen":{"tag":1,"undescribed":"0507"}"#]);
    let most = Tagged { chosen: Chosen::Most(6), ..tagged }.to_vec().unwrap();
    let Some(json) = parsed(Tagged::SCHEMA, &most) else { return };
    assert_members(&json, &[r#""undescribed":"0607""#]);
}
