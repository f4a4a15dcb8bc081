//! Lowers an item to its layout: attributes become steps.

mod bits;
mod claims;
mod constants;
mod content;
mod derived;
mod expr;
mod fields;
mod items;
mod number;
mod offset;
mod order;
mod tags;
mod tree;
mod value;

pub(crate) use expr::{is_whole, last_item};
pub(crate) use number::{uses_a_parameter, widest};
pub(crate) use tags::{first_value, handed_over};

use std::cell::RefCell;

use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident};

use crate::ast::{Data, Field, Item, Variant};
use crate::attr::{At, Check, HeadWord, LenPrefixed, Order, TagWord};
use crate::ctxt::Ctxt;
use crate::layout::{
    Arm, ArmTag, Atom, BitConstant, Bits, ContextValue, Counts, Delimited, DelimiterBytes, Layout, Length,
    LengthRole, Magic, MagicValue, Match, Number, Place, Rule, Scope, Slot, Step, Tag, TagOf, Tags,
    WhenKnown,
};

/// Lowers one type.
pub(crate) struct Lower<'a> {
    cx: &'a Ctxt,
    item: &'a Item,
    context: Vec<ContextValue<'a>>,
    marks: RefCell<Vec<Ident>>,
    bits: RefCell<Vec<BitConstant<'a>>>,
    /// The bits of each bit field that is lowered already, by its variant and index.
    bits_of: RefCell<Vec<((usize, usize), Bits)>>,
    /// The byte order that this pass assumes where the order is known only at run time. The type is
    /// lowered once for each order.
    turn: Order,
    orders: order::Orders<'a>,
    /// The variant and index of each field that already has a gap before it.
    gaps: RefCell<Vec<(usize, usize)>>,
}

/// The fields of a struct or variant.
#[derive(Clone, Copy)]
struct Reach<'a> {
    fields: &'a [Field],
    /// Index of the variant that contains the fields; 0 for structs.
    variant: usize,
    /// Index of the field that keeps the tag of the variant.
    kept: Option<usize>,
    /// The checks of the whole struct or variant.
    checks: &'a [At<Check>],
}

impl Reach<'_> {
    fn nothing() -> Self {
        Self { fields: &[], variant: 0, kept: None, checks: &[] }
    }

    /// Returns the index of a field among the fields on the wire.
    fn on_wire(self, at: usize) -> usize {
        let silent = |index: &usize| self.kept == Some(*index) || self.fields[*index].attrs.skip.is_some();
        at - (0..at).filter(silent).count()
    }
}

/// Returns the layout of `item`. Where the byte order is known only at run time, `turn` is assumed.
pub(crate) fn lower<'a>(cx: &'a Ctxt, item: &'a Item, turn: Order) -> Option<Layout<'a>> {
    let context = item.attrs.ctx.iter().flat_map(|ctx| &ctx.value).enumerate();
    let context = context.map(|(index, (plain, ty))| {
        let local = format_ident!("c{index}", span = Span::mixed_site());
        ContextValue { plain, ty, local, reference: item.is_item, element: item.element == Some(index) }
    });
    let lower = Lower {
        cx,
        item,
        context: context.collect(),
        marks: RefCell::default(),
        bits: RefCell::default(),
        bits_of: RefCell::default(),
        turn,
        orders: order::Orders::default(),
        gaps: RefCell::default(),
    };
    let tags = match &item.data {
        Data::Struct(_) => None,
        Data::Enum(variants) => Some(lower.tags(variants)?),
    };
    let has_tag = item.attrs.head.iter().any(|word| matches!(word.value, HeadWord::Tag(_)));
    let body = match &item.data {
        Data::Struct(fields) => {
            lower.fields(Reach { fields, variant: 0, kept: None, checks: &item.attrs.checks })
        }
        Data::Enum(variants) => vec![lower.variants(variants, tags.as_ref()?)],
    };
    let steps = lower.head(&item.attrs.head, 0, body, tags.as_ref());
    Some(Layout {
        steps,
        tag_from_parent: tags.is_some() && !has_tag,
        tags,
        order: lower.order_of_type(),
        orders: lower.orders.into_fields(),
        little: None,
        marks: lower.marks.into_inner(),
        context: lower.context,
        bits: lower.bits.into_inner(),
    })
}

impl<'a> Lower<'a> {
    fn variants(&self, variants: &'a [Variant], tags: &Tags<'a>) -> Step<'a> {
        if let (Some(check), true) = (self.item.attrs.checks.first(), !variants.is_empty()) {
            self.cx.error(
                check.span,
                "put the checks of an enum on its variants: `#[check(expr, \"message\")]`",
            );
        }
        let arms = variants.iter().zip(&tags.arms).enumerate().map(|(index, (variant, tag))| {
            let kept = match tag {
                ArmTag::Pattern { kept, .. } => kept.map(|field| field.index),
                ArmTag::Discriminant { .. } => None,
            };
            let reach = Reach { fields: &variant.fields, variant: index, kept, checks: &variant.attrs.checks };
            let mut steps = self.fields(reach);
            let first = steps.iter().find(|step| !is_mark(step));
            let begins_with_bits = first.is_some_and(|step| matches!(step.atoms(), [Atom::Bits(_)]));
            if let (Some(width @ 1..=7), false) = (self.tag_bits(), begins_with_bits) {
                self.cx.error(
                    variant.ident.span(),
                    format!(
                        "the tag takes {width} bits of the first byte: begin `{}` with bit fields for the other \
                         {} (`#[bits({})] #[pad] reserved: Auto`)",
                        variant.ident,
                        8u32.saturating_sub(width),
                        8u32.saturating_sub(width)
                    ),
                );
                steps.clear();
            }
            Arm { variant, index, steps }
        });
        let tag = format_ident!("tag", span = Span::mixed_site());
        Step::Match(Match { tag, arms: arms.collect() })
    }

    /// Returns the steps of the type's words, with `body` after or inside them.
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
                let mut steps = vec![Step::atom(Atom::Magic(Magic { place, value }))];
                steps.extend(self.head(words, slot + 1, body, tags));
                steps
            }
            HeadWord::Tag(TagWord::Bits(width)) => {
                let mut steps: Vec<_> = self.peek_tag(width).into_iter().collect();
                steps.extend(self.head(words, slot + 1, body, tags));
                if !words.is_empty() {
                    self.cx.error(word.span, "a tag of bits must be the last word before the fields");
                }
                steps
            }
            HeadWord::Tag(tag) => {
                let of = self.own_tag(tag, tags);
                let rest = self.head(words, slot + 1, body, tags);
                let Some(of) = of else { return rest };
                let mut steps = vec![tag_step(Tag { place: head_place("tag", slot), of })];
                steps.extend(rest);
                steps
            }
            HeadWord::LenPrefixed(prefix) => {
                let rest = self.head(words, slot + 1, body, tags);
                self.within_length(prefix, slot, rest)
            }
            HeadWord::Until(delimiter) => {
                let steps = self.head(words, slot, body, tags);
                let (from, to) = (self.mark("delimited", 0), self.mark("frame_end", 0));
                vec![Step::Delimited(Delimited {
                    delimiter: DelimiterBytes::consumed(delimiter),
                    steps,
                    from,
                    to,
                })]
            }
        }
    }

    /// Returns the steps of `#[frame(len_prefixed)]`. The steps `rest` are within the length.
    fn within_length(&self, prefix: &'a LenPrefixed, slot: usize, rest: Vec<Step<'a>>) -> Vec<Step<'a>> {
        let Some(number) = self.number(&prefix.wire) else { return rest };
        let fixed = number.fixed || (prefix.inclusive.is_some() && self.may_be_fixed(&number));
        let number = Number { fixed, ..number };
        if let (Some(span), false) = (prefix.inclusive, fixed) {
            self.cx.error(span, "a prefix that counts itself needs a fixed size, such as `u16`");
        }
        if let Some(none) = &prefix.none {
            self.cx.error_at(none, "`none` is for an `Option` field, not for a type");
        }
        let length = Length {
            place: head_place("len", slot),
            blame: "len".to_owned(),
            none: None,
            until: None,
            known: if number.fixed { WhenKnown::Patched } else { WhenKnown::Measured },
            number,
            var: format_ident!("n_head", span = Span::mixed_site()),
            rule: self.rule(prefix),
            counts: Counts::Bytes,
            role: LengthRole::Head,
            apart: false,
        };
        let scope = Scope {
            length: length.clone(),
            from: None,
            steps: rest,
            lenient: prefix.lenient,
            adjacent: true,
        };
        let mut steps = self.order_of_head(&prefix.wire, slot);
        steps.extend([length_step(length), Step::Scope(scope)]);
        steps
    }

    fn own_tag(&self, tag: &'a TagWord, tags: Option<&Tags<'a>>) -> Option<TagOf<'a>> {
        let ty = tags.map(|tags| tags.ty.ty().clone());
        match tag {
            TagWord::Number(wire) => {
                let number = self.number(wire)?;
                Some(TagOf::Own { ty: ty.unwrap_or_else(|| number.ty.clone()), number: Some(number) })
            }
            TagWord::Bits(_) => None,
            TagWord::Bytes(bytes) => Some(TagOf::Own { number: None, ty: bytes.clone() }),
        }
    }

    /// Returns the constant of a `magic`. `auto` is the number, if the constant belongs to an
    /// `Auto` field or a bit field, and whether the user wrote the type of this number.
    fn magic(&self, value: &'a syn::Expr, auto: Option<(Number, bool)>) -> Option<MagicValue<'a>> {
        let literal = match value {
            syn::Expr::Lit(literal) => Some(&literal.lit),
            _ => None,
        };
        let bytes = matches!(literal, Some(syn::Lit::ByteStr(_)));
        match (literal, auto) {
            (Some(syn::Lit::Str(text)), _) => {
                self.cx.error(text.span(), format!("constants are bytes: write `b{:?}`", text.value()));
                None
            }
            (Some(syn::Lit::ByteStr(bytes)), _) if bytes.value().is_empty() => {
                self.cx.error(bytes.span(), "a constant needs at least one byte");
                None
            }
            (_, Some((number, typed))) if !matches!(number.ty, syn::Type::Array(_)) => {
                if bytes && typed {
                    let ty = crate::text::tokens(&number.ty.to_token_stream());
                    self.cx.error_at(
                        value,
                        format!(
                            "these are bytes, but `{ty}` is a number: write a number, or make the type `Auto`"
                        ),
                    );
                    return None;
                }
                Some(MagicValue::Number { value, number, typed })
            }
            _ => {
                self.need_type(value)?;
                Some(MagicValue::Constant(value))
            }
        }
    }

    fn rule(&self, prefix: &'a crate::attr::LenPrefixed) -> Rule<'a> {
        Rule {
            inclusive: prefix.inclusive.is_some(),
            scale: prefix.scale.as_ref(),
            bias: prefix.bias.as_ref(),
            max: prefix.max.as_ref(),
            lenient: prefix.lenient,
        }
    }
}

/// Returns an atom for a tag of fixed size, or a step for a variable-length tag.
fn tag_step(tag: Tag<'_>) -> Step<'_> {
    let fixed = match &tag.of {
        TagOf::Own { number, .. } => number.as_ref().is_none_or(|number| number.fixed),
        TagOf::Field { number, .. } => number.fixed,
    };
    if fixed { Step::atom(Atom::Tag(tag)) } else { Step::Tag(tag) }
}

fn is_mark(step: &Step<'_>) -> bool {
    matches!(step.atoms(), [Atom::Mark(_)])
}

/// Returns an atom for a length field of fixed size, or a step for a variable-length one.
fn length_step(length: Length<'_>) -> Step<'_> {
    if length.number.fixed { Step::atom(Atom::Length(length)) } else { Step::Length(length) }
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
        early: false,
        begins: None,
        bits: None,
    }
}
