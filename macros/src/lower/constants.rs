//! Tag constants. In `#[tag(READ)]` the user's constant may have another type than the tag: another
//! integer type, or a slice for a byte array. A pattern needs a constant of exactly the tag's type,
//! so one is generated: `const __TAG_0_0: i128 = number_tag(READ).number();`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Pat, Type, parse_quote};

use crate::ast::number;
use crate::layout::{TagConstant, TagType};

/// Returns the type in which numeric tags are compared if the parent passes them.
pub(super) fn widest() -> Type {
    parse_quote!(::core::primitive::i128)
}

/// Generates the constants for the tags of one variant.
pub(super) struct Naming {
    variant: usize,
    constants: Vec<TagConstant>,
}

impl Naming {
    pub(super) fn new(variant: usize) -> Self {
        Self { variant, constants: Vec::new() }
    }

    pub(super) fn done(self) -> Vec<TagConstant> {
        self.constants
    }

    /// Replaces the constants in a pattern by the names of generated constants.
    pub(super) fn pattern(&mut self, pattern: &mut Pat, ty: &TagType) {
        let value: Expr = match (&mut *pattern, ty) {
            (Pat::Or(or), _) => return or.cases.iter_mut().for_each(|case| self.pattern(case, ty)),
            (Pat::Paren(paren), _) => return self.pattern(&mut paren.pat, ty),
            (Pat::Tuple(tuple), TagType::Tuple(_, parts)) => {
                return tuple.elems.iter_mut().zip(parts).for_each(|(part, ty)| self.pattern(part, ty));
            }
            (Pat::Range(range), _) if converts(ty) => {
                for end in [&mut range.start, &mut range.end].into_iter().flatten() {
                    if number(end).is_none() {
                        let name = self.name(end.as_ref().clone(), ty);
                        **end = parse_quote!(#name);
                    }
                }
                return;
            }
            (Pat::Ident(syn::PatIdent { by_ref: None, mutability: None, subpat: None, ident, .. }), _)
                if converts(ty) =>
            {
                parse_quote!(#ident)
            }
            (Pat::Path(path), _) if converts(ty) => Expr::Path(path.clone()),
            (Pat::Lit(literal), _) if converts(ty) && matches!(literal.lit, syn::Lit::Bool(_)) => {
                Expr::Lit(literal.clone())
            }
            // `syn` parses `const { .. }` patterns, which Rust does not have yet.
            (Pat::Const(computed), _) => Expr::Const(computed.clone()),
            _ => return,
        };
        let name = self.name(value, ty);
        *pattern = parse_quote!(#name);
    }

    /// Adds a generated constant. Its name has the span of the user's constant, so that compile
    /// errors point there.
    fn name(&mut self, value: Expr, ty: &TagType) -> Ident {
        let name = format_ident!("__TAG_{}_{}", self.variant, self.constants.len(), span = value.span());
        self.constants.push(TagConstant { name: name.clone(), ty: ty.clone(), value });
        name
    }
}

/// Returns `true` if the user's constant may have another type than the tag.
fn converts(ty: &TagType) -> bool {
    match ty {
        TagType::Number(ty) => *ty == widest(),
        TagType::Bytes(_) => true,
        TagType::Tuple(..) => false,
    }
}

impl TagConstant {
    /// Returns the declaration of the generated constant.
    pub(crate) fn declare(&self) -> TokenStream {
        let (name, value) = (&self.name, &self.value);
        // Show compile errors at the user's constant.
        let span = value.span();
        match &self.ty {
            TagType::Number(ty) if converts(&self.ty) => {
                quote_spanned!(span => const #name: #ty = __fw::number_tag(#value).number();)
            }
            TagType::Bytes(ty) => quote_spanned! { span =>
                const #name: &#ty = &__fw::bytes_tag(#value).bytes(::core::option::Option::None);
            },
            TagType::Number(ty) | TagType::Tuple(ty, _) => {
                quote_spanned!(span => const #name: #ty = #value;)
            }
        }
    }
}
