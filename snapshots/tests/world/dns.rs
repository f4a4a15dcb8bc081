//! DNS (RFC 1035, sections 3.1 and 4.1). The bytes are the query and the answer of the handout "DNS
//! Primer", Northeastern University.

use std::net::Ipv4Addr;

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Message {
    id: u16,
    #[bits(1)]
    is_response: bool,
    #[bits(4)]
    opcode: u8,
    #[bits(1)]
    authoritative: bool,
    #[bits(1)]
    truncated: bool,
    #[bits(1)]
    recursion_desired: bool,
    #[bits(1)]
    recursion_available: bool,
    #[bits(3)]
    z: u8,
    #[bits(4)]
    response_code: u8,
    #[count_of(questions)]
    question_count: Auto<u16>,
    #[count_of(answers)]
    answer_count: Auto<u16>,
    #[count_of(authorities)]
    authority_count: Auto<u16>,
    #[count_of(additional)]
    additional_count: Auto<u16>,
    questions: Vec<Question>,
    answers: Vec<Record>,
    authorities: Vec<Record>,
    additional: Vec<Record>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Question {
    name: Name,
    kind: u16,
    class: u16,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Record {
    name: Name,
    #[tag_of(data)]
    kind: Auto<u16>,
    class: u16,
    time_to_live: u32,
    #[len_of(data)]
    data_len: Auto<u16>,
    data: Data,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
enum Data {
    #[tag(1)]
    A(Ipv4Addr),
    #[tag(5)]
    Cname(Name),
    #[tag(15)]
    Mx { preference: u16, exchange: Name },
    #[tag(_)]
    Other {
        #[tag]
        kind: u16,
        #[rest]
        data: Vec<u8>,
    },
}

/// Labels up to the root, or up to a pointer to the rest of the name.
#[derive(Frame, Debug, Clone, PartialEq)]
struct Name(#[until(|label| label.is_last())] Vec<Label>);

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = bits(2))]
enum Label {
    #[tag(0)]
    Text {
        #[bits(6)]
        #[len_of(text)]
        len: Auto<u8>,
        text: String,
    },
    #[tag(3)]
    Pointer {
        #[bits(14)]
        offset: u16,
    },
}

impl Label {
    fn is_last(&self) -> bool {
        match self {
            Self::Text { text, .. } => text.is_empty(),
            Self::Pointer { .. } => true,
        }
    }
}

fn text(text: &str) -> Label {
    Label::Text { len: Auto::new(), text: text.to_owned() }
}

fn message(answers: Vec<Record>) -> Message {
    Message {
        id: 0xdb42,
        is_response: !answers.is_empty(),
        opcode: 0,
        authoritative: false,
        truncated: false,
        recursion_desired: true,
        recursion_available: !answers.is_empty(),
        z: 0,
        response_code: 0,
        question_count: Auto::new(),
        answer_count: Auto::new(),
        authority_count: Auto::new(),
        additional_count: Auto::new(),
        questions: vec![Question {
            name: Name(vec![text("www"), text("northeastern"), text("edu"), text("")]),
            kind: 1,
            class: 1,
        }],
        answers,
        authorities: vec![],
        additional: vec![],
    }
}

#[test]
fn query() {
    let bytes = hex("
        db 42 01 00 00 01 00 00 00 00 00 00
        03 77 77 77 0c 6e 6f 72 74 68 65 61 73 74 65 72 6e 03 65 64 75 00 00 01 00 01
    ");
    proves("dns-query", &bytes, message(vec![]));
}

#[test]
fn answer() {
    let bytes = hex("
        db 42 81 80 00 01 00 01 00 00 00 00
        03 77 77 77 0c 6e 6f 72 74 68 65 61 73 74 65 72 6e 03 65 64 75 00 00 01 00 01
        c0 0c 00 01 00 01 00 00 02 58 00 04 9b 21 11 44
    ");
    let record = Record {
        name: Name(vec![Label::Pointer { offset: 12 }]),
        kind: Auto::new(),
        class: 1,
        time_to_live: 600,
        data_len: Auto::new(),
        data: Data::A([155, 33, 17, 68].into()),
    };
    proves("dns-answer", &bytes, message(vec![record]));
}
