//! Code for bit fields. A run of bit fields is one integer, which is split by shifts and masks:
//! `#[bits(4)] version: u8` and `#[bits(4)] length: u8` are the two halves of a byte.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::open::Rule;
use super::{Cx, InRun, Size, pieces, q, run};
use crate::layout::{Atom, BitConstant, BitField, BitRun, BitValue, Bits, Place, Quantity, Slot, Tag, TagOf};

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
    /// Returns the declaration of the constant. Compile errors in it point at the field or run.
    pub(super) fn tokens(&self) -> TokenStream {
        let (name, span) = (&self.name, self.span.resolved_at(Span::mixed_site()));
        match &self.value {
            BitValue::Width { expr, items: None, most } => quote_spanned! {span=>
                const #name: __fw::u32 = __fw::bit_width(#expr, #most);
            },
            BitValue::Width { expr, items: Some(items), most } => quote_spanned! {span=>
                const #name: __fw::u32 = __fw::array_width(#expr, #items, #most);
            },
            BitValue::Shift(widths) => quote_spanned! {span=>
                const #name: __fw::u32 = 0 #(+ #widths)*;
            },
            BitValue::Run { widths, ordered, continuous } => quote_spanned! {span=>
                const #name: __fw::usize = __fw::run_bytes(0 #(+ #widths)*, #ordered, #continuous);
            },
        }
    }
}

impl Bits {
    /// Returns the number of bits before this field in the run, in the order of declaration.
    pub(super) fn first(&self) -> TokenStream {
        let Self { width, shift, bytes, lsb, .. } = self;
        match (bytes, shift, width) {
            (_, shift, _) if *lsb => q!(#shift),
            (Quantity::Known(bytes), Quantity::Known(shift), Quantity::Known(width)) => {
                let before = u32::try_from(bytes * 8).ok().and_then(|bits| bits.checked_sub(shift + width));
                before.map_or_else(|| q!(0u32), |before| q!(#before))
            }
            _ => q!(__fw::bits_before(#bytes, #shift, #width)),
        }
    }

    /// Returns the schema type of the bit field. `kind` says what the bits mean.
    pub(super) fn schema(&self, kind: &TokenStream) -> TokenStream {
        let Self { width, shift, bytes, little, lsb: _ } = self;
        let order = if *little { q!(__fw::Order::Little) } else { q!(__fw::Order::Big) };
        q!(__fw::Type::Bits(__fw::BitsType::new(#width, #shift, #bytes, #order, #kind)))
    }
}

impl InRun for BitRun<'_> {
    /// Reads the integer. The cursor `run` stays at the start of the run until all its fields are
    /// extracted, so that errors in a field are located there.
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (bytes, little) = (&self.bytes, self.little);
        let fields = pieces::of_atoms(cx, self.fields.iter().map(|field| field.atom.node()));
        let bits = match bytes {
            Quantity::Known(17..) => q!(__fw::WideRun::new(run, #bytes, #little)),
            _ => q!(__fw::read_bits::<#bytes>(run, #little)),
        };
        q! {
            let bits = #bits;
            #fields
            run = __fw::after(run, #bytes);
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (bytes, little) = (&self.bytes, self.little);
        let fields = self.fields.iter().map(|field| field.atom.node().encode(cx));
        if let Quantity::Known(17..) = bytes {
            return q! {
                let mut bits = __fw::WideBits::<#bytes>::new(#little);
                #(#fields)*
                __fw::fill(&mut w, bits.bytes());
            };
        }
        q! {
            let mut bits = 0u128;
            #(#fields)*
            __fw::fill(&mut w, __fw::write_bits::<#bytes>(bits, #little));
        }
    }

    /// Marks each bit field with all bytes of the run.
    fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let last = self.fields.len().saturating_sub(1);
        let fields = self.fields.iter().enumerate().filter_map(|(index, field)| {
            // In the schema, the type's own tag has one byte, even if it is part of a larger run.
            let own = matches!(field.atom, Atom::Tag(Tag { of: TagOf::Own { .. }, .. }));
            let bytes = if own { &Quantity::Known(1) } else { &self.bytes };
            let moves = if index == last { &self.bytes } else { &Quantity::Known(0) };
            Some(run::mark(cx, field.place()?, &q!(__fw::Part::Value), bytes, moves))
        });
        fields.collect()
    }

    fn len(&self, _: &Cx<'_>) -> Size {
        self.bytes.size()
    }

    /// Returns the schema fields of the run, without the type's own tag, which is a field of the
    /// head.
    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let is_own = |field: &&BitField<'_>| matches!(field.place(), Some(Place { slot: Slot::Head(_), .. }));
        self.fields
            .iter()
            .filter(|field| !is_own(field))
            .flat_map(|field| field.atom.node().schema(cx))
            .collect()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        self.fields.iter().filter_map(BitField::place).collect()
    }

    fn binds(&self) -> Vec<Ident> {
        self.fields.iter().flat_map(|field| field.atom.node().binds()).collect()
    }

    fn sets(&self) -> Option<Vec<Ident>> {
        self.fields
            .iter()
            .map(|field| field.atom.node().sets())
            .collect::<Option<Vec<_>>>()
            .map(|sets| sets.concat())
    }

    fn rules(&self) -> Vec<Rule> {
        self.fields.iter().flat_map(|field| field.atom.node().rules()).collect()
    }
}

impl BitField<'_> {
    fn place(&self) -> Option<&Place<'_>> {
        self.atom.node().places().into_iter().next()
    }
}
