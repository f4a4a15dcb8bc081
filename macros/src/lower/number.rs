//! Lowers wire types to numbers and formats.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Type, parse_quote};

use super::Lower;
use crate::ast::{is_integer, scalar, ungroup};
use crate::attr::{NumberWord, Order, WireWord};
use crate::layout::{Format, Number};

/// The message for a number without a byte order.
pub(super) const NO_ORDER: &str =
    "a number of several bytes needs a byte order: write `#[frame(be)]` or `#[frame(le)]` on the type";

impl<'a> Lower<'a> {
    /// Returns the number of a prefix or tag.
    pub(super) fn number(&self, wire: &'a WireWord) -> Option<Number> {
        let number = self.number_in(wire, self.order_of(Some(wire)))?;
        let format = self.in_order(Some(wire), |order| Some(self.number_in(wire, order)?.format))?;
        Some(Number { format, ..number })
    }

    fn number_in(&self, wire: &'a WireWord, order: Option<Order>) -> Option<Number> {
        let varies = |ty: &Option<Box<Type>>, default: Type, format: Format| {
            let ty = ty.as_ref().map_or(default, |ty| (**ty).clone());
            Some(Number { ty, format, fixed: false })
        };
        match &wire.number {
            Some(NumberWord::Rust(ty)) => self.rust_number(ty, order, wire.span),
            Some(NumberWord::Odd { bytes, signed }) => {
                self.need_order(order, wire.span)?;
                let format = Format::Odd { bytes: *bytes, order };
                Some(Number { ty: odd_type(*bytes, *signed), format, fixed: true })
            }
            Some(NumberWord::Varint { ty: Some(ty), .. } | NumberWord::Zigzag { ty: Some(ty) })
                if crate::check::misfit(wire.number.as_ref()?, ty).is_some() =>
            {
                self.need_fit(wire, ty)?;
                None
            }
            Some(NumberWord::Varint { ty, max, padded }) => {
                let format = Format::Varint { max: max.clone(), padded: *padded };
                varies(ty, parse_quote!(::core::primitive::u32), format)
            }
            Some(NumberWord::Zigzag { ty }) => {
                varies(ty, parse_quote!(::core::primitive::i32), Format::Zigzag)
            }
            Some(NumberWord::Quic) => varies(&None, parse_quote!(::core::primitive::u64), Format::Quic),
            Some(NumberWord::Mqtt) => {
                let format = Format::Varint { max: Some(parse_quote!(4)), padded: false };
                varies(&None, parse_quote!(::core::primitive::u32), format)
            }
            Some(NumberWord::Dec | NumberWord::Hex { .. }) => {
                self.cx
                    .error(wire.span, "digits cannot be a prefix or a tag: they need a delimiter or a size");
                None
            }
            Some(NumberWord::Bcd { bytes, fill, swapped }) => {
                let format = Format::Bcd {
                    bytes: (**bytes).clone(),
                    fill: fill.as_deref().cloned(),
                    swapped: *swapped,
                };
                let ty = match crate::ast::number(bytes) {
                    Some(..=4) => parse_quote!(::core::primitive::u32),
                    _ => parse_quote!(::core::primitive::u64),
                };
                Some(Number { ty, format, fixed: true })
            }
            Some(NumberWord::InBytes { .. }) => {
                self.cx.error(
                    wire.span,
                    "a prefix or a tag must be self-delimiting: write a wire type such as `u16`",
                );
                None
            }
            None => {
                self.cx.error(wire.span, "write the wire type, such as `u16`");
                None
            }
        }
    }

    fn rust_number(&self, ty: &Type, order: Option<Order>, span: Span) -> Option<Number> {
        if let Some((_, name, instead)) = without_size(ty) {
            self.cx.error(span, format!("`{name}` has no fixed size on the wire: write `{instead}`"));
            return None;
        }
        let fixed = is_integer(ty);
        if scalar(ty).is_some() && !fixed {
            self.cx.error(span, "write an integer type, such as `u16`");
            return None;
        }
        if scalar(ty).is_some_and(|size| size > 1) {
            self.need_order(order, span)?;
        }
        Some(Number { ty: ty.clone(), format: Format::Order(order), fixed })
    }

    /// Refuses a format that does not suit the type, such as `zigzag` for a `u32`.
    fn need_fit(&self, wire: &WireWord, ty: &Type) -> Option<()> {
        match wire.number.as_ref().and_then(|word| crate::check::misfit(word, ty)) {
            Some(message) => {
                self.cx.error(wire.span, message);
                None
            }
            None => Some(()),
        }
    }

    pub(super) fn need_order(&self, order: Option<Order>, span: Span) -> Option<()> {
        if order.is_none() {
            self.cx.error(span, NO_ORDER);
        }
        order.map(drop)
    }

    /// Refuses `usize`, `isize` and `char`, which have no size on the wire.
    pub(super) fn need_size(&self, ty: &Type) -> Option<()> {
        let Some((found, name, instead)) = without_size(ty) else { return Some(()) };
        self.cx.error_at(
            found,
            format!(
                "`{name}` has no fixed size on the wire: write `{instead}`, or `#[wire({instead})]` on the field"
            ),
        );
        None
    }

    /// Returns the number for values of type `ty` with `#[wire(..)]`. `digits` is the number of
    /// digits, if it is fixed.
    pub(super) fn format(
        &self,
        ty: &'a Type,
        wire: Option<&'a WireWord>,
        digits: Option<&'a Expr>,
    ) -> Option<Number> {
        let order = self.order_of(wire);
        let ty = ungroup(ty);
        let format = self.quiet_format(ty, wire, digits);
        if let Some(wire) = wire {
            self.need_fit(wire, ty)?;
        }
        let widest = widest(ty);
        let fixed = match format.now() {
            Format::Order(_) => {
                self.need_size(ty)?;
                if widest.is_some_and(|size| size > 1) {
                    self.need_order(order, wire.map_or(ty.span(), |wire| wire.span))?;
                }
                widest.is_some() && !self.names_a_parameter(ty)
            }
            Format::Odd { bytes, .. } => {
                let span = wire.map_or(ty.span(), |wire| wire.span);
                self.need_order(order, span)?;
                if scalar(ty).is_some_and(|size| size < *bytes) {
                    self.cx.error(span, format!("this type is too small for {bytes} bytes"));
                    return None;
                }
                is_integer(ty)
            }
            Format::As { .. } | Format::Each(_) => {
                let wire_ty = converted(&format);
                if let Some(wire_ty) = wire_ty {
                    self.need_size(wire_ty)?;
                    if scalar(wire_ty).is_some_and(|size| size > 1) {
                        self.need_order(order, wire_ty.span())?;
                    }
                }
                false
            }
            Format::Bcd { .. } => is_integer(ty),
            Format::InBytes(order) => {
                if widest.is_some_and(|size| size > 1) {
                    self.need_order(*order, wire.map_or(ty.span(), |wire| wire.span))?;
                }
                false
            }
            Format::Varint { .. }
            | Format::Zigzag
            | Format::Quic
            | Format::Bits(_)
            | Format::Item { .. }
            | Format::Either { .. }
            | Format::Text(_)
            | Format::Packed { .. } => false,
            Format::Dec { digits } | Format::Hex { digits, .. } => digits.is_some(),
        };
        Some(Number { ty: ty.clone(), format, fixed })
    }

    /// Returns `true` if the type may be an alias of a number, in a format of fixed size. The compiler
    /// reports other types.
    pub(super) fn may_be_fixed(&self, number: &Number) -> bool {
        let is_unknown = scalar(&number.ty).is_none() && !self.names_a_parameter(&number.ty);
        let of_fixed_size =
            matches!(number.format.now(), Format::Order(_) | Format::Odd { .. } | Format::Bcd { .. });
        is_unknown && of_fixed_size
    }

    /// Like [`Self::format`], without reporting errors.
    pub(super) fn quiet_format(
        &self,
        ty: &'a Type,
        wire: Option<&'a WireWord>,
        digits: Option<&'a Expr>,
    ) -> Format {
        let format = self.in_order(wire, |order| Some(Self::format_in(order, ty, wire, digits)));
        format.unwrap_or(Format::Order(None))
    }

    fn format_in(order: Option<Order>, ty: &Type, wire: Option<&WireWord>, digits: Option<&Expr>) -> Format {
        if let Type::Array(array) = ungroup(ty) {
            let item = Self::format_in(order, &array.elem, wire, digits);
            // Other formats are implemented for arrays, too.
            return match item {
                Format::As { .. } | Format::Each(_) => Format::Each(Box::new(item)),
                known => known,
            };
        }
        match wire.and_then(|wire| wire.number.as_ref()) {
            None => Format::Order(order),
            Some(NumberWord::Odd { bytes, .. }) => Format::Odd { bytes: *bytes, order },
            Some(NumberWord::Rust(same)) if **same == *ungroup(ty) => Format::Order(order),
            Some(NumberWord::Rust(other)) => Format::As { ty: (**other).clone(), order },
            Some(NumberWord::Varint { max, padded, .. }) => {
                Format::Varint { max: max.clone(), padded: *padded }
            }
            Some(NumberWord::Zigzag { .. }) => Format::Zigzag,
            Some(NumberWord::Quic) => Format::Quic,
            Some(NumberWord::Mqtt) => Format::Varint { max: Some(parse_quote!(4)), padded: false },
            Some(NumberWord::Dec) => Format::Dec { digits: digits.cloned() },
            Some(NumberWord::Bcd { bytes, fill, swapped }) => {
                Format::Bcd { bytes: (**bytes).clone(), fill: fill.as_deref().cloned(), swapped: *swapped }
            }
            Some(NumberWord::InBytes { .. }) => Format::InBytes(order),
            Some(NumberWord::Hex { lower }) => Format::Hex { lower: *lower, digits: digits.cloned() },
        }
    }

    /// Returns `true` if a type mentions a type or const parameter. Rust does not allow the size of
    /// such a type as an array length.
    pub(super) fn names_a_parameter(&self, ty: &Type) -> bool {
        let mut names = self.parameters();
        syn::visit::Visit::visit_type(&mut names, ty);
        names.found
    }

    /// Returns `true` if an expression mentions a type or const parameter. Rust does not allow it as
    /// an array length.
    pub(super) fn uses_a_parameter(&self, expr: &Expr) -> bool {
        uses_a_parameter(&self.item.generics, expr)
    }

    fn parameters(&self) -> Parameters<'_> {
        Parameters { generics: &self.item.generics, found: false }
    }

    /// Refuses an integer constant without a type suffix, because its size is unknown.
    pub(super) fn need_type(&self, value: &Expr) -> Option<()> {
        #[derive(Default)]
        struct Suffixes(Option<usize>);
        impl<'ast> syn::visit::Visit<'ast> for Suffixes {
            fn visit_lit_int(&mut self, int: &'ast syn::LitInt) {
                let ty = syn::parse_str::<Type>(int.suffix()).ok();
                self.0 = self.0.or_else(|| ty.as_ref().and_then(scalar));
            }
            fn visit_lit_byte(&mut self, _: &'ast syn::LitByte) {
                self.0 = Some(1);
            }
        }
        if crate::ast::number(value).is_none() {
            return Some(());
        }
        let mut suffixes = Suffixes::default();
        syn::visit::Visit::visit_expr(&mut suffixes, value);
        match suffixes.0 {
            Some(1) => Some(()),
            Some(_) => self.need_order(self.order(), value.span()),
            None => {
                self.cx.error_at(
                    value,
                    "a magic number needs a type: write `0xCAFEu16`, or a byte string such as `b\"\\x89PNG\"`",
                );
                None
            }
        }
    }
}

/// Returns `true` if the expression depends on a type parameter or const parameter.
pub(crate) fn uses_a_parameter(generics: &syn::Generics, expr: &Expr) -> bool {
    let mut names = Parameters { generics, found: false };
    syn::visit::Visit::visit_expr(&mut names, expr);
    names.found
}

/// Looks for type and const parameters, and for `Self`, which stands for them.
struct Parameters<'a> {
    generics: &'a syn::Generics,
    found: bool,
}

impl<'ast> syn::visit::Visit<'ast> for Parameters<'_> {
    fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
        self.found |= ident == "Self"
            || self.generics.type_params().any(|param| param.ident == *ident)
            || self.generics.const_params().any(|param| param.ident == *ident);
    }
}

/// Returns the wire type of a converted value, or of the items of an array.
pub(super) fn converted(format: &Format) -> Option<&Type> {
    match format {
        Format::As { ty, .. } => Some(ty),
        Format::Each(item) | Format::Either { big: item, .. } => converted(item),
        _ => None,
    }
}

/// Returns the Rust type for an integer of 3, 5, 6 or 7 bytes.
fn odd_type(bytes: usize, signed: bool) -> Type {
    match (bytes, signed) {
        (..=4, false) => parse_quote!(::core::primitive::u32),
        (..=4, true) => parse_quote!(::core::primitive::i32),
        (_, false) => parse_quote!(::core::primitive::u64),
        (_, true) => parse_quote!(::core::primitive::i64),
    }
}

/// Returns the part of a type that has no size on the wire, its name, and the type to suggest
/// instead.
fn without_size(ty: &Type) -> Option<(&Type, &'static str, &'static str)> {
    match ungroup(ty) {
        Type::Array(array) => without_size(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(without_size),
        Type::Path(path) if path.path.is_ident("usize") => Some((ty, "usize", "u32")),
        Type::Path(path) if path.path.is_ident("isize") => Some((ty, "isize", "i32")),
        Type::Path(path) if path.path.is_ident("char") => Some((ty, "char", "u32")),
        _ => None,
    }
}

/// Returns the size of the largest number in a type that consists only of Rust numbers: 4 for
/// `(u8, [u32; 2])`.
pub(crate) fn widest(ty: &Type) -> Option<usize> {
    match ungroup(ty) {
        Type::Array(array) => widest(&array.elem),
        Type::Tuple(tuple) if !tuple.elems.is_empty() => {
            tuple.elems.iter().map(widest).try_fold(0, |most, size| Some(most.max(size?)))
        }
        other => scalar(other),
    }
}
