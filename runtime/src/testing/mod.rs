//! Helpers for testing a protocol.
//!
//! - [`laws`] checks properties of every protocol: encoding and decoding are inverse, and truncated
//!   or damaged bytes give errors and never a panic.
//! - [`samples`] and [`any`] generate valid values of any type from its schema, and [`damaged`]
//!   generates nearly valid bytes.
//! - [`assert_wire_snapshot!`] and [`assert_schema_snapshot!`] make a change of the encoding
//!   visible to a reviewer.
//!
//! ```
//! use framewright::prelude::*;
//! use framewright::testing::laws;
//!
//! #[derive(Frame, Debug, PartialEq)]
//! #[frame(be)]
//! struct Reading {
//!     sensor: u16,
//!     #[len_prefixed(u8)]
//!     unit: String,
//! }
//!
//! laws::<Reading>([
//!     Reading { sensor: 7, unit: "mV".into() },
//!     Reading { sensor: u16::MAX, unit: String::new() },
//! ]);
//! ```

mod agree;
mod laws;
mod samples;
mod subject;

#[doc(hidden)]
pub use agree::{dissects, rows, rows_before_fault};
pub use laws::laws;
#[doc(hidden)]
pub use laws::{ends_early, may_be_refused};
pub use samples::{any, damaged, samples};

pub use crate::{assert_schema_snapshot, assert_wire_snapshot};

#[doc(hidden)]
pub use insta;

/// Compares the annotated dump of a frame with the snapshot of this name, as
/// [insta](https://insta.rs) does. If they differ, the test fails until the difference is accepted
/// by `cargo insta review` (or `INSTA_UPDATE=always`). Without a name, the snapshot is named after
/// the test function.
///
/// ```no_run
/// use framewright::prelude::*;
/// use framewright::testing::assert_wire_snapshot;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Ping { id: u16 }
///
/// assert_wire_snapshot!("ping", Ping { id: 7 });
/// assert_wire_snapshot!(Ping { id: 8 });
/// ```
#[macro_export]
macro_rules! assert_wire_snapshot {
    ($frame:expr $(,)?) => {
        $crate::testing::insta::assert_snapshot!($crate::Encode::dump(&$frame))
    };
    ($name:expr, $frame:expr $(,)?) => {
        $crate::testing::insta::assert_snapshot!(
            $name,
            $crate::Encode::dump(&$frame),
            ::core::stringify!($frame)
        )
    };
}

/// Compares the schema of a type, as text, with the snapshot of this name. If the wire format has
/// changed, the test fails until the change is accepted. Without a name, the snapshot is named after
/// the type.
///
/// ```no_run
/// use framewright::prelude::*;
/// use framewright::testing::assert_schema_snapshot;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Ping { id: u16 }
///
/// assert_schema_snapshot!("ping-v1", Ping);
/// assert_schema_snapshot!(Ping);
/// ```
#[macro_export]
macro_rules! assert_schema_snapshot {
    ($type:ty $(,)?) => {
        $crate::assert_schema_snapshot!($crate::testing::schema_snapshot_name::<$type>(), $type)
    };
    ($name:expr, $type:ty $(,)?) => {
        $crate::testing::insta::assert_snapshot!(
            $name,
            <$type as $crate::Layout>::SCHEMA,
            ::core::stringify!($type)
        )
    };
}

#[doc(hidden)]
#[must_use]
pub fn schema_snapshot_name<T: crate::Layout>() -> std::string::String {
    std::format!("{}-schema", T::SCHEMA.name)
}
