//! Replaces `Self` by the name of the type. The user's types and constants also appear where `Self`
//! means nothing or another type: in the arguments of formats, in constants inside functions, and in
//! the hidden struct of a list's items. In the attributes of a type with type or const parameters it
//! stays: there it has a meaning in expressions of fields, and Rust allows no constant that depends on
//! a parameter.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{DeriveInput, Generics, Ident, Meta, Path, PathSegment, parse_quote};

/// Returns the declaration with the name of the type instead of `Self`.
pub(crate) fn instead_of_self(input: &DeriveInput) -> DeriveInput {
    let mut input = input.clone();
    let generics = input.generics.clone();
    let is_one_type = generics.params.iter().all(|param| matches!(param, syn::GenericParam::Lifetime(_)));
    let mut own_name = OwnName { name: input.ident.clone(), generics, is_one_type };
    own_name.visit_attributes_mut(&mut input.attrs);
    own_name.visit_generics_mut(&mut input.generics);
    own_name.visit_data_mut(&mut input.data);
    input
}

struct OwnName {
    name: Ident,
    generics: Generics,
    /// Whether `Name::CONST` says the same as `Self::CONST`. In a type with type or const parameters
    /// it does not say of which `Name<T>`.
    is_one_type: bool,
}

impl OwnName {
    fn at(&self, span: Span) -> Ident {
        let mut name = self.name.clone();
        name.set_span(span);
        name
    }

    /// Replaces `Self`, except in an `impl` or `trait` of the user's own, where it is another type.
    fn in_tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut is_other = false;
        let replace = |token| match token {
            TokenTree::Ident(ident) if ident == "Self" && !is_other => {
                TokenTree::Ident(self.at(ident.span()))
            }
            TokenTree::Ident(ident) => {
                is_other |= ident == "impl" || ident == "trait";
                TokenTree::Ident(ident)
            }
            TokenTree::Group(group) if is_other => {
                is_other = group.delimiter() != Delimiter::Brace;
                TokenTree::Group(group)
            }
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), self.in_tokens(group.stream()));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            other => other,
        };
        tokens.into_iter().map(replace).collect()
    }
}

impl VisitMut for OwnName {
    fn visit_attribute_mut(&mut self, attribute: &mut syn::Attribute) {
        if let (Meta::List(list), true) = (&mut attribute.meta, self.is_one_type) {
            list.tokens = self.in_tokens(std::mem::take(&mut list.tokens));
        }
    }

    fn visit_type_path_mut(&mut self, ty: &mut syn::TypePath) {
        visit_mut::visit_type_path_mut(self, ty);
        if let Some(first) = leading_self(&mut ty.path) {
            let (name, arguments) = (self.at(first.ident.span()), self.generics.split_for_impl().1);
            *first = parse_quote!(#name #arguments);
        }
    }

    fn visit_expr_path_mut(&mut self, expr: &mut syn::ExprPath) {
        if let (Some(first), true) = (leading_self(&mut expr.path), self.is_one_type) {
            first.ident = self.at(first.ident.span());
        }
    }
}

/// Returns the first segment of the path if it is `Self`.
fn leading_self(path: &mut Path) -> Option<&mut PathSegment> {
    path.segments.first_mut().filter(|first| first.ident == "Self")
}
