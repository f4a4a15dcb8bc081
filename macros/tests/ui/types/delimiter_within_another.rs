//! Delimiters that contain the delimiter of the surrounding frame or list.

use framewright::prelude::*;

const LF: &[u8] = b"\n";

#[derive(Frame)]
#[frame(until(b"\n"))]
struct Last {
    #[until(b"\n", optional)]
    text: String,
}

// The field's delimiter and the frame's delimiter together end the frame too early.
#[derive(Frame)]
#[frame(until(b"\r\n\r\n"))]
struct Together(u8, #[until(b"\r\n")] String);

#[derive(Frame)]
#[frame(until(LF))]
enum Constants {
    #[tag(1)]
    One(#[until(LF, between)] String),
    #[tag(_)]
    Other(#[until(b"\r\n" | b"\n")] String, #[rest] String),
}

#[derive(Frame)]
#[frame(be, until(b"\n" | b";"), magic = b"A;")]
struct Within {
    #[until(b";")]
    first: String,
    #[lead(b"\n")]
    second: Option<u16>,
    #[rest]
    #[separated(b" ; ")]
    third: Vec<String>,
    #[magic(b"\r\n")]
    end: Auto,
}

#[derive(Frame)]
#[frame(be, until(b"\n"))]
struct Units(#[text(utf16)] #[until(b"\n")] String, u8);

#[derive(Frame)]
struct Left(#[until(b",", left)] String);

// An `optional` delimiter that is left makes the type open, so no field may follow it.
#[derive(Frame)]
struct Behind(Differ2, u8);

#[derive(Frame)]
struct Differ2(#[until(b",", left, optional)] String);

#[derive(Frame)]
struct Lines {
    #[until(b"\r\n\r\n")]
    #[each(until(b"\r\n"))]
    lines: Vec<String>,
    #[fixed(16, until = b"@")]
    #[separated(b"@")]
    words: Vec<String>,
}

// This declaration has no errors.
#[derive(Frame)]
#[frame(until(b"\r\n\r\n"))]
struct Head {
    #[until(b"\r\n", between)]
    line: String,
    #[rest]
    #[separated(b"\r\n")]
    fields: Vec<String>,
}

#[derive(Frame)]
#[frame(until(b"\n"))]
struct Differ(#[until(b"," | b"\n")] String, #[until(b",", left, optional)] String);

fn main() {}
