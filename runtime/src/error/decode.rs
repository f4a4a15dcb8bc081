//! Why bytes are not a value of a type, and where they stop being one.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::one_line::OneLine;
use super::path::{Path, Segment, type_name};
use crate::schema::Endless;

/// Bytes that do not decode: what is wrong, in which field, at which byte.
///
/// `{}` is one line; `{:#}` adds a few lines of hex with the place marked. The
/// error is one pointer wide and built out of the way of the hot path.
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
    /// What has to arrive at `offset`: this is no fault then, but where to go on.
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

/// The bytes around the fault, copied when the error leaves the decoder.
#[derive(Clone, PartialEq)]
struct Window {
    start: usize,
    bytes: Vec<u8>,
}

/// What is wrong with the bytes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The bytes, or the extent that encloses the field, end too early.
    Short {
        /// How many bytes the field takes at least.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// Bytes are left over after the value.
    Trailing {
        /// How many.
        extra: usize,
    },
    /// A constant has another value.
    Magic {
        /// The constant as declared.
        expected: Cow<'static, [u8]>,
        /// The bytes in its place.
        found: Vec<u8>,
    },
    /// No variant of the enum has this tag.
    Tag {
        /// The name of the enum.
        of: &'static str,
        /// The tag as read.
        found: String,
    },
    /// The bytes are none of the values the wire type allows.
    Value {
        /// What is allowed there.
        expected: Cow<'static, str>,
        /// What stands there.
        found: String,
    },
    /// What was read does not convert to the type of the field.
    Conversion {
        /// The name of that type.
        to: &'static str,
        /// What the conversion says.
        reason: String,
    },
    /// A length or count is more than its limit, or more than can be there.
    TooLong {
        /// The most that is allowed.
        limit: usize,
        /// What was found: a length in bytes or a count of items, as text
        /// because a stranger may claim more than fits a number of ours.
        found: String,
    },
    /// The extent ends before the delimiter.
    Delimiter {
        /// The bytes that were looked for.
        expected: Cow<'static, [u8]>,
    },
    /// Text is not UTF-8.
    Utf8,
    /// Frames are nested deeper than [`Source::MAX_DEPTH`](crate::Source::MAX_DEPTH).
    Depth,
    /// The value would take more memory than it may; see [`Framer::decoded`](crate::stream::Framer::decoded).
    Memory {
        /// How many bytes of memory the whole frame may take.
        limit: usize,
    },
    /// A list item took no bytes, so the list would never end.
    NoProgress,
    /// An invariant of the type does not hold; the text is its author's.
    Check(Cow<'static, str>),
    /// A checksum over the frame is not the one it carries.
    Checksum {
        /// Computed over the bytes.
        expected: String,
        /// Carried by the frame.
        found: String,
    },
    /// One of nom's own combinators refused the input.
    Nom(nom::error::ErrorKind),
}

impl DecodeError {
    /// An error at the start of the input, to be located by the parsers around it.
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

    /// An invariant of the author's own that does not hold.
    #[cold]
    pub fn custom(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(DecodeErrorKind::Check(message.into()))
    }

    /// Stands for a part that has to arrive before parsing is worth another attempt.
    #[cold]
    pub(crate) fn awaiting(part: Endless) -> Self {
        let mut error = Self::new(DecodeErrorKind::Short { needed: 1, found: 0 });
        error.0.awaits = Some(part);
        error
    }

    /// The part that has to arrive at [`offset`](Self::offset), if this stands for one.
    pub(crate) fn awaits(&self) -> Option<Endless> {
        self.0.awaits
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// The byte at fault, counted from the start of what was decoded.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The bit within that byte's group where the fault is one of bits,
    /// counted from the first bit on the wire.
    #[must_use]
    pub fn bit(&self) -> Option<u32> {
        self.0.bit
    }

    /// The field at fault, such as `Packet.body.topic`; empty where a bare
    /// parser failed outside of any frame.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// Whether more bytes could have made the value whole.
    #[must_use]
    pub fn is_short(&self) -> bool {
        matches!(self.0.kind, DecodeErrorKind::Short { .. } | DecodeErrorKind::Delimiter { .. })
    }

    /// Moves the error `bytes` further into the input: what a parser adds for
    /// the bytes in front of the part that failed.
    #[cold]
    #[must_use]
    pub fn after(mut self, bytes: usize) -> Self {
        self.0.offset = self.0.offset.saturating_add(bytes);
        self
    }

    /// Puts a field in front of the path.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        self.0.path.push(Segment::Field(name));
        self
    }

    /// Puts a list index in front of the path.
    #[cold]
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// Marks the bit at fault.
    #[cold]
    #[must_use]
    pub fn at_bit(mut self, bit: u32) -> Self {
        self.0.bit = Some(bit);
        self
    }

    /// The same place with another reason: what a framer that knows more than
    /// the field's parser says of it.
    #[cold]
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: DecodeErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// Names the type that was decoded and keeps the bytes around the fault
    /// for `{:#}`. The outermost caller does this once.
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
            // A fault just past the last byte belongs below the last line.
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
            Self::Conversion { to, reason } => write!(f, "no {}: {}", type_name(to), OneLine(reason)),
            Self::TooLong { limit, found } => write!(f, "expected at most {limit}, found {found}"),
            Self::Delimiter { expected } => {
                write!(f, "expected the delimiter \"{}\" before the end", expected.escape_ascii())
            }
            Self::Utf8 => f.write_str("expected UTF-8 text"),
            Self::Depth => {
                write!(f, "expected at most {} frames inside each other", crate::Source::MAX_DEPTH)
            }
            Self::Memory { limit } => write!(f, "decoded, the frame takes more than {limit} bytes of memory"),
            Self::NoProgress => f.write_str("a list item took no bytes"),
            Self::Check(message) => f.write_str(message),
            Self::Checksum { expected, found } => {
                write!(f, "the checksum of these bytes is {expected}, found {found}")
            }
            Self::Nom(kind) => write!(f, "{}", kind.description()),
        }
    }
}

/// `1 byte`, `2 bytes`.
struct Count(usize, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0 == 1 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.0, self.1)
    }
}

/// Bytes as text where they are, as hex where they are not, cut after 16.
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

/// The sentence of `Display`: it is what `main` and a failed `unwrap` show.
impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for DecodeError {}

/// What lets frames stand among nom's combinators.
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
