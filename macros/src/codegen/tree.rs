//! The user's expressions and constants in schemas.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use syn::Type;

use super::q;
use crate::layout::{Covered, Covers, Expression, Named, OnWire, Op, Target, Tree, Use};

impl Expression<'_> {
    /// Returns the schema's expression: its text and its tree.
    pub(super) fn schema(&self) -> TokenStream {
        let (text, tree) = (super::expression::text(self), self.tree.schema(&self.uses));
        let expr = q!(__fw::Expr::new(#text, #tree));
        let names = self.names();
        if self.tree.is_on_wire(&self.uses) || names.is_empty() {
            expr
        } else {
            q!(#expr.naming(&[#(#names),*]))
        }
    }

    /// Returns the fields that the expression names, without duplicates.
    fn names(&self) -> Vec<TokenStream> {
        let mut seen = Vec::new();
        let mut names = Vec::new();
        for each in &self.uses {
            let Named::Field(_, index) = each.what else { continue };
            if !seen.contains(&index) {
                seen.push(index);
                names.extend(each.target());
            }
        }
        names
    }
}

/// Returns the schema's condition for the last item of a list. `item` is the type of the items.
pub(super) fn last_item(text: &str, tree: &Tree, item: &Type, on_wire: OnWire) -> TokenStream {
    let plain = format_ident!("item");
    let item = Use {
        plain: plain.clone(),
        local: plain,
        what: Named::Item,
        ty: Some(item),
        on_wire,
        reference: false,
        element: false,
    };
    let tree = tree.schema(&[item]);
    q!(__fw::Expr::new(#text, #tree))
}

impl Tree {
    fn schema(&self, uses: &[Use<'_>]) -> TokenStream {
        let of = |tree: &Self| tree.schema(uses);
        match self {
            Self::Number(number, ty) => {
                let number = proc_macro2::Literal::u128_unsuffixed(*number);
                let ty = match ty {
                    Some(ty) => {
                        let ty = int(ty);
                        q!(__fw::Some(#ty))
                    }
                    None => q!(__fw::None),
                };
                q!(__fw::Node::Number(#number, #ty))
            }
            Self::Bool(value) => q!(__fw::Node::Bool(#value)),
            Self::Use(_) | Self::Member(..) if !self.is_on_wire(uses) => opaque(),
            Self::Use(index) => uses.get(*index).map_or_else(opaque, Use::schema),
            Self::Member(base, name) => self.member(base, name, uses).unwrap_or_else(opaque),
            Self::Len(value) => {
                let value = of(value);
                q!(__fw::Node::Len(&#value))
            }
            Self::IsSome(value) => {
                // Whether a field is present does not depend on its type.
                let value = match **value {
                    Self::Use(index) => uses.get(index).map_or_else(opaque, Use::schema),
                    _ => opaque(),
                };
                q!(__fw::Node::IsSome(&#value))
            }
            Self::Constant(path) => {
                let text = crate::text::tokens(&q!(#path));
                q!(__fw::Node::Constant(__fw::SchemaConstant::new(#text, || __fw::ValueOf(&#path).value())))
            }
            Self::Cast(value, ty) => {
                let (value, ty) = (of(value), int(ty));
                q!(__fw::Node::Cast(&#value, __fw::Ty::Int(#ty)))
            }
            Self::Not(value) => {
                let value = of(value);
                q!(__fw::Node::Not(&#value))
            }
            Self::Negative(value) => {
                let value = of(value);
                q!(__fw::Node::Negative(&#value))
            }
            Self::Binary(op, left, right) => {
                let (op, left, right) = (op.schema(), of(left), of(right));
                q!(__fw::Node::Binary(#op, &#left, &#right))
            }
            Self::If(condition, yes, no) => {
                let (condition, yes, no) = (of(condition), of(yes), of(no));
                q!(__fw::Node::If(&#condition, &#yes, &#no))
            }
            Self::Known | Self::Opaque => opaque(),
        }
    }

    /// Returns a member access such as `header.len`. The closure only determines the type of the
    /// member.
    fn member(&self, base: &Self, name: &Ident, uses: &[Use<'_>]) -> Option<TokenStream> {
        let (root, place) = self.place(uses)?;
        let ty = root.ty.filter(|_| !matches!(root.what, Named::Nothing))?;
        let (base, name) = (base.schema(uses), crate::text::field(name));
        Some(q!(__fw::Node::Member(&#base, #name, || {
            let of: __fw::Option<&#ty> = __fw::None;
            __fw::TypeOf(of.map(|of| &#place)).ty()
        })))
    }

    /// For a path such as `header.len`, returns the value `header`, and the path with `of` instead
    /// of it: `of.len`.
    fn place<'u>(&self, uses: &'u [Use<'u>]) -> Option<(&'u Use<'u>, TokenStream)> {
        match self {
            Self::Use(index) => Some((uses.get(*index)?, q!(of))),
            Self::Member(base, name) => {
                let (root, place) = base.place(uses)?;
                let member: syn::Member = match crate::text::field(name).parse::<u32>() {
                    Ok(index) => syn::Member::Unnamed(syn::Index { index, span: name.span() }),
                    Err(_) => syn::Member::Named(name.clone()),
                };
                Some((root, q!(#place.#member)))
            }
            _ => None,
        }
    }
}

impl Use<'_> {
    /// Returns the field that the name means, if it is a field.
    pub(super) fn target(&self) -> Option<TokenStream> {
        match self.what {
            Named::Field(name, index) => Some(q!(__fw::Target::new(#name, #index))),
            Named::Tag(_) | Named::Context(_) | Named::Item | Named::Nothing => None,
        }
    }

    fn schema(&self) -> TokenStream {
        let ty = match self.ty {
            Some(ty) => q!(__fw::Probe::<#ty>::TY),
            None => q!(__fw::None),
        };
        let (node, name, index) = match self.what {
            Named::Field(name, index) => (q!(Field), name.to_owned(), index),
            Named::Tag(name) => (q!(Tag), name.to_owned(), 0),
            Named::Context(index) => (q!(Context), self.plain.to_string(), index),
            Named::Item => return q!(__fw::Node::Item(#ty)),
            Named::Nothing => return opaque(),
        };
        q!(__fw::Node::#node(__fw::Named::new(#name, #index, #ty)))
    }
}

impl Op {
    fn schema(self) -> TokenStream {
        let name = format_ident!("{self:?}");
        q!(__fw::Op::#name)
    }
}

fn int(name: &str) -> TokenStream {
    let name = format_ident!("{name}");
    q!(__fw::Int::#name)
}

fn opaque() -> TokenStream {
    q!(__fw::Node::Opaque)
}

/// Returns the schema's constant for the user's constant `value` of type `ty`.
pub(super) fn constant(value: &syn::Expr, ty: &Type) -> TokenStream {
    let text = crate::text::tokens(&q!(#value));
    q!(__fw::SchemaConstant::new(#text, || {
        let value: #ty = #value;
        __fw::ValueOf(&value).value()
    }))
}

/// Like [`constant`], for the number of `#[none(v)]`, which may be a float.
pub(super) fn none_of(value: &syn::Expr, ty: &Type) -> TokenStream {
    let constant = constant(value, ty);
    if crate::ast::is_integer(ty) {
        return constant;
    }
    q!(#constant.or_float(|| {
        let value: #ty = #value;
        __fw::ValueOf(&value).float()
    }))
}

/// Like [`constant`], for an optional value.
pub(super) fn maybe_constant(value: Option<&syn::Expr>, ty: &Type) -> TokenStream {
    match value {
        Some(value) => {
            let constant = constant(value, ty);
            q!(__fw::Some(#constant))
        }
        None => q!(__fw::None),
    }
}

impl Target<'_> {
    pub(super) fn schema(&self) -> TokenStream {
        let (name, index) = (self.name, self.index);
        q!(__fw::Target::new(#name, #index))
    }
}

impl Covers<'_> {
    pub(super) fn schema(&self) -> TokenStream {
        let (text, index) = (self.range.text(), |index: Option<usize>| match index {
            Some(index) => q!(__fw::Some(#index)),
            None => q!(__fw::None),
        });
        let what = match self.what {
            Covered::Content(index) => q!(Content(#index)),
            Covered::Fields(from, to) => {
                let (from, to) = (index(from), index(to));
                q!(Fields { from: #from, to: #to })
            }
        };
        q!(__fw::Covers::new(#text, __fw::Covered::#what))
    }
}
