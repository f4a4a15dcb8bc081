//! Errors of decoding: the fault in the bytes, and its position.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::one_line::OneLine;
use super::path::{Path, Segment, type_name};
use crate::schema::Endless;

/// An error of decoding: the fault, its field, and its byte offset.
///
/// `{}` is one line. `{:#}` adds a few lines of hex with a mark at the position. The error has the
/// size of a pointer, and building it does not slow down successful decoding.
///
/// ```
/// use framewright::prelude::*;
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Reading { sensor: u16, on: bool }
///
/// let error = Reading::decode(&[0, 7, 2]).unwrap_err();
/// assert_eq!(error.to_string(), "Reading.on at byte 2: expected 0 or 1, found 2");
/// assert_eq!(error.offset(), 2);
/// ```
#[derive(Clone, PartialEq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: DecodeErrorKind,
    path: Path,
    offset: usize,
    bit: Option<u32>,
    window: Option<Window>,
    /// Set if this is not an error: parsing stopped because this part, which begins at `offset`,
    /// must arrive first.
    awaits: Option<Endless>,
}

impl PartialEq for Inner {
    fn eq(&self, other: &Self) -> bool {
        let parts = |inner: &Self| (inner.offset, inner.bit, inner.awaits.is_some());
        self.kind == other.kind
            && self.path == other.path
            && parts(self) == parts(other)
            && self.window == other.window
    }
}

/// The bytes around the error. They are copied when the outermost parser returns the error.
#[derive(Clone, PartialEq)]
struct Window {
    start: usize,
    bytes: Vec<u8>,
}

/// The kind of a [`DecodeError`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input, or the extent that encloses the field, ends too early.
    Short {
        /// Minimum number of bytes that the field needs.
        needed: usize,
        /// Number of bytes available.
        found: usize,
    },
    /// Bytes are left over after the value.
    Trailing {
        /// Number of leftover bytes.
        extra: usize,
    },
    /// The bytes differ from a constant.
    Magic {
        /// Constant as declared.
        expected: Cow<'static, [u8]>,
        /// Bytes found instead of the constant.
        found: Vec<u8>,
    },
    /// No variant of the enum has the tag.
    Tag {
        /// Name of the enum.
        of: &'static str,
        /// Tag that was read.
        found: String,
    },
    /// The bytes are not a valid value of the wire type.
    Value {
        /// Description of the valid values.
        expected: Cow<'static, str>,
        /// Value that was found.
        found: String,
    },
    /// A value does not convert to the type of the field.
    Conversion {
        /// Name of the type of the field.
        to: &'static str,
        /// Error of the conversion.
        reason: String,
    },
    /// A length or count exceeds its limit, or the number of bytes available.
    TooLong {
        /// Maximum length or count.
        limit: usize,
        /// Length in bytes, or count of items, as text, because a claimed number may exceed `u64`.
        found: String,
    },
    /// The extent ends before the delimiter.
    Delimiter {
        /// Delimiter that is missing.
        expected: Cow<'static, [u8]>,
    },
    /// Text is not UTF-8.
    Utf8,
    /// Frames are nested deeper than [`Source::MAX_DEPTH`](crate::Source::MAX_DEPTH).
    Depth,
    /// The decoded value would exceed its memory limit; see
    /// [`Framer::decoded`](crate::stream::Framer::decoded).
    Memory {
        /// Memory limit of the whole frame in bytes.
        limit: usize,
    },
    /// A list item has no bytes, so the list would never end.
    NoProgress,
    /// A check of the type failed; the text is its message.
    Check(Cow<'static, str>),
    /// A checksum does not match.
    Checksum {
        /// Checksum of the bytes.
        expected: String,
        /// Checksum in the frame.
        found: String,
    },
    /// A combinator of nom failed.
    Nom(nom::error::ErrorKind),
}

impl DecodeError {
    /// Creates an error at the start of the input. The enclosing parsers add the position.
    #[cold]
    pub fn new(kind: DecodeErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            path: Path::default(),
            offset: 0,
            bit: None,
            window: None,
            awaits: None,
        }))
    }

    /// Creates the error of a failed check with this message.
    #[cold]
    pub fn custom(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(DecodeErrorKind::Check(message.into()))
    }

    /// Creates the report that `part` must arrive before parsing is tried again.
    #[cold]
    pub(crate) fn awaiting(part: Endless) -> Self {
        let mut error = Self::new(DecodeErrorKind::Short { needed: 1, found: 0 });
        error.0.awaits = Some(part);
        error
    }

    /// Returns the part that must arrive at [`offset`](Self::offset), or `None` if this is a real
    /// error.
    pub(crate) fn awaits(&self) -> Option<Endless> {
        self.0.awaits
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// Returns the byte offset of the error, from the start of the decoded input.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// Returns where a bit field with an error begins: the number of bits that are declared before it
    /// in its run. [`offset`](Self::offset) is then the position of the run. `None` for other errors.
    #[must_use]
    pub fn bit(&self) -> Option<u32> {
        self.0.bit
    }

    /// Returns the path of the field, such as `Packet.body.topic`. It is empty if a parser failed
    /// outside of any frame.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// Returns `true` if more bytes could have completed the value.
    #[must_use]
    pub fn is_short(&self) -> bool {
        matches!(self.0.kind, DecodeErrorKind::Short { .. } | DecodeErrorKind::Delimiter { .. })
    }

    /// Adds `bytes`, the number of bytes before the part that failed, to the offset.
    #[cold]
    #[must_use]
    pub fn after(mut self, bytes: usize) -> Self {
        self.0.offset = self.0.offset.saturating_add(bytes);
        self
    }

    /// Prepends a field to the path.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        self.0.path.push(Segment::Field(name));
        self
    }

    /// Prepends a list index to the path.
    #[cold]
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// Sets the bit offset.
    #[cold]
    #[must_use]
    pub fn at_bit(mut self, bit: u32) -> Self {
        self.0.bit = Some(bit);
        self
    }

    /// Replaces the kind of error and keeps its position. The framer uses this if it knows the
    /// cause better than the parser of the field.
    #[cold]
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: DecodeErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Sets the name of the decoded type and the bytes around the error for `{:#}`. The outermost
    /// caller does this once.
    #[cold]
    #[must_use]
    pub fn in_frame(mut self, root: &'static str, input: &[u8]) -> Self {
        const LINE: usize = 16;
        self.0.path.set_root(root);
        let line = self.0.offset.min(input.len()) / LINE * LINE;
        let start = line.saturating_sub(LINE);
        let end = line.saturating_add(2 * LINE).min(input.len());
        self.0.window = input.get(start..end).map(|bytes| Window { start, bytes: bytes.to_vec() });
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if !inner.path.is_empty() {
            write!(f, "{} ", inner.path)?;
        }
        write!(f, "at byte {}", inner.offset)?;
        if let Some(bit) = inner.bit {
            write!(f, " bit {bit}")?;
        }
        write!(f, ": {}", inner.kind)?;
        match &inner.window {
            Some(window) if f.alternate() => window.fmt(f, inner.offset),
            _ => Ok(()),
        }
    }
}

impl Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>, fault: usize) -> fmt::Result {
        for (row, line) in self.bytes.chunks(16).enumerate() {
            let at = self.start + row * 16;
            write!(f, "\n  {at:04x} ")?;
            for byte in line {
                write!(f, " {byte:02x}")?;
            }
            let last = at + line.len() == self.start + self.bytes.len();
            // An error just past the last byte is marked below the last line.
            if (at..at + line.len()).contains(&fault) || (last && fault >= at + line.len()) {
                let column = (fault - at).min(line.len());
                write!(f, "\n        {:width$}^^", "", width = column * 3)?;
            }
        }
        if self.bytes.is_empty() {
            f.write_str("\n  (no bytes)")?;
        }
        Ok(())
    }
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { needed, found } => {
                write!(f, "expected {}, found {found}", Count(*needed, "byte"))
            }
            Self::Trailing { extra } => write!(f, "{} left over after the value", Count(*extra, "byte")),
            Self::Magic { expected, found } => {
                write!(f, "expected the constant {}, found {}", Hex(expected), Hex(found))
            }
            Self::Tag { of, found } => write!(f, "no variant of {of} has the tag {found}"),
            Self::Value { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Conversion { to, reason } => {
                write!(f, "not a valid {}: {}", type_name(to), OneLine(reason))
            }
            Self::TooLong { limit, found } => write!(f, "expected at most {limit}, found {found}"),
            Self::Delimiter { expected } => {
                write!(f, "expected the delimiter \"{}\" before the end", expected.escape_ascii())
            }
            Self::Utf8 => f.write_str("expected UTF-8 text"),
            Self::Depth => {
                write!(f, "expected at most {} nested frames", crate::Source::MAX_DEPTH)
            }
            Self::Memory { limit } => write!(f, "the decoded frame takes more than {limit} bytes of memory"),
            Self::NoProgress => f.write_str("a list item took no bytes"),
            Self::Check(message) => f.write_str(message),
            Self::Checksum { expected, found } => {
                write!(f, "expected the checksum {expected}, found {found}")
            }
            Self::Nom(kind) => write!(f, "{}", kind.description()),
        }
    }
}

/// Displays a count with its unit: `1 byte`, `2 bytes`.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.0, self.1)
    }
}

/// Displays at most 16 bytes in hex, and also as text if all bytes are printable.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().take(16).enumerate() {
            write!(f, "{}{byte:02x}", if index == 0 { "" } else { " " })?;
        }
        if self.0.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') && !self.0.is_empty() {
            write!(f, " (\"{}\")", self.0.escape_ascii())?;
        }
        Ok(())
    }
}

/// Prints the same as `Display`, because `main` and a failed `unwrap` print the `Debug` output.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for DecodeError {}

/// With this impl, frames can be used as parsers in nom's combinators.
impl nom::error::ParseError<&[u8]> for DecodeError {
    fn from_error_kind(_: &[u8], kind: nom::error::ErrorKind) -> Self {
        Self::new(DecodeErrorKind::Nom(kind))
    }

    fn append(_: &[u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

impl<E> nom::error::FromExternalError<&[u8], E> for DecodeError {
    fn from_external_error(_: &[u8], kind: nom::error::ErrorKind, _: E) -> Self {
        Self::new(DecodeErrorKind::Nom(kind))
    }
}
