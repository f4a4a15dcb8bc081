//! Lowers the tags of an enum's variants.

use quote::ToTokens;
use syn::{Expr, Lit, LitInt, Pat, parse_quote};

use super::Lower;
use super::constants::{Naming, widest};
use crate::ast::{Field, Variant};
use crate::attr::{HeadWord, TagWord};
use crate::layout::{ArmTag, TagType, Tags};

impl<'a> Lower<'a> {
    pub(super) fn tags(&self, variants: &'a [Variant]) -> Option<Tags<'a>> {
        let ty = self.tag_type(variants)?;
        let mut arms = Vec::new();
        let (mut base, mut plus) = (None, 0);
        for (index, variant) in variants.iter().enumerate() {
            if let Some(discriminant) = &variant.discriminant {
                (base, plus) = (Some(discriminant), 0);
            }
            arms.push(self.arm_tag(variants, (index, variant), (base, plus), &ty));
            plus += 1;
        }
        let arms = arms.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Tags { ty, arms })
    }

    fn tag_type(&self, variants: &'a [Variant]) -> Option<TagType> {
        let word = self.item.attrs.head.iter().find_map(|word| match &word.value {
            HeadWord::Tag(tag) => Some(tag),
            _ => None,
        });
        match word {
            Some(TagWord::Number(wire)) => self.number(wire).map(|number| TagType::Number(number.ty)),
            Some(TagWord::Bytes(ty)) => Some(TagType::Bytes(ty.clone())),
            Some(TagWord::Bits(_)) => Some(TagType::Number(parse_quote!(::core::primitive::u8))),
            None => Some(handed_over(variants)),
        }
    }

    fn arm_tag(
        &self,
        variants: &'a [Variant],
        (index, variant): (usize, &'a Variant),
        (base, plus): (Option<&'a Expr>, usize),
        ty: &TagType,
    ) -> Option<ArmTag<'a>> {
        let Some(tag) = &variant.attrs.tag else {
            if variant.has_discriminant(variants) {
                let repr = self.item.attrs.repr.as_ref();
                return Some(ArmTag::Discriminant { base, plus, repr });
            }
            if !variant.attrs.failed {
                self.cx.error(variant.ident.span(), tag_missing(variant));
            }
            return None;
        };
        let mut pattern = plain_numbers(tag.value.clone());
        let text = crate::text::tokens(&pattern.to_token_stream());
        let mut naming = Naming::new(index);
        naming.pattern(&mut pattern, ty);
        let kept = self.kept(variant, &tag.value, &pattern, ty)?;
        Some(ArmTag::Pattern { pattern, text, constants: naming.done(), kept })
    }

    /// Returns the field that keeps the tag: the field with `#[tag]`, or the only field of a
    /// catch-all if it has the type of the tag. If the enum itself writes a tag that has several
    /// values, there must be such a field. A tag from the parent need not be kept.
    fn kept(
        &self,
        variant: &'a Variant,
        written: &Pat,
        pattern: &Pat,
        ty: &TagType,
    ) -> Option<Option<&'a Field>> {
        let marked = variant.fields.iter().find(|field| super::fields::keeps_tag(field));
        let own = self.item.attrs.head.iter().any(|word| matches!(word.value, HeadWord::Tag(_)));
        let only = match variant.fields.as_slice() {
            [only] if own && is_type(&only.ty, ty.ty()) && matches!(pattern, Pat::Wild(_)) => Some(only),
            _ => None,
        };
        match (marked, only) {
            (Some(field), _) => Some(Some(field)),
            (None, _) if !own || first_value(pattern).is_some() => Some(None),
            (None, Some(field)) => Some(Some(field)),
            (None, None) => {
                self.cx.error_at(
                    written,
                    "this pattern matches several tags: keep the tag in a field marked `#[tag]`",
                );
                None
            }
        }
    }
}

/// Returns the message for a variant without a tag.
fn tag_missing(variant: &Variant) -> String {
    let name = &variant.ident;
    if variant.is_unit {
        format!(
            "write the tag of `{name}`, as in `#[tag(1)]`: the position is the tag only in a fieldless enum without \
             `#[tag(..)]`"
        )
    } else {
        format!("write the tag of `{name}`: `#[tag(1)]`, or `#[tag(_)]` for all others")
    }
}

/// Returns the type of a tag that the parent passes. It is a byte array or tuple if the patterns
/// are, otherwise a number type wide enough for all tags.
pub(crate) fn handed_over(variants: &[Variant]) -> TagType {
    let tags = variants.iter().filter_map(|variant| Some(&variant.attrs.tag.as_ref()?.value));
    type_of(&tags.flat_map(alternatives).collect::<Vec<_>>())
}

/// Returns the common type of the patterns.
fn type_of(patterns: &[&Pat]) -> TagType {
    let tuples = patterns.iter().filter_map(|pattern| match pattern {
        Pat::Tuple(tuple) => Some(tuple.elems.iter().flat_map(alternatives).collect::<Vec<_>>()),
        _ => None,
    });
    let tuples: Vec<_> = tuples.collect();
    if let Some(first) = tuples.first() {
        let column = |index| tuples.iter().filter_map(|tuple| tuple.get(index).copied()).collect::<Vec<_>>();
        let parts: Vec<_> = (0..first.len()).map(|index| type_of(&column(index))).collect();
        let types = parts.iter().map(TagType::ty);
        return TagType::Tuple(parse_quote!((#(#types,)*)), parts);
    }
    let bytes = patterns.iter().find_map(|pattern| match pattern {
        Pat::Lit(syn::ExprLit { lit: Lit::ByteStr(bytes), .. }) => Some(bytes.value().len()),
        _ => None,
    });
    match bytes {
        Some(len) => TagType::Bytes(parse_quote!([::core::primitive::u8; #len])),
        None => TagType::Number(widest()),
    }
}

/// Returns the alternatives of a pattern: `1` and `2` for `1 | 2`.
pub(crate) fn alternatives(pattern: &Pat) -> Vec<&Pat> {
    match pattern {
        Pat::Or(or) => or.cases.iter().flat_map(alternatives).collect(),
        Pat::Paren(paren) => alternatives(&paren.pat),
        other => vec![other],
    }
}

/// Returns the first alternative of a pattern if it matches only one value.
pub(crate) fn first_value(pattern: &Pat) -> Option<&Pat> {
    alternatives(pattern).first().copied().filter(|first| is_one_value(first))
}

/// Returns `true` if `ty` and `tag` are the same type. A tag type chosen by the macro is written as
/// an absolute path, so only its last segment is compared.
fn is_type(ty: &syn::Type, tag: &syn::Type) -> bool {
    let last = |ty: &syn::Type| match ty {
        syn::Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.clone()),
        _ => None,
    };
    let full = matches!(tag, syn::Type::Path(path) if path.path.leading_colon.is_some());
    ty == tag || (full && crate::ast::is_integer(ty) && last(ty) == last(tag))
}

fn is_one_value(pattern: &Pat) -> bool {
    match pattern {
        Pat::Lit(_) | Pat::Path(_) | Pat::Ident(_) | Pat::Const(_) => true,
        Pat::Paren(paren) => is_one_value(&paren.pat),
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_one_value),
        _ => false,
    }
}

/// Replaces byte literals by numbers: `b'a'` by 97. Then the pattern fits every integer type.
fn plain_numbers(mut pattern: Pat) -> Pat {
    struct Bytes;
    impl syn::visit_mut::VisitMut for Bytes {
        fn visit_lit_mut(&mut self, literal: &mut Lit) {
            if let Lit::Byte(byte) = literal {
                *literal = Lit::Int(LitInt::new(&byte.value().to_string(), byte.span()));
            }
        }
    }
    syn::visit_mut::VisitMut::visit_pat_mut(&mut Bytes, &mut pattern);
    pattern
}
