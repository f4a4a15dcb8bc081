//! Patterns of tags: in `match` expressions and in the schema.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Lit, Pat};

use super::q;
use crate::layout::{ArmTag, TagConstant, TagType, Tags};

impl Tags<'_> {
    /// Returns constants that fail to compile if two tag patterns overlap. They are needed for
    /// ranges between constants, whose values only the compiler knows. The compiler itself reports
    /// only a pattern that earlier patterns cover completely.
    pub(crate) fn apart(&self) -> Vec<TokenStream> {
        let ranges = |arm: &ArmTag<'_>| matches!(arm, ArmTag::Pattern { pattern, .. } if has_range(pattern));
        let Some(first) = self.arms.iter().position(ranges) else { return Vec::new() };
        let values: Vec<_> =
            self.arms.iter().enumerate().map(|(index, arm)| arm.values(index, &self.ty)).collect();
        let below = self.arms.iter().enumerate().skip(first.max(1));
        let apart = below.filter_map(|(index, arm)| {
            let ArmTag::Pattern { pattern, .. } = arm else { return None };
            // The compiler reports overlaps of two patterns without ranges.
            let above =
                self.arms[..index].iter().zip(&values).filter(|(above, _)| ranges(above) || ranges(arm));
            let (above, own) = (above.flat_map(|(_, values)| values), &values[index]);
            let span = pattern.span().resolved_at(proc_macro2::Span::mixed_site());
            Some(quote_spanned!(span=> const _: () = __fw::tags_are_apart(&[#(#above),*], &[#(#own),*]);))
        });
        apart.collect()
    }

    /// Returns an expression that is `true` if `tag` selects this variant. If the macro cannot
    /// prove that the pattern is disjoint from the earlier ones, the earlier ones are excluded
    /// first.
    pub(super) fn choose(&self, index: usize, tag: &Ident) -> TokenStream {
        let pattern = self.arms[index].pattern(index);
        let above = self.arms[index].may_overlap().then(|| {
            let above = self.arms[..index].iter().enumerate().map(|(index, arm)| arm.pattern(index));
            q!(#(#above => false,)*)
        });
        let subject = self.ty.subject(tag);
        q!({
            #[allow(unreachable_patterns)]
            match #subject { #above #pattern => true, _ => false }
        })
    }
}

impl TagType {
    pub(crate) fn ty(&self) -> &syn::Type {
        match self {
            Self::Number(ty) | Self::Bytes(ty) | Self::Tuple(ty, _) => ty,
        }
    }

    /// Returns the tag in a form that patterns can match, such as `&tag` for a byte array.
    pub(super) fn subject(&self, tag: &Ident) -> TokenStream {
        self.matched(q!(#tag))
    }

    fn matched(&self, tag: TokenStream) -> TokenStream {
        match self {
            Self::Number(_) => tag,
            Self::Bytes(_) => q!(&#tag),
            Self::Tuple(_, parts) => {
                let parts = parts.iter().enumerate().map(|(index, part)| {
                    let index = syn::Index::from(index);
                    part.matched(q!(#tag.#index))
                });
                q!((#(#parts,)*))
            }
        }
    }
}

impl ArmTag<'_> {
    pub(super) fn pattern(&self, index: usize) -> TokenStream {
        match self {
            Self::Pattern { pattern, .. } => q!(#pattern),
            Self::Discriminant { .. } => {
                let tag = constant(index);
                q!(#tag)
            }
        }
    }

    /// Returns `true` if this pattern may overlap with an earlier one. A wildcard always overlaps.
    /// A range with constants as ends may overlap, because only the compiler knows their values.
    fn may_overlap(&self) -> bool {
        fn loose(pattern: &Pat) -> bool {
            match pattern {
                Pat::Or(or) => or.cases.iter().any(loose),
                Pat::Tuple(tuple) => tuple.elems.iter().any(loose),
                Pat::Paren(paren) => loose(&paren.pat),
                Pat::Lit(_) | Pat::Ident(_) | Pat::Path(_) | Pat::Const(_) => false,
                Pat::Range(range) => {
                    [&range.start, &range.end].into_iter().flatten().any(|end| literal(end).is_none())
                }
                _ => true,
            }
        }
        match self {
            Self::Pattern { pattern, .. } => loose(pattern),
            Self::Discriminant { .. } => false,
        }
    }

    /// Returns the statement that stores the tag in the field that keeps it.
    pub(super) fn keep(&self, tag: &Ident, convert: &TokenStream) -> TokenStream {
        match self {
            Self::Pattern { kept: Some(field), .. } => {
                let (local, ty, name) = (&field.local, &field.ty, &field.name);
                q!(let #local: #ty = __fw::keep_tag(#tag, #name)#convert?;)
            }
            Self::Pattern { kept: None, .. } | Self::Discriminant { .. } => TokenStream::new(),
        }
    }

    /// Returns the text of the tags for the schema.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Pattern { text, .. } => text.clone(),
            Self::Discriminant { base: Some(base), plus: 0, .. } => crate::text::tokens(&q!(#base)),
            Self::Discriminant { base: Some(base), plus, .. } => match literal(base) {
                Some(base) => base.saturating_add(i128::try_from(*plus).unwrap_or(0)).to_string(),
                None => format!("{} + {plus}", crate::text::tokens(&q!(#base))),
            },
            Self::Discriminant { base: None, plus, .. } => plus.to_string(),
        }
    }

    /// Returns the values of the tags for the schema.
    pub(crate) fn values(&self, index: usize, ty: &TagType) -> Vec<TokenStream> {
        match self {
            Self::Pattern { pattern, .. } => sets(pattern, ty),
            Self::Discriminant { .. } => {
                let tag = constant(index);
                vec![range(&q!(#tag), &q!(#tag), ty)]
            }
        }
    }

    pub(crate) fn keeps(&self) -> &str {
        match self {
            Self::Pattern { kept: Some(field), .. } => &field.name,
            Self::Pattern { kept: None, .. } | Self::Discriminant { .. } => "",
        }
    }

    /// Returns the declarations of the constants in the patterns of this variant.
    pub(crate) fn constants(&self, index: usize, ty: &TagType) -> TokenStream {
        let (base, plus, repr) = match self {
            Self::Pattern { constants, .. } => return constants.iter().map(TagConstant::declare).collect(),
            Self::Discriminant { base, plus, repr } => (base, plus, *repr),
        };
        let (tag, ty) = (constant(index), ty.ty());
        let plus = syn::LitInt::new(&plus.to_string(), proc_macro2::Span::mixed_site());
        match base.map(|base| discriminant(base, repr, ty)) {
            Some(base) if plus.base10_digits() == "0" => q!(const #tag: #ty = #base;),
            Some(base) => q!(const #tag: #ty = (#base) + #plus;),
            None => q!(const #tag: #ty = #plus;),
        }
    }
}

/// Returns the discriminant `base`, whose type is `repr`, as a tag of type `ty`.
fn discriminant(base: &syn::Expr, repr: Option<&Ident>, ty: &syn::Type) -> TokenStream {
    let has_type = repr.is_some_and(|repr| crate::ast::named(ty).is_some_and(|(name, _)| name == repr));
    if has_type || is_untyped(base) {
        return q!(#base);
    }
    // As in Rust, `!0 >> 4` is an `isize`, whatever the type of the tag.
    let (own, misfit) = match repr {
        Some(repr) => (q!(::core::primitive::#repr), "this discriminant does not fit the tag of its enum"),
        None => (
            q!(::core::primitive::isize),
            "this discriminant, an `isize`, does not fit the tag of its enum: give the \
             enum the type of its tag, as in `#[repr(u64)]`",
        ),
    };
    let span = base.span().resolved_at(proc_macro2::Span::mixed_site());
    quote_spanned! { span => {
        const __VALUE: #own = #base;
        #[allow(clippy::as_conversions, clippy::unnecessary_cast, trivial_numeric_casts, unused_comparisons)]
        const __TAG: #ty = {
            let tag = __VALUE as #ty;
            // The largest `u128` and -1 are the same `i128`.
            ::core::assert!(
                tag as __fw::i128 == __VALUE as __fw::i128 && (tag < 0) == (__VALUE < 0),
                #misfit
            );
            tag
        };
        __TAG
    }}
}

/// Returns `true` for an integer literal without a suffix.
fn is_untyped(expr: &syn::Expr) -> bool {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: Lit::Int(int), .. }) => int.suffix().is_empty(),
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => is_untyped(expr),
        _ => false,
    }
}

/// Returns `true` if the pattern has a range whose start or end is a constant.
fn has_range(pattern: &Pat) -> bool {
    match pattern {
        Pat::Or(or) => or.cases.iter().any(has_range),
        Pat::Paren(paren) => has_range(&paren.pat),
        Pat::Range(range) => {
            [&range.start, &range.end].into_iter().flatten().any(|end| literal(end).is_none())
        }
        _ => false,
    }
}

/// Returns the sets of tags that a pattern matches, or nothing for tuples.
fn sets(pattern: &Pat, ty: &TagType) -> Vec<TokenStream> {
    match pattern {
        Pat::Or(or) => or.cases.iter().flat_map(|case| sets(case, ty)).collect(),
        Pat::Paren(paren) => sets(&paren.pat, ty),
        Pat::Wild(_) => vec![q!(__fw::Tags::Any)],
        // The schema cannot represent sets of tuples, so it has only their text.
        _ if matches!(ty, TagType::Tuple(..)) => Vec::new(),
        _ if matches!(ty, TagType::Bytes(_)) => vec![q!(__fw::Tags::Bytes(#pattern))],
        Pat::Range(bounds) => {
            let end = |bound: &Option<Box<syn::Expr>>, name: TokenStream| match bound {
                Some(bound) => q!(#bound),
                None => {
                    let ty = ty.ty();
                    q!(<#ty>::#name)
                }
            };
            let (first, last) = (end(&bounds.start, q!(MIN)), end(&bounds.end, q!(MAX)));
            let last = match (&bounds.limits, &bounds.end) {
                (syn::RangeLimits::HalfOpen(_), Some(_)) => q!((#last) - 1),
                _ => last,
            };
            vec![range(&first, &last, ty)]
        }
        other => vec![range(&q!(#other), &q!(#other), ty)],
    }
}

/// Returns the schema's set of the numbers from `first` to `last`. The set is `Tags::Unknown` if
/// the macro cannot write it as numbers.
fn range(first: &TokenStream, last: &TokenStream, ty: &TagType) -> TokenStream {
    let digits = |value: &TokenStream| {
        let value = syn::parse2::<syn::Expr>(value.clone()).ok().as_ref().and_then(literal);
        value.map(proc_macro2::Literal::i128_unsuffixed)
    };
    if let (Some(first), Some(last)) = (digits(first), digits(last)) {
        return q!(__fw::Tags::Range(#first, #last));
    }
    let ty = ty.ty();
    if !crate::ast::is_integer(ty) {
        return q!(__fw::Tags::Unknown);
    }
    q! {{
            #[allow(clippy::as_conversions, clippy::unnecessary_cast, trivial_numeric_casts)]
            const __RANGE: __fw::Tags = {
                // Constants are not hygienic, so their names must differ from the user's names.
                const __FIRST: #ty = #first;
                const __LAST: #ty = #last;
                __fw::Tags::Range(__FIRST as __fw::i128, __LAST as __fw::i128)
            };
            __RANGE
    }}
}

/// Returns the value of an integer literal.
pub(crate) fn literal(expr: &syn::Expr) -> Option<i128> {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse().ok(),
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => literal(expr)?.checked_neg(),
        _ => None,
    }
}

pub(super) fn constant(index: usize) -> Ident {
    format_ident!("__TAG_{index}", span = proc_macro2::Span::mixed_site())
}

/// Returns the only value that a pattern matches.
pub(super) fn value_of(pattern: &Pat, ty: &TagType) -> TokenStream {
    match (pattern, ty) {
        (Pat::Paren(paren), _) => value_of(&paren.pat, ty),
        (Pat::Tuple(tuple), TagType::Tuple(_, parts)) => {
            let parts = tuple.elems.iter().zip(parts).map(|(pattern, ty)| value_of(pattern, ty));
            q!((#(#parts,)*))
        }
        (bytes, TagType::Bytes(_)) => q!(*#bytes),
        (other, _) => q!(#other),
    }
}
