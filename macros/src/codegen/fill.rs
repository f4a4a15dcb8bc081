//! Padding whose size varies: up to a multiple of some bytes from the
//! frame's start, or as much as earlier fields say.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Size, expression, fault, pad, q};
use crate::layout::{Amount, Fill};

impl Fill<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, strict, byte) = (&self.place.name, self.filling.strict, pad::byte(self.filling));
        let site = super::site(cx, name);
        let local = &self.place.local;
        let len = match &self.amount {
            Amount::UpTo(to) => q!(__fw::fill_to(__fw::offset(input, i), #to)),
            Amount::Bytes(expr) => {
                let expr = expression::on_decode(expr).or_refuse(&site, &q!(i));
                let or_refuse = fault::or_refuse(&site, &q!(i));
                q!(match __fw::len_from_wire(#expr, &__fw::LenRule::PLAIN) #or_refuse)
            }
        };
        let or_lack = fault::or_lack(&site, &q!(i));
        q! {
            i = match __fw::take_fill(i, src, #len, #strict, #byte) #or_lack;
            let #local = ();
        }
    }

    /// The size on decode, where numbers already read give it.
    pub(super) fn exact(&self) -> Option<TokenStream> {
        match &self.amount {
            Amount::UpTo(_) => None,
            Amount::Bytes(expr) => Some(expression::said_len(expr)),
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field, byte) = (&self.place.name, cx.field(self.place.slot), pad::byte(self.filling));
        let len = match &self.amount {
            Amount::UpTo(to) => q!(__fw::fill_to(at.saturating_sub(frame), #to)),
            Amount::Bytes(expr) => {
                let (expr, or_fail) = (expression::on_encode(expr).or_fail(name), fault::or_fail(name));
                q!(match __fw::said_len(#expr) #or_fail)
            }
        };
        q! {
            let at = out.position();
            __fw::put_filling(out, #len, #byte)?;
            __fw::mark_since(out, #field, __fw::Part::Value, at);
        }
    }

    pub(super) fn size(&self) -> TokenStream {
        match &self.amount {
            Amount::UpTo(to) => q!(__fw::fill_to(size, #to)),
            Amount::Bytes(expr) => {
                let expr = expression::on_encode(expr).or_else(&q!(::core::default::Default::default()));
                q!(__fw::said_len(#expr).unwrap_or(0))
            }
        }
    }

    pub(super) fn bounds(&self) -> Bounds {
        match &self.amount {
            Amount::UpTo(to) => {
                let max = q!(::core::option::Option::Some(__fw::most_fill(#to)));
                Bounds { min: Size::Known(0), max, open: q!(false) }
            }
            Amount::Bytes(_) => Bounds::at_least(Size::Known(0)),
        }
    }

    pub(super) fn schema(&self) -> TokenStream {
        let (field, lenient) = (self.place.schema(&q!(__fw::Type::Bytes)), !self.filling.strict);
        let extent = match &self.amount {
            Amount::UpTo(to) => q!(Align(#to)),
            Amount::Bytes(expr) => {
                let expr = expr.schema();
                q!(Len(&#expr))
            }
        };
        q!(#field.extent(__fw::Extent::#extent).role(__fw::Role::Pad).lenient(#lenient))
    }
}
