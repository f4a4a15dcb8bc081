//! Code for fields that may be absent, such as `#[when(flags & 1 != 0)] extra: Option<u16>`.

use proc_macro2::{Ident, TokenStream};

use super::open::{self, Around, Rule};
use super::{
    Bounds, Cx, Most, Node, Open, Size, Tail, encode_each, expression, fault, parse_steps, q, schema_steps,
    size_each,
};
use crate::layout::{Atom, Cond, Condition, Expression, Length, Place, PresenceFlag, Step, Tag};

impl Node for Cond<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let local = &self.place.local;
        let site = super::site(cx, &self.place.name);
        let before = cx.take_later();
        let steps = parse_steps(cx, &self.steps, tail);
        // Checks that were postponed run only if the field is present.
        let (inside, there) = (cx.take_later(), there(local));
        cx.later(before);
        if !inside.is_empty() {
            cx.later(q!(if #there { #inside }));
        }
        if let (true, Some((var, absent))) = (self.place.auto, self.says()) {
            return self.parse_saying(&var, &absent, &steps, &there, &site);
        }
        let (some, none) = if self.place.auto {
            (q!(#local), q!(__fw::Default::default()))
        } else {
            (q!(__fw::Some(#local)), q!(__fw::None))
        };
        match &self.condition {
            Condition::Length { var, .. } => q! {
                let #there = #var.is_some();
                let #local = if let __fw::Some(#var) = #var {
                    #steps
                    #some
                } else {
                    #none
                };
            },
            Condition::Lead { lead, at } => {
                let (lead, or_lack) = (lead.tokens(), fault::or_lack(&site, &q!(i)));
                let take = match at {
                    Some(_) => {
                        let behind = tail.min();
                        q!(match __fw::take_lead_before(i, src, &#lead, #behind) #or_lack)
                    }
                    // Nothing follows this field, so it is absent if the input is at its end.
                    None => q! {
                        if i.is_empty() { (false, i) } else { match __fw::take_lead(i, src, &#lead) #or_lack }
                    },
                };
                q! {
                    let (#there, behind) = #take;
                    i = behind;
                    let #local = if #there {
                        #steps
                        #some
                    } else {
                        #none
                    };
                }
            }
            condition => {
                let holds = match condition {
                    Condition::When(expr) => expression::on_decode(expr).or_refuse(&site, &q!(i)),
                    Condition::Flag { var, .. } => q!(#var),
                    _ => q!(!i.is_empty()),
                };
                q! {
                    let #there: __fw::bool = #holds;
                    let #local = if #there {
                        #steps
                        #some
                    } else {
                        #none
                    };
                }
            }
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        if let (true, Condition::When(expr)) = (self.place.auto, &self.condition) {
            return self.encode_auto(cx, expr);
        }
        let local = &self.place.local;
        let or_fail = fault::or_fail(&self.place.name);
        let before = cx.take_later();
        let steps = encode_each(cx, &self.steps);
        let inside = cx.take_later();
        cx.later(before);
        if !inside.is_empty() {
            cx.later(q!(if let __fw::Some(#local) = #local { #inside }));
        }
        if let Condition::When(expr) = &self.condition {
            let holds = expression::on_encode(expr).or_fail(&self.place.name);
            cx.later(q! {
                match __fw::check_presence(#holds, #local.is_some()) #or_fail;
            });
        }
        let (follows, ends) = self.encode_presence(cx);
        q! {
            if let __fw::Some(#local) = #local {
                #follows
                #steps
            } #ends
        }
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, steps) = (&self.place.local, size_each(cx, &self.steps));
        match (&self.condition, self.place.auto) {
            (Condition::When(expr), true) => {
                let holds = expression::on_encode(expr).or_else(&q!(false));
                if !self.place.early {
                    return q!(if #holds { #steps });
                }
                let kept = super::kept(local);
                q! {
                    let #kept = if #holds {
                        #steps
                        ::core::clone::Clone::clone(#local)
                    } else {
                        __fw::Default::default()
                    };
                    let #local = &#kept;
                }
            }
            (Condition::Lead { lead, .. }, _) => {
                let len = lead.len();
                q! {
                    if let __fw::Some(#local) = #local {
                        size = size.saturating_add(#len);
                        #steps
                    }
                }
            }
            _ => q!(if let __fw::Some(#local) = #local { #steps }),
        }
    }

    /// Returns the exact size on decode, if earlier fields decide whether the field is present.
    fn exact(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        let holds = match &self.condition {
            Condition::When(expr) => expression::on_decode(expr).or_else(&q!(false)),
            Condition::Flag { var, .. } => q!(#var),
            Condition::Optional | Condition::Lead { .. } | Condition::Length { .. } => return None,
        };
        let sizes = self.steps.iter().map(|step| step.node().exact(cx)).collect::<Option<Vec<_>>>()?;
        Some(q!(if #holds { 0usize #(.saturating_add(#sizes))* } else { 0usize }))
    }

    fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        let inner = Bounds::sum(cx, &self.steps);
        let open = match self.condition {
            // The field counts as open, because the bytes after the type could be mistaken for it.
            Condition::Optional | Condition::Lead { at: None, .. } => Open::Known(true),
            _ => inner.open,
        };
        // The bounds of the field's own type are not used, because the type may contain itself, as
        // in `next: Option<Box<Node>>`.
        Bounds { min: Size::Known(0), max: Most::Endless, open }
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let presence = match &self.condition {
            Condition::When(expr) => {
                let expr = expr.schema();
                q!(When(&#expr))
            }
            Condition::Optional => q!(Optional),
            Condition::Lead { lead, .. } => {
                let lead = lead.tokens();
                q!(Lead(&#lead))
            }
            Condition::Flag { by, text, .. } => {
                let by = by.schema();
                q!(Flag(#by, #text))
            }
            Condition::Length { by: Some(by), text, .. } => {
                let by = by.schema();
                q!(Length(#by, #text))
            }
            Condition::Length { by: None, text, .. } => q!(Prefix(#text)),
        };
        schema_steps(cx, &self.steps)
            .into_iter()
            .map(|field| q!(#field.presence(__fw::Presence::#presence)))
            .collect()
    }

    fn depends_on(&self) -> Option<&Expression<'_>> {
        if let Condition::When(expr) = &self.condition { Some(expr) } else { None }
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn binds(&self) -> Vec<Ident> {
        let (local, says) = (&self.place.local, self.says().filter(|_| self.place.auto));
        [local.clone(), there(local)].into_iter().chain(says.map(|(var, _)| var)).collect()
    }

    fn exact_is_known(&self) -> bool {
        matches!(self.condition, Condition::When(_) | Condition::Flag { .. })
            && self.steps.iter().all(|step| step.node().exact_is_known())
    }

    fn inside(&self) -> Vec<&[Step<'_>]> {
        vec![&self.steps]
    }

    fn moves(&self) -> bool {
        false
    }

    fn rules(&self, cx: &Cx<'_>, around: Around) -> Vec<Rule> {
        open::sequence(cx, &self.steps, around)
    }
}

impl Cond<'_> {
    /// Returns the statements that encode an optional `Auto`. Later expressions use its value, or
    /// the default value if it is absent.
    fn encode_auto(&self, cx: &Cx<'_>, condition: &Expression<'_>) -> TokenStream {
        let local = &self.place.local;
        let holds = expression::on_encode(condition).or_fail(&self.place.name);
        let (steps, kept) = (encode_each(cx, &self.steps), super::kept(local));
        let empty = self.length().map(|length| length.must_be_empty());
        let none = self.flag().filter(|flag| !flag.apart).map(|flag| {
            let (target, or_fail) = (&flag.target, fault::or_fail(flag.of.name));
            q!(match __fw::check_presence(false, #target.is_some()) #or_fail;)
        });
        let tag = self.tag().map(Tag::must_be_default);
        q! {
            let #kept = if #holds {
                #steps
                ::core::clone::Clone::clone(#local)
            } else {
                #empty
                #none
                #tag
                __fw::Default::default()
            };
            let #local = &#kept;
        }
    }

    /// Returns the statements before a present field, and the `else` branch for an absent one. The
    /// bytes after an absent field must not look like the field, or decoding would find it present.
    fn encode_presence(&self, cx: &Cx<'_>) -> (TokenStream, TokenStream) {
        let (local, name) = (&self.place.local, &self.place.name);
        let or_fail = fault::or_fail(name);
        match &self.condition {
            Condition::Optional => (
                q! {
                    match __fw::not_ended(ended) #or_fail;
                    optional = __fw::Some((#name, out.position()));
                },
                q!(else { ended = true; }),
            ),
            Condition::Lead { lead, at } => {
                let (lead, field) = (lead.tokens(), cx.field(self.place.slot));
                if let Some((at, enclosed)) = at {
                    // The bytes behind may be a checksum.
                    cx.after_checksums(q! {
                        if #local.is_none() {
                            match __fw::check_no_lead(out, #at..#enclosed, &#lead) #or_fail;
                        }
                    });
                }
                let put = q! {
                    let at = out.position();
                    out.put(&#lead)?;
                    __fw::mark_since(out, #field, __fw::Part::Lead, at);
                };
                let absent = at.as_ref().map(|(at, _)| q!(else { #at = out.position(); }));
                (put, absent.unwrap_or_default())
            }
            _ => (TokenStream::new(), TokenStream::new()),
        }
    }

    /// Returns the statements that parse an optional `Auto` that is a length, a count or a flag.
    /// `var` holds the length or flag, and is `absent` if the `Auto` is absent.
    fn parse_saying(
        &self,
        var: &Ident,
        absent: &TokenStream,
        steps: &TokenStream,
        there: &Ident,
        site: &TokenStream,
    ) -> TokenStream {
        let Condition::When(expr) = &self.condition else { return TokenStream::new() };
        let (local, holds) = (&self.place.local, expression::on_decode(expr).or_refuse(site, &q!(i)));
        q! {
            let #there: __fw::bool = #holds;
            let (#local, #var) = if #there {
                #steps
                (#local, #var)
            } else {
                (__fw::Default::default(), #absent)
            };
        }
    }

    /// If the steps are a length or a flag, returns its variable, and its value if the steps are
    /// absent: length 0, or flag `false`.
    fn says(&self) -> Option<(Ident, TokenStream)> {
        if let Some(length) = self.length() {
            let absent = match length.none {
                None => q!(0usize),
                Some(_) => q!(__fw::None),
            };
            return Some((length.var.clone(), absent));
        }
        self.flag().map(|flag| (flag.var.clone(), q!(false)))
    }

    fn flag(&self) -> Option<&PresenceFlag<'_>> {
        self.atoms().find_map(|atom| if let Atom::Presence(flag) = atom { Some(flag) } else { None })
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(self.condition, Condition::Optional)
    }

    fn tag(&self) -> Option<&Tag<'_>> {
        let alone =
            self.steps.iter().find_map(|step| if let Step::Tag(tag) = step { Some(tag) } else { None });
        let mut in_run =
            self.atoms().filter_map(|atom| if let Atom::Tag(tag) = atom { Some(tag) } else { None });
        alone.or_else(|| in_run.next())
    }

    fn length(&self) -> Option<&Length<'_>> {
        let alone = self
            .steps
            .iter()
            .find_map(|step| if let Step::Length(length) = step { Some(length) } else { None });
        let mut in_run =
            self.atoms().filter_map(|atom| if let Atom::Length(length) = atom { Some(length) } else { None });
        alone.or_else(|| in_run.next())
    }

    fn atoms(&self) -> impl Iterator<Item = &Atom<'_>> {
        self.steps.iter().flat_map(Step::atoms)
    }
}

/// Returns the variable that is `true` if the field in `local` is present.
pub(super) fn there(local: &Ident) -> Ident {
    quote::format_ident!("there_{}", local)
}
