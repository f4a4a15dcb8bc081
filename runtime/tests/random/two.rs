mod seed_11_34 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, tag = bits(4))]
    pub enum Root {
        #[tag(0)]
        V0 {
            #[bits(3)]
            len: u8,
            #[bits(1)]
            input: bool,
            #[wire(u8)]
            #[bits(4)]
            tag: i8,
            #[bits(2)]
            out: i32,
            #[bits(1)]
            r#type: i32,
            #[bits(1)]
            value: bool,
            #[optional]
            size: Option<[u8; 3]>,
        },
        #[tag(1)]
        V1 {
            #[bits(3)]
            src: u8,
            #[bits(1)]
            rest: i64,
            #[len_of(..)]
            body: Auto<u64>,
            #[len_of(..)]
            count: Auto<u8>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 {
                    len: 0u8,
                    input: false,
                    tag: 0i8,
                    out: 0i32,
                    r#type: 0i32,
                    value: false,
                    size: None,
                },
                b"\x00\x00",
            ),
            (
                Root::V1 { src: 2u8, rest: 0i64, body: Auto::new(), count: Auto::new() },
                b"\x14\n\x00\x00\x00\x00\x00\x00\x00\n",
            ),
            (
                Root::V0 {
                    len: 7u8,
                    input: true,
                    tag: 7i8,
                    out: 1i32,
                    r#type: 0i32,
                    value: true,
                    size: Some([27u8, 134u8, 0u8]),
                },
                b"\x0fu\x1b\x86\x00",
            ),
            (
                Root::V0 {
                    len: 3u8,
                    input: false,
                    tag: 2i8,
                    out: -2i32,
                    r#type: 0i32,
                    value: true,
                    size: None,
                },
                b"\x06)",
            ),
            (
                Root::V1 { src: 6u8, rest: 0i64, body: Auto::new(), count: Auto::new() },
                b"\x1c\n\x00\x00\x00\x00\x00\x00\x00\n",
            ),
            (
                Root::V0 {
                    len: 0u8,
                    input: false,
                    tag: 0i8,
                    out: 1i32,
                    r#type: 0i32,
                    value: false,
                    size: None,
                },
                b"\x00\x04",
            ),
            (
                Root::V1 { src: 0u8, rest: 0i64, body: Auto::new(), count: Auto::new() },
                b"\x10\n\x00\x00\x00\x00\x00\x00\x00\n",
            ),
            (
                Root::V1 { src: 5u8, rest: 0i64, body: Auto::new(), count: Auto::new() },
                b"\x1a\n\x00\x00\x00\x00\x00\x00\x00\n",
            ),
            (
                Root::V0 {
                    len: 2u8,
                    input: true,
                    tag: 6i8,
                    out: 1i32,
                    r#type: 0i32,
                    value: true,
                    size: Some([0u8, 0u8, 5u8]),
                },
                b"\x05e\x00\x00\x05",
            ),
            (
                Root::V1 { src: 1u8, rest: 0i64, body: Auto::new(), count: Auto::new() },
                b"\x12\n\x00\x00\x00\x00\x00\x00\x00\n",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V1 { src: 1u8, rest: 1i64, body: Auto::new(), count: Auto::new() },
            "a number too wide for its bits",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_38 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = u8)]
    pub enum Root {
        #[tag(0)]
        V0 {
            #[optional]
            #[until(b"\xff\xff")]
            input: Option<String>,
            #[optional]
            tag: Option<u128>,
        },
        #[tag(30 | 16)]
        V1 {
            #[tag]
            out: u8,
            r#type: std::net::Ipv6Addr,
            #[align(8, fill = 121)]
            value: Auto,
            #[wire(u32)]
            size: Millis,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
        (Root::V0 { input: None, tag: None }, b"\x00"),
        (Root::V1 { out: 16u8, r#type: std::net::Ipv6Addr::from(170141183460469231731687303715884105727u128), value: Auto::new(), size: Millis(30) }, b"\x10\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xffyyyyyyy\x00\x00\x00\x1e"),
        (Root::V0 { input: Some("mqjcd".to_owned()), tag: Some(170141183460469231731687303715884105727u128) }, b"\x00mqjcd\xff\xff\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        (Root::V1 { out: 16u8, r#type: std::net::Ipv6Addr::from(4u128), value: Auto::new(), size: Millis(0) }, b"\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04yyyyyyy\x00\x00\x00\x00"),
        (Root::V1 { out: 30u8, r#type: std::net::Ipv6Addr::from(0u128), value: Auto::new(), size: Millis(3) }, b"\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00yyyyyyy\x00\x00\x00\x03"),
        (Root::V0 { input: Some("zr".to_owned()), tag: Some(16u128) }, b"\x00zr\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10"),
        (Root::V1 { out: 30u8, r#type: std::net::Ipv6Addr::from(1u128), value: Auto::new(), size: Millis(2998247330) }, b"\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01yyyyyyy\xb2\xb5\x9f\xa2"),
        (Root::V0 { input: Some("".to_owned()), tag: None }, b"\x00\xff\xff"),
        (Root::V1 { out: 30u8, r#type: std::net::Ipv6Addr::from(170141183460469231731687303715884105727u128), value: Auto::new(), size: Millis(4294967295) }, b"\x1e\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xffyyyyyyy\xff\xff\xff\xff"),
        (Root::V1 { out: 30u8, r#type: std::net::Ipv6Addr::from(0u128), value: Auto::new(), size: Millis(0) }, b"\x1e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00yyyyyyy\x00\x00\x00\x00"),
    ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_39 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub enum Part0 {
        #[tag(2)]
        V0(
            #[bits(2)] u8,
            #[bits(6)]
            #[count_of(_2)]
            Auto<u8>,
            Vec<i8>,
            #[when(_2.len() > 1)]
            #[count_prefixed(u16)]
            Option<Vec<f32>>,
            bool,
        ),
        #[tag(32)]
        V1(
            #[len_of(_1, inclusive)] Auto<u8>,
            Vec<u8>,
            #[len_of(_4, inclusive, max = 19)] Auto<u16>,
            (bool, [i16; 2]),
            bytes::Bytes,
        ),
        #[tag(63..=96)]
        V2 {
            #[tag]
            count: u8,
            #[len_of(..)]
            at: Auto<u8>,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, tag = u64)]
    pub enum Root {
        #[tag(1)]
        V0 {
            #[checksum(Xor8, over = ..)]
            n: Auto<u8>,
        },
        #[tag(_)]
        V1 {
            #[tag]
            bits: u64,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0 { n: Auto::new() }, b"\x01\x00\x00\x00\x00\x00\x00\x00\x01"),
            (Root::V1 { bits: 18446744073709551615u64 }, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
            (Root::V1 { bits: 5u64 }, b"\x05\x00\x00\x00\x00\x00\x00\x00"),
            (Root::V1 { bits: 0u64 }, b"\x00\x00\x00\x00\x00\x00\x00\x00"),
            (Root::V1 { bits: 69780804078874307u64 }, b"\xc3.C\x87E\xe9\xf7\x00"),
            (Root::V1 { bits: 3u64 }, b"\x03\x00\x00\x00\x00\x00\x00\x00"),
            (Root::V1 { bits: 12758730120882854923u64 }, b"\x0b\x9cL@r\x1d\x10\xb1"),
            (Root::V1 { bits: 2u64 }, b"\x02\x00\x00\x00\x00\x00\x00\x00"),
            (Root::V1 { bits: 32u64 }, b" \x00\x00\x00\x00\x00\x00\x00"),
            (Root::V1 { bits: 7u64 }, b"\x07\x00\x00\x00\x00\x00\x00\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![(Root::V1 { bits: 1u64 }, "a tag of another variant")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_42 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, ctx(given_part0: u8), len_prefixed(u8))]
    pub struct Part0 {
        #[len_of(r#type)]
        #[bits(6)]
        pub input: Auto<u8>,
        #[bits(2)]
        pub tag: u8,
        #[len_of(value)]
        #[wire(mqtt)]
        pub out: Auto<u32>,
        pub r#type: String,
        pub value: String,
        #[presence_of(rest)]
        pub size: Auto<bool>,
        pub src: (std::net::Ipv4Addr, bool),
        #[len_prefixed(u32)]
        pub rest: Option<String>,
        #[optional]
        pub body: Option<i8>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, len_prefixed(u64))]
    pub struct Root {
        pub count: u128,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
        (Root { count: 0u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
        (Root { count: 170141183460469231731687303715884105727u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        (Root { count: 18522541145180879u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00A\xce\'-K\xca\xcf"),
        (Root { count: 4u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x04"),
        (Root { count: 272197342434922651999247u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x009\xa3\xd8\xf5\xcd;\xcdP\\\x0f"),
        (Root { count: 5u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05"),
        (Root { count: 32947182u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xf6\xbb\xee"),
        (Root { count: 2508u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\t\xcc"),
        (Root { count: 278u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x16"),
        (Root { count: 51060567393023232039915693681533u128 }, b"\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x02\x84y\x97i\xd8\xea5\xe4:q>+}"),
    ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_46 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(max = 34)]
    pub struct Part0 {
        pub len: i8,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(tag = u8)]
    pub enum Root {
        #[tag(1)]
        V0(#[presence_of(_1)] Auto<bool>, #[wire(zigzag)] Option<i8>, #[bits(7)] u8, #[bits(1)] i64),
        #[tag(23)]
        V1 {
            #[fixed(2)]
            #[checksum(Sum8, over = ..=src)]
            #[wire(hex)]
            value: Auto<u8>,
            size: Part0,
            #[len_of(size..)]
            src: Auto<u8>,
            #[wire(zigzag)]
            rest: [[i8; 2]; 2],
            #[bits(7)]
            body: u8,
            #[bits(1)]
            count: u8,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0(Auto::new(), None, 0u8, 0i64), b"\x01\x00\x00"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Part0 { len: 127i8 },
                    src: Auto::new(),
                    rest: [[127i8, 127i8], [1i8, 5i8]],
                    body: 127u8,
                    count: 1u8,
                },
                b"\x179F\x7f\t\xfe\x01\xfe\x01\x02\n\xff",
            ),
            (Root::V0(Auto::new(), Some(127i8), 127u8, 0i64), b"\x01\x01\xfe\x01\xfe"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Part0 { len: -128i8 },
                    src: Auto::new(),
                    rest: [[4i8, 4i8], [0i8, 1i8]],
                    body: 6u8,
                    count: 0u8,
                },
                b"\x179E\x80\x07\x08\x08\x00\x02\x0c",
            ),
            (Root::V0(Auto::new(), Some(127i8), 66u8, 0i64), b"\x01\x01\xfe\x01\x84"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Part0 { len: 2i8 },
                    src: Auto::new(),
                    rest: [[1i8, 26i8], [-128i8, 57i8]],
                    body: 1u8,
                    count: 0u8,
                },
                b"\x1721\x02\x08\x024\xff\x01r\x02",
            ),
            (Root::V0(Auto::new(), None, 1u8, -1i64), b"\x01\x00\x03"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Part0 { len: 0i8 },
                    src: Auto::new(),
                    rest: [[0i8, 0i8], [0i8, 0i8]],
                    body: 0u8,
                    count: 0u8,
                },
                b"\x171E\x00\x07\x00\x00\x00\x00\x00",
            ),
            (Root::V0(Auto::new(), Some(23i8), 80u8, 0i64), b"\x01\x01.\xa0"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Part0 { len: 0i8 },
                    src: Auto::new(),
                    rest: [[127i8, -121i8], [-128i8, 48i8]],
                    body: 7u8,
                    count: 1u8,
                },
                b"\x1721\x00\n\xfe\x01\xf1\x01\xff\x01`\x0f",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V1 {
                value: Auto::new(),
                size: Part0 { len: 2i8 },
                src: Auto::new(),
                rest: [[5i8, 62i8], [1i8, 2i8]],
                body: 127u8,
                count: 7u8,
            },
            "a number too wide for its bits",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_51 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, tag = mqtt, len_prefixed(u8))]
    pub enum Root {
        #[tag(39 | 1)]
        V0((u8, u16), std::net::Ipv4Addr, #[len_prefixed(mqtt, none = 0)] Option<String>),
        #[tag(_)]
        V1 {
            #[tag]
            out: u32,
            #[len_of(..)]
            #[wire(u24)]
            r#type: Auto<u32>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0((0u8, 39u16), std::net::Ipv4Addr::from(0u32), None),
                b"\'\x08\x00\'\x00\x00\x00\x00\x00\x00",
            ),
            (Root::V1 { out: 200u32, r#type: Auto::new() }, b"\xc8\x01\x03\x06\x00\x00"),
            (
                Root::V0((255u8, 1u16), std::net::Ipv4Addr::from(784284185u32), Some("vé lvi".to_owned())),
                b"\'\x0f\xff\x01\x00.\xbf:\x19\x07v\xc3\xa9 lvi",
            ),
            (Root::V1 { out: 137u32, r#type: Auto::new() }, b"\x89\x01\x03\x06\x00\x00"),
            (
                Root::V0((255u8, 65535u16), std::net::Ipv4Addr::from(1699370752u32), Some("séos".to_owned())),
                b"\'\r\xff\xff\xffeJW\x00\x05s\xc3\xa9os",
            ),
            (
                Root::V0((0u8, 24552u16), std::net::Ipv4Addr::from(0u32), None),
                b"\'\x08\x00\xe8_\x00\x00\x00\x00\x00",
            ),
            (Root::V1 { out: 0u32, r#type: Auto::new() }, b"\x00\x03\x05\x00\x00"),
            (
                Root::V0((6u8, 2u16), std::net::Ipv4Addr::from(39u32), None),
                b"\'\x08\x06\x02\x00\x00\x00\x00\'\x00",
            ),
            (
                Root::V0((51u8, 44307u16), std::net::Ipv4Addr::from(0u32), None),
                b"\'\x083\x13\xad\x00\x00\x00\x00\x00",
            ),
            (Root::V1 { out: 16u32, r#type: Auto::new() }, b"\x10\x03\x05\x00\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![
        (Root::V1 { out: 1u32, r#type: Auto::new() }, "a tag of another variant"),
        (Root::V0((255u8, 65535u16,), std::net::Ipv4Addr::from(1672194569u32), Some("𝄞dkc\rcéknucréqééém\rvmnpdtrkjpzeouztmcgi𝄞𝄞siéqj\nézcsé𝄞l𝄞\niy\nzx \réénuec\nko𝄞i\0hné\rqkcyvdti\0zomffk𝄞\ric𝄞yltaj𝄞iménlmwquéiédi𝄞ccé𝄞\rcyniat𝄞fkécéoa,lorpevjp,ac𝄞kom\n𝄞éwcsxskmxcwgfhguixjsawrq\ngoek𝄞akgebn".to_owned())), "a number beyond its width"),
        (Root::V0((197u8, 1u16,), std::net::Ipv4Addr::from(4u32), Some("".to_owned())), "a length that stands for nothing"),
    ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_52 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, ctx(given_part0: u8))]
    pub struct Part0 {
        #[when(given_part0 == 2)]
        #[len_prefixed(u16, inclusive)]
        pub input: Option<bytes::Bytes>,
        pub tag: f32,
        #[len_prefixed(u16)]
        pub out: String,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        pub r#type: bool,
        #[rest]
        pub value: String,
        #[pad(4)]
        pub size: Auto,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { r#type: true, value: "".to_owned(), size: Auto::new() }, b"\x01\x00\x00\x00\x00"),
            (
                Root { r#type: true, value: "xsh𝄞aydj".to_owned(), size: Auto::new() },
                b"\x01xsh\xf0\x9d\x84\x9eaydj\x00\x00\x00\x00",
            ),
            (
                Root { r#type: true, value: "éel".to_owned(), size: Auto::new() },
                b"\x01\xc3\xa9el\x00\x00\x00\x00",
            ),
            (Root { r#type: true, value: ",".to_owned(), size: Auto::new() }, b"\x01,\x00\x00\x00\x00"),
            (
                Root { r#type: true, value: "éahzéjk".to_owned(), size: Auto::new() },
                b"\x01\xc3\xa9ahz\xc3\xa9jk\x00\x00\x00\x00",
            ),
            (
                Root { r#type: false, value: "xwkbdluws".to_owned(), size: Auto::new() },
                b"\x00xwkbdluws\x00\x00\x00\x00",
            ),
            (Root { r#type: false, value: "".to_owned(), size: Auto::new() }, b"\x00\x00\x00\x00\x00"),
            (
                Root { r#type: true, value: "𝄞".to_owned(), size: Auto::new() },
                b"\x01\xf0\x9d\x84\x9e\x00\x00\x00\x00",
            ),
            (
                Root { r#type: true, value: "𝄞;bd".to_owned(), size: Auto::new() },
                b"\x01\xf0\x9d\x84\x9e;bd\x00\x00\x00\x00",
            ),
            (
                Root { r#type: true, value: "zgé".to_owned(), size: Auto::new() },
                b"\x01zg\xc3\xa9\x00\x00\x00\x00",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_57 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, until(b"\n"))]
    pub enum Part0 {
        #[tag(2)]
        V0 {
            #[magic(14)]
            len: Auto<u8>,
            #[checksum(Crc32, over = tag..=out)]
            input: Auto<u32>,
            #[len_of(len.., bias = 3)]
            tag: Auto<u8>,
            #[magic(b"MAGIC")]
            out: Auto,
        },
        #[tag(28)]
        V1(#[skip] Vec<u8>),
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(u24, scale = 2))]
    pub struct Root;

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![(Root, b"\x00\x00\x00")];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_60 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = u8)]
    pub enum Root {
        #[tag(1)]
        V0 {
            #[skip]
            len: Vec<u8>,
            input: std::net::Ipv4Addr,
        },
        #[tag(19..=27)]
        V1 {
            #[tag]
            tag: u8,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(1u32) },
                b"\x01\x00\x00\x00\x01",
            ),
            (Root::V1 { tag: 19u8 }, b"\x13"),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(4294967295u32) },
                b"\x01\xff\xff\xff\xff",
            ),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(6u32) },
                b"\x01\x00\x00\x00\x06",
            ),
            (Root::V1 { tag: 27u8 }, b"\x1b"),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(5u32) },
                b"\x01\x00\x00\x00\x05",
            ),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(2320930292u32) },
                b"\x01\x8aV\x95\xf4",
            ),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(1782906u32) },
                b"\x01\x00\x1b4z",
            ),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(0u32) },
                b"\x01\x00\x00\x00\x00",
            ),
            (
                Root::V0 { len: Default::default(), input: std::net::Ipv4Addr::from(1853904777u32) },
                b"\x01n\x80W\x89",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_64 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[repr(i64)]
    #[frame(be, tag = u32)]
    pub enum Part0 {
        V0 = 3,
        V1,
        #[tag(_)]
        Other(#[tag] u32),
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        pub input: i8,
        #[len_of(out)]
        pub tag: Auto<u8>,
        pub out: String,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { input: 4i8, tag: Auto::new(), out: ";jdn".to_owned() }, b"\x04\x04;jdn"),
            (Root { input: 127i8, tag: Auto::new(), out: "cdunzo".to_owned() }, b"\x7f\x06cdunzo"),
            (Root { input: 127i8, tag: Auto::new(), out: "éikn\rr".to_owned() }, b"\x7f\x07\xc3\xa9ikn\rr"),
            (Root { input: 0i8, tag: Auto::new(), out: "".to_owned() }, b"\x00\x00"),
            (Root { input: -128i8, tag: Auto::new(), out: "l".to_owned() }, b"\x80\x01l"),
            (Root { input: -107i8, tag: Auto::new(), out: "u𝄞c".to_owned() }, b"\x95\x06u\xf0\x9d\x84\x9ec"),
            (Root { input: 29i8, tag: Auto::new(), out: "".to_owned() }, b"\x1d\x00"),
            (
                Root { input: -96i8, tag: Auto::new(), out: "vdyd \n𝄞 \n".to_owned() },
                b"\xa0\x0cvdyd \n\xf0\x9d\x84\x9e \n",
            ),
            (Root { input: 0i8, tag: Auto::new(), out: "g".to_owned() }, b"\x00\x01g"),
            (Root { input: 1i8, tag: Auto::new(), out: "ééc".to_owned() }, b"\x01\x05\xc3\xa9\xc3\xa9c"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_67 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, magic = 4660i64)]
    pub struct Root(pub u8);

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(47u8), b"4\x12\x00\x00\x00\x00\x00\x00/"),
            (Root(39u8), b"4\x12\x00\x00\x00\x00\x00\x00\'"),
            (Root(168u8), b"4\x12\x00\x00\x00\x00\x00\x00\xa8"),
            (Root(255u8), b"4\x12\x00\x00\x00\x00\x00\x00\xff"),
            (Root(7u8), b"4\x12\x00\x00\x00\x00\x00\x00\x07"),
            (Root(208u8), b"4\x12\x00\x00\x00\x00\x00\x00\xd0"),
            (Root(0u8), b"4\x12\x00\x00\x00\x00\x00\x00\x00"),
            (Root(48u8), b"4\x12\x00\x00\x00\x00\x00\x000"),
            (Root(4u8), b"4\x12\x00\x00\x00\x00\x00\x00\x04"),
            (Root(2u8), b"4\x12\x00\x00\x00\x00\x00\x00\x02"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}
