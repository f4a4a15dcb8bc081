//! Makes the layout of an item: attributes become steps.

mod fields;
mod number;
mod tags;

use proc_macro2::Span;
use quote::format_ident;

use crate::ast::{Data, Item};
use crate::attr::{At, HeadWord, TagWord};
use crate::ctxt::Ctxt;
use crate::layout::{
    Arm, Atom, Counts, Delimited, Known, Layout, Length, LengthRole, MagicValue, Match, Place, Rule, Scope,
    Slot, Step, Tag, TagOf, Tags,
};

/// Lowers items of one type; what is wrong goes to `cx`.
pub(crate) struct Lower<'a> {
    cx: &'a Ctxt,
    item: &'a Item,
}

/// The layout of `item`.
pub(crate) fn lower<'a>(cx: &'a Ctxt, item: &'a Item) -> Option<Layout<'a>> {
    let lower = Lower { cx, item };
    let tags = match &item.data {
        Data::Struct(_) => None,
        Data::Enum(variants) => Some(lower.tags(variants)?),
    };
    let has_tag = item.attrs.head.iter().any(|word| matches!(word.value, HeadWord::Tag(_)));
    let body = match &item.data {
        Data::Struct(fields) => lower.fields(fields),
        Data::Enum(variants) => {
            let arms = variants.iter().enumerate().map(|(index, variant)| Arm {
                variant,
                index,
                steps: lower.fields(&variant.fields),
            });
            let tag = format_ident!("tag", span = Span::mixed_site());
            vec![Step::Match(Match { tag, arms: arms.collect() })]
        }
    };
    let steps = lower.head(&item.attrs.head, 0, body, tags.as_ref());
    Some(Layout { steps, tag_from_parent: tags.is_some() && !has_tag, tags })
}

impl<'a> Lower<'a> {
    /// What the type's words write, around and in front of `body`.
    fn head(
        &self,
        words: &'a [At<HeadWord>],
        slot: usize,
        body: Vec<Step<'a>>,
        tags: Option<&Tags<'a>>,
    ) -> Vec<Step<'a>> {
        let Some((word, words)) = words.split_first() else { return body };
        match &word.value {
            HeadWord::Magic(value) => {
                let place = head_place("magic", slot);
                let Some(value) = self.magic(value, None) else { return body };
                let mut steps = vec![Step::Atom(Atom::Magic { place, value })];
                steps.extend(self.head(words, slot + 1, body, tags));
                steps
            }
            HeadWord::Tag(tag) => {
                let of = self.own_tag(tag, tags);
                let rest = self.head(words, slot + 1, body, tags);
                let Some(of) = of else { return rest };
                let mut steps = vec![Step::Atom(Atom::Tag(Tag { place: head_place("tag", slot), of }))];
                steps.extend(rest);
                steps
            }
            HeadWord::LenPrefixed(prefix) => {
                let rest = self.head(words, slot + 1, body, tags);
                let Some(number) = self.number(&prefix.wire, Some(word.span)) else { return rest };
                let length = Length {
                    place: head_place("len", slot),
                    blame: "len".to_owned(),
                    known: if number.fixed { Known::Patched } else { Known::Measured },
                    number,
                    var: format_ident!("n_head", span = Span::mixed_site()),
                    rule: self.rule(prefix),
                    counts: Counts::Bytes,
                    role: LengthRole::Head,
                };
                let scope =
                    Scope { length: length.clone(), from: None, steps: rest, lenient: prefix.lenient };
                vec![length_step(length), Step::Scope(scope)]
            }
            HeadWord::Until(delimiter) => {
                let steps = self.head(words, slot, body, tags);
                vec![Step::Delimited(Delimited { delimiter, steps })]
            }
        }
    }

    fn own_tag(&self, tag: &'a TagWord, tags: Option<&Tags<'a>>) -> Option<TagOf<'a>> {
        let ty = tags.map(|tags| tags.ty.ty().clone());
        match tag {
            TagWord::Number(wire) => {
                let number = self.number(wire, None)?;
                if !number.fixed {
                    self.cx.error(wire.span, "a tag is an integer such as `u8` or `u24`, or `[u8; N]`");
                    return None;
                }
                Some(TagOf::Own { ty: ty.unwrap_or_else(|| number.ty.clone()), number: Some(number) })
            }
            TagWord::Bits(width) => {
                self.cx.error(width.span(), "a tag of bits cannot stand here");
                None
            }
            TagWord::Bytes(bytes) => Some(TagOf::Own { number: None, ty: bytes.clone() }),
        }
    }

    fn magic(&self, value: &'a syn::Expr, auto: Option<crate::layout::Number>) -> Option<MagicValue<'a>> {
        match value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::ByteStr(bytes), .. }) => {
                Some(MagicValue::Bytes(bytes))
            }
            _ => {
                let number = match auto {
                    Some(number) => number,
                    None => self.magic_number(value)?,
                };
                Some(MagicValue::Number { value, number })
            }
        }
    }

    fn rule(&self, prefix: &'a crate::attr::LenPrefixed) -> Rule<'a> {
        Rule {
            inclusive: prefix.inclusive.is_some(),
            scale: prefix.scale.as_ref(),
            bias: prefix.bias.as_ref(),
            max: prefix.max.as_ref(),
        }
    }
}

/// A number of known size stands in a run; another is a step of its own.
fn length_step(length: Length<'_>) -> Step<'_> {
    if length.number.fixed { Step::Atom(Atom::Length(length)) } else { Step::Length(length) }
}

fn head_place<'a>(name: &str, slot: usize) -> Place<'a> {
    let local = if name == "tag" { "tag".to_owned() } else { format!("head_{name}") };
    Place {
        local: proc_macro2::Ident::new(&local, Span::mixed_site()),
        name: name.to_owned(),
        slot: Slot::Head(slot),
        doc: "",
        span: Span::call_site(),
        auto: false,
    }
}
