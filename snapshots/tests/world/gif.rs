//! GIF (CompuServe, "Graphics Interchange Format, version 89a"). The bytes are the transparent
//! pixel that web pages use.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, magic = b"GIF89a")]
struct Gif {
    width: u16,
    height: u16,
    #[bits(1)]
    #[presence_of(palette)]
    has_palette: Auto<bool>,
    #[bits(3)]
    color_resolution: u8,
    #[bits(1)]
    sorted: bool,
    #[bits(3)]
    palette_size: u8,
    background: u8,
    aspect_ratio: u8,
    #[count(2usize << palette_size)]
    palette: Option<Vec<Color>>,
    #[until(|block| *block == Block::Trailer)]
    blocks: Vec<Block>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, tag = u8)]
enum Block {
    #[tag(0x21)]
    Extension {
        label: u8,
        #[until(SubBlock(vec![]))]
        data: Vec<SubBlock>,
    },
    #[tag(0x2c)]
    Image {
        left: u16,
        top: u16,
        width: u16,
        height: u16,
        #[bits(1)]
        #[presence_of(palette)]
        has_palette: Auto<bool>,
        #[bits(1)]
        interlaced: bool,
        #[bits(1)]
        sorted: bool,
        #[bits(2)]
        #[pad]
        reserved: Auto,
        #[bits(3)]
        palette_size: u8,
        #[count(2usize << palette_size)]
        palette: Option<Vec<Color>>,
        min_code_size: u8,
        #[until(SubBlock(vec![]))]
        data: Vec<SubBlock>,
    },
    #[tag(0x3b)]
    Trailer,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct SubBlock(#[len_prefixed(u8)] Vec<u8>);

#[test]
fn pixel() {
    let bytes = hex("
        474946383961 0100 0100 80 00 00  000000 ffffff
        21 f9 04 01000000 00
        2c 0000 0000 0100 0100 00 02 02 4401 00
        3b
    ");
    let gif = Gif {
        width: 1,
        height: 1,
        has_palette: Auto::new(),
        color_resolution: 0,
        sorted: false,
        palette_size: 0,
        background: 0,
        aspect_ratio: 0,
        palette: Some(vec![Color { red: 0, green: 0, blue: 0 }, Color { red: 255, green: 255, blue: 255 }]),
        blocks: vec![
            Block::Extension { label: 0xf9, data: vec![SubBlock(vec![1, 0, 0, 0])] },
            Block::Image {
                left: 0,
                top: 0,
                width: 1,
                height: 1,
                has_palette: Auto::new(),
                interlaced: false,
                sorted: false,
                reserved: Auto::new(),
                palette_size: 0,
                palette: None,
                min_code_size: 2,
                data: vec![SubBlock(vec![0x44, 0x01])],
            },
            Block::Trailer,
        ],
    };
    proves("gif", &bytes, gif);
}
