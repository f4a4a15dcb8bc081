//! Fields that may be absent, each with several `Auto`s that describe it.

use framewright::checksum::{Crc32, Sum8};
use framewright::prelude::*;

use super::{CAREFUL, QUICK_READ};

/// Declares types, and a test that all languages agree about them. Each type has a first byte `k`
/// that determines its optional field `e`.
macro_rules! claims {
    ($($name:ident { $($fields:tt)* } $bytes:expr, $quick:expr;)*) => {
        $(
            #[derive(Frame, Debug, Clone, PartialEq)]
            #[frame(be)]
            pub(super) struct $name { $($fields)* }
        )*

        pub(super) const SCHEMAS: &[&framewright::Schema] = &[$($name::SCHEMA),*];

        #[test]
        fn several_fields_describe_one_that_may_be_absent() {
            $(
                let bytes: &[&[u8]] = &$bytes;
                for bytes in bytes {
                    let value = $name::decode(bytes).unwrap();
                    assert_eq!(value.to_vec().unwrap(), *bytes, "{value:?}");
                }
                let bytes: Vec<_> = bytes.iter().map(|bytes| bytes.to_vec()).collect();
                super::agree_by::<$name>($quick, &bytes);
            )*
        }
    };
}

claims! {
    TwoLens {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[len_of(e)] u: Auto<u8>,
        #[when(k == 1)] e: Option<Vec<u8>>,
        z: u8,
    } [b"\x01\x01\x01\x09\x07", b"\x00\0\0\x07"], QUICK_READ;
    FlagAndLens {
        #[presence_of(e)] k: Auto<u8>,
        #[len_of(e)] t: Auto<u8>,
        #[len_of(e)] u: Auto<u8>,
        e: Option<Vec<u8>>,
        z: u8,
    } [b"\x01\x01\x01\x09\x07", b"\x00\0\0\x07"], QUICK_READ;
    Delimited {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[when(k == 1)] #[until(0)] e: Option<Vec<u8>>,
        z: u8,
    } [b"\x01\x01\x09\0\x07", b"\x00\0\x07"], QUICK_READ;
    Prefixed {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[when(k == 1)] #[len_prefixed(u8)] e: Option<String>,
        z: u8,
    } [b"\x01\x02\x02hi\x07", b"\x00\0\x07"], QUICK_READ;
    Counts {
        k: u8,
        #[count_of(e)] t: Auto<u8>,
        #[len_of(e)] u: Auto<u8>,
        #[count_of(e)] v: Auto<u8>,
        #[when(k == 1)] e: Option<Vec<u16>>,
        z: u8,
    } [b"\x01\x01\x02\x01\x05\x09\x07", b"\x00\0\0\0\x07"], QUICK_READ;
    LensThatSayNone {
        #[len_of(e, none = 255)] t: Auto<u8>,
        #[len_of(e, none = 254)] u: Auto<u8>,
        e: Option<Vec<u8>>,
        z: u8,
    } [b"\x01\x01\x09\x07", b"\xff\xfe\x07"], CAREFUL;
    BothExtents {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[len_of(e..=e)] u: Auto<u8>,
        #[when(k == 1)] #[len_prefixed(u16)] e: Option<Vec<u16>>,
        z: u8,
    } [b"\x01\x02\x04\0\x02\x08\x09\x07", b"\x00\0\0\x07"], QUICK_READ;
    AtOffset {
        #[presence_of(e)] k: Auto<u8>,
        #[len_of(e)] t: Auto<u8>,
        #[offset_of(e)] o: Auto<u8>,
        #[offset_of(e)] p: Auto<u8>,
        #[len_prefixed(u8)] e: Option<Vec<u8>>,
    } [b"\x01\x02\x04\x04\x02\x08\x09", b"\x00\0\0\0"], CAREFUL;
    OffsetOrNone {
        #[len_of(e)] t: Auto<u8>,
        #[offset_of(e, none = 255)] o: Auto<u8>,
        #[offset_of(e, none = 255)] p: Auto<u8>,
        #[len_prefixed(u8)] e: Option<Vec<u8>>,
    } [b"\x02\x03\x03\x02\x08\x09", b"\x00\xff\xff"], CAREFUL;
    Summed {
        k: u8,
        #[checksum(Sum8, over = e)] s: Auto<u8>,
        #[len_of(e)] t: Auto<u8>,
        #[when(k == 1)] #[until(0)] e: Option<Vec<u8>>,
        #[checksum(Crc32, over = e)] c: Auto<u32>,
        z: u8,
    } [b"\x01\x09\x01\x09\0\xab\xde\x57\x29\x07", b"\x00\0\0\0\0\0\0\x07"], CAREFUL;
    InRange {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[len_of(e..=f)] u: Auto<u8>,
        #[when(k == 1)] e: Option<Vec<u8>>,
        #[when(k == 1)] f: Option<u8>,
    } [b"\x01\x01\x02\x08\x09", b"\x00\0\0"], QUICK_READ;
    OptionalLens {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[when(k > 1)] #[len_of(e)] u: Auto<u8>,
        #[when(k > 0)] e: Option<Vec<u8>>,
    } [b"\x02\x01\x01\x08", b"\x01\x01\x08", b"\x00\0"], CAREFUL;
    AtTheEnd {
        k: u8,
        #[len_of(e)] t: Auto<u8>,
        #[optional] #[rest] e: Option<Vec<u8>>,
    } [b"\x01\x02\x08\x09", b"\x00\0"], QUICK_READ;
    Led {
        #[len_of(e)] t: Auto<u8>,
        #[lead(b":")] #[until(b" ")] e: Option<String>,
        z: u8,
    } [b"\x01:x \x08", b"\0\x09"], CAREFUL;
}
