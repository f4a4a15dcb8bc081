//! Tests of the expressions of a declaration: overflow is an error of the field when decoding and
//! encoding, in debug and in release builds.

use framewright::prelude::*;

#[track_caller]
fn refused<T: for<'a> Decode<'a> + std::fmt::Debug>(bytes: &[u8], field: &str, offset: usize) {
    let error = T::decode(bytes).expect_err("it has no value");
    let said = error.to_string();
    assert!(said.contains("has no value"), "{said}");
    assert!(said.contains(&format!(".{field}")), "{said}");
    assert_eq!(error.offset(), offset, "{said}");
}

#[track_caller]
fn not_written<T: Encode>(value: &T, field: &str) {
    let mut out = vec![7];
    let said = value.encode(&mut out).expect_err("it has no value").to_string();
    assert!(said.contains("has no value") && said.contains(&format!("{field}:")), "{said}");
    assert_eq!(out, [7]);
    let _ = value.encoded_len();
}

const HEADER: u8 = 2;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Subtracted {
    n: u8,
    #[len(n - 2)]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct ByConstant {
    n: u8,
    #[count((n - HEADER) / 3)]
    items: Vec<u16>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Divided {
    n: u8,
    by: u8,
    #[when(n / by > 2)]
    there: Option<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Shifted {
    by: u8,
    flags: u16,
    #[when((1 << by) & flags != 0)]
    there: Option<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Calculated {
    a: u8,
    b: u8,
    #[calc(a * b, verify)]
    product: Auto<u8>,
    #[calc(1 << a)]
    power: Auto<u16>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Padded {
    n: u8,
    #[pad(n - 1)]
    gap: Auto,
    #[check(last + n < 250, "together below 250")]
    last: u8,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, ctx(size: u8))]
struct Sized {
    #[len(size)]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Handing {
    n: u8,
    #[ctx(n - 1)]
    sized: Sized,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Chosen {
    kind: u8,
    n: u8,
    #[len(match kind {
        0 => 0,
        1 | 2 => n - 4,
        _ if matches!(n, 10..=20) => usize::from(n).min(12) as u8,
        _ => if n < 100 { -(1i16 - i16::from(n)) as u8 } else { n % kind },
    })]
    body: Vec<u8>,
}

#[test]
fn an_expression_that_overflows_is_an_error_at_its_field() {
    refused::<Subtracted>(&[1], "body", 1);
    refused::<Subtracted>(&[1, 0, 0], "body", 1);
    assert_eq!(Subtracted::decode(&[3, 9]).unwrap(), Subtracted { n: 3, body: vec![9] });
    not_written(&Subtracted { n: 1, body: vec![] }, "body");
    assert!(Subtracted { n: 2, body: vec![] }.to_vec().is_ok());

    refused::<ByConstant>(&[1], "items", 1);
    assert_eq!(ByConstant::decode(&[5, 0, 1]).unwrap().items, [1]);
    not_written(&ByConstant { n: 0, items: vec![] }, "items");
}

#[test]
fn invalid_divisions_and_shifts_are_errors() {
    refused::<Divided>(&[8, 0, 1], "there", 2);
    assert_eq!(Divided::decode(&[8, 2, 1]).unwrap().there, Some(1));
    not_written(&Divided { n: 8, by: 0, there: None }, "there");

    refused::<Shifted>(&[16, 0, 1, 5], "there", 3);
    assert_eq!(Shifted::decode(&[3, 0, 8, 5]).unwrap().there, Some(5));
    not_written(&Shifted { by: 16, flags: 1, there: None }, "there");
}

#[test]
fn overflow_in_calc_padding_checks_and_context_is_an_error() {
    assert_eq!(
        Calculated { a: 7, b: 36, product: Auto::new(), power: Auto::new() }.to_vec().unwrap(),
        [7, 36, 252, 0, 128]
    );
    refused::<Calculated>(&[16, 16, 0, 0, 0], "product", 2);
    not_written(&Calculated { a: 16, b: 16, product: Auto::new(), power: Auto::new() }, "product");
    not_written(&Calculated { a: 16, b: 1, product: Auto::new(), power: Auto::new() }, "power");

    refused::<Padded>(&[0, 1], "gap", 1);
    refused::<Padded>(&[1, 255], "last", 1);
    assert_eq!(Padded::decode(&[2, 0, 9]).unwrap().last, 9);
    not_written(&Padded { n: 0, gap: Auto::new(), last: 0 }, "gap");
    not_written(&Padded { n: 1, gap: Auto::new(), last: 255 }, "last");

    refused::<Handing>(&[0, 1], "sized", 1);
    assert_eq!(Handing::decode(&[2, 1]).unwrap().sized.body, [1]);
    not_written(&Handing { n: 0, sized: Sized { body: vec![] } }, "sized");
}

#[test]
fn expressions_with_calls_run_unchanged() {
    assert_eq!(Chosen::decode(&[1, 5, 9]).unwrap().body, [9]);
    assert_eq!(Chosen::decode(&[0, 0]).unwrap().body, [0; 0]);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, check(if let Some(y) = there { y < 200 } else { true }, "too large"))]
struct Binding {
    n: u8,
    #[len(if let Some(y) = n.checked_sub(1) { y } else { 0 })]
    body: Vec<u8>,
    #[when(matches!(n, y if y > 3))]
    there: Option<u8>,
    #[calc(if let Some(y) = there { y } else { 7 }, verify)]
    last: Auto<u8>,
}

#[test]
fn an_expression_may_bind_names() {
    let binding = |n, body: &[u8], there| Binding { n, body: body.into(), there, last: Auto::new() };
    crate::held::same(binding(0, b"", None), &[0, 7]);
    crate::held::same(binding(4, b"abc", Some(5)), &[4, b'a', b'b', b'c', 5, 5]);
    assert!(binding(4, b"abc", Some(200)).to_vec().is_err());
    assert!(Binding::decode(&[4, 0, 0, 0, 200, 200]).is_err());
}

/// The names that the expressions declare are also names of later fields.
#[derive(Frame, Debug, PartialEq)]
#[frame(check(n.checked_sub(1).is_none_or(|last| last < 200), "too large"))]
struct Shadowing {
    n: u8,
    #[when(n.checked_sub(1).is_some_and(|x| x > 3))]
    closure: Option<u8>,
    #[len({ let y = n & 1; y })]
    local: Vec<u8>,
    #[len(match n { 0 => 0, z => z / 4 })]
    arm: Vec<u8>,
    #[when(matches!(n, x if x > 3))]
    guard: Option<u8>,
    #[len(if let Some(y) = n.checked_sub(7) { y } else { 0 })]
    condition: Vec<u8>,
    #[len({ let mut z = 0; for x in 0..n { z += x; } z % 3 })]
    repeated: Vec<u8>,
    #[until(|x| *x == 9)]
    items: Vec<u8>,
    #[until(|n: &u8| *n == 9)]
    earlier: Vec<u8>,
    #[calc({ let last = n; last.wrapping_add(1) }, verify)]
    computed: Auto<u8>,
    #[check({ let y = n; y < 250 }, "too large")]
    x: u8,
    #[count_prefixed(u8)]
    #[each(len({ let z = n; usize::from(z % 2) }))]
    lists: Vec<Vec<u8>>,
    y: u8,
    z: u8,
    last: u8,
}

#[test]
fn a_local_name_hides_a_field() {
    for n in 0..10u8 {
        let zeros = |len: u8| vec![0; len.into()];
        let value = Shadowing {
            n,
            closure: (n > 4).then_some(1),
            local: zeros(n & 1),
            arm: zeros(n / 4),
            guard: (n > 3).then_some(2),
            condition: zeros(n.saturating_sub(7)),
            repeated: zeros((0..n).sum::<u8>() % 3),
            items: vec![1, 9],
            earlier: vec![9],
            computed: Auto::new(),
            x: 1,
            lists: vec![vec![1]; usize::from(n % 2)],
            y: 2,
            z: 3,
            last: 4,
        };
        let bytes = value.to_vec().unwrap();
        crate::held::same(value, &bytes);
    }
}

/// A name of the macro and a name of its caller are two names, though they are spelled alike.
macro_rules! hygienic {
    ($name:ident, $len:ident) => {
        #[derive(Frame, Debug, PartialEq)]
        struct $name {
            $len: u8,
            #[len({ let n = 2; n + usize::from($len) })]
            body: Vec<u8>,
        }
    };
}

hygienic!(Hygienic, n);

fn y(n: u8) -> u8 {
    n / 2
}

/// Functions, and words in macros, that are called like later fields.
#[derive(Frame, Debug, PartialEq)]
struct Calling {
    n: u8,
    #[when(std::matches!(n, x if x > 3))]
    guard: Option<u8>,
    #[len({ fn x(y: u8) -> u8 { y } x(n) })]
    local: Vec<u8>,
    #[len(y(n))]
    outer: Vec<u8>,
    x: u8,
    y: u8,
}

#[test]
fn other_names_than_those_of_fields() {
    crate::held::same(Hygienic { n: 2, body: vec![0; 4] }, &[2, 0, 0, 0, 0]);
    let calling = Calling { n: 4, guard: Some(1), local: vec![0; 4], outer: vec![0; 2], x: 1, y: 2 };
    crate::held::same(calling, &[4, 1, 0, 0, 0, 0, 0, 0, 1, 2]);
}

/// At the start of a statement, Rust takes what ends with a brace for the whole statement.
#[test]
fn operators_may_follow_a_brace() {
    #[derive(Frame, Debug, PartialEq)]
    struct Braces {
        wide: bool,
        kind: u8,
        #[len(match kind { 1 => 1, 2 => 2, _ => 0 } as usize)]
        name: Vec<u8>,
        #[when(if wide { kind == 1 } else { kind == 2 } && !name.is_empty())]
        there: Option<u8>,
    }
    crate::held::same(Braces { wide: true, kind: 1, name: vec![5], there: Some(6) }, &[1, 1, 5, 6]);
    crate::held::same(Braces { wide: true, kind: 2, name: vec![5, 6], there: None }, &[1, 2, 5, 6]);
}
