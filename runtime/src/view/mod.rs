//! Drawings and exports of a declaration.
//!
//! A [`Dump`] shows the bytes of one value, field by field. All other views are made from a
//! [`Schema`](crate::Schema) alone. The views are independent of each other.

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
