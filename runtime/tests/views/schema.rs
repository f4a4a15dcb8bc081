//! What is drawn from a schema.

use crate::protocol::{ChatMsg, Ipv4, Line, Lsb, Message, Numbers, Options, Packet, Ranged};
use framewright::Schema;
use framewright::prelude::*;
use framewright::testing::{assert_schema_snapshot, insta::assert_snapshot};

const SCHEMAS: [&Schema; 7] = [
    ChatMsg::SCHEMA,
    Message::SCHEMA,
    Line::SCHEMA,
    Ranged::SCHEMA,
    Ipv4::SCHEMA,
    Packet::SCHEMA,
    Options::SCHEMA,
];

#[test]
fn text() {
    assert_schema_snapshot!(ChatMsg);
    assert_schema_snapshot!(Message);
    assert_schema_snapshot!(Line);
    assert_schema_snapshot!(Ranged);
    assert_schema_snapshot!(Ipv4);
    assert_schema_snapshot!(Packet);
    assert_schema_snapshot!(Numbers);
    assert_schema_snapshot!(Options);
    assert_schema_snapshot!(Lsb);
}

#[test]
fn diagrams() {
    for schema in SCHEMAS {
        assert_snapshot!(format!("{}-diagram", schema.name), schema.diagram());
    }
}

#[test]
fn pictures() {
    assert_snapshot!("ChatMsg-svg", ChatMsg::SCHEMA.svg());
    for schema in SCHEMAS {
        let svg = schema.svg().to_string();
        for tag in ["svg", "style", "text", "title"] {
            let opened = svg.matches(&format!("<{tag}>")).count() + svg.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, svg.matches(&format!("</{tag}>")).count(), "{tag} in {}", schema.name);
        }
    }
}

#[test]
fn tables() {
    assert_snapshot!("ChatMsg-markdown", ChatMsg::SCHEMA.markdown());
    assert_snapshot!("Message-markdown", Message::SCHEMA.markdown());
}

#[test]
fn json() {
    assert_snapshot!("Message-json", Message::SCHEMA.json());
}
