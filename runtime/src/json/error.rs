//! Errors in the conversion of JSON to a frame.

use core::fmt;

use crate::error::{DecodeError, EncodeError, OneLine};

/// The reason why JSON does not describe a frame. The text begins with the path of the value in the
/// JSON, as in `ChatMsg.body[2]: expected ..`, or with the field of the frame.
#[non_exhaustive]
pub enum JsonError {
    /// The text is invalid JSON.
    Syntax(serde_json::Error),
    /// A value is missing, unknown, or invalid for its field.
    Value {
        /// The path, beginning with the name of the type.
        path: String,
        /// A description of the error.
        message: String,
    },
    /// The values contradict each other: a condition or check is false.
    Decode(DecodeError),
    /// The frame cannot be encoded.
    Encode(EncodeError),
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "invalid JSON: {error}"),
            // Both may contain text of the JSON.
            Self::Value { path, message } => write!(f, "{}", OneLine(format_args!("{path}: {message}"))),
            Self::Decode(error) => {
                f.write_str("the values do not fit together: ")?;
                error.fmt(f)
            }
            Self::Encode(error) => error.fmt(f),
        }
    }
}

/// The same text as `Display`, because `main` and a failed `unwrap` print this.
impl fmt::Debug for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for JsonError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Syntax(error) => Some(error),
            Self::Value { .. } => None,
            Self::Decode(error) => Some(error),
            Self::Encode(error) => Some(error),
        }
    }
}

/// The path to a value in JSON.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'a> {
    Root(&'a str),
    Member(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// Creates an error about the value at this path.
    pub(super) fn error(&self, message: impl Into<String>) -> JsonError {
        JsonError::Value { path: self.to_string(), message: message.into() }
    }

    /// Creates an error about a value of the wrong kind.
    pub(super) fn expected(&self, expected: &str, found: &serde_json::Value) -> JsonError {
        self.error(format!("expected {expected}, found {}", beginning(&found.to_string())))
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(name) => f.write_str(name),
            Self::Member(outer, name) => write!(f, "{outer}.{name}"),
            Self::Item(outer, index) => write!(f, "{outer}[{index}]"),
        }
    }
}

/// Returns as much of a text from the JSON as an error shows.
fn beginning(text: &str) -> String {
    /// The maximum number of characters.
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.into(),
    }
}

/// Returns the text of the error about an unknown name.
pub(crate) fn unknown(what: &str, name: &str, names: &[&str]) -> String {
    let name = beginning(&OneLine(name).to_string());
    match names {
        [] => format!("unknown {what} `{name}`, there are none"),
        [only] => format!("unknown {what} `{name}`, expected `{only}`"),
        names => format!("unknown {what} `{name}`, expected one of `{}`", names.join("`, `")),
    }
}
