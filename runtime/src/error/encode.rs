//! Errors of encoding: the fault in a value, and its field.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;

use super::one_line::OneLine;
use super::path::{Path, Segment, type_name};

/// An error of encoding: the fault, and its field.
///
/// When encoding fails, the output buffer is left unchanged.
///
/// ```
/// use framewright::prelude::*;
///
/// #[derive(Frame, Debug)]
/// #[frame(be)]
/// struct Name { #[len_prefixed(u8)] text: String }
///
/// let mut out = vec![7];
/// let error = Name { text: "x".repeat(300) }.encode(&mut out).unwrap_err();
/// assert_eq!(error.to_string(), "Name.text: 300 bytes do not fit: at most 255");
/// assert_eq!(out, [7]);
/// ```
#[derive(Clone, PartialEq)]
pub struct EncodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: EncodeErrorKind,
    path: Path,
}

/// The kind of an [`EncodeError`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// A body is too long for its prefix, its length field or its limit.
    TooLong {
        /// Number of bytes or items.
        found: usize,
        /// Maximum, if it is a single number.
        limit: Option<usize>,
        /// Unit of the numbers: `bytes` or `items`.
        unit: &'static str,
    },
    /// The size of a body differs from the size that earlier fields give.
    Size {
        /// Size that earlier fields give.
        expected: usize,
        /// Size of the body.
        found: usize,
        /// Unit of the sizes: `bytes` or `items`.
        unit: &'static str,
    },
    /// A length is not a multiple of its unit, or is below its bias.
    Scale {
        /// Length in bytes.
        found: usize,
        /// Number of bytes in a unit.
        scale: usize,
    },
    /// A body contains its own delimiter.
    Delimiter {
        /// Delimiter that was found.
        delimiter: Cow<'static, [u8]>,
        /// Offset of the delimiter in the body.
        at: usize,
    },
    /// A padded value ends in its fill byte, which decoding would trim.
    Fill {
        /// Fill byte.
        fill: u8,
    },
    /// A number is too large for its bits or bytes on the wire.
    Range {
        /// Valid range.
        expected: Cow<'static, str>,
        /// Number that was found.
        found: String,
    },
    /// A value does not convert to its wire type.
    Conversion {
        /// Name of the wire type.
        to: &'static str,
        /// Error of the conversion.
        reason: String,
    },
    /// The variant of an enum is not the one that earlier fields select.
    Tag {
        /// Tag that earlier fields give.
        expected: String,
        /// Tag of the variant.
        found: String,
    },
    /// An optional field is present although its condition is false, or absent although its
    /// condition is true.
    Presence {
        /// Whether the condition is true.
        expected: bool,
    },
    /// Frames are nested deeper than [`Source::MAX_DEPTH`](crate::Source::MAX_DEPTH), so that the
    /// bytes would not decode.
    Depth,
    /// A check of the type failed; the text is its message.
    Check(Cow<'static, str>),
    /// The output buffer is full.
    Full {
        /// Number of bytes to be written.
        needed: usize,
        /// Number of bytes that fit.
        room: usize,
    },
}

impl EncodeError {
    /// Creates an error without a path. The enclosing encoders add the path.
    #[cold]
    pub fn new(kind: EncodeErrorKind) -> Self {
        Self(Box::new(Inner { kind, path: Path::default() }))
    }

    /// Creates the error of a failed check with this message.
    #[cold]
    pub fn custom(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(EncodeErrorKind::Check(message.into()))
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn kind(&self) -> &EncodeErrorKind {
        &self.0.kind
    }

    /// Returns the path of the field, such as `Packet.body.topic`.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// Prepends a field to the path.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        // The hidden frame around a list item with words of its own (`each`) has an unnamed field.
        if !name.is_empty() {
            self.0.path.push(Segment::Field(name));
        }
        self
    }

    /// Prepends a list index to the path.
    #[cold]
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// Sets the name of the encoded type. The outermost caller does this once.
    #[cold]
    #[must_use]
    pub fn in_frame(mut self, root: &'static str) -> Self {
        self.0.path.set_root(root);
        self
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.path.is_empty() {
            write!(f, "{}: ", self.0.path)?;
        }
        write!(f, "{}", self.0.kind)
    }
}

impl fmt::Display for EncodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found, limit: Some(limit), unit } => {
                write!(f, "{found} {unit} do not fit: at most {limit}")
            }
            Self::TooLong { found, limit: None, unit } => {
                write!(f, "{found} {unit} do not fit their length")
            }
            Self::Size { expected, found, unit } => {
                write!(f, "expected {expected} {unit} according to earlier fields, found {found}")
            }
            Self::Scale { found, scale } => {
                write!(f, "{found} bytes cannot be expressed in units of {scale}")
            }
            Self::Delimiter { delimiter, at } => write!(
                f,
                "the value contains its own delimiter \"{}\" at byte {at}",
                delimiter.escape_ascii()
            ),
            Self::Fill { fill } => {
                write!(f, "the value ends in the fill byte {fill:#04x}, which decoding would trim")
            }
            Self::Range { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Conversion { to, reason } => {
                write!(f, "not a valid {}: {}", type_name(to), OneLine(reason))
            }
            Self::Tag { expected, found } => {
                write!(f, "expected the tag {expected} according to earlier fields, found {found}")
            }
            Self::Presence { expected: true } => {
                f.write_str("the value is absent, but its condition is true")
            }
            Self::Presence { expected: false } => {
                f.write_str("the value is present, but its condition is false")
            }
            Self::Depth => {
                write!(f, "more than {} frames are nested", crate::Source::MAX_DEPTH)
            }
            Self::Check(message) => f.write_str(message),
            Self::Full { needed, room } => {
                write!(f, "the output has room for {room} more bytes, {needed} are needed")
            }
        }
    }
}

/// Prints the same as `Display`, because `main` and a failed `unwrap` print the `Debug` output.
impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for EncodeError {}
