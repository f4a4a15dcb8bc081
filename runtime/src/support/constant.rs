//! The user's constants: numbers and bytes that are known at compile time. Constant evaluation
//! cannot call trait methods, so each type has inherent methods with the same names.

use crate::schema::{Order, Type};

/// A user's constant.
#[derive(Debug)]
pub struct Const<T>(T);

/// A type that can be a constant on the wire.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a constant on the wire",
    label = "neither bytes nor a number",
    note = "write bytes, such as `b\"..\"`, `[0xff; 16]` or a constant `&[u8; 4]`, or a number with a type, such as \
            `0xCAFEu16`, a constant, or `Kind::Read as u8`"
)]
pub trait Constant {
    /// Always `Const<Self>`. Functions return this type, so that a type that cannot be a constant
    /// causes one error instead of one for each method.
    type Of;
}

/// A type that can be a delimiter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a delimiter",
    label = "not bytes",
    note = "a delimiter is bytes or one byte: `b\"\\r\\n\"`, `0`, or a constant `&[u8; 2]`, `[u8; 2]` or `u8`"
)]
pub trait Delimiter: Constant {}

/// A type that can be a tag among numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tag here",
    label = "not a number",
    note = "an enum whose tag comes from outside has tags that are numbers, unless one of them is written as a byte \
            string, such as `b\"GET\"`: then all are bytes"
)]
pub trait NumberTag {
    /// Always `Const<Self>`.
    type Of;
}

/// A type that can be a tag among byte strings.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a tag here",
    label = "not bytes",
    note = "the tags here are byte strings: write `b\"GET\"`, or a constant `&[u8; 3]`, `[u8; 3]` or `&[u8]`"
)]
pub trait BytesTag {
    /// Always `Const<Self>`.
    type Of;
}

/// Returns a user's number as a tag.
pub const fn number_tag<T: NumberTag<Of = Const<T>>>(value: T) -> T::Of {
    Const(value)
}

/// Returns a user's bytes as a tag.
pub const fn bytes_tag<T: BytesTag<Of = Const<T>>>(value: T) -> T::Of {
    Const(value)
}

/// Returns a user's constant.
pub const fn constant<T: Constant<Of = Const<T>>>(value: T) -> T::Of {
    Const(value)
}

/// Returns a user's delimiter.
pub const fn delimiter<T: Delimiter<Of = Const<T>>>(value: T) -> T::Of {
    Const(value)
}

/// Copies `bytes` to an array. Panics unless there are exactly `N` bytes.
const fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    assert!(bytes.len() == N, "the length of this constant differs from that of its field");
    let mut copy = [0; N];
    let mut index = 0;
    while index < N {
        copy[index] = bytes[index];
        index += 1;
    }
    copy
}

/// Returns `true` if `value`, a number of a type with `own` bits, fits in `width` bits.
const fn fits(value: i128, signed: bool, own: u32, width: u32) -> bool {
    if width >= own {
        return true;
    }
    if signed {
        let most = 1i128 << (width - 1);
        -most <= value && value < most
    } else {
        value >= 0 && value < 1i128 << width
    }
}

macro_rules! numbers {
    ($($type:ty: $signed:literal),*) => {$(
        impl Constant for $type {
            type Of = Const<Self>;
        }

        impl NumberTag for $type {
            type Of = Const<Self>;
        }

        #[expect(clippy::as_conversions, reason = "constants cannot call `From`")]
        impl Const<$type> {
            /// Returns the size of the number in bytes.
            #[expect(clippy::len_without_is_empty, reason = "it never is")]
            #[must_use]
            pub const fn len(&self) -> usize {
                size_of::<$type>()
            }

            /// Returns the bytes of the number.
            #[must_use]
            pub const fn bytes<const N: usize>(&self, order: Option<Order>) -> [u8; N] {
                match order {
                    Some(Order::Little) => first(&self.0.to_le_bytes()),
                    _ => first(&self.0.to_be_bytes()),
                }
            }

            /// Returns the low `N` bytes of the number.
            #[must_use]
            pub const fn low<const N: usize>(&self, little: bool) -> [u8; N] {
                let whole = (self.0 as i128).to_le_bytes();
                let mut bytes = [0; N];
                let mut index = 0;
                while index < N {
                    bytes[if little { index } else { N - 1 - index }] = whole[index];
                    index += 1;
                }
                bytes
            }

            /// Returns the number as bits, sign-extended.
            #[must_use]
            pub const fn bits(&self) -> u128 {
                self.0 as u128
            }

            /// Returns the number as an `i128`. Tags that are outside of their enum are compared as
            /// `i128`.
            ///
            /// # Panics
            /// Panics if the number does not fit.
            #[must_use]
            #[track_caller]
            pub const fn number(&self) -> i128 {
                let number = self.0 as i128;
                assert!($signed || number >= 0, "this tag is beyond `i128`");
                number
            }

            /// Returns the type of the number on the wire.
            #[must_use]
            pub const fn ty(&self, order: Option<Order>) -> Type {
                let order = if self.len() == 1 { None } else { order };
                Type::Int { bytes: size_of::<$type>(), signed: $signed, order }
            }

            /// Checks that the number can be encoded.
            ///
            /// # Panics
            /// Panics if the number has several bytes and no byte order is given.
            #[track_caller]
            pub const fn stands(&self, order: Option<Order>) {
                assert!(
                    self.len() == 1 || order.is_some(),
                    "a number of several bytes needs a byte order: write `#[frame(be)]` or `#[frame(le)]` on the type"
                );
            }

            /// Checks that the number fits this many bits.
            ///
            /// # Panics
            /// Panics if the number needs more bits.
            #[track_caller]
            pub const fn fits(&self, width: u32) {
                assert!(
                    fits(self.0 as i128, $signed, <$type>::BITS, width),
                    "this constant does not fit in its bits or bytes"
                );
            }
        }
    )*};
}

numbers!(u8: false, u16: false, u32: false, u64: false, u128: false);
numbers!(i8: true, i16: true, i32: true, i64: true, i128: true);

macro_rules! floats {
    ($($type:ty),*) => {$(
        impl Constant for $type {
            type Of = Const<Self>;
        }

        impl Const<$type> {
            /// Returns the size of the number in bytes.
            #[expect(clippy::len_without_is_empty, reason = "it never is")]
            #[must_use]
            pub const fn len(&self) -> usize {
                size_of::<$type>()
            }

            /// Returns the bytes of the number.
            #[must_use]
            pub const fn bytes<const N: usize>(&self, order: Option<Order>) -> [u8; N] {
                constant(self.0.to_bits()).bytes(order)
            }

            /// Returns the type of the number on the wire.
            #[must_use]
            pub const fn ty(&self, order: Option<Order>) -> Type {
                let order = match order {
                    Some(order) => order,
                    None => Order::Big,
                };
                Type::Float { bytes: size_of::<$type>(), order }
            }

            /// Checks that the number can be encoded.
            ///
            /// # Panics
            /// Panics if no byte order is given.
            #[track_caller]
            pub const fn stands(&self, order: Option<Order>) {
                constant(self.0.to_bits()).stands(order);
            }
        }
    )*};
}

floats!(f32, f64);

impl Constant for bool {
    type Of = Const<Self>;
}

impl NumberTag for bool {
    type Of = Const<Self>;
}

impl Const<bool> {
    const fn byte(&self) -> Const<u8> {
        Const(if self.0 { 1 } else { 0 })
    }

    /// Returns the number as an `i128`. Tags that are outside of their enum are compared as `i128`.
    #[must_use]
    pub const fn number(&self) -> i128 {
        self.byte().number()
    }

    /// Returns the size of the `bool` in bytes.
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    #[must_use]
    pub const fn len(&self) -> usize {
        1
    }

    /// Returns the byte of the `bool`, 0 or 1.
    #[must_use]
    pub const fn bytes<const N: usize>(&self, _: Option<Order>) -> [u8; N] {
        self.byte().bytes(None)
    }

    /// Returns the low `N` bytes of the `bool`.
    #[must_use]
    pub const fn low<const N: usize>(&self, little: bool) -> [u8; N] {
        self.byte().low(little)
    }

    /// Returns the number as bits.
    #[must_use]
    pub const fn bits(&self) -> u128 {
        self.byte().bits()
    }

    /// Returns the type of the `bool` on the wire.
    #[must_use]
    pub const fn ty(&self, _: Option<Order>) -> Type {
        Type::Bool
    }

    /// Does nothing, because any `bool` can be encoded.
    pub const fn stands(&self, _: Option<Order>) {}

    /// Does nothing, because a `bool` fits any number of bits.
    pub const fn fits(&self, _: u32) {}
}

macro_rules! byte_strings {
    ($([$($parameter:tt)*] $type:ty: {$($by:tt)?}),*) => {$(
        impl<$($parameter)*> Constant for $type {
            type Of = Const<Self>;
        }

        impl<$($parameter)*> Delimiter for $type {}

        impl<$($parameter)*> BytesTag for $type {
            type Of = Const<Self>;
        }

        impl<$($parameter)*> Const<$type> {
            const fn slice(&self) -> &[u8] {
                $($by)? self.0
            }

            /// Returns the number of bytes.
            #[expect(clippy::len_without_is_empty, reason = "none are refused")]
            #[must_use]
            pub const fn len(&self) -> usize {
                self.slice().len()
            }

            /// Returns the bytes.
            #[must_use]
            pub const fn bytes<const N: usize>(&self, _: Option<Order>) -> [u8; N] {
                first(self.slice())
            }

            /// Returns the type of the bytes on the wire.
            #[must_use]
            pub const fn ty(&self, _: Option<Order>) -> Type {
                Type::Bytes
            }

            /// Checks that the bytes can be a delimiter.
            ///
            /// # Panics
            /// Panics if the value has no bytes.
            #[track_caller]
            pub const fn stands(&self, _: Option<Order>) {
                assert!(self.len() > 0, "a delimiter needs at least one byte");
            }
        }
    )*};
}

byte_strings!([const M: usize] [u8; M]: {&}, ['a, const M: usize] &'a [u8; M]: {}, ['a] &'a [u8]: {});

impl Delimiter for u8 {}
