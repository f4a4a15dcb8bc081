//! Code for enums. The tag selects one variant. If decoding that variant fails, no other is tried.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;

use super::open::{self, Around, Rule};
use super::pattern::{constant, value_of};
use super::{Bounds, Cx, Node, Tail, encode_steps, parse_steps, q, size_steps};
use crate::ast::{Field, Variant};
use crate::layout::{Arm, ArmTag, Match, Place, Step, TagType, Tags};
use crate::lower::first_value;

impl Node for Match<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let Some(tags) = cx.tags else { return TokenStream::new() };
        let (tag, site, ends) = (&self.tag, super::site(cx, ""), cx.ends_in_match);
        let arms = self.arms.iter().zip(&tags.arms).map(|(arm, arm_tag)| {
            let pattern = arm_tag.pattern(arm.index);
            let kept =
                arm_tag.keep(tag, &q!(.map_err(|error| __fw::in_leaf(error, #site, src, input, input))));
            let cx = arm.cx(cx);
            let steps = parse_steps(&cx, &arm.steps, tail);
            let (checks, last) = (cx.take_later(), cx.take_last());
            let value = construct(&arm.variant.fields, Some(&arm.variant.ident));
            // The value is constructed where it is returned, which avoids a move of the whole enum.
            let value = match ends {
                true => q!(return __fw::Ok((i, #value));),
                false => value,
            };
            q!(#pattern => { #kept #steps #checks #last #value })
        });
        let subject = tags.ty.subject(tag);
        q! {
            #[deny(unreachable_patterns)]
            let value = match #subject {
                #(#arms)*
                #[allow(unreachable_patterns)]
                _ => return __fw::Err(__fw::unknown_tag(#tag, #site, src, input, tag_at)),
            };
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        self.on_self(cx, |cx, arm| {
            let steps = encode_steps(cx, &arm.steps);
            let checks = cx.take_later();
            let mark = mark_of(cx, arm.index);
            q!(#mark #steps #checks)
        })
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        self.on_self(cx, |cx, arm| size_steps(cx, &arm.steps))
    }

    fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        let all: Vec<_> = self.arms.iter().map(|arm| Bounds::sum(&arm.cx(cx), &arm.steps)).collect();
        Bounds::either(&all)
    }

    /// Variants have their own schema fields; see `Emit::variants`.
    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        Vec::new()
    }

    fn inside(&self) -> Vec<&[Step<'_>]> {
        self.arms.iter().map(|arm| arm.steps.as_slice()).collect()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        Vec::new()
    }

    fn moves(&self) -> bool {
        false
    }

    fn rules(&self, cx: &Cx<'_>, around: Around) -> Vec<Rule> {
        self.arms.iter().flat_map(|arm| open::sequence(cx, &arm.steps, around)).collect()
    }

    /// Variants have their own scopes.
    fn scopes(&self) -> Vec<TokenStream> {
        Vec::new()
    }
}

impl Match<'_> {
    /// Returns the statement that refuses an unknown tag at once, even if the rest of the frame has
    /// not arrived yet.
    pub(super) fn refuse_unknown(&self, cx: &Cx<'_>) -> TokenStream {
        let Some(tags) = cx.tags else { return TokenStream::new() };
        let (tag, site) = (&self.tag, super::site(cx, ""));
        let known = self.arms.iter().zip(&tags.arms).map(|(arm, tag)| tag.pattern(arm.index));
        let subject = tags.ty.subject(tag);
        q! {
            match #subject {
                #(#known => {})*
                #[allow(unreachable_patterns)]
                _ => return __fw::Err(__fw::unknown_tag(#tag, #site, src, input, tag_at)),
            }
        }
    }

    fn on_self(&self, cx: &Cx<'_>, body: impl Fn(&Cx<'_>, &Arm<'_>) -> TokenStream) -> TokenStream {
        let arms = self.arms.iter().map(|arm| {
            let pattern = destructure(&arm.variant.fields, Some(&arm.variant.ident));
            let body = body(&arm.cx(cx), arm);
            q!(#pattern => { #body })
        });
        q!(match self { #(#arms)* })
    }
}

impl Arm<'_> {
    fn cx<'a>(&self, cx: &Cx<'a>) -> Cx<'a> {
        cx.of_variant(self.index)
    }
}

/// Returns the checksum statements, which run after the whole frame is written.
pub(crate) fn last_on_self(cx: &Cx<'_>) -> TokenStream {
    let arms = cx.variants.iter().enumerate().filter_map(|(index, variant)| {
        let last = cx.of_variant(index).take_last();
        if last.is_empty() {
            return None;
        }
        let pattern = destructure(&variant.fields, Some(&variant.ident));
        Some(q!(#pattern => { #last }))
    });
    let arms: Vec<_> = arms.collect();
    if arms.is_empty() { TokenStream::new() } else { q!(match self { #(#arms)* _ => {} }) }
}

/// For a fieldless enum, returns the match arms from tags to values.
pub(crate) fn plain_arms(cx: &Cx<'_>) -> Option<TokenStream> {
    let tags = cx.tags.filter(|tags| all_know_their_tag(tags))?;
    let arms = cx.variants.iter().zip(&tags.arms).enumerate().map(|(index, (variant, arm))| {
        let kept = usize::from(matches!(arm, ArmTag::Pattern { kept: Some(_), .. }));
        if variant.fields.len() != kept {
            return None;
        }
        let (pattern, keep) = (
            arm.pattern(index),
            arm.keep(&format_ident!("tag", span = proc_macro2::Span::mixed_site()), &TokenStream::new()),
        );
        let value = construct(&variant.fields, Some(&variant.ident));
        Some(q!(#pattern => { #keep #value }))
    });
    arms.collect()
}

/// Returns the expression that constructs `Self` or a variant from the variables of its fields.
pub(crate) fn construct(fields: &[Field], variant: Option<&Ident>) -> TokenStream {
    let variant = variant.map(|variant| q!(::#variant));
    let fields = fields.iter().map(|field| {
        let (member, local) = (&field.member, &field.local);
        if crate::ast::auto_item(&field.ty).is_some() {
            q!(#member: __fw::Default::default())
        } else {
            q!(#member: #local)
        }
    });
    q!(Self #variant { #(#fields),* })
}

/// Returns the pattern that binds the variables of the fields to references.
pub(crate) fn destructure(fields: &[Field], variant: Option<&Ident>) -> TokenStream {
    let variant = variant.map(|variant| q!(::#variant));
    let fields = fields.iter().map(|field| {
        let (member, local) = (&field.member, &field.local);
        q!(#member: #local)
    });
    q!(Self #variant { #(#fields),* })
}

/// Returns an expression for the tag of `self`. Its type is `Result<T, EncodeError>`.
pub(crate) fn tag_of_self(cx: &Cx<'_>) -> TokenStream {
    let Some(tags) = cx.tags else { return TokenStream::new() };
    let arms = cx.variants.iter().enumerate().map(|(index, variant)| {
        let tag = tag_of_variant(tags, index, variant);
        let pattern = destructure(&variant.fields, Some(&variant.ident));
        q!(#pattern => #tag)
    });
    q!(match self { #(#arms,)* })
}

fn tag_of_variant(tags: &Tags<'_>, index: usize, variant: &Variant) -> TokenStream {
    match &tags.arms[index] {
        ArmTag::Discriminant { .. } => {
            let tag = constant(index);
            q!(__fw::Ok(#tag))
        }
        ArmTag::Pattern { pattern, kept: None, .. } => {
            let value = first_value(pattern).map(|pattern| value_of(pattern, &tags.ty));
            q!(__fw::Ok(#value))
        }
        ArmTag::Pattern { kept: Some(field), .. } => {
            let (local, name) = (&field.local, &field.name);
            let expected = format!("a tag of the variant {}", variant.ident);
            let (ty, fits) = (tags.ty.ty(), tags.choose(index, &tag_name("kept")));
            q!({
                let kept: #ty = __fw::kept_tag(#local);
                if #fits {
                    __fw::Ok(kept)
                } else {
                    __fw::Err(__fw::wrong_tag(#expected, &kept).in_field(#name))
                }
            })
        }
    }
}

/// Returns the statement that marks the variant, and the tag that it keeps. A tag that is a tuple is
/// not marked, because it has no form in schemas.
fn mark_of(cx: &Cx<'_>, index: usize) -> TokenStream {
    let Some(tags) = cx.tags else { return TokenStream::new() };
    match (&tags.arms[index], &tags.ty) {
        (ArmTag::Pattern { kept: Some(Field { local, .. }), .. }, TagType::Number(_)) => {
            q!(__fw::mark_kept(out, #index, #local);)
        }
        (ArmTag::Pattern { kept: Some(Field { local, .. }), .. }, TagType::Bytes(_)) => {
            q!(__fw::mark_kept_bytes(out, #index, #local);)
        }
        _ => q!(__fw::mark_variant(out, #index);),
    }
}

/// Returns the statements that refuse `self` if the parent's tag selects another variant, or
/// differs from the tag that the variant keeps.
pub(crate) fn check_chosen(cx: &Cx<'_>) -> TokenStream {
    let Some(tags) = cx.tags else { return TokenStream::new() };
    let tag = tag_name("tag");
    let arms = cx.variants.iter().zip(&tags.arms).enumerate().map(|(index, (variant, arm))| {
        let (ident, fits, own) = (&variant.ident, tags.choose(index, &tag), arm.text());
        let keeps = match arm {
            ArmTag::Pattern { kept: Some(field), .. } => Some(field),
            ArmTag::Pattern { kept: None, .. } | ArmTag::Discriminant { .. } => None,
        };
        let bind = keeps.map(|field| {
            let (member, local) = (&field.member, &field.local);
            q!(#member: #local,)
        });
        let kept = keeps.map(|field| {
            let (local, ty) = (&field.local, tags.ty.ty());
            q!(__fw::check_tag::<#ty>(#tag, __fw::kept_tag(#local))?;)
        });
        q!(Self::#ident { #bind .. } => { __fw::check_chosen(#fits, &#tag, #own)?; #kept })
    });
    q!(match self { #(#arms)* })
}

/// Returns `true` if the encoder knows a tag to write for every variant.
pub(crate) fn all_know_their_tag(tags: &Tags<'_>) -> bool {
    tags.arms.iter().all(|arm| match arm {
        ArmTag::Pattern { pattern, kept: None, .. } => first_value(pattern).is_some(),
        ArmTag::Pattern { kept: Some(_), .. } | ArmTag::Discriminant { .. } => true,
    })
}

fn tag_name(name: &str) -> Ident {
    Ident::new(name, proc_macro2::Span::mixed_site())
}
