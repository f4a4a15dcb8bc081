//! The functions that read and write numbers and text in a format, and their arguments.

use alloc::format;
use alloc::vec::Vec;

use super::code::Code;
use super::{Result, Unsayable};
use crate::schema::Type;

/// Returns the padding nibble of BCD, which is 0 by default, and whether the low nibble of each
/// byte comes first.
pub(super) fn nibbles(name: &str) -> [Code; 2] {
    let fill = name.split_once("fill = 0x").and_then(|(_, fill)| fill.trim_end_matches(')').chars().next());
    let fill = fill.and_then(|fill| fill.to_digit(16)).unwrap_or(0);
    [Code::Int(fill.into()), Code::Bool(name.contains("swapped"))]
}

/// Returns the name of the functions that read and write text in an encoding, and their arguments.
pub(super) fn text_format(
    format: &crate::schema::TextFormat,
    little: Option<&Code>,
) -> Result<(&'static str, Vec<Code>)> {
    Ok(match (format.name, little) {
        ("utf16be" | "utf16le", Some(little)) => {
            ("encoded", [little.clone().or(Code::text("utf16le"), Code::text("utf16be"))].into())
        }
        (name @ ("ascii" | "latin1" | "utf16be" | "utf16le"), _) => ("encoded", [Code::text(name)].into()),
        (name, _) if name.starts_with("bcd") => {
            let [fill, swapped] = nibbles(name);
            ("bcd_text", [Code::size(format.min_len), fill, swapped].into())
        }
        (name, _) => {
            return Err(Unsayable::new(format!(
                "text in the encoding `{name}` can only be computed in Rust"
            )));
        }
    })
}

/// Returns the maximum number of bytes of a number that takes its size from an expression, and
/// whether the number is signed.
pub(super) fn in_bytes(ty: &Type) -> [Code; 2] {
    match ty {
        Type::Number(format) => [Code::size(format.max_len.unwrap_or(16)), Code::Bool(format.ty.is_signed())],
        _ => [Code::Int(0), Code::Bool(false)],
    }
}

/// Returns the name of the functions that read and write numbers in a format, and their arguments.
pub(super) fn number_format(format: &crate::schema::NumberFormat) -> Result<(&'static str, Vec<Code>)> {
    let (least, most) =
        (Code::Int(format.least), i128::try_from(format.most).map_or(Code::Nothing, Code::Int));
    let bytes = format.max_len.map_or(Code::Int(0), Code::size);
    Ok(match format.name {
        "varint" => ("varint", [bytes, most].into()),
        crate::wire::PADDED_VARINT => ("varint", [bytes, most, Code::Bool(true)].into()),
        "zigzag" => ("zigzag", [bytes, Code::Int(format.ty.bits().into())].into()),
        "quic" => ("quic", [most].into()),
        "dec" => ("digits", [Code::Int(10), bytes, least, most].into()),
        "hex" => ("digits", [Code::Int(16), bytes, least, most].into()),
        name if name.starts_with("bcd") => {
            let [fill, swapped] = nibbles(name);
            ("bcd", [bytes, fill, swapped, most].into())
        }
        "hex(lower)" => ("digits", [Code::Int(16), bytes, least, most, Code::Bool(true)].into()),
        name => {
            return Err(Unsayable::new(format!(
                "numbers in the format `{name}` can only be computed in Rust"
            )));
        }
    })
}
