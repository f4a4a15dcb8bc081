//! Sizes as constant expressions, and the sizes of the bytes after a step.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, Type};

use super::{Cx, q};
use crate::layout::{Cond, Condition, Step};

/// A number of bytes as a constant expression. The macro adds known sizes itself, which saves the
/// compiler work.
#[derive(Clone)]
pub(crate) enum Size {
    Known(usize),
    Constant(TokenStream),
}

impl Size {
    /// Returns the size that the user wrote, such as `4` or `HEADER_LEN`.
    pub(super) fn said(expr: &Expr) -> Self {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if matches!(int.suffix(), "" | "usize") => {
                int.base10_parse().map_or_else(|_| Self::Constant(q!((#expr))), Self::Known)
            }
            _ => Self::Constant(q!((#expr))),
        }
    }

    /// Returns the sum. A sum that overflows does not compile.
    pub(super) fn sum(sizes: impl Iterator<Item = Self>) -> Self {
        let (known, others) = Self::split(sizes);
        if others.is_empty() { Self::Known(known) } else { Self::Constant(q!(#known #(+ #others)*)) }
    }

    /// Returns the sum, but at most the largest number.
    fn sum_at_most(sizes: impl Iterator<Item = Self>) -> Self {
        let (known, others) = Self::split(sizes);
        match others.as_slice() {
            [] => Self::Known(known),
            others => Self::Constant(q!(__fw::min_len_sum(&[#known #(, #others)*]))),
        }
    }

    /// Returns the sum of the known sizes, and the other sizes.
    fn split(sizes: impl Iterator<Item = Self>) -> (usize, Vec<TokenStream>) {
        let (mut known, mut others) = (0usize, Vec::new());
        for size in sizes {
            match size {
                Self::Known(size) => known = known.saturating_add(size),
                Self::Constant(size) => others.push(size),
            }
        }
        (known, others)
    }

    fn known(&self) -> Option<usize> {
        if let Self::Known(size) = self { Some(*size) } else { None }
    }
}

impl ToTokens for Size {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known(size) => size.to_tokens(tokens),
            Self::Constant(size) => size.to_tokens(tokens),
        }
    }
}

/// The maximum encoded size in bytes. The macro adds known sizes itself, like those of [`Size`].
#[derive(Clone)]
pub(crate) enum Most {
    Known(usize),
    /// The size has no maximum.
    Endless,
    /// A constant expression of type `Option<usize>`.
    Constant(TokenStream),
}

impl Most {
    fn of(size: &Size) -> Self {
        match size {
            Size::Known(size) => Self::Known(*size),
            Size::Constant(size) => Self::Constant(q!(__fw::Some(#size))),
        }
    }

    /// Returns the smaller of two sizes.
    pub(super) fn least(first: Self, second: Self) -> Self {
        match (first, second) {
            (Self::Endless, most) | (most, Self::Endless) => most,
            (Self::Known(first), Self::Known(second)) => Self::Known(first.min(second)),
            (first, second) => Self::Constant(q!(__fw::least_max(#first, #second))),
        }
    }

    /// Combines the sizes with `known` if the macro knows all of them, otherwise with a call of the
    /// runtime's function `later`.
    fn combine(all: &[&Self], known: impl Fn(usize, usize) -> Option<usize>, later: &TokenStream) -> Self {
        if all.iter().any(|most| matches!(most, Self::Constant(_))) {
            return Self::Constant(q!(__fw::#later(&[#(#all),*])));
        }
        let sum = all.iter().try_fold(0usize, |sum, most| match most {
            Self::Known(size) => known(sum, *size),
            Self::Endless | Self::Constant(_) => None,
        });
        sum.map_or(Self::Endless, Self::Known)
    }
}

impl ToTokens for Most {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known(size) => tokens.extend(q!(__fw::Some(#size))),
            Self::Endless => tokens.extend(q!(__fw::None)),
            Self::Constant(most) => most.to_tokens(tokens),
        }
    }
}

/// Whether a value is open.
#[derive(Clone)]
pub(crate) enum Open {
    Known(bool),
    /// A constant expression of type `bool`.
    Constant(TokenStream),
}

impl Open {
    /// Returns whether any of the values is open.
    fn any<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let all: Vec<_> = all.into_iter().filter(|open| !matches!(open, Self::Known(false))).collect();
        match all.as_slice() {
            [] => Self::Known(false),
            some if some.iter().any(|open| matches!(open, Self::Known(true))) => Self::Known(true),
            some => Self::Constant(q!(__fw::any(&[#(#some),*]))),
        }
    }

    /// Returns whether values of `min` bytes can be smaller than `len` bytes.
    fn if_below(min: &Size, len: &Size) -> Self {
        match (min, len) {
            (Size::Known(min), Size::Known(len)) => Self::Known(min < len),
            _ => Self::Constant(q!(#min < #len)),
        }
    }
}

impl ToTokens for Open {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known(open) => open.to_tokens(tokens),
            Self::Constant(open) => open.to_tokens(tokens),
        }
    }
}

/// The minimum and maximum encoded size in bytes, and whether the value is open.
pub(crate) struct Bounds {
    pub(crate) min: Size,
    pub(crate) max: Most,
    pub(crate) open: Open,
}

impl Bounds {
    pub(crate) fn exactly(len: Size) -> Self {
        Self { max: Most::of(&len), min: len, open: Open::Known(false) }
    }

    pub(crate) fn at_least(min: Size) -> Self {
        Self { min, max: Most::Endless, open: Open::Known(false) }
    }

    pub(super) fn of_type(ty: &Type, format: &TokenStream) -> Self {
        Self {
            min: Size::Constant(q!(<#ty as __fw::Wire<#format>>::MIN)),
            max: Most::Constant(q!(<#ty as __fw::Wire<#format>>::MAX)),
            open: Open::Constant(q!(<#ty as __fw::Wire<#format>>::OPEN)),
        }
    }

    /// Returns the bounds of consecutive steps. Only the last step may be open.
    pub(crate) fn sum(cx: &Cx<'_>, steps: &[Step<'_>]) -> Self {
        let all: Vec<_> = steps.iter().map(|step| step.node().bounds(cx)).collect();
        let maxes: Vec<_> = all.iter().map(|bounds| &bounds.max).collect();
        // Whether a field with `lead` is there is told by the bytes behind it. If there may be fewer
        // of them than the lead has, they may be those after all steps.
        let leads = steps.iter().enumerate().filter_map(|(index, step)| {
            let Step::Cond(Cond { condition: Condition::Lead { lead, at: Some(_) }, .. }) = step else {
                return None;
            };
            let behind = Size::sum_at_most(all[index + 1..].iter().map(|bounds| bounds.min.clone()));
            Some(Open::if_below(&behind, &lead.len()))
        });
        let leads: Vec<_> = leads.collect();
        Self {
            max: Most::combine(&maxes, usize::checked_add, &q!(max_len_sum)),
            open: Open::any(all.iter().map(|bounds| &bounds.open).chain(&leads)),
            min: Size::sum_at_most(all.into_iter().map(|bounds| bounds.min)),
        }
    }

    /// Returns bounds that include the bounds of each of `all`, for the variants of an enum.
    pub(crate) fn either(all: &[Self]) -> Self {
        let maxes: Vec<_> = all.iter().map(|bounds| &bounds.max).collect();
        let min = match all.iter().map(|bounds| bounds.min.known()).collect::<Option<Vec<_>>>() {
            Some(mins) => Size::Known(mins.into_iter().min().unwrap_or(0)),
            None => {
                let mins = all.iter().map(|bounds| &bounds.min);
                Size::Constant(q!(__fw::min_len_of(&[#(#mins),*])))
            }
        };
        Self {
            min,
            max: Most::combine(&maxes, |most, size| Some(most.max(size)), &q!(max_len_of)),
            open: Open::any(all.iter().map(|bounds| &bounds.open)),
        }
    }
}

/// The bytes between the end of a step and the end of the surrounding extent. The parser of a
/// `rest` field leaves `exact` bytes for them.
#[derive(Clone, Default)]
pub(crate) struct Tail {
    /// The part of the minimum size that the macro knows.
    known: usize,
    /// The rest of the minimum size, as an index in `Layout::BEHIND`.
    rest: Option<usize>,
    exact: Exact,
}

/// The sizes of consecutive steps, if all of them are known before the first step is read.
#[derive(Clone, Default)]
enum Exact {
    #[default]
    Nothing,
    And(Rc<(TokenStream, Exact)>),
    Unknown,
}

impl Tail {
    /// Returns the tail of the step before `step`. It consists of `step` and this tail.
    pub(super) fn behind(&self, cx: &Cx<'_>, step: &Step<'_>) -> Self {
        let (known, rest) = match step.node().bounds(cx).min {
            Size::Known(min) => (self.known.saturating_add(min), self.rest),
            Size::Constant(min) => (self.known, Some(cx.behind(min, self.rest))),
        };
        let exact = match (&self.exact, step.node().exact(cx)) {
            (Exact::Unknown, _) | (_, None) => Exact::Unknown,
            (exact, Some(size)) => Exact::And(Rc::new((size, exact.clone()))),
        };
        Self { known, rest, exact }
    }

    pub(super) fn min(&self) -> TokenStream {
        let known = self.known;
        match self.rest {
            None => q!(#known),
            Some(rest) => q!(__fw::behind::<Self>(#known, #rest)),
        }
    }

    /// Returns the exact number of bytes that follow, computed from fields that are already read.
    /// For a `rest` field, `check_layout` ensures that this number is known.
    pub(super) fn exact(&self) -> TokenStream {
        let (mut sizes, mut next) = (TokenStream::new(), &self.exact);
        while let Exact::And(more) = next {
            let size = &more.0;
            sizes.extend(q!(.saturating_add(#size)));
            next = &more.1;
        }
        q!(0usize #sizes)
    }
}
