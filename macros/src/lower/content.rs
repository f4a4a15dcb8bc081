//! Lowers the content of a field: its type, its format, and what reading it needs.

use syn::Type;

use super::fields::derived;
use super::{Lower, Reach};
use crate::ast::{Field, list_item, needs_extent};
use crate::attr::{Bits, DerivedKind, Encoding, Ending, ExtentWord, FieldTag, Order};
use crate::layout::{Chooser, Content, Converts, DelimiterBytes, Format, Given, Tree};

impl<'a> Lower<'a> {
    pub(super) fn content(&self, field: &'a Field, reach: Reach<'a>) -> Content<'a> {
        let (ty, optional) = self.value_type(field);
        let wire = self.converts(field, reach);
        let converts = wire.map(|(_, by_ref)| Converts { to: ty, by_ref });
        let format = match wire {
            Some(_) => Format::Order(self.order()),
            None => self.content_format(field, ty, reach),
        };
        Content {
            local: field.local.clone(),
            ty: wire.map_or(ty, |(wire, _)| wire),
            format,
            converts,
            optional,
            given: self.given(field, reach),
            separated: field.attrs.separated.as_ref().map(|word| DelimiterBytes {
                ending: Ending::Separates,
                units: field.each.iter().flat_map(|item| item.fields()).find_map(|item| self.units(item)),
                ..DelimiterBytes::consumed(&word.value)
            }),
        }
    }

    /// Returns the wire type `T` of `#[wire(T)]`, and whether the value is converted by reference.
    /// Returns `None` if the conversion is part of the format, as for a `T` of fixed size without
    /// context.
    pub(super) fn converts(&self, field: &'a Field, reach: Reach<'a>) -> Option<(&'a Type, bool)> {
        let wire = &field.attrs.wire.as_ref()?.value;
        let ty = wire.converted()?;
        let (value, _) = self.value_type(field);
        let is_list = list_item(value).is_some();
        if field.each.is_some() || field.attrs.bits.is_some() || (is_list && wire.whole.is_none()) {
            return None;
        }
        let handed = field.attrs.ctx.is_some()
            || field.attrs.tag.as_ref().is_some_and(|tag| matches!(tag.value, FieldTag::Chosen(_)));
        let ended = field.attrs.extent.is_some() || self.ended_by(field, reach).is_some();
        let whole = wire.by_ref.is_some() || handed || ended || needs_extent(value);
        whole.then_some((ty, wire.by_ref.is_some()))
    }

    /// Returns the format of the content, without reporting errors. They are reported when the
    /// field itself is lowered.
    fn content_format(&self, field: &'a Field, ty: &'a Type, reach: Reach<'a>) -> Format {
        let wire = field.attrs.wire.as_ref().map(|wire| &wire.value);
        let digits = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::Fixed { len, stop: None, .. }) => Some(len),
            _ => None,
        };
        if let Some(encoding) = self.encoding(field) {
            return Format::Text(encoding);
        }
        if let Some(bits) = &field.attrs.item_bits {
            return self.packed(field, &bits.value, reach);
        }
        if let Some(item) = &field.each {
            return Format::Item { ident: item.ident.clone(), generics: Box::new(item.generics.clone()) };
        }
        let item = list_item(ty).unwrap_or(ty);
        self.quiet_format(item, wire, digits)
    }

    /// Returns the format of a list with `each(bits(n))`.
    fn packed(&self, field: &'a Field, width: &'a Bits, reach: Reach<'a>) -> Format {
        let is_counted = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::CountPrefixed(_) | ExtentWord::Count { .. }) => true,
            Some(_) => false,
            None => reach.fields[..field.index].iter().any(|other| {
                matches!(derived(other), Some(DerivedKind::CountOf { field: name, .. }) if *name == field.plain)
            }),
        };
        let width = match width {
            Bits::Known(width) => syn::parse_quote!(#width),
            Bits::Constant(width) => width.clone(),
        };
        let lsb = self.item.attrs.lsb.as_ref().is_some_and(|lsb| lsb.value);
        let (held, strict) = (field.attrs.bits_as.clone(), field.attrs.strict_bits.is_some());
        Format::Packed { width, lsb, held, counted: is_counted, strict }
    }

    /// Refuses `each(bits(n))` if the bit order does not fit the byte order.
    pub(super) fn check_packed(&self, field: &'a Field) -> Option<()> {
        let Some(bits) = &field.attrs.item_bits else { return Some(()) };
        let lsb = self.item.attrs.lsb.as_ref().is_some_and(|lsb| lsb.value);
        match (self.order(), lsb) {
            (Some(Order::Big), true) | (Some(Order::Little), false) => {
                self.cx.error(
                    bits.span,
                    "items of bits cross byte boundaries, so they need `be` with `msb` or `le` with `lsb`",
                );
                None
            }
            (None, _) if !matches!(bits.value, Bits::Known(1 | 2 | 4 | 8)) => {
                self.need_order(None, bits.span)
            }
            _ => Some(()),
        }
    }

    /// Returns the encoding of text. UTF-16 without a byte order has the order of the type.
    pub(super) fn encoding(&self, field: &Field) -> Option<Encoding> {
        Some(match field.attrs.text.as_ref()?.value {
            Encoding::Utf16(order) => Encoding::Utf16(order.or(self.order())),
            other => other,
        })
    }

    /// Returns the byte order of the code units of UTF-16 text.
    pub(super) fn units(&self, field: &Field) -> Option<Order> {
        if let Encoding::Utf16(order) = self.encoding(field)? { order } else { None }
    }

    /// Returns what reading the field needs in addition to its bytes.
    pub(super) fn given(&self, field: &'a Field, reach: Reach<'a>) -> Given<'a> {
        let values: Vec<_> = field.attrs.ctx.iter().flat_map(|ctx| &ctx.value).collect();
        let values = values.into_iter().map(|expr| self.expression(expr, field, reach)).collect::<Vec<_>>();
        if let Some(with) = &field.attrs.with {
            return Given::With { module: &with.value.module, origin: with.value.origin, values };
        }
        let by_field = reach.fields[..field.index].iter().find_map(|other| match derived(other) {
            Some(DerivedKind::TagOf { field: name }) if *name == field.plain => {
                Some(Chooser::Field(other.local.clone(), self.target(other, reach)))
            }
            _ => None,
        });
        let tag = match (by_field, field.attrs.tag.as_ref().map(|tag| &tag.value)) {
            (Some(by_field), _) => Some(by_field),
            (None, Some(FieldTag::Chosen(expr))) => Some(Chooser::Expr(self.expression(expr, field, reach))),
            (None, _) => None,
        };
        if let Some(item) = &field.each {
            let mut values =
                item.handed.iter().map(|expr| self.expression(expr, field, reach)).collect::<Vec<_>>();
            if let Some(element) = item.element.and_then(|index| values.get_mut(index)) {
                // The schema cannot represent elements of a list.
                element.tree = Tree::Opaque;
                element.uses.iter_mut().for_each(|list| list.element = true);
            }
            let alone = values.is_empty() && field.attrs.separated.is_none();
            return if alone { Given::Nothing } else { Given::Item(values) };
        }
        if tag.is_none() && values.is_empty() {
            return Given::Nothing;
        }
        if let (Some(Chooser::Field(..)), Some(_)) = (&tag, list_item(self.value_type(field).0)) {
            self.cx.error_at(
                &field.ty,
                "`tag_of` says the variant of one enum, and this is a list: let its items bring their tags, or keep one \
                 tag for all in a field and write `#[tag(expr)]`",
            );
            return Given::Nothing;
        }
        Given::Context { tag, values }
    }
}
