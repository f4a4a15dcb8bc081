//! What declarations and values are drawn as.
#![cfg(feature = "testing")]

mod capture;
mod compatible;
mod dump;
mod kaitai;
mod nested;
mod protocol;
mod schema;
mod tuples;
mod wireshark;
mod words;
