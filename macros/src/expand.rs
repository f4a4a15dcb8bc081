//! The stages of the derive macro: parse, check, lower, coalesce, generate.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ast::Item;
use crate::attr::Order;
use crate::coalesce::coalesce;
use crate::ctxt::Ctxt;
use crate::layout::Layout;
use crate::lower::lower;
use crate::own_name::instead_of_self;
use crate::{check, codegen};

/// Returns the generated impls. If the type has errors, returns the errors and stub impls.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::default();
    let input = &instead_of_self(input);
    let item = Item::parse(&cx, input);
    // A list with `each` has a hidden struct for its items, which is expanded too.
    let items = item.as_ref().map(Item::with_items).unwrap_or_default();
    let layouts: Vec<_> = items.iter().map(|item| layout(&cx, item)).collect();
    let layouts: Option<Vec<_>> = layouts.into_iter().collect();
    let impls = match (&item, &layouts) {
        (Some(_), Some(layouts)) if cx.is_clean() => codegen::emit(&items, layouts),
        _ => codegen::stub(input),
    };
    match cx.finish() {
        Ok(()) => impls,
        Err(errors) => {
            let errors = errors.to_compile_error();
            quote::quote!(#errors #impls)
        }
    }
}

fn layout<'a>(cx: &'a Ctxt, item: &'a Item) -> Option<Layout<'a>> {
    check::check(cx, item);
    let in_order = |order| {
        let layout = lower(cx, item, order).filter(|_| cx.is_clean())?;
        Some(Layout { steps: coalesce(layout.steps), ..layout })
    };
    let mut layout = in_order(Order::Big)?;
    if layout.has_two_orders() {
        layout.little = in_order(Order::Little).map(Box::new);
    }
    check::check_layout(cx, &layout);
    Some(layout)
}
