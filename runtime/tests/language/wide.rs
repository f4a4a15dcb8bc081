//! Tests of declarations with many fields, whose parsers are split into several functions.

#![allow(clippy::unwrap_used)]

use framewright::checksum::Crc32;
use framewright::prelude::*;

/// Declares a struct of numbers, and a struct of numbers and text. The values of the fields depend
/// on their positions.
macro_rules! wide {
    (
        fixed $($a:ident $b:ident $c:ident $d:ident $e:ident)*;
        pairs $(($n:ident $text:ident))*;
    ) => {
        #[derive(Frame, Debug, Clone, PartialEq)]
        #[frame(be)]
        struct Fixed {
            $($a: u8, $b: u16, $c: i32, $d: u64, $e: [u8; 3],)*
        }

        #[derive(Frame, Debug, Clone, PartialEq)]
        #[frame(be)]
        struct Pairs {
            $($n: u16, #[len_prefixed(u16)] $text: String,)*
        }

        #[derive(Frame, Debug, Clone, PartialEq)]
        #[frame(be, tag = u8)]
        enum Either {
            #[tag(1)]
            Fixed { $($a: u8, $b: u16, $c: i32, $d: u64, $e: [u8; 3],)* },
            #[tag(2)]
            Pairs { $($n: u16, #[len_prefixed(u16)] $text: String,)* },
        }

        /// Returns structs with a different value for every field, and their encoding.
        fn fixed() -> (Fixed, Either, Vec<u8>) {
            let (mut at, mut bytes) = (0u8, Vec::new());
            $(
                at += 1;
                let ($a, $b, $c) = (at, 0x0100 + u16::from(at), -i32::from(at));
                let ($d, $e) = (u64::MAX - u64::from(at), [1, 2, at]);
                bytes.push($a);
                bytes.extend($b.to_be_bytes());
                bytes.extend($c.to_be_bytes());
                bytes.extend($d.to_be_bytes());
                bytes.extend($e);
            )*
            (Fixed { $($a, $b, $c, $d, $e),* }, Either::Fixed { $($a, $b, $c, $d, $e),* }, bytes)
        }

        fn pairs() -> (Pairs, Either, Vec<u8>) {
            let (mut at, mut bytes) = (0u8, Vec::new());
            $(
                at += 1;
                let ($n, $text) = (u16::from(at), "x".repeat(usize::from(at) - 1));
                bytes.extend($n.to_be_bytes());
                bytes.extend([0, at - 1]);
                bytes.extend($text.bytes());
            )*
            (Pairs { $($n, $text: $text.clone()),* }, Either::Pairs { $($n, $text),* }, bytes)
        }
    };
}

wide! {
    fixed
        f000 f001 f002 f003 f004 f005 f006 f007 f008 f009 f010 f011 f012 f013 f014 f015 f016 f017 f018 f019
        f020 f021 f022 f023 f024 f025 f026 f027 f028 f029 f030 f031 f032 f033 f034 f035 f036 f037 f038 f039
        f040 f041 f042 f043 f044 f045 f046 f047 f048 f049 f050 f051 f052 f053 f054 f055 f056 f057 f058 f059
        f060 f061 f062 f063 f064 f065 f066 f067 f068 f069 f070 f071 f072 f073 f074 f075 f076 f077 f078 f079
        f080 f081 f082 f083 f084 f085 f086 f087 f088 f089 f090 f091 f092 f093 f094 f095 f096 f097 f098 f099
        f100 f101 f102 f103 f104 f105 f106 f107 f108 f109 f110 f111 f112 f113 f114 f115 f116 f117 f118 f119
        f120 f121 f122 f123 f124 f125 f126 f127 f128 f129 f130 f131 f132 f133 f134 f135 f136 f137 f138 f139
        f140 f141 f142 f143 f144 f145 f146 f147 f148 f149 f150 f151 f152 f153 f154 f155 f156 f157 f158 f159
        f160 f161 f162 f163 f164 f165 f166 f167 f168 f169 f170 f171 f172 f173 f174 f175 f176 f177 f178 f179
        f180 f181 f182 f183 f184 f185 f186 f187 f188 f189 f190 f191 f192 f193 f194 f195 f196 f197 f198 f199
        f200 f201 f202 f203 f204 f205 f206 f207 f208 f209 f210 f211 f212 f213 f214 f215 f216 f217 f218 f219
        f220 f221 f222 f223 f224 f225 f226 f227 f228 f229 f230 f231 f232 f233 f234 f235 f236 f237 f238 f239
        f240 f241 f242 f243 f244 f245 f246 f247 f248 f249 f250 f251 f252 f253 f254 f255 f256 f257 f258 f259
        f260 f261 f262 f263 f264 f265 f266 f267 f268 f269 f270 f271 f272 f273 f274 f275 f276 f277 f278 f279
        f280 f281 f282 f283 f284 f285 f286 f287 f288 f289 f290 f291 f292 f293 f294 f295 f296 f297 f298 f299;
    pairs
        (a00 v00) (a01 v01) (a02 v02) (a03 v03) (a04 v04) (a05 v05) (a06 v06) (a07 v07)
        (a08 v08) (a09 v09) (a10 v10) (a11 v11) (a12 v12) (a13 v13) (a14 v14) (a15 v15)
        (a16 v16) (a17 v17) (a18 v18) (a19 v19) (a20 v20) (a21 v21) (a22 v22) (a23 v23)
        (a24 v24) (a25 v25) (a26 v26) (a27 v27) (a28 v28) (a29 v29) (a30 v30) (a31 v31)
        (a32 v32) (a33 v33) (a34 v34) (a35 v35) (a36 v36) (a37 v37) (a38 v38) (a39 v39);
}

/// Checks that `value` encodes to `bytes` and decodes from them, and that every truncation is
/// incomplete.
fn round_trips<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: &T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes);
    assert_eq!(value.encoded_len(), bytes.len());
    assert_eq!(&T::decode(bytes).unwrap(), value);
    for cut in 0..bytes.len() {
        match T::parse(&bytes[..cut]) {
            // The reported number of missing bytes must not exceed the actual number.
            Err(nom::Err::Incomplete(nom::Needed::Size(needed))) => {
                assert!(needed.get() <= bytes.len() - cut, "{needed} more at {cut}");
            }
            other => panic!("{other:?} of {cut} bytes"),
        }
    }
}

#[test]
fn three_hundred_fields() {
    let (value, variant, bytes) = fixed();
    assert_eq!((Fixed::MIN_LEN, Fixed::MAX_LEN), (bytes.len(), Some(bytes.len())));
    round_trips(&value, &bytes);
    round_trips(&variant, &[&[1], &bytes[..]].concat());
}

#[test]
fn forty_pairs() {
    let (value, variant, bytes) = pairs();
    assert_eq!(Pairs::MIN_LEN, 40 * 4);
    round_trips(&value, &bytes);
    round_trips(&variant, &[&[2], &bytes[..]].concat());
    // The error is in the last field, far from the beginning.
    let mut wrong = bytes.clone();
    let last = wrong.len() - 1;
    wrong[last] = 0xff;
    assert!(Pairs::decode(&wrong).unwrap_err().to_string().starts_with("Pairs.v39 at byte"));
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
enum Chosen {
    #[tag(1)]
    Number(u16),
    #[tag(2)]
    Text(#[len_prefixed(u8)] String),
}

/// Declares a struct whose parser is split into several functions. Fields refer to fields that
/// another function parses.
macro_rules! linked {
    ($(($kind:ident $text:ident $more:ident $count:ident $list:ident))*) => {
        #[derive(Frame, Debug, Clone, PartialEq)]
        #[frame(be, magic = b"LINKED")]
        struct Linked {
            #[len_of(..)]
            whole: Auto<u32>,
            #[len_of(last)]
            length: Auto<u16>,
            #[presence_of(late)]
            flag: Auto<bool>,
            #[tag_of(chosen)]
            tag: Auto<u8>,
            scale: u8,
            #[skip]
            note: u32,
            $(
                #[bits(3)]
                $kind: u8,
                #[count_of($list)]
                #[bits(5)]
                $count: Auto<u8>,
                #[len_prefixed(u8)]
                $text: String,
                #[when($kind > scale)]
                $more: Option<u32>,
                $list: Vec<u16>,
            )*
            #[align(4)]
            padding: Auto,
            late: Option<u32>,
            chosen: Chosen,
            last: Vec<u8>,
            #[calc(scale ^ k00, verify)]
            both: Auto<u8>,
            #[checksum(Crc32, over = ..)]
            sum: Auto<u32>,
        }

        #[allow(clippy::large_enum_variant, reason = "many fields are what is tested")]
        #[derive(Frame, Debug, Clone, PartialEq)]
        #[frame(be, tag = u8, len_prefixed(varint))]
        enum Nested {
            #[tag(7)]
            Linked {
                scale: u8,
                $(
                    $kind: u8,
                    #[count_of($list)]
                    $count: Auto<u8>,
                    #[len_prefixed(u8)]
                    $text: String,
                    #[when($kind > scale)]
                    $more: Option<u32>,
                    $list: Vec<u16>,
                )*
                #[rest]
                rest: Vec<u8>,
            },
            #[tag(_)]
            Other(u8),
        }
    };
}

linked! {
    (k00 t00 m00 c00 l00) (k01 t01 m01 c01 l01) (k02 t02 m02 c02 l02) (k03 t03 m03 c03 l03) (k04 t04 m04 c04 l04)
    (k05 t05 m05 c05 l05) (k06 t06 m06 c06 l06) (k07 t07 m07 c07 l07) (k08 t08 m08 c08 l08) (k09 t09 m09 c09 l09)
    (k10 t10 m10 c10 l10) (k11 t11 m11 c11 l11) (k12 t12 m12 c12 l12) (k13 t13 m13 c13 l13) (k14 t14 m14 c14 l14)
    (k15 t15 m15 c15 l15) (k16 t16 m16 c16 l16) (k17 t17 m17 c17 l17) (k18 t18 m18 c18 l18) (k19 t19 m19 c19 l19)
    (k20 t20 m20 c20 l20) (k21 t21 m21 c21 l21) (k22 t22 m22 c22 l22) (k23 t23 m23 c23 l23) (k24 t24 m24 c24 l24)
    (k25 t25 m25 c25 l25) (k26 t26 m26 c26 l26) (k27 t27 m27 c27 l27) (k28 t28 m28 c28 l28) (k29 t29 m29 c29 l29)
}

#[cfg(feature = "testing")]
#[test]
fn references_between_parser_functions() {
    framewright::testing::laws(framewright::testing::samples::<Linked>(1, 4));
    framewright::testing::laws(framewright::testing::samples::<Nested>(1, 4));
}

/// Checks that an error names its field and its position in the frame, even if it is not in the
/// first function.
#[cfg(feature = "testing")]
#[test]
fn errors_in_a_later_parser_function() {
    let value = framewright::testing::samples::<Linked>(1, 1).remove(0);
    let mut bytes = value.to_vec().unwrap();
    let sum = bytes.len() - 4;
    bytes[sum] ^= 1;
    let error = Linked::decode(&bytes).unwrap_err();
    assert_eq!((error.path().as_str(), error.offset()), ("Linked.sum", sum));
}
