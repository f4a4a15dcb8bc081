//! Tests of how often `#[wire(T)]` converts a value. A conversion may encrypt or compress, so
//! `encode` converts each value once, with few exceptions.

#![allow(clippy::unwrap_used)]

use std::cell::Cell;

use framewright::prelude::*;
use framewright::{DecodeError, EncodeError, Schema, Sink, Source};

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

/// Rest, whose size varies.
#[derive(Frame)]
struct Rest(#[rest] Vec<u8>);

wire_type!(Rest, Rest(bytes) => bytes.first().copied().unwrap_or(0), byte => Rest(vec![byte]));

/// A frame that holds another one, and numbers.
#[derive(Frame)]
struct Pair {
    first: Plain,
    #[count_prefixed(u8)]
    more: Vec<u8>,
}

wire_type!(Pair, Pair { first, .. } => first.0, byte => Pair { first: Plain(byte), more: vec![] });

/// A frame that may contain itself.
#[derive(Frame)]
struct Tree {
    byte: u8,
    #[count_prefixed(u8)]
    inside: Vec<Tree>,
}

wire_type!(Tree, Tree { byte, .. } => byte, byte => Tree { byte, inside: vec![] });

#[derive(Frame)]
enum Kind {
    #[tag(1)]
    One(u8),
    #[tag(_)]
    More(u8),
}

wire_type!(Kind, (Kind::One(byte) | Kind::More(byte)) => byte, byte => Kind::One(byte));

/// A frame with a list of frames that hold none.
#[derive(Frame)]
struct Listed(#[count_prefixed(u8)] Vec<Plain>, #[optional] Option<Box<Plain>>);

wire_type!(Listed, Listed(list, _) => list.first().map_or(0, |plain| plain.0), byte => Listed(vec![Plain(byte)], None));

impl From<Vec<V>> for Listed {
    fn from(values: Vec<V>) -> Self {
        add(&CONVERSIONS);
        Self(values.iter().map(|value| Plain(value.0)).collect(), None)
    }
}

impl From<&Vec<V>> for Listed {
    fn from(values: &Vec<V>) -> Self {
        add(&CONVERSIONS);
        Self(values.iter().map(|value| Plain(value.0)).collect(), None)
    }
}

impl From<Listed> for Vec<V> {
    fn from(Listed(all, _): Listed) -> Self {
        all.into_iter().map(|plain| V(plain.0)).collect()
    }
}

impl From<V> for Box<Plain> {
    fn from(value: V) -> Self {
        Self::new(value.into())
    }
}

impl From<Box<Plain>> for V {
    fn from(plain: Box<Plain>) -> Self {
        (*plain).into()
    }
}

impl From<Box<V>> for Plain {
    fn from(value: Box<V>) -> Self {
        (*value).into()
    }
}

impl From<Plain> for Box<V> {
    fn from(plain: Plain) -> Self {
        Self::new(plain.into())
    }
}

impl From<(V, u8)> for Plain {
    fn from((value, _): (V, u8)) -> Self {
        value.into()
    }
}

impl From<Plain> for (V, u8) {
    fn from(plain: Plain) -> Self {
        (plain.into(), 0)
    }
}

#[derive(Frame)]
#[frame(ctx(size: u8))]
struct Given(#[len(size)] Vec<u8>);

wire_type!(Given, Given(bytes) => bytes.first().copied().unwrap_or(0), byte => Given(vec![byte]));

/// Returns the number of conversions. Each is of a value or of its only clone.
fn counted<R>(by_ref: bool, action: impl FnOnce() -> R) -> usize {
    CLONES.set(0);
    CONVERSIONS.set(0);
    action();
    let conversions = CONVERSIONS.get();
    assert_eq!(CLONES.get(), if by_ref { 0 } else { conversions });
    conversions
}

/// Returns how many values `encode`, `encoded_len`, `to_vec` and a dump convert.
fn conversions_of<T: OwnedFrame>(value: &T, by_ref: bool) -> [usize; 4] {
    let mut out = Vec::new();
    let encode = counted(by_ref, || value.encode(&mut out).unwrap());
    let len = counted(by_ref, || assert_eq!(value.encoded_len(), out.len()));
    let to_vec = counted(by_ref, || value.to_vec().unwrap());
    assert_eq!(counted(by_ref, || value.to_bytes().unwrap()), to_vec);
    let dump = counted(by_ref, || value.dump().to_string());
    #[cfg(feature = "json")]
    assert_eq!(counted(by_ref, || framewright::json::to_json(value).unwrap()), dump);
    T::decode(&out).unwrap();
    [encode, len, to_vec, dump]
}

/// Checks the conversions of structs with these fields.
macro_rules! convert {
    ($expected:expr, $by_ref:expr; $({ $($(#[$($attr:tt)*])* $field:ident: $type:ty = $value:expr),* })*) => {$({
        #[derive(Frame)]
        #[frame(be)]
        struct Holder { $($(#[$($attr)*])* $field: $type),* }
        let conversions = conversions_of(&Holder { $($field: $value),* }, $by_ref);
        assert_eq!(conversions, $expected, "{}", stringify!($($(#[$($attr)*])* $field: $type),*));
    })*};
}

/// A value is converted once to be written, and once for its size, by which `to_vec` allocates.
const ONCE: [usize; 4] = [1, 1, 2, 1];

/// The size of the frame does not depend on the value.
const FIXED: [usize; 4] = [1, 0, 1, 1];

/// The size of the value is written before it, in a number of varying size.
const MEASURED: [usize; 4] = [2, 1, 3, 2];

/// The wire type may contain itself, so the value is converted once more to find its depth.
const NESTED: [usize; 4] = [2, 2, 3, 2];

#[test]
fn values_are_converted_once() {
    convert! { ONCE, false;
        { #[wire(Plain)] v: V = V(1) }
        { #[wire(Rest)] v: V = V(1) }
        { #[wire(Pair)] v: V = V(1) }
        { #[wire(Listed)] v: V = V(1) }
        { #[wire(Box<Plain>)] v: V = V(1) }
        { #[wire(Plain)] v: Box<V> = Box::new(V(1)) }
        { #[wire(Plain)] v: (V, u8) = (V(1), 0) }
        { #[wire(Plain)] v: [V; 1] = [V(1)] }
        { #[wire(Given)] #[ctx(1)] v: V = V(1) }
        { t: u8 = 1, #[tag(t)] #[wire(Kind)] v: V = V(1) }
        { n: u8 = 1, #[when(n == 1)] #[wire(Plain)] v: Option<V> = Some(V(1)) }
        { #[presence_of(v)] n: Auto<bool> = Auto::new(), #[wire(Plain)] v: Option<V> = Some(V(1)) }
        { #[wire(Plain)] #[optional] v: Option<V> = Some(V(1)) }
    }
    convert! { ONCE, true;
        { #[wire(Plain, by_ref)] v: V = V(1) }
        { #[wire(Pair, by_ref)] v: V = V(1) }
        { #[wire(Given, by_ref)] #[ctx(1)] v: V = V(1) }
    }
}

#[test]
fn values_in_an_extent_are_converted_once() {
    convert! { ONCE, false;
        { #[len_prefixed(u8)] #[wire(Plain)] v: V = V(1) }
        { #[len_prefixed(u16)] #[wire(Rest)] v: V = V(1) }
        { #[len_prefixed(u8)] #[wire(Pair)] v: V = V(1) }
        { #[len_prefixed(u8)] #[wire(Listed)] v: V = V(1) }
        { #[len_prefixed(u8)] #[wire(Given)] #[ctx(1)] v: V = V(1) }
        { #[len_of(v)] n: Auto<u8> = Auto::new(), #[wire(Plain)] v: V = V(1) }
        { #[len_of(n..)] m: Auto<u8> = Auto::new(), n: u8 = 1, #[len(n)] #[wire(Rest)] v: V = V(1) }
        { #[until(b"\0")] #[wire(Rest)] v: V = V(1) }
        { #[until(b"\0" | b"\n")] #[wire(Plain)] v: V = V(1) }
        { #[rest] #[wire(Plain)] v: V = V(1) }
        { n: u8 = 1, #[len(n)] #[wire(Rest)] v: V = V(1) }
        { n: u8 = 1, #[len(n)] #[wire(Given)] #[ctx(1)] v: V = V(1) }
        { #[len_prefixed(u8)] #[wire(Rest)] #[optional] v: Option<V> = Some(V(1)) }
        { n: u8 = 1, #[when(n == 1)] #[len(n)] #[wire(Rest)] v: Option<V> = Some(V(1)) }
    }
    convert! { ONCE, true;
        { #[len_prefixed(u8)] #[wire(Plain, by_ref)] v: V = V(1) }
        { #[rest] #[wire(Rest, by_ref)] v: V = V(1) }
        { n: u8 = 1, #[len(n)] #[wire(Rest, by_ref)] v: V = V(1) }
        { #[len_prefixed(u8)] #[wire(Listed, whole, by_ref)] v: Vec<V> = vec![V(1)] }
    }
    convert! { FIXED, false;
        { #[fixed(1)] #[wire(Plain)] v: V = V(1) }
        { #[fixed(4, fill = 0)] #[wire(Plain)] v: V = V(1) }
        { n: u8 = 2, #[len(n, lenient)] #[wire(Plain)] v: V = V(1) }
    }
}

#[test]
fn items_are_converted_once() {
    convert! { ONCE, false;
        { #[count_prefixed(u8)] #[wire(Plain)] v: Vec<V> = vec![V(1)] }
        { #[count_prefixed(varint)] #[wire(Pair)] v: Vec<V> = vec![V(1)] }
        { #[len_prefixed(u8)] #[wire(Plain)] v: Vec<V> = vec![V(1)] }
        { #[rest] #[wire(Plain)] v: Vec<V> = vec![V(1)] }
        { n: u8 = 1, #[len(n)] #[wire(Plain)] v: Vec<V> = vec![V(1)] }
        { #[count_prefixed(u8)] #[each(len_prefixed(u8), wire(Rest))] v: Vec<V> = vec![V(1)] }
        { #[len_prefixed(u8)] #[each(wire(Rest))] #[separated(b",")] v: Vec<V> = vec![V(1)] }
        { n: u8 = 1, #[count(1)] #[each(len(n), wire(Rest))] v: Vec<V> = vec![V(1)] }
    }
    convert! { FIXED, false;
        { #[fixed(4, fill = 0)] #[wire(Plain)] v: Vec<V> = vec![V(1)] }
        { #[fixed(4, fill = 0xff)] #[wire(Pair)] v: Vec<V> = vec![V(1)] }
        { #[fixed(4, fill = 0)] #[each(len_prefixed(u8), wire(Rest))] v: Vec<V> = vec![V(1)] }
        { n: u8 = 1, #[fixed(4, fill = 0)] #[each(len(n), wire(Rest))] v: Vec<V> = vec![V(1)] }
    }
    convert! { ONCE.map(|count| 2 * count), false;
        { #[wire(Plain)] v: [V; 2] = [V(1), V(2)] }
        { #[len_prefixed(u8)] #[wire(Pair)] v: Vec<V> = vec![V(1), V(2)] }
    }
    convert! { FIXED.map(|count| 2 * count), false;
        { #[fixed(6, fill = 0xff)] #[wire(Pair)] v: Vec<V> = vec![V(1), V(2)] }
    }
}

#[test]
fn values_in_variants_are_converted_once() {
    #[derive(Frame)]
    #[frame(tag = u8)]
    enum Choice {
        #[tag(1)]
        Sized(
            #[len_prefixed(u8)]
            #[wire(Pair)]
            V,
        ),
        #[tag(2)]
        Alone(#[wire(Plain)] V),
    }
    assert_eq!(conversions_of(&Choice::Sized(V(1)), false), ONCE);
    assert_eq!(conversions_of(&Choice::Alone(V(1)), false), ONCE);

    #[derive(Frame)]
    struct Outer {
        #[len_prefixed(u8)]
        all: Vec<Choice>,
    }
    assert_eq!(conversions_of(&Outer { all: vec![Choice::Sized(V(1))] }, false), ONCE);
}

#[test]
fn values_are_converted_again_for_a_number_of_varying_size() {
    convert! { MEASURED, false;
        { #[len_prefixed(varint)] #[wire(Plain)] v: V = V(1) }
        { #[len_prefixed(varint)] #[wire(Plain)] v: Vec<V> = vec![V(1)] }
        { #[len_of(v)] #[wire(varint)] n: Auto<u32> = Auto::new(), #[wire(Plain)] v: V = V(1) }
        { #[len_of(n..)] #[wire(varint)] m: Auto<u32> = Auto::new(), n: u8 = 1, #[wire(Plain)] v: V = V(1) }
    }
    convert! { MEASURED, true; { #[len_prefixed(varint)] #[wire(Plain, by_ref)] v: V = V(1) } }
}

#[test]
fn values_that_may_contain_themselves_are_converted_again() {
    convert! { NESTED, false;
        { #[wire(Tree)] v: V = V(1) }
        { #[len_prefixed(u8)] #[wire(Tree)] v: V = V(1) }
        { #[count_prefixed(u8)] #[wire(Tree)] v: Vec<V> = vec![V(1)] }
        { #[wire(Tree)] v: [V; 1] = [V(1)] }
    }
    convert! { NESTED, true; { #[len_prefixed(u8)] #[wire(Tree, by_ref)] v: V = V(1) } }
}

/// A frame by hand that counts how often it is asked how deep it may be nested.
#[derive(Clone, Debug, PartialEq)]
struct Leaf(u8);

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

impl Layout for Leaf {
    const SCHEMA: &'static Schema = <Byte as Layout>::SCHEMA;
    const MIN_LEN: usize = 1;
    const MAX_LEN: Option<usize> = Some(1);
    const OPEN: bool = false;

    fn may_nest_deeper(_: u16) -> bool {
        add(&ASKED);
        false
    }
}

/// The layout of a `Leaf`.
#[derive(Frame)]
struct Byte(u8);

impl Encode for Leaf {
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        out.put(&[self.0])
    }

    fn encoded_len(&self) -> usize {
        1
    }
}

impl<'a> Decode<'a> for Leaf {
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> nom::IResult<&'a [u8], Self, DecodeError> {
        Byte::parse_from(input, src).map(|(rest, byte)| (rest, Self(byte.0)))
    }
}

/// Declares types, each of which contains the one before it three times.
macro_rules! doubling {
    ($last:ident) => {};
    ($inner:ident $outer:ident $($more:ident)*) => {
        #[derive(Frame, Clone, Debug, PartialEq)]
        struct $outer($inner, $inner, $inner);
        doubling!($outer $($more)*);
    };
}

doubling!(Leaf L1 L2 L3 L4 L5 L6 L7 L8 L9 L10 L11 L12);

#[test]
fn a_type_is_asked_once_for_its_depth() {
    for levels in [100, 50, 12] {
        assert!(!L12::may_nest_deeper(levels));
    }
    assert!(L12::may_nest_deeper(5));
    assert!(ASKED.get() < 100, "{}", ASKED.get());
}

/// A type whose parameter chooses the frame inside.
#[derive(Frame)]
struct Outer<const N: usize>
where
    Pick<N>: Picks,
{
    inner: <Pick<N> as Picks>::Frame,
}

struct Pick<const N: usize>;

trait Picks {
    type Frame: for<'a> Decode<'a> + Encode;
}

impl Picks for Pick<0> {
    type Frame = Byte;
}

impl Picks for Pick<1> {
    type Frame = Tree;
}

#[test]
fn the_depth_of_a_type_depends_on_its_constants() {
    assert!(!Outer::<0>::may_nest_deeper(99));
    assert!(Outer::<1>::may_nest_deeper(99));
    assert!(!Outer::<0>::may_nest_deeper(98));
}

/// A list of this many values, each of which is converted inside the one before it.
#[derive(Clone)]
struct Links(u8);

/// A `Links` on the wire.
#[derive(Frame)]
#[frame(be)]
struct Link {
    #[presence_of(next)]
    has: Auto<bool>,
    #[len_prefixed(u16)]
    #[wire(Link)]
    next: Option<Links>,
}

impl From<Links> for Link {
    fn from(Links(count): Links) -> Self {
        add(&CONVERSIONS);
        Self { has: Auto::new(), next: count.checked_sub(1).map(Links) }
    }
}

impl From<Link> for Links {
    fn from(link: Link) -> Self {
        Self(link.next.map_or(0, |Self(count)| count + 1))
    }
}

#[test]
fn the_work_for_nested_conversions_is_linear() {
    for count in [10, 100] {
        let link = Link::from(Links(count));
        CONVERSIONS.set(0);
        link.to_vec().unwrap();
        assert_eq!(CONVERSIONS.get(), 3 * usize::from(count));
    }
}
