//! Values: their context, and where they end.

use proc_macro2::Ident;
use syn::{Expr, Path, Type};

use super::{Expression, Format, Length, Offset, Place, Target, Tree};
use crate::attr::{Ending, Order};

/// A field seen as something that has a size.
#[derive(Clone)]
pub(crate) struct Content<'a> {
    pub(crate) local: Ident,
    pub(crate) ty: &'a Type,
    pub(crate) format: Format,
    /// Whether the field is an `Option` of it.
    pub(crate) optional: bool,
    /// The context that its type takes.
    pub(crate) given: Given<'a>,
    /// The type of the field, if the encoded value is converted from and to it.
    pub(crate) converts: Option<Converts<'a>>,
    /// The separator of its items, if it is a separated list.
    pub(crate) separated: Option<DelimiterBytes<'a>>,
}

/// The type in memory of a value that is encoded as another.
#[derive(Clone, Copy)]
pub(crate) struct Converts<'a> {
    pub(crate) to: &'a Type,
    pub(crate) by_ref: bool,
}

impl Content<'_> {
    /// Returns `true` if it is a list whose items have context.
    pub(crate) fn is_list_with(&self) -> bool {
        match self.given {
            Given::Item(_) => true,
            Given::Context { .. } => crate::ast::list_item(self.ty).is_some(),
            Given::Nothing | Given::With { .. } => false,
        }
    }
}

/// What reading a value needs besides its bytes.
#[derive(Clone)]
pub(crate) enum Given<'a> {
    Nothing,
    /// A nested frame receives a tag, then these values.
    Context {
        tag: Option<Chooser<'a>>,
        values: Vec<Expression<'a>>,
    },
    /// The hidden items of a list receive references to these fields.
    Item(Vec<Expression<'a>>),
    /// A hand-written module reads it, and receives these values and, with `origin`, the bytes of
    /// the frame so far.
    With {
        module: &'a Path,
        origin: bool,
        values: Vec<Expression<'a>>,
    },
}

/// Where the variant of a nested enum comes from.
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
    /// The variables for where the content starts and ends.
    pub(crate) marks: Option<(Ident, Ident)>,
    /// The variable for the end of its enclosing extent, if its own end depends on what follows.
    pub(crate) enclosed: Option<Ident>,
    /// Other lengths of the content that are patched once it is written.
    pub(crate) patched: Vec<Length<'a>>,
}

/// Where a body ends.
pub(crate) enum Extent<'a> {
    /// A length prefix.
    Prefixed(Box<Length<'a>>),
    /// A length in an earlier field.
    LenOf(Box<Length<'a>>),
    /// An expression.
    Len(Expression<'a>, Option<StopBytes<'a>>),
    Until(DelimiterBytes<'a>),
    Fixed {
        len: &'a Expr,
        fill: Option<&'a Expr>,
        stop: Option<StopBytes<'a>>,
    },
    Rest,
    /// Up to the offset of the next field.
    UpTo(Box<Offset<'a>>),
    /// A number of as many bytes as an expression gives.
    InBytes(Expression<'a>),
}

impl Extent<'_> {
    /// Returns this delimiter for text whose code units have two bytes, if an order is given.
    pub(crate) fn in_units(mut self, units: Option<Order>) -> Self {
        match &mut self {
            Self::Until(delimiter) => delimiter.units = units,
            Self::Len(_, Some(stop)) | Self::Fixed { stop: Some(stop), .. } => stop.until.units = units,
            _ => {}
        }
        self
    }
}

/// The bytes of a delimiter: any of several, the first of which is written.
#[derive(Clone)]
pub(crate) struct DelimiterBytes<'a> {
    pub(crate) any: Vec<&'a Expr>,
    pub(crate) ending: Ending,
    pub(crate) optional: bool,
    /// The byte order of its code units, if these have two bytes.
    pub(crate) units: Option<Order>,
}

impl<'a> DelimiterBytes<'a> {
    /// Creates a delimiter that is consumed and is not part of the value.
    pub(crate) fn consumed(expr: &'a Expr) -> Self {
        Self { any: crate::attr::alternatives(expr), ending: Ending::Consumed, optional: false, units: None }
    }

    /// Returns `true` if it has no alternatives and is consumed.
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

/// What may end a value within its fixed place.
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
    /// The variables for where the items start and end.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// The place of a list's count.
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
    /// The variables for where the items start and end.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// The item that ends a list.
pub(crate) enum End<'a> {
    /// The item for which this returns true, which stays in the list.
    Kept(&'a syn::ExprClosure),
    /// An item equal to this, which does not.
    Dropped(&'a Expr),
}

impl End<'_> {
    /// Returns the condition for the last item, in which the item is the only value.
    pub(crate) fn tree(&self) -> Tree {
        crate::lower::last_item(self)
    }
}
