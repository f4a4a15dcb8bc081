//! Code for padding of variable size: alignment to an offset in the frame, as in `#[align(4)]`, or
//! a size from earlier fields, as in `#[pad(size)]`.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Most, Node, Open, Size, Tail, add_size, expression, fault, pad, q};
use crate::layout::{Amount, Expression, Fill, Place};

impl Node for Fill<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
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

    /// Returns the exact size on decode, if it is given by earlier fields.
    fn exact(&self, _: &Cx<'_>) -> Option<TokenStream> {
        match &self.amount {
            Amount::UpTo(_) => None,
            Amount::Bytes(expr) => Some(expression::said_len(expr)),
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field, byte) = (&self.place.name, cx.field(self.place.slot), pad::byte(self.filling));
        let len = match &self.amount {
            Amount::UpTo(to) => q!(__fw::fill_to(at.saturating_sub(frame), #to)),
            Amount::Bytes(expr) => {
                let (expr, or_fail) = (expression::on_encode(expr).or_fail(name), fault::or_fail(name));
                q!(match __fw::said_len(#expr) #or_fail)
            }
        };
        q! {{
            let at = out.position();
            __fw::put_filling(out, #len, #byte)?;
            __fw::mark_since(out, #field, __fw::Part::Value, at);
        }}
    }

    fn size(&self, _: &Cx<'_>) -> TokenStream {
        let size = match &self.amount {
            Amount::UpTo(to) => q!(__fw::fill_to(size, #to)),
            Amount::Bytes(expr) => {
                let expr = expression::on_encode(expr).or_else(&q!(__fw::Default::default()));
                q!(__fw::said_len(#expr).unwrap_or(0))
            }
        };
        add_size(&size)
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        match &self.amount {
            Amount::UpTo(to) => {
                let max = Most::Constant(q!(__fw::Some(__fw::most_fill(#to))));
                Bounds { min: Size::Known(0), max, open: Open::Known(false) }
            }
            Amount::Bytes(_) => Bounds::at_least(Size::Known(0)),
        }
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (field, lenient) = (self.place.schema(&q!(__fw::Type::Bytes)), !self.filling.strict);
        let fill = self.filling.fill.as_ref().map(|fill| q!(.fill(#fill)));
        let extent = match &self.amount {
            Amount::UpTo(to) => q!(Align(#to)),
            Amount::Bytes(expr) => {
                let expr = expr.schema();
                q!(Len(&#expr))
            }
        };
        vec![q!(#field.extent(__fw::Extent::#extent).role(__fw::Role::Pad).lenient(#lenient) #fill)]
    }

    fn exact_is_known(&self) -> bool {
        matches!(self.amount, Amount::Bytes(_))
    }

    fn depends_on(&self) -> Option<&Expression<'_>> {
        if let Amount::Bytes(expr) = &self.amount { Some(expr) } else { None }
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}
