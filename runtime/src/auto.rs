//! [`Auto`]: fields that the codec computes.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::marker::PhantomData;

/// A `T` on the wire that takes no space in memory.
///
/// The value is computed from the rest of the frame: a length, a count, a tag, a constant, padding.
/// All `Auto`s are equal, and an `Auto` can never disagree with what it describes.
///
/// ```
/// use framewright::prelude::*;
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Packet {
///     #[len_of(body)]
///     length: Auto<u16>,
///     kind: u8,
///     body: Vec<u8>,
/// }
///
/// let packet = Packet { length: Auto::new(), kind: 7, body: b"hi".to_vec() };
/// assert_eq!(packet.to_vec()?, b"\x00\x02\x07hi");
/// assert_eq!(Packet::decode(b"\x00\x02\x07hi")?, packet);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # In public types
///
/// A struct with a private field cannot be built outside of its module. Either make the `Auto`
/// fields `pub` too, which is safe because there is only one value, and write `Auto::new()` to
/// build the struct. Or keep them private and give the type a `new`:
///
/// ```
/// use framewright::prelude::*;
///
/// #[derive(Frame, Debug, Clone, PartialEq)]
/// #[frame(be)]
/// pub struct Packet {
///     #[len_of(body)]
///     length: Auto<u16>,
///     pub kind: u8,
///     pub body: Vec<u8>,
/// }
///
/// impl Packet {
///     pub fn new(kind: u8, body: Vec<u8>) -> Self {
///         Self { length: Auto::new(), kind, body }
///     }
/// }
/// ```
///
/// With `#[derive(Default)]`, `Packet { kind, body, ..Default::default() }` avoids listing the
/// `Auto` fields if they are `pub`.
pub struct Auto<T = ()>(PhantomData<fn() -> T>);

impl<T> Auto<T> {
    /// Returns the only value of the type.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Auto<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Auto<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Auto<T> {}

impl<T> PartialEq for Auto<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Auto<T> {}

impl<T> PartialOrd for Auto<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Auto<T> {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

impl<T> Hash for Auto<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<T> fmt::Debug for Auto<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Auto")
    }
}
