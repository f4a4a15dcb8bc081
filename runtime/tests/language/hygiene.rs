//! Tests that generated code compiles and works among names and lints that could disturb it.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![allow(dead_code, reason = "the types here are only declared")]

/// Names that generated code uses for itself.
mod names {
    use framewright::prelude::*;

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    pub(crate) struct Names {
        input: u8,
        i: u8,
        src: u8,
        out: u8,
        run: u8,
        w: u8,
        size: u8,
        base: u8,
        at: u8,
        rest: u8,
        f0: u8,
        value: u8,
        tag: u8,
        bits: u8,
        frame: u8,
        context: u8,
        #[len(usize::from(input) + usize::from(out) + usize::from(f0))]
        body: Vec<u8>,
        r#type: u8,
        #[len(r#type)]
        r#fn: Vec<u8>,
    }

    #[test]
    fn fields_may_have_any_name() {
        let bytes = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 7, 7, 7, 1, 9];
        let names = Names::decode(&bytes).unwrap();
        assert_eq!((names.body.as_slice(), names.r#fn.as_slice()), (&[7, 7, 7][..], &[9][..]));
        assert_eq!(names.to_vec().unwrap(), bytes);
        let error = Names::decode(&bytes[..20]).unwrap_err();
        assert_eq!(error.to_string(), "Names.fn at byte 20: expected 1 byte, found 0");
    }
}

/// A module without the prelude, in which the crate has another name.
mod bare {
    #![no_implicit_prelude]

    #[derive(::renamed::Frame)]
    #[frame(be, crate = ::renamed, tag = u8)]
    pub(crate) enum Bare {
        #[tag(1)]
        One {
            #[len_prefixed(u16, inclusive)]
            body: ::std::vec::Vec<u8>,
            #[bits(3)]
            low: u8,
            #[bits(5)]
            #[pad]
            reserved: ::renamed::Auto,
            #[presence_of(more)]
            flag: ::renamed::Auto<bool>,
            more: ::std::option::Option<u16>,
        },
        #[tag(_)]
        Other {
            #[tag]
            tag: u8,
        },
    }
}

/// User-defined types with the names of items in the prelude.
mod shadows {
    struct Ok;
    struct Err;
    struct Some;
    struct None;
    type Result = ();
    trait From {}
    trait Default {}

    #[derive(framewright::Frame)]
    #[frame(le)]
    struct Shadowed<'a> {
        #[count_prefixed(u8)]
        list: std::vec::Vec<u16>,
        #[len_prefixed(varint)]
        text: &'a str,
        #[when(text.len() > 3)]
        more: std::option::Option<u32>,
    }
}

/// Structs of every form.
mod shapes {
    use framewright::prelude::*;

    #[derive(Frame, Debug, PartialEq, Clone)]
    pub(crate) struct Unit;

    #[derive(Frame, Debug, PartialEq, Clone)]
    #[frame(be)]
    pub(crate) struct Tuple(pub u16, #[len(_0)] pub Vec<u8>);

    #[derive(Frame, Debug, PartialEq, Clone)]
    pub(crate) struct Empty {}

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    pub(crate) struct Generic<'a, T, const N: usize>
    where
        T: Clone,
    {
        head: [T; N],
        #[len_prefixed(u8)]
        one: T,
        #[count_prefixed(u8)]
        list: Vec<T>,
        #[rest]
        tail: &'a [u8],
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, bound(T: framewright::OwnedFrame))]
    pub(crate) struct Bounded<T> {
        item: T,
    }

    #[test]
    fn all_shapes_work() {
        assert!(Unit.to_vec().unwrap().is_empty());
        assert_eq!(Empty::decode(&[]).unwrap(), Empty {});
        let tuple = Tuple(2, vec![1, 2]);
        assert_eq!(tuple.to_vec().unwrap(), [0, 2, 1, 2]);
        let generic = Generic::<Tuple, 1> {
            head: [Tuple(0, vec![])],
            one: tuple.clone(),
            list: vec![tuple.clone()],
            tail: b"tail",
        };
        let bytes = generic.to_vec().unwrap();
        assert_eq!(bytes, b"\0\0\x04\0\x02\x01\x02\x01\0\x02\x01\x02tail");
        assert_eq!(Generic::decode(&bytes).unwrap(), generic);
        assert_eq!(Bounded { item: tuple }.to_vec().unwrap(), [0, 2, 1, 2]);
    }
}

/// Types, parameters and lifetimes with names that generated code might use.
mod parameters {
    use framewright::prelude::*;

    #[derive(Frame, Debug, PartialEq)]
    struct W<S> {
        x: S,
    }

    #[derive(Frame, Debug, PartialEq, Clone)]
    #[frame(be)]
    struct S(u16);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct HasS {
        #[len_prefixed(u8)]
        one: S,
        #[count_prefixed(varint)]
        many: Vec<S>,
        #[until(S(0))]
        ended: Vec<S>,
        #[fixed(3, fill = 7)]
        text: Vec<u8>,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Many<'a, 'input: 'a, T, A, E, Out, const I: usize, const N: usize> {
        #[len_prefixed(varint)]
        a: &'a str,
        #[len_prefixed(u8)]
        input: &'input [u8],
        t: [T; N],
        run: [A; I],
        e: E,
        #[count_prefixed(u8)]
        out: Vec<Out>,
    }

    /// A generic type with context.
    #[derive(Frame, Debug, PartialEq)]
    #[frame(ctx(n: u8))]
    enum Chosen<C, S> {
        #[tag(1)]
        One(C, #[len(n)] Vec<u8>),
        #[tag(_)]
        Other(#[tag] u8, S),
    }

    #[derive(Frame, Debug, PartialEq)]
    struct Chooses {
        #[tag_of(body)]
        tag: Auto<u8>,
        n: u8,
        #[ctx(n)]
        body: Chosen<u8, u8>,
    }

    /// The tag is a range of constants with names that generated code might use.
    const FIRST: u8 = 3;
    const LAST: u8 = 5;

    #[derive(Frame, Debug, PartialEq)]
    #[frame(tag = u8)]
    enum Between {
        #[tag(FIRST..=LAST)]
        In(#[tag] u8),
    }

    /// The length of an array is a constant with a name that generated code might use.
    const KNOWN: usize = 2;

    #[derive(Frame, Debug, PartialEq)]
    struct Known {
        items: [S; KNOWN],
    }

    #[test]
    fn parameters_may_have_any_name() {
        assert_eq!(W { x: 7u8 }.to_vec().unwrap(), [7]);
        assert_eq!(W::<u8>::decode(&[7]).unwrap(), W { x: 7 });
        let has = HasS { one: S(1), many: vec![S(2)], ended: vec![S(3)], text: vec![1] };
        let bytes = [2, 0, 1, 1, 0, 2, 0, 3, 0, 0, 1, 7, 7];
        assert_eq!(has.to_vec().unwrap(), bytes);
        assert_eq!(HasS::decode(&bytes).unwrap(), has);
        let many: Many<'_, '_, u8, u16, S, u32, 2, 1> =
            Many { a: "a", input: b"b", t: [1], run: [2, 3], e: S(4), out: vec![5] };
        let bytes = [1, b'a', 1, b'b', 1, 0, 2, 0, 3, 0, 4, 1, 0, 0, 0, 5];
        assert_eq!(many.to_vec().unwrap(), bytes);
        assert_eq!(Many::decode(&bytes).unwrap(), many);
        let chooses = Chooses { tag: Auto::new(), n: 2, body: Chosen::One(9, vec![1, 2]) };
        assert_eq!(chooses.to_vec().unwrap(), [1, 2, 9, 1, 2]);
        assert_eq!(Chooses::decode(&[1, 2, 9, 1, 2]).unwrap(), chooses);
        assert_eq!(Between::decode(&[4]).unwrap(), Between::In(4));
        assert_eq!(Known::decode(&[0, 1, 0, 2]).unwrap(), Known { items: [S(1), S(2)] });
    }
}

/// Modules and types that shadow names that generated code might use.
mod hidden {
    mod core {}
    mod std {}
    mod alloc {}
    mod nom {}
    struct Vec;
    struct Option;
    struct Box;
    struct String;
    struct Self_;
    struct Schema;
    struct Field;
    struct Source;
    enum Order {}
    trait Sink {}
    trait Iterator {}
    trait Clone {}
    trait TryFrom {}
    fn drop() {}
    #[allow(unused_macros)]
    macro_rules! matches {
        () => {};
    }
    #[allow(unused_macros)]
    macro_rules! assert {
        () => {};
    }
    #[allow(unused_macros)]
    macro_rules! panic {
        () => {};
    }

    #[derive(framewright::Frame)]
    #[frame(be, magic = b"M", len_prefixed(u16), max = 100, check(n > 0, "must not be 0"))]
    struct Hidden<'a> {
        #[len_of(body)]
        len: framewright::Auto<u16>,
        #[checksum(framewright::checksum::Sum8, over = n..)]
        sum: framewright::Auto<u8>,
        n: u8,
        #[bits(4)]
        low: u8,
        #[bits(4)]
        high: u8,
        #[when(n > 1)]
        more: ::std::option::Option<u16>,
        #[fixed(4)]
        name: ::std::string::String,
        #[align(4)]
        fill: framewright::Auto,
        body: &'a [u8],
        #[optional]
        last: ::std::option::Option<::std::boxed::Box<Plain>>,
    }

    #[derive(framewright::Frame)]
    #[frame(be, tag = u16)]
    enum Plain {
        A = 1,
        B,
    }
}

/// Declarations with deprecated items, which must not cause warnings.
mod deprecated {
    use framewright::prelude::*;

    #[deprecated]
    #[derive(Frame)]
    #[frame(be)]
    struct Old {
        #[deprecated]
        one: u16,
        #[len_of(body)]
        len: Auto<u8>,
        #[deprecated]
        body: Vec<u8>,
    }

    #[derive(Frame)]
    #[frame(tag = u8)]
    enum Versions {
        #[deprecated]
        #[tag(1)]
        One {
            #[deprecated]
            value: u8,
        },
        #[tag(2)]
        Two,
    }

    #[allow(deprecated, reason = "it is the declaration that says so")]
    #[derive(Frame)]
    struct Uses {
        old: Old,
    }
}

/// Declarations in the expansion of a user-defined macro.
mod in_a_macro {
    use framewright::prelude::*;

    macro_rules! message {
        ($name:ident { $($field:ident: $ty:ty),* } count $count:ident of $list:ident: $item:ty) => {
            #[derive(Frame, Debug, PartialEq)]
            #[frame(be)]
            struct $name {
                $($field: $ty,)*
                $count: u8,
                #[count($count)]
                $list: Vec<$item>,
            }
        };
    }

    message!(Made { a: u8, b: u32 } count n of items: u16);

    macro_rules! tuple {
        ($name:ident, $($condition:tt)*) => {
            #[derive(Frame, Debug, PartialEq)]
            #[frame(be)]
            struct $name(u8, #[when($($condition)*)] Option<u16>, #[check(_2 == _0, "must be the first")] u8);
        };
    }

    // The expressions that are passed to these macros name fields of the declarations inside the
    // macros: first as single tokens, then as `expr` fragments.
    tuple!(ByTokens, _0 > 1);

    macro_rules! by_expression {
        ($name:ident, $condition:expr, $tag:pat, $field:ident, $len:expr) => {
            #[derive(Frame, Debug, PartialEq)]
            struct $name(u8, #[len($condition)] Vec<u8>, #[len(_0)] Vec<u8>);

            mod $field {
                use super::*;

                #[derive(Frame, Debug, PartialEq)]
                #[frame(tag = u8)]
                pub(super) enum Tagged {
                    #[tag($tag)]
                    One {
                        $field: u8,
                        #[len($field)]
                        a: Vec<u8>,
                        #[len($len)]
                        b: Vec<u8>,
                        #[calc($field + 1, verify)]
                        c: Auto<u8>,
                    },
                }
            }
        };
    }

    by_expression!(ByExpression, _0 + 1, 7, size, size + 1);

    #[test]
    fn names_from_both_sides_of_a_macro_meet() {
        assert_eq!(ByTokens::decode(&[2, 0, 1, 2]).unwrap(), ByTokens(2, Some(1), 2));
        assert_eq!(ByTokens::decode(&[1, 1]).unwrap(), ByTokens(1, None, 1));
        let value = ByExpression(1, vec![1, 2], vec![3]);
        assert_eq!(value.to_vec().unwrap(), [1, 1, 2, 3]);
        assert_eq!(ByExpression::decode(&[1, 1, 2, 3]).unwrap(), value);
        let value = size::Tagged::One { size: 1, a: vec![1], b: vec![2, 3], c: Auto::new() };
        assert_eq!(value.to_vec().unwrap(), [7, 1, 1, 2, 3, 2]);
        assert_eq!(size::Tagged::decode(&[7, 1, 1, 2, 3, 2]).unwrap(), value);
    }

    #[test]
    fn types_from_macros_work() {
        let made = Made { a: 1, b: 2, n: 1, items: vec![3] };
        assert_eq!(Made::decode(&made.to_vec().unwrap()).unwrap(), made);
    }
}
