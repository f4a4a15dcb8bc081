//! The impls of `Encode` and `EncodeWith`.

use proc_macro2::TokenStream;

use super::{Emit, allow};
use crate::ast::Data;
use crate::codegen::expression::on_encode;
use crate::codegen::{check_chosen, encode_steps, last_on_self, nesting, q, size_steps};
use crate::layout::{Delimited, Step};

impl Emit<'_> {
    pub(super) fn encode_impl(&self) -> TokenStream {
        let generics =
            self.bounded(&self.item.generics, |format| q!(__fw::Write<#format>), &q!(__fw::Encode));
        let (ident, ty) = (&self.item.ident, self.ty());
        let (encode, size, allow) = (self.encode_body(), self.size_functions(), allow());
        let Some(context) = self.context_type() else {
            let (plain, _, clause) = generics.split_for_impl();
            return q! {
                #[automatically_derived]
                #allow
                impl #plain __fw::Encode for #ident #ty #clause {
                    #[inline]
                    fn encode_to<__S: __fw::Sink + ?__fw::Sized>(
                        &self,
                        out: &mut __S,
                    ) -> __fw::Result<(), __fw::EncodeError> {
                        #encode
                    }
                    #size
                }
            };
        };
        let (generics, unpack) = (self.with_context(generics), self.unpack_context());
        let locals = self.layout.context.iter().map(|value| &value.local);
        let by_reference = q!(#(let #locals = &#locals;)*);
        let check = self.parent_tag().map(|_| check_chosen(&self.cx));
        let (plain, _, clause) = generics.split_for_impl();
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::EncodeWith<#context> for #ident #ty #clause {
                #[inline]
                fn encode_with_to<__S: __fw::Sink + ?__fw::Sized>(
                    &self,
                    out: &mut __S,
                    context: #context,
                ) -> __fw::Result<(), __fw::EncodeError> {
                    #unpack
                    #check
                    #by_reference
                    #encode
                }
                #size
            }
        }
    }

    /// Returns the functions for the encoded size of a value. If the value can contain frames, the
    /// outer function checks once how deep they are nested.
    fn size_functions(&self) -> TokenStream {
        let (size, nests) = (self.size_body(), nesting::may_be_deeper(&self.layout.steps).is_some());
        let (checked, inside, argument, unpack, given) = match self.context_type() {
            None => (q!(encoded_len), q!(len_inside), None, None, None),
            Some(context) => {
                let unpack = self.unpack_context();
                let locals = self.layout.context.iter().map(|value| &value.local);
                let by_reference = q!(#(let #locals = &#locals;)*);
                (
                    q!(encoded_len_with),
                    q!(len_inside_with),
                    Some(q!(, context: #context)),
                    Some(q!(#unpack #by_reference)),
                    Some(q!(, context)),
                )
            }
        };
        if !nests {
            return q! {
                #[inline]
                fn #checked(&self #argument) -> __fw::usize {
                    #unpack
                    #size
                }
            };
        }
        let own = match given {
            None => q!(__fw::Encode::len_inside(self)),
            Some(_) => q!(__fw::EncodeWith::len_inside_with(self #given)),
        };
        q! {
            #[inline]
            fn #checked(&self #argument) -> __fw::usize {
                if __fw::Layout::nests_within(self, __fw::Source::MAX_DEPTH) { #own } else { 0usize }
            }
            #[inline]
            fn #inside(&self #argument) -> __fw::usize {
                #unpack
                #size
            }
        }
    }

    pub(super) fn encode_body(&self) -> TokenStream {
        self.in_order(|order| on_encode(order).or_fail(""), Self::encode_in_order)
    }

    fn encode_in_order(&self) -> TokenStream {
        let steps = encode_steps(&self.cx, &self.layout.steps);
        let (bind, marks, later) = (self.bind(), self.marks(), self.cx.take_later());
        let last = match &self.item.data {
            Data::Struct(_) => self.cx.take_last(),
            Data::Enum(_) => last_on_self(&self.cx),
        };
        let whole = self.layout.marks.iter().find(|mark| *mark == "frame_start0");
        let whole = whole.map(|mark| q!(#mark = frame;));
        let until = delimited(&self.layout.steps).map(Delimited::check);
        let limit = self.item.attrs.max.as_ref().map(|max| {
            let max = &max.value;
            q!(__fw::check_max(out.position().saturating_sub(frame), #max)?;)
        });
        let assertions = self.assertions();
        q! {
            #assertions
            #bind
            let frame = out.position();
            let mut ended = false;
            #marks
            #whole
            #steps
            #later
            #last
            #until
            #limit
            __fw::Ok(())
        }
    }

    pub(super) fn size_body(&self) -> TokenStream {
        let (bind, size) = (self.bind(), size_steps(&self.cx, &self.layout.steps));
        q! {
            #bind
            let mut size = 0usize;
            #size
            size
        }
    }
}

/// Returns the step for `#[frame(until(..))]`.
fn delimited<'a>(steps: &'a [Step<'_>]) -> Option<&'a Delimited<'a>> {
    let is_one = |step: &'a Step<'a>| if let Step::Delimited(it) = step { Some(it) } else { None };
    steps.iter().find_map(|step| step.find(&is_one))
}
