//! Tests of the drawings of a schema.

use crate::protocol::{ChatMsg, Ipv4, Line, Lsb, Message, Numbers, Options, Packet, Ranged};
use framewright::Schema;
use framewright::prelude::*;
use framewright::testing::{assert_schema_snapshot, assert_wire_snapshot, insta::assert_snapshot};

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

#[derive(Frame)]
#[frame(be)]
struct Ping {
    id: u16,
}

#[test]
fn snapshots_with_and_without_a_name() {
    assert_schema_snapshot!("ping", Ping);
    assert_schema_snapshot!(Ping);
    assert_wire_snapshot!(concat!("ping", "-7"), Ping { id: 7 });
    assert_wire_snapshot!(Ping { id: 8 });
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

/// Returns every text between `from` and `to`.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap()).collect()
}

#[test]
fn every_part_of_a_picture_is_one_shape_with_a_name() {
    for schema in SCHEMAS {
        let svg = schema.svg().to_string();
        let names = between(&svg, "<text class=\"fw-name\"", "</text>");
        let shapes = between(&svg, "<path ", "/>");
        assert_eq!(names.len(), shapes.len(), "{}", schema.name);
        assert!(shapes.iter().all(|shape| shape.matches('M').count() == 1), "{}", schema.name);
    }
}

#[test]
fn links_of_a_picture_lead_to_its_types() {
    for schema in SCHEMAS {
        let svg = schema.svg().to_string();
        for link in between(&svg, "href=\"#", "\"") {
            assert_eq!(svg.matches(&format!("id=\"{link}\"")).count(), 1, "{link} in {}", schema.name);
        }
    }
    let svg = Message::SCHEMA.svg().to_string();
    assert!(svg.contains("<a href=\"#Message.Item\">"), "{svg}");
    assert!(svg.contains("@media (prefers-color-scheme: dark)"), "{svg}");
}

#[derive(Frame)]
#[frame(le)]
struct Torn {
    kind: u8,
    #[magic(42)]
    version: Auto<u16>,
    whole: u32,
    #[bits(1)]
    #[pad]
    reserved: Auto,
    #[bits(31)]
    stream: u32,
    flag: u8,
    place: Place,
    #[optional]
    label: Option<Place>,
}

#[derive(Frame)]
#[frame(le)]
struct Place {
    name: [u8; 16],
    rest: [u8; 4],
}

#[derive(Frame)]
#[frame(le, tag = u8)]
enum Alone {
    #[tag(1)]
    Number(u32),
    #[tag(2)]
    Padded(u16, #[pad(2)] Auto),
    #[tag(3)]
    Words(#[len_prefixed(u8)] Vec<u8>),
    #[tag(4)]
    Both(u8, u8),
}

#[test]
fn parts_are_not_split_between_rows() {
    assert_snapshot!("Torn-diagram", Torn::SCHEMA.diagram());
}

#[test]
fn a_field_that_stands_alone_is_called_as_its_variant() {
    assert_snapshot!("Alone-diagram", Alone::SCHEMA.diagram());
}

#[test]
fn a_large_protocol_has_several_columns() {
    let wide = |schema: &Schema| {
        let svg = schema.svg().to_string();
        let size = between(&svg, "viewBox=\"0 0 ", "\"")[0].to_string();
        let (width, height) = size.split_once(' ').unwrap();
        (width.parse::<u32>().unwrap(), height.parse::<u32>().unwrap())
    };
    let (small, _) = wide(Torn::SCHEMA);
    let (large, height) = wide(Large::SCHEMA);
    assert!(large > small, "{large}");
    assert!(height < 1500, "{height}");
}

#[derive(Frame)]
#[frame(le)]
struct Tall<const N: usize> {
    rows: [[u8; 16]; N],
    fields: (u64, u64, u64, u64, u64, u64),
    #[len_prefixed(u8)]
    name: String,
    #[len_prefixed(u8)]
    other: String,
    #[len_prefixed(u8)]
    more: String,
}

#[derive(Frame)]
#[frame(le)]
struct Large(Tall<1>, Tall<2>, Tall<3>, Tall<4>, Tall<5>, Tall<6>, Tall<7>);
