//! Tests of how often `#[wire(T)]` converts a value. A conversion may encrypt or compress, so
//! encoding a frame converts each value once wherever the codec can do with that.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;

use framewright::prelude::*;

thread_local! {
    static CLONES: Cell<usize> = const { Cell::new(0) };
    static CONVERSIONS: Cell<usize> = const { Cell::new(0) };
}

fn add(counter: &'static std::thread::LocalKey<Cell<usize>>) {
    counter.with(|count| count.set(count.get() + 1));
}

/// A byte that counts its clones.
#[derive(Debug, PartialEq)]
struct V(u8);

impl Clone for V {
    fn clone(&self) -> Self {
        add(&CLONES);
        Self(self.0)
    }
}

/// Declares what a `V` is converted to, and counts the conversions.
macro_rules! wire_type {
    ($type:ty, $value:pat => $byte:expr, $byte_of:ident => $make:expr) => {
        impl From<V> for $type {
            fn from(V($byte_of): V) -> Self {
                add(&CONVERSIONS);
                $make
            }
        }

        impl From<&V> for $type {
            fn from(&V($byte_of): &V) -> Self {
                add(&CONVERSIONS);
                $make
            }
        }

        impl From<$type> for V {
            fn from($value: $type) -> Self {
                Self($byte)
            }
        }
    };
}

#[derive(Frame)]
struct Plain(u8);

wire_type!(Plain, Plain(byte) => byte, byte => Plain(byte));

/// Bytes, whose size varies.
#[derive(Frame)]
struct Bytes(#[rest] Vec<u8>);

wire_type!(Bytes, Bytes(bytes) => bytes.first().copied().unwrap_or(0), byte => Bytes(vec![byte]));

/// A frame that holds frames, though a known number.
#[derive(Frame)]
struct Pair {
    first: Plain,
    #[count_prefixed(u8)]
    more: Vec<u8>,
}

wire_type!(Pair, Pair { first, .. } => first.0, byte => Pair { first: Plain(byte), more: vec![] });

/// A frame that holds frames without a limit.
#[derive(Frame)]
struct Tree {
    byte: u8,
    #[count_prefixed(u8)]
    inside: Vec<Tree>,
}

wire_type!(Tree, Tree { byte, .. } => byte, byte => Tree { byte, inside: vec![] });

#[derive(Frame)]
#[frame(ctx(size: u8))]
struct Given(#[len(size)] Vec<u8>);

wire_type!(Given, Given(bytes) => bytes.first().copied().unwrap_or(0), byte => Given(vec![byte]));

/// Returns the numbers of conversions and of clones.
fn counted<R>(action: impl FnOnce() -> R) -> (usize, usize) {
    CLONES.set(0);
    CONVERSIONS.set(0);
    action();
    (CONVERSIONS.get(), CLONES.get())
}

/// The numbers of conversions for `encode`, `encoded_len`, `to_vec` and a dump.
fn conversions<T: OwnedFrame>(value: &T) -> [usize; 4] {
    let mut out = Vec::new();
    let (encode, clones) = counted(|| value.encode(&mut out).unwrap());
    assert_eq!(value.encoded_len(), out.len());
    assert!(clones <= encode, "{clones} clones for {encode} conversions");
    let (len, _) = counted(|| value.encoded_len());
    let (to_vec, _) = counted(|| value.to_vec().unwrap());
    let (dump, _) = counted(|| value.dump().to_string());
    #[cfg(feature = "json")]
    assert_eq!(counted(|| framewright::json::to_json(value).unwrap()).0, dump);
    T::decode(&out).unwrap();
    [encode, len, to_vec, dump]
}

/// Declares a struct with these fields, and counts its conversions.
macro_rules! of {
    ($($(#[$($attr:tt)*])* $field:ident: $type:ty = $value:expr),* $(,)?) => {{
        #[derive(Frame)]
        #[frame(be)]
        struct Holder { $($(#[$($attr)*])* $field: $type),* }
        conversions(&Holder { $($field: $value),* })
    }};
}

/// Each value is converted once when it is written, and once for a size.
const ONCE: [usize; 4] = [1, 1, 2, 1];

/// A number whose own size varies is written before the value, so `encode` needs the size as well.
const SIZED: [usize; 4] = [2, 1, 3, 2];

/// The size of the value does not matter for the size of the frame.
const FIXED: [usize; 4] = [1, 0, 1, 1];

#[test]
fn zz_show() {
    macro_rules! show { ($($t:tt)*) => { println!("{:?}  {}", of!($($t)*), stringify!($($t)*)); } }
    show!(#[wire(Plain)] v: V = V(1));
    show!(#[wire(Plain, by_ref)] v: V = V(1));
    show!(#[len_prefixed(u8)] #[wire(Plain)] v: V = V(1));
    show!(#[len_prefixed(u8)] #[wire(Bytes)] v: V = V(1));
    show!(#[len_prefixed(u8)] #[wire(Pair)] v: V = V(1));
    show!(#[len_prefixed(u8)] #[wire(Tree)] v: V = V(1));
    show!(#[wire(Tree)] v: V = V(1));
    show!(#[len_prefixed(u8)] #[wire(Plain, by_ref)] v: V = V(1));
    show!(#[len_prefixed(varint)] #[wire(Plain)] v: V = V(1));
    show!(#[len_prefixed(varint)] #[wire(Plain, by_ref)] v: V = V(1));
    show!(#[len_of(v)] n: Auto<u8> = Auto::new(), #[wire(Plain)] v: V = V(1));
    show!(#[len_of(v)] #[wire(varint)] n: Auto<u32> = Auto::new(), #[wire(Plain)] v: V = V(1));
    show!(#[len_of(v)] n: Auto<u8> = Auto::new(), #[wire(Bytes)] v: V = V(1));
    show!(#[until(b"\0")] #[wire(Bytes)] v: V = V(1));
    show!(#[until(b"\0")] #[wire(Plain)] v: V = V(1));
    show!(#[until(b"\0" | b"\n")] #[wire(Bytes)] v: V = V(1));
    show!(#[fixed(1)] #[wire(Plain)] v: V = V(1));
    show!(#[fixed(4, fill = 0)] #[wire(Plain)] v: V = V(1));
    show!(#[rest] #[wire(Bytes)] v: V = V(1));
    show!(#[rest] #[wire(Plain)] v: V = V(1));
    show!(n: u8 = 1, #[len(n)] #[wire(Bytes)] v: V = V(1));
    show!(n: u8 = 1, #[len(n)] #[wire(Bytes, by_ref)] v: V = V(1));
    show!(n: u8 = 1, #[len(n, lenient)] #[wire(Plain)] v: V = V(1));
    show!(#[wire(Given)] #[ctx(1)] v: V = V(1));
    show!(#[len_prefixed(u8)] #[wire(Given)] #[ctx(1)] v: V = V(1));
    show!(#[wire(Plain)] v: [V; 2] = [V(1), V(2)]);
    show!(#[count_prefixed(u8)] #[wire(Plain)] v: Vec<V> = vec![V(1)]);
    show!(#[count_prefixed(u8)] #[wire(Tree)] v: Vec<V> = vec![V(1)]);
    show!(#[count_prefixed(u8)] #[wire(Pair)] v: Vec<V> = vec![V(1)]);
    show!(#[len_prefixed(u8)] #[wire(Plain)] v: Vec<V> = vec![V(1)]);
    show!(#[len_prefixed(varint)] #[wire(Plain)] v: Vec<V> = vec![V(1)]);
    show!(#[rest] #[wire(Plain)] v: Vec<V> = vec![V(1)]);
    show!(#[fixed(4, fill = 0)] #[wire(Plain)] v: Vec<V> = vec![V(1)]);
    show!(#[count_prefixed(u8)] #[each(len_prefixed(u8), wire(Bytes))] v: Vec<V> = vec![V(1)]);
    show!(#[len_prefixed(u8)] #[each(wire(Bytes))] #[separated(b",")] v: Vec<V> = vec![V(1)]);
    show!(n: u8 = 1, #[len(n)] #[wire(Plain)] v: Vec<V> = vec![V(1)]);
    show!(#[len_prefixed(u8)] #[wire(Bytes)] #[optional] v: Option<V> = Some(V(1)));
    show!(#[wire(Plain)] #[optional] v: Option<V> = Some(V(1)));
    show!(n: u8 = 1, #[when(n == 1)] #[len_prefixed(u8)] #[wire(Bytes)] v: Option<V> = Some(V(1)));
    show!(#[len_prefixed(u8)] #[wire(Bytes)] v: V = V(1));
    show!(#[len_prefixed(varint)] #[wire(Plain)] v: V = V(1), #[len_prefixed(u8)] #[wire(Bytes)] w: V = V(1));
}
