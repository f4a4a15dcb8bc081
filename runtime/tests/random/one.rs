mod seed_11_0 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Root(#[wire(be)] pub u128);

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(0u128), b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
            (
                Root(170141183460469231731687303715884105727u128),
                b"\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            ),
            (Root(5u128), b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05"),
            (
                Root(368471597996940423128339634118081u128),
                b"\x00\x00\x12*\xc3\xf2#\xb6i\x9c\to\xc0\xfa\xdd\xc1",
            ),
            (Root(2266015251174906603682653152443u128), b"\x00\x00\x00\x1c\x99\xe3\xe2.t\xbb\x93f\x04r$\xbb"),
            (Root(71860668709782027122537799464522u128), b"\x00\x00\x03\x8b\x02W\xf6:V\xd8><\x0f\x89\xb6J"),
            (Root(6342u128), b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x18\xc6"),
            (
                Root(308630353639246120414785044796498u128),
                b"\x00\x00\x0f7vt\xf9\xcc\x01\xf6\x85\x88d\xc4\xd4R",
            ),
            (Root(60886953963133u128), b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x007`YC.}"),
            (Root(18575620840918547359405711u128), b"\x00\x00\x00\x00\x00\x0f]\x8alm\xbe4e\xf5\x16\x8f"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_6 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, len_prefixed(u32), check(_3 != 5, "must hold"))]
    pub struct Root(
        #[rest] pub Vec<u8>,
        #[bits(21)] pub u32,
        #[bits(8)] pub u8,
        #[bits(6)] pub i32,
        #[pad]
        #[bits(3)]
        pub Auto,
        #[bits(1)] pub bool,
        #[bits(1)] pub u16,
    );

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(vec![], 0u32, 0u8, 0i32, Auto::new(), true, 0u16), b"\x05\x00\x00\x00\x00\x00\x00\x00@"),
            (
                Root(
                    vec![255u8, 255u8, 255u8, 255u8, 64u8, 255u8, 10u8],
                    2097151u32,
                    160u8,
                    31i32,
                    Auto::new(),
                    true,
                    1u16,
                ),
                b"\x0c\x00\x00\x00\xff\xff\xff\xff@\xff\n\xff\xff\x1f\xf4\xc3",
            ),
            (
                Root(vec![119u8, 170u8, 255u8, 255u8], 2097151u32, 3u8, 31i32, Auto::new(), true, 0u16),
                b"\t\x00\x00\x00w\xaa\xff\xff\xff\xff\x7f\xe0C",
            ),
            (
                Root(
                    vec![115u8, 255u8, 255u8, 51u8, 255u8, 255u8, 71u8],
                    5u32,
                    255u8,
                    -19i32,
                    Auto::new(),
                    true,
                    1u16,
                ),
                b"\x0c\x00\x00\x00s\xff\xff3\xff\xffG\x05\x00\xe0\xbf\xc5",
            ),
            (
                Root(
                    vec![0u8, 214u8, 0u8, 3u8, 163u8, 1u8, 39u8],
                    1185272u32,
                    4u8,
                    -25i32,
                    Auto::new(),
                    false,
                    1u16,
                ),
                b"\x0c\x00\x00\x00\x00\xd6\x00\x03\xa3\x01\'\xf8\x15\x92\xe0\x84",
            ),
            (Root(vec![], 0u32, 0u8, -30i32, Auto::new(), false, 1u16), b"\x05\x00\x00\x00\x00\x00\x00@\x84"),
            (
                Root(vec![0u8, 6u8, 5u8, 5u8, 1u8, 4u8], 1u32, 197u8, 31i32, Auto::new(), true, 0u16),
                b"\x0b\x00\x00\x00\x00\x06\x05\x05\x01\x04\x01\x00\xa0\xf8C",
            ),
            (
                Root(vec![], 1602722u32, 132u8, 6i32, Auto::new(), true, 0u16),
                b"\x05\x00\x00\x00\xa2t\x98\xd0@",
            ),
            (
                Root(vec![], 0u32, 0u8, -28i32, Auto::new(), false, 0u16),
                b"\x05\x00\x00\x00\x00\x00\x00\x80\x04",
            ),
            (
                Root(vec![2u8, 7u8], 0u32, 6u8, 31i32, Auto::new(), false, 1u16),
                b"\x07\x00\x00\x00\x02\x07\x00\x00\xc0\xe0\x83",
            ),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (
                Root(vec![143u8, 2u8, 217u8], 6u32, 0u8, -2147483648i32, Auto::new(), false, 0u16),
                "a number too wide for its bits",
            ),
            (Root(vec![], 1507363u32, 1u8, 5i32, Auto::new(), false, 0u16), "a check does not hold"),
        ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_8 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, magic = 4660i64)]
    pub struct Part0 {
        #[len_prefixed(u8)]
        pub len: Vec<f32>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, max = 46)]
    pub struct Root {
        #[align(8, strict)]
        pub input: Auto,
        pub tag: u8,
        #[len_of(tag..=r#type)]
        pub out: Auto<u32>,
        #[pad(usize::from(tag & 3))]
        pub r#type: Auto,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (
                Root { input: Auto::new(), tag: 0u8, out: Auto::new(), r#type: Auto::new() },
                b"\x00\x05\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 108u8, out: Auto::new(), r#type: Auto::new() },
                b"l\x05\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 255u8, out: Auto::new(), r#type: Auto::new() },
                b"\xff\x08\x00\x00\x00\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 60u8, out: Auto::new(), r#type: Auto::new() },
                b"<\x05\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 188u8, out: Auto::new(), r#type: Auto::new() },
                b"\xbc\x05\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 2u8, out: Auto::new(), r#type: Auto::new() },
                b"\x02\x07\x00\x00\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 4u8, out: Auto::new(), r#type: Auto::new() },
                b"\x04\x05\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 13u8, out: Auto::new(), r#type: Auto::new() },
                b"\r\x06\x00\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 1u8, out: Auto::new(), r#type: Auto::new() },
                b"\x01\x06\x00\x00\x00\x00",
            ),
            (
                Root { input: Auto::new(), tag: 100u8, out: Auto::new(), r#type: Auto::new() },
                b"d\x05\x00\x00\x00",
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

mod seed_11_9 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, ctx(given_part0: u8))]
    pub enum Part0 {
        #[tag(1)]
        V0 {
            #[wire(varint)]
            #[len_of(tag..)]
            input: Auto<u32>,
            #[len_of(..)]
            tag: Auto<u8>,
        },
        #[tag(_)]
        V1 {
            #[tag]
            out: u8,
            #[magic(92)]
            r#type: Auto<i64>,
            #[until(b"\r\n\r\n")]
            #[when(r#type > 1)]
            #[wire(u32)]
            value: Option<Vec<Millis>>,
            #[len_of(..)]
            size: Auto<u8>,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Root {
        pub src: u8,
        #[rest]
        pub rest: String,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { src: 0u8, rest: "vdiqv fo".to_owned() }, b"\x00vdiqv fo"),
            (Root { src: 94u8, rest: "eeg".to_owned() }, b"^eeg"),
            (Root { src: 1u8, rest: "r𝄞p".to_owned() }, b"\x01r\xf0\x9d\x84\x9ep"),
            (Root { src: 169u8, rest: "fm".to_owned() }, b"\xa9fm"),
            (Root { src: 0u8, rest: "yb\no".to_owned() }, b"\x00yb\no"),
            (Root { src: 255u8, rest: "\rertéd".to_owned() }, b"\xff\rert\xc3\xa9d"),
            (Root { src: 255u8, rest: "o\n".to_owned() }, b"\xffo\n"),
            (Root { src: 255u8, rest: "gsfe".to_owned() }, b"\xffgsfe"),
            (Root { src: 2u8, rest: "blczq".to_owned() }, b"\x02blczq"),
            (Root { src: 1u8, rest: "b".to_owned() }, b"\x01b"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_10 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(tag = u8)]
    pub enum Part0 {
        #[tag(2)]
        V0 {
            #[presence_of(input, some = 7)]
            len: Auto<u8>,
            #[len_prefixed(zigzag)]
            input: Option<Vec<u8>>,
            #[until(b"\r\n\r\n")]
            tag: Vec<u8>,
        },
        #[tag(_)]
        V1(#[tag] u8, #[len_of(_3, inclusive)] Auto<u8>, u8, Vec<u8>),
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le)]
    pub struct Root {
        #[skip]
        pub src: u16,
        #[len_of(body..)]
        pub rest: Auto<u8>,
        #[count_prefixed(u16)]
        pub body: Vec<u16>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
        (Root { src: Default::default(), rest: Auto::new(), body: vec![] }, b"\x02\x00\x00"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![5u16, 2u16, 65535u16, 2u16, 65535u16, 2u16] }, b"\x0e\x06\x00\x05\x00\x02\x00\xff\xff\x02\x00\xff\xff\x02\x00"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![2u16, 65535u16, 65535u16] }, b"\x08\x03\x00\x02\x00\xff\xff\xff\xff"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![0u16, 27784u16] }, b"\x06\x02\x00\x00\x00\x88l"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![1u16, 65535u16, 5u16, 65535u16, 65535u16, 65535u16, 2u16, 65535u16, 2u16, 2u16, 65535u16, 2u16] }, b"\x1a\x0c\x00\x01\x00\xff\xff\x05\x00\xff\xff\xff\xff\xff\xff\x02\x00\xff\xff\x02\x00\x02\x00\xff\xff\x02\x00"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![2u16, 5u16, 1u16, 1u16, 0u16] }, b"\x0c\x05\x00\x02\x00\x05\x00\x01\x00\x01\x00\x00\x00"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![11129u16, 3u16, 57152u16, 3u16] }, b"\n\x04\x00y+\x03\x00@\xdf\x03\x00"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![0u16, 273u16, 0u16, 0u16, 61657u16] }, b"\x0c\x05\x00\x00\x00\x11\x01\x00\x00\x00\x00\xd9\xf0"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![3158u16] }, b"\x04\x01\x00V\x0c"),
        (Root { src: Default::default(), rest: Auto::new(), body: vec![65535u16, 65535u16, 51023u16, 65535u16] }, b"\n\x04\x00\xff\xff\xff\xffO\xc7\xff\xff"),
    ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_13 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, tag = bits(3))]
    pub enum Part0 {
        #[tag(0)]
        V0 {
            #[bits(2)]
            len: u8,
            #[bits(2)]
            input: i8,
            #[magic(1)]
            #[bits(1)]
            tag: Auto,
            #[len_of(..=r#type)]
            out: Auto<u16>,
            #[len_of(..)]
            r#type: Auto<u8>,
        },
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(magic = 127u8, until(b"\n"))]
    pub struct Root {
        #[wire(hex)]
        #[fixed(6)]
        pub value: u8,
        #[optional]
        pub size: Option<u8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { value: 0u8, size: None }, b"\x7f000000\n"),
            (Root { value: 0u8, size: Some(255u8) }, b"\x7f000000\xff\n"),
            (Root { value: 0u8, size: Some(102u8) }, b"\x7f000000f\n"),
            (Root { value: 4u8, size: None }, b"\x7f000004\n"),
            (Root { value: 2u8, size: None }, b"\x7f000002\n"),
            (Root { value: 255u8, size: Some(255u8) }, b"\x7f0000FF\xff\n"),
            (Root { value: 171u8, size: None }, b"\x7f0000AB\n"),
            (Root { value: 177u8, size: None }, b"\x7f0000B1\n"),
            (Root { value: 144u8, size: Some(4u8) }, b"\x7f000090\x04\n"),
            (Root { value: 114u8, size: Some(255u8) }, b"\x7f000072\xff\n"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_15 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, len_prefixed(varint))]
    pub struct Root {
        #[with(xor)]
        #[len_prefixed]
        pub len: Vec<u8>,
        #[len_of(..)]
        pub input: Auto<u8>,
        #[len_prefixed(varint, bias = 2)]
        pub tag: String,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
        (Root { len: b"".to_vec(), input: Auto::new(), tag: "".to_owned() }, b"\x06\x00\x00\x00\x00\x07\x02"),
        (Root { len: b"\x19B\x12h\n".to_vec(), input: Auto::new(), tag: "ehe;hkvxbnrvhxbé\0éwpeihwlkjzkwé𝄞ooqbb𝄞éhxéékhzltkv;éxé\0m\0ébsv jééu𝄞kirvqdpnkkbn𝄞kigdoé;\rh\r𝄞fdb𝄞hkaé".to_owned() }, b"\x8e\x01\x05\x00\x00\x00L\x17G=_\x90\x84\x01ehe;hkvxbnrvhxb\xc3\xa9\x00\xc3\xa9wpeihwlkjzkw\xc3\xa9\xf0\x9d\x84\x9eooqbb\xf0\x9d\x84\x9e\xc3\xa9hx\xc3\xa9\xc3\xa9khzltkv;\xc3\xa9x\xc3\xa9\x00m\x00\xc3\xa9bsv j\xc3\xa9\xc3\xa9u\xf0\x9d\x84\x9ekirvqdpnkkbn\xf0\x9d\x84\x9ekigdo\xc3\xa9;\rh\r\xf0\x9d\x84\x9efdb\xf0\x9d\x84\x9ehka\xc3\xa9"),
        (Root { len: b";t!c\x8eIhr\xf4\x96a,".to_vec(), input: Auto::new(), tag: "é r\nxjzracm".to_owned() }, b"\x1e\x0c\x00\x00\x00n!t6\xdb\x1c=\'\xa1\xc34y\x1f\x0e\xc3\xa9 r\nxjzracm"),
        (Root { len: b"".to_vec(), input: Auto::new(), tag: "r".to_owned() }, b"\x07\x00\x00\x00\x00\x08\x03r"),
        (Root { len: b"".to_vec(), input: Auto::new(), tag: "lhv".to_owned() }, b"\t\x00\x00\x00\x00\n\x05lhv"),
        (Root { len: b"".to_vec(), input: Auto::new(), tag: "s".to_owned() }, b"\x07\x00\x00\x00\x00\x08\x03s"),
        (Root { len: b";a".to_vec(), input: Auto::new(), tag: "yé".to_owned() }, b"\x0b\x02\x00\x00\x00n4\x0c\x05y\xc3\xa9"),
        (Root { len: b"\nk;\x01\x16".to_vec(), input: Auto::new(), tag: "".to_owned() }, b"\x0b\x05\x00\x00\x00_>nTC\x0c\x02"),
        (Root { len: b"k\r".to_vec(), input: Auto::new(), tag: "oédpq".to_owned() }, b"\x0e\x02\x00\x00\x00>X\x0f\x08o\xc3\xa9dpq"),
        (Root { len: b"G".to_vec(), input: Auto::new(), tag: "yi\0".to_owned() }, b"\n\x01\x00\x00\x00\x12\x0b\x05yi\x00"),
    ];
        let refused: Vec<(Root, &str)> = vec![
        (Root { len: b"\xffs".to_vec(), input: Auto::new(), tag: "i,x\n𝄞jvxuyéqmmést𝄞m𝄞tlxoép𝄞b𝄞yskk;iaélq𝄞𝄞  𝄞s\0;r;srsy𝄞xp𝄞uxliytépddyubu,éphkve𝄞v\0yhhyonéfj;ml𝄞o\nr,sdybq𝄞i\nflx𝄞mlqléé𝄞dvbnn,bhnerpppozygqca\0h𝄞inxuégpxoébs𝄞hfdi𝄞éucqoshh𝄞u𝄞évhx𝄞cx\0dd".to_owned() }, "a number beyond its type"),
    ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_24 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Part0 {
        pub len: u8,
        #[checksum(Adler32, over = ..)]
        pub input: Auto<u32>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, magic = 4660u32)]
    pub struct Root(
        pub bool,
        #[checksum(Xor8, over = .., seed = [103u8])] pub Auto<u8>,
        #[len_of(..)] pub Auto<u64>,
    );

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root(true, Auto::new(), Auto::new()), b"4\x12\x00\x00\x01N\x0e\x00\x00\x00\x00\x00\x00\x00"),
            (Root(false, Auto::new(), Auto::new()), b"4\x12\x00\x00\x00O\x0e\x00\x00\x00\x00\x00\x00\x00"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_25 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(lsb)]
    pub struct Root {
        pub len: u8,
        #[len_prefixed(u8)]
        pub input: String,
        #[optional]
        pub tag: Option<i8>,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { len: 0u8, input: "".to_owned(), tag: None }, b"\x00\x00"),
            (
                Root { len: 4u8, input: "oézbysvé".to_owned(), tag: Some(121i8) },
                b"\x04\no\xc3\xa9zbysv\xc3\xa9y",
            ),
            (Root { len: 90u8, input: "écmhwyp".to_owned(), tag: Some(1i8) }, b"Z\x08\xc3\xa9cmhwyp\x01"),
            (Root { len: 0u8, input: "pbybq\n;p".to_owned(), tag: None }, b"\x00\x08pbybq\n;p"),
            (Root { len: 217u8, input: "".to_owned(), tag: None }, b"\xd9\x00"),
            (Root { len: 49u8, input: "".to_owned(), tag: None }, b"1\x00"),
            (Root { len: 0u8, input: "".to_owned(), tag: Some(-81i8) }, b"\x00\x00\xaf"),
            (
                Root { len: 121u8, input: "b𝄞xéav \n".to_owned(), tag: Some(110i8) },
                b"y\x0cb\xf0\x9d\x84\x9ex\xc3\xa9av \nn",
            ),
            (Root { len: 73u8, input: "".to_owned(), tag: None }, b"I\x00"),
            (Root { len: 255u8, input: " r".to_owned(), tag: None }, b"\xff\x02 r"),
        ];
        let refused: Vec<(Root, &str)> = vec![
        (Root { len: 255u8, input: "𝄞sqokeei\0xmf𝄞y afdoéqj,pmoidi𝄞vigcu𝄞j\0𝄞zéugjodscnuhqg 𝄞,énséképlj𝄞ugkxféytp𝄞wck, éklntpxv𝄞unipuyzahs 𝄞ivlgyhvl;ytzvrgé 𝄞couflng,\ngtkzéwoébé𝄞fséaentoé𝄞ei𝄞𝄞xnag\n𝄞dvs sr𝄞k𝄞cpéiuzéxd\néauzhmd".to_owned(), tag: Some(127i8) }, "a number beyond its width"),
    ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_30 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, ctx(given_part0: u8))]
    pub struct Part0 {
        #[len(usize::from(given_part0) + 1)]
        pub input: Vec<u8>,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb, until(b"end"))]
    pub struct Part1 {
        #[ctx(2)]
        pub tag: Part0,
        #[len_of(tag..=r#type)]
        pub out: Auto<u8>,
        #[ctx(3)]
        pub r#type: Part0,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be)]
    pub struct Root {
        #[len_prefixed]
        pub value: bytes::Bytes,
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root { value: bytes::Bytes::from_static(b"\x00\xffs;YpY_") }, b"\x00\x00\x00\x08\x00\xffs;YpY_"),
            (Root { value: bytes::Bytes::from_static(b"  ;") }, b"\x00\x00\x00\x03  ;"),
            (Root { value: bytes::Bytes::from_static(b"\x16nebn,g") }, b"\x00\x00\x00\x07\x16nebn,g"),
            (Root { value: bytes::Bytes::from_static(b"lk; pW\xafa") }, b"\x00\x00\x00\x08lk; pW\xafa"),
            (
                Root { value: bytes::Bytes::from_static(b"\xfcmb\xff\x94{g\x9et\x0c\r") },
                b"\x00\x00\x00\x0b\xfcmb\xff\x94{g\x9et\x0c\r",
            ),
            (Root { value: bytes::Bytes::from_static(b"t\x00E") }, b"\x00\x00\x00\x03t\x00E"),
            (Root { value: bytes::Bytes::from_static(b"*s\xa1\r") }, b"\x00\x00\x00\x04*s\xa1\r"),
            (Root { value: bytes::Bytes::from_static(b"\x01ya,\xbci") }, b"\x00\x00\x00\x06\x01ya,\xbci"),
            (Root { value: bytes::Bytes::from_static(b",mj\r,\rea\x9b") }, b"\x00\x00\x00\t,mj\r,\rea\x9b"),
            (Root { value: bytes::Bytes::from_static(b"k&") }, b"\x00\x00\x00\x02k&"),
        ];
        let refused: Vec<(Root, &str)> = vec![];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}

mod seed_11_31 {
    use crate::harness::*;

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(le, lsb)]
    pub struct Part0 {
        pub len: [[u8; 2]; 2],
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, max = 23)]
    pub struct Part1 {
        #[len_of(tag, scale = 2, bias = 3)]
        pub input: Auto<u8>,
        pub tag: bytes::Bytes,
        #[until(b"aba")]
        pub out: Part0,
        pub r#type: u16,
        #[wire(be)]
        #[rest]
        pub value: Vec<u128>,
        pub size: u8,
        pub src: u8,
    }

    #[derive(Frame, Debug, Clone, PartialEq)]
    #[frame(be, tag = bits(4))]
    pub enum Root {
        #[tag(0)]
        V0 {
            #[bits(2)]
            rest: u8,
            #[bits(1)]
            body: u8,
            #[bits(1)]
            count: i32,
            #[when(rest == 2)]
            at: Option<u8>,
        },
        #[tag(1)]
        V1(
            #[bits(2)] u8,
            #[bits(1)] u8,
            #[bits(1)] u8,
            #[wire(mqtt)]
            #[count_of(_4)]
            Auto<u32>,
            Vec<u8>,
            #[magic(b"MAGIC")] Auto,
        ),
    }

    pub fn run() -> Result<(), Broken> {
        let accepted: Vec<(Root, &[u8])> = vec![
            (Root::V0 { rest: 0u8, body: 0u8, count: 0i32, at: None }, b"\x00"),
            (
                Root::V1(
                    1u8,
                    1u8,
                    1u8,
                    Auto::new(),
                    vec![3u8, 255u8, 4u8, 2u8, 193u8, 0u8, 3u8, 255u8, 255u8, 255u8, 1u8],
                    Auto::new(),
                ),
                b"\x17\x0b\x03\xff\x04\x02\xc1\x00\x03\xff\xff\xff\x01MAGIC",
            ),
            (Root::V0 { rest: 3u8, body: 1u8, count: 0i32, at: None }, b"\x0e"),
            (
                Root::V1(2u8, 1u8, 1u8, Auto::new(), vec![0u8, 1u8, 3u8, 176u8], Auto::new()),
                b"\x1b\x04\x00\x01\x03\xb0MAGIC",
            ),
            (
                Root::V1(
                    3u8,
                    1u8,
                    0u8,
                    Auto::new(),
                    vec![127u8, 3u8, 0u8, 255u8, 255u8, 0u8, 255u8, 255u8, 6u8, 255u8, 2u8],
                    Auto::new(),
                ),
                b"\x1e\x0b\x7f\x03\x00\xff\xff\x00\xff\xff\x06\xff\x02MAGIC",
            ),
            (Root::V0 { rest: 0u8, body: 1u8, count: 0i32, at: None }, b"\x02"),
            (
                Root::V1(1u8, 1u8, 1u8, Auto::new(), vec![0u8, 2u8, 45u8, 4u8, 1u8, 0u8], Auto::new()),
                b"\x17\x06\x00\x02-\x04\x01\x00MAGIC",
            ),
            (Root::V1(3u8, 0u8, 1u8, Auto::new(), vec![], Auto::new()), b"\x1d\x00MAGIC"),
            (Root::V1(3u8, 1u8, 0u8, Auto::new(), vec![], Auto::new()), b"\x1e\x00MAGIC"),
            (Root::V1(0u8, 0u8, 0u8, Auto::new(), vec![], Auto::new()), b"\x10\x00MAGIC"),
        ];
        let refused: Vec<(Root, &str)> = vec![
            (Root::V0 { rest: 6u8, body: 0u8, count: 0i32, at: None }, "a number too wide for its bits"),
            (Root::V0 { rest: 2u8, body: 0u8, count: -1i32, at: None }, "presence and condition are at odds"),
        ];
        owned(&accepted, &refused)
    }

    #[test]
    fn holds() {
        run().unwrap();
    }
}
