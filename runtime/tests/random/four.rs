mod seed_11_107 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub enum Part0 {
        V0 = 3,
        V1,
        V2,
        V3 = 11,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Root {
        #[align(4, strict)]
        pub len: Auto,
        pub input: [[i8; 2]; 2],
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { len: Auto::new(), input: [[0i8, 0i8], [0i8, 0i8]] }, b"\x00\x00\x00\x00"),
            (Root { len: Auto::new(), input: [[0i8, 59i8], [-58i8, -100i8]] }, b"\x00;\xc6\x9c"),
            (Root { len: Auto::new(), input: [[-53i8, -103i8], [11i8, 11i8]] }, b"\xcb\x99\x0b\x0b"),
            (Root { len: Auto::new(), input: [[4i8, 0i8], [5i8, 127i8]] }, b"\x04\x00\x05\x7f"),
            (Root { len: Auto::new(), input: [[2i8, 3i8], [5i8, 3i8]] }, b"\x02\x03\x05\x03"),
            (Root { len: Auto::new(), input: [[6i8, 4i8], [0i8, -128i8]] }, b"\x06\x04\x00\x80"),
            (Root { len: Auto::new(), input: [[127i8, 2i8], [5i8, 5i8]] }, b"\x7f\x02\x05\x05"),
            (Root { len: Auto::new(), input: [[5i8, 1i8], [6i8, 7i8]] }, b"\x05\x01\x06\x07"),
            (Root { len: Auto::new(), input: [[125i8, 2i8], [127i8, 5i8]] }, b"}\x02\x7f\x05"),
            (Root { len: Auto::new(), input: [[78i8, 115i8], [80i8, 2i8]] }, b"NsP\x02"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_108 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, ctx(given_part0: u8))]
    pub struct Part0(
        pub i8,
        #[optional]
        #[until(0)]
        pub Option<bytes::Bytes>,
    );

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(varint))]
    pub struct Root {
        pub size: u16,
        #[len_prefixed(u16)]
        pub src: Vec<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { size: 23700u16, src: vec![] }, b"\x04\\\x94\x00\x00"),
            (
                Root { size: 65535u16, src: vec![255u8, 255u8, 44u8, 9u8, 255u8, 7u8, 255u8, 190u8, 70u8] },
                b"\r\xff\xff\x00\t\xff\xff,\t\xff\x07\xff\xbeF",
            ),
            (Root { size: 44219u16, src: vec![108u8, 255u8] }, b"\x06\xac\xbb\x00\x02l\xff"),
            (Root { size: 49325u16, src: vec![0u8, 4u8] }, b"\x06\xc0\xad\x00\x02\x00\x04"),
            (Root { size: 34309u16, src: vec![] }, b"\x04\x86\x05\x00\x00"),
            (
                Root { size: 65535u16, src: vec![7u8, 255u8, 6u8, 255u8, 97u8, 6u8, 255u8, 255u8] },
                b"\x0c\xff\xff\x00\x08\x07\xff\x06\xffa\x06\xff\xff",
            ),
            (Root { size: 59666u16, src: vec![7u8, 7u8] }, b"\x06\xe9\x12\x00\x02\x07\x07"),
            (Root { size: 0u16, src: vec![] }, b"\x04\x00\x00\x00\x00"),
            (Root { size: 30057u16, src: vec![] }, b"\x04ui\x00\x00"),
            (
                Root {
                    size: 65535u16,
                    src: vec![
                        255u8, 255u8, 201u8, 11u8, 174u8, 255u8, 148u8, 38u8, 255u8, 85u8, 228u8, 135u8,
                    ],
                },
                b"\x10\xff\xff\x00\x0c\xff\xff\xc9\x0b\xae\xff\x94&\xffU\xe4\x87",
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

mod seed_11_109 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Root {
        #[wire(varint)]
        pub len: u32,
        #[rest]
        pub input: String,
        #[magic(b"\xff\x01")]
        pub tag: Auto,
        #[pad(5)]
        pub out: Auto,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root { len: 4212969371u32, input: "".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\x9b\x9f\xf3\xd8\x0f\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root {
                    len: 2072751661u32, input: "ltadéyfc".to_owned(), tag: Auto::new(), out: Auto::new()
                },
                b"\xad\xdc\xae\xdc\x07ltad\xc3\xa9yfc\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 4294967295u32, input: "bnmh".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\xff\xff\xff\xff\x0fbnmh\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 4294967295u32, input: "cké".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\xff\xff\xff\xff\x0fck\xc3\xa9\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 0u32, input: "".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\x00\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 2120738538u32, input: "".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\xea\xcd\x9f\xf3\x07\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 3u32, input: "w".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\x03w\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 4294967295u32, input: "\0".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\xff\xff\xff\xff\x0f\x00\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root {
                    len: 4294967295u32,
                    input: "cy𝄞é\niso".to_owned(),
                    tag: Auto::new(),
                    out: Auto::new(),
                },
                b"\xff\xff\xff\xff\x0fcy\xf0\x9d\x84\x9e\xc3\xa9\niso\xff\x01\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 2u32, input: "wnuci".to_owned(), tag: Auto::new(), out: Auto::new() },
                b"\x02wnuci\xff\x01\x00\x00\x00\x00\x00",
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

mod seed_11_112 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(lsb)]
    pub struct Part0(#[until(b"\r\n\r\n")] pub Vec<i8>);

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(u8))]
    pub struct Root {
        #[fixed(4, fill = 32)]
        pub input: Vec<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { input: b"g\x8ck".to_vec() }, b"\x04g\x8ck "),
            (Root { input: b"i\xe3\x9a\"".to_vec() }, b"\x04i\xe3\x9a\""),
            (Root { input: b"i\x01\xff\r".to_vec() }, b"\x04i\x01\xff\r"),
            (Root { input: b"k \x00".to_vec() }, b"\x04k \x00 "),
            (Root { input: b"".to_vec() }, b"\x04    "),
            (Root { input: b",".to_vec() }, b"\x04,   "),
            (Root { input: b"t".to_vec() }, b"\x04t   "),
            (Root { input: b"\x88".to_vec() }, b"\x04\x88   "),
            (Root { input: b"ds;".to_vec() }, b"\x04ds; "),
            (Root { input: b"\xa8\n a".to_vec() }, b"\x04\xa8\n a"),
        ];
        let refused: Vec<(Root, &str)> =
            vec![(Root { input: b" ".to_vec() }, "a value that does not fit its place")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_115 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, tag = bits(3))]
    pub enum Part0 {
        #[tag(0)]
        V0 {
            #[bits(5)]
            len: i64,
            #[len_of(..=tag)]
            input: Auto<u8>,
            tag: (std::net::Ipv4Addr, bool),
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, tag = u8)]
    pub enum Root {
        #[tag(0..=4)]
        V0 {
            #[len_of(..=r#type, max = 7)]
            out: Auto<i8>,
            #[wire(u32)]
            #[count_prefixed(i16)]
            r#type: Vec<Millis>,
            #[tag]
            value: u8,
        },
        #[tag(5..=9)]
        V1 {
            #[tag]
            size: u8,
            #[magic(b"\r\n")]
            src: Auto,
            #[rest]
            rest: Vec<u8>,
        },
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0 { out: Auto::new(), r#type: vec![], value: 4u8 }, b"\x04\x04\x00\x00"),
            (
                Root::V1 { size: 9u8, src: Auto::new(), rest: b"c,G t\x01\xe2\\".to_vec() },
                b"\t\r\nc,G t\x01\xe2\\",
            ),
            (
                Root::V1 { size: 9u8, src: Auto::new(), rest: b"q\xffak\x13\r".to_vec() },
                b"\t\r\nq\xffak\x13\r",
            ),
            (Root::V1 { size: 5u8, src: Auto::new(), rest: b"\x9f".to_vec() }, b"\x05\r\n\x9f"),
            (Root::V1 { size: 5u8, src: Auto::new(), rest: b"".to_vec() }, b"\x05\r\n"),
            (
                Root::V1 { size: 9u8, src: Auto::new(), rest: b"\xff;\x01\xff\r".to_vec() },
                b"\t\r\n\xff;\x01\xff\r",
            ),
            (Root::V1 { size: 9u8, src: Auto::new(), rest: b"".to_vec() }, b"\t\r\n"),
            (
                Root::V1 { size: 5u8, src: Auto::new(), rest: b"\nf,;dc\x01nmO\r".to_vec() },
                b"\x05\r\n\nf,;dc\x01nmO\r",
            ),
            (Root::V1 { size: 9u8, src: Auto::new(), rest: b"gq\x82\x9atc".to_vec() }, b"\t\r\ngq\x82\x9atc"),
            (
                Root::V1 { size: 5u8, src: Auto::new(), rest: b"a \r\xffma\n\ne".to_vec() },
                b"\x05\r\na \r\xffma\n\ne",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root::V0 {
                out: Auto::new(),
                r#type: vec![
                    Millis(1),
                    Millis(0),
                    Millis(4294967295),
                    Millis(4294967295),
                    Millis(4294967295),
                    Millis(0),
                    Millis(4294967295),
                    Millis(9),
                    Millis(4294967295),
                    Millis(9),
                    Millis(4294967295),
                    Millis(5),
                ],
                value: 4u8,
            },
            "a length that its number cannot hold",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_117 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(varint, bias = -1))]
    pub struct Root(
        #[len_of(_1..=_1, max = 28)]
        #[wire(u24)]
        pub Auto<u32>,
        #[count_prefixed(zigzag)]
        #[wire(u16)]
        pub Vec<Even>,
        #[bits(8)]
        #[magic(143)]
        pub Auto,
        #[optional] pub Option<u8>,
    );

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(Auto::new(), vec![], Auto::new(), None), b"\x04\x00\x00\x01\x00\x8f"),
            (
                Root(
                    Auto::new(),
                    vec![Even(65534), Even(14886), Even(65534), Even(17600), Even(10242)],
                    Auto::new(),
                    Some(255u8),
                ),
                b"\x0f\x00\x00\x0b\n\xff\xfe:&\xff\xfeD\xc0(\x02\x8f\xff",
            ),
            (Root(Auto::new(), vec![Even(8)], Auto::new(), None), b"\x06\x00\x00\x03\x02\x00\x08\x8f"),
            (
                Root(Auto::new(), vec![Even(45186), Even(0)], Auto::new(), Some(255u8)),
                b"\t\x00\x00\x05\x04\xb0\x82\x00\x00\x8f\xff",
            ),
            (
                Root(Auto::new(), vec![Even(2)], Auto::new(), Some(8u8)),
                b"\x07\x00\x00\x03\x02\x00\x02\x8f\x08",
            ),
            (
                Root(Auto::new(), vec![Even(2)], Auto::new(), Some(162u8)),
                b"\x07\x00\x00\x03\x02\x00\x02\x8f\xa2",
            ),
            (
                Root(Auto::new(), vec![Even(65534), Even(53142)], Auto::new(), Some(255u8)),
                b"\t\x00\x00\x05\x04\xff\xfe\xcf\x96\x8f\xff",
            ),
            (
                Root(Auto::new(), vec![Even(0), Even(0)], Auto::new(), None),
                b"\x08\x00\x00\x05\x04\x00\x00\x00\x00\x8f",
            ),
            (
                Root(Auto::new(), vec![Even(10)], Auto::new(), Some(0u8)),
                b"\x07\x00\x00\x03\x02\x00\n\x8f\x00",
            ),
            (
                Root(Auto::new(), vec![Even(4)], Auto::new(), Some(213u8)),
                b"\x07\x00\x00\x03\x02\x00\x04\x8f\xd5",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root(
                Auto::new(),
                vec![
                    Even(65534),
                    Even(49854),
                    Even(65534),
                    Even(65535),
                    Even(65534),
                    Even(65534),
                    Even(65534),
                    Even(65534),
                    Even(65534),
                    Even(30224),
                    Even(65534),
                    Even(2),
                ],
                Auto::new(),
                Some(217u8),
            ),
            "a value that does not convert",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_118 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb)]
    pub struct Part0 {
        #[until(b"\r\n")]
        pub len: bytes::Bytes,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, magic = 4660u32)]
    pub struct Root {
        pub input: Part0,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { input: Part0 { len: bytes::Bytes::from_static(b"") } }, b"4\x12\x00\x00\r\n"),
            (
                Root { input: Part0 { len: bytes::Bytes::from_static(b"c\x0c\xff") } },
                b"4\x12\x00\x00c\x0c\xff\r\n",
            ),
            (
                Root { input: Part0 { len: bytes::Bytes::from_static(b"s\xf1\xc3;\x03cy") } },
                b"4\x12\x00\x00s\xf1\xc3;\x03cy\r\n",
            ),
            (Root { input: Part0 { len: bytes::Bytes::from_static(b"r\x04") } }, b"4\x12\x00\x00r\x04\r\n"),
            (Root { input: Part0 { len: bytes::Bytes::from_static(b",") } }, b"4\x12\x00\x00,\r\n"),
            (
                Root { input: Part0 { len: bytes::Bytes::from_static(b"a\x9b \xa4+\xbb") } },
                b"4\x12\x00\x00a\x9b \xa4+\xbb\r\n",
            ),
            (Root { input: Part0 { len: bytes::Bytes::from_static(b"c") } }, b"4\x12\x00\x00c\r\n"),
            (Root { input: Part0 { len: bytes::Bytes::from_static(b"h\x00") } }, b"4\x12\x00\x00h\x00\r\n"),
            (
                Root { input: Part0 { len: bytes::Bytes::from_static(b"\x8dsbb\n,\x00") } },
                b"4\x12\x00\x00\x8dsbb\n,\x00\r\n",
            ),
            (Root { input: Part0 { len: bytes::Bytes::from_static(b"cq") } }, b"4\x12\x00\x00cq\r\n"),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root { input: Part0 { len: bytes::Bytes::from_static(b"Pigf\r\ne") } },
            "a delimiter within the value",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_119 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(lsb)]
    pub enum Part0 {
        #[tag(2)]
        V0(
            #[bits(4)] u8,
            #[bits(4)] u8,
            #[optional]
            #[len_prefixed(varint(u64))]
            Option<bytes::Bytes>,
        ),
        #[tag(_)]
        V1 {
            #[tag]
            r#type: u8,
            #[checksum(Sum8, over = size..=size, seed = [131u8])]
            #[wire(hex(lower))]
            #[fixed(2)]
            value: Auto<u8>,
            #[len_of(.., bias = 1)]
            size: Auto<u8>,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, max = 43)]
    pub struct Part1 {
        #[pad(3, fill = 61)]
        pub src: Auto,
        #[len_of(body)]
        pub rest: Auto<u8>,
        pub body: String,
        #[align(3, fill = 145)]
        pub count: Auto,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        #[len_prefixed(u16)]
        pub at: String,
        pub n: i8,
        #[rest]
        pub bits: Vec<u8>,
        #[pad(4, strict, fill = 20)]
        pub frame: Auto,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root { at: "".to_owned(), n: 0i8, bits: b"".to_vec(), frame: Auto::new() },
                b"\x00\x00\x00\x14\x14\x14\x14",
            ),
            (
                Root { at: "bggv".to_owned(), n: 127i8, bits: b"ab1a".to_vec(), frame: Auto::new() },
                b"\x04\x00bggv\x7fab1a\x14\x14\x14\x14",
            ),
            (
                Root { at: "ocjwvb".to_owned(), n: 75i8, bits: b"\n,;\x07Fp".to_vec(), frame: Auto::new() },
                b"\x06\x00ocjwvbK\n,;\x07Fp\x14\x14\x14\x14",
            ),
            (
                Root { at: "qué;w".to_owned(), n: 94i8, bits: b"aOsQ)o".to_vec(), frame: Auto::new() },
                b"\x06\x00qu\xc3\xa9;w^aOsQ)o\x14\x14\x14\x14",
            ),
            (
                Root { at: "mv".to_owned(), n: 1i8, bits: b"\r".to_vec(), frame: Auto::new() },
                b"\x02\x00mv\x01\r\x14\x14\x14\x14",
            ),
            (
                Root { at: "pipktidf".to_owned(), n: 5i8, bits: b"a\xcah".to_vec(), frame: Auto::new() },
                b"\x08\x00pipktidf\x05a\xcah\x14\x14\x14\x14",
            ),
            (
                Root { at: "f ".to_owned(), n: 2i8, bits: b"$,".to_vec(), frame: Auto::new() },
                b"\x02\x00f \x02$,\x14\x14\x14\x14",
            ),
            (
                Root { at: "umuhntjk".to_owned(), n: 18i8, bits: b"".to_vec(), frame: Auto::new() },
                b"\x08\x00umuhntjk\x12\x14\x14\x14\x14",
            ),
            (
                Root { at: "gj;u".to_owned(), n: 6i8, bits: b"".to_vec(), frame: Auto::new() },
                b"\x04\x00gj;u\x06\x14\x14\x14\x14",
            ),
            (
                Root { at: "k".to_owned(), n: -128i8, bits: b"+i".to_vec(), frame: Auto::new() },
                b"\x01\x00k\x80+i\x14\x14\x14\x14",
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

mod seed_11_121 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, ctx(given_part0: u8))]
    pub enum Part0 {
        #[tag(2)]
        V0 {
            #[len_prefixed(quic)]
            input: Vec<u8>,
            #[len_of(value, max = 6)]
            #[bits(6)]
            tag: Auto<u8>,
            #[bits(2)]
            out: u8,
            #[wire(zigzag)]
            r#type: i16,
            value: Vec<i64>,
            #[len_of(r#type..)]
            size: Auto<u8>,
            #[rest]
            src: String,
        },
        #[tag(28)]
        V1(
            #[len_of(_2..)] Auto<u8>,
            #[magic(b"\r\n")] Auto,
            #[wire(u32)]
            #[count_prefixed(u8, max = 8)]
            Vec<Millis>,
            #[check(_3 != 77, "must hold")] u8,
            #[rest] bytes::Bytes,
            u128,
        ),
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, len_prefixed(u24), magic = 4660u32, check(frame != 5, "must hold"))]
    pub struct Root {
        #[wire(zigzag)]
        pub frame: i16,
        #[optional]
        pub error: Option<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { frame: 29632i16, error: None }, b"\x00\x00\x07\x00\x00\x124\x80\xcf\x03"),
            (Root { frame: 78i16, error: Some(4u8) }, b"\x00\x00\x07\x00\x00\x124\x9c\x01\x04"),
            (Root { frame: 32767i16, error: Some(77u8) }, b"\x00\x00\x08\x00\x00\x124\xfe\xff\x03M"),
            (Root { frame: 0i16, error: None }, b"\x00\x00\x05\x00\x00\x124\x00"),
            (Root { frame: -32768i16, error: None }, b"\x00\x00\x07\x00\x00\x124\xff\xff\x03"),
            (Root { frame: 24803i16, error: None }, b"\x00\x00\x07\x00\x00\x124\xc6\x83\x03"),
            (Root { frame: 1i16, error: Some(2u8) }, b"\x00\x00\x06\x00\x00\x124\x02\x02"),
            (Root { frame: 32767i16, error: Some(255u8) }, b"\x00\x00\x08\x00\x00\x124\xfe\xff\x03\xff"),
            (Root { frame: -32768i16, error: Some(77u8) }, b"\x00\x00\x08\x00\x00\x124\xff\xff\x03M"),
            (Root { frame: 3i16, error: None }, b"\x00\x00\x05\x00\x00\x124\x06"),
        ];
        let refused: Vec<(Root, &str)> =
            vec![(Root { frame: 5i16, error: Some(0u8) }, "a check does not hold")];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_124 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, lsb, magic = 4660u16)]
    pub struct Root {
        #[wire(u40)]
        pub len: u64,
        #[len_of(..=tag, bias = 3)]
        pub input: Auto<u8>,
        #[wire(i56)]
        pub tag: i64,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root { len: 0u64, input: Auto::new(), tag: 0i64 },
                b"\x124\x00\x00\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 6u64, input: Auto::new(), tag: 36028797018963967i64 },
                b"\x124\x00\x00\x00\x00\x06\x12\x7f\xff\xff\xff\xff\xff\xff",
            ),
            (
                Root { len: 294514317829u64, input: Auto::new(), tag: 36028797018963967i64 },
                b"\x124D\x92k\xda\x05\x12\x7f\xff\xff\xff\xff\xff\xff",
            ),
            (
                Root { len: 377888870094u64, input: Auto::new(), tag: 36028797018963967i64 },
                b"\x124W\xfb\xee\x8e\xce\x12\x7f\xff\xff\xff\xff\xff\xff",
            ),
            (
                Root { len: 0u64, input: Auto::new(), tag: 13064503467330i64 },
                b"\x124\x00\x00\x00\x00\x00\x12\x00\x0b\xe1\xd1\x16\x9dB",
            ),
            (
                Root { len: 61964955229u64, input: Auto::new(), tag: 0i64 },
                b"\x124\x0emf.]\x12\x00\x00\x00\x00\x00\x00\x00",
            ),
            (
                Root { len: 3159475883u64, input: Auto::new(), tag: 36028797018963967i64 },
                b"\x124\x00\xbcQ\xc6\xab\x12\x7f\xff\xff\xff\xff\xff\xff",
            ),
            (
                Root { len: 1u64, input: Auto::new(), tag: 4i64 },
                b"\x124\x00\x00\x00\x00\x01\x12\x00\x00\x00\x00\x00\x00\x04",
            ),
            (
                Root { len: 0u64, input: Auto::new(), tag: -1781149810338049i64 },
                b"\x124\x00\x00\x00\x00\x00\x12\xf9\xac\r\xbeCV\xff",
            ),
            (
                Root { len: 368093893843u64, input: Auto::new(), tag: 0i64 },
                b"\x124U\xb4\x1b\x14\xd3\x12\x00\x00\x00\x00\x00\x00\x00",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![(
            Root { len: 3409026901782253810u64, input: Auto::new(), tag: 36028797018963967i64 },
            "a number beyond its width",
        )];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_125 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(tag = [u8; 1])]
    pub enum Root {
        #[tag(b"A")]
        V0 {
            #[optional]
            len: Option<u8>,
            #[optional]
            input: Option<u8>,
        },
        #[tag(_)]
        V1(#[tag] [u8; 1], #[len_of(..)] Auto<u8>),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0 { len: None, input: None }, b"A"),
            (Root::V1([80u8], Auto::new()), b"P\x02"),
            (Root::V0 { len: Some(255u8), input: Some(1u8) }, b"A\xff\x01"),
            (Root::V1([74u8], Auto::new()), b"J\x02"),
            (Root::V1([16u8], Auto::new()), b"\x10\x02"),
            (Root::V1([216u8], Auto::new()), b"\xd8\x02"),
            (Root::V0 { len: Some(5u8), input: None }, b"A\x05"),
            (Root::V1([248u8], Auto::new()), b"\xf8\x02"),
            (Root::V1([177u8], Auto::new()), b"\xb1\x02"),
            (Root::V1([198u8], Auto::new()), b"\xc6\x02"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}
