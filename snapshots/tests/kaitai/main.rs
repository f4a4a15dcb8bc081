//! The sample files of the test suite of Kaitai Struct. Their content is declared by annotation
//! alone, decoded, and encoded to the same bytes.
//!
//! The content of all of its 60 files can be declared, and 58 are encoded to exactly the bytes that
//! were read. The other two have bytes after a delimiter in a field of fixed size, which are not
//! part of a value (`str_pad_term_empty`, `str_pad_term_utf16`). In seven cases, the description of
//! Kaitai Struct expresses something that our declaration does not:
//!
//! - A count after the fields that it counts, in the middle of a frame (`position_in_seq`), and
//!   offsets in the entries of a list (`instance_io`). We declare them as ordinary numbers.
//! - Shift JIS and code page 437 (`str_encodings`), and UTF-16 in a field of an odd size (the last
//!   part of `str_pad_term_utf16`). We declare them as bytes.
//! - Compression (`zlib_surrounded`, `zlib_with_header_78`) and rotation (`process_rotate`). User
//!   code does this. Exclusive or is declared with a conversion of a few lines.
//!
//! The files are from <https://github.com/kaitai-io/kaitai_struct_tests>, under the MIT License
//! (`LICENSE-MIT`). The declarations are ours.

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

/// Checks that the bytes decode to the value, that the value encodes to the bytes, also through
/// JSON, and that the value satisfies `testing::laws`.
#[track_caller]
fn holds<T: OwnedFrame + PartialEq + Debug>(bytes: &[u8], value: T) {
    let decoded = T::decode(bytes).unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(decoded, value);
    assert_eq!(value.to_vec().unwrap(), bytes, "{}", value.dump());
    let json = framewright::json::to_json(&value).unwrap();
    assert_eq!(framewright::json::from_json::<T>(&json).unwrap(), bytes, "{json}");
    laws([value]);
}

/// Checks that every file has a test.
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
