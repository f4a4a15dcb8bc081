//! Sizes as constant expressions, and the sizes of the bytes after a step.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit, Type};

use super::{Cx, q};
use crate::layout::Step;

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

    pub(super) fn sum(sizes: impl Iterator<Item = Self>) -> Self {
        let (mut known, mut others) = (0usize, Vec::new());
        for size in sizes {
            match size {
                Self::Known(size) => known = known.saturating_add(size),
                Self::Constant(size) => others.push(size),
            }
        }
        if others.is_empty() { Self::Known(known) } else { Self::Constant(q!(#known #(+ #others)*)) }
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

/// The minimum and maximum encoded size in bytes, and whether the value is open. All three are
/// constant expressions.
pub(crate) struct Bounds {
    pub(crate) min: Size,
    pub(crate) max: TokenStream,
    pub(crate) open: TokenStream,
}

impl Bounds {
    pub(crate) fn exactly(len: Size) -> Self {
        Self { max: q!(::core::option::Option::Some(#len)), min: len, open: q!(false) }
    }

    pub(crate) fn at_least(min: Size) -> Self {
        Self { min, max: q!(::core::option::Option::None), open: q!(false) }
    }

    pub(super) fn of_type(ty: &Type, format: &TokenStream) -> Self {
        Self {
            min: Size::Constant(q!(<#ty as __fw::Wire<#format>>::MIN)),
            max: q!(<#ty as __fw::Wire<#format>>::MAX),
            open: q!(<#ty as __fw::Wire<#format>>::OPEN),
        }
    }

    /// Returns the bounds of consecutive steps. Only the last step may be open.
    pub(crate) fn sum(cx: &Cx<'_>, steps: &[Step<'_>]) -> Self {
        let all: Vec<_> = steps.iter().map(|step| step.node().bounds(cx)).collect();
        let mins = all.iter().map(|bounds| &bounds.min);
        let maxes = all.iter().map(|bounds| &bounds.max);
        let opens = all.iter().map(|bounds| &bounds.open);
        Self {
            min: Size::Constant(q!(__fw::min_len_sum(&[#(#mins),*]))),
            max: q!(__fw::max_len_sum(&[#(#maxes),*])),
            open: q!(__fw::any(&[#(#opens),*])),
        }
    }

    /// Returns bounds that include the bounds of each of `all`, for the variants of an enum.
    pub(crate) fn either(all: &[Self]) -> Self {
        let mins = all.iter().map(|bounds| &bounds.min);
        let maxes = all.iter().map(|bounds| &bounds.max);
        let opens = all.iter().map(|bounds| &bounds.open);
        Self {
            min: Size::Constant(q!(__fw::min_len_of(&[#(#mins),*]))),
            max: q!(__fw::max_len_of(&[#(#maxes),*])),
            open: q!(__fw::any(&[#(#opens),*])),
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
