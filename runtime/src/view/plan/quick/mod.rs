//! The fast path of the codecs: functions that read and write plain frames without tracking paths
//! and positions for errors. In identifiers the fast path is called `quick`.
//!
//! The fast path gives up on anything unusual. The slow path then starts again, and accepts the
//! frame or reports the error. The program of the fast path is converted from that of the slow
//! path, statement by statement, so it accepts nothing that the slow path refuses. A frame with an
//! unsupported statement has no fast path.

mod read;
mod write;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::code::Code;
use super::types::Ty;
use super::{Item, Shape};
pub(in crate::view) use write::{Bits, Piece, Put, Value};

/// An element of fixed size in a run.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Kind {
    /// An integer of 1 to 8 bytes.
    Int {
        bytes: usize,
        signed: bool,
        little: bool,
    },
    Float {
        bytes: usize,
        little: bool,
    },
    Truth,
    Bytes(usize),
    /// Exactly these bytes, without a value.
    Constant(Vec<u8>),
    /// Bytes that reading ignores, and that are written as zeros.
    Skip(usize),
}

impl Kind {
    /// Returns `true` if Python's `struct` can read a list of such values at once. It has no
    /// numbers of 3 bytes.
    fn is_listed(&self) -> bool {
        matches!(self, Self::Int { bytes: 1 | 2 | 4 | 8, .. } | Self::Float { .. })
    }

    pub(in crate::view) fn size(&self) -> usize {
        match self {
            Self::Int { bytes, .. } | Self::Float { bytes, .. } => *bytes,
            Self::Truth => 1,
            Self::Constant(bytes) => bytes.len(),
            Self::Bytes(count) | Self::Skip(count) => *count,
        }
    }

    /// Returns `Some(true)` for little-endian order, and `None` for a kind without a byte order.
    pub(in crate::view) fn little(&self) -> Option<bool> {
        match self {
            Self::Int { bytes: 2.., little, .. } | Self::Float { little, .. } => Some(*little),
            _ => None,
        }
    }

    /// Returns the kind of value that a method of a slow-path reader or writer handles, if the fast
    /// path supports it.
    fn of(method: &str, arguments: &[Code]) -> Option<Self> {
        let signed = match method {
            "uint" | "uint_big" => false,
            "sint" | "sint_big" => true,
            "f32" | "f64" => {
                let [Code::Str(order)] = arguments else { return None };
                return Some(Self::Float {
                    bytes: if method == "f32" { 4 } else { 8 },
                    little: order == "little",
                });
            }
            "truth" => return Some(Self::Truth),
            "take" | "sized" => {
                let [Code::Int(count)] = arguments else { return None };
                return usize::try_from(*count).ok().filter(|count| *count <= 64).map(Self::Bytes);
            }
            _ => return None,
        };
        let (bytes, little) = match arguments {
            [Code::Int(bytes)] => (*bytes, false),
            [Code::Int(bytes), Code::Str(order)] => (*bytes, order == "little"),
            _ => return None,
        };
        let bytes = usize::try_from(bytes).ok().filter(|bytes| (1..=8).contains(bytes))?;
        // Both languages have functions for numbers of these sizes.
        let is_usual = matches!(bytes, 1 | 2 | 4 | 8) || (bytes == 3 && !signed);
        is_usual.then_some(Self::Int { bytes, signed, little })
    }
}

/// A statement of a fast-path reader. The reader reads `data` from `at` up to `end`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Scan {
    /// Reads consecutive values. The first position is their start, and the second is the end that
    /// they must not exceed. Values without a variable are not kept.
    Run(Code, Code, Vec<(Kind, Option<Code>)>),
    Let(Code, Option<Ty>, Code),
    Declare(Code, Ty),
    Set(Code, Code),
    /// Gives up if this condition is true.
    Fail(Code),
    GiveUp,
    If(Code, Vec<Scan>, Vec<Scan>),
    /// Reads another frame.
    Frame {
        value: Code,
        behind: Code,
        frame: String,
        at: Code,
        end: Code,
    },
    /// Reads numbers from `from` up to `to`. `count` is set if their count is known.
    Numbers {
        items: Code,
        of: Kind,
        count: Option<Code>,
        from: Code,
        to: Code,
    },
    /// Reads frames from `from` up to `to`. Each frame is one run.
    Rows {
        items: Code,
        ty: Ty,
        frame: String,
        from: Code,
        to: Code,
    },
    /// Reads `count` frames, or all frames up to `end`.
    Frames {
        items: Code,
        ty: Ty,
        frame: String,
        behind: Code,
        from: Code,
        count: Option<Code>,
        end: Code,
    },
    /// Returns the value and its end position.
    Done(Code, Code),
}

/// A frame that has a fast-path reader or writer.
#[derive(Clone)]
struct QuickFrame {
    /// Type of the frame in memory.
    ty: Ty,
    /// Nesting depth of the frame: 1 if it contains no other frames.
    depth: usize,
    /// The minimum number of bytes of the frame.
    least: usize,
    /// Whether the frame consists only of values of fixed size, in the order of its constructor's
    /// arguments.
    row: bool,
}

type Frames = BTreeMap<String, QuickFrame>;

/// The maximum depth of nested frames. Deeper frames are left to the slow path, which has its own
/// limit.
const DEPTH: usize = 64;

/// Adds a fast path to each frame whose statements are all supported. A frame that contains itself
/// has no fast path, because its nesting depth must be limited.
pub(super) fn find(items: &mut [Item]) {
    let mut reads = Frames::new();
    let mut writes = Frames::new();
    loop {
        let before = reads.len() + writes.len();
        for item in items.iter_mut().filter(|item| item.params.is_empty()) {
            if item.quick_read.is_none() {
                if let Some((scan, known)) = read::scan(item, &reads) {
                    reads.insert(item.name.clone(), known);
                    item.quick_read = Some(scan);
                }
            }
            if item.quick_write.is_none() {
                if let Some((put, known)) = write::put(item, &writes) {
                    writes.insert(item.name.clone(), known);
                    item.quick_write = Some(put);
                }
            }
        }
        if reads.len() + writes.len() == before {
            return;
        }
    }
}

/// Returns the type of a frame in memory.
fn type_of(item: &Item) -> Ty {
    match &item.shape {
        Shape::Alone(ty) => ty.clone(),
        Shape::Plain { open, .. } => Ty::Plain(item.name.clone(), *open),
        Shape::Struct(_) | Shape::Union(_) => Ty::Frame(item.name.clone()),
    }
}

/// Returns the frame with this name if it has a fast path, and raises `deepest` to its depth.
fn nested<'f>(name: &str, frames: &'f Frames, deepest: &mut usize) -> Option<&'f QuickFrame> {
    let known = frames.get(name).filter(|known| known.depth < DEPTH)?;
    *deepest = (*deepest).max(known.depth);
    Some(known)
}

/// Returns `true` for code that only the slow path supports: checksums, and calls to other frames,
/// except for their tags.
fn is_left(code: &Code) -> bool {
    match code {
        Code::Frame(_, function, _) => *function != "tag",
        Code::Call(name, _) => {
            matches!(*name, "crc" | "sum_internet" | "sum_adler32" | "sum_sum8" | "sum_xor8")
        }
        _ => false,
    }
}
