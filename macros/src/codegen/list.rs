//! Code for lists with a known number of items, such as `#[count_prefixed(u8)] items: Vec<Item>`.

use proc_macro2::{Ident, TokenStream};

use super::open::{self, Around, Rule};
use super::{Bounds, Cx, Node, Size, Tail, add_size_of, expression, fault, q};
use crate::layout::{Count, Expression, Format, List, Place};

impl Node for List<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, local, behind) = (&self.place.name, &self.place.local, tail.min());
        let site = super::site(cx, name);
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let count = match &self.count {
            Count::Prefixed(length) | Count::InField(length) => {
                let var = &length.var;
                q!(let count = #var;)
            }
            Count::Expr(expr) => {
                let expr = expression::on_decode(expr).or_refuse(&site, &q!(i));
                let or_refuse = fault::or_refuse(&site, &q!(i));
                q! {
                    let count = match __fw::count_from_wire(#expr, __fw::usize::MAX) #or_refuse;
                }
            }
        };
        let from = self.marks.as_ref().map(|(from, _)| q!(#from = __fw::offset(input, i);));
        let to = self.marks.as_ref().map(|(_, to)| q!(#to = __fw::offset(input, i);));
        let or_lack = fault::or_lack_before(&site, &behind);
        let read = if self.content.is_list_with() {
            let context = self.content.context_of_items(&site, &q!(i));
            let read = if self.content.goes_along() { q!(read_beside) } else { q!(read_counted_with) };
            q!({
                #context
                __fw::#read::<#ty, #format, _>(i, src, count, context)
            })
        } else {
            self.content.in_format(|format| q!(__fw::read_counted::<#ty, #format>(i, src, count)))
        };
        q! {
            #count
            #from
            let (rest, #local) = match #read #or_lack;
            i = rest;
            #to
        }
    }

    /// Returns the exact size on decode, if the count is already read and all items have the same
    /// size.
    fn exact(&self, _: &Cx<'_>) -> Option<TokenStream> {
        if let Format::Packed { .. } = self.content.format {
            return None;
        }
        let count = match &self.count {
            Count::Prefixed(_) => return None,
            Count::InField(length) => {
                let var = &length.var;
                q!(#var)
            }
            Count::Expr(expr) => expression::said_len(expr),
        };
        let (item, format) = (self.item, self.content.format.tokens());
        Some(q! {
            __fw::usize::saturating_mul(#count, const {
                __fw::exact(<#item as __fw::Wire<#format>>::MIN, <#item as __fw::Wire<#format>>::MAX)
            })
        })
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, local, field) = (&self.place.name, &self.place.local, cx.field(self.place.slot));
        let (write, or_fail) = (self.content.write_all(name), fault::or_fail(name));
        if let Count::Expr(expr) = &self.count {
            let expr = expression::on_encode(expr).or_fail(name);
            cx.later(q!(match __fw::check_len(#expr, #local.len(), "items") #or_fail;));
        }
        let marks = self.marks.as_ref().map(|(from, to)| q!(#from = start; #to = out.position();));
        q! {{
            let start = __fw::mark_enter(out, #field);
            match #write #or_fail;
            __fw::mark_leave(out, #field, start);
            #marks
        }}
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        add_size_of(cx, &self.place.local, &self.content.size())
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        Bounds::at_least(Size::Known(0))
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let field = self.place.schema(&q!(<#ty as __fw::Shape<#format>>::TYPE));
        let extent = match &self.count {
            Count::Prefixed(length) => {
                let prefix = length.schema_prefix();
                q!(CountPrefixed(#prefix))
            }
            Count::InField(length) => {
                let by = length.target();
                q!(CountOf(#by))
            }
            Count::Expr(expr) => {
                let expr = expr.schema();
                q!(Count(&#expr))
            }
        };
        let given = self.content.given();
        let lenient = matches!(self.content.format, Format::Packed { strict: false, .. });
        let lenient = lenient.then(|| q!(.lenient(true)));
        vec![q!(#field.extent(__fw::Extent::#extent) #given #lenient)]
    }

    fn exact_is_known(&self) -> bool {
        !matches!(self.count, Count::Prefixed(_)) && !matches!(self.content.format, Format::Packed { .. })
    }

    fn rules(&self, _: &Cx<'_>, _: Around) -> Vec<Rule> {
        open::item(self.item, &self.content.format.tokens(), self.place.span).into_iter().collect()
    }

    fn depends_on(&self) -> Option<&Expression<'_>> {
        if let Count::Expr(expr) = &self.count { Some(expr) } else { None }
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn measured_once(&self) -> Option<&Ident> {
        Some(&self.place.local)
    }
}
