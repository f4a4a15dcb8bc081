//! Fields in user expressions: `Copy` values by value, the others by reference.

/// A field to be bound to its plain name.
///
/// For a `Copy` type `get` is an inherent method and returns the value; any other type falls back
/// to [`ByReference`].
#[derive(Debug)]
pub struct InScope<'a, T: ?Sized>(pub &'a T);

impl<T: Copy> InScope<'_, T> {
    /// Returns the value.
    #[inline(always)]
    #[must_use]
    pub fn get(&self) -> T {
        *self.0
    }
}

/// Fields that are not `Copy`.
pub trait ByReference<'a> {
    /// The referenced type.
    type Target: ?Sized;

    /// Returns a reference to the value.
    fn get(&self) -> &'a Self::Target;
}

impl<'a, T: ?Sized> ByReference<'a> for InScope<'a, T> {
    type Target = T;

    #[inline(always)]
    fn get(&self) -> &'a T {
        self.0
    }
}
