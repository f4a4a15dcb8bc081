//! Fields in the user's expressions: `Copy` values by value, all others by reference.

/// A field that the user's expression can use by its name.
///
/// For a `Copy` type `get` is an inherent method, which returns the value. Any other type falls
/// back to [`ByReference`].
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

/// The fallback for fields that are not `Copy`.
pub trait ByReference<'a> {
    /// Type of the value.
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
