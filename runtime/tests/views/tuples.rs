//! Tests of fields without names, which are `_0` and `_1` in declarations, and `0` and `1` in
//! schemas and drawings.

use framewright::prelude::*;
use framewright::schema::{Body, Role, TagOf};
use framewright::view::dump_bytes;

/// A tuple with lengths, counts, tags, presence and expressions that refer to other fields.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Tuple(
    #[len_of(_1)] Auto<u8>,
    Vec<u8>,
    #[count_of(_3)] Auto<u8>,
    Vec<u16>,
    #[presence_of(_5)] Auto<bool>,
    Option<u8>,
    u8,
    #[len(usize::from(_6) * 2)] Vec<u8>,
    #[when(_6 == 2)] Option<u8>,
    #[tag_of(_10)] Auto<u8>,
    Choice,
    #[len_of(_12..=_13)] Auto<u8>,
    u8,
    #[len_prefixed(i8, none = -1)] Option<Vec<u8>>,
    u8,
);

#[derive(Frame, Debug, Clone, PartialEq)]
enum Choice {
    #[tag(1)]
    Sized(#[len_of(_1)] Auto<u8>, Vec<u8>),
}

fn tuple() -> Tuple {
    Tuple(
        Auto::new(),
        vec![1, 2, 3],
        Auto::new(),
        vec![4; 5],
        Auto::new(),
        Some(6),
        2,
        vec![7; 4],
        Some(8),
        Auto::new(),
        Choice::Sized(Auto::new(), vec![9; 3]),
        Auto::new(),
        10,
        Some(vec![13]),
        12,
    )
}

fn tuples() -> [Tuple; 2] {
    let mut other = tuple();
    (other.1, other.3, other.5) = (vec![], vec![0; 7], None);
    (other.6, other.7, other.8, other.13) = (3, vec![1; 6], None, None);
    [tuple(), other]
}

#[test]
fn the_laws_hold() {
    framewright::testing::laws(tuples());
}

#[test]
fn a_dump_from_the_schema_has_the_same_rows() {
    for tuple in tuples() {
        let mut bytes = tuple.to_vec().unwrap();
        bytes.push(0xee);
        let faulty = dump_bytes::<Tuple>(&bytes).to_string();
        for line in tuple.dump().to_string().lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let found = faulty.lines().any(|other| other.split_whitespace().eq(columns.iter().copied()));
            assert!(found, "{line}\nis missing in\n{faulty}");
        }
    }
}

#[test]
fn schemas_name_fields_by_their_index() {
    let Body::Struct(fields) = Tuple::SCHEMA.body else { panic!("an enum") };
    let roles: Vec<_> = fields
        .iter()
        .filter_map(|field| match field.role {
            Role::LenOf(of, _) => Some(of.text),
            Role::CountOf(of, _) | Role::PresenceOf(of, ..) | Role::TagOf(TagOf::Field(of)) => Some(of.name),
            _ => None,
        })
        .collect();
    assert_eq!(roles, ["1", "3", "5", "10", "12..=13"]);
}
