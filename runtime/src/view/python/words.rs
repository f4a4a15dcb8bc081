//! Names in Python, and text in quotes.

use alloc::format;
use alloc::string::{String, ToString};

/// Keywords of Python.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// Names that the generated classes and enums already have.
const MEMBERS: [&str; 7] = ["encode", "decode", "parse", "self", "mro", "name", "value"];

/// Names that the generated functions use.
const VARIABLES: [&str; 33] = [
    "any",
    "len",
    "map",
    "range",
    "struct",
    "data",
    "end",
    "r",
    "w",
    "v",
    "tag",
    "value",
    "start",
    "item",
    "at",
    "tag_at",
    "within_max",
    "until_from",
    "until_to",
    "int",
    "bytes",
    "str",
    "bool",
    "float",
    "list",
    "tuple",
    "cls",
    "self",
    "isinstance",
    "delimited_in",
    "builtins",
    "type",
    "ctx0",
];

/// Returns the name of a field or variant. Names in tuples begin with `_`.
pub(super) fn member(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("_{name}");
    }
    let special = ["encode", "decode", "parse", "self"];
    let is_taken = KEYWORDS.contains(&name) || special.contains(&name) || name.starts_with("__");
    if is_taken { format!("{name}_") } else { name.to_string() }
}

/// Returns the name of a variant with fields. `Variant` is the name of the union of all variants.
pub(super) fn case(name: &str) -> String {
    if name == "Variant" { String::from("Variant_") } else { member(name) }
}

/// Returns the name of a variant of a fieldless enum.
pub(super) fn variant(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let is_taken = KEYWORDS.contains(&name) || MEMBERS.contains(&name) || name.starts_with('_');
    if is_taken { format!("{name}_") } else { name.to_string() }
}

pub(super) fn variable(name: &str) -> String {
    let name = member(name);
    if VARIABLES.contains(&&*name) || name.starts_with("ctx") { format!("{name}_") } else { name }
}

/// Returns a text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            char if char.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
