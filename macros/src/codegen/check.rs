//! Invariants: checked on decode where they stand, on encode once every value is known.

use proc_macro2::TokenStream;

use super::{Cx, expression, q};
use crate::layout::{Assertion, Atom, Step};

/// The invariants of a struct or variant, as its schema has them.
pub(super) fn checks(steps: &[Step<'_>]) -> Vec<TokenStream> {
    let of_atom = |atom: &Atom<'_>| match atom {
        Atom::Check(assertion) => Some(assertion.schema()),
        Atom::Leaf { .. }
        | Atom::Filled(_)
        | Atom::Length(_)
        | Atom::Tag(_)
        | Atom::Presence(_)
        | Atom::Magic { .. }
        | Atom::Pad { .. }
        | Atom::Checksum(_)
        | Atom::Calc(_)
        | Atom::Bits(_)
        | Atom::Mark(_) => None,
    };
    let of_step = |step: &Step<'_>| match step {
        Step::Atom(atom) => of_atom(atom).into_iter().collect(),
        Step::Run(atoms) => atoms.iter().filter_map(of_atom).collect(),
        Step::Scope(scope) => checks(&scope.steps),
        Step::Delimited(delimited) => checks(&delimited.steps),
        Step::Value(_)
        | Step::Length(_)
        | Step::Tag(_)
        | Step::Body(_)
        | Step::List(_)
        | Step::Items(_)
        | Step::Cond(_)
        | Step::Peek(_)
        | Step::Match(_)
        | Step::Fill(_)
        | Step::Agree(_)
        | Step::Skip(..) => Vec::new(),
    };
    steps.iter().flat_map(of_step).collect()
}

impl Assertion<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let message = self.message;
        let (field, at) = match &self.field {
            Some((field, at)) => (*field, q!(#at)),
            // An empty name stands for the frame itself.
            None => ("", q!(0usize)),
        };
        let site = super::site(cx, field);
        let expr = match &self.optional {
            Some(there) => expression::on_decode_of(&self.expression, there),
            None => expression::on_decode(&self.expression),
        };
        let holds = self.holds(&expr.or_refuse_at(&site, &at));
        q! {
            if #holds {} else {
                return ::core::result::Result::Err(__fw::check_failed(#message, #site, src, input, #at));
            }
        }
    }

    /// Whether it holds, bare, so that the compiler points at an expression
    /// that is no condition. Of what is absent, anything holds.
    fn holds(&self, expr: &TokenStream) -> TokenStream {
        match &self.optional {
            Some(local) => q!(match &#local {
                ::core::option::Option::Some(#local) => #expr,
                ::core::option::Option::None => true,
            }),
            None => expr.clone(),
        }
    }

    pub(super) fn encode(&self) -> TokenStream {
        let name = self.field.as_ref().map_or("", |(field, _)| *field);
        let expr = expression::on_encode(&self.expression).or_fail(name);
        let (holds, message) = (self.holds(&expr), self.message);
        let field = match &self.field {
            Some((field, _)) => q!(::core::option::Option::Some(#field)),
            None => q!(::core::option::Option::None),
        };
        q! {
            if #holds {} else {
                return ::core::result::Result::Err(__fw::check_failed_on_encode(#message, #field));
            }
        }
    }

    fn schema(&self) -> TokenStream {
        let (condition, message) = (self.expression.schema(), self.message);
        let field = match &self.field {
            Some((field, _)) => q!(::core::option::Option::Some(#field)),
            None => q!(::core::option::Option::None),
        };
        q!(__fw::SchemaCheck::new(#condition, #message, #field))
    }
}
