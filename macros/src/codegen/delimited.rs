//! Code for `#[frame(until(b"\r\n"))]`: all fields of a type up to a delimiter.

use proc_macro2::{Ident, TokenStream};

use super::open::{self, Around, Rule};
use super::{
    Bounds, Cx, Most, Node, Open, Size, Tail, checks, encode_steps, fault, links, parse_steps, q, size_steps,
};
use crate::layout::{Delimited, Step};

impl Node for Delimited<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
        let take = self.delimiter.take();
        let (site, to) = (super::site(cx, "until"), &self.to);
        let or_lack = fault::or_lack(&site, &q!(i));
        let steps = links::apart(&cx.links, || parse_steps(cx, &self.steps, &Tail::default()));
        q! {
            let (inner, after) = match #take #or_lack;
            let outer = (after, src);
            #to = __fw::offset(input, inner).saturating_add(inner.len());
            i = inner;
            let src = &src.bounded();
            #steps
            match __fw::at_end(i) #or_lack;
            let (after, src) = outer;
            i = after;
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (delimiter, from, to) = (self.delimiter.tokens(), &self.from, &self.to);
        let steps = encode_steps(cx, &self.steps);
        q! {
            #from = out.position();
            #steps
            #to = out.position();
            out.put(&#delimiter)?;
            __fw::mark_end(out, #to);
        }
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let (steps, len) = (size_steps(cx, &self.steps), self.delimiter.len());
        q!(#steps size = size.saturating_add(#len);)
    }

    fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        let Bounds { min, max, .. } = Bounds::sum(cx, &self.steps);
        let (least, most) = (self.delimiter.least(), self.delimiter.most());
        Bounds {
            min: Size::sum([min, least].into_iter()),
            max: Most::Constant(q!(__fw::max_len_sum(&[#max, #most]))),
            open: Open::Known(false),
        }
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
}

impl Delimited<'_> {
    /// Returns the statement that checks that the fields do not contain the delimiter. It runs
    /// after all lengths and checksums are written, because they can contain the delimiter too.
    pub(in crate::codegen) fn check(&self) -> TokenStream {
        let (from, to) = (&self.from, &self.to);
        if self.delimiter.is_plain() {
            let delimiter = self.delimiter.tokens();
            return q!(__fw::check_delimiter(out, #from, #to, &#delimiter)?;);
        }
        let ends = self.delimiter.ends();
        q!(__fw::check_any(out, #from..#to, out.position(), #ends)?;)
    }
}
