//! Code for constants, such as `#[frame(magic = b"PNG")]` or `#[magic(5u8)] version: Auto`. They
//! are written on encode and checked on decode.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit};

use super::number::order_value;
use super::open::{self, Rule};
use super::{Cx, InRun, Size, fault, q};
use crate::ast::number as literal;
use crate::attr::Order;
use crate::layout::{Bits, Format, Magic, MagicValue, Number, Place, Quantity};

/// Returns the bytes of the constant, as an expression for an array.
fn bytes(cx: &Cx<'_>, value: &MagicValue<'_>) -> TokenStream {
    let (value, number) = match value {
        MagicValue::Constant(Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. })) => return q!(*#bytes),
        MagicValue::Constant(value) => {
            return constant_bytes(&q!(__fw::constant(#value)), cx.order);
        }
        MagicValue::Number { value, number, .. } => (value, number),
    };
    number.format.either(|format| number_bytes(cx, value, number, format))
}

/// Returns the bytes of a number.
fn number_bytes(cx: &Cx<'_>, value: &Expr, number: &Number, format: &Format) -> TokenStream {
    let ty = &number.ty;
    match format {
        Format::Order(order) => {
            let (order, len) = (order_value(*order), number.len(cx));
            q!(const { __fw::constant::<#ty>(#value).bytes::<{ #len }>(#order) })
        }
        Format::Odd { bytes, order } => {
            let little = *order == Some(Order::Little);
            q!(const { __fw::constant::<#ty>(#value).low::<#bytes>(#little) })
        }
        Format::Bits(Bits { width, .. }) => {
            let bytes = match width {
                Quantity::Known(width) => usize::try_from(width.div_ceil(8)).unwrap_or(16).to_token_stream(),
                Quantity::Constant(width) => q!({ __fw::bytes_of_bits(#width) }),
            };
            let value = constant(value, number);
            q!(const { #value.low::<#bytes>(false) })
        }
        // `lower` refuses constants in these formats.
        Format::Varint { .. }
        | Format::Zigzag
        | Format::Quic
        | Format::Item { .. }
        | Format::Dec { .. }
        | Format::Hex { .. }
        | Format::Bcd { .. }
        | Format::InBytes(_)
        | Format::Text(_)
        | Format::Packed { .. }
        | Format::Each(_)
        | Format::Either { .. }
        | Format::As { .. } => q!([]),
    }
}

/// Returns the bytes of the user's constant as an array. `__LEN` is a separate constant, because an
/// array length must not depend on a surrounding generic function.
pub(super) fn constant_bytes(constant: &TokenStream, order: Option<Order>) -> TokenStream {
    let order = order_value(order);
    q! {
        const {
            const __LEN: __fw::usize = #constant.len();
            const __BYTES: [__fw::u8; __LEN] = #constant.bytes(#order);
            __BYTES
        }
    }
}

/// Returns the length of the user's constant in bytes.
pub(super) fn constant_len(constant: &TokenStream) -> Size {
    Size::Constant(q!({
        const __LEN: __fw::usize = #constant.len();
        __LEN
    }))
}

/// Returns the constant for a number. A literal gets the type of the number.
pub(super) fn constant(value: &Expr, number: &Number) -> TokenStream {
    let ty = &number.ty;
    if literal(value).is_some() { q!(__fw::constant::<#ty>(#value)) } else { q!(__fw::constant(#value)) }
}

/// Returns the value of a number. The constant may have another type than the number.
fn of_type(value: &Expr, typed: bool) -> TokenStream {
    if typed || literal(value).is_some() { q!(#value) } else { q!(const { __fw::constant(#value).bits() }) }
}

/// Returns the value and the number, if the constant is a bit field.
fn in_bits<'a>(value: &'a MagicValue<'_>) -> Option<(TokenStream, &'a Number)> {
    match value {
        MagicValue::Number { value, number, typed } if matches!(number.format, Format::Bits(_)) => {
            Some((of_type(value, *typed), number))
        }
        _ => None,
    }
}

impl InRun for Magic<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let Self { place, value } = self;
        let (local, bytes) = (&place.local, bytes(cx, value));
        let site = super::site_of(cx, place);
        if let Some((value, number)) = in_bits(value) {
            let (take, ty) = (number.take(&site), &number.ty);
            let or_refuse = fault::or_refuse(&site, &q!(run));
            return q! {
                let #local: #ty = #take;
                match __fw::same(#local, #value) #or_refuse;
            };
        }
        let read_back = match value {
            MagicValue::Number { value, number, .. } if place.auto => {
                let ty = &number.ty;
                q!(let #local: #ty = #value;)
            }
            MagicValue::Constant(_) if place.auto => q!(let #local = #bytes;),
            _ => q!(let #local = ();),
        };
        let or_refuse = fault::or_refuse(&site, &q!(at));
        q! {
            let at = run;
            match __fw::magic(&mut run, &#bytes) #or_refuse;
            #read_back
        }
    }

    fn prepare(&self, _: &Cx<'_>) -> TokenStream {
        if self.place.auto { self.foreseen() } else { TokenStream::new() }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let Self { place, value } = self;
        if let Some((value, number)) = in_bits(value) {
            return number.put(&value, &place.name);
        }
        let bytes = bytes(cx, value);
        q!(__fw::fill(&mut w, #bytes);)
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        match &self.value {
            MagicValue::Constant(Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. })) => {
                Size::Known(bytes.value().len())
            }
            MagicValue::Constant(value) => constant_len(&q!(__fw::constant(#value))),
            MagicValue::Number { number, .. } => number.len(cx),
        }
    }

    fn foresee(&self, _: &Cx<'_>) -> TokenStream {
        if self.place.early { self.foreseen() } else { TokenStream::new() }
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let Self { place, value } = self;
        let ty = match value {
            MagicValue::Constant(Expr::Lit(ExprLit { lit: Lit::ByteStr(_), .. })) => q!(__fw::Type::Bytes),
            MagicValue::Constant(value) => {
                let order = order_value(cx.order);
                q!(const { __fw::constant(#value).ty(#order) })
            }
            MagicValue::Number { number, .. } => number.schema(),
        };
        // The schema is a constant, so it has the bytes for one of the two byte orders.
        let bytes = match value {
            MagicValue::Number { value, number, .. } => number_bytes(cx, value, number, number.format.now()),
            MagicValue::Constant(_) => bytes(cx, value),
        };
        let field = place.schema(&ty);
        vec![q!(#field.role(__fw::Role::Magic(const { &#bytes })))]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn rules(&self) -> Vec<Rule> {
        open::fits(&self.value).into_iter().collect()
    }
}

impl Magic<'_> {
    /// Returns the statement that declares the constant for expressions that name it.
    fn foreseen(&self) -> TokenStream {
        let place = &self.place;
        let MagicValue::Number { value, number, typed } = &self.value else { return TokenStream::new() };
        let (local, ty, value) = (&place.local, &number.ty, of_type(value, *typed));
        q!(let #local: &#ty = &(#value);)
    }
}
