//! Converts values to the form that the vectors have: structs are objects, everything else is
//! numbers and lists.

use framewright::prelude::*;
use serde_json::Value as Json;

/// A value that can be converted to the form that the vectors have.
pub(crate) trait Unpacked {
    /// Converts the value. Returns `None` for a value that the vectors do not contain, such as an
    /// `Auto`.
    fn unpacked(&self) -> Option<Json>;
}

/// An enum. In the vectors, it is a number.
pub(crate) trait Enumerated {
    fn number(&self) -> u64;
}

impl<T: Enumerated> Unpacked for T {
    fn unpacked(&self) -> Option<Json> {
        Some(Json::from(self.number()))
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Unpacked for $type {
            fn unpacked(&self) -> Option<Json> {
                Some(Json::from(*self))
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64);

impl<T> Unpacked for Auto<T> {
    fn unpacked(&self) -> Option<Json> {
        None
    }
}

impl<T: Unpacked> Unpacked for Vec<T> {
    fn unpacked(&self) -> Option<Json> {
        Some(self.iter().filter_map(Unpacked::unpacked).collect())
    }
}

impl<T: Unpacked, const N: usize> Unpacked for [T; N] {
    fn unpacked(&self) -> Option<Json> {
        Some(self.iter().filter_map(Unpacked::unpacked).collect())
    }
}

impl<T: Unpacked> Unpacked for Option<T> {
    fn unpacked(&self) -> Option<Json> {
        self.as_ref().map_or(Some(Json::Null), Unpacked::unpacked)
    }
}

/// Returns the bytes of hexadecimal digits.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// Declares structs with these words, and implements `Unpacked` for them.
macro_rules! packets {
    (@one [$($words:tt)*] $name:ident { $($(#[$word:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[derive(Frame, Debug, PartialEq)]
        #[frame($($words)*)]
        pub(crate) struct $name {
            $($(#[$word])* $field: $type,)*
        }

        impl Unpacked for $name {
            fn unpacked(&self) -> Option<Json> {
                let members = [$((stringify!($field), self.$field.unpacked())),*];
                Some(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
            }
        }
    };
    ($words:tt $($name:ident $fields:tt)*) => {
        $(packets! { @one $words $name $fields })*
    };
}
pub(crate) use packets;

/// Declares fieldless enums with these numbers, and implements `Enumerated` for them.
macro_rules! enumerations {
    ($([$($words:tt)*] $name:ident { $($variant:ident = $number:literal),* $(,)? })*) => {$(
        #[derive(Frame, Clone, Copy, Debug, PartialEq)]
        #[frame($($words)*)]
        pub(crate) enum $name {
            $($variant = $number,)*
        }

        impl Enumerated for $name {
            fn number(&self) -> u64 {
                match self {
                    $(Self::$variant => $number,)*
                }
            }
        }
    )*};
}
pub(crate) use enumerations;

/// Declares enums whose variants may stand for a range of numbers, or for all remaining numbers.
/// Such a variant keeps the number.
macro_rules! ranges {
    ($([$($words:tt)*] $name:ident { $($variants:tt)* })*) => {$(
        ranges! { @variants [$($words)*] $name [] [] $($variants)* }
    )*};
    (@variants $words:tt $name:ident [$($declared:tt)*] [$($arms:tt)*] $variant:ident = ($($tags:tt)*) $(, $($more:tt)*)?) => {
        ranges! {
            @variants $words $name
            [$($declared)* #[tag($($tags)*)] $variant(#[tag] u8),] [$($arms)* Self::$variant(number) => u64::from(*number),]
            $($($more)*)?
        }
    };
    (@variants $words:tt $name:ident [$($declared:tt)*] [$($arms:tt)*] $variant:ident = $tag:literal $(, $($more:tt)*)?) => {
        ranges! {
            @variants $words $name [$($declared)* #[tag($tag)] $variant,] [$($arms)* Self::$variant => $tag,]
            $($($more)*)?
        }
    };
    (@variants [$($words:tt)*] $name:ident [$($declared:tt)*] [$($arms:tt)*]) => {
        #[derive(Frame, Clone, Copy, Debug, PartialEq)]
        #[frame($($words)*)]
        pub(crate) enum $name {
            $($declared)*
        }

        impl Enumerated for $name {
            fn number(&self) -> u64 {
                match self {
                    $($arms)*
                }
            }
        }
    };
}
pub(crate) use ranges;
