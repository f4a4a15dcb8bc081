//! Lowers bit fields. Neighbouring bit fields form runs of whole bytes.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Expr, Type, parse_quote};

use super::fields::{Pending, derived};
use super::{Lower, Reach};
use crate::ast::{Field, auto_item, scalar, ungroup};
use crate::attr::{Bits as Width, DerivedKind, HeadWord, NumberWord, Order, TagWord};
use crate::layout::{
    Atom, BitConstant, BitField, BitRun, BitValue, Bits, Format, Leaf, Magic, Number, Pad, Padding, Peek,
    Place, Quantity, Step, Tag, TagOf,
};

impl Bits {
    fn number(self, ty: Type) -> Number {
        Number { ty, format: Format::Bits(self), fixed: true }
    }
}

/// The fields of an unfinished run and their widths. A field is given by its index. `None` stands
/// for the type's own tag, which may begin the run.
type Open = Vec<(Option<usize>, Quantity<u32>)>;

/// Returns the sum of the widths, or `None` if a width is a constant that only the compiler knows.
fn sum<'a>(widths: impl IntoIterator<Item = &'a Quantity<u32>>) -> Option<u32> {
    let known = |width: &Quantity<u32>| match width {
        Quantity::Known(width) => Some(*width),
        Quantity::Constant(_) => None,
    };
    widths.into_iter().map(known).sum()
}

fn total(open: &Open) -> Option<u32> {
    sum(open.iter().map(|(_, width)| width))
}

/// Returns the length of an array type, if it is a literal.
fn items(ty: &Type) -> Option<u32> {
    let Type::Array(array) = crate::ast::ungroup(ty) else { return None };
    u32::try_from(crate::ast::number(&array.len)?).ok().filter(|items| *items > 0)
}

/// Returns the width of an integer type in bits.
fn most(ty: &Type) -> Option<u32> {
    u32::try_from(8 * scalar(ty)?).ok()
}

impl<'a> Lower<'a> {
    pub(super) fn bit_fields(
        &self,
        reach: Reach<'a>,
        from: usize,
        to: usize,
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let lead = self.lead(reach, from);
        let mut steps = Vec::new();
        for run in self.split(reach, from, to, lead.is_some()) {
            let mut fields = Vec::new();
            for (index, bits) in run.fields {
                match index {
                    Some(index) => fields.extend(self.bit_field(reach, index, bits, pending)),
                    None => fields.extend(lead.as_ref().map(|(place, _)| BitField {
                        atom: Atom::Tag(Tag {
                            place: Place { bits: Some(bits.clone()), ..place.clone() },
                            of: TagOf::Own {
                                ty: parse_quote!(::core::primitive::u8),
                                number: Some(bits.number(parse_quote!(::core::primitive::u8))),
                            },
                        }),
                    })),
                }
            }
            let (bytes, little) = (run.bytes, run.little);
            // The position of a field inside a run is the start of the run.
            for &index in run.members.iter().filter(|&&index| index > from) {
                self.mark_start(reach, index, &mut steps);
            }
            steps.push(Step::atom(Atom::Bits(BitRun { bytes, little, fields })));
            for index in run.members {
                self.mark_end(reach, index, &mut steps);
                self.checks(reach, index, &mut steps);
            }
        }
        steps
    }

    /// Returns the slot and width of a `tag = bits(n)`, if the run at `from` begins with this tag.
    fn lead(&self, reach: Reach<'a>, from: usize) -> Option<(Place<'a>, u32)> {
        let width = self.tag_bits()?;
        let first = (0..from).all(|index| reach.kept == Some(index));
        first.then(|| (super::head_place("tag", self.tag_slot()), width))
    }

    /// Returns the index of the type's own tag in the schema's head.
    fn tag_slot(&self) -> usize {
        let words = self.item.attrs.head.iter().filter(|word| !matches!(word.value, HeadWord::Until(_)));
        words.take_while(|word| !matches!(word.value, HeadWord::Tag(_))).count()
    }

    /// Returns `n` of `tag = bits(n)`.
    pub(super) fn tag_bits(&self) -> Option<u32> {
        self.item.attrs.head.iter().find_map(|word| match &word.value {
            HeadWord::Tag(TagWord::Bits(width)) => width.base10_parse().ok(),
            _ => None,
        })
    }

    /// Returns the number on the wire of a bit field. Other fields refer to it.
    pub(super) fn bit_number(&self, field: &'a Field, reach: Reach<'a>) -> Option<Number> {
        field.attrs.bits.as_ref()?;
        let from =
            (0..=field.index).rev().take_while(|&index| reach.fields[index].attrs.bits.is_some()).last()?;
        let run = reach.fields[from..].iter().take_while(|field| field.attrs.bits.is_some()).count();
        let runs = self.split(reach, from, from + run, self.lead(reach, from).is_some());
        let mut fields = runs.into_iter().flat_map(|run| run.fields);
        let (_, bits) = fields.find(|(index, _)| *index == Some(field.index))?;
        Some(bits.number(auto_item(&field.ty)??.clone()))
    }

    /// Divides bit fields into runs. A field with `#[wire(u16)]` begins a new run. A run also ends
    /// at a byte boundary, if that does not change the bytes.
    fn split(&self, reach: Reach<'a>, from: usize, to: usize, lead: bool) -> Vec<RunPlan> {
        let order = self.order();
        let lsb = self.item.attrs.lsb.as_ref().is_some_and(|lsb| lsb.value);
        let little = order == Some(Order::Little);
        // If bits continue from byte to byte (`be` with `msb`, `le` with `lsb`), runs may be split
        // at any byte.
        let in_both_orders = self.item.attrs.order_by.is_some();
        let continuous = (lsb == little && !in_both_orders) || order.is_none();
        let mut plans = Vec::new();
        let mut open = Open::new();
        if lead {
            open.extend(self.tag_bits().map(|width| (None, Quantity::Known(width))));
        }
        for index in from..to {
            let field = &reach.fields[index];
            if self.starts_run(field) && !open.is_empty() {
                plans.extend(self.plan(reach, std::mem::take(&mut open), lsb, little, continuous));
            }
            open.push((Some(index), self.width(reach, field)));
            let whole = total(&open).is_some_and(|total| total % 8 == 0);
            if continuous && whole && !self.in_declared_run(reach, &open) {
                plans.extend(self.plan(reach, std::mem::take(&mut open), lsb, little, continuous));
            }
        }
        if !open.is_empty() {
            plans.extend(self.plan(reach, open, lsb, little, continuous));
        }
        plans
    }

    /// Returns `true` if a run with `#[wire(u16)]` on its first field has fewer than 16 bits so
    /// far.
    fn in_declared_run(&self, reach: Reach<'a>, open: &Open) -> bool {
        let Some((Some(first), _)) = open.first() else { return false };
        self.declared_width(&reach.fields[*first]).is_some_and(|width| total(open) < Some(width))
    }

    fn starts_run(&self, field: &Field) -> bool {
        self.declared_width(field).is_some()
    }

    fn declared_width(&self, field: &Field) -> Option<u32> {
        match &field.attrs.wire.as_ref()?.value.number {
            Some(NumberWord::Rust(ty)) => u32::try_from(scalar(ty)? * 8).ok(),
            Some(NumberWord::Odd { bytes, .. }) => u32::try_from(bytes * 8).ok(),
            _ => None,
        }
    }

    fn width(&self, reach: Reach<'a>, field: &'a Field) -> Quantity<u32> {
        let array = match ungroup(&field.ty) {
            Type::Array(array) => Some(array),
            _ => None,
        };
        let (width, span): (Expr, _) = match field.attrs.bits.as_ref().map(|bits| (&bits.value, bits.span)) {
            Some((Width::Known(width), span)) => match (array, items(&field.ty)) {
                (None, _) => return Quantity::Known(*width),
                (Some(_), Some(items)) => return Quantity::Known(width.saturating_mul(items)),
                (Some(_), None) => (parse_quote!(#width), span),
            },
            Some((Width::Constant(expr), _)) => (expr.clone(), expr.span()),
            None => return Quantity::Known(0),
        };
        let each = array.map_or(&field.ty, |array| &*array.elem);
        let most = if auto_item(&field.ty).is_none() { most(each) } else { None };
        let value =
            BitValue::Width { expr: width, items: array.map(|array| &array.len), most: most.unwrap_or(128) };
        Quantity::Constant(self.bit_constant("WIDTH", reach, field.index, span, value))
    }

    /// Adds a generated constant, unless it exists, and returns its name.
    fn bit_constant(
        &self,
        kind: &str,
        reach: Reach<'a>,
        index: usize,
        span: Span,
        value: BitValue<'a>,
    ) -> Ident {
        let name = format_ident!("__{kind}_{}_{index}", reach.variant, span = Span::mixed_site());
        let mut constants = self.bits.borrow_mut();
        if constants.iter().all(|constant| constant.name != name) {
            constants.push(BitConstant { name: name.clone(), span, value });
        }
        name
    }

    fn plan(
        &self,
        reach: Reach<'a>,
        open: Open,
        lsb: bool,
        little: bool,
        continuous: bool,
    ) -> Option<RunPlan> {
        let span = self.run_span(reach, &open);
        let members: Vec<_> = open.iter().filter_map(|(index, _)| *index).collect();
        let widths: Vec<_> = open.iter().map(|(_, width)| width.clone()).collect();
        let bytes = match sum(&widths) {
            Some(total) => Quantity::Known(self.run_bytes(total, span, continuous)?),
            None => {
                let ordered = self.order().is_some();
                let value = BitValue::Run { widths: widths.clone(), ordered, continuous };
                Quantity::Constant(self.bit_constant("RUN", reach, *members.first()?, span, value))
            }
        };
        let fields = open.into_iter().enumerate().map(|(at, (index, width))| {
            let below = if lsb { &widths[..at] } else { &widths[at + 1..] };
            let shift = match (sum(below), index) {
                (Some(shift), _) => Quantity::Known(shift),
                (None, index) => {
                    // The tag has no field index.
                    let (kind, at) = index.map_or(("TAG_SHIFT", 0), |index| ("SHIFT", index));
                    let value = BitValue::Shift(below.to_vec());
                    Quantity::Constant(self.bit_constant(kind, reach, at, span, value))
                }
            };
            (index, Bits { width, shift, bytes: bytes.clone(), little, lsb })
        });
        let fields = fields.collect();
        Some(RunPlan { bytes, little, fields, members })
    }

    /// Returns the number of bytes of a run of `total` bits, or reports that this width is not
    /// allowed.
    fn run_bytes(&self, total: u32, span: Span, continuous: bool) -> Option<usize> {
        if total % 8 != 0 {
            self.cx.error(
                span,
                format!(
                    "these bit fields end within a byte: {total} bits, {} more are needed (`#[bits({})] #[pad] \
                     reserved: Auto`)",
                    8 - total % 8,
                    8 - total % 8
                ),
            );
            return None;
        }
        if total > 128 && !continuous {
            self.cx.error(
                span,
                format!(
                    "a run of bit fields has at most 128 bits in this byte and bit order, but this one has {total}"
                ),
            );
            return None;
        }
        if total > 8 && self.order().is_none() {
            self.cx.error(span, super::number::NO_ORDER);
            return None;
        }
        if !continuous && ![8, 16, 32, 64, 128].contains(&total) {
            self.cx.error(
                span,
                format!(
                    "with this byte and bit order a run is 8, 16, 32, 64 or 128 bits wide, this one {total}: \
                     divide it with `#[wire(u16)]` on the field that begins a new run"
                ),
            );
            return None;
        }
        usize::try_from(total / 8).ok()
    }

    fn run_span(&self, reach: Reach<'a>, open: &Open) -> Span {
        let first = open.iter().find_map(|(index, _)| *index);
        first.map_or_else(|| self.item.ident.span(), |index| reach.fields[index].span)
    }

    fn bit_field(
        &self,
        reach: Reach<'a>,
        index: usize,
        bits: Bits,
        pending: &mut Vec<Pending<'a>>,
    ) -> Option<BitField<'a>> {
        let field = &reach.fields[index];
        self.bits_of.borrow_mut().push(((reach.variant, index), bits.clone()));
        let place = self.place(reach, index);
        if let Some(presence) = &field.attrs.presence {
            self.cx.error(presence.span, "a bit field cannot be optional: its run has a fixed size");
            return None;
        }
        let number = auto_item(&field.ty).unwrap_or(Some(&field.ty));
        number.map_or(Some(()), |ty| self.need_size(ty))?;
        let atom = match auto_item(&field.ty) {
            Some(_) if derived(field).is_none() => {
                self.missing_word(
                    field,
                    "#[pad], #[magic(..)], #[len_of(..)], #[count_of(..)], #[tag_of(..)], #[presence_of(..)] \
                     or #[calc(..)]",
                );
                return None;
            }
            None => self.bits_of_value(field, bits, place)?,
            Some(None) => match derived(field) {
                Some(DerivedKind::Pad { len: None, filling }) => {
                    Atom::Pad(Pad { place, len: Padding::Bits(bits), filling })
                }
                Some(DerivedKind::Magic { value }) => {
                    let number = bits.number(parse_quote!(::core::primitive::u128));
                    Atom::Magic(Magic { place, value: self.magic(value, Some((number, false)))? })
                }
                // Errors of `pad(N)` and `align(N)` on bit fields are reported in `check/words.rs`.
                Some(DerivedKind::Pad { .. } | DerivedKind::Align { .. }) => return None,
                _ if field.attrs.failed => return None,
                _ => {
                    self.cx.error_at(&field.ty, "write the type of the number, as in `Auto<u8>`");
                    return None;
                }
            },
            Some(Some(_)) if matches!(derived(field), Some(DerivedKind::Checksum { .. })) => {
                self.cx.error(field.span, "a checksum takes whole bytes: it cannot be a bit field");
                return None;
            }
            Some(Some(item)) => {
                let number = bits.number(item.clone());
                let steps = self.derived_number(field, number, place, reach, pending);
                steps
                    .into_iter()
                    .find_map(|step| if let Step::Run(mut atoms) = step { atoms.pop() } else { None })?
            }
        };
        Some(BitField { atom })
    }

    /// Returns the atom of a bit field that is not an `Auto`.
    fn bits_of_value(&self, field: &'a Field, bits: Bits, place: Place<'a>) -> Option<Atom<'a>> {
        let (ty, _) = self.value_type(field);
        let held = field.attrs.bits_as.as_deref();
        if let Type::Array(array) = ty {
            self.array_of_bits(field, array)?;
        }
        if let (Some(held), None) = (held, held.and_then(scalar)) {
            self.cx.error_at(held, "write the integer type of the bits, as in `as = u8`");
        }
        if let (Some(held), Some(_)) = (held, &field.attrs.none) {
            self.cx.error_at(held, "`none` is for numbers, not for types of yours: remove `as` or `none`");
        }
        let converts = held.map(|_| ty);
        let ty = match (held, ty) {
            (None, ty) => ty.clone(),
            (Some(held), Type::Array(array)) => {
                let len = &array.len;
                parse_quote!([#held; #len])
            }
            (Some(held), _) => held.clone(),
        };
        if let (Quantity::Known(width), Some(most)) = (&bits.width, most(&ty)) {
            if *width > most {
                self.cx.error_at(&field.ty, format!("{width} bits do not fit this type"));
            }
        }
        let number = bits.number(ty);
        Some(Atom::Leaf(Leaf { place, number, none: super::value::none_of(field), converts }))
    }

    /// Refuses an array of bit fields if it has more than 128 bits. The compiler checks this where
    /// the width or the length is a constant.
    fn array_of_bits(&self, field: &'a Field, array: &'a syn::TypeArray) -> Option<()> {
        if self.uses_a_parameter(&array.len) {
            let message =
                "write the length of an array of bit fields as a constant: a parameter has no value here";
            self.cx.error_at(&array.len, message);
            return None;
        }
        let width = match field.attrs.bits.as_ref().map(|bits| &bits.value) {
            Some(Width::Known(width)) => width,
            _ => return Some(()),
        };
        let Some(items) = items(&field.ty) else { return Some(()) };
        if let (Some(most), true) = (most(&array.elem), scalar(&array.elem).is_some()) {
            if *width > most {
                self.cx.error_at(&array.elem, format!("{width} bits do not fit this type"));
            }
        }
        if width.saturating_mul(items) > 128 {
            self.cx.error_at(
                &array.len,
                "an array of bit fields has at most 128 bits: write a `Vec<T>` with `#[each(bits(..))]`",
            );
            return None;
        }
        Some(())
    }

    /// Returns the step that reads a tag of `width` bits before the variant's first run.
    pub(super) fn peek_tag(&self, width: &syn::LitInt) -> Option<Step<'a>> {
        let bits: u32 = width.base10_parse().ok()?;
        let lsb = self.item.attrs.lsb.as_ref().is_some_and(|lsb| lsb.value);
        let little = self.order() == Some(Order::Little);
        if bits >= 8 || bits == 0 {
            self.cx.error(width.span(), "a tag of bits has 1 to 7 bits; for a whole byte write `tag = u8`");
            return None;
        }
        let shift = if lsb { 0 } else { 8 - bits };
        let (width, shift, bytes) = (Quantity::Known(bits), Quantity::Known(shift), Quantity::Known(1));
        let number = Bits { width, shift, bytes, little, lsb }.number(parse_quote!(::core::primitive::u8));
        let place = super::head_place("tag", self.tag_slot());
        let of = TagOf::Own { ty: number.ty.clone(), number: Some(number) };
        Some(Step::Peek(Peek(Tag { place, of })))
    }
}

/// A finished run.
struct RunPlan {
    bytes: Quantity<usize>,
    little: bool,
    /// Each field by its index. `None` stands for the type's own tag.
    fields: Vec<(Option<usize>, Bits)>,
    /// Indices of the fields, without the tag.
    members: Vec<usize>,
}
