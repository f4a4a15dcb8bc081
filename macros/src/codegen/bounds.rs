//! Sizes as constants, and what stands behind a step in the same extent.

use proc_macro2::TokenStream;

use super::{Cx, expression, q};
use crate::layout::{Amount, Body, Condition, Count, Extent, Step};

/// The fewest and the most bytes of something, as constant expressions, and
/// whether it goes on to the end of what encloses it.
pub(crate) struct Bounds {
    pub(crate) min: TokenStream,
    pub(crate) max: TokenStream,
    pub(crate) open: TokenStream,
}

impl Bounds {
    pub(crate) fn exactly(len: TokenStream) -> Self {
        Self { min: len.clone(), max: q!(::core::option::Option::Some(#len)), open: q!(false) }
    }

    pub(crate) fn at_least(min: TokenStream) -> Self {
        Self { min, max: q!(::core::option::Option::None), open: q!(false) }
    }

    /// One after the other. Only the last may be open.
    pub(crate) fn sum(cx: &Cx<'_>, steps: &[Step<'_>]) -> Self {
        let all: Vec<_> = steps.iter().map(|step| step.bounds(cx)).collect();
        let mins = all.iter().map(|bounds| &bounds.min);
        let maxes = all.iter().map(|bounds| &bounds.max);
        let opens = all.iter().map(|bounds| &bounds.open);
        Self {
            min: q!(__fw::min_len_sum(&[#(#mins),*])),
            max: q!(__fw::max_len_sum(&[#(#maxes),*])),
            open: q!(__fw::any(&[#(#opens),*])),
        }
    }

    /// One or the other.
    pub(crate) fn either(all: &[Self]) -> Self {
        let mins = all.iter().map(|bounds| &bounds.min);
        let maxes = all.iter().map(|bounds| &bounds.max);
        let opens = all.iter().map(|bounds| &bounds.open);
        Self {
            min: q!(__fw::min_len_of(&[#(#mins),*])),
            max: q!(__fw::max_len_of(&[#(#maxes),*])),
            open: q!(__fw::any(&[#(#opens),*])),
        }
    }
}

/// What stands behind a step before the extent around it ends.
#[derive(Clone, Default)]
pub(crate) struct Tail {
    /// The fewest bytes of each step.
    min: Vec<TokenStream>,
    /// The size of each step where it is known by then; `None` once one is not.
    exact: Option<Vec<TokenStream>>,
}

impl Tail {
    /// Nothing stands behind.
    pub(crate) fn none() -> Self {
        Self { min: Vec::new(), exact: Some(Vec::new()) }
    }

    /// With `steps` in front.
    pub(super) fn behind(&self, cx: &Cx<'_>, steps: &[Step<'_>]) -> Self {
        let mut tail = self.clone();
        for step in steps {
            tail.min.push(step.bounds(cx).min);
            match (&mut tail.exact, step.exact(cx)) {
                (Some(all), Some(exact)) => all.push(exact),
                (exact, _) => *exact = None,
            }
        }
        tail
    }

    /// The fewest bytes behind, as a constant.
    pub(super) fn min(&self) -> TokenStream {
        let min = &self.min;
        if min.is_empty() { q!(0usize) } else { q!(const { __fw::min_len_sum(&[#(#min),*]) }) }
    }

    /// The bytes behind, computed from what has been read. The layout's
    /// checks see to it that a `rest` has such a tail.
    pub(super) fn exact(&self) -> TokenStream {
        let exact = self.exact.iter().flatten();
        q!(0usize #(.saturating_add(#exact))*)
    }
}

impl Step<'_> {
    /// The size on decode, before the step is read, where it is fixed or
    /// given by numbers already read.
    pub(super) fn exact(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        match self {
            Self::Body(Body { extent: Extent::LenOf(length), .. }) => {
                let var = &length.var;
                Some(q!(#var))
            }
            Self::Fill(fill) => fill.exact(),
            Self::Body(Body { extent: Extent::Len(expr), .. }) => Some(expression::said_len(expr)),
            Self::List(list) => list.exact(),
            Self::Cond(cond) => cond.exact(cx),
            _ if self.exact_is_known() => {
                let Bounds { min, max, .. } = self.bounds(cx);
                Some(q!(const { __fw::exact(#min, #max) }))
            }
            _ => None,
        }
    }

    /// Whether the size is known on decode before the step is read.
    pub(crate) fn exact_is_known(&self) -> bool {
        match self {
            Self::Atom(_) | Self::Run(_) | Self::Value(_) | Self::Agree(_) | Self::Skip(..) => true,
            Self::Body(body) => {
                matches!(body.extent, Extent::LenOf(_) | Extent::Fixed { .. } | Extent::Len(_))
            }
            Self::List(list) => !matches!(list.count, Count::Prefixed(_)),
            Self::Cond(cond) => {
                matches!(cond.condition, Condition::When(_) | Condition::Flag { .. })
                    && cond.steps.iter().all(Self::exact_is_known)
            }
            Self::Fill(fill) => matches!(fill.amount, Amount::Bytes(_)),
            Self::Length(_)
            | Self::Tag(_)
            | Self::Items(_)
            | Self::Scope(_)
            | Self::Delimited(_)
            | Self::Peek(_)
            | Self::Match(_) => false,
        }
    }
}
