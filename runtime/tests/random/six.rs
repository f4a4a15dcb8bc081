mod seed_11_151 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = u8)]
    pub enum Root {
        #[tag(2)]
        V0 {
            #[fixed(3)]
            #[wire(dec)]
            len: u32,
            #[len_of(out..=out)]
            input: Auto<i8>,
            #[wire(u16)]
            tag: Even,
            #[optional]
            out: Option<u16>,
        },
        #[tag(_)]
        V1 {
            #[tag]
            r#type: u8,
            #[until(0)]
            value: String,
            size: std::num::NonZeroI32,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0 { len: 0u32, input: Auto::new(), tag: Even(0), out: None }, b"\x02000\x00\x00\x00"),
            (
                Root::V0 { len: 999u32, input: Auto::new(), tag: Even(65534), out: Some(8069u16) },
                b"\x02999\x02\xff\xfe\x1f\x85",
            ),
            (
                Root::V1 {
                    r#type: 255u8,
                    value: "ukbiy ég".to_owned(),
                    size: std::num::NonZeroI32::new(-458637769).unwrap(),
                },
                b"\xffukbiy \xc3\xa9g\x00\xe4\xa9\xbe7",
            ),
            (
                Root::V0 { len: 999u32, input: Auto::new(), tag: Even(0), out: Some(0u16) },
                b"\x02999\x02\x00\x00\x00\x00",
            ),
            (
                Root::V1 { r#type: 24u8, value: "".to_owned(), size: std::num::NonZeroI32::new(1).unwrap() },
                b"\x18\x00\x00\x00\x00\x01",
            ),
            (
                Root::V0 { len: 999u32, input: Auto::new(), tag: Even(2432), out: Some(65535u16) },
                b"\x02999\x02\t\x80\xff\xff",
            ),
            (
                Root::V1 {
                    r#type: 255u8,
                    value: "zwsx".to_owned(),
                    size: std::num::NonZeroI32::new(2147483647).unwrap(),
                },
                b"\xffzwsx\x00\x7f\xff\xff\xff",
            ),
            (
                Root::V1 {
                    r#type: 7u8,
                    value: "do ".to_owned(),
                    size: std::num::NonZeroI32::new(2).unwrap(),
                },
                b"\x07do \x00\x00\x00\x00\x02",
            ),
            (
                Root::V0 { len: 2u32, input: Auto::new(), tag: Even(65534), out: Some(41435u16) },
                b"\x02002\x02\xff\xfe\xa1\xdb",
            ),
            (
                Root::V0 { len: 972u32, input: Auto::new(), tag: Even(14), out: Some(50147u16) },
                b"\x02972\x02\x00\x0e\xc3\xe3",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (
                Root::V1 {
                    r#type: 255u8,
                    value: "bl\0".to_owned(),
                    size: std::num::NonZeroI32::new(2147483647).unwrap(),
                },
                "a delimiter within the value",
            ),
            (
                Root::V1 { r#type: 2u8, value: "".to_owned(), size: std::num::NonZeroI32::new(2).unwrap() },
                "a tag of another variant",
            ),
            (
                Root::V0 { len: 1u32, input: Auto::new(), tag: Even(5), out: Some(29562u16) },
                "a value that does not convert",
            ),
        ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_161 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, tag = bits(3))]
    pub enum Root {
        #[tag(0)]
        V0 {
            #[bits(3)]
            len: u8,
            #[bits(1)]
            input: u8,
            #[bits(1)]
            tag: u8,
            #[until(-1)]
            out: Vec<i8>,
            #[bits(6)]
            r#type: u8,
            #[bits(2)]
            value: i32,
            #[rest]
            size: Vec<i8>,
            src: u8,
        },
        #[tag(1)]
        V1 {
            #[bits(3)]
            rest: u8,
            #[bits(2)]
            body: u8,
            #[wire(be)]
            #[len_of(..)]
            count: Auto<i16>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 {
                    len: 0u8,
                    input: 0u8,
                    tag: 0u8,
                    out: vec![],
                    r#type: 0u8,
                    value: 0i32,
                    size: vec![],
                    src: 0u8,
                },
                b"\x00\xff\x00\x00",
            ),
            (Root::V1 { rest: 7u8, body: 3u8, count: Auto::new() }, b"\xf9\x00\x03"),
            (
                Root::V0 {
                    len: 7u8,
                    input: 1u8,
                    tag: 0u8,
                    out: vec![127i8, 127i8, 0i8],
                    r#type: 1u8,
                    value: 0i32,
                    size: vec![127i8, 127i8, 127i8, 0i8, 127i8, -106i8, 127i8],
                    src: 0u8,
                },
                b"x\x7f\x7f\x00\xff\x01\x7f\x7f\x7f\x00\x7f\x96\x7f\x00",
            ),
            (Root::V1 { rest: 0u8, body: 1u8, count: Auto::new() }, b"A\x00\x03"),
            (
                Root::V0 {
                    len: 7u8,
                    input: 0u8,
                    tag: 0u8,
                    out: vec![],
                    r#type: 1u8,
                    value: 0i32,
                    size: vec![127i8, 1i8],
                    src: 0u8,
                },
                b"8\xff\x01\x7f\x01\x00",
            ),
            (Root::V1 { rest: 3u8, body: 1u8, count: Auto::new() }, b"Y\x00\x03"),
            (Root::V1 { rest: 0u8, body: 0u8, count: Auto::new() }, b"\x01\x00\x03"),
            (
                Root::V0 {
                    len: 7u8,
                    input: 1u8,
                    tag: 1u8,
                    out: vec![2i8, 127i8, -128i8, 38i8],
                    r#type: 0u8,
                    value: 0i32,
                    size: vec![-57i8],
                    src: 4u8,
                },
                b"\xf8\x02\x7f\x80&\xff\x00\xc7\x04",
            ),
            (
                Root::V0 {
                    len: 7u8,
                    input: 0u8,
                    tag: 0u8,
                    out: vec![1i8, 3i8, 1i8, 1i8, -103i8, 1i8],
                    r#type: 8u8,
                    value: -2i32,
                    size: vec![-128i8, -54i8, 1i8, -128i8, 1i8, 5i8],
                    src: 3u8,
                },
                b"8\x01\x03\x01\x01\x99\x01\xff\x88\x80\xca\x01\x80\x01\x05\x03",
            ),
            (
                Root::V0 {
                    len: 0u8,
                    input: 0u8,
                    tag: 0u8,
                    out: vec![4i8],
                    r#type: 49u8,
                    value: -2i32,
                    size: vec![6i8, 127i8],
                    src: 1u8,
                },
                b"\x00\x04\xff\xb1\x06\x7f\x01",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V0 {
                len: 7u8,
                input: 1u8,
                tag: 0u8,
                out: vec![0i8, 127i8, 85i8, 0i8, 127i8, 5i8, 1i8, 127i8, 5i8, 1i8],
                r#type: 255u8,
                value: 1i32,
                size: vec![127i8, 1i8, 127i8, 127i8, 0i8, 0i8, 127i8, 7i8, 127i8],
                src: 255u8,
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

mod seed_11_164 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, ctx(given_part0: u8))]
    pub struct Part0 {
        #[checksum(Adler32, over = .., seed = [128u8])]
        pub input: Auto<u32>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, len_prefixed(u8))]
    pub struct Part1 {
        #[len_of(..)]
        pub tag: Auto<u8>,
        pub out: f64,
        #[optional]
        pub r#type: Option<u8>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb)]
    pub struct Root {
        pub value: (bool, [i16; 2]),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { value: (false, [19015i16, 0i16]) }, b"\x00GJ\x00\x00"),
            (Root { value: (true, [32767i16, -24012i16]) }, b"\x01\xff\x7f4\xa2"),
            (Root { value: (true, [32767i16, 22063i16]) }, b"\x01\xff\x7f/V"),
            (Root { value: (true, [5i16, -8847i16]) }, b"\x01\x05\x00q\xdd"),
            (Root { value: (false, [-11699i16, 5i16]) }, b"\x00M\xd2\x05\x00"),
            (Root { value: (false, [0i16, 0i16]) }, b"\x00\x00\x00\x00\x00"),
            (Root { value: (true, [0i16, 19207i16]) }, b"\x01\x00\x00\x07K"),
            (Root { value: (false, [-14470i16, -28361i16]) }, b"\x00z\xc77\x91"),
            (Root { value: (false, [7i16, 32767i16]) }, b"\x00\x07\x00\xff\x7f"),
            (Root { value: (false, [-32768i16, 6i16]) }, b"\x00\x00\x80\x06\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_166 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = bits(4))]
    pub enum Root {
        #[tag(1)]
        V0 {
            #[bits(4)]
            len: u8,
            #[len_prefixed(varint)]
            input: bytes::Bytes,
            #[checksum(Crc16Modbus, over = ..)]
            tag: Auto<u16>,
        },
        #[tag(_)]
        V1 {
            #[bits(4)]
            out: i8,
            #[skip]
            r#type: Vec<u8>,
            #[bits(2)]
            value: u8,
            #[bits(6)]
            #[count_of(rest)]
            size: Auto<u8>,
            #[wire(zigzag)]
            src: i64,
            rest: Vec<u16>,
            #[tag]
            body: u8,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root::V0 { len: 0u8, input: bytes::Bytes::from_static(b""), tag: Auto::new() },
                b"\x10\x00\xe4\x04",
            ),
            (
                Root::V0 {
                    len: 15u8,
                    input: bytes::Bytes::from_static(b"f\x00mBdA\x15\xdfo\x15"),
                    tag: Auto::new(),
                },
                b"\x1f\nf\x00mBdA\x15\xdfo\x15\xa2R",
            ),
            (
                Root::V0 {
                    len: 13u8,
                    input: bytes::Bytes::from_static(b"oe\r\r\x01m\x00"),
                    tag: Auto::new(),
                },
                b"\x1d\x07oe\r\r\x01m\x00\x06\x0b",
            ),
            (
                Root::V1 {
                    out: 1i8,
                    r#type: Default::default(),
                    value: 3u8,
                    size: Auto::new(),
                    src: 1i64,
                    rest: vec![1u16, 6u16],
                    body: 15u8,
                },
                b"\xf1\xc2\x02\x00\x01\x00\x06",
            ),
            (
                Root::V0 { len: 0u8, input: bytes::Bytes::from_static(b"ad\x01o"), tag: Auto::new() },
                b"\x10\x04ad\x01o\x9fL",
            ),
            (
                Root::V1 {
                    out: 6i8,
                    r#type: Default::default(),
                    value: 2u8,
                    size: Auto::new(),
                    src: 6i64,
                    rest: vec![4u16, 1u16],
                    body: 4u8,
                },
                b"F\x82\x0c\x00\x04\x00\x01",
            ),
            (
                Root::V0 { len: 1u8, input: bytes::Bytes::from_static(b""), tag: Auto::new() },
                b"\x11\x00\x18\x05",
            ),
            (
                Root::V0 { len: 2u8, input: bytes::Bytes::from_static(b"a,mmh"), tag: Auto::new() },
                b"\x12\x05a,mmh\xbcY",
            ),
            (
                Root::V1 {
                    out: 4i8,
                    r#type: Default::default(),
                    value: 0u8,
                    size: Auto::new(),
                    src: 0i64,
                    rest: vec![],
                    body: 0u8,
                },
                b"\x04\x00\x00",
            ),
            (
                Root::V0 { len: 6u8, input: bytes::Bytes::from_static(b"k"), tag: Auto::new() },
                b"\x16\x01k\xe3\x1d",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (
                Root::V1 {
                    out: 7i8,
                    r#type: Default::default(),
                    value: 1u8,
                    size: Auto::new(),
                    src: 1i64,
                    rest: vec![65535u16, 1u16, 1u16],
                    body: 1u8,
                },
                "a tag of another variant",
            ),
            (
                Root::V1 {
                    out: -5i8,
                    r#type: Default::default(),
                    value: 10u8,
                    size: Auto::new(),
                    src: 5i64,
                    rest: vec![43293u16],
                    body: 4u8,
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

mod seed_11_167 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(u24))]
    pub struct Part0 {
        #[len_prefixed(u8, scale = 2, bias = 3)]
        pub len: String,
        #[wire(hex(lower))]
        #[fixed(1)]
        pub input: u8,
        #[presence_of(r#type)]
        pub tag: Auto<u8>,
        #[when((input & 1) != 0)]
        pub out: Option<u8>,
        #[len_prefixed(zigzag, scale = 4)]
        pub r#type: Option<String>,
        pub value: u8,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(max = 37)]
    pub struct Root {
        #[wire(zigzag)]
        pub size: i8,
        pub src: u8,
        #[checksum(Xor8, over = ..=size)]
        pub rest: Auto<u8>,
        #[len_of(count..=count)]
        pub body: Auto<u8>,
        #[optional]
        pub count: Option<u8>,
        #[wire(dec)]
        #[fixed(3)]
        #[optional]
        pub at: Option<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root { size: 0i8, src: 208u8, rest: Auto::new(), body: Auto::new(), count: None, at: None },
                b"\x00\xd0\x00\x00",
            ),
            (
                Root {
                    size: 127i8,
                    src: 255u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(0u8),
                    at: Some(140u8),
                },
                b"\xfe\x01\xff\xff\x01\x00140",
            ),
            (
                Root {
                    size: 127i8,
                    src: 235u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(181u8),
                    at: Some(255u8),
                },
                b"\xfe\x01\xeb\xff\x01\xb5255",
            ),
            (
                Root { size: -12i8, src: 4u8, rest: Auto::new(), body: Auto::new(), count: None, at: None },
                b"\x17\x04\x17\x00",
            ),
            (
                Root {
                    size: -122i8,
                    src: 2u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(255u8),
                    at: Some(0u8),
                },
                b"\xf3\x01\x02\xf2\x01\xff000",
            ),
            (
                Root {
                    size: 0i8,
                    src: 255u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(255u8),
                    at: Some(255u8),
                },
                b"\x00\xff\x00\x01\xff255",
            ),
            (
                Root {
                    size: 2i8,
                    src: 255u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(1u8),
                    at: Some(255u8),
                },
                b"\x04\xff\x04\x01\x01255",
            ),
            (
                Root {
                    size: 127i8,
                    src: 255u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(2u8),
                    at: Some(255u8),
                },
                b"\xfe\x01\xff\xff\x01\x02255",
            ),
            (
                Root {
                    size: -128i8,
                    src: 34u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(1u8),
                    at: Some(0u8),
                },
                b"\xff\x01\"\xfe\x01\x01000",
            ),
            (
                Root {
                    size: 127i8,
                    src: 255u8,
                    rest: Auto::new(),
                    body: Auto::new(),
                    count: Some(1u8),
                    at: Some(255u8),
                },
                b"\xfe\x01\xff\xff\x01\x01255",
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

mod seed_11_170 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub enum Part0 {
        V0 = 0,
        V1,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb)]
    pub struct Root {
        #[until(-1)]
        pub len: Vec<i16>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
        (Root { len: vec![] }, b"\xff\xff"),
        (Root { len: vec![32767i16, 2i16, 32767i16, 32767i16, 2i16, -20834i16] }, b"\x7f\xff\x00\x02\x7f\xff\x7f\xff\x00\x02\xae\x9e\xff\xff"),
        (Root { len: vec![23520i16, 4i16, 1i16, 32767i16, 0i16, 32767i16, 32767i16] }, b"[\xe0\x00\x04\x00\x01\x7f\xff\x00\x00\x7f\xff\x7f\xff\xff\xff"),
        (Root { len: vec![-32768i16, 2i16, 5i16] }, b"\x80\x00\x00\x02\x00\x05\xff\xff"),
        (Root { len: vec![-32768i16, -24735i16, 1i16, 0i16, 0i16, 32767i16, 32767i16, 7i16] }, b"\x80\x00\x9fa\x00\x01\x00\x00\x00\x00\x7f\xff\x7f\xff\x00\x07\xff\xff"),
        (Root { len: vec![6i16, 32767i16, 3i16, 4i16, 4099i16, -28917i16] }, b"\x00\x06\x7f\xff\x00\x03\x00\x04\x10\x03\x8f\x0b\xff\xff"),
        (Root { len: vec![32767i16, 15064i16, 5i16, 1i16, 32767i16, -1532i16, 30388i16, 32767i16, 32767i16, 32767i16, 32767i16, 18107i16] }, b"\x7f\xff:\xd8\x00\x05\x00\x01\x7f\xff\xfa\x04v\xb4\x7f\xff\x7f\xff\x7f\xff\x7f\xffF\xbb\xff\xff"),
        (Root { len: vec![1i16, -32768i16, 15912i16, 32767i16] }, b"\x00\x01\x80\x00>(\x7f\xff\xff\xff"),
        (Root { len: vec![32767i16, 12075i16] }, b"\x7f\xff/+\xff\xff"),
        (Root { len: vec![6i16, 1i16, 10024i16] }, b"\x00\x06\x00\x01\'(\xff\xff"),
    ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_177 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, tag = u8)]
    pub enum Part0 {
        #[tag(1)]
        V0(
            #[wire(dec)]
            #[fixed(2)]
            #[optional]
            Option<u8>,
            #[rest] Vec<u8>,
        ),
        #[tag(_)]
        V1 {
            #[tag]
            tag: u8,
            #[len_of(value, scale = 4, none = 255)]
            out: Auto<u8>,
            #[until(b",")]
            #[wire(dec)]
            r#type: u8,
            value: Option<String>,
            #[len_prefixed(varint)]
            size: Vec<u8>,
            #[wire(zigzag)]
            #[optional]
            src: Option<i8>,
            #[until(b"\r\n")]
            #[optional]
            rest: Option<String>,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, until(b"\x00"), tag = u8, magic = b"\x89PNG")]
    pub enum Root {
        #[tag(2..=23)]
        V0(#[tag] u8, u8, #[rest] String),
        #[tag(35 | 24)]
        V1 {
            #[tag]
            bits: u8,
            frame: u8,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0(23u8, 24u8, " w".to_owned()), b"\x17\x89PNG\x18 w\x00"),
            (Root::V1 { bits: 35u8, frame: 255u8 }, b"#\x89PNG\xff\x00"),
            (Root::V0(23u8, 24u8, "𝄞".to_owned()), b"\x17\x89PNG\x18\xf0\x9d\x84\x9e\x00"),
            (Root::V1 { bits: 35u8, frame: 53u8 }, b"#\x89PNG5\x00"),
            (Root::V1 { bits: 24u8, frame: 2u8 }, b"\x18\x89PNG\x02\x00"),
            (Root::V0(2u8, 2u8, "pef".to_owned()), b"\x02\x89PNG\x02pef\x00"),
            (Root::V1 { bits: 35u8, frame: 24u8 }, b"#\x89PNG\x18\x00"),
            (Root::V0(2u8, 126u8, "bsha\ndhe".to_owned()), b"\x02\x89PNG~bsha\ndhe\x00"),
            (Root::V0(23u8, 3u8, "pcu".to_owned()), b"\x17\x89PNG\x03pcu\x00"),
            (Root::V0(2u8, 146u8, "ycmkxy".to_owned()), b"\x02\x89PNG\x92ycmkxy\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![
        (Root::V0(23u8, 255u8, "éalbqy𝄞bcspvzvc𝄞aiuko𝄞mw𝄞néucqdd\0fin;uggéikéjcu𝄞o évpwc;nbnww\0q𝄞iq𝄞, u𝄞iltghrxé,rnwéixwsccysbs𝄞b".to_owned()), "the delimiter of the frame within it"),
    ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_178 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, ctx(given_part0: u8), tag = bits(4))]
    pub enum Part0 {
        #[tag(2)]
        V0 {
            #[bits(4)]
            input: u8,
            #[until(b"\r\n")]
            tag: String,
            #[presence_of(r#type, some = 0)]
            out: Auto<u8>,
            #[until(b"aba")]
            r#type: Option<String>,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, tag = [u8; 3])]
    pub enum Root {
        #[tag(b"Axx")]
        V0(bool),
        #[tag(b"Bxx")]
        V1 {
            size: u8,
            #[until(0)]
            src: Vec<i8>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0(true), b"Axx\x01"),
            (
                Root::V1 { size: 255u8, src: vec![127i8, 2i8, 1i8, 4i8, 127i8, -36i8, 127i8, 127i8, 127i8] },
                b"Bxx\xff\x7f\x02\x01\x04\x7f\xdc\x7f\x7f\x7f\x00",
            ),
            (
                Root::V1 { size: 7u8, src: vec![7i8, 7i8, 127i8, -128i8, 6i8, 3i8, 127i8, -128i8] },
                b"Bxx\x07\x07\x07\x7f\x80\x06\x03\x7f\x80\x00",
            ),
            (Root::V0(false), b"Axx\x00"),
            (Root::V1 { size: 0u8, src: vec![] }, b"Bxx\x00\x00"),
            (Root::V1 { size: 4u8, src: vec![1i8, -21i8, 2i8, 6i8] }, b"Bxx\x04\x01\xeb\x02\x06\x00"),
            (Root::V1 { size: 1u8, src: vec![] }, b"Bxx\x01\x00"),
            (
                Root::V1 { size: 1u8, src: vec![2i8, 127i8, -128i8, 2i8, 2i8, 31i8, 2i8] },
                b"Bxx\x01\x02\x7f\x80\x02\x02\x1f\x02\x00",
            ),
            (Root::V1 { size: 234u8, src: vec![] }, b"Bxx\xea\x00"),
            (Root::V1 { size: 42u8, src: vec![] }, b"Bxx*\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V1 {
                size: 2u8,
                src: vec![
                    127i8, 127i8, 2i8, 127i8, 102i8, 33i8, 3i8, 127i8, 127i8, 127i8, 127i8, 127i8, 127i8,
                    127i8, 127i8, 127i8, 6i8, 118i8, 127i8, 6i8, 2i8, 127i8, 35i8, 127i8, -8i8, 127i8, 2i8,
                    2i8, 127i8, -64i8, 127i8, 78i8, 114i8, 2i8, 127i8, 110i8, 127i8, 6i8, 2i8, 127i8, 127i8,
                    127i8, 2i8, 127i8, 127i8, 127i8, 127i8, 127i8, 2i8, 127i8, 99i8, 127i8, -14i8, 127i8,
                    2i8, 127i8, 127i8, 127i8, 127i8, 127i8, 127i8, 47i8, 127i8, 127i8, 127i8, 2i8, 47i8, 2i8,
                    2i8, 127i8, 127i8, 2i8, 127i8, 2i8, 127i8, 2i8, 2i8, 127i8, 2i8, 25i8, 36i8, 1i8, -11i8,
                    127i8, 127i8, 0i8, 127i8, 2i8, 127i8, 2i8, 127i8, 127i8, -58i8, 127i8, 127i8, 127i8,
                    127i8, 127i8, 5i8, 20i8, 127i8, 127i8, 6i8, -47i8, 127i8, 127i8, 127i8, 2i8, 127i8,
                    127i8, 2i8, 2i8, 127i8, 127i8, 127i8, 2i8, 1i8, 2i8, 25i8, 127i8, 127i8, 127i8, 127i8,
                    2i8, 3i8, 2i8, 2i8, 2i8, 127i8, 108i8,
                ],
            },
            "the last item within the list",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_179 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, ctx(given_part0: u8), len_prefixed(u8, inclusive))]
    pub struct Part0 {
        #[len_of(out)]
        pub input: Auto<u8>,
        #[when(given_part0 == 2)]
        pub tag: Option<u32>,
        pub out: bytes::Bytes,
        #[wire(zigzag)]
        #[when((input & 1) != 0)]
        pub r#type: Option<i8>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(varint), magic = b"M")]
    pub struct Root {
        #[magic(67)]
        pub value: Auto<u64>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> =
            vec![(Root { value: Auto::new() }, b"\tM\x00\x00\x00\x00\x00\x00\x00C")];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_183 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, len_prefixed(varint(u64)))]
    pub struct Root {
        pub len: u8,
        #[checksum(Crc32, over = len..=len)]
        pub input: Auto<u32>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { len: 0u8, input: Auto::new() }, b"\x05\x00\x8d\xef\x02\xd2"),
            (Root { len: 88u8, input: Auto::new() }, b"\x05XK6\xb2\xb7"),
            (Root { len: 255u8, input: Auto::new() }, b"\x05\xff\x00\x00\x00\xff"),
            (Root { len: 195u8, input: Auto::new() }, b"\x05\xc3\x87|o\xd0"),
            (Root { len: 198u8, input: Auto::new() }, b"\x05\xc6\x08\x88\x05\xa0"),
            (Root { len: 5u8, input: Auto::new() }, b"\x05\x05\x02\x1bh\xa2"),
            (Root { len: 106u8, input: Auto::new() }, b"\x05j\xcbge\x7f"),
            (Root { len: 39u8, input: Auto::new() }, b"\x05\'\xe6Z\x08w"),
            (Root { len: 123u8, input: Auto::new() }, b"\x05{9G\xd5\x15"),
            (Root { len: 147u8, input: Auto::new() }, b"\x05\x93s-\x04\xbb"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_186 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, ctx(given_part0: u8))]
    pub struct Part0 {
        #[wire(varint)]
        #[len_of(out.., bias = 3)]
        pub input: Auto<u32>,
        #[checksum(Crc8Smbus, over = input..=out)]
        pub tag: Auto<u8>,
        #[len_of(.., bias = 3)]
        pub out: Auto<u16>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, tag = u8)]
    pub enum Root {
        #[tag(1)]
        V0 {
            #[check(r#type != 77, "must hold")]
            r#type: u8,
        },
        #[tag(16)]
        V1 {
            #[len_of(src, inclusive, scale = 2, bias = 3)]
            value: Auto<u8>,
            #[align(8, strict)]
            size: Auto,
            src: Vec<u8>,
            #[until(0)]
            rest: Vec<i16>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0 { r#type: 187u8 }, b"\x01\xbb"),
            (Root::V0 { r#type: 16u8 }, b"\x01\x10"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Auto::new(),
                    src: b"i;\xdd".to_vec(),
                    rest: vec![16205i16, 5i16, 32767i16, 32767i16],
                },
                b"\x10\x05\x00\x00\x00\x00\x00\x00i;\xdd?M\x00\x05\x7f\xff\x7f\xff\x00\x00",
            ),
            (Root::V0 { r#type: 2u8 }, b"\x01\x02"),
            (Root::V0 { r#type: 6u8 }, b"\x01\x06"),
            (
                Root::V1 {
                    value: Auto::new(),
                    size: Auto::new(),
                    src: b";".to_vec(),
                    rest: vec![30061i16, 77i16, 3i16],
                },
                b"\x10\x04\x00\x00\x00\x00\x00\x00;um\x00M\x00\x03\x00\x00",
            ),
            (Root::V0 { r#type: 0u8 }, b"\x01\x00"),
            (
                Root::V1 { value: Auto::new(), size: Auto::new(), src: b"\xfc".to_vec(), rest: vec![16i16] },
                b"\x10\x04\x00\x00\x00\x00\x00\x00\xfc\x00\x10\x00\x00",
            ),
            (Root::V0 { r#type: 78u8 }, b"\x01N"),
            (Root::V0 { r#type: 182u8 }, b"\x01\xb6"),
        ];
        let refused: Vec<(Root, &str)> = vec![
        (Root::V1 { value: Auto::new(), size: Auto::new(), src: b"a\x01ep\x08;are\x01n\xdapl,\xf5a\xe6nee; \xf2\xc1\x13;\x8b;\x93\xffNfqt\x87;cm=\xc3\x01cIcac\x01as\xea\xeakp\xbba\x01\x01\x08rgzcsi,7s;acd\xda\r\xb7\x8b\x01aaf\r\x01\r\xa3\xffiaam\xffe\x00,;ei\xffa;\x7f\n\rbs.pae\xa0\xaa,\x01o\nc\x00n,\x96 t\x80, oao\x00ha".to_vec(), rest: vec![-23231i16, 77i16, 32767i16, -7628i16, -25256i16, 32767i16, 27799i16, 0i16, 32767i16, 1i16, 9194i16] }, "the last item within the list"),
        (Root::V1 { value: Auto::new(), size: Auto::new(), src: b"".to_vec(), rest: vec![] }, "a length that its number cannot hold"),
        (Root::V0 { r#type: 77u8 }, "a check does not hold"),
    ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}
