//! Checks that need more than one attribute: several words, several fields, or the layout.

mod constant;
mod effect;
mod endings;
mod limits;
mod names;
mod tags;
mod words;

pub(crate) use effect::{check_kept, misfit, number_type};
pub(crate) use endings::check_left_in_range;
pub(crate) use limits::limits;

use crate::ast::{Data, Item, auto_item};
use crate::attr::{ExtentWord, FieldTag, HeadWord};
use crate::codegen::{in_order, needs, needs_itself, needs_of_length};
use crate::ctxt::Ctxt;
use crate::layout::{
    Atom, Body, Calc, Cond, Condition, Expression, Extent, Layout, Length, Place, Step, WhenKnown,
};

pub(crate) fn check(cx: &Ctxt, item: &Item) {
    let is_struct = matches!(item.data, Data::Struct(_));
    if is_struct {
        for word in item.attrs.head.iter().filter(|word| word.value.name() == "tag") {
            cx.error(word.span, "`tag` is for enums: a struct has one layout");
        }
    }
    if !item.is_item {
        check_names(cx, item);
    }
    effect::check_type(cx, item);
    limits::check(cx, item);
    endings::check(cx, item);
    if let Data::Enum(variants) = &item.data {
        if variants.is_empty() {
            cx.error(item.ident.span(), "an enum without variants has no values to read or write");
        }
        let mut words = item.attrs.head.iter().map(|word| &word.value);
        let head = words.find(|word| matches!(word, HeadWord::Tag(_)));
        tags::check(cx, variants, head);
        tags::check_lengths(cx, variants, head);
        tags::check_parts(cx, variants, head);
    }
    for field in item.fields() {
        words::check(cx, field);
        effect::check_field(cx, field);
        let auto = auto_item(&field.ty).is_some();
        if let (Some(derived), false) = (&field.attrs.derived, auto) {
            cx.error(
                derived.span,
                format!(
                    "`{}` is for fields the codec writes: make the type `Auto<..>` itself, and no alias of it",
                    derived.value.word
                ),
            );
        }
        if let (Some(extent), true) = (&field.attrs.extent, auto && !is_digits(field)) {
            let word = extent.value.name();
            cx.error(extent.span, format!("an `Auto` already has a size: remove `{word}`"));
        }
        let kept = field.attrs.tag.as_ref().filter(|tag| matches!(tag.value, FieldTag::Kept));
        if let (Some(tag), true) = (kept, is_struct) {
            cx.error(
                tag.span,
                "`#[tag]` alone keeps the tag of an enum's variant: here write `#[tag(expr)]`",
            );
        }
    }
}

fn check_names(cx: &Ctxt, item: &Item) {
    let context: Vec<_> = item.attrs.ctx.iter().flat_map(|ctx| &ctx.value).map(|(name, _)| name).collect();
    let parameters: Vec<_> = item.generics.type_params().map(|param| &param.ident).collect();
    let scope = |fields| names::InReach { fields, context: &context, parameters: &parameters };
    let check = |fields, checks| scope(fields).check(cx, checks);
    if let Some(order) = &item.attrs.order_by {
        match &item.data {
            Data::Struct(fields) => scope(fields).check_type_order(cx, &order.value),
            Data::Enum(_) => scope(&[]).check_type_order(cx, &order.value),
        }
    }
    match &item.data {
        Data::Struct(fields) => check(fields, &item.attrs.checks),
        Data::Enum(variants) => {
            variants.iter().for_each(|variant| check(&variant.fields, &variant.attrs.checks));
        }
    }
}

/// Returns `true` if the field is digits (`dec` or `hex`) that end at a fixed size or a delimiter.
/// Only then may an `Auto` have an extent.
fn is_digits(field: &crate::ast::Field) -> bool {
    let digits = field.attrs.wire.as_ref().is_some_and(|wire| {
        matches!(wire.value.number, Some(crate::attr::NumberWord::Dec | crate::attr::NumberWord::Hex { .. }))
    });
    let extent = field.attrs.extent.as_ref().map(|extent| &extent.value);
    digits && matches!(extent, Some(ExtentWord::Fixed { .. } | ExtentWord::Until { .. }))
}

pub(crate) fn check_layout(cx: &Ctxt, layout: &Layout<'_>) {
    check_steps(cx, &layout.steps);
    check_computed(cx, &layout.steps, &[]);
}

/// Checks that no `Auto` is written before one that it needs can be computed: both are in one run, or
/// the needed one is in an earlier step. `behind` are the steps after `steps`.
fn check_computed(cx: &Ctxt, steps: &[Step<'_>], behind: &[&Step<'_>]) {
    for (index, step) in steps.iter().enumerate() {
        let behind: Vec<_> = steps[index + 1..].iter().chain(behind.iter().copied()).collect();
        for (place, needs) in computed(step) {
            let mut later = behind.iter().flat_map(|step| step.node().places()).filter(|place| place.auto);
            let is_needed = |other: &&Place<'_>| needs.iter().any(|expr| expr.names_field(&other.local));
            if let Some(needed) = later.find(is_needed) {
                let (own, needed) = (&place.name, &needed.name);
                cx.error(
                    place.span,
                    format!(
                        "`{own}` is computed from `{needed}`, which may be behind it only if both, and all fields between \
                         them, have no `when` and are numbers, arrays of numbers, bytes, bit fields or padding, of a fixed \
                         size: move `{needed}` up, or `{own}` down"
                    ),
                );
            }
        }
        check_circle(cx, step.atoms());
        step.node().inside().into_iter().for_each(|steps| check_computed(cx, steps, &behind));
    }
}

/// Returns the fields of a step that are computed, with the expressions that this needs.
fn computed<'s, 'a>(step: &'s Step<'a>) -> Vec<(&'s Place<'a>, Vec<&'s Expression<'a>>)> {
    if let Step::Length(length) = step {
        return vec![(&length.place, needs_of_length(length))];
    }
    let atoms = step.atoms().iter().flat_map(Atom::parts);
    let computed = atoms.filter_map(|atom| match atom {
        Atom::Calc(Calc { place, .. }) | Atom::Length(Length { place, .. }) => Some((place, needs(atom))),
        _ => None,
    });
    computed.collect()
}

/// Checks that no length in a run depends on what is computed from it. `names` checks this for fields
/// with `calc` alone.
fn check_circle(cx: &Ctxt, atoms: &[Atom<'_>]) {
    let (_, left) = in_order(atoms);
    let length = left.iter().find_map(|atom| match atom {
        Atom::Length(length) if needs_itself(atom, &left) => Some(&length.place),
        _ => None,
    });
    if let Some(Place { name, span, .. }) = length {
        cx.error(
            *span,
            format!(
                "`{name}` depends on what is computed from it, through the context of the field that it counts: let that \
                 context name another field"
            ),
        );
    }
}

/// Checks that the fields that a variable-length length field counts come after it in the same
/// range of fields. Its own size depends on theirs, so the generated code measures them just before
/// it writes the field. Refused: a varint `inner` with `#[len_of(value..)]` inside the range
/// `#[len_of(kind..value)]` of another field, because `value` is outside of that range. Refused too: a
/// varint `len` with `#[len_of(body..)]` before the range `#[len_of(kind..=body)]`, because only `body`
/// is in that range.
fn check_measured(cx: &Ctxt, length: &Length<'_>, behind: &[Step<'_>]) {
    if !matches!(length.known, WhenKnown::Measured) || behind.iter().any(|step| step.has_scope(&length.var)) {
        return;
    }
    cx.error(
        length.place.span,
        format!(
            "`{}` has a variable length, so the fields that it counts must be in the same range: use a fixed-size type, such as \
             `u16`",
            length.place.name
        ),
    );
}

fn check_steps(cx: &Ctxt, steps: &[Step<'_>]) {
    for (index, step) in steps.iter().enumerate() {
        let behind = &steps[index + 1..];
        if let Step::Body(Body { extent: Extent::Rest, place, .. }) = step {
            check_behind_rest(cx, place, behind);
        }
        if let Step::Length(length) = step {
            check_measured(cx, length, behind);
        }
        if let Step::Cond(Cond { condition: Condition::Optional, place, .. }) = step {
            check_behind_optional(cx, place, behind);
        }
        step.node().inside().into_iter().for_each(|steps| check_steps(cx, steps));
    }
}

/// Checks that the exact size of the fields after a `rest` is known when the `rest` is read.
/// Refused: `#[rest] body: Vec<u8>` before `#[until(0)] name: String`.
fn check_behind_rest(cx: &Ctxt, rest: &Place<'_>, behind: &[Step<'_>]) {
    if !behind.iter().all(|step| step.node().exact_is_known()) {
        cx.error(
            rest.span,
            format!(
                "`{}` takes everything up to the fields after it, so their size must be known: give it a length \
                 instead, or move them before it",
                rest.name
            ),
        );
    }
    check_read_before(cx, rest, behind);
}

/// Checks that the size of a field after a `rest` does not depend on a field that is read after the
/// `rest`. Refused: `#[rest] body: Vec<u8>` before `size: u8` and `#[len(size)] tail: Vec<u8>`.
fn check_read_before(cx: &Ctxt, rest: &Place<'_>, behind: &[Step<'_>]) {
    for (index, step) in behind.iter().enumerate() {
        let Some(expression) = step.node().depends_on() else { continue };
        let unread = std::iter::once(&rest.local).chain(locals(&behind[..index]));
        let unread: Vec<_> = unread.collect();
        if let Some(named) = expression.uses.iter().find(|named| unread.contains(&&named.local)) {
            let name = &named.plain;
            cx.error_at(
                expression.expr,
                format!(
                    "`{name}` is not read yet where `{0}` must know the size of what follows it: name a field \
                     before `{0}`, or give `{0}` a length",
                    rest.name
                ),
            );
        }
    }
}

fn locals<'s>(steps: &'s [Step<'_>]) -> impl Iterator<Item = &'s proc_macro2::Ident> {
    steps.iter().flat_map(|step| step.node().places()).map(|place| &place.local)
}

/// Checks that only `optional` and `rest` fields follow an `optional` field. Refused:
/// `#[optional] extra: Option<u16>` before `kind: u8`.
fn check_behind_optional(cx: &Ctxt, place: &Place<'_>, behind: &[Step<'_>]) {
    let takes_the_rest = |step: &Step<'_>| {
        matches!(
            step,
            Step::Cond(Cond { condition: Condition::Optional, .. })
                | Step::Body(Body { extent: Extent::Rest, .. })
        )
    };
    let fine = behind.iter().all(|step| takes_the_rest(step) || !step.node().takes_bytes());
    if !fine {
        cx.error(
            place.span,
            format!(
                "`{}` is present if bytes are left, so only `#[optional]` and `#[rest]` may follow it: use \
                 `#[when(..)]` or move it to the end",
                place.name
            ),
        );
    }
}
