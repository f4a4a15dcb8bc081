//! Tests of the exact meaning of the language in special cases, one for each case.
#![allow(clippy::unusual_byte_groupings, reason = "bits are grouped as the fields are")]

mod ends;
mod expressions;
mod lengths;
mod numbers;
