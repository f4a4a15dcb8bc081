//! The pipeline on one screen: parse, check, lower, coalesce, emit.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ast::Item;
use crate::coalesce::coalesce;
use crate::ctxt::Ctxt;
use crate::layout::Layout;
use crate::lower::lower;
use crate::{check, codegen};

/// The impls for a type, or its errors and impls that stand in for them.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let cx = Ctxt::default();
    let item = Item::parse(&cx, input);
    let layout = item.as_ref().and_then(|item| {
        check::check(&cx, item);
        let layout = lower(&cx, item)?;
        cx.is_clean().then(|| Layout { steps: coalesce(layout.steps), ..layout })
    });
    if let Some(layout) = &layout {
        check::check_layout(&cx, layout);
    }
    let impls = match (&item, &layout) {
        (Some(item), Some(layout)) if cx.is_clean() => codegen::emit(item, layout),
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
