//! Fields in the user's expressions: `Copy` values by value, the rest by reference.

/// A field about to be bound to its plain name.
///
/// `get` of a `Copy` type is this type's own method and gives the value; any
/// other type falls through to [`ByReference`].
#[derive(Debug)]
pub struct InScope<'a, T: ?Sized>(pub &'a T);

impl<T: Copy> InScope<'_, T> {
    /// The value.
    #[inline(always)]
    #[must_use]
    pub fn get(&self) -> T {
        *self.0
    }
}

/// Fields that are not `Copy`.
pub trait ByReference<'a> {
    /// What the reference points to.
    type Target: ?Sized;

    /// A reference to the value.
    fn get(&self) -> &'a Self::Target;
}

impl<'a, T: ?Sized> ByReference<'a> for InScope<'a, T> {
    type Target = T;

    #[inline(always)]
    fn get(&self) -> &'a T {
        self.0
    }
}
