//! Lowers byte orders that are known only at run time: `order = expr`.

use std::cell::RefCell;

use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident};

use super::{Lower, Reach};
use crate::ast::Field;
use crate::attr::{ExtentWord, Order, WireWord};
use crate::layout::{Atom, Expression, FieldOrder, Format, OrderOf, Place, Slot, Step};

/// The wire types with `order = expr`, and their fields.
#[derive(Default)]
pub(super) struct Orders<'a> {
    words: RefCell<Vec<&'a WireWord>>,
    fields: RefCell<Vec<FieldOrder<'a>>>,
}

impl<'a> Orders<'a> {
    pub(super) fn into_fields(self) -> Vec<FieldOrder<'a>> {
        self.fields.into_inner()
    }

    /// Returns the variable for the byte order of a wire type.
    fn var(&self, wire: &'a WireWord) -> Ident {
        let mut words = self.words.borrow_mut();
        let known = words.iter().position(|word| std::ptr::eq(*word, wire));
        let index = known.unwrap_or_else(|| {
            words.push(wire);
            words.len() - 1
        });
        format_ident!("order{index}", span = Span::mixed_site())
    }
}

impl<'a> Lower<'a> {
    /// Returns the byte order of numbers without their own order. If it is known only at run time,
    /// returns the order that this pass assumes. The type is lowered once for each order.
    pub(super) fn order(&self) -> Option<Order> {
        let order = self.item.attrs.order.as_ref().map(|order| order.value);
        order.or(self.item.attrs.order_by.as_ref().map(|_| self.turn))
    }

    /// Like [`Self::order`], for a number with this wire type.
    pub(super) fn order_of(&self, wire: Option<&WireWord>) -> Option<Order> {
        let said = wire.and_then(|wire| wire.order.or(wire.order_by.as_ref().map(|_| self.turn)));
        said.or(self.order())
    }

    /// Returns the format that `make` returns for the byte order of `wire`. If the order is known
    /// only at run time, returns both formats in a [`Format::Either`].
    pub(super) fn in_order(
        &self,
        wire: Option<&'a WireWord>,
        make: impl Fn(Option<Order>) -> Option<Format>,
    ) -> Option<Format> {
        let Some(wire) = wire.filter(|wire| wire.order_by.is_some()) else {
            return make(self.order_of(wire));
        };
        let (big, little) = (make(Some(Order::Big))?, make(Some(Order::Little))?);
        let (order, now) = (self.orders.var(wire), self.turn);
        Some(Format::Either { order, big: Box::new(big), little: Box::new(little), now })
    }

    /// Returns the expression of `#[frame(order = ..)]`.
    pub(super) fn order_of_type(&self) -> Option<Expression<'a>> {
        let order = self.item.attrs.order_by.as_ref()?;
        Some(self.uses(&order.value, Reach::nothing(), 0))
    }

    /// Returns the step that computes the byte order of the type's length prefix.
    pub(super) fn order_of_head(&self, wire: &'a WireWord, slot: usize) -> Vec<Step<'a>> {
        let Some(expr) = &wire.order_by else { return Vec::new() };
        let expression = self.uses(expr, Reach::nothing(), 0);
        vec![self.order_step("len".to_owned(), 0, Slot::Head(slot), wire, expression)]
    }

    /// Returns the steps that compute the byte orders of a field and of its prefix.
    pub(super) fn orders_of(&self, field: &'a Field, place: &Place<'a>, reach: Reach<'a>) -> Vec<Step<'a>> {
        let prefix = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::LenPrefixed(prefix)) => Some(&prefix.wire),
            Some(ExtentWord::CountPrefixed(prefix)) => Some(&prefix.wire),
            _ => None,
        };
        let own = field.attrs.wire.as_ref().map(|wire| &wire.value);
        let all: Vec<_> =
            prefix.into_iter().chain(own).filter_map(|wire| Some((wire, wire.order_by.as_ref()?))).collect();
        if let [(_, one), (_, other)] = all.as_slice() {
            if one.to_token_stream().to_string() != other.to_token_stream().to_string() {
                self.cx.error_at(
                    other,
                    "a field and its length prefix must have the same byte order expression",
                );
            }
        }
        let step = |(wire, expr): (&'a WireWord, &'a syn::Expr)| {
            let expression = self.expression(expr, field, reach);
            self.order_step(place.name.clone(), reach.variant, place.slot, wire, expression)
        };
        all.into_iter().map(step).collect()
    }

    fn order_step(
        &self,
        name: String,
        variant: usize,
        slot: Slot,
        wire: &'a WireWord,
        expression: Expression<'a>,
    ) -> Step<'a> {
        let var = self.orders.var(wire);
        let of = FieldOrder { variant, slot, var: var.clone(), expression: expression.clone() };
        self.orders.fields.borrow_mut().push(of);
        Step::atom(Atom::Order(OrderOf { name, var, expression }))
    }
}
