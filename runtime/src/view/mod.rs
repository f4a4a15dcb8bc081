//! What a declaration can be drawn as.
//!
//! A [`Dump`] shows the bytes of one value, field by field. Everything else is
//! drawn from a [`Schema`](crate::Schema) alone. Each view is one file that
//! walks the schema and knows nothing of the others.

mod cells;
mod diagram;
mod dump;
mod grid;
mod json;
mod kaitai;
mod language;
mod lines;
mod markdown;
mod outline;
#[cfg(feature = "explorer")]
mod parts;
mod plan;
mod python;
mod svg;
mod typescript;
mod wireshark;

pub use crate::schema::Compatibility;
pub use dump::{Dump, dump_bytes};
#[cfg(feature = "cli")]
pub(crate) use dump::{dump_fault, dump_schema};
#[cfg(feature = "explorer")]
pub(crate) use parts::{Parts, Shown as ShownPart, parts, parts_of_fault, without_parts};
pub use plan::Unsayable;
pub use python::Python;
pub use typescript::TypeScript;
pub use wireshark::Wireshark;
