//! Why a value cannot be put on the wire.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;

use super::one_line::OneLine;
use super::path::{Path, Segment, type_name};

/// A value the wire cannot carry: what is wrong and in which field.
///
/// The buffer that was written to is as it was before.
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

/// What is wrong with the value.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// A body is longer than its prefix, its field or its limit can say.
    TooLong {
        /// How many bytes or items there are.
        found: usize,
        /// The most that is allowed, where that can be said in a number.
        limit: Option<usize>,
        /// `bytes` or `items`.
        unit: &'static str,
    },
    /// A body has another size than the fields in front of it say.
    Size {
        /// What they say.
        expected: usize,
        /// What the body has.
        found: usize,
        /// `bytes` or `items`.
        unit: &'static str,
    },
    /// A length is no whole multiple of its unit, or below its bias.
    Scale {
        /// The length in bytes.
        found: usize,
        /// The unit.
        scale: usize,
    },
    /// A body contains the delimiter that would end it.
    Delimiter {
        /// The bytes of the delimiter.
        delimiter: Cow<'static, [u8]>,
        /// Where in the body it stands.
        at: usize,
    },
    /// A fixed field's value ends in the byte that fills it up, which decoding trims.
    Fill {
        /// That byte.
        fill: u8,
    },
    /// A number is wider than the bits or bytes it has on the wire.
    Range {
        /// What is allowed.
        expected: Cow<'static, str>,
        /// The number.
        found: String,
    },
    /// A value does not convert to the type that stands on the wire.
    Conversion {
        /// The name of that type.
        to: &'static str,
        /// What the conversion says.
        reason: String,
    },
    /// The variant of an enum is not the one the fields in front of it choose.
    Tag {
        /// The tag they give.
        expected: String,
        /// The tag of the variant.
        found: String,
    },
    /// An optional field is there when its condition says no, or the other way round.
    Presence {
        /// Whether the condition asks for the field.
        expected: bool,
    },
    /// Frames are nested deeper than [`Source::MAX_DEPTH`](crate::Source::MAX_DEPTH), so that the bytes would not decode.
    Depth,
    /// An invariant of the type does not hold; the text is its author's.
    Check(Cow<'static, str>),
    /// The output has no room left.
    Full {
        /// How many bytes were to be written.
        needed: usize,
        /// How many fit.
        room: usize,
    },
}

impl EncodeError {
    /// An error to be located by the encoders around it.
    #[cold]
    pub fn new(kind: EncodeErrorKind) -> Self {
        Self(Box::new(Inner { kind, path: Path::default() }))
    }

    /// An invariant of the author's own that does not hold.
    #[cold]
    pub fn custom(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(EncodeErrorKind::Check(message.into()))
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &EncodeErrorKind {
        &self.0.kind
    }

    /// The field at fault, such as `Packet.body.topic`.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path.to_string()
    }

    /// Puts a field in front of the path.
    #[cold]
    #[must_use]
    pub fn in_field(mut self, name: &'static str) -> Self {
        // An item of a list with words of its own has no name.
        if !name.is_empty() {
            self.0.path.push(Segment::Field(name));
        }
        self
    }

    /// Puts a list index in front of the path.
    #[cold]
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.0.path.push(Segment::Index(index));
        self
    }

    /// Names the type that was encoded. The outermost caller does this once.
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
                write!(f, "{found} {unit} do not fit the length in front of them")
            }
            Self::Size { expected, found, unit } => {
                write!(f, "{found} {unit}, but the fields in front of it say {expected}")
            }
            Self::Scale { found, scale } => {
                write!(f, "{found} bytes cannot be said in units of {scale}")
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
            Self::Conversion { to, reason } => write!(f, "no {}: {}", type_name(to), OneLine(reason)),
            Self::Tag { expected, found } => {
                write!(f, "the variant has the tag {found}, but the fields in front of it say {expected}")
            }
            Self::Presence { expected: true } => f.write_str("the value is absent, but its condition holds"),
            Self::Presence { expected: false } => {
                f.write_str("the value is present, but its condition does not hold")
            }
            Self::Depth => {
                write!(f, "more than {} frames are inside each other", crate::Source::MAX_DEPTH)
            }
            Self::Check(message) => f.write_str(message),
            Self::Full { needed, room } => {
                write!(f, "the output has room for {room} more bytes, {needed} are needed")
            }
        }
    }
}

/// The sentence of `Display`: it is what `main` and a failed `unwrap` show.
impl fmt::Debug for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for EncodeError {}
