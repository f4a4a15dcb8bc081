//! Names in TypeScript, and text in quotes.

use alloc::format;
use alloc::string::{String, ToString};

/// Keywords and other reserved names of TypeScript.
const KEYWORDS: [&str; 47] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "constructor",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "var",
    "void",
    "with",
];

/// Names that the generated functions use.
const VARIABLES: [&str; 22] = [
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
    "yield",
    "undefined",
    "while",
    "delimited_in",
    "bytes",
    "cut",
    "tuple",
    "crc",
];

/// Names of the functions and variables that every module has.
const BROUGHT: [&str; 35] = [
    "reached",
    "out",
    "view",
    "room",
    "busy",
    "quickly",
    "plain",
    "bits",
    "holds",
    "holdsText",
    "textOf",
    "indexOf",
    "decode",
    "encode",
    "parse",
    "guarded",
    "shown",
    "split",
    "joined",
    "first",
    "find",
    "utf8",
    "fit",
    "divide",
    "remainder",
    "shift",
    "unshift",
    "cast",
    "reflect",
    "tables",
    "lengthOf",
    "noneIf",
    "sameTag",
    "fillTo",
    "codeUnits",
];

/// Returns the name of a field or a variant. Names in tuples begin with `_`.
pub(super) fn member(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("_{name}");
    }
    let is_taken = KEYWORDS.contains(&name) || name.starts_with("__") || name == "while";
    if is_taken { format!("{name}_") } else { name.to_string() }
}

/// Returns the name of a field of a variant. The name `kind` stands for the variant itself, so a
/// field `kind` is renamed.
pub(super) fn member_of_variant(name: &str) -> String {
    let name = member(name);
    if name == "kind" { String::from("kind_") } else { name }
}

/// Returns the name of a variant of a fieldless enum.
pub(super) fn variant(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let special = ["encode", "decode", "parse", "__proto__", "constructor"];
    if special.contains(&name) || name.starts_with('_') { format!("{name}_") } else { name.to_string() }
}

pub(super) fn variable(name: &str) -> String {
    let name = member(name);
    let camel = camel(&name);
    let accesses = ["get", "put"].iter().any(|verb| camel.starts_with(verb));
    let is_function = BROUGHT.contains(&&*name) || BROUGHT.contains(&&*camel) || accesses;
    let is_taken = VARIABLES.contains(&&*name) || name.starts_with("ctx") || is_function;
    if is_taken { format!("{name}_") } else { name }
}

/// Converts `length_or_none` to `lengthOrNone`.
pub(super) fn camel(name: &str) -> String {
    let mut camel = String::new();
    for (index, word) in name.split('_').enumerate() {
        let mut chars = word.chars();
        match (index, chars.next()) {
            (_, None) => {}
            (0, Some(first)) => camel.push(first),
            (_, Some(first)) => camel.push(first.to_ascii_uppercase()),
        }
        camel.extend(chars);
    }
    camel
}

/// Returns a text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '«' | '»' => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
            char if char.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
