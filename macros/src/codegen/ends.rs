//! Delimiters as constants in generated code.

use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Lit};

use super::magic::{constant_bytes, constant_len};
use super::{Bounds, Cx, Most, Open, Size, q};
use crate::ast::number;
use crate::attr::{Ending, Order, literal_units};
use crate::layout::{DelimiterBytes, Place, StopBytes};

/// Returns the bytes of a delimiter as an array.
fn bytes_of(expr: &Expr, units: Option<Order>) -> TokenStream {
    if let Some(order) = units {
        let little = order == Order::Little;
        return match literal_units(expr, order) {
            Some(bytes) => {
                let bytes = proc_macro2::Literal::byte_string(&bytes);
                q!(*#bytes)
            }
            None => {
                let bytes = bytes_of(expr, None);
                q! {
                    const {
                        const __LEN: __fw::usize = __fw::units_len(&#bytes);
                        const __UNITS: [__fw::u8; __LEN] = __fw::units_of(&#bytes, #little);
                        __UNITS
                    }
                }
            }
        };
    }
    match expr {
        Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. }) => q!(*#bytes),
        _ if number(expr).is_some() => q!([#expr]),
        _ => constant_bytes(&q!(__fw::delimiter(#expr)), None),
    }
}

/// Returns the length of a delimiter as a constant.
fn len_of(expr: &Expr, units: Option<Order>) -> Size {
    if let Some(order) = units {
        return match literal_units(expr, order) {
            Some(bytes) => Size::Known(bytes.len()),
            None => {
                let bytes = bytes_of(expr, None);
                Size::Constant(q!({
                    const __LEN: __fw::usize = __fw::units_len(&#bytes);
                    __LEN
                }))
            }
        };
    }
    match expr {
        Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. }) => Size::Known(bytes.value().len()),
        _ if number(expr).is_some() => Size::Known(1),
        _ => constant_len(&q!(__fw::delimiter(#expr))),
    }
}

impl DelimiterBytes<'_> {
    /// Returns the delimiter that the encoder writes, as an array.
    pub(super) fn tokens(&self) -> TokenStream {
        self.any.first().map(|expr| bytes_of(expr, self.units)).unwrap_or_default()
    }

    /// Returns the length of the delimiter that the encoder writes.
    pub(super) fn len(&self) -> Size {
        self.any.first().map_or(Size::Known(0), |expr| len_of(expr, self.units))
    }

    pub(super) fn least(&self) -> Size {
        match &*self.any {
            [_] => self.len(),
            any => {
                let lens = any.iter().map(|expr| len_of(expr, self.units));
                Size::Constant(q!(__fw::min_len_of(&[#(#lens),*])))
            }
        }
    }

    /// Returns the length of the longest delimiter. The type of the constant is `Option<usize>`.
    pub(super) fn most(&self) -> TokenStream {
        let lens = self.any.iter().map(|expr| len_of(expr, self.units));
        q!(__fw::max_len_of(&[#(__fw::Some(#lens)),*]))
    }

    /// Returns all alternatives as a slice of references.
    pub(super) fn all(&self) -> TokenStream {
        let any = self.any.iter().map(|expr| bytes_of(expr, self.units));
        q!(&[#(&#any),*])
    }

    /// Returns a `DelimiterSet` with all alternatives.
    fn set(&self) -> TokenStream {
        let any = self.all();
        let ending = match self.ending {
            Ending::Consumed => q!(Consumed),
            Ending::Left(_) => q!(Left),
            Ending::Between(_) => q!(Between),
            Ending::Separates => q!(Separates),
        };
        let optional = self.optional;
        let units = self.units.map(|order| {
            let order = super::number::order_value(Some(order));
            q!(.units(#order))
        });
        q!(__fw::DelimiterSet::new(#any, __fw::Ending::#ending, #optional)#units)
    }

    /// Returns a reference to a constant `DelimiterSet`.
    pub(super) fn ends(&self) -> TokenStream {
        let set = self.set();
        q!(&const { #set })
    }

    /// Returns the expression that splits the input at the delimiter.
    pub(super) fn take(&self) -> TokenStream {
        if self.is_plain() {
            let delimiter = self.tokens();
            return q!(__fw::take_until(i, src, &#delimiter));
        }
        let ends = self.ends();
        q!(__fw::take_any(i, src, #ends))
    }

    /// Returns the extent for the schema.
    pub(super) fn extent(&self) -> TokenStream {
        if self.is_plain() {
            let delimiter = self.tokens();
            return q!(Until(&#delimiter));
        }
        let ends = self.ends();
        q!(UntilAny(#ends))
    }

    /// Returns the bounds of a value that ends with this delimiter.
    pub(super) fn bounds(&self) -> Bounds {
        // The encoder may write no delimiter after such a value. Then only the end of the input
        // shows where the value ends.
        let open = self.is_between() || (self.optional && matches!(self.ending, Ending::Left(_)));
        let min = match self.ending {
            Ending::Consumed if !self.optional => self.least(),
            _ => Size::Known(0),
        };
        Bounds { min, max: Most::Endless, open: Open::Known(open) }
    }
}

impl StopBytes<'_> {
    /// Returns a reference to a constant `Stop`: the delimiter and the padding byte.
    pub(super) fn tokens(&self) -> TokenStream {
        let (set, fill) = (self.until.set(), super::filled::shown_fill(self.fill));
        q!(&const { __fw::Stop::new(#set, #fill) })
    }

    /// Returns the statement that shortens `body` to the bytes before the delimiter.
    pub(super) fn cut(&self) -> TokenStream {
        let stop = self.tokens();
        q!(let body = __fw::stopped(body, #stop);)
    }

    /// Writes the delimiter after the content, which begins at `start`, and pads both to `len`
    /// bytes.
    pub(super) fn put(&self, cx: &Cx<'_>, place: &Place<'_>, len: &TokenStream) -> TokenStream {
        let (field, stop, or_fail) =
            (cx.field(place.slot), self.tokens(), super::fault::or_fail(&place.name));
        q! {
            let at = out.position();
            let missing = match __fw::put_stop(out, start, #len, #stop) #or_fail;
            __fw::mark_since(out, #field, __fw::Part::Until, at);
            let at = out.position();
            match __fw::put_units(out, missing, (#stop).filling()) #or_fail;
            __fw::mark_since(out, #field, __fw::Part::Fill, at);
        }
    }
}
