//! Code for `offset_of` fields, such as `#[offset_of(data)] at: Auto<u32>`. The encoder writes the
//! offset when the described field (`data`) begins. The parser skips the bytes before the described
//! field.

use proc_macro2::{Ident, TokenStream};

use super::tree::maybe_constant;
use super::{Bounds, Cx, InRun, Node, Size, Tail, expression, fault, kept, q};
use crate::layout::{Bits, Empty, Format, Gap, Offset, Place};

impl InRun for Offset<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, ty, take) =
            (&self.place.local, &self.number.ty, self.number.take(&super::site_of(cx, &self.place)));
        let var = self.none.map(|none| {
            let var = &self.var;
            q! {
                let absent: #ty = #none;
                let #var = (#local != absent).then_some(#local);
            }
        });
        q! {
            let #local: #ty = #take;
            #var
        }
    }

    /// Reserves bytes for the offset. For an absent field, writes the `none` value.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, ty, at) = (&self.place.local, &self.number.ty, self.place_of_number());
        let value = kept(local);
        cx.later(q!(let #local = &#value;));
        let skip = match &self.number.format {
            // Nothing is reserved for a bit field: its bits stay zero in the integer of the run.
            Format::Bits(_) => TokenStream::new(),
            _ => {
                let len = self.number.len(cx);
                q!(__fw::skip::<{ #len }>(&mut w);)
            }
        };
        let absent = self.none.map_or_else(|| q!(__fw::Default::default()), |none| q!(#none));
        let write = match (&self.optional, self.none) {
            (Some(target), Some(_)) => {
                let put = self.number.put(&q!(#value), &self.place.name);
                q!(if #target.is_none() { #put } else { #skip })
            }
            _ => skip,
        };
        q! {
            let #at = base.saturating_add(size.saturating_sub(w.len()));
            let mut #value: #ty = #absent;
            #write
        }
    }

    fn sets(&self) -> Option<Vec<Ident>> {
        Some(vec![self.place_of_number(), kept(&self.place.local)])
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        self.number.len(cx)
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (field, of, bias) = (self.place.number(&self.number), self.of.schema(), self.bias());
        let none = maybe_constant(self.none, &self.number.ty);
        let rule = q!(__fw::LengthRule::new(
            false,
            1usize,
            #bias,
            __fw::None,
            #none,
            __fw::None
        ));
        // Bytes before the field are ignored, and so is the offset of an empty field.
        vec![q!(#field.role(__fw::Role::OffsetOf(#of, #rule)).lenient(true))]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn binds(&self) -> Vec<Ident> {
        let var = self.none.map(|_| self.var.clone());
        [self.place.local.clone()].into_iter().chain(var).collect()
    }
}

impl Offset<'_> {
    /// Returns the variable for the position of the bytes reserved for the offset.
    fn place_of_number(&self) -> proc_macro2::Ident {
        quote::format_ident!("at_{}", self.var)
    }

    fn bias(&self) -> TokenStream {
        self.bias.map_or_else(|| q!(0isize), |bias| q!((#bias)))
    }

    fn rule(&self) -> TokenStream {
        let bias = self.bias();
        q!(const { __fw::LenRule { bias: #bias, ..__fw::LenRule::PLAIN } })
    }

    /// Returns the expression for the position of the described field in the frame.
    fn position(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, rule, at) = (&self.place.local, self.rule(), &self.at);
        let or_refuse = fault::or_refuse_at(&super::site_of(cx, &self.place), &q!(#at));
        q!(match __fw::len_from_wire(#local, &#rule) #or_refuse)
    }

    /// Returns the expression for the number of bytes between the cursor and the described field.
    pub(super) fn distance(&self, cx: &Cx<'_>) -> TokenStream {
        let (position, at) = (self.position(cx), &self.at);
        let or_refuse = fault::or_refuse_at(&super::site_of(cx, &self.place), &q!(#at));
        q!(match __fw::gap_to(#position, __fw::offset(input, i)) #or_refuse)
    }

    /// Writes the offset when the described field begins.
    fn patch(&self) -> TokenStream {
        let (ty, value, at, rule) =
            (&self.number.ty, kept(&self.place.local), self.place_of_number(), self.rule());
        let or_fail = fault::or_fail(&self.place.name);
        let differs = self.none.map(|none| {
            q! {
                let absent: #ty = #none;
                match __fw::not_absent(#value, absent) #or_fail;
            }
        });
        let patch = match &self.number.format {
            Format::Bits(Bits { width, shift, bytes, little, .. }) => {
                q!(__fw::patch_bits::<#ty, #bytes, __S>(out, #at, #value, #width, #shift, #little))
            }
            format => format.either(|format| {
                let format = format.tokens();
                q!(__fw::patch::<#ty, #format, __S>(out, #at, #value))
            }),
        };
        q! {
            #value = match __fw::offset_to_wire::<#ty>(out.position().saturating_sub(frame), &#rule) #or_fail;
            #differs
            match #patch #or_fail;
        }
    }
}

impl Gap<'_> {
    /// Writes the offset again if a delimiter before the described field was removed.
    pub(super) fn moved(&self) -> Option<TokenStream> {
        let begins = self.begins.as_ref()?;
        let patches = self.offsets.iter().map(Offset::patch);
        Some(q!(if #begins > out.position() { #(#patches)* }))
    }
}

impl Node for Gap<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
        let site = super::site_of(cx, &self.place);
        let offsets = self.offsets.iter().enumerate().map(|(index, offset)| {
            if index > 0 {
                let (position, at) = (offset.position(cx), &offset.at);
                let or_refuse = fault::or_refuse_at(&super::site_of(cx, &offset.place), &q!(#at));
                return q!(match __fw::same(#position, __fw::offset(input, i)) #or_refuse;);
            }
            let (gap, or_lack) = (offset.distance(cx), fault::or_lack(&site, &q!(i)));
            q! {
                let gap = #gap;
                i = match __fw::take_fill(i, src, gap, false, 0) #or_lack;
            }
        });
        let skip = q!(#(#offsets)*);
        match &self.empty {
            None => skip,
            Some(Empty::Length(var)) => q!(if #var > 0 { #skip }),
            Some(Empty::Said(expr)) => {
                let len = expression::said_len(expr);
                q!(if #len > 0 { #skip })
            }
        }
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let begins = self.begins.as_ref().map(|begins| q!(#begins = out.position();));
        let patches = self.offsets.iter().map(Offset::patch);
        begins.into_iter().chain(patches).collect()
    }

    fn size(&self, _: &Cx<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        Bounds::at_least(Size::Known(0))
    }
}
