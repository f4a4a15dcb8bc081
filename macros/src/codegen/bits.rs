//! Bit fields: a run of them is one integer, split by shift and mask.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::{Cx, Size, q, run};
use crate::layout::{Atom, BitConstant, BitRun, BitValue, Bits, Quantity, Tag, TagOf};

impl<T: ToTokens> ToTokens for Quantity<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known(number) => number.to_tokens(tokens),
            Self::Constant(name) => name.to_tokens(tokens),
        }
    }
}

impl Quantity<usize> {
    pub(super) fn size(&self) -> Size {
        match self {
            Self::Known(bytes) => Size::Known(*bytes),
            Self::Constant(bytes) => Size::Constant(bytes.to_token_stream()),
        }
    }
}

impl BitConstant<'_> {
    /// The item. What is wrong with it is an error where the field or run stands.
    pub(super) fn tokens(&self) -> TokenStream {
        let (name, span) = (&self.name, self.span.resolved_at(Span::mixed_site()));
        match &self.value {
            BitValue::Width { expr, most } => quote_spanned! {span=>
                const #name: ::core::primitive::u32 = __fw::bit_width(#expr, #most);
            },
            BitValue::Shift(widths) => quote_spanned! {span=>
                const #name: ::core::primitive::u32 = 0 #(+ #widths)*;
            },
            BitValue::Run { widths, ordered, continuous } => quote_spanned! {span=>
                const #name: ::core::primitive::usize = __fw::run_bytes(0 #(+ #widths)*, #ordered, #continuous);
            },
        }
    }
}

impl Bits {
    /// The bits in the schema, where they mean `kind`.
    pub(super) fn schema(&self, kind: &TokenStream) -> TokenStream {
        let Self { width, shift, bytes, little } = self;
        let order = if *little { q!(__fw::Order::Little) } else { q!(__fw::Order::Big) };
        q!(__fw::Type::Bits(__fw::BitsType::new(#width, #shift, #bytes, #order, #kind)))
    }
}

impl BitRun<'_> {
    /// Reads the integer; `run` stays in front of it while its fields are
    /// taken, so that errors in them are located there.
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (bytes, little) = (&self.bytes, self.little);
        let fields = self.fields.iter().map(|field| field.atom.parse(cx));
        q! {
            let bits = __fw::read_bits::<#bytes>(run, #little);
            #(#fields)*
            run = __fw::after(run, #bytes);
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (bytes, little) = (&self.bytes, self.little);
        let fields = self.fields.iter().map(|field| field.atom.encode(cx));
        q! {
            let mut bits = 0u128;
            #(#fields)*
            __fw::fill(&mut w, __fw::write_bits::<#bytes>(bits, #little));
        }
    }

    /// Each field is marked with the bytes of the whole run.
    pub(super) fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let last = self.fields.len().saturating_sub(1);
        let fields = self.fields.iter().enumerate().filter_map(|(index, field)| {
            // The tag of the type is described by the byte it is read from.
            let own = matches!(field.atom, Atom::Tag(Tag { of: TagOf::Own { .. }, .. }));
            let bytes = if own { &Quantity::Known(1) } else { &self.bytes };
            let moves = if index == last { &self.bytes } else { &Quantity::Known(0) };
            Some(run::mark(cx, field.atom.place()?, &q!(__fw::Part::Value), bytes, moves))
        });
        fields.collect()
    }
}
