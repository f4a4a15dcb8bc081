//! Tests of the depth of nested frames. The limit is the same for encoding and decoding, and a
//! deeper value is refused before it is visited.

#![allow(clippy::unwrap_used)]

use framewright::prelude::*;
use framewright::{EncodeError, EncodeErrorKind};

const MOST: usize = 128;

/// A depth at which visiting the whole value would overflow the stack.
const ABYSS: usize = 200_000;

/// Builds a nested value from the inside, which needs no deep stack.
fn nested<T>(levels: usize, innermost: T, around: impl Fn(T) -> T) -> T {
    (0..levels).fold(innermost, |inner, _| around(inner))
}

fn is_too_deep<T>(result: Result<T, EncodeError>) {
    assert_eq!(result.err().map(|error| error.kind().clone()), Some(EncodeErrorKind::Depth));
}

/// Checks that values with the maximum depth encode and decode, and that deeper values are refused.
fn is_bounded<T: OwnedFrame>(at_depth: impl Fn(usize) -> T) {
    let bytes = at_depth(MOST).to_vec().unwrap();
    assert_eq!(at_depth(MOST).encoded_len(), bytes.len());
    T::decode(&bytes).unwrap();
    for levels in [MOST + 1, ABYSS] {
        let deep = at_depth(levels);
        is_too_deep(deep.to_vec());
        is_too_deep(deep.to_bytes());
        let mut out = vec![7];
        is_too_deep(deep.encode(&mut out));
        assert_eq!(out, [7]);
        assert_eq!(deep.encoded_len(), 0);
        assert!(deep.dump().to_string().contains("are nested"), "{}", deep.dump());
        #[cfg(feature = "json")]
        is_too_deep(framewright::json::to_json(&deep));
        // Dropping the value would overflow the stack as well, because Rust drops boxes
        // recursively.
        std::mem::forget(deep);
    }
}

#[derive(Frame)]
struct Chain {
    n: u8,
    #[len_prefixed(varint)]
    next: Option2,
}

/// An enum that contains itself in a box.
#[derive(Frame)]
#[frame(tag = u8)]
enum Option2 {
    #[tag(0)]
    End,
    #[tag(1)]
    Next(Box<Option2>),
}

#[test]
fn boxes() {
    // `Chain` is the outermost frame, and its field is the first level.
    is_bounded(|levels| Chain {
        n: 1,
        next: nested(levels - 1, Option2::End, |inner| Option2::Next(Box::new(inner))),
    });
}

#[derive(Frame)]
struct Tree {
    #[presence_of(left)]
    has: Auto<bool>,
    left: Option<Box<Tree>>,
    #[count_prefixed(u8)]
    more: Vec<Tree>,
    #[len_prefixed(u8)]
    pairs: Vec<(u8, [Tree; 1])>,
}

fn tree() -> Tree {
    Tree { has: Auto::new(), left: None, more: Vec::new(), pairs: Vec::new() }
}

#[test]
fn options_lists_tuples_and_arrays() {
    // The innermost frame has a list, which counts as a level even if it is empty.
    is_bounded(|levels| nested(levels - 1, tree(), |inner| Tree { left: Some(Box::new(inner)), ..tree() }));
    is_bounded(|levels| nested(levels - 1, tree(), |inner| Tree { more: vec![inner], ..tree() }));
    // A length of one byte encloses each level, so values that are not too deep are still too
    // large. They fail with another error.
    let deep = |levels| nested(levels, tree(), |inner| Tree { pairs: vec![(1, [inner])], ..tree() });
    is_too_deep(deep(MOST + 1).to_vec());
    assert!(!matches!(deep(MOST - 1).to_vec().unwrap_err().kind(), EncodeErrorKind::Depth));
}

#[derive(Frame)]
struct Wrap<T> {
    inner: T,
    n: u8,
}

#[derive(Frame)]
#[frame(tag = u8)]
enum Wrapped {
    #[tag(0)]
    End,
    #[tag(1)]
    Next(Box<Wrap<Wrapped>>),
}

#[test]
fn generic_frames() {
    // Each step adds two levels.
    is_bounded(|levels| {
        nested(levels.div_ceil(2), Wrapped::End, |inner| Wrapped::Next(Box::new(Wrap { inner, n: 0 })))
    });
}

/// A frame with items of its own type.
#[derive(Frame)]
struct Listed {
    #[count_prefixed(u8)]
    #[each(len_prefixed(varint))]
    items: Vec<Listed>,
}

#[test]
fn items_with_words_of_their_own() {
    is_bounded(|levels| {
        nested((levels - 1) / 2, Listed { items: Vec::new() }, |inner| Listed { items: vec![inner] })
    });
}

#[derive(Frame)]
struct Outer {
    kind: u8,
    #[ctx(kind)]
    body: Handed,
}

#[derive(Frame)]
#[frame(ctx(kind: u8))]
struct Handed {
    #[when(kind > 0)]
    n: Option<u8>,
    #[optional]
    #[ctx(kind)]
    next: Option<Box<Handed>>,
}

#[test]
fn frames_with_context() {
    let end = || Handed { n: Some(1), next: None };
    let deep = |levels| Outer {
        kind: 1,
        body: nested(levels, end(), |inner| Handed { n: Some(1), next: Some(Box::new(inner)) }),
    };
    is_bounded(|levels| deep(levels - 1));
    let Outer { body, .. } = deep(ABYSS);
    is_too_deep(body.encode_with(&mut Vec::new(), 1));
    assert_eq!(body.encoded_len_with(1), 0);
    std::mem::forget(body);
}

#[test]
fn attempts() {
    #[derive(Frame)]
    struct Tried {
        #[len_prefixed(varint)]
        inner: framewright::Attempt<Option2>,
    }
    let deep = |levels| Tried {
        inner: framewright::Attempt::Frame(nested(levels - 1, Option2::End, |inner| {
            Option2::Next(Box::new(inner))
        })),
    };
    is_bounded(deep);
}

/// A chain of frames. It is dropped in a loop, because the codec drops what it has converted.
#[derive(Frame)]
struct Link {
    #[presence_of(next)]
    has: Auto<bool>,
    next: Option<Box<Link>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut link) = next {
            next = link.next.take();
        }
    }
}

fn links(count: usize) -> Link {
    let end = Link { has: Auto::new(), next: None };
    nested(count - 1, end, |inner| Link { has: Auto::new(), next: Some(Box::new(inner)) })
}

/// A number that is converted to as many links.
#[derive(Clone)]
struct Levels(usize);

impl From<Levels> for Link {
    fn from(levels: Levels) -> Self {
        links(levels.0)
    }
}

impl From<&Levels> for Link {
    fn from(levels: &Levels) -> Self {
        links(levels.0)
    }
}

impl From<Link> for Levels {
    fn from(link: Link) -> Self {
        Self(
            link.next
                .as_deref()
                .map_or(0, |next| std::iter::successors(Some(next), |link| link.next.as_deref()).count())
                + 1,
        )
    }
}

impl From<Link> for u32 {
    fn from(link: Link) -> Self {
        Levels::from(link).0.try_into().unwrap()
    }
}

impl From<u32> for Link {
    fn from(count: u32) -> Self {
        links(count.try_into().unwrap())
    }
}

/// Checks the depth of values of a struct with this field. `above` is the number of frames between
/// the struct and the links.
macro_rules! is_bounded_in {
    ($above:expr, $count:ident => $(#[$($attr:tt)*])* $field:ident: $type:ty = $value:expr) => {{
        #[derive(Frame)]
        struct Holder { $(#[$($attr)*])* $field: $type }
        is_bounded(|levels| {
            let $count = levels - $above;
            Holder { $field: $value }
        });
    }};
}

#[test]
fn converted_values() {
    is_bounded_in!(0, n => #[wire(Link)] v: Levels = Levels(n));
    is_bounded_in!(0, n => #[wire(Link, by_ref)] v: Levels = Levels(n));
    is_bounded_in!(0, n => #[wire(Link)] v: u32 = n.try_into().unwrap());
    is_bounded_in!(0, n => #[len_prefixed(u8)] #[wire(Link)] v: Levels = Levels(n));
    is_bounded_in!(0, n => #[len_prefixed(varint)] #[wire(Link, by_ref)] v: Levels = Levels(n));
    is_bounded_in!(0, n => #[rest] #[wire(Link)] v: Levels = Levels(n));
    is_bounded_in!(0, n => #[wire(Link)] v: [Levels; 2] = [Levels(1), Levels(n)]);
    is_bounded_in!(0, n => #[optional] #[wire(Link)] v: Option<Levels> = Some(Levels(n)));
    is_bounded_in!(0, n => #[count_prefixed(u8)] #[wire(Link)] v: Vec<Levels> = vec![Levels(1), Levels(n)]);
    is_bounded_in!(0, n => #[rest] #[wire(Link)] v: Vec<u32> = vec![n.try_into().unwrap()]);
    is_bounded_in!(1, n => #[count_prefixed(u8)] #[each(len_prefixed(varint), wire(Link))] v: Vec<Levels>
        = vec![Levels(n)]);
}

/// A chain of values, each of which is converted inside the one before it.
#[derive(Clone)]
struct Shared(Option<std::sync::Arc<Shared>>);

impl Drop for Shared {
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(mut last) = next.and_then(std::sync::Arc::into_inner) {
            next = last.0.take();
        }
    }
}

/// Declares a frame that contains a [`Shared`], which is converted to such a frame again.
macro_rules! converted_again {
    ($name:ident, $wire:ty, $make:expr, $(#[$($attr:tt)*])*) => {
        #[derive(Frame)]
        struct $name {
            #[presence_of(next)]
            has: Auto<bool>,
            $(#[$($attr)*])*
            #[wire($wire)]
            next: Option<Shared>,
        }

        impl From<Shared> for $wire {
            fn from(shared: Shared) -> Self {
                $make($name { has: Auto::new(), next: shared.0.as_ref().map(|next| Shared::clone(next)) })
            }
        }

        impl From<$wire> for Shared {
            fn from(frame: $wire) -> Self {
                Self(frame.next.as_ref().map(|next| std::sync::Arc::new(next.clone())))
            }
        }
    };
}

converted_again!(Alone, Box<Alone>, Box::new,);
converted_again!(Sized, Sized, std::convert::identity, #[len_prefixed(varint)]);

#[test]
fn values_that_are_converted_inside_converted_ones() {
    let chain = |count| nested(count, Shared(None), |inner| Shared(Some(std::sync::Arc::new(inner))));
    is_bounded(|levels| Alone { has: Auto::new(), next: Some(chain(levels - 1)) });
    is_bounded(|levels| Sized { has: Auto::new(), next: Some(chain(levels - 1)) });
}

/// Items with words of their own are frames to the decoder, even if they are numbers.
#[derive(Frame)]
struct Numbers {
    #[presence_of(next)]
    has: Auto<bool>,
    next: Option<Box<Numbers>>,
    #[count_prefixed(u8)]
    #[each(wire(dec), until(b" "))]
    numbers: Vec<u8>,
}

#[test]
fn numbers_with_words_of_their_own() {
    let end = || Numbers { has: Auto::new(), next: None, numbers: vec![7] };
    is_bounded(|levels| nested(levels - 1, end(), |inner| Numbers { next: Some(Box::new(inner)), ..end() }));
}
