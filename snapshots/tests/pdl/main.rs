//! The canonical test vectors of the Packet Description Language. Every packet of its test suite is
//! declared by annotation alone, in both byte orders, and compared with the published bytes and
//! values.
//!
//! `le.json` and `be.json` are from <https://github.com/google/pdl>, under the Apache License,
//! version 2.0 (`LICENSE-APACHE`).

#[macro_use]
mod packets;
mod value;

use std::fmt::Debug;

use framewright::prelude::*;
use serde_json::Value as Json;

use self::value::{Enumerated, Unpacked, hex};

mod little {
    use super::value::{enumerations, packets, ranges};
    use super::*;
    canonical!(le);
}

mod big {
    use super::value::{enumerations, packets, ranges};
    use super::*;
    canonical!(be);
}

/// The numbers of checked vectors in a file.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    /// The number of vectors that were decoded to their value, and encoded to the same bytes.
    held: usize,
    /// The number of vectors without a value, which were refused.
    refused: usize,
}

#[test]
fn little_endian() {
    let tally = all(include_str!("le.json"), little::holds);
    assert_eq!(tally, Tally { held: 391, refused: 19 });
}

#[test]
fn big_endian() {
    let tally = all(include_str!("be.json"), big::holds);
    assert_eq!(tally, Tally { held: 349, refused: 13 });
}

/// Checks every vector of a file against its packet.
fn all(vectors: &str, holds: fn(&str, &[u8], Option<&Json>) -> bool) -> Tally {
    let packets: Vec<Json> = serde_json::from_str(vectors).unwrap();
    let mut tally = Tally::default();
    for packet in &packets {
        let name = packet["packet"].as_str().unwrap();
        for vector in packet["tests"].as_array().unwrap() {
            let bytes = hex(vector["packed"].as_str().unwrap());
            assert!(holds(name, &bytes, vector.get("unpacked")), "there is no packet {name}");
            match vector.get("unpacked") {
                Some(_) => tally.held += 1,
                None => tally.refused += 1,
            }
        }
    }
    tally
}

/// Checks that the bytes decode to the value, and that the value encodes to the bytes. If
/// `unpacked` is `None`, checks that the bytes are refused.
#[track_caller]
fn vector<T: OwnedFrame + Unpacked + PartialEq + Debug>(bytes: &[u8], unpacked: Option<&Json>) {
    let decoded = T::decode(bytes);
    let Some(unpacked) = unpacked else {
        assert!(decoded.is_err(), "{} takes {bytes:02x?} for {decoded:?}", T::SCHEMA.name);
        return;
    };
    let value = decoded.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(value.unpacked().as_ref(), Some(&without_sums(unpacked)), "{}", value.dump());
    assert_eq!(value.to_vec().unwrap(), bytes, "{}", value.dump());
}

/// Removes checksums from a value of a vector. Our values do not contain them, because encoding
/// computes them.
fn without_sums(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let members = members.iter().filter(|(name, _)| *name != "crc");
            members.map(|(name, value)| (name.clone(), without_sums(value))).collect()
        }
        Json::Array(items) => items.iter().map(without_sums).collect(),
        other => other.clone(),
    }
}
