//! Code for byte orders that are known only at run time: `order = expr`.

use proc_macro2::{Ident, TokenStream};

use super::{Cx, InRun, Size, expression, q};
use crate::attr::Order;
use crate::layout::{Expression, FieldOrder, Format, OrderOf, Slot};

impl Format {
    /// Returns the code for this format. For [`Format::Either`], returns a `match` with the code
    /// for both.
    pub(super) fn either(&self, code: impl Fn(&Self) -> TokenStream) -> TokenStream {
        let Self::Either { order, big, little, .. } = self else { return code(self) };
        let (big, little) = (code(big), code(little));
        by(&q!(#order), &big, &little)
    }
}

/// Returns a `match` on `order` with the code for both byte orders.
pub(super) fn by(order: &TokenStream, big: &TokenStream, little: &TokenStream) -> TokenStream {
    q! {
        match #order {
            __fw::Order::Big => { #big }
            __fw::Order::Little => { #little }
        }
    }
}

/// Returns the value of an `order = expr` in the parser at the cursor `at`.
pub(super) fn on_decode(expression: &Expression<'_>, site: &TokenStream, at: &TokenStream) -> TokenStream {
    expression::on_decode(expression).or_refuse(site, at)
}

impl InRun for OrderOf<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let var = &self.var;
        let order = on_decode(&self.expression, &super::site(cx, &self.name), &q!(run));
        q!(let #var: __fw::Order = #order;)
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let (var, order) = (&self.var, expression::on_encode(&self.expression).or_fail(&self.name));
        q!(let #var: __fw::Order = #order;)
    }

    fn sets(&self) -> Option<Vec<Ident>> {
        Some(vec![self.var.clone()])
    }

    fn binds(&self) -> Vec<Ident> {
        vec![self.var.clone()]
    }

    fn len(&self, _: &Cx<'_>) -> Size {
        Size::Known(0)
    }

    fn takes_bytes(&self) -> bool {
        false
    }
}

impl Cx<'_> {
    /// Returns the byte order of a field in the encoder, if the schema has an entry for each order.
    pub(super) fn order_of(&self, slot: Slot) -> Option<TokenStream> {
        let is_it = |of: &&FieldOrder<'_>| {
            of.slot == slot && (of.variant == self.variant || matches!(slot, Slot::Head(_)))
        };
        match self.orders.iter().find(is_it).map(|of| &of.var) {
            Some(var) => Some(q!(#var)),
            None if self.in_turn => match self.order {
                Some(Order::Little) => Some(q!(__fw::Order::Little)),
                _ => None,
            },
            None => None,
        }
    }
}

/// Merges the schema entries generated for big-endian and for little-endian order. An entry that
/// depends on the order gets both variants. `slot` returns the slot of the entry with a given
/// index.
pub(super) fn schema_fields(
    cx: &Cx<'_>,
    of_type: Option<&Expression<'_>>,
    big: Vec<TokenStream>,
    little: Vec<TokenStream>,
    slot: impl Fn(usize) -> Slot,
) -> Vec<TokenStream> {
    let both = big.into_iter().zip(little).enumerate();
    let field = |(index, (big, little)): (usize, (TokenStream, TokenStream))| {
        if big.to_string() == little.to_string() {
            return big;
        }
        let slot = slot(index);
        let own = cx
            .orders
            .iter()
            .find(|of| of.slot == slot && (of.variant == cx.variant || matches!(slot, Slot::Head(_))));
        let Some(order) = own.map(|of| &of.expression).or(of_type) else { return big };
        let order = order.schema();
        q!(#big.in_either_order(&__fw::Ordered::new(#order, #little)))
    };
    both.map(field).collect()
}
