//! The values of fields, what reading them needs, and where they end.

use proc_macro2::Ident;
use syn::{Expr, Path, Type};

use super::{Expression, Format, Length, Offset, OnWire, Place, Target, Tree};
use crate::attr::{Ending, Order};

/// The value of a field: its type, its format, and what reading it needs.
#[derive(Clone)]
pub(crate) struct Content<'a> {
    pub(crate) local: Ident,
    pub(crate) ty: &'a Type,
    pub(crate) format: Format,
    /// Whether the field is an `Option` of this content.
    pub(crate) optional: bool,
    /// What reading the content needs in addition to the bytes.
    pub(crate) given: Given<'a>,
    /// The type in memory, if the encoded type `ty` is converted to it: `Timestamp` for
    /// `#[wire(u32)] at: Timestamp`.
    pub(crate) converts: Option<Converts<'a>>,
    /// The separator of a list with `#[separated(..)]`.
    pub(crate) separated: Option<DelimiterBytes<'a>>,
}

/// The type in memory of a converted value.
#[derive(Clone, Copy)]
pub(crate) struct Converts<'a> {
    pub(crate) to: &'a Type,
    pub(crate) by_ref: bool,
}

impl Content<'_> {
    /// Returns `true` if the content is a list whose items receive context.
    pub(crate) fn is_list_with(&self) -> bool {
        match self.given {
            Given::Item(_) => true,
            Given::Context { .. } => crate::ast::list_item(self.ty).is_some(),
            Given::Nothing | Given::With { .. } => false,
        }
    }
}

/// What reading a value needs in addition to the bytes.
#[derive(Clone)]
pub(crate) enum Given<'a> {
    Nothing,
    /// A nested frame receives a tag and then these values.
    Context {
        tag: Option<Chooser<'a>>,
        values: Vec<Expression<'a>>,
    },
    /// The hidden struct of each item receives these values.
    Item(Vec<Expression<'a>>),
    /// The content is read and written by this module, which receives these values. With `origin`
    /// the module also receives the bytes of the frame before the field.
    With {
        module: &'a Path,
        origin: bool,
        values: Vec<Expression<'a>>,
    },
}

impl<'a> Given<'a> {
    /// Returns the expressions that are passed to the content.
    pub(crate) fn expressions(&self) -> Vec<&Expression<'a>> {
        let (tag, values) = match self {
            Self::Nothing => return Vec::new(),
            Self::Context { tag: Some(Chooser::Expr(tag)), values } => (Some(tag), values),
            Self::Context { values, .. } | Self::Item(values) | Self::With { values, .. } => (None, values),
        };
        tag.into_iter().chain(values).collect()
    }
}

/// What chooses the variant of a nested enum: an `Auto` with `tag_of`, or the expression of
/// `#[tag(expr)]`.
#[derive(Clone)]
pub(crate) enum Chooser<'a> {
    Field(Ident, Target<'a>),
    Expr(Expression<'a>),
}

pub(crate) struct Value<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
}

pub(crate) struct Body<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) extent: Extent<'a>,
    pub(crate) lenient: bool,
    /// Variables for the positions before and after the content.
    pub(crate) marks: Option<(Ident, Ident)>,
    /// Variable for the end of the enclosing extent. The encoder checks the bytes up to there for a
    /// delimiter that would be found too early.
    pub(crate) enclosed: Option<Ident>,
    /// Length fields that describe the content but do not end it. They are written after the
    /// content.
    pub(crate) patched: Vec<Length<'a>>,
}

/// Where a body ends.
pub(crate) enum Extent<'a> {
    /// After the length in its prefix.
    Prefixed(Box<Length<'a>>),
    /// After the length in an earlier field.
    LenOf(Box<Length<'a>>),
    /// After this length. A delimiter may end the value earlier.
    Len(Expression<'a>, Option<StopBytes<'a>>),
    Until(DelimiterBytes<'a>),
    Fixed {
        len: &'a Expr,
        fill: Option<&'a Expr>,
        stop: Option<StopBytes<'a>>,
    },
    Rest,
    /// At the offset of the next field.
    UpTo(Box<Offset<'a>>),
    /// After this number of bytes. The body is an integer.
    InBytes(Expression<'a>),
}

impl Extent<'_> {
    /// Sets the byte order of the delimiter if the content is UTF-16 text.
    pub(crate) fn in_units(mut self, units: Option<Order>) -> Self {
        match &mut self {
            Self::Until(delimiter) => delimiter.units = units,
            Self::Len(_, Some(stop)) | Self::Fixed { stop: Some(stop), .. } => stop.until.units = units,
            _ => {}
        }
        self
    }
}

/// A delimiter. Each alternative in `any` ends a value on decode. The encoder writes the first one.
#[derive(Clone)]
pub(crate) struct DelimiterBytes<'a> {
    pub(crate) any: Vec<&'a Expr>,
    pub(crate) ending: Ending,
    pub(crate) optional: bool,
    /// Byte order of the code units, if the delimiter ends UTF-16 text.
    pub(crate) units: Option<Order>,
}

impl<'a> DelimiterBytes<'a> {
    pub(crate) fn consumed(expr: &'a Expr) -> Self {
        Self { any: crate::attr::alternatives(expr), ending: Ending::Consumed, optional: false, units: None }
    }

    /// Returns `true` if the delimiter is one byte string that is always present and consumed.
    pub(crate) fn is_plain(&self) -> bool {
        self.any.len() == 1
            && matches!(self.ending, Ending::Consumed)
            && !self.optional
            && self.units.is_none()
    }

    pub(crate) fn is_between(&self) -> bool {
        matches!(self.ending, Ending::Between(_))
    }
}

/// The delimiter that may end a value before the end of its extent, as in
/// `#[fixed(16, until = 0)]`.
pub(crate) struct StopBytes<'a> {
    pub(crate) until: DelimiterBytes<'a>,
    pub(crate) fill: Option<&'a Expr>,
}

/// A list with a known number of items.
pub(crate) struct List<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) item: &'a Type,
    pub(crate) content: Content<'a>,
    pub(crate) count: Count<'a>,
    /// Variables for the positions before and after the items.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// What tells the number of items.
pub(crate) enum Count<'a> {
    Prefixed(Box<Length<'a>>),
    InField(Box<Length<'a>>),
    Expr(Expression<'a>),
}

/// A list that ends with a special item, as in `#[until(0)] values: Vec<u16>`.
pub(crate) struct Items<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) item: &'a Type,
    /// The item type with its lifetimes replaced, if an item's own bytes show whether it is the
    /// last.
    pub(crate) any: Option<Type>,
    pub(crate) content: Content<'a>,
    /// What of an item is on the wire.
    pub(crate) on_wire: OnWire,
    pub(crate) end: End<'a>,
    /// Variables for the positions before and after the items.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// The item that ends a list. It is the first item that matches.
pub(crate) enum End<'a> {
    /// The closure returns `true` for the last item, which stays in the list.
    Kept(&'a syn::ExprClosure),
    /// The last item is equal to this value, and is not part of the list.
    Dropped(&'a Expr),
}

impl End<'_> {
    /// Returns the condition for the last item as a tree, in which only the item has a name.
    pub(crate) fn tree(&self) -> Tree {
        crate::lower::last_item(self)
    }
}
