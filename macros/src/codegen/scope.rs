//! Code for scopes: the range of fields that a `len_of` covers, or the rest of a type with
//! `#[frame(len_prefixed)]`.
//!
//! With `#[len_of(kind..)] len: Auto<u16>`, all fields from `kind` on form a scope, and their
//! parser sees only `len` bytes.

use proc_macro2::{Ident, TokenStream};

use super::open::{self, Around, Rule};
use super::settle::declare_inner;
use super::{
    Bounds, Cx, Most, Node, Open, Tail, checks, encode_steps, fault, links, parse_steps, q, scopes,
    size_steps,
};
use crate::layout::{Covered, LengthRole, Scope, Slot, Step, WhenKnown};

impl Node for Scope<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, var, behind) = (&self.length.place.name, &self.length.var, tail.min());
        let site = super::site(cx, name);
        let steps = links::apart(&cx.links, || parse_steps(cx, &self.steps, &Tail::default()));
        let (or_lack, or_refuse) = (fault::or_lack(&site, &q!(i)), fault::or_refuse(&site, &q!(i)));
        // Scopes can be nested, so the name of this variable contains the name of the length's
        // variable.
        let outer = quote::format_ident!("outer_{}", var);
        let already = match &self.from {
            Some(mark) => q!(__fw::offset(input, i).saturating_sub(#mark)),
            None => q!(0usize),
        };
        let end = if self.lenient { TokenStream::new() } else { q!(match __fw::at_end(i) #or_lack;) };
        let unknown = match self.steps.as_slice() {
            [Step::Match(dispatch)] => dispatch.refuse_unknown(cx),
            _ => TokenStream::new(),
        };
        q! {
            let left = match __fw::left_in(#var, #already) #or_refuse;
            let __fw::Some((inner, after)) = i.split_at_checked(left) else {
                #unknown
                return __fw::Err(__fw::short_body(src, input, i, left, #behind, #site));
            };
            let #outer = (after, src);
            i = inner;
            let src = &src.bounded();
            #steps
            #end
            let (after, src) = #outer;
            i = after;
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let steps = self.encode_inside(cx);
        let start = self.start();
        let begin = match &self.from {
            Some(_) => TokenStream::new(),
            None => q!(let #start = out.position();),
        };
        let patch = self.length.patch(&q!(out.position().saturating_sub(#start)));
        if !matches!(self.length.known, WhenKnown::Measured) {
            return q!(#begin #steps #patch);
        }
        let (var, or_fail) = (&self.length.var, fault::or_fail(&self.length.blame));
        let number = self.adjacent.then(|| {
            let (length, number) = (self.measure_to_write(cx), self.length.write_alone(cx));
            q!(#length #number)
        });
        q! {
            #number
            #begin
            #steps
            match __fw::check_len(#var, out.position().saturating_sub(#start), "bytes") #or_fail;
        }
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let steps = size_steps(cx, &self.steps);
        let measured = matches!(self.length.known, WhenKnown::Measured);
        match (measured, self.adjacent) {
            (false, _) => steps,
            (true, false) => {
                let inner = self.length.inner();
                q! {
                    #inner = size;
                    #steps
                    #inner = size.saturating_sub(#inner);
                }
            }
            (true, true) => self.size_adjacent(cx, &steps),
        }
    }

    fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        let inner = Bounds::sum(cx, &self.steps);
        Bounds { min: inner.min, max: Most::least(inner.max, self.length.most()), open: Open::Known(false) }
    }

    fn inside(&self) -> Vec<&[Step<'_>]> {
        vec![&self.steps]
    }

    fn binds(&self) -> Vec<Ident> {
        self.steps.iter().flat_map(|step| step.node().binds()).collect()
    }

    fn rules(&self, cx: &Cx<'_>, _: Around) -> Vec<Rule> {
        open::sequence(cx, &self.steps, Around::default())
    }

    fn checks(&self) -> Vec<TokenStream> {
        checks(&self.steps)
    }

    fn scopes(&self) -> Vec<TokenStream> {
        self.described().into_iter().chain(scopes(&self.steps)).collect()
    }
}

impl Scope<'_> {
    /// Encodes the fields of the scope. Whether its last optional field is absent does not matter
    /// to fields after the scope, so `ended` is reset.
    fn encode_inside(&self, cx: &Cx<'_>) -> TokenStream {
        let steps = encode_steps(cx, &self.steps);
        let optional = |step: &Step<'_>| matches!(step, Step::Cond(cond) if cond.is_optional());
        if self.steps.iter().any(optional) { q!(#steps ended = false;) } else { steps }
    }

    /// Returns the statement that measures the fields before the length field is written.
    fn measure_to_write(&self, cx: &Cx<'_>) -> TokenStream {
        let var = &self.length.var;
        if !self.steps.iter().any(Step::is_aligned) {
            let (size, inner) = (size_steps(cx, &self.steps), declare_inner(&self.steps));
            return q! {
                let #var = {
                    let mut size = 0usize;
                    #inner
                    #size
                    size
                };
            };
        }
        let settled = self.length.settled(cx, &self.steps, &q!(out.position().saturating_sub(frame)));
        self.length.must_settle(&settled)
    }

    /// Returns the variable for the start of the counted bytes.
    fn start(&self) -> proc_macro2::Ident {
        match &self.from {
            Some(mark) => mark.clone(),
            None => quote::format_ident!("start_{}", self.length.var),
        }
    }

    /// Adds the sizes of the length field and of the scope. The statements are not in a block,
    /// because fields after the scope use the same variables.
    fn size_adjacent(&self, cx: &Cx<'_>, steps: &TokenStream) -> TokenStream {
        if self.steps.iter().any(Step::is_aligned) {
            return self.length.size_settled(cx, &self.steps);
        }
        let (inner, number) = (self.length.inner(), self.length.size_for(&q!(len)));
        q! {
            let #inner = size;
            #steps
            let len = size.saturating_sub(#inner);
            size = size.saturating_add(#number);
        }
    }
}

impl Scope<'_> {
    /// Returns the schema's scope, unless the length is a word of the type.
    fn described(&self) -> Option<TokenStream> {
        let LengthRole::Of(covers) = &self.length.role else { return None };
        let places = self.places();
        let fields = places
            .iter()
            .filter_map(|place| if let Slot::Field(index) = place.slot { Some(index) } else { None });
        let fields: Vec<_> = fields.collect();
        let (from, to) = (fields.iter().min()?, fields.iter().max()? + 1);
        let start = match (&self.from, covers.what) {
            (None, _) => q!(Here),
            (Some(_), Covered::Content(index) | Covered::Fields(Some(index), _)) => q!(Field(#index)),
            (Some(_), Covered::Fields(None, _)) => q!(Frame),
        };
        let (len, lenient) = (self.length.target(), self.lenient);
        Some(q!(__fw::Scope::new(#len, __fw::Start::#start, #from, #to, #lenient)))
    }
}
