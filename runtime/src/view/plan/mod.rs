//! The common part of the codecs in other languages. A declaration becomes short programs that read
//! and write frames.
//!
//! The order of encoding, the computation of each `Auto`, and all comparisons are decided here,
//! once for all languages. A language prints the programs and provides the functions that they
//! call.

mod brought;
mod code;
mod enums;
mod expr;
mod facts;
mod formats;
mod frames;
mod names;
mod order;
mod quick;
mod read;
mod runs;
mod tidy;
mod types;
mod write;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::schema::{Body, Schema};

pub(super) use code::{Code, Stmt};
use frames::Frames;
pub(super) use names::Names;
pub(super) use quick::{Bits, Kind, Piece, Put, Scan, Value};
pub(super) use runs::Number;
pub(super) use types::Ty;

/// A part of a declaration that another language cannot express.
///
/// ```
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// struct Log {
///     level: u8,
///     #[len_prefixed(u8)]
///     #[check(text.starts_with('#'), "a text begins with #")]
///     text: String,
/// }
///
/// let refused = Log::SCHEMA.python().generate().unwrap_err();
/// assert!(refused.to_string().starts_with("Log.text: "), "{refused}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsayable {
    path: String,
    reason: String,
}

impl Unsayable {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    /// Returns this error with a name prepended to the path.
    fn within(mut self, name: &str) -> Self {
        self.path = if self.path.is_empty() { name.to_string() } else { format!("{name}.{}", self.path) };
        self
    }

    /// Returns this error with a hint that the caller may provide a function for the field.
    fn or_bring(mut self, field: &str) -> Self {
        self.reason = format!("{}: provide its function with `--with {field}=module.function`", self.reason);
        self
    }

    /// Returns the field that cannot be expressed, such as `Log.text`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Unsayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

impl core::error::Error for Unsayable {}

pub(super) type Result<T> = core::result::Result<T, Unsayable>;

/// All frames of a module.
pub(super) struct Module {
    pub(super) items: Vec<Item>,
    /// A hash of the declaration.
    pub(super) hash: u64,
}

/// One frame.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) doc: &'static str,
    pub(super) shape: Shape,
    /// Names and types of the parameters: the tag of an enum, and then the context values.
    pub(super) params: Vec<(String, Ty)>,
    pub(super) read: Vec<Stmt>,
    pub(super) write: Vec<Stmt>,
    /// For enums: the type of the tag, and statements that return the tag of a value.
    pub(super) tag: Option<(Ty, Vec<Stmt>)>,
    /// For fieldless enums: statements that convert a tag to a value.
    pub(super) of_tag: Vec<Stmt>,
    /// Fast path for reading, which does not track paths and positions for errors. `None` if a
    /// statement is not supported there.
    pub(super) quick_read: Option<Vec<Scan>>,
    /// Fast path for writing, with the same limits.
    pub(super) quick_write: Option<Put>,
}

/// The representation of a frame in memory.
pub(super) enum Shape {
    Struct(Vec<Member>),
    /// An item of a list with `each`, which is represented by its only field.
    Alone(Ty),
    /// A fieldless enum: names for numbers. `open` is set if other numbers are allowed.
    Plain {
        names: Vec<Name>,
        open: bool,
    },
    Union(Vec<Case>),
}

/// A name for the number of a variant.
pub(super) struct Name {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) number: i128,
}

/// A variant with its fields.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) members: Vec<Member>,
}

/// A field of the value in memory. Computed fields are not part of it.
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) ty: Ty,
    pub(super) size: String,
}

/// The frames of a module, and the objects that a caller provides for hand-written code.
pub(super) struct Plan {
    frames: Frames,
    with: Vec<(String, String)>,
}

/// Returns the module of some frames and all frames nested in them.
pub(super) fn module(roots: &[&'static Schema], with: &[(String, String)]) -> Result<Module> {
    let Some((first, others)) = roots.split_first() else {
        return Err(Unsayable::new("there are no types to generate"));
    };
    let mut frames = Frames::of(first);
    others.iter().for_each(|schema| frames.add(schema));
    let plan = Plan { frames, with: with.to_vec() };
    let mut items = Vec::new();
    let (mut hash, mut outer) = (0xcbf2_9ce4_8422_2325, Vec::new());
    for (name, schema) in plan.frames.iter() {
        outer.push((named(name), *schema));
    }
    for (name, schema) in &outer {
        for byte in crate::schema::text::Block(schema).to_string().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        items.push(plan.item(name, schema).map_err(|error| error.within(name))?);
    }
    quick::find(&mut items);
    Ok(Module { items, hash })
}

impl Plan {
    fn item(&self, name: &str, schema: &Schema) -> Result<Item> {
        if schema.attempt_at.is_some() {
            let message = "`Attempt<T>` cannot be generated by itself: generate `T`, which reports malformed bytes as errors";
            return Err(Unsayable::new(message));
        }
        let params = self.params(schema)?;
        match schema.body {
            Body::Struct(fields) => {
                let members = self.members(fields, "", None)?;
                let alone = matches!(fields, [field] if field.is_item);
                let (read, write) = (self.read_frame(name, schema)?, self.write_frame(schema)?);
                let shape = match members.first() {
                    Some(member) if alone => Shape::Alone(member.ty.clone()),
                    _ => Shape::Struct(members),
                };
                let (name, doc) = (name.to_string(), schema.doc);
                let (quick_read, quick_write) = (None, None);
                let (tag, of_tag) = (None, Vec::new());
                Ok(Item { name, doc, shape, params, read, write, tag, of_tag, quick_read, quick_write })
            }
            Body::Enum(variants) => self.enumeration(name, schema, variants, params),
        }
    }

    /// Returns the name of a nested frame.
    fn name(&self, schema: &Schema) -> String {
        named(self.frames.name(schema))
    }
}

/// Names that every module or language defines.
const TAKEN: [&str; 49] = [
    "Any",
    "Array",
    "ArrayBuffer",
    "AsyncGenerator",
    "AsyncIterator",
    "BigInt",
    "Boolean",
    "Buffer",
    "Callable",
    "Connection",
    "DataView",
    "DecodeError",
    "EncodeError",
    "Error",
    "False",
    "Frames",
    "Function",
    "Generic",
    "IPv4Address",
    "IPv6Address",
    "Infinity",
    "IntEnum",
    "Literal",
    "Map",
    "Mark",
    "Math",
    "NaN",
    "NaNBits",
    "Nan32",
    "NeedMore",
    "NoReturn",
    "None",
    "Number",
    "Numeric",
    "Object",
    "Overflow",
    "Path",
    "Promise",
    "RangeError",
    "ReadableStream",
    "Reader",
    "Reads",
    "Sequence",
    "String",
    "Symbol",
    "True",
    "TypeVar",
    "Uint8Array",
    "Union",
];

/// Returns the name of a type in a module. A name that has another meaning there gets the suffix
/// `_`.
fn named(name: &str) -> String {
    let others = [
        "WebSocket",
        "Writer",
        "CodeUnits",
        "Writes",
        "ByHand",
        "QuickRead",
        "IRREGULAR",
        "MAX_DEPTH",
        "NOWHERE",
        "Nowhere",
        "POWERS",
        "U128",
    ];
    // Names of functions begin with a small letter.
    let is_taken = TAKEN.contains(&name)
        || others.contains(&name)
        || name == "USIZE"
        || name.starts_with(|first: char| first.is_lowercase());
    if is_taken { format!("{name}_") } else { name.to_string() }
}
