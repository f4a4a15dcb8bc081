//! Resolves the names in the user's expressions.

use proc_macro2::Ident;
use syn::Expr;

use super::{Lower, Reach, tree};
use crate::ast::{Field, auto_item, list_item, needs, option_item, parameters, variables};
use crate::attr::{FieldRange, RangeKind};
use crate::layout::{Covered, Covers, End, Expression, Named, OnWire, Op, Target, Tree, Use};

impl<'a> Lower<'a> {
    /// Resolves an expression on `field`, which may name only earlier fields and context values.
    pub(super) fn expression(&self, expr: &'a Expr, field: &Field, reach: Reach<'a>) -> Expression<'a> {
        for other in &reach.fields[field.index..] {
            if needs(expr, &other.plain) {
                let names: Vec<_> =
                    reach.fields[..field.index].iter().map(|field| field.plain.to_string()).collect();
                self.cx.error_at(
                    expr,
                    format!("`{}` is not read yet here: {}", other.plain, crate::ctxt::in_reach(&names)),
                );
            }
        }
        self.uses(expr, reach, field.index)
    }

    /// Resolves an expression that may name the first `count` fields and the context values. Each
    /// mention keeps its own identifier, because the hygiene of a name can differ between a macro's
    /// argument and the macro's own text.
    pub(super) fn uses(&self, expr: &'a Expr, reach: Reach<'a>, count: usize) -> Expression<'a> {
        let fields = reach.fields[..count].iter().map(|field| self.field_in_use(field, reach));
        let context = self.context.iter().enumerate().map(|(index, value)| Use {
            plain: value.plain.clone(),
            local: value.local.clone(),
            what: Named::Context(index),
            ty: Some(value.ty),
            on_wire: OnWire::Value,
            reference: value.reference,
            element: false,
        });
        let names: Vec<_> = fields.chain(context).collect();
        let named = |plain: Ident| {
            let found = names.iter().find(|each| each.plain == plain)?;
            Some(Use { plain, ..found.clone() })
        };
        let uses: Vec<_> =
            variables(expr).into_iter().map(|variable| variable.name).filter_map(named).collect();
        let tree = tree::tree(expr, &uses);
        Expression { expr, uses, tree }
    }

    /// Returns a reference to a field for the schema.
    pub(super) fn target(&self, field: &'a Field, reach: Reach<'a>) -> Target<'a> {
        Target { name: &field.name, index: reach.on_wire(field.index) }
    }

    pub(super) fn covers(&self, range: &'a FieldRange, reach: Reach<'a>) -> Covers<'a> {
        let found = |name: &Option<Ident>| {
            let name = name.as_ref()?;
            reach.fields.iter().find(|field| field.plain == *name)
        };
        let (first, last) = (found(&range.from), found(&range.to));
        let index = |field: &Field| reach.on_wire(field.index);
        let (from, to) = (first.map(index), last.map(index));
        // A field with `skip` has no bytes.
        let behind = last.map(|last| index(last) + usize::from(last.attrs.skip.is_none()));
        let what = match range.kind {
            RangeKind::Content => Covered::Content(from.unwrap_or(0)),
            RangeKind::HalfOpen => Covered::Fields(from, to),
            RangeKind::Closed => Covered::Fields(from, behind),
        };
        Covers { range, what }
    }

    /// Resolves a name in an expression to this field.
    fn field_in_use(&self, field: &'a Field, reach: Reach<'a>) -> Use<'a> {
        let what = if reach.kept == Some(field.index) {
            Named::Tag(&field.name)
        } else if field.attrs.skip.is_some() {
            Named::Nothing
        } else {
            Named::Field(&field.name, reach.on_wire(field.index))
        };
        let ty = match auto_item(&field.ty) {
            Some(item) => item,
            None => Some(&field.ty),
        };
        Use {
            plain: field.plain.clone(),
            local: field.local.clone(),
            what,
            ty,
            on_wire: on_wire(field),
            reference: false,
            element: false,
        }
    }
}

/// Returns what of the value of a field is on the wire. A list whose items are converted has the same
/// length there.
fn on_wire(field: &Field) -> OnWire {
    let wire = field.attrs.wire.as_ref().map(|wire| &wire.value);
    let is_list = list_item(option_item(&field.ty).unwrap_or(&field.ty)).is_some();
    match wire {
        Some(wire) if wire.converted().is_some() && (!is_list || wire.whole.is_some()) => OnWire::Other,
        Some(wire) if wire.number.is_some() => OnWire::Number,
        _ if field.attrs.bits_as.is_some() => OnWire::Number,
        _ => OnWire::Value,
    }
}

/// Returns what of an item of a list is on the wire.
pub(super) fn item_on_wire(field: &Field) -> OnWire {
    let wire = field.attrs.wire.as_ref().map(|wire| &wire.value);
    match (&field.each, wire) {
        (Some(item), _) => item.fields().next().map_or(OnWire::Value, on_wire),
        // The condition is given the items of the wire type.
        (None, Some(wire)) if wire.whole.is_some() => OnWire::Value,
        (None, Some(wire)) if wire.converted().is_some() => OnWire::Other,
        (None, Some(wire)) if wire.number.is_some() => OnWire::Number,
        (None, _) if field.attrs.bits_as.is_some() => OnWire::Number,
        (None, _) => OnWire::Value,
    }
}

/// Returns the condition for the last item of a list as a tree, in which only the item has a name.
pub(crate) fn last_item(end: &End<'_>) -> Tree {
    match end {
        End::Kept(closure) => match tree::argument(closure) {
            Some(name) => tree::tree(&closure.body, &[item_in_use(name)]),
            None => Tree::Opaque,
        },
        End::Dropped(value) => Tree::binary(Op::Equal, Tree::Use(0), tree::tree(value, &[])),
    }
}

/// Returns `true` if all parts of the body of `#[until(|item| ..)]` are known to the macro. The
/// argument may be any pattern.
pub(crate) fn is_whole(closure: &syn::ExprClosure) -> bool {
    let uses: Vec<_> = parameters(closure).iter().map(item_in_use).collect();
    tree::tree(&closure.body, &uses).is_whole()
}

/// Resolves a name in the condition for the last item of a list to the item, or a part of it.
fn item_in_use(plain: &Ident) -> Use<'static> {
    Use {
        plain: plain.clone(),
        local: plain.clone(),
        what: Named::Item,
        ty: None,
        on_wire: OnWire::Value,
        reference: false,
        element: false,
    }
}
