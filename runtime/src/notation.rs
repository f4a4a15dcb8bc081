//! JSON values and their text.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// A number, as text.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_string())
    }

    pub(crate) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Self {
        Self::Object(members.into())
    }

    /// Adds a member, unless the value is `Null`.
    pub(crate) fn with(mut self, name: &'static str, value: Json) -> Self {
        if let (Self::Object(members), false) = (&mut self, matches!(value, Json::Null)) {
            members.push((name, value));
        }
        self
    }
}

/// Writes the value indented by two spaces per level. An object without nested objects is on one
/// line.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0, Self::is_flat)
    }
}

/// A JSON value that is displayed with each list and object on one line if it fits.
#[cfg(feature = "json")]
pub(crate) struct Fitted(pub(crate) Json);

#[cfg(feature = "json")]
impl fmt::Display for Fitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, 0, |json, level| json.room_left(LINE.saturating_sub(2 * level)).is_some())
    }
}

/// Maximum width of a line.
#[cfg(feature = "json")]
const LINE: usize = 80;

impl Json {
    fn write(
        &self,
        f: &mut fmt::Formatter<'_>,
        level: usize,
        is_flat: fn(&Self, usize) -> bool,
    ) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => quoted(f, text),
            Self::List(items) => sequence(f, level, ["[", "]"], is_flat(self, level), items, |f, item| {
                item.write(f, level + 1, is_flat)
            }),
            Self::Object(members) => {
                sequence(f, level, ["{", "}"], is_flat(self, level), members, |f, (name, value)| {
                    quoted(f, name)?;
                    f.write_str(": ")?;
                    value.write(f, level + 1, is_flat)
                })
            }
        }
    }

    /// Returns `true` if the value has at most one level of objects.
    fn is_flat(&self, _: usize) -> bool {
        match self {
            Self::List(items) => items.is_empty(),
            Self::Object(members) => !members.iter().any(|(_, value)| match value {
                Self::Object(_) => members.len() > 1 || !value.is_flat(0),
                Self::List(items) => !items.is_empty(),
                _ => false,
            }),
            _ => true,
        }
    }

    /// Returns what is left of `room`, the space on a line, after this value, or `None` if the
    /// value does not fit.
    #[cfg(feature = "json")]
    fn room_left(&self, room: usize) -> Option<usize> {
        match self {
            Self::Null => room.checked_sub(4),
            Self::Bool(_) => room.checked_sub(5),
            Self::Number(number) => room.checked_sub(number.len()),
            Self::Text(text) => room.checked_sub(text.len() + 2),
            Self::List(items) => {
                items.iter().try_fold(room, |room, item| item.room_left(room.checked_sub(2)?))
            }
            Self::Object(members) => members
                .iter()
                .try_fold(room, |room, (name, value)| value.room_left(room.checked_sub(name.len() + 6)?)),
        }
    }
}

fn sequence<T>(
    f: &mut fmt::Formatter<'_>,
    level: usize,
    [open, close]: [&str; 2],
    flat: bool,
    items: &[T],
    mut write: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { "," })?;
        match flat {
            true => f.write_str(if index == 0 { "" } else { " " })?,
            false => write!(f, "\n{:indent$}", "", indent = 2 * level + 2)?,
        }
        write(f, item)?;
    }
    if !flat && !items.is_empty() {
        write!(f, "\n{:indent$}", "", indent = 2 * level)?;
    }
    f.write_str(close)
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    text.chars().try_for_each(|character| match character {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control)),
        other => write!(f, "{other}"),
    })?;
    f.write_str("\"")
}
