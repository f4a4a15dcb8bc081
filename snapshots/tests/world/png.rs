//! PNG (RFC 2083, section 3). The bytes are the transparent pixel that web pages use.

use framewright::checksum::Crc32;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\x89PNG\r\n\x1a\n")]
struct Png {
    #[until(|chunk| chunk.data == Data::End)]
    chunks: Vec<Chunk>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Chunk {
    #[len_of(data)]
    len: Auto<u32>,
    #[tag_of(data)]
    kind: Auto<[u8; 4]>,
    data: Data,
    #[checksum(Crc32, over = kind..=data)]
    crc: Auto<u32>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
enum Data {
    #[tag(b"IHDR")]
    Header { width: u32, height: u32, depth: u8, color: u8, compression: u8, filter: u8, interlace: u8 },
    #[tag(b"IDAT")]
    Image(#[rest] Vec<u8>),
    #[tag(b"IEND")]
    End,
    #[tag(_)]
    Other {
        #[tag]
        kind: [u8; 4],
        #[rest]
        data: Vec<u8>,
    },
}

#[test]
fn one_pixel() {
    let bytes = hex("
        89504e470d0a1a0a
        0000000d 49484452 00000001 00000001 0806000000 1f15c489
        0000000a 49444154 789c6300010000050001 0d0a2db4
        00000000 49454e44 ae426082
    ");
    let header =
        Data::Header { width: 1, height: 1, depth: 8, color: 6, compression: 0, filter: 0, interlace: 0 };
    let image = Data::Image(hex("789c6300010000050001"));
    let chunk = |data| Chunk { len: Auto::new(), kind: Auto::new(), data, crc: Auto::new() };
    proves("png", &bytes, Png { chunks: [header, image, Data::End].map(chunk).into() });
}
