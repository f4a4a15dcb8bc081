//! What declarations and values are drawn as.
#![cfg(feature = "testing")]

mod compatible;
mod dump;
mod nested;
mod protocol;
mod schema;
