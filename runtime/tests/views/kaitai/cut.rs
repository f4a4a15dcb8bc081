//! Tests of frames whose descriptions stop before their end.

use super::{assert_members, parsed};
use framewright::prelude::*;

/// Where the description of a frame stops, that of what is around it stops too, unless the frame is
/// in an extent.
#[test]
fn members_that_are_not_described_are_not_named() {
    #[derive(Frame, Clone, Debug, PartialEq)]
    struct Header {
        kind: u8,
        #[until(b"\r\n" | b"\n")]
        line: String,
        size: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Open {
        header: Header,
        #[len(header.kind)]
        data: Vec<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Bounded {
        #[len_prefixed(u8)]
        header: Header,
        #[len(header.kind)]
        named: String,
        #[len(header.size)]
        unnamed: String,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Listed {
        #[count_prefixed(u8)]
        headers: Vec<Header>,
        last: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(tag = u8)]
    enum Command {
        #[tag(1)]
        Ping(u8),
        #[tag(2)]
        Line(#[until(b"\r\n" | b"\n")] String),
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Sized {
        #[len_prefixed(u8)]
        list: Vec<Command>,
        end: u8,
    }
    let sized = Sized { list: vec![Command::Ping(7), Command::Line("a".into())], end: 9 };
    let Some(json) = parsed(Sized::SCHEMA, &sized.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""end":9"#]);
    let header = Header { kind: 2, line: "ab".into(), size: 1 };
    let open = Open { header: header.clone(), data: vec![3, 4] };
    let bytes = open.to_vec().unwrap();
    let Some(json) = parsed(Open::SCHEMA, &bytes) else { return };
    assert_members(&json, &[r#""header":{"kind":2,"undescribed":"61620d0a010304"}"#]);
    let bounded = Bounded { header: header.clone(), named: "cd".into(), unnamed: "e".into() };
    let Some(json) = parsed(Bounded::SCHEMA, &bounded.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""named":"cd""#, r#""undescribed":"65""#]);
    let listed = Listed { headers: vec![header.clone(), header], last: 9 };
    let Some(json) = parsed(Listed::SCHEMA, &listed.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""headersCount":2,"undescribed":"#]);
}

/// In an array too every item must end by itself, whatever the array is in.
#[test]
fn arrays_of_frames_that_are_cut_are_not_described() {
    #[derive(Frame, Clone, Debug, PartialEq)]
    #[frame(tag = u8)]
    enum Command {
        #[tag(1)]
        Ping(u8),
        #[tag(2)]
        Line(#[until(b"\r\n" | b"\n")] String),
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Counted {
        #[count_prefixed(u8)]
        list: Vec<[Command; 2]>,
        last: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Sized {
        #[len_prefixed(u8)]
        list: Vec<[Command; 2]>,
        last: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Paired {
        pair: (u8, [Command; 2]),
        last: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Nested {
        nested: [[Command; 2]; 1],
        last: u8,
    }
    let both = || [Command::Line("a".into()), Command::Ping(7)];
    let counted = Counted { list: vec![both()], last: 9 }.to_vec().unwrap();
    let Some(json) = parsed(Counted::SCHEMA, &counted) else { return };
    assert_members(&json, &[r#"{"listCount":1,"undescribed":"02610d0a010709"}"#]);
    let sized = Sized { list: vec![both()], last: 9 }.to_vec().unwrap();
    let Some(json) = parsed(Sized::SCHEMA, &sized) else { return };
    assert_members(&json, &[r#"{"listLen":6,"undescribed":"02610d0a010709"}"#]);
    let paired = Paired { pair: (5, both()), last: 9 }.to_vec().unwrap();
    let Some(json) = parsed(Paired::SCHEMA, &paired) else { return };
    assert_members(&json, &[r#""undescribed":"02610d0a010709""#]);
    let nested = Nested { nested: [both()], last: 9 }.to_vec().unwrap();
    let Some(json) = parsed(Nested::SCHEMA, &nested) else { return };
    assert_members(&json, &[r#"{"undescribed":"02610d0a010709"}"#]);
}

/// Whether a frame that contains itself is cut is known only when it has been described.
#[test]
fn frames_that_contain_themselves_may_be_cut() {
    #[derive(Frame, Debug, PartialEq)]
    struct Node {
        #[count_prefixed(u8)]
        kids: Vec<Node>,
        #[until(b"\r\n" | b"\n")]
        name: String,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Outer {
        #[count_prefixed(u8)]
        inner: Vec<Inner>,
        #[until(b"\r\n" | b"\n")]
        name: String,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Inner {
        #[count_prefixed(u8)]
        outer: Vec<Outer>,
    }
    let node = |kids| Node { kids, name: "a".into() };
    let bytes = node(vec![node(vec![]), node(vec![])]).to_vec().unwrap();
    let Some(json) = parsed(Node::SCHEMA, &bytes) else { return };
    assert_members(&json, &[r#"{"kidsCount":2,"undescribed":"00610d0a00610d0a610d0a"}"#]);
    let outer = |inner| Outer { inner, name: "a".into() };
    let bytes = outer(vec![Inner { outer: vec![outer(vec![]), outer(vec![])] }]).to_vec().unwrap();
    let Some(json) = parsed(Outer::SCHEMA, &bytes) else { return };
    assert_members(&json, &[r#"{"innerCount":1,"undescribed":"0200610d0a00610d0a610d0a"}"#]);
}
