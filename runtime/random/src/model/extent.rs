//! Extents: where values end.

use super::Id;
use super::derived::Expr;
use super::types::Format;

/// The extent of a value.
#[derive(Clone)]
pub(crate) enum Extent {
    /// No extent: the value has a fixed size, is self-delimiting, or is described by an earlier
    /// `Auto`.
    None,
    LenPrefixed {
        number: Option<Format>,
        rule: Rule,
    },
    CountPrefixed {
        number: Format,
        max: Option<usize>,
        none: Option<i128>,
    },
    Len(Expr),
    Count(Expr),
    Until(Vec<u8>),
    /// Several delimiters. Encoding writes the first.
    UntilAny {
        any: Vec<Vec<u8>>,
        ending: Ending,
    },
    /// A slot that may be larger than the value, as in `fixed(N, until = ..)`. Its size is a
    /// constant, or given by earlier fields.
    Stopped {
        size: Expr,
        until: u8,
        fill: u8,
    },
    /// A list with one item for each element of an earlier list. The element is the item's size in
    /// bytes.
    In(Id),
    /// For the items of a list: this many bits each, without gaps.
    Bits(u32),
    /// A list whose items have their own extent, or are separated.
    Items {
        within: Box<Extent>,
        each: Box<Extent>,
        separator: Option<Vec<u8>>,
    },
    UntilItem(i128),
    /// Up to an item that is greater than this number. The condition adds `plus` to both, so it has
    /// no value for an item that is too large for that.
    UntilGreater {
        bound: i128,
        plus: i128,
    },
    Fixed {
        len: usize,
        fill: Option<u8>,
        lenient: bool,
    },
    Rest,
}

/// The treatment of a delimiter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Consumed,
    /// The delimiter may be missing at the end.
    Optional,
    /// The delimiter is left for the next field.
    Left,
    /// The delimiter is present if something follows.
    Between,
}

/// The words that a length may have.
#[derive(Clone, Default)]
pub(crate) struct Rule {
    pub(crate) inclusive: bool,
    pub(crate) scale: usize,
    pub(crate) bias: i128,
    pub(crate) max: Option<usize>,
    pub(crate) none: Option<i128>,
    pub(crate) lenient: bool,
}
