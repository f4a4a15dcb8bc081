//! Tests of the rest of the annotation language. Each word is tested in both directions.
#![allow(clippy::unusual_byte_groupings, reason = "bits are grouped as the fields are")]

mod lists;
mod numbers;
mod presence;
