//! A field's content, however it is read: by its type, with what its parent
//! hands it, or by a hand-written module.

use proc_macro2::TokenStream;

use super::{expression, q};
use crate::layout::{Chooser, Content, Given};

impl Content<'_> {
    /// What the schema says of what its type or its module is handed.
    pub(super) fn given(&self) -> TokenStream {
        let (tag, values) = match &self.given {
            Given::Nothing => (None, &[][..]),
            Given::Context { tag, values } => (tag.as_ref(), values.as_slice()),
            Given::With { values, .. } => (None, values.as_slice()),
        };
        let tag = tag.and_then(|tag| match tag {
            // The field that says it has this in its own entry.
            Chooser::Field(_) => None,
            Chooser::Expr(expr) => Some(format!("tag({})", expression::text(expr))),
        });
        let values: Vec<_> = values.iter().map(expression::text).collect();
        let values = (!values.is_empty()).then(|| format!("ctx({})", values.join(", ")));
        let given: Vec<_> = tag.into_iter().chain(values).collect();
        if given.is_empty() {
            return TokenStream::new();
        }
        let given = given.join(", ");
        q!(.given(#given))
    }

    /// Reads a value that says itself where it ends from `i`: `IResult`.
    pub(super) fn read(&self) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        match &self.given {
            Given::Nothing => q!(<#ty as __fw::Read<#format>>::read(i, src)),
            Given::Context { .. } => {
                let context = expression::context(&self.given);
                q!(__fw::read_with::<#ty, _>(i, src, #context))
            }
            Given::With { module, .. } => {
                let arguments = self.arguments_on_decode();
                q!(__fw::hand_written::<#ty>(#module::parse(i #arguments), i, src))
            }
        }
    }

    /// Makes a value of the whole of `body`: `Result`.
    pub(super) fn read_all(&self, lenient: bool) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        match &self.given {
            Given::Nothing if lenient => {
                q!(<#ty as __fw::Read<#format>>::read(body, &src.bounded()).map(|(_, value)| value))
            }
            Given::Nothing => q!(<#ty as __fw::FromExtent<#format>>::from_extent(body, src)),
            Given::Context { .. } => {
                let context = expression::context(&self.given);
                q!(__fw::from_extent_with::<#ty, _>(body, src, #context, #lenient))
            }
            Given::With { module, .. } => {
                let arguments = self.arguments_on_decode();
                q!(__fw::hand_written_all::<#ty>(#module::parse(body #arguments), body, src, #lenient))
            }
        }
    }

    /// Writes a value that says itself where it ends: `Result`.
    pub(super) fn write(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        self.write_by(&q!(<#ty as __fw::Write<#format>>::write(#local, out)))
    }

    /// Writes a value that fills an extent: `Result`.
    pub(super) fn write_all(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        self.write_by(&q!(<#ty as __fw::Content<#format>>::write(#local, out)))
    }

    fn write_by(&self, by_type: &TokenStream) -> TokenStream {
        let (ty, local) = (self.ty, &self.local);
        match &self.given {
            Given::Nothing => by_type.clone(),
            Given::Context { .. } => {
                let context = expression::context_on_encode(&self.given, local);
                q!(__fw::write_with::<#ty, _, __S>(#local, out, #context))
            }
            Given::With { module, origin, values } => {
                let values = values.iter().map(expression::on_encode);
                let (written, origin) = match origin {
                    true => (q!(let origin = __fw::written(out, frame);), q!(, &origin[..])),
                    false => (TokenStream::new(), TokenStream::new()),
                };
                q!({
                    #written
                    #module::encode(#local, out #origin #(, #values)*)
                })
            }
        }
    }

    /// How many bytes a value takes that says itself where it ends.
    pub(super) fn size_alone(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        self.size_by(&q!(<#ty as __fw::Write<#format>>::size(#local)))
    }

    /// How many bytes a value takes that fills an extent.
    pub(super) fn size(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        self.size_by(&q!(<#ty as __fw::Content<#format>>::size(#local)))
    }

    fn size_by(&self, by_type: &TokenStream) -> TokenStream {
        let (ty, local) = (self.ty, &self.local);
        match &self.given {
            Given::Nothing => by_type.clone(),
            Given::Context { .. } => {
                let context = expression::context_on_encode(&self.given, local);
                q!(__fw::size_with::<#ty, _>(#local, #context))
            }
            Given::With { module, values, .. } => {
                let values = values.iter().map(expression::on_encode);
                q!(#module::encoded_len(#local #(, #values)*))
            }
        }
    }

    /// What a hand-written parser is handed behind its input.
    fn arguments_on_decode(&self) -> TokenStream {
        let Given::With { origin, values, .. } = &self.given else { return TokenStream::new() };
        let origin = origin.then(|| q!(, __fw::before(input, i)));
        let values = values.iter().map(expression::on_decode);
        q!(#origin #(, #values)*)
    }

    /// The schema's type of a value that says itself where it ends.
    pub(super) fn type_alone(&self) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        self.type_by(q!(<#ty as __fw::Wire<#format>>::TYPE))
    }

    /// The schema's type of a value that fills an extent.
    pub(super) fn type_in_extent(&self) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        self.type_by(q!(<#ty as __fw::Shape<#format>>::TYPE))
    }

    fn type_by(&self, by_type: TokenStream) -> TokenStream {
        let ty = self.ty;
        match &self.given {
            Given::Nothing => by_type,
            Given::Context { .. } => q!(__fw::frame_type::<#ty>()),
            Given::With { .. } => q!(__fw::Type::Custom),
        }
    }
}
