//! The sample files of the test suite of Kaitai Struct: what they describe, declared by annotation alone, decoded, and encoded to
//! the same bytes.
//!
//! All of its 60 files describe bytes that can be declared; 58 are encoded to the very bytes that were read. The other two hold bytes behind
//! a delimiter in a place of its own, which are no part of a value (`str_pad_term_empty`, `str_pad_term_utf16`). Seven say more than their
//! declarations do:
//!
//! - a count behind what it counts, in the midst of a frame (`position_in_seq`), and places that entries of a list point to
//!   (`instance_io`) are numbers without a relation;
//! - Shift JIS and code page 437 (`str_encodings`), and UTF-16 in a place of an odd size (the last part of `str_pad_term_utf16`) are bytes;
//! - compression (`zlib_surrounded`, `zlib_with_header_78`) and rotation (`process_rotate`) are code of the user's. Exclusive or is a
//!   conversion of a few lines, and declared.
//!
//! The files are those of <https://github.com/kaitai-io/kaitai_struct_tests>, under the MIT License (`LICENSE-MIT`). The
//! declarations are ours.

mod bits;
mod choices;
mod lists;
mod numbers;
mod places;
mod text;

use std::fmt::Debug;

use framewright::prelude::*;
use framewright::testing::laws;

/// The bytes of a sample file.
macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!($name, ".bin"))
    };
}
use sample;

/// The bytes are the value, and the value is encoded to the bytes; all laws hold for it, and its JSON is the same bytes.
#[track_caller]
fn holds<T: OwnedFrame + PartialEq + Debug>(bytes: &[u8], value: T) {
    let decoded = T::decode(bytes).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(decoded, value);
    assert_eq!(value.to_vec().unwrap(), bytes, "{}", value.dump());
    let json = framewright::json::to_json(&value).unwrap();
    assert_eq!(framewright::json::from_json::<T>(&json).unwrap(), bytes, "{json}");
    laws([value]);
}

/// No file is forgotten.
#[test]
fn every_file_has_its_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kaitai");
    let (mut files, mut text) = (Vec::new(), String::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("bin") => files.push(format!("sample!(\"{name}\")")),
            _ => text.push_str(&std::fs::read_to_string(&path).unwrap()),
        }
    }
    let text: String = text.split_whitespace().collect();
    assert_eq!(files.len(), 60);
    files.retain(|file| !text.contains(&**file));
    assert_eq!(files, Vec::<String>::new());
}
