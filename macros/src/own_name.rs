//! Replaces `Self` by the name of the type. The user's types and constants also appear where `Self`
//! means nothing or another type: in the arguments of formats, in constants inside functions, and in
//! the hidden struct of a list's items.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{DeriveInput, Generics, Ident, Meta, Path, PathSegment, parse_quote};

/// Returns the declaration with the name of the type instead of `Self`.
pub(crate) fn instead_of_self(input: &DeriveInput) -> DeriveInput {
    let mut input = input.clone();
    let mut own_name = OwnName { name: input.ident.clone(), generics: input.generics.clone() };
    own_name.visit_attributes_mut(&mut input.attrs);
    own_name.visit_data_mut(&mut input.data);
    input
}

struct OwnName {
    name: Ident,
    generics: Generics,
}

impl OwnName {
    /// Returns `true` if `Name::CONST` says the same as `Self::CONST`, and not just for one of many
    /// `Name<T>`.
    fn is_one_type(&self) -> bool {
        self.generics.params.iter().all(|param| matches!(param, syn::GenericParam::Lifetime(_)))
    }

    fn at(&self, span: Span) -> Ident {
        Ident::new(&self.name.to_string(), span)
    }

    fn in_tokens(&self, tokens: TokenStream) -> TokenStream {
        let replace = |token| match token {
            TokenTree::Ident(ident) if ident == "Self" => TokenTree::Ident(self.at(ident.span())),
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
        if let (Meta::List(list), true) = (&mut attribute.meta, self.is_one_type()) {
            list.tokens = self.in_tokens(std::mem::take(&mut list.tokens));
        }
    }

    fn visit_type_path_mut(&mut self, ty: &mut syn::TypePath) {
        visit_mut::visit_type_path_mut(self, ty);
        if let Some(first) = self_in(&mut ty.path) {
            let (name, arguments) = (self.at(first.ident.span()), self.generics.split_for_impl().1);
            *first = parse_quote!(#name #arguments);
        }
    }

    fn visit_expr_path_mut(&mut self, expr: &mut syn::ExprPath) {
        if let (Some(first), true) = (self_in(&mut expr.path), self.is_one_type()) {
            first.ident = self.at(first.ident.span());
        }
    }
}

/// Returns the first segment of the path if it is `Self`.
fn self_in(path: &mut Path) -> Option<&mut PathSegment> {
    path.segments.first_mut().filter(|first| first.ident == "Self")
}
