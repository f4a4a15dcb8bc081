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
