//! Code for lengths and counts: prefixes, `len_of` and `count_of`.
//!
//! The variable `n…` holds the length itself, and `raw_n…`, or the variable of the field, holds the
//! number on the wire, which `scale` and `bias` may change. If the encoder does not know a length
//! in advance, it reserves bytes for the length field and writes ("patches") them once the counted
//! bytes or items are written.

mod rule;

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;

use super::{Bounds, Cx, InRun, Node, Open, Size, Tail, fault, q};
use crate::layout::{Bits, Content, Counts, Format, Length, LengthRole, Place, WhenKnown};

impl Node for Length<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
        let (name, raw) = (&self.place.name, self.raw());
        let site = super::site(cx, name);
        let (ty, format) = (&self.number.ty, self.number.format.tokens());
        let length = self.convert(cx, &q!(at));
        let or_lack = fault::or_lack(&site, &q!(at));
        if let Some(delimiter) = &self.until {
            let take = delimiter.take();
            return q! {
                let at = i;
                let (digits, rest) = match #take #or_lack;
                let #raw = match <#ty as __fw::FromExtent<#format>>::from_extent(digits, src) #or_lack;
                i = rest;
                #length
            };
        }
        q! {
            let at = i;
            let (rest, #raw) = match <#ty as __fw::Read<#format>>::read(i, src) #or_lack;
            i = rest;
            #length
        }
    }

    /// Writes a variable-length number. The length is always known in advance.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        if matches!(self.known, WhenKnown::Measured) {
            return TokenStream::new();
        }
        if !self.place.auto {
            let (length, write) = (self.length_ahead(), self.write_alone(cx));
            return q!({ #length #write });
        }
        let (prepare, write) = (self.prepare(cx), self.write_alone(cx));
        q!(#prepare #write)
    }

    /// Returns the statements that add the size of a variable-length number to `size`. They keep
    /// the length in its variable, so that the content is measured once. Measuring it twice at each
    /// level of nested frames would take exponential time.
    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let var = &self.var;
        let length = match &self.known {
            WhenKnown::Ahead(_) if self.place.early => self.foreseen(),
            WhenKnown::Ahead(content) => {
                let mut len = self.ahead(content);
                if cx.memo.get() {
                    let cell = super::settle::cell(var);
                    len = q!(*#cell.get_or_init(|| #len));
                }
                q!(let #var = #len;)
            }
            WhenKnown::Measured | WhenKnown::Patched => return TokenStream::new(),
        };
        let number = super::add_size(&self.size_for(&q!(#var)));
        q!(#length #number)
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        if let Some(delimiter) = &self.until {
            let len = delimiter.len();
            return Bounds::at_least(Size::sum([len, Size::Known(1)].into_iter()));
        }
        Bounds { open: Open::Known(false), ..Bounds::of_type(&self.number.ty, &self.number.format.tokens()) }
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        InRun::schema(self, cx)
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn binds(&self) -> Vec<Ident> {
        self.read()
    }

    fn measured_once(&self) -> Option<&Ident> {
        (matches!(self.known, WhenKnown::Ahead(_)) && !self.place.early).then_some(&self.var)
    }
}

impl InRun for Length<'_> {
    /// Reads the encoded number from the run and converts it to a length.
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (take, raw) = (self.number.take(&super::site_of(cx, &self.place)), self.raw());
        let length = self.convert(cx, &q!(at));
        q! {
            let at = run;
            let #raw = #take;
            #length
        }
    }

    /// Writes the encoded number, or reserves bytes for it.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let or_fail = fault::or_fail(&self.blame);
        match &self.known {
            WhenKnown::Ahead(_) if self.place.auto => {
                let local = &self.place.local;
                self.number.put(&q!(*#local), &self.blame)
            }
            WhenKnown::Ahead(_) | WhenKnown::Measured => {
                let (length, number, keep) = (self.length_ahead(), self.to_wire(), self.keep());
                let put = self.number.put(&q!(number), &self.blame);
                q! {
                    #length
                    let number = match #number #or_fail;
                    #put
                    #keep
                }
            }
            WhenKnown::Patched => {
                let at = self.at();
                let skip = match &self.number.format {
                    // Nothing is reserved for a bit field: its bits stay zero in the integer of the
                    // run.
                    Format::Bits(_) => TokenStream::new(),
                    _ => {
                        let len = self.number.len(cx);
                        q!(__fw::skip::<{ #len }>(&mut w);)
                    }
                };
                q! {
                    let #at = base.saturating_add(size.saturating_sub(w.len()));
                    #skip
                }
            }
        }
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        self.number.len(cx)
    }

    /// Returns the statements that compute an `Auto`, which expressions may name. A prefix is
    /// computed where it is written.
    fn prepare(&self, _: &Cx<'_>) -> TokenStream {
        match &self.known {
            WhenKnown::Ahead(_) if self.place.auto => {
                let (length, number) = (self.length_ahead(), self.number_ahead());
                q!(#length #number)
            }
            // `Length::encode_ahead` writes a number that is measured.
            WhenKnown::Ahead(_) | WhenKnown::Measured | WhenKnown::Patched => TokenStream::new(),
        }
    }

    fn sets(&self) -> Option<Vec<Ident>> {
        match (&self.known, self.place.auto) {
            (WhenKnown::Patched, _) => Some(vec![self.at()]),
            (WhenKnown::Ahead(_), _) | (WhenKnown::Measured, false) => Some(Vec::new()),
            (WhenKnown::Measured, true) => None,
        }
    }

    fn foresee(&self, _: &Cx<'_>) -> TokenStream {
        if self.place.early { self.foreseen() } else { TokenStream::new() }
    }

    fn part(&self) -> TokenStream {
        match (&self.role, self.counts) {
            (LengthRole::Prefix, Counts::Bytes) => q!(__fw::Part::Len),
            (LengthRole::Prefix, Counts::Items) => q!(__fw::Part::Count),
            _ => q!(__fw::Part::Value),
        }
    }

    /// Returns no schema field for a prefix. The prefix is part of the schema of its field.
    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (field, rule) = (self.place.number(&self.number), self.schema_rule());
        let role = match &self.role {
            LengthRole::Prefix => return Vec::new(),
            LengthRole::Of(covers) => {
                let covers = covers.schema();
                q!(LenOf(#covers, #rule))
            }
            LengthRole::CountOf(list) => {
                let list = list.schema();
                q!(CountOf(#list, #rule))
            }
            LengthRole::Head => q!(LenOf(__fw::Covers::new("..", __fw::Covered::Behind), #rule)),
        };
        let field = match &self.until {
            None => field,
            Some(delimiter) => {
                let extent = delimiter.extent();
                q!(#field.extent(__fw::Extent::#extent))
            }
        };
        let lenient = self.rule.lenient.then(|| q!(.lenient(true)));
        vec![q!(#field.role(__fw::Role::#role) #lenient)]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn binds(&self) -> Vec<Ident> {
        self.read()
    }
}

impl Length<'_> {
    /// Returns the variables that the parser sets: the length, and the encoded number if it is a
    /// field.
    fn read(&self) -> Vec<Ident> {
        let field = match self.role {
            LengthRole::Prefix | LengthRole::Head => None,
            LengthRole::Of(_) | LengthRole::CountOf(_) => Some(&self.place.local),
        };
        [&self.var].into_iter().chain(field).cloned().collect()
    }

    /// Returns the statements that convert the encoded number to a length. With `none = v` the
    /// length is an `Option`.
    fn convert(&self, cx: &Cx<'_>, at: &TokenStream) -> TokenStream {
        let (raw, var) = (self.raw(), &self.var);
        let site = super::site_of(cx, &self.place);
        let ty = &self.number.ty;
        let converted = match self.counts {
            Counts::Bytes => {
                let rule = self.rule_tokens();
                q!(__fw::len_from_wire(#raw, &#rule))
            }
            Counts::Items => {
                let max = self.rule.max_tokens();
                q!(__fw::count_from_wire(#raw, #max))
            }
        };
        let or_refuse = fault::or_refuse(&site, at);
        let length = q!(match #converted #or_refuse);
        match self.none {
            None => q!(let #var = #length;),
            Some(none) => q! {
                let absent: #ty = #none;
                let #var =
                    if #raw == absent { __fw::None } else { __fw::Some(#length) };
            },
        }
    }

    /// For an absent length field, returns the check that the field it describes is absent or
    /// empty.
    pub(super) fn must_be_empty(&self) -> TokenStream {
        let WhenKnown::Ahead(content) = &self.known else { return TokenStream::new() };
        if self.apart {
            return TokenStream::new();
        }
        let (or_fail, size) = (fault::or_fail(&self.blame), self.ahead(content));
        if self.none.is_some() {
            return q!(match __fw::check_presence(false, #size.is_some()) #or_fail;);
        }
        let unit = match self.counts {
            Counts::Bytes => "bytes",
            Counts::Items => "items",
        };
        q!(match __fw::check_len(0usize, #size, #unit) #or_fail;)
    }

    /// Returns the statement that computes only the length, if the length is known in advance.
    fn length_ahead(&self) -> TokenStream {
        let (var, WhenKnown::Ahead(content)) = (&self.var, &self.known) else { return TokenStream::new() };
        let size = self.ahead(content);
        q!(let #var = #size;)
    }

    /// For a length that is a field, returns the statements that compute the encoded number before
    /// it is written. The number is kept in the variable of the field, which the user's expressions
    /// may name.
    fn number_ahead(&self) -> TokenStream {
        let (number, or_fail, local) = (self.to_wire(), fault::or_fail(&self.blame), &self.place.local);
        let kept = super::kept(local);
        q! {
            let #kept = match #number #or_fail;
            let #local = &#kept;
        }
    }

    fn ahead(&self, content: &Content<'_>) -> TokenStream {
        let local = &content.local;
        let size = match self.counts {
            Counts::Bytes => content.size(),
            Counts::Items => q!(#local.len()),
        };
        match (content.optional, self.none) {
            (false, _) => size,
            (true, None) => q!(match #local {
                __fw::Some(#local) => #size,
                __fw::None => 0usize,
            }),
            (true, Some(_)) => q!(match #local {
                __fw::Some(#local) => __fw::Some(#size),
                __fw::None => __fw::None,
            }),
        }
    }

    /// Returns the statements that write a length outside of a run.
    pub(super) fn write_alone(&self, cx: &Cx<'_>) -> TokenStream {
        let (or_fail, keep) = (fault::or_fail(&self.blame), self.keep());
        let number = match self.known {
            WhenKnown::Ahead(_) if self.place.auto => {
                let local = &self.place.local;
                q!(__fw::Result::<_, __fw::EncodeError>::Ok(*#local))
            }
            _ => self.to_wire(),
        };
        let (ty, format) = (&self.number.ty, self.number.format.tokens());
        let (field, part) = (cx.field(self.place.slot), self.part());
        let (write, mark) = match &self.until {
            None => (
                q!(__fw::write_number::<#ty, #format, __S>(&number, out)),
                q!(__fw::mark_since(out, #field, #part, at);),
            ),
            Some(delimiter) => {
                let delimiter = delimiter.tokens();
                (
                    q!(__fw::write_digits::<#ty, #format, __S>(&number, out, &#delimiter)),
                    q!(__fw::mark_delimited(out, #field, at, (&#delimiter).len());),
                )
            }
        };
        q! {
            let at = out.position();
            let number = match #number #or_fail;
            match #write #or_fail;
            #mark
            #keep
        }
    }

    /// For a length that is a field, stores the encoded number in the variable of the field, which
    /// the user's expressions may name.
    fn keep(&self) -> TokenStream {
        if !self.place.auto {
            return TokenStream::new();
        }
        let local = &self.place.local;
        let kept = super::kept(local);
        q! {
            let #kept = number;
            let #local = &#kept;
        }
    }

    /// Returns the statements that write the reserved length field. `counted` is the length.
    pub(super) fn patch(&self, counted: &TokenStream) -> TokenStream {
        if !matches!(self.known, WhenKnown::Patched) {
            return TokenStream::new();
        }
        let (var, at, number) = (&self.var, self.at(), self.to_wire());
        let or_fail = fault::or_fail(&self.blame);
        let keep = self.keep();
        let ty = &self.number.ty;
        let patch = match &self.number.format {
            Format::Bits(Bits { width, shift, bytes, little, .. }) => {
                q!(__fw::patch_bits::<#ty, #bytes, __S>(out, #at, number, #width, #shift, #little))
            }
            format => format.either(|format| {
                let format = format.tokens();
                q!(__fw::patch::<#ty, #format, __S>(out, #at, number))
            }),
        };
        q! {
            let #var = #counted;
            let number = match #number #or_fail;
            match #patch #or_fail;
            #keep
        }
    }

    /// Returns the expression that converts the length to the encoded number.
    pub(super) fn to_wire(&self) -> TokenStream {
        let (ty, var) = (&self.number.ty, &self.var);
        let number = match self.counts {
            Counts::Bytes => {
                let rule = self.rule_tokens();
                q!(__fw::len_to_wire::<#ty>(#var, &#rule))
            }
            Counts::Items => {
                let (max, limit) = (self.rule.max_tokens(), self.limit());
                q!(__fw::count_to_wire::<#ty>(#var, #max, #limit))
            }
        };
        match self.none {
            None => number,
            Some(none) => q!(match #var {
                __fw::Some(#var) => #number.and_then(|number| {
                    let absent: #ty = #none;
                    __fw::not_absent(number, absent)
                }),
                __fw::None => __fw::Ok(#none),
            }),
        }
    }

    /// Returns the variable that already holds the size of the content while `encoded_len` adds
    /// sizes, if there is one.
    pub(super) fn measured(&self) -> Option<TokenStream> {
        let var = &self.var;
        let bound = self.counts == Counts::Bytes && (!self.number.fixed || self.place.early);
        match (&self.known, self.none) {
            (WhenKnown::Ahead(_), None) if bound => Some(q!(#var)),
            (WhenKnown::Ahead(_), Some(_)) if bound => Some(q!(#var.unwrap_or(0))),
            _ => None,
        }
    }

    /// Returns the encoded size of the length field if the length is `len`.
    pub(super) fn size_for(&self, len: &TokenStream) -> TokenStream {
        let (ty, format) = (&self.number.ty, self.number.format.tokens());
        let (var, number) = (&self.var, self.to_wire());
        let size = match &self.until {
            None => q!(<#ty as __fw::Write<#format>>::size(&number)),
            Some(delimiter) => {
                let len = delimiter.len();
                q!(<#ty as __fw::Content<#format>>::size(&number).saturating_add(#len))
            }
        };
        q!({
            let #var = #len;
            #number.map_or(0, |number| #size)
        })
    }

    /// Returns the variable of the encoded number. A length that is an `Auto` field uses the
    /// variable of the field.
    fn raw(&self) -> Ident {
        match self.role {
            LengthRole::Prefix | LengthRole::Head => format_ident!("raw_{}", self.var),
            LengthRole::Of(_) | LengthRole::CountOf(_) => self.place.local.clone(),
        }
    }

    /// Returns the variable for the position of the bytes reserved for the length field.
    fn at(&self) -> Ident {
        format_ident!("at_{}", self.var)
    }

    /// Returns the statements that compute the length field before sizes are computed, because
    /// sizes depend on it.
    fn foreseen(&self) -> TokenStream {
        let (prepare, number, local) = (self.length_ahead(), self.to_wire(), &self.place.local);
        let (kept, ty) = (super::kept(local), &self.number.ty);
        q! {
            #prepare
            let #kept: #ty = #number.unwrap_or_default();
            let #local = &#kept;
        }
    }
}
