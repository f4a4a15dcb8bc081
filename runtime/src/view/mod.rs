//! What a declaration can be drawn as.
//!
//! A [`Dump`] shows the bytes of one value, field by field. Everything else is
//! drawn from a [`Schema`](crate::Schema) alone. Each view is one file that
//! walks the schema and knows nothing of the others.

pub(crate) mod cells;
mod compatible;
mod diagram;
mod dissect;
mod dump;
pub(crate) mod expr;
pub(crate) mod frames;
mod grid;
mod json;
mod kaitai;
mod lines;
mod markdown;
pub(crate) mod notation;
pub(crate) mod plan;
mod recorder;
mod svg;
pub(crate) mod tag;
mod text;
pub(crate) mod value;
mod wireshark;

pub use compatible::Compatibility;
#[cfg(any(feature = "testing", feature = "json"))]
pub(crate) use dump::record;
pub use dump::{Dump, dump_bytes};
#[cfg(feature = "testing")]
pub(crate) use frames::ignores_bytes;
pub use wireshark::Wireshark;
