//! Re-exports for generated code, which names no other path except `::core`. This is not part of the
//! public API, and anything here may change with any release.

pub use core::default::Default;
pub use core::marker::Sized;
pub use core::option::Option::{self, None, Some};
pub use core::primitive::{bool, i128, u8, u16, u32, u64, u128, usize};
pub use core::result::Result::{self, Err, Ok};

pub use crate::budget::Budget;
pub use crate::error::{DecodeError, EncodeError};
pub use crate::frame::{Decode, DecodeWith, Encode, EncodeWith, Layout};
pub use crate::schema::{
    BitKind, Bits as BitsType, Body as SchemaBody, Check as SchemaCheck, Chooser, Constant as SchemaConstant,
    Covered, Covers, Delimiter as DelimiterSet, Ending, Expr, Extent, Field, Given, Int, LengthRule,
    Measured, Node, Op, Operand as Named, Order, Ordered, Part, Prefix, Presence, Role, Schema, Scope, Start,
    Stop, TagOf, Tags, Target, Ty, Type, Variant,
};
pub use crate::sink::Sink;
pub use crate::source::Source;
pub use crate::support::*;
pub use crate::wire::*;
