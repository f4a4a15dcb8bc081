//! Checks that the tags of an enum do not overlap: `#[tag(1..=5)]` and `#[tag(3)]` are refused.
//! Only literal tags are compared here. Tags that are constants are compared by the compiler.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Lit, Pat, RangeLimits, Type};

use crate::ast::{Variant, is_integer, literal_number, named, number, scalar};
use crate::attr::{HeadWord, NumberWord, TagWord};
use crate::ctxt::Ctxt;

/// One alternative of a tag pattern: `1`, `2..=5`, `b"AB"` or `_`.
enum Tag {
    /// Every number from the first to the last, both included.
    Numbers(i128, i128),
    Bytes(Vec<u8>),
    Any,
}

/// An alternative of a tag pattern and the variant that it belongs to.
struct Case<'a> {
    tag: Tag,
    variant: &'a Ident,
    text: String,
    tokens: TokenStream,
    /// Whether the tag is a Rust discriminant. The compiler itself refuses equal discriminants.
    discriminant: bool,
}

/// Checks that no two variants share a tag, and that every variant can be selected.
pub(super) fn check(cx: &Ctxt, variants: &[Variant], head: Option<&HeadWord>) {
    let limits = head.and_then(limits);
    let mut seen: Vec<Case<'_>> = Vec::new();
    for case in cases(cx, variants, limits) {
        match seen.iter().find(|other| other.overlaps(&case)) {
            Some(other) => cx.error_at(&case.tokens, case.conflict(other)),
            None if covered(&seen, &case, limits) => cx.error_at(
                &case.tokens,
                format!("`{}` can never match: the tags above take every number", case.variant),
            ),
            None => {}
        }
        seen.push(case);
    }
}

/// Returns the smallest and the largest number that the tag's type can hold, if they are known.
fn limits(head: &HeadWord) -> Option<(i128, i128)> {
    let HeadWord::Tag(word) = head else { return None };
    let (bits, signed) = match word {
        TagWord::Bits(width) => (width.base10_parse().ok()?, false),
        TagWord::Bytes(_) => return None,
        TagWord::Number(wire) => match wire.number.as_ref()? {
            NumberWord::Odd { bytes, signed } => (u32::try_from(bytes * 8).ok()?, *signed),
            NumberWord::Rust(ty) if is_integer(ty) => {
                (u32::try_from(scalar(ty)? * 8).ok()?, named(ty)?.0.to_string().starts_with('i'))
            }
            _ => return None,
        },
    };
    match (bits, signed) {
        (0 | 128.., _) => None,
        (bits, false) => Some((0, (1i128 << bits) - 1)),
        (bits, true) => Some((-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)),
    }
}

fn cases<'a>(cx: &Ctxt, variants: &'a [Variant], limits: Option<(i128, i128)>) -> Vec<Case<'a>> {
    let mut cases = Vec::new();
    let mut next = Some(0);
    for variant in variants {
        if let Some(discriminant) = &variant.discriminant {
            next = number(discriminant);
        }
        match &variant.attrs.tag {
            Some(tag) => alternatives(cx, variant, &tag.value, limits, &mut cases),
            None if variant.has_discriminant(variants) => {
                cases.extend(next.map(|value| Case {
                    tag: Tag::Numbers(value, value),
                    variant: &variant.ident,
                    text: value.to_string(),
                    tokens: variant.ident.to_token_stream(),
                    discriminant: true,
                }));
            }
            None => {}
        }
        next = next.and_then(|value| value.checked_add(1));
    }
    cases
}

fn alternatives<'a>(
    cx: &Ctxt,
    variant: &'a Variant,
    pattern: &Pat,
    limits: Option<(i128, i128)>,
    cases: &mut Vec<Case<'a>>,
) {
    let tag = match pattern {
        Pat::Or(or) => {
            or.cases.iter().for_each(|case| alternatives(cx, variant, case, limits, cases));
            return;
        }
        Pat::Paren(paren) => return alternatives(cx, variant, &paren.pat, limits, cases),
        Pat::Wild(_) => Tag::Any,
        Pat::Lit(literal) => match &literal.lit {
            Lit::ByteStr(bytes) => Tag::Bytes(bytes.value()),
            Lit::Str(text) => {
                return cx.error(text.span(), format!("tags are bytes: write `b{:?}`", text.value()));
            }
            literal => match literal_number(literal) {
                Some(value) => Tag::Numbers(value, value),
                None => return,
            },
        },
        Pat::Range(range) => {
            let (least, most) = limits.unwrap_or((i128::MIN, i128::MAX));
            let start = range.start.as_ref().map_or(Some(least), |start| number(start));
            let end = range.end.as_ref().map_or(Some(most), |end| number(end));
            match (start, end, &range.limits) {
                (Some(start), Some(end), RangeLimits::HalfOpen(_)) if range.end.is_some() => {
                    Tag::Numbers(start, end.saturating_sub(1))
                }
                (Some(start), Some(end), _) => Tag::Numbers(start, end),
                _ => return,
            }
        }
        Pat::Ident(name) if name.ident.to_string().starts_with(char::is_lowercase) => {
            return cx.error(
                name.ident.span(),
                format!(
                    "`{}` is not a constant: write a value, a range, or `_` for all other tags",
                    name.ident
                ),
            );
        }
        _ => return,
    };
    match (&tag, limits) {
        (Tag::Numbers(start, end), Some((least, most))) if *start < least || *end > most => {
            return cx.error_at(pattern, format!("the tag of this type goes from {least} to {most}"));
        }
        _ => {}
    }
    cases.push(Case {
        tag,
        variant: &variant.ident,
        text: crate::text::tokens(&pattern.to_token_stream()),
        tokens: pattern.to_token_stream(),
        discriminant: false,
    });
}

impl Case<'_> {
    fn overlaps(&self, later: &Self) -> bool {
        match (&self.tag, &later.tag) {
            _ if self.discriminant && later.discriminant => false,
            (Tag::Any, _) => true,
            (Tag::Numbers(a, b), Tag::Numbers(c, d)) => a <= d && c <= b,
            (Tag::Bytes(a), Tag::Bytes(b)) => a == b,
            _ => false,
        }
    }

    fn conflict(&self, earlier: &Self) -> String {
        let (text, variant) = (&earlier.text, earlier.variant);
        match earlier.tag {
            Tag::Any => format!(
                "`{}` can never match: `#[tag(_)]` on `{variant}` takes all remaining tags, so put that one last",
                self.variant
            ),
            _ if self.variant == variant => format!("duplicate tag `{text}`: remove one"),
            _ => format!("this overlaps `{text}` of `{variant}`: each tag must select one variant"),
        }
    }
}

/// Returns `true` if `case` is a catch-all, and the tags before it already match every number.
fn covered(seen: &[Case<'_>], case: &Case<'_>, limits: Option<(i128, i128)>) -> bool {
    let (Tag::Any, Some((least, most))) = (&case.tag, limits) else { return false };
    let mut ranges: Vec<_> = seen
        .iter()
        .filter_map(|case| match case.tag {
            Tag::Numbers(start, end) => Some((start, end)),
            _ => None,
        })
        .collect();
    ranges.sort_unstable();
    let mut next = least;
    for (start, end) in ranges {
        if start > next {
            return false;
        }
        next = next.max(end.saturating_add(1));
    }
    next > most
}

/// Checks the lengths of byte-string tags. If the tag's type is an array, all must have its length.
/// Otherwise all must have the length of the first tag.
pub(super) fn check_lengths(cx: &Ctxt, variants: &[Variant], head: Option<&HeadWord>) {
    let mut len = match head {
        Some(HeadWord::Tag(TagWord::Bytes(Type::Array(array)))) => number(&array.len),
        _ => None,
    };
    for variant in variants {
        for bytes in variant.attrs.tag.iter().flat_map(|tag| byte_strings(&tag.value)) {
            let found = i128::try_from(bytes.value().len()).unwrap_or(i128::MAX);
            let expected = *len.get_or_insert(found);
            if expected != found {
                cx.error(
                    bytes.span(),
                    format!("the tags of this type have {expected} bytes, this one has {found}"),
                );
            }
        }
    }
}

fn byte_strings(pattern: &Pat) -> Vec<&syn::LitByteStr> {
    match pattern {
        Pat::Lit(literal) => match &literal.lit {
            Lit::ByteStr(bytes) => vec![bytes],
            _ => Vec::new(),
        },
        Pat::Or(or) => or.cases.iter().flat_map(byte_strings).collect(),
        Pat::Paren(paren) => byte_strings(&paren.pat),
        _ => Vec::new(),
    }
}

/// Checks that all tags have the same number of tuple elements. If the enum itself writes the tag,
/// the tag is one value and not a tuple.
pub(super) fn check_parts(cx: &Ctxt, variants: &[Variant], head: Option<&HeadWord>) {
    let is_written = matches!(head, Some(HeadWord::Tag(_)));
    let mut first = is_written.then_some(1);
    for pattern in variants.iter().flat_map(|variant| &variant.attrs.tag).flat_map(|tag| leaves(&tag.value)) {
        let Some(found) = parts(pattern) else { continue };
        let expected = *first.get_or_insert(found);
        if found == expected {
            continue;
        }
        let message = match (is_written, expected, found) {
            (true, ..) => String::from(
                "the tag before this enum is one value, and this is a tuple: write one value, or let the \
                 parent choose by `#[tag((a, b))]`",
            ),
            (_, 1, _) => {
                String::from("the tags above are one value each, and this is a tuple: write one value")
            }
            (_, expected, _) => {
                let as_in = vec!["_"; expected].join(", ");
                format!("the tags above are tuples of {expected}: write one, as in `({as_in})`")
            }
        };
        cx.error_at(pattern, message);
    }
}

/// Returns the alternatives of a pattern: `1` and `2` for `1 | 2`.
fn leaves(pattern: &Pat) -> Vec<&Pat> {
    match pattern {
        Pat::Or(or) => or.cases.iter().flat_map(leaves).collect(),
        Pat::Paren(paren) => leaves(&paren.pat),
        leaf => vec![leaf],
    }
}

/// Returns the number of tuple elements of a tag pattern, or 1 for a literal or range. Returns
/// `None` if the pattern does not show the number, as in `(1, ..)` or a constant.
fn parts(pattern: &Pat) -> Option<usize> {
    match pattern {
        Pat::Tuple(tuple) if tuple.elems.iter().any(|part| matches!(part, Pat::Rest(_))) => None,
        Pat::Tuple(tuple) => Some(tuple.elems.len()),
        Pat::Lit(_) | Pat::Range(_) => Some(1),
        _ => None,
    }
}
