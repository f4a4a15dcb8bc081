//! Generics of the impls: the lifetime of the input, and bounds on type parameters.

use proc_macro2::{Ident, TokenStream};
use syn::{GenericParam, Generics, Lifetime, WherePredicate};

use super::Emit;
use crate::ast::{Data, Field, Item, needs_extent, ungroup};
use crate::attr::{DerivedKind, RangeKind};

/// Adds the lifetime `'__de` of the input.
pub(super) fn with_lifetime(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let outlived: Vec<Lifetime> = generics.lifetimes().map(|param| param.lifetime.clone()).collect();
    let de: GenericParam = syn::parse_quote!('__de);
    generics.params.insert(0, de);
    let clause = generics.make_where_clause();
    for lifetime in outlived {
        clause.predicates.push(syn::parse_quote!('__de: #lifetime));
    }
    generics
}

impl Emit<'_> {
    /// Adds bounds to the type parameters. A parameter that is itself the type of a field gets the
    /// bound `leaf`, so that it can also be a number. A parameter inside another type, as in
    /// `Pair<T>`, gets the bound `frame`.
    pub(super) fn bounded(
        &self,
        generics: &Generics,
        leaf: impl Fn(&TokenStream) -> TokenStream,
        frame: &TokenStream,
    ) -> Generics {
        let mut generics = generics.clone();
        if let Some(bound) = &self.item.attrs.bound {
            generics.make_where_clause().predicates.extend(bound.value.iter().cloned());
            return generics;
        }
        let format = self.cx.order_type();
        let other = self.little.as_ref().map(|little| little.cx.order_type());
        let names: Vec<_> = self.item.generics.type_params().map(|param| param.ident.clone()).collect();
        for name in names {
            let used: Vec<(&[Field], &Field)> = with_siblings(self.item)
                .filter(|(_, field)| on_wire(field) && mentions(field, &name))
                .collect();
            if used.is_empty() {
                continue;
            }
            let alone = used.iter().all(|(siblings, field)| stands_alone(siblings, field, &name));
            let bound = match (&other, alone) {
                (_, false) => frame.clone(),
                (None, true) => leaf(&format),
                (Some(other), true) => {
                    let (big, little) = (leaf(&format), leaf(other));
                    crate::codegen::q!(#big + #little)
                }
            };
            let predicate: WherePredicate = syn::parse_quote!(#name: #bound);
            generics.make_where_clause().predicates.push(predicate);
        }
        generics
    }
}

fn on_wire(field: &Field) -> bool {
    field.attrs.skip.is_none()
}

/// Returns `true` if the field's type is the parameter `name` itself, or a list, array or `Option`
/// of it.
fn stands_alone(siblings: &[Field], field: &Field, name: &Ident) -> bool {
    if let Some(item) = &field.each {
        return with_siblings(item).all(|(siblings, field)| stands_alone(siblings, field, name));
    }
    let mut ty = ungroup(&field.ty);
    let extent = field.attrs.extent.is_some() || siblings.iter().any(|auto| is_length_of(auto, field));
    if let Some(item) = crate::ast::option_item(ty) {
        ty = ungroup(item);
    }
    if let syn::Type::Array(array) = ty {
        ty = ungroup(&array.elem);
    }
    let list = crate::ast::list_item(ty);
    if let Some(item) = list {
        ty = ungroup(item);
    }
    let is_it = matches!(ty, syn::Type::Path(path) if path.path.is_ident(name));
    is_it && (list.is_some() || !extent) && !(extent && list.is_none() && needs_extent(ty))
}

/// Returns `true` if `auto` is `#[len_of(field)]`, which ends the field.
fn is_length_of(auto: &Field, field: &Field) -> bool {
    match auto.attrs.derived.as_ref().map(|derived| &derived.value.kind) {
        Some(DerivedKind::LenOf(len)) => {
            len.of.kind == RangeKind::Content && len.of.from.as_ref() == Some(&field.plain)
        }
        _ => false,
    }
}

/// Returns each field, together with all fields of its struct or variant.
fn with_siblings(item: &Item) -> impl Iterator<Item = (&[Field], &Field)> {
    let groups: Vec<&[Field]> = match &item.data {
        Data::Struct(fields) => vec![fields],
        Data::Enum(variants) => variants.iter().map(|variant| &*variant.fields).collect(),
    };
    groups.into_iter().flat_map(|fields| fields.iter().map(move |field| (fields, field)))
}

fn mentions(field: &Field, name: &Ident) -> bool {
    struct Mentions<'a> {
        name: &'a Ident,
        found: bool,
    }
    impl<'ast> syn::visit::Visit<'ast> for Mentions<'_> {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.found |= ident == self.name;
        }
    }
    let mut mentions = Mentions { name, found: false };
    syn::visit::Visit::visit_type(&mut mentions, &field.ty);
    mentions.found
}
