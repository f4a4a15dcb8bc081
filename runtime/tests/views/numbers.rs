//! Tests of the numbers in expressions of other languages: how large they are, and whether they may be
//! negative.

use framewright::prelude::*;

use crate::capture::{PORT, Transport, Way};
use crate::kaitai::parsed;
use crate::wireshark::{assert_lines, shown};

/// The number of conditions that are written in Lua, and in Kaitai.
fn conditions<T: Layout>() -> (usize, usize) {
    let (lua, kaitai) = (T::SCHEMA.wireshark(7).to_string(), T::SCHEMA.kaitai().to_string());
    (lua.matches(", function(v) return").count(), kaitai.matches("if: ").count())
}

/// Languages in which numbers are floats do not have these constants.
#[test]
fn constants_beyond_53_bits_are_not_written() {
    const HIGH: u64 = 0xffff_ffff_ffff_fffc;
    #[derive(Frame)]
    #[frame(be)]
    struct Cast {
        flags: u64,
        #[when(flags & !3 as u64 != 0)]
        x: Option<u8>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Written {
        flags: u64,
        #[when(flags & 0xffff_ffff_ffff_fffc != 0)]
        x: Option<u8>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Named {
        flags: u64,
        #[when(flags == HIGH)]
        x: Option<u8>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Absent {
        #[len_prefixed(u64, none = 0xffff_ffff_ffff_fffc)]
        x: Option<String>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Exact {
        flags: u64,
        #[when(flags == 0x1f_ffff_ffff_ffff)]
        x: Option<u8>,
    }
    assert_eq!(conditions::<Cast>(), (0, 0));
    assert_eq!(conditions::<Written>(), (0, 0));
    assert_eq!(conditions::<Named>(), (0, 0));
    assert_eq!(conditions::<Absent>(), (0, 0));
    assert_eq!(conditions::<Exact>(), (1, 1));
}

/// Rust rounds towards zero and keeps the sign of what is shifted to the right, other languages may not.
/// What is shifted to the left may be negative.
#[test]
fn numbers_that_may_be_negative_are_not_divided() {
    #[derive(Frame)]
    #[frame(be)]
    struct Divided {
        hi: u8,
        x: i16,
        #[when(((hi as i16) << 8) / 3 == x)]
        y: Option<u8>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Chosen {
        hi: u8,
        x: i16,
        #[when(((if hi > 9 { hi as i16 } else { -7 }) % 3) == x)]
        y: Option<u8>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Shifted {
        x: i16,
        #[when(x >> 1 == -2)]
        y: Option<u8>,
    }
    #[derive(Frame)]
    #[frame(be)]
    struct Whole {
        hi: u8,
        x: i16,
        #[when((((hi as i16) << 7) | 5) / 3 == x)]
        y: Option<u8>,
        #[when((x & 0xff) % 3 == 1)]
        z: Option<u8>,
    }
    assert_eq!(conditions::<Divided>(), (0, 0));
    assert_eq!(conditions::<Chosen>(), (0, 0));
    assert_eq!(conditions::<Shifted>(), (0, 0));
    assert_eq!(conditions::<Whole>(), (2, 2));
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Computed {
    hi: u8,
    low: i8,
    #[when(((hi as i16) << 8) as u16 == 0x8000)]
    shifted: Option<u8>,
    #[when(low | 1 == -3)]
    or: Option<u8>,
    #[when(low ^ 1 == -3)]
    xor: Option<u8>,
    #[when(low & -3 == -4)]
    and: Option<u8>,
    #[when(!low == 3 && !hi == 0x7f)]
    not: Option<u8>,
    #[when(low as u8 == 0xfc)]
    cast: Option<u8>,
    #[when(low + 1 == (-7 / 2) as i8)]
    more: Option<u8>,
    last: u8,
}

/// The condition of each field holds.
#[test]
fn numbers_of_either_sign_are_computed_as_in_rust() {
    let there = |number| Some(number);
    let computed = Computed {
        hi: 0x80,
        low: -4,
        shifted: there(1),
        or: there(2),
        xor: there(3),
        and: there(4),
        not: there(5),
        cast: there(6),
        more: there(7),
        last: 8,
    };
    let bytes = computed.to_vec().unwrap();
    let lua = Computed::SCHEMA.wireshark(PORT);
    if let Some(text) = shown("numbers", lua, Transport::Udp, &[(Way::ToPort, bytes.clone())]) {
        let lines = ["shifted: 1", "or: 2", "xor: 3", "and: 4", "not: 5", "cast: 6", "more: 7", "last: 8"];
        assert_lines(&text, &lines);
    }
    if let Some(json) = parsed(Computed::SCHEMA, &bytes) {
        assert!(json.contains(r#""or":2,"xor":3,"and":4,"not":5,"cast":6,"more":7,"last":8"#), "{json}");
    }
}

/// In JavaScript the operators on bits have signed numbers of 32 bits.
#[test]
fn bytes_are_put_together_in_lua() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Joined {
        b: u8,
        #[when(((b as i32) << 24) as u32 == 0x8100_0000)]
        x: Option<u8>,
    }
    let bytes = Joined { b: 0x81, x: Some(9) }.to_vec().unwrap();
    let lua = Joined::SCHEMA.wireshark(PORT);
    let Some(text) = shown("joined", lua, Transport::Udp, &[(Way::ToPort, bytes)]) else { return };
    assert_lines(&text, &["b: 129", "x: 9"]);
}

/// Without the number of its tag, it is not known which variant comes.
#[test]
fn a_variant_whose_tag_is_not_computed_is_opaque() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    enum Body {
        #[tag(0)]
        None,
        #[tag(_)]
        Some(u8),
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Tagged {
        flags: u64,
        #[tag(flags & !7 as u64)]
        body: Body,
    }
    let lua = Tagged::SCHEMA.wireshark(7).to_string();
    assert!(lua.contains(r#"field("body", "body", opaque("the tag `flags & !7 as u64`"))"#), "{lua}");
    assert!(Tagged::SCHEMA.kaitai().to_string().contains("cannot express: the tag of body"));
}
