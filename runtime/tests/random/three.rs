mod seed_11_68 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    pub struct Part0 {
        #[skip]
        pub len: u16,
        pub input: u8,
        #[len_of(..=r#type)]
        pub tag: Auto<u8>,
        #[len_of(..)]
        pub out: Auto<i8>,
        pub r#type: i8,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Root {
        #[len_of(size..)]
        pub value: Auto<u32>,
        #[wire(varint)]
        pub size: u16,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { value: Auto::new(), size: 0u16 }, b"\x00\x00\x00\x01\x00"),
            (Root { value: Auto::new(), size: 51070u16 }, b"\x00\x00\x00\x03\xfe\x8e\x03"),
            (Root { value: Auto::new(), size: 3983u16 }, b"\x00\x00\x00\x02\x8f\x1f"),
            (Root { value: Auto::new(), size: 13061u16 }, b"\x00\x00\x00\x02\x85f"),
            (Root { value: Auto::new(), size: 4u16 }, b"\x00\x00\x00\x01\x04"),
            (Root { value: Auto::new(), size: 33530u16 }, b"\x00\x00\x00\x03\xfa\x85\x02"),
            (Root { value: Auto::new(), size: 57816u16 }, b"\x00\x00\x00\x03\xd8\xc3\x03"),
            (Root { value: Auto::new(), size: 42095u16 }, b"\x00\x00\x00\x03\xef\xc8\x02"),
            (Root { value: Auto::new(), size: 5u16 }, b"\x00\x00\x00\x01\x05"),
            (Root { value: Auto::new(), size: 53269u16 }, b"\x00\x00\x00\x03\x95\xa0\x03"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_70 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        pub len: u8,
        pub input: i8,
        #[optional]
        #[len_prefixed(i16, scale = 2, bias = 3)]
        pub tag: Option<Vec<u8>>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { len: 0u8, input: 0i8, tag: None }, b"\x00\x00"),
            (
                Root { len: 255u8, input: -41i8, tag: Some(b"\xa9\x00p\x019;".to_vec()) },
                b"\xff\xd7\x06\x00\xa9\x00p\x019;",
            ),
            (Root { len: 2u8, input: -128i8, tag: None }, b"\x02\x80"),
            (Root { len: 7u8, input: 123i8, tag: Some(b"jm9i".to_vec()) }, b"\x07{\x05\x00jm9i"),
            (
                Root { len: 2u8, input: 7i8, tag: Some(b"\x19gsc\xcbt".to_vec()) },
                b"\x02\x07\x06\x00\x19gsc\xcbt",
            ),
            (
                Root { len: 4u8, input: 7i8, tag: Some(b"nhd\x01\xca\xd9".to_vec()) },
                b"\x04\x07\x06\x00nhd\x01\xca\xd9",
            ),
            (Root { len: 0u8, input: 5i8, tag: None }, b"\x00\x05"),
            (
                Root { len: 42u8, input: 127i8, tag: Some(b"s;\x00niai\xff".to_vec()) },
                b"*\x7f\x07\x00s;\x00niai\xff",
            ),
            (Root { len: 255u8, input: -55i8, tag: None }, b"\xff\xc9"),
            (Root { len: 110u8, input: 127i8, tag: Some(b"\t\xbaoh".to_vec()) }, b"n\x7f\x05\x00\t\xbaoh"),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root { len: 255u8, input: 127i8, tag: Some(b"\xf7\xdfd\x00f".to_vec()) },
            "a length that cannot be said",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_78 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, magic = 4660u32)]
    pub enum Part0 {
        #[tag(1)]
        V0 {
            #[align(4, strict, fill = 206)]
            len: Auto,
            #[len_prefixed(u8, bias = 2)]
            #[optional]
            input: Option<String>,
        },
        #[tag(33)]
        V1 {
            #[len_of(size)]
            out: Auto<u8>,
            #[wire(varint)]
            #[len_of(value..=value)]
            r#type: Auto<u32>,
            #[len_of(out..rest)]
            value: Auto<u8>,
            size: Vec<u8>,
            #[rest]
            src: String,
            #[pad(3, strict)]
            rest: Auto,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root(#[wire(u24)] pub u32);

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(0u32), b"\x00\x00\x00"),
            (Root(13390413u32), b"MR\xcc"),
            (Root(1u32), b"\x01\x00\x00"),
            (Root(16777215u32), b"\xff\xff\xff"),
            (Root(4u32), b"\x04\x00\x00"),
            (Root(11229994u32), b"*[\xab"),
            (Root(7u32), b"\x07\x00\x00"),
            (Root(6u32), b"\x06\x00\x00"),
            (Root(560880u32), b"\xf0\x8e\x08"),
            (Root(3u32), b"\x03\x00\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![(Root(2665010481u32), "a number beyond its width")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_79 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Part0 {
        #[len_of(r#type.., bias = 1)]
        pub len: Auto<u8>,
        #[count_prefixed(u8, max = 9)]
        #[wire(u32)]
        pub input: Vec<Millis>,
        pub tag: std::net::Ipv6Addr,
        #[len_of(tag..=r#type)]
        pub out: Auto<u8>,
        #[optional]
        pub r#type: Option<u8>,
        #[rest]
        pub value: Vec<u8>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Part1 {
        #[wire(zigzag)]
        pub size: i8,
        #[wire(u32)]
        #[count_prefixed(i16, max = 7)]
        pub src: Vec<Millis>,
        #[len_of(..)]
        pub rest: Auto<i16>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, magic = 4660u32, tag = bits(7))]
    pub enum Root {
        #[tag(0)]
        V0 {
            #[bits(1)]
            body: u8,
            count: u8,
            #[magic(b"\r\n")]
            at: Auto,
            #[pad(4)]
            n: Auto,
        },
        #[tag(1)]
        V1(#[bits(1)] bool, u8, #[calc(!_1, verify)] Auto<u8>),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 { body: 1u8, count: 0u8, at: Auto::new(), n: Auto::new() },
                b"\x00\x00\x124\x80\x00\r\n\x00\x00\x00\x00",
            ),
            (Root::V1(true, 255u8, Auto::new()), b"\x00\x00\x124\x81\xff\x00"),
            (
                Root::V0 { body: 0u8, count: 255u8, at: Auto::new(), n: Auto::new() },
                b"\x00\x00\x124\x00\xff\r\n\x00\x00\x00\x00",
            ),
            (
                Root::V0 { body: 0u8, count: 2u8, at: Auto::new(), n: Auto::new() },
                b"\x00\x00\x124\x00\x02\r\n\x00\x00\x00\x00",
            ),
            (Root::V1(true, 0u8, Auto::new()), b"\x00\x00\x124\x81\x00\xff"),
            (
                Root::V0 { body: 1u8, count: 255u8, at: Auto::new(), n: Auto::new() },
                b"\x00\x00\x124\x80\xff\r\n\x00\x00\x00\x00",
            ),
            (Root::V1(true, 5u8, Auto::new()), b"\x00\x00\x124\x81\x05\xfa"),
            (
                Root::V0 { body: 0u8, count: 179u8, at: Auto::new(), n: Auto::new() },
                b"\x00\x00\x124\x00\xb3\r\n\x00\x00\x00\x00",
            ),
            (
                Root::V0 { body: 0u8, count: 0u8, at: Auto::new(), n: Auto::new() },
                b"\x00\x00\x124\x00\x00\r\n\x00\x00\x00\x00",
            ),
            (Root::V1(false, 0u8, Auto::new()), b"\x00\x00\x124\x01\x00\xff"),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V0 { body: 177u8, count: 255u8, at: Auto::new(), n: Auto::new() },
            "a number too wide for its bits",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_80 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb)]
    pub struct Root(#[len_prefixed(zigzag, scale = 2, bias = 3)] pub Vec<u8>);

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(b"".to_vec()), b"\x06"),
            (Root(b"Gpi=".to_vec()), b"\nGpi="),
            (Root(b"i7".to_vec()), b"\x08i7"),
            (Root(b"\n\xf0pod;".to_vec()), b"\x0c\n\xf0pod;"),
            (Root(b",\x81\xcb)a\r".to_vec()), b"\x0c,\x81\xcb)a\r"),
            (Root(b"oK,p\x01,".to_vec()), b"\x0coK,p\x01,"),
            (Root(b"\n\x00c/\x9ep".to_vec()), b"\x0c\n\x00c/\x9ep"),
            (Root(b"cnm\x01".to_vec()), b"\ncnm\x01"),
            (Root(b"q\xfft\xca".to_vec()), b"\nq\xfft\xca"),
            (Root(b"\xff\xb0c\xa8\xfbt".to_vec()), b"\x0c\xff\xb0c\xa8\xfbt"),
        ];
        let refused: Vec<(Root, &str)> = vec![(Root(b"\n,b q".to_vec()), "a length that cannot be said")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_91 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(u8, max = 9), magic = 4660u32, tag = [u8; 2])]
    pub enum Root {
        #[tag(b"Ax")]
        V0 {
            #[count_prefixed(u8)]
            len: Vec<f64>,
            #[len_prefixed(zigzag)]
            input: Vec<u128>,
            #[with(xor)]
            #[fixed(8, fill = 48)]
            tag: Vec<u8>,
            #[len_prefixed(zigzag)]
            #[optional]
            out: Option<String>,
        },
        #[tag(b"Bx")]
        V1 {
            #[wire(u32)]
            #[len_prefixed(u8, none = 255)]
            value: Option<Vec<Millis>>,
        },
        #[tag(b"Cx")]
        V2,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V2, b"\x06\x00\x00\x124Cx"),
            (Root::V1 { value: None }, b"\x07\x00\x00\x124Bx\xff"),
            (Root::V1 { value: Some(vec![]) }, b"\x07\x00\x00\x124Bx\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (
                Root::V0 {
                    len: vec![
                        f64::from_bits(13836183955189006336),
                        f64::from_bits(4607182418800017408),
                        f64::from_bits(4607182418800017408),
                        f64::from_bits(0),
                        f64::from_bits(0),
                        f64::from_bits(0),
                        f64::from_bits(4503599627370496),
                    ],
                    input: vec![],
                    tag: b"\x15c\x00".to_vec(),
                    out: None,
                },
                "a length that its number cannot hold",
            ),
            (
                Root::V0 {
                    len: vec![f64::from_bits(13836183955189006336), f64::from_bits(4503599627370496)],
                    input: vec![
                        36547967584800932563630704215299667u128,
                        4u128,
                        170141183460469231731687303715884105727u128,
                        6u128,
                        151u128,
                        0u128,
                        7u128,
                        9u128,
                    ],
                    tag: b"e".to_vec(),
                    out: Some("".to_owned()),
                },
                "a value that does not fit its place",
            ),
        ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_93 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, magic = b"\x00\xff", tag = bits(7))]
    pub enum Root {
        #[tag(1)]
        V0(#[bits(1)] u8, i32, #[bits(16)] u16),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0(0u8, 0i32, 17249u16), b"\x00\xff\x02\x00\x00\x00\x00aC"),
            (Root::V0(1u8, 1i32, 65535u16), b"\x00\xff\x03\x01\x00\x00\x00\xff\xff"),
            (Root::V0(1u8, -226977517i32, 65535u16), b"\x00\xff\x03\x13\x99x\xf2\xff\xff"),
            (Root::V0(0u8, 0i32, 25470u16), b"\x00\xff\x02\x00\x00\x00\x00~c"),
            (Root::V0(0u8, 0i32, 0u16), b"\x00\xff\x02\x00\x00\x00\x00\x00\x00"),
            (Root::V0(1u8, 0i32, 0u16), b"\x00\xff\x03\x00\x00\x00\x00\x00\x00"),
            (Root::V0(0u8, 2i32, 2u16), b"\x00\xff\x02\x02\x00\x00\x00\x02\x00"),
            (Root::V0(1u8, 2147483647i32, 36636u16), b"\x00\xff\x03\xff\xff\xff\x7f\x1c\x8f"),
            (Root::V0(0u8, 2i32, 1u16), b"\x00\xff\x02\x02\x00\x00\x00\x01\x00"),
            (Root::V0(0u8, 2i32, 7u16), b"\x00\xff\x02\x02\x00\x00\x00\x07\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![(Root::V0(5u8, 5i32, 6u16), "a number too wide for its bits")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_95 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = bits(7))]
    pub enum Root {
        #[tag(2)]
        V0 {
            #[bits(1)]
            len: bool,
            input: (std::net::Ipv4Addr, bool),
            #[checksum(Crc32, over = .., seed = [6u8])]
            tag: Auto<u32>,
            #[skip]
            out: u16,
        },
        #[tag(3)]
        V1(#[bits(1)] u8),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 {
                    len: false,
                    input: (std::net::Ipv4Addr::from(0u32), false),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x04\x00\x00\x00\x00\x00\x8a\xd9\xdb\xd5",
            ),
            (Root::V1(1u8), b"\x07"),
            (
                Root::V0 {
                    len: true,
                    input: (std::net::Ipv4Addr::from(4294967295u32), false),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x05\xff\xff\xff\xff\x00|\xed[\xba",
            ),
            (Root::V1(0u8), b"\x06"),
            (
                Root::V0 {
                    len: false,
                    input: (std::net::Ipv4Addr::from(4294967295u32), true),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x04\xff\xff\xff\xff\x01\xaeO\x194",
            ),
            (
                Root::V0 {
                    len: false,
                    input: (std::net::Ipv4Addr::from(2u32), true),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x04\x00\x00\x00\x02\x01\xfaqSn",
            ),
            (
                Root::V0 {
                    len: true,
                    input: (std::net::Ipv4Addr::from(4294967295u32), true),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x05\xff\xff\xff\xff\x01A\x8dr\n",
            ),
            (
                Root::V0 {
                    len: false,
                    input: (std::net::Ipv4Addr::from(3u32), true),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x04\x00\x00\x00\x03\x011-\x80\xcb",
            ),
            (
                Root::V0 {
                    len: false,
                    input: (std::net::Ipv4Addr::from(3u32), false),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x04\x00\x00\x00\x03\x00\x0cM\xa9{",
            ),
            (
                Root::V0 {
                    len: true,
                    input: (std::net::Ipv4Addr::from(3u32), false),
                    tag: Auto::new(),
                    out: Default::default(),
                },
                b"\x05\x00\x00\x00\x03\x00\xe3\x8f\xc2E",
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

mod seed_11_96 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, tag = u8)]
    pub enum Root {
        #[tag(0)]
        V0,
        #[tag(5)]
        V1 {
            #[until(b":")]
            #[count_of(input)]
            #[wire(dec)]
            len: Auto<u64>,
            input: Vec<u8>,
            #[bits(17)]
            tag: u32,
            #[bits(1)]
            out: u8,
            #[bits(14)]
            r#type: u16,
            #[len_of(..)]
            value: Auto<u16>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0, b"\x00"),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![5u8, 122u8, 4u8, 53u8],
                    tag: 131071u32,
                    out: 0u8,
                    r#type: 5u16,
                    value: Auto::new(),
                },
                b"\x054:\x05z\x045\x00\x15\xff\xff\x00\r",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![3u8, 0u8, 254u8, 6u8, 6u8],
                    tag: 4u32,
                    out: 0u8,
                    r#type: 0u16,
                    value: Auto::new(),
                },
                b"\x055:\x03\x00\xfe\x06\x06\x00\x00\x00\x04\x00\x0e",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![201u8, 255u8, 255u8, 255u8],
                    tag: 131071u32,
                    out: 1u8,
                    r#type: 4u16,
                    value: Auto::new(),
                },
                b"\x054:\xc9\xff\xff\xff\x00\x13\xff\xff\x00\r",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![255u8, 0u8, 32u8, 255u8, 0u8],
                    tag: 131071u32,
                    out: 1u8,
                    r#type: 16383u16,
                    value: Auto::new(),
                },
                b"\x055:\xff\x00 \xff\x00\xff\xff\xff\xff\x00\x0e",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![5u8, 2u8],
                    tag: 131071u32,
                    out: 0u8,
                    r#type: 16383u16,
                    value: Auto::new(),
                },
                b"\x052:\x05\x02\xff\xfd\xff\xff\x00\x0b",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![0u8, 6u8, 67u8, 5u8, 255u8, 0u8, 5u8, 255u8],
                    tag: 2u32,
                    out: 1u8,
                    r#type: 0u16,
                    value: Auto::new(),
                },
                b"\x058:\x00\x06C\x05\xff\x00\x05\xff\x00\x02\x00\x02\x00\x11",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![],
                    tag: 0u32,
                    out: 0u8,
                    r#type: 5u16,
                    value: Auto::new(),
                },
                b"\x050:\x00\x14\x00\x00\x00\t",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![0u8, 0u8, 0u8, 0u8, 0u8],
                    tag: 0u32,
                    out: 0u8,
                    r#type: 13822u16,
                    value: Auto::new(),
                },
                b"\x055:\x00\x00\x00\x00\x00\xd7\xf8\x00\x00\x00\x0e",
            ),
            (
                Root::V1 {
                    len: Auto::new(),
                    input: vec![],
                    tag: 68777u32,
                    out: 0u8,
                    r#type: 229u16,
                    value: Auto::new(),
                },
                b"\x050:\x03\x95\x0c\xa9\x00\t",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V1 {
                len: Auto::new(),
                input: vec![255u8, 5u8, 179u8, 255u8, 255u8, 255u8, 0u8],
                tag: 131071u32,
                out: 15u8,
                r#type: 8992u16,
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

mod seed_11_98 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb)]
    pub struct Part0 {
        pub len: u16,
        #[len_of(..)]
        pub input: Auto<u8>,
        #[len_of(r#type..)]
        #[wire(mqtt)]
        pub tag: Auto<u32>,
        #[checksum(Crc32, over = ..=input, seed = [40u8])]
        pub out: Auto<u32>,
        #[optional]
        pub r#type: Option<f32>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, tag = u8, max = 24)]
    pub enum Root {
        #[tag(1..=25)]
        V0(#[tag] u8, #[len_of(..)] Auto<i16>),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0(25u8, Auto::new()), b"\x19\x00\x03"),
            (Root::V0(1u8, Auto::new()), b"\x01\x00\x03"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_102 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, tag = [u8; 1])]
    pub enum Part0 {
        #[tag(b"A")]
        V0 {
            #[len_of(..=tag, max = 15)]
            len: Auto<u8>,
            #[len_of(..=tag)]
            #[wire(u24, le)]
            input: Auto<u32>,
            tag: (bool, [i16; 2]),
        },
        #[tag(b"B")]
        V1,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(lsb, until(b"\n"), len_prefixed(varint))]
    pub struct Root {
        #[len_of(r#type..=r#type)]
        pub out: Auto<u8>,
        #[until(0)]
        pub r#type: Vec<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root { out: Auto::new(), r#type: vec![3u8, 255u8, 4u8, 35u8, 65u8, 169u8, 173u8] },
                b"\t\x08\x03\xff\x04#A\xa9\xad\x00\n",
            ),
            (Root { out: Auto::new(), r#type: vec![65u8, 255u8, 143u8] }, b"\x05\x04A\xff\x8f\x00\n"),
            (Root { out: Auto::new(), r#type: vec![27u8] }, b"\x03\x02\x1b\x00\n"),
            (Root { out: Auto::new(), r#type: vec![178u8, 255u8] }, b"\x04\x03\xb2\xff\x00\n"),
            (Root { out: Auto::new(), r#type: vec![14u8] }, b"\x03\x02\x0e\x00\n"),
            (
                Root {
                    out: Auto::new(),
                    r#type: vec![255u8, 142u8, 6u8, 255u8, 72u8, 90u8, 117u8, 255u8, 104u8, 255u8, 33u8, 6u8],
                },
                b"\x0e\r\xff\x8e\x06\xffHZu\xffh\xff!\x06\x00\n",
            ),
            (Root { out: Auto::new(), r#type: vec![2u8] }, b"\x03\x02\x02\x00\n"),
            (Root { out: Auto::new(), r#type: vec![] }, b"\x02\x01\x00\n"),
            (
                Root { out: Auto::new(), r#type: vec![3u8, 255u8, 141u8, 255u8, 227u8] },
                b"\x07\x06\x03\xff\x8d\xff\xe3\x00\n",
            ),
            (
                Root { out: Auto::new(), r#type: vec![39u8, 175u8, 3u8, 254u8, 255u8, 6u8, 255u8] },
                b"\t\x08\'\xaf\x03\xfe\xff\x06\xff\x00\n",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (
                Root { out: Auto::new(), r#type: vec![0u8, 0u8, 0u8, 0u8, 27u8, 53u8] },
                "the last item within the list",
            ),
            (
                Root {
                    out: Auto::new(),
                    r#type: vec![255u8, 61u8, 255u8, 255u8, 7u8, 255u8, 9u8, 36u8, 72u8],
                },
                "the delimiter of the frame within it",
            ),
        ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}
