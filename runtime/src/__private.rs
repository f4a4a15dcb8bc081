//! The only path generated code names. Not part of the public API: anything
//! here may change with any release.

pub use crate::error::{DecodeError, EncodeError};
pub use crate::frame::{Decode, DecodeWith, Encode, EncodeWith, Layout};
pub use crate::schema::{
    BitKind, Bits as BitsType, Body as SchemaBody, Extent, Field, Measured, Order, Part, Prefix, Presence,
    Role, Schema, Tags, Type, Variant,
};
pub use crate::sink::Sink;
pub use crate::source::Source;
pub use crate::support::*;
pub use crate::wire::*;
