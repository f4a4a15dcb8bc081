//! Tests that a value which contains its own delimiter is refused, whatever type holds the bytes.
//! Where the bytes lie in one piece they are searched before they are written, otherwise after.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{round, unwritable};
use bytes::Bytes;
use framewright::prelude::*;

/// Checks a frame with one field, delimited by CR LF, for a type of bytes.
macro_rules! is_searched {
    ($type:ty) => {{
        #[derive(Frame, Debug, PartialEq, Clone)]
        struct Until {
            #[until(b"\r\n")]
            value: $type,
        }

        let of = |bytes: &[u8]| Until { value: bytes.iter().copied().collect::<Vec<u8>>().into() };
        round(of(b""), b"\r\n");
        round(of(b"a\rb\n"), b"a\rb\n\r\n");
        round(of(b"a\r"), b"a\r\r\n");
        for bytes in [&b"\r\n"[..], b"a\r\n", b"\r\nb", b"a\r\r\nb"] {
            let error = unwritable(of(bytes));
            assert!(error.starts_with("Until.value: "), "{}: {error}", stringify!($type));
        }
    }};
}

#[test]
fn every_type_of_bytes_is_searched_for_its_end() {
    is_searched!(Vec<u8>);
    is_searched!(Box<[u8]>);
    is_searched!(Arc<[u8]>);
    is_searched!(VecDeque<u8>);
    is_searched!(Bytes);
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct InPieces {
    #[until(b"\r\n")]
    value: VecDeque<u8>,
}

#[test]
fn an_end_in_the_second_piece_of_a_ring_is_found() {
    let mut value = VecDeque::with_capacity(8);
    value.extend(*b"--ab");
    value.rotate_left(2);
    // Fill the ring beyond its end, so that the bytes lie in two pieces.
    while value.as_slices().1.is_empty() {
        value.pop_front();
        value.push_back(b'x');
    }
    for (at, byte) in [(value.len() - 2, b'\r'), (value.len() - 1, b'\n')] {
        value[at] = byte;
    }
    assert!(unwritable(InPieces { value: value.clone() }).starts_with("InPieces.value: "));
    // The delimiter lies across the border of the pieces.
    let border = value.as_slices().0.len();
    value.iter_mut().for_each(|byte| *byte = b'x');
    (value[border - 1], value[border]) = (b'\r', b'\n');
    assert!(unwritable(InPieces { value }).starts_with("InPieces.value: "));
}
