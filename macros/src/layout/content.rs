//! Values: their context, and where they end.

use proc_macro2::Ident;
use syn::{Expr, Path, Type};

use super::{Expression, Format, Length, Offset, Place, Target, Tree};
use crate::attr::{Ending, Order};

/// The content of a field: something that has a size.
#[derive(Clone)]
pub(crate) struct Content<'a> {
    pub(crate) local: Ident,
    pub(crate) ty: &'a Type,
    pub(crate) format: Format,
    /// Whether the field is an `Option` of the content.
    pub(crate) optional: bool,
    /// Context that the type of the content takes.
    pub(crate) given: Given<'a>,
    /// Type in memory, if the encoded value is converted from and to it.
    pub(crate) converts: Option<Converts<'a>>,
    /// Separator of the items, if the content is a separated list.
    pub(crate) separated: Option<DelimiterBytes<'a>>,
}

/// The type in memory of a value that is encoded as another.
#[derive(Clone, Copy)]
pub(crate) struct Converts<'a> {
    pub(crate) to: &'a Type,
    pub(crate) by_ref: bool,
}

impl Content<'_> {
    /// Returns `true` if the content is a list whose items have context.
    pub(crate) fn is_list_with(&self) -> bool {
        match self.given {
            Given::Item(_) => true,
            Given::Context { .. } => crate::ast::list_item(self.ty).is_some(),
            Given::Nothing | Given::With { .. } => false,
        }
    }
}

/// The values that reading needs in addition to the bytes.
#[derive(Clone)]
pub(crate) enum Given<'a> {
    Nothing,
    /// Values for a nested frame, which receives a tag and then these values.
    Context {
        tag: Option<Chooser<'a>>,
        values: Vec<Expression<'a>>,
    },
    /// References to these fields, for the hidden items of a list.
    Item(Vec<Expression<'a>>),
    /// Values for a hand-written module, which reads the content. With `origin` the module also
    /// receives the bytes of the frame so far.
    With {
        module: &'a Path,
        origin: bool,
        values: Vec<Expression<'a>>,
    },
}

/// The source of the variant of a nested enum.
#[derive(Clone)]
pub(crate) enum Chooser<'a> {
    Field(Ident, Target<'a>),
    Expr(Expression<'a>),
}

/// A self-delimiting value.
pub(crate) struct Value<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
}

/// A value that fills an extent.
pub(crate) struct Body<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) extent: Extent<'a>,
    pub(crate) lenient: bool,
    /// Variables for the start and the end of the content.
    pub(crate) marks: Option<(Ident, Ident)>,
    /// Variable for the end of the enclosing extent, if the size of the following fields determines
    /// the end of this extent.
    pub(crate) enclosed: Option<Ident>,
    /// Other lengths of the content, which are patched once the content is written.
    pub(crate) patched: Vec<Length<'a>>,
}

/// The end of a body.
pub(crate) enum Extent<'a> {
    /// The body ends after the length in its prefix.
    Prefixed(Box<Length<'a>>),
    /// The body ends after the length in an earlier field.
    LenOf(Box<Length<'a>>),
    /// The body ends after the length that an expression gives.
    Len(Expression<'a>, Option<StopBytes<'a>>),
    Until(DelimiterBytes<'a>),
    Fixed {
        len: &'a Expr,
        fill: Option<&'a Expr>,
        stop: Option<StopBytes<'a>>,
    },
    Rest,
    /// The body ends at the offset of the next field.
    UpTo(Box<Offset<'a>>),
    /// The body is a number whose size in bytes is given by an expression.
    InBytes(Expression<'a>),
}

impl Extent<'_> {
    /// Sets the byte order of the delimiter, for text with code units of two bytes.
    pub(crate) fn in_units(mut self, units: Option<Order>) -> Self {
        match &mut self {
            Self::Until(delimiter) => delimiter.units = units,
            Self::Len(_, Some(stop)) | Self::Fixed { stop: Some(stop), .. } => stop.until.units = units,
            _ => {}
        }
        self
    }
}

/// The bytes of a delimiter. Any alternative ends a value, and the first one is written.
#[derive(Clone)]
pub(crate) struct DelimiterBytes<'a> {
    pub(crate) any: Vec<&'a Expr>,
    pub(crate) ending: Ending,
    pub(crate) optional: bool,
    /// Byte order of the code units, if they have two bytes.
    pub(crate) units: Option<Order>,
}

impl<'a> DelimiterBytes<'a> {
    /// Returns a delimiter that is consumed and is not part of the value.
    pub(crate) fn consumed(expr: &'a Expr) -> Self {
        Self { any: crate::attr::alternatives(expr), ending: Ending::Consumed, optional: false, units: None }
    }

    /// Returns `true` if the delimiter has no alternatives and is consumed.
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

/// The delimiter that may end a value within its fixed place.
pub(crate) struct StopBytes<'a> {
    pub(crate) until: DelimiterBytes<'a>,
    pub(crate) fill: Option<&'a Expr>,
}

/// A list with a count.
pub(crate) struct List<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) item: &'a Type,
    pub(crate) content: Content<'a>,
    pub(crate) count: Count<'a>,
    /// Variables for the start and the end of the items.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// The source of the count of a list.
pub(crate) enum Count<'a> {
    Prefixed(Box<Length<'a>>),
    InField(Box<Length<'a>>),
    Expr(Expression<'a>),
}

/// A list that ends with an item.
pub(crate) struct Items<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) item: &'a Type,
    /// The item type for any lifetime, if the last item can be recognised by its bytes alone.
    pub(crate) any: Option<Type>,
    pub(crate) content: Content<'a>,
    pub(crate) end: End<'a>,
    /// Variables for the start and the end of the items.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// The item that ends a list.
pub(crate) enum End<'a> {
    /// The list ends with the first item for which this closure returns `true`; the item stays in
    /// the list.
    Kept(&'a syn::ExprClosure),
    /// The list ends with an item equal to this value; the item is dropped.
    Dropped(&'a Expr),
}

impl End<'_> {
    /// Returns the condition for the last item, as a tree that knows no value except the item.
    pub(crate) fn tree(&self) -> Tree {
        crate::lower::last_item(self)
    }
}
