//! Tests of expressions over fields, `Auto`s and containers.

use framewright::prelude::*;

use crate::held::{refused, same, wrong};

#[test]
fn autos_in_expressions_have_their_number() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Seen {
        #[magic(2)]
        constant: Auto<u8>,
        #[len(constant)]
        two: Vec<u8>,
        #[presence_of(maybe)]
        flag: Auto<bool>,
        maybe: Option<u8>,
        #[count_of(list)]
        count: Auto<u16>,
        #[when(count > 1)]
        several: Option<u8>,
        #[len_of(text)]
        text_len: Auto<u8>,
        #[calc(u16::from(two[0]) + u16::try_from(list.len() + text.len()).unwrap_or(0), verify)]
        sum: Auto<u16>,
        text: String,
        list: Vec<u8>,
    }
    let seen = |maybe, several, list: &[u8]| Seen {
        constant: Auto::new(),
        two: vec![8, 9],
        flag: Auto::new(),
        maybe,
        count: Auto::new(),
        several,
        text_len: Auto::new(),
        sum: Auto::new(),
        text: "abc".to_owned(),
        list: list.to_vec(),
    };
    same(seen(Some(1), Some(5), &[6, 7]), b"\x02\x08\x09\x01\x01\0\x02\x05\x03\0\x0dabc\x06\x07");
    same(seen(Some(1), None, &[6]), b"\x02\x08\x09\x01\x01\0\x01\x03\0\x0cabc\x06");
    same(seen(None, None, &[]), b"\x02\x08\x09\0\0\0\x03\0\x0babc");
    assert!(refused(Seen { two: vec![1], ..seen(None, None, &[]) }).contains("Seen.two"));
    assert!(wrong::<Seen>(b"\x02\x08\x09\0\0\0\x03\0\x05abc").starts_with("Seen.sum at byte 7"));
}

#[test]
fn absent_and_computed_autos_in_expressions() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Seen {
        #[magic(2)]
        constant: Auto<u8>,
        #[len(constant)]
        two: Vec<u8>,
        #[presence_of(maybe)]
        flag: Auto<bool>,
        maybe: Option<u8>,
        #[when(flag)]
        #[count_of(list)]
        count: Auto<u16>,
        #[when(count > 1)]
        several: Option<u8>,
        #[len_of(text)]
        text_len: Auto<u8>,
        #[calc(count + u16::from(text_len) + u16::try_from(text.len()).unwrap_or(0), verify)]
        sum: Auto<u16>,
        text: String,
        list: Vec<u8>,
    }
    let seen = |maybe, several, list: &[u8]| Seen {
        constant: Auto::new(),
        two: vec![8, 9],
        flag: Auto::new(),
        maybe,
        count: Auto::new(),
        several,
        text_len: Auto::new(),
        sum: Auto::new(),
        text: "abc".to_owned(),
        list: list.to_vec(),
    };
    same(seen(Some(1), Some(5), &[6, 7]), b"\x02\x08\x09\x01\x01\0\x02\x05\x03\0\x08abc\x06\x07");
    same(seen(Some(1), None, &[6]), b"\x02\x08\x09\x01\x01\0\x01\x03\0\x07abc\x06");
    // Without the flag the count is absent, and expressions read it as zero.
    same(seen(None, None, &[]), b"\x02\x08\x09\0\x03\0\x06abc");
    assert!(refused(seen(None, None, &[6])).contains("Seen"));
    assert!(refused(Seen { two: vec![1], ..seen(None, None, &[]) }).contains("Seen.two"));
    assert!(wrong::<Seen>(b"\x02\x08\x09\0\x03\0\x05abc").starts_with("Seen.sum at byte 5"));
}

#[test]
fn conditions_sizes_and_checks_are_evaluated_in_place() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Stood {
        #[check(n < 4, "n is small")]
        n: u8,
        #[when(n > 1)]
        maybe: Option<u8>,
        #[len(n)]
        bytes: Vec<u8>,
        #[count(n + 1)]
        items: Vec<u16>,
    }
    let stood = |n, maybe, bytes: &[u8], items: &[u16]| Stood {
        n,
        maybe,
        bytes: bytes.to_vec(),
        items: items.to_vec(),
    };
    same(stood(2, Some(9), &[1, 2], &[3, 4, 5]), b"\x02\x09\x01\x02\0\x03\0\x04\0\x05");
    same(stood(0, None, &[], &[3]), b"\0\0\x03");
    // The check of `n` comes first: decoding must not ask for the missing bytes.
    assert_eq!(wrong::<Stood>(&[4]), "Stood.n at byte 0: n is small");
    assert_eq!(refused(stood(4, Some(1), &[0; 4], &[0; 5])), "Stood.n: n is small");
    assert!(refused(stood(2, None, &[1, 2], &[3, 4, 5])).contains("Stood.maybe"));
    assert!(refused(stood(1, Some(1), &[1], &[3, 4])).contains("Stood.maybe"));
    assert!(refused(stood(0, None, &[1], &[3])).contains("Stood.bytes"));
    assert!(refused(stood(0, None, &[], &[])).contains("Stood.items"));

    // Encoding knows this length only at the end, and must still check it.
    #[derive(Frame, Debug, PartialEq)]
    struct Total {
        #[len_of(..)]
        #[check(total <= 3, "at most three bytes")]
        total: Auto<u8>,
        #[rest]
        body: Vec<u8>,
    }
    let total = |len| Total { total: Auto::new(), body: vec![7; len] };
    same(total(2), &[3, 7, 7]);
    assert_eq!(refused(total(3)), "Total.total: at most three bytes");
    assert_eq!(wrong::<Total>(&[4, 7, 7, 7]), "Total.total at byte 0: at most three bytes");
}

#[test]
fn words_on_containers_apply_to_their_content() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Within {
        some: u8,
        #[when(some > 0)]
        #[wire(u24)]
        number: Option<u32>,
        #[when(some > 0)]
        #[fixed(3)]
        text: Option<String>,
        #[len_prefixed(u8)]
        #[wire(u24)]
        by_len: Vec<u32>,
        #[count_prefixed(u8)]
        #[wire(le)]
        by_count: Vec<u16>,
        #[when(some > 0)]
        #[until(0)]
        #[wire(zigzag)]
        ended: Option<Vec<i32>>,
        #[when(some > 0)]
        #[len_prefixed(u8)]
        #[wire(varint)]
        varints: Option<Vec<u32>>,
    }
    let all = Within {
        some: 1,
        number: Some(1),
        text: Some("a".to_owned()),
        by_len: vec![2, 3],
        by_count: vec![4, 5],
        ended: Some(vec![-1, 1]),
        varints: Some(vec![300, 7]),
    };
    same(all, b"\x01\0\0\x01a\0\0\x06\0\0\x02\0\0\x03\x02\x04\0\x05\0\x01\x02\0\x03\xac\x02\x07");
    let none = Within {
        some: 0,
        number: None,
        text: None,
        by_len: vec![],
        by_count: vec![],
        ended: None,
        varints: None,
    };
    same(none, &[0, 0, 0]);
}

#[test]
fn checks_apply_to_present_values_only() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Checked {
        some: u8,
        #[when(some > 0)]
        #[check(number % 2 == 0 && some < 9, "must be even")]
        number: Option<u16>,
        #[when(some > 0)]
        #[until(0)]
        #[check(text.starts_with('a'), "must start with a")]
        text: Option<String>,
    }
    same(Checked { some: 1, number: Some(4), text: Some("ab".to_owned()) }, b"\x01\0\x04ab\0");
    same(Checked { some: 0, number: None, text: None }, &[0]);
    let error = Checked::decode(b"\x01\0\x05ab\0").unwrap_err();
    assert_eq!(error.to_string(), "Checked.number at byte 1: must be even");
    let error = Checked::decode(b"\x01\0\x04bb\0").unwrap_err();
    assert_eq!(error.to_string(), "Checked.text at byte 3: must start with a");
    let odd = Checked { some: 1, number: Some(5), text: Some("a".to_owned()) };
    assert_eq!(odd.to_vec().unwrap_err().to_string(), "Checked.number: must be even");
}
