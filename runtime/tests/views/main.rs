//! Tests of the views of declarations and values.
#![cfg(all(feature = "testing", feature = "json"))]

mod capture;
mod compatible;
mod converted;
mod declared;
mod dump;
mod json;
mod kaitai;
mod languages;
mod nested;
mod numbers;
mod protocol;
mod samples;
mod schema;
mod tuples;
mod wireshark;
mod words;
