//! Generated code among names and lints that could disturb it.
#![deny(warnings, clippy::all, clippy::pedantic)]
#![allow(dead_code, reason = "the types here are only declared")]

extern crate framewright as renamed;

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

/// No prelude, and the crate under another name.
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

/// Types of the user's that hide the prelude's.
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

/// Every shape of a type.
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

/// The macro of another crate's user, in whose expansion the type stands.
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

    #[test]
    fn types_from_macros_work() {
        let made = Made { a: 1, b: 2, n: 1, items: vec![3] };
        assert_eq!(Made::decode(&made.to_vec().unwrap()).unwrap(), made);
    }
}
