mod seed_11_126 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = i16)]
    pub enum Part0 {
        V0,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = u16, until(b"\x00"))]
    pub enum Root {
        #[tag(34 | 2)]
        V0 {
            #[tag]
            len: u16,
            #[len_of(..=tag)]
            input: Auto<u8>,
            tag: Part0,
            out: [[u128; 2]; 2],
        },
        #[tag(_)]
        V1 {
            #[tag]
            r#type: u16,
            #[bits(6)]
            #[count_of(src)]
            value: Auto<u8>,
            #[bits(2)]
            size: u8,
            src: Vec<f32>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V1 { r#type: 7u16, value: Auto::new(), size: 3u8, src: vec![] }, b"\x00\x07\x03\x00"),
            (Root::V1 { r#type: 0u16, value: Auto::new(), size: 2u8, src: vec![] }, b"\x00\x00\x02\x00"),
            (
                Root::V1 {
                    r#type: 0u16,
                    value: Auto::new(),
                    size: 0u8,
                    src: vec![f32::from_bits(2139095039)],
                },
                b"\x00\x00\x04\x7f\x7f\xff\xff\x00",
            ),
            (Root::V1 { r#type: 10131u16, value: Auto::new(), size: 2u8, src: vec![] }, b"\'\x93\x02\x00"),
            (Root::V1 { r#type: 4u16, value: Auto::new(), size: 2u8, src: vec![] }, b"\x00\x04\x02\x00"),
            (
                Root::V1 {
                    r#type: 1u16,
                    value: Auto::new(),
                    size: 3u8,
                    src: vec![f32::from_bits(2139095039)],
                },
                b"\x00\x01\x07\x7f\x7f\xff\xff\x00",
            ),
            (Root::V1 { r#type: 57078u16, value: Auto::new(), size: 2u8, src: vec![] }, b"\xde\xf6\x02\x00"),
            (Root::V1 { r#type: 24580u16, value: Auto::new(), size: 2u8, src: vec![] }, b"`\x04\x02\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (
                Root::V0 {
                    len: 34u16,
                    input: Auto::new(),
                    tag: Part0::V0,
                    out: [[0u128, 115439962807812359u128], [0u128, 0u128]],
                },
                "the delimiter of the frame within it",
            ),
            (
                Root::V1 {
                    r#type: 2u16,
                    value: Auto::new(),
                    size: 3u8,
                    src: vec![
                        f32::from_bits(1065353216),
                        f32::from_bits(2139095039),
                        f32::from_bits(2139095039),
                        f32::from_bits(0),
                        f32::from_bits(2139095039),
                        f32::from_bits(1065353216),
                        f32::from_bits(0),
                        f32::from_bits(1065353216),
                        f32::from_bits(1065353216),
                    ],
                },
                "a tag of another variant",
            ),
            (
                Root::V1 {
                    r#type: 41125u16,
                    value: Auto::new(),
                    size: 165u8,
                    src: vec![
                        f32::from_bits(3223322624),
                        f32::from_bits(2139095039),
                        f32::from_bits(0),
                        f32::from_bits(3223322624),
                        f32::from_bits(2139095039),
                    ],
                },
                "a number too wide for its bits",
            ),
        ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_127 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, ctx(given_part0: u8))]
    pub struct Part0 {
        #[len_of(..)]
        pub input: Auto<u8>,
        #[wire(zigzag)]
        pub tag: [[i8; 2]; 2],
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        #[until(b"aba")]
        pub out: String,
        #[len_of(..)]
        pub r#type: Auto<u16>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { out: "".to_owned(), r#type: Auto::new() }, b"aba\x05\x00"),
            (Root { out: "inn;\nhgu ".to_owned(), r#type: Auto::new() }, b"inn;\nhgu aba\x0e\x00"),
            (Root { out: "𝄞tt".to_owned(), r#type: Auto::new() }, b"\xf0\x9d\x84\x9ettaba\x0b\x00"),
            (Root { out: "bt;xx".to_owned(), r#type: Auto::new() }, b"bt;xxaba\n\x00"),
            (Root { out: "yof𝄞h".to_owned(), r#type: Auto::new() }, b"yof\xf0\x9d\x84\x9ehaba\r\x00"),
            (Root { out: "ibqép".to_owned(), r#type: Auto::new() }, b"ibq\xc3\xa9paba\x0b\x00"),
            (Root { out: "dn\r r".to_owned(), r#type: Auto::new() }, b"dn\r raba\n\x00"),
            (Root { out: "\0d".to_owned(), r#type: Auto::new() }, b"\x00daba\x07\x00"),
            (Root { out: "\rtrké".to_owned(), r#type: Auto::new() }, b"\rtrk\xc3\xa9aba\x0b\x00"),
            (Root { out: "gt".to_owned(), r#type: Auto::new() }, b"gtaba\x07\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_128 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(len_prefixed(u8))]
    pub struct Root {
        pub len: i8,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { len: 0i8 }, b"\x01\x00"),
            (Root { len: -101i8 }, b"\x01\x9b"),
            (Root { len: 127i8 }, b"\x01\x7f"),
            (Root { len: 3i8 }, b"\x01\x03"),
            (Root { len: 6i8 }, b"\x01\x06"),
            (Root { len: 2i8 }, b"\x01\x02"),
            (Root { len: -51i8 }, b"\x01\xcd"),
            (Root { len: -24i8 }, b"\x01\xe8"),
            (Root { len: -106i8 }, b"\x01\x96"),
            (Root { len: 4i8 }, b"\x01\x04"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_130 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, len_prefixed(i16))]
    pub struct Part0 {
        #[len_of(..)]
        pub len: Auto<u8>,
        #[len_of(out..=out, bias = 3)]
        pub input: Auto<u32>,
        #[len_prefixed(varint)]
        pub tag: bytes::Bytes,
        #[optional]
        pub out: Option<[[u8; 2]; 2]>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root(#[until(b"aa")] pub bytes::Bytes);

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(bytes::Bytes::from_static(b"")), b"aa"),
            (
                Root(bytes::Bytes::from_static(b"\x02d\x10prj\x01d\x8c\x00\x00")),
                b"\x02d\x10prj\x01d\x8c\x00\x00aa",
            ),
            (Root(bytes::Bytes::from_static(b"m ;f\x02")), b"m ;f\x02aa"),
            (Root(bytes::Bytes::from_static(b"ap\x01 ")), b"ap\x01 aa"),
            (Root(bytes::Bytes::from_static(b",\r\x7f,")), b",\r\x7f,aa"),
            (Root(bytes::Bytes::from_static(b"l")), b"laa"),
            (Root(bytes::Bytes::from_static(b"nhla;,Um")), b"nhla;,Umaa"),
            (Root(bytes::Bytes::from_static(b"\x01\x01\r|\xe0\r$\n")), b"\x01\x01\r|\xe0\r$\naa"),
            (Root(bytes::Bytes::from_static(b"Ak")), b"Akaa"),
            (Root(bytes::Bytes::from_static(b"s\rrk ")), b"s\rrk aa"),
        ];
        let refused: Vec<(Root, &str)> =
            vec![(Root(bytes::Bytes::from_static(b"\x12\x08 a")), "a delimiter within the value")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_137 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, ctx(given_part0: u8))]
    pub enum Part0 {
        #[tag(13 | 0)]
        V0(#[len_of(_1)] Auto<i16>, bytes::Bytes, bool),
        #[tag(14)]
        V1 {
            #[len_of(value..)]
            r#type: Auto<u8>,
            value: [f32; 1],
            size: [[i16; 2]; 2],
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        #[wire(u24)]
        #[len_of(rest..=rest)]
        pub src: Auto<u32>,
        #[len_prefixed(varint)]
        pub rest: Vec<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { src: Auto::new(), rest: b"".to_vec() }, b"\x01\x00\x00\x00"),
            (
                Root { src: Auto::new(), rest: b" 9\xf9\x00+,\np\rk;".to_vec() },
                b"\x0c\x00\x00\x0b 9\xf9\x00+,\np\rk;",
            ),
            (Root { src: Auto::new(), rest: b" \r".to_vec() }, b"\x03\x00\x00\x02 \r"),
            (
                Root { src: Auto::new(), rest: b"ph\nc\xa4\r\xf9".to_vec() },
                b"\x08\x00\x00\x07ph\nc\xa4\r\xf9",
            ),
            (Root { src: Auto::new(), rest: b"`h\xeds\r\x00j".to_vec() }, b"\x08\x00\x00\x07`h\xeds\r\x00j"),
            (Root { src: Auto::new(), rest: b"\x0fa\n".to_vec() }, b"\x04\x00\x00\x03\x0fa\n"),
            (Root { src: Auto::new(), rest: b"f\xbeeaiiB ".to_vec() }, b"\t\x00\x00\x08f\xbeeaiiB "),
            (
                Root { src: Auto::new(), rest: b"\x01q\x00ny\xd3g\x14a q".to_vec() },
                b"\x0c\x00\x00\x0b\x01q\x00ny\xd3g\x14a q",
            ),
            (Root { src: Auto::new(), rest: b"\xfee \x00bt".to_vec() }, b"\x07\x00\x00\x06\xfee \x00bt"),
            (
                Root { src: Auto::new(), rest: b"\xd0;e\xce\x1fi\xff".to_vec() },
                b"\x08\x00\x00\x07\xd0;e\xce\x1fi\xff",
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

mod seed_11_141 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(u16))]
    pub struct Root {
        #[align(4)]
        pub len: Auto,
        #[rest]
        pub input: String,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { len: Auto::new(), input: "".to_owned() }, b"\x00\x02\x00\x00"),
            (Root { len: Auto::new(), input: "kjeuo𝄞".to_owned() }, b"\x00\x0b\x00\x00kjeuo\xf0\x9d\x84\x9e"),
            (Root { len: Auto::new(), input: "qxq".to_owned() }, b"\x00\x05\x00\x00qxq"),
            (Root { len: Auto::new(), input: "f".to_owned() }, b"\x00\x03\x00\x00f"),
            (Root { len: Auto::new(), input: "am".to_owned() }, b"\x00\x04\x00\x00am"),
            (Root { len: Auto::new(), input: "sa\nw".to_owned() }, b"\x00\x06\x00\x00sa\nw"),
            (Root { len: Auto::new(), input: "𝄞bi".to_owned() }, b"\x00\x08\x00\x00\xf0\x9d\x84\x9ebi"),
            (Root { len: Auto::new(), input: "y".to_owned() }, b"\x00\x03\x00\x00y"),
            (Root { len: Auto::new(), input: ",jd".to_owned() }, b"\x00\x05\x00\x00,jd"),
            (Root { len: Auto::new(), input: "igofvo".to_owned() }, b"\x00\x08\x00\x00igofvo"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_142 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Part0;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(tag = bits(7))]
    pub enum Root {
        #[tag(1)]
        V0 {
            #[bits(1)]
            len: u8,
            #[bits(6)]
            input: u16,
            #[bits(2)]
            tag: u8,
            #[bits(8)]
            #[pad(strict)]
            out: Auto,
            r#type: u8,
            #[len_of(r#type..)]
            value: Auto<u8>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 {
                    len: 0u8,
                    input: 56u16,
                    tag: 0u8,
                    out: Auto::new(),
                    r#type: 0u8,
                    value: Auto::new(),
                },
                b"\x02\xe0\x00\x00\x02",
            ),
            (
                Root::V0 {
                    len: 0u8,
                    input: 6u16,
                    tag: 3u8,
                    out: Auto::new(),
                    r#type: 255u8,
                    value: Auto::new(),
                },
                b"\x02\x1b\x00\xff\x02",
            ),
            (
                Root::V0 {
                    len: 1u8,
                    input: 15u16,
                    tag: 0u8,
                    out: Auto::new(),
                    r#type: 255u8,
                    value: Auto::new(),
                },
                b"\x03<\x00\xff\x02",
            ),
            (
                Root::V0 {
                    len: 1u8,
                    input: 1u16,
                    tag: 0u8,
                    out: Auto::new(),
                    r#type: 6u8,
                    value: Auto::new(),
                },
                b"\x03\x04\x00\x06\x02",
            ),
            (
                Root::V0 {
                    len: 0u8,
                    input: 0u16,
                    tag: 0u8,
                    out: Auto::new(),
                    r#type: 0u8,
                    value: Auto::new(),
                },
                b"\x02\x00\x00\x00\x02",
            ),
            (
                Root::V0 {
                    len: 1u8,
                    input: 0u16,
                    tag: 0u8,
                    out: Auto::new(),
                    r#type: 0u8,
                    value: Auto::new(),
                },
                b"\x03\x00\x00\x00\x02",
            ),
            (
                Root::V0 {
                    len: 1u8,
                    input: 2u16,
                    tag: 0u8,
                    out: Auto::new(),
                    r#type: 255u8,
                    value: Auto::new(),
                },
                b"\x03\x08\x00\xff\x02",
            ),
            (
                Root::V0 {
                    len: 1u8,
                    input: 4u16,
                    tag: 3u8,
                    out: Auto::new(),
                    r#type: 255u8,
                    value: Auto::new(),
                },
                b"\x03\x13\x00\xff\x02",
            ),
            (
                Root::V0 {
                    len: 1u8,
                    input: 63u16,
                    tag: 1u8,
                    out: Auto::new(),
                    r#type: 163u8,
                    value: Auto::new(),
                },
                b"\x03\xfd\x00\xa3\x02",
            ),
            (
                Root::V0 {
                    len: 0u8,
                    input: 27u16,
                    tag: 3u8,
                    out: Auto::new(),
                    r#type: 1u8,
                    value: Auto::new(),
                },
                b"\x02o\x00\x01\x02",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V0 {
                len: 0u8,
                input: 27493u16,
                tag: 1u8,
                out: Auto::new(),
                r#type: 49u8,
                value: Auto::new(),
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

mod seed_11_143 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, len_prefixed(i16, scale = 2, bias = 3))]
    pub enum Part0 {
        #[tag(2)]
        V0(
            #[checksum(Internet, over = _2..=_2)] Auto<u16>,
            #[count_prefixed(u8)]
            #[wire(u16)]
            Vec<Even>,
            #[len_of(_1..)] Auto<i8>,
        ),
        #[tag(20)]
        V1 {
            #[checksum(Xor8, over = ..)]
            out: Auto<u8>,
        },
        #[tag(_)]
        V2 {
            #[tag]
            r#type: u8,
            value: [[i8; 2]; 2],
            size: std::net::Ipv6Addr,
            #[align(8)]
            src: Auto,
            #[len_of(body..=body, bias = 3)]
            rest: Auto<u8>,
            #[wire(zigzag)]
            #[count_prefixed(u32)]
            body: Vec<i8>,
            #[rest]
            count: bytes::Bytes,
            #[bits(16)]
            at: i32,
            #[bits(26)]
            n: u32,
            #[bits(22)]
            bits: u64,
            #[bits(8)]
            frame: u8,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb)]
    pub struct Root {
        pub error: u8,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { error: 0u8 }, b"\x00"),
            (Root { error: 62u8 }, b">"),
            (Root { error: 255u8 }, b"\xff"),
            (Root { error: 20u8 }, b"\x14"),
            (Root { error: 4u8 }, b"\x04"),
            (Root { error: 135u8 }, b"\x87"),
            (Root { error: 2u8 }, b"\x02"),
            (Root { error: 1u8 }, b"\x01"),
            (Root { error: 70u8 }, b"F"),
            (Root { error: 7u8 }, b"\x07"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_144 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, magic = b"M")]
    pub struct Root(
        #[len_prefixed(u8, max = 12)] pub String,
        #[checksum(Crc16Modbus, over = ..)] pub Auto<u16>,
        #[bits(5)] pub u8,
        #[pad(strict)]
        #[bits(2)]
        pub Auto,
        #[bits(1)] pub u8,
    );

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root("𝄞".to_owned(), Auto::new(), 0u8, Auto::new(), 0u8), b"M\x04\xf0\x9d\x84\x9eQ\xe4\x00"),
            (
                Root("wwllfdéaéi".to_owned(), Auto::new(), 31u8, Auto::new(), 0u8),
                b"M\x0cwwllfd\xc3\xa9a\xc3\xa9i\x9di\xf8",
            ),
            (
                Root("zzyfnuzoq\0".to_owned(), Auto::new(), 31u8, Auto::new(), 1u8),
                b"M\nzzyfnuzoq\x00\x13\x89\xf9",
            ),
            (Root("ltgkguvcs".to_owned(), Auto::new(), 31u8, Auto::new(), 0u8), b"M\tltgkguvcs\n\xe3\xf8"),
            (Root("".to_owned(), Auto::new(), 0u8, Auto::new(), 0u8), b"M\x00\x08\x0e\x00"),
            (Root("fjé".to_owned(), Auto::new(), 31u8, Auto::new(), 1u8), b"M\x04fj\xc3\xa9\xc8\x93\xf9"),
            (Root("q".to_owned(), Auto::new(), 7u8, Auto::new(), 1u8), b"M\x01q\xe9(9"),
            (Root("".to_owned(), Auto::new(), 29u8, Auto::new(), 0u8), b"M\x00\x08@\xe8"),
            (Root("hzull\n".to_owned(), Auto::new(), 0u8, Auto::new(), 1u8), b"M\x06hzull\n\xbf\xb5\x01"),
            (Root("".to_owned(), Auto::new(), 23u8, Auto::new(), 1u8), b"M\x00\xc9\xbc\xb9"),
        ];
        let refused: Vec<(Root, &str)> = vec![
        (Root("".to_owned(), Auto::new(), 185u8, Auto::new(), 1u8), "a number too wide for its bits"),
        (Root("zgvéfs𝄞ymtrép𝄞𝄞lt𝄞fbwwmsaltjsslmj𝄞lvb𝄞bssxyémxqiphi\rbkxabakrhyj𝄞énlé𝄞jst\0\0dqdbmgxtadzqkxwplhcyz𝄞it".to_owned(), Auto::new(), 31u8, Auto::new(), 0u8), "a length that cannot be said"),
    ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_146 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(ctx(given_part0: u8))]
    pub enum Part0 {
        #[tag(0)]
        V0 {
            #[len_of(out..)]
            input: Auto<u8>,
            tag: i8,
            #[rest]
            out: String,
            r#type: u8,
            #[bits(1)]
            value: u64,
            #[bits(7)]
            size: i32,
        },
        #[tag(30)]
        V1 {
            #[when(given_part0 > 1)]
            src: Option<i8>,
            rest: [[u8; 2]; 2],
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, len_prefixed(i8, inclusive))]
    pub struct Root {
        #[wire(varint)]
        #[len_of(count..)]
        pub body: Auto<u32>,
        pub count: (u8, u16),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { body: Auto::new(), count: (0u8, 0u16) }, b"\x05\x03\x00\x00\x00"),
            (Root { body: Auto::new(), count: (255u8, 65535u16) }, b"\x05\x03\xff\xff\xff"),
            (Root { body: Auto::new(), count: (2u8, 1u16) }, b"\x05\x03\x02\x00\x01"),
            (Root { body: Auto::new(), count: (6u8, 7u16) }, b"\x05\x03\x06\x00\x07"),
            (Root { body: Auto::new(), count: (255u8, 42300u16) }, b"\x05\x03\xff\xa5<"),
            (Root { body: Auto::new(), count: (2u8, 54982u16) }, b"\x05\x03\x02\xd6\xc6"),
            (Root { body: Auto::new(), count: (5u8, 0u16) }, b"\x05\x03\x05\x00\x00"),
            (Root { body: Auto::new(), count: (224u8, 0u16) }, b"\x05\x03\xe0\x00\x00"),
            (Root { body: Auto::new(), count: (198u8, 65535u16) }, b"\x05\x03\xc6\xff\xff"),
            (Root { body: Auto::new(), count: (3u8, 1u16) }, b"\x05\x03\x03\x00\x01"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_150 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb)]
    pub enum Part0 {
        #[tag(2)]
        V0 {
            #[bits(18)]
            len: u64,
            #[bits(8)]
            input: u8,
            #[pad]
            #[bits(18)]
            tag: Auto,
            #[bits(8)]
            #[pad]
            out: Auto,
            #[magic(231046509)]
            #[bits(28)]
            r#type: Auto,
            #[bits(48)]
            value: u64,
        },
        #[tag(15)]
        V1(
            #[checksum(Sum8, over = ..=_2)]
            #[wire(hex(lower))]
            #[fixed(2)]
            Auto<u8>,
            bool,
            std::net::Ipv6Addr,
        ),
        #[tag(28)]
        V2 {
            #[count_prefixed(quic, max = 7)]
            body: Vec<u8>,
            #[len_prefixed(u64, none = 0)]
            count: Option<String>,
            at: [u64; 4],
            #[rest]
            n: String,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, ctx(given_part1: u8))]
    pub struct Part1 {
        #[until(0)]
        pub frame: bytes::Bytes,
        #[pad(3)]
        pub error: Auto,
        pub f0: u8,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(varint(u64)))]
    pub struct Root;

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![(Root, b"\x00")];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}
