//! Tags that are outside of their enum.

use alloc::format;
use core::fmt::Debug;

use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::Tags;

/// An enum that knows the tag of each variant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not have a tag to write",
    label = "a tag cannot be written for all of its variants",
    note = "`#[tag_of(..)]` needs an enum without a tag of its own, in which a variant with `#[tag(_)]` or a range \
            keeps its tag in a field marked `#[tag]`; if none is kept, `#[tag(expr)]` chooses the variant"
)]
pub trait Tagged {
    /// Type of the tag: a number, or an array of bytes.
    type Tag: Copy + Debug + PartialEq + Default;

    /// Whether any variant keeps its tag in a field.
    const KEEPS: bool;

    /// Returns the tag of this variant.
    ///
    /// # Errors
    /// Returns an error if the kept tag is not one of the variant's tags.
    fn tag(&self) -> Result<Self::Tag, EncodeError>;
}

impl<T: Tagged + ?Sized> Tagged for &T {
    type Tag = T::Tag;

    const KEEPS: bool = T::KEEPS;

    #[inline]
    fn tag(&self) -> Result<Self::Tag, EncodeError> {
        T::tag(self)
    }
}

impl<T: Tagged + ?Sized> Tagged for alloc::boxed::Box<T> {
    type Tag = T::Tag;

    const KEEPS: bool = T::KEEPS;

    #[inline]
    fn tag(&self) -> Result<Self::Tag, EncodeError> {
        T::tag(self)
    }
}

/// A value that can be a tag of type `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the tag here",
    label = "not a tag of type `{T}`",
    note = "a tag is an integer, a fieldless enum, or `[u8; N]` for tags that are byte strings"
)]
pub trait TagValue<T>: Sized {
    /// Converts the value to the tag.
    fn to_tag(self) -> T;

    /// Converts the tag to a value, if it fits.
    fn from_tag(tag: T) -> Option<Self>;
}

macro_rules! tag_values {
    ($($type:ty),*) => {$(
        impl TagValue<i128> for $type {
            #[inline]
            fn to_tag(self) -> i128 {
                i128::from(self)
            }

            #[inline]
            fn from_tag(tag: i128) -> Option<Self> {
                Self::try_from(tag).ok()
            }
        }

        impl TagValue<$type> for $type {
            #[inline]
            fn to_tag(self) -> $type {
                self
            }

            #[inline]
            fn from_tag(tag: $type) -> Option<Self> {
                Some(tag)
            }
        }
    )*};
}

tag_values!(u8, u16, u32, u64, i8, i16, i32, i64);

/// Sizes, for expressions such as `#[tag(body.len())]`.
macro_rules! tag_sizes {
    ($($type:ty),*) => {$(
        impl TagValue<i128> for $type {
            fn to_tag(self) -> i128 {
                // A size has at most 64 bits.
                i128::try_from(self).unwrap_or(i128::MAX)
            }

            fn from_tag(tag: i128) -> Option<Self> {
                Self::try_from(tag).ok()
            }
        }
    )*};
}

tag_sizes!(usize, isize);

impl TagValue<i128> for i128 {
    #[inline]
    fn to_tag(self) -> i128 {
        self
    }

    #[inline]
    fn from_tag(tag: i128) -> Option<Self> {
        Some(tag)
    }
}

impl TagValue<i128> for bool {
    #[inline]
    fn to_tag(self) -> i128 {
        i128::from(self)
    }

    fn from_tag(tag: i128) -> Option<Self> {
        match tag {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<const N: usize> TagValue<[u8; N]> for [u8; N] {
    #[inline]
    fn to_tag(self) -> [u8; N] {
        self
    }

    #[inline]
    fn from_tag(tag: [u8; N]) -> Option<Self> {
        Some(tag)
    }
}

macro_rules! tag_tuples {
    ($($value:ident $tag:ident $index:tt),*) => {
        impl<$($tag, $value: TagValue<$tag>),*> TagValue<($($tag,)*)> for ($($value,)*) {
            #[inline]
            fn to_tag(self) -> ($($tag,)*) {
                ($(self.$index.to_tag(),)*)
            }

            #[inline]
            fn from_tag(tag: ($($tag,)*)) -> Option<Self> {
                Some(($($value::from_tag(tag.$index)?,)*))
            }
        }
    };
}

tag_tuples!(A X 0);
tag_tuples!(A X 0, B Y 1);
tag_tuples!(A X 0, B Y 1, C Z 2);
tag_tuples!(A X 0, B Y 1, C Z 2, D W 3);

/// A fieldless enum that was read earlier can also be a tag.
impl<T: Tagged<Tag: TagValue<i128>>> TagValue<i128> for T {
    fn to_tag(self) -> i128 {
        // A value selects no variant if its own tag cannot be encoded. Encoding that value reports
        // the error.
        self.tag().map_or(i128::MIN, TagValue::to_tag)
    }

    fn from_tag(_: i128) -> Option<Self> {
        None
    }
}

/// Returns the value of the `tag_of` field for `target`.
///
/// # Errors
/// Returns an error if the tag does not fit the number.
#[inline]
pub fn tag_to_wire<T: Tagged, N: TagValue<T::Tag>>(target: &T) -> Result<N, EncodeError> {
    let tag = target.tag()?;
    N::from_tag(tag).ok_or_else(|| wrong_tag("a tag that fits the earlier field", &tag))
}

/// Checks that two `tag_of` fields can have the same target.
///
/// # Panics
/// Panics if variants keep their tag. During constant evaluation this is a compile error.
pub const fn tag_is_said_twice<T: Tagged>() {
    assert!(!T::KEEPS, "an enum that keeps its tag cannot have two `tag_of`: write one");
}

/// Returns the tag of `target` for measuring, or a default if `target` has no tag. Measuring does
/// not depend on the tag.
#[inline]
pub fn tag_or_zero<T: Tagged>(target: &T) -> T::Tag {
    target.tag().unwrap_or_default()
}

/// Returns the kept tag in `field`, converted to the type in which the enum compares tags.
#[inline]
pub fn kept_tag<N: TagValue<T> + Copy, T>(field: &N) -> T {
    field.to_tag()
}

/// Converts a decoded tag to the type of the field that keeps it.
///
/// # Errors
/// Returns an error if the tag does not fit the field.
#[inline]
pub fn keep_tag<N: TagValue<T>, T: Copy + Debug>(tag: T, name: &'static str) -> Result<N, DecodeError> {
    N::from_tag(tag).ok_or_else(|| does_not_fit(&tag, name))
}

#[cold]
fn does_not_fit(tag: &dyn Debug, name: &'static str) -> DecodeError {
    let kind = DecodeErrorKind::Value {
        expected: "a tag that fits the field it is kept in".into(),
        found: format!("{tag:?}"),
    };
    DecodeError::new(kind).in_field(name)
}

/// Checks that the tag of a value is the tag that earlier fields give.
///
/// # Errors
/// Returns an error if the tags differ.
#[inline]
pub fn check_tag<T: PartialEq + Debug>(given: T, own: T) -> Result<(), EncodeError> {
    if given == own {
        return Ok(());
    }
    Err(EncodeError::new(EncodeErrorKind::Tag { expected: format!("{given:?}"), found: format!("{own:?}") }))
}

/// Checks that the tag `given` from outside selects this variant, which has the tag `own`. `fits`
/// says whether it does.
///
/// # Errors
/// Returns an error if `fits` is `false`.
#[inline]
pub fn check_chosen(fits: bool, given: &dyn Debug, own: &str) -> Result<(), EncodeError> {
    if fits { Ok(()) } else { Err(not_chosen(given, own)) }
}

#[cold]
fn not_chosen(given: &dyn Debug, own: &str) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Tag { expected: format!("{given:?}"), found: own.into() })
}

/// Returns the error of an unexpected tag.
#[cold]
pub fn wrong_tag(expected: &'static str, found: &dyn Debug) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Range { expected: expected.into(), found: format!("{found:?}") })
}

/// Checks that the tags of a variant differ from the tags of earlier variants.
///
/// # Panics
/// Panics if the tags overlap. During constant evaluation this is a compile error.
#[track_caller]
pub const fn tags_are_apart(above: &[Tags], own: &[Tags]) {
    let mut index = 0;
    while index < above.len() * own.len() {
        let (one, other) = (&above[index / own.len()], &own[index % own.len()]);
        if let (Tags::Range(first, last), Tags::Range(from, to)) = (one, other) {
            assert!(
                *last < *from || *to < *first,
                "this tag overlaps that of a variant above: each tag must select one variant"
            );
        }
        index += 1;
    }
}
