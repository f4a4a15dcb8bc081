//! Parses the words of `#[frame(..)]` on a type, and the words of variants.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Meta, Pat, Path, Token, Type, WherePredicate, parenthesized};

use super::extent::{self, LenPrefixed};
use super::field::{self, Check};
use super::number::WireWord;
use super::{At, Order, args, doc, equals, path_name, refuse_comma, said_twice, set, unknown_word};
use crate::ast::is_integer_name;
use crate::ctxt::Ctxt;

#[derive(Default)]
pub(crate) struct TypeAttrs {
    pub(crate) order: Option<At<Order>>,
    /// The expression of `order = ..`.
    pub(crate) order_by: Option<At<Expr>>,
    /// Whether the bit order is `lsb`.
    pub(crate) lsb: Option<At<bool>>,
    /// The words that put bytes on the wire, as ordered in the attribute.
    pub(crate) head: Vec<At<HeadWord>>,
    pub(crate) max: Option<At<Expr>>,
    pub(crate) ctx: Option<At<Vec<(Ident, Type)>>>,
    pub(crate) checks: Vec<At<Check>>,
    pub(crate) bound: Option<At<Vec<WherePredicate>>>,
    pub(crate) krate: Option<At<Path>>,
    /// The type of the discriminants, which `#[repr(u8)]` and the like give.
    pub(crate) repr: Option<Ident>,
    /// The word `packed` of `#[repr(..)]`, and the largest alignment that it leaves to a field.
    pub(crate) packed: Option<At<usize>>,
    pub(crate) doc: String,
}

pub(crate) enum HeadWord {
    Magic(Expr),
    Tag(TagWord),
    LenPrefixed(LenPrefixed),
    Until(Expr),
}

/// The wire type of an enum's tag.
pub(crate) enum TagWord {
    Number(WireWord),
    Bits(syn::LitInt),
    Bytes(Type),
}

pub(crate) struct VariantAttrs {
    pub(crate) tag: Option<At<Pat>>,
    pub(crate) checks: Vec<At<Check>>,
    pub(crate) doc: String,
    /// Whether a word had an error.
    pub(crate) failed: bool,
}

const WORDS: [&str; 13] = [
    "be",
    "le",
    "order",
    "msb",
    "lsb",
    "magic",
    "tag",
    "len_prefixed",
    "until",
    "max",
    "ctx",
    "check",
    "bound",
];

const ONE_ORDER: &str = "a type has one byte order: `be`, `le` or `order = ..`";

impl TypeAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut words = Self { doc: doc(attrs), ..Self::default() };
        for attr in attrs {
            let name = path_name(attr.path());
            let span = attr.path().span();
            if name == "frame" {
                let _ = cx.ok(args(attr, |input| words.take_all(cx, input, span)));
            } else if name == "repr" {
                words.take_repr(attr);
            } else if is_word(&name) {
                cx.error(span, format!("`#[{name}]` applies to one field: {}", hint(&name)));
            }
        }
        words
    }

    fn take_all(&mut self, cx: &Ctxt, input: ParseStream<'_>, span: Span) -> syn::Result<()> {
        if input.is_empty() {
            return Err(syn::Error::new(
                span,
                "empty attribute: write a word, as in `#[frame(be)]`, or remove it",
            ));
        }
        while !input.is_empty() {
            if let Some(error) = refuse_comma(input).err() {
                cx.push(error);
                input.parse::<Token![,]>()?;
                continue;
            }
            let word = input.call(Ident::parse_any)?;
            self.take(cx, &word, input)?;
            if input.is_empty() {
                break;
            }
            if !input.peek(Token![,]) {
                return Err(syn::Error::new(
                    input.span(),
                    format!("expected a comma after `{word}`: add one, or remove this"),
                ));
            }
            input.parse::<Token![,]>()?;
        }
        Ok(())
    }

    /// Reads `#[repr(..)]`, whose errors the compiler reports.
    fn take_repr(&mut self, attr: &Attribute) {
        let Ok(words) = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { return };
        for word in &words {
            if word.path().is_ident("packed") {
                let most = match word {
                    Meta::List(list) => list.parse_args::<syn::LitInt>().and_then(|most| most.base10_parse()),
                    _ => Ok(1),
                };
                self.packed = most.ok().map(|value| At { value, span: word.span() });
            } else if let Some(ident) = word.path().get_ident().filter(|ident| is_integer_name(ident)) {
                self.repr = Some(ident.clone());
            }
        }
    }

    fn take(&mut self, cx: &Ctxt, word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let name = word.unraw().to_string();
        let span = word.span();
        match name.as_str() {
            "be" => self.take_order(cx, span, Order::Big),
            "le" => self.take_order(cx, span, Order::Little),
            "order" => {
                let value = Some(value(word, input)?);
                if self.order.is_some() {
                    cx.error(span, ONE_ORDER);
                } else {
                    set(cx, &mut self.order_by, &name, span, value);
                }
            }
            "msb" => self.take_bit_order(cx, span, false),
            "lsb" => self.take_bit_order(cx, span, true),
            "magic" => {
                let value = HeadWord::Magic(value(word, input)?);
                self.take_head(cx, span, value);
            }
            "tag" => {
                equals(word, input)?;
                let value = HeadWord::Tag(tag(input)?);
                self.take_head(cx, span, value);
            }
            "len_prefixed" => {
                let value = HeadWord::LenPrefixed(group(input, |input| extent::len_prefixed(input, span))?);
                self.take_head(cx, span, value);
            }
            "until" => {
                let value = HeadWord::Until(group(input, delimiter)?);
                self.take_head(cx, span, value);
            }
            "max" => {
                let value = Some(value(word, input)?);
                set(cx, &mut self.max, &name, span, value);
            }
            "ctx" => {
                let values = group(input, context)?;
                if values.is_empty() {
                    return Err(syn::Error::new(
                        span,
                        "name the values from the parent, as in `ctx(flags: u8)`",
                    ));
                }
                set(cx, &mut self.ctx, &name, span, Some(values));
            }
            "check" => {
                let value = group(input, field::check)?;
                self.checks.push(At { value, span });
            }
            "bound" => {
                let predicates = |input: ParseStream<'_>| {
                    Ok(Punctuated::<WherePredicate, Token![,]>::parse_terminated(input)?
                        .into_iter()
                        .collect())
                };
                set(cx, &mut self.bound, &name, span, Some(group(input, predicates)?));
            }
            "crate" => {
                equals(word, input)?;
                let path = input.call(Path::parse_mod_style)?;
                set(cx, &mut self.krate, &name, span, Some(path));
            }
            _ => {
                cx.push(unknown_word(word, &WORDS));
                // The arguments of the unknown word are skipped so that the words after it are
                // still checked.
                while !input.is_empty() && !input.peek(Token![,]) {
                    input.parse::<proc_macro2::TokenTree>()?;
                }
            }
        }
        Ok(())
    }

    fn take_order(&mut self, cx: &Ctxt, span: Span, order: Order) {
        match &self.order {
            Some(other) if other.value != order => {
                cx.error(span, "a type has one byte order: `be` or `le`, not both");
            }
            _ if self.order_by.is_some() => cx.error(span, ONE_ORDER),
            _ => set(cx, &mut self.order, if order == Order::Big { "be" } else { "le" }, span, Some(order)),
        }
    }

    fn take_bit_order(&mut self, cx: &Ctxt, span: Span, lsb: bool) {
        match &self.lsb {
            Some(other) if other.value != lsb => {
                cx.error(span, "a type has one bit order: `msb` or `lsb`, not both");
            }
            _ => set(cx, &mut self.lsb, if lsb { "lsb" } else { "msb" }, span, Some(lsb)),
        }
    }

    fn take_head(&mut self, cx: &Ctxt, span: Span, value: HeadWord) {
        let twice = self.head.iter().any(|other| other.value.name() == value.name());
        if twice {
            cx.push(said_twice(value.name(), span));
        } else {
            self.head.push(At { value, span });
        }
    }
}

impl HeadWord {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Magic(_) => "magic",
            Self::Tag(_) => "tag",
            Self::LenPrefixed(_) => "len_prefixed",
            Self::Until(_) => "until",
        }
    }
}

impl VariantAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut words = Self { tag: None, checks: Vec::new(), doc: doc(attrs), failed: false };
        let before = cx.count();
        for attr in attrs {
            let name = path_name(attr.path());
            let span = attr.path().span();
            match name.as_str() {
                "tag" => {
                    let pattern = cx.ok(args(attr, |input| {
                        if input.is_empty() {
                            return Err(syn::Error::new(
                                span,
                                "write the tag of the variant, as in `#[tag(1)]`",
                            ));
                        }
                        Pat::parse_multi_with_leading_vert(input)
                    }));
                    set(cx, &mut words.tag, "tag", span, pattern);
                }
                "check" => {
                    let check = cx.ok(args(attr, field::check));
                    words.checks.extend(check.map(|value| At { value, span }));
                }
                "frame" => cx.error(span, frame_instead(attr, "its enum")),
                name if is_word(name) => {
                    cx.error(span, format!("`#[{name}]` applies to a field, not to a variant"));
                }
                _ => {}
            }
        }
        words.failed = cx.count() > before;
        words
    }
}

/// The names of all attributes for fields and variants.
const FIELD_WORDS: [&str; 31] = [
    "len_prefixed",
    "count_prefixed",
    "len",
    "count",
    "until",
    "fixed",
    "rest",
    "wire",
    "text",
    "bits",
    "len_of",
    "count_of",
    "offset_of",
    "tag_of",
    "presence_of",
    "checksum",
    "magic",
    "pad",
    "align",
    "calc",
    "tag",
    "optional",
    "when",
    "lead",
    "check",
    "skip",
    "with",
    "ctx",
    "each",
    "separated",
    "none",
];

pub(super) fn is_word(name: &str) -> bool {
    FIELD_WORDS.contains(&name)
}

/// Returns advice for `#[frame(..)]` on a field or variant. `whole` is how the advice names the
/// type: `the type` or `its enum`.
pub(super) fn frame_instead(attr: &Attribute, whole: &str) -> String {
    let word = match &attr.meta {
        syn::Meta::List(list) => list.tokens.clone().into_iter().next().map(|token| token.to_string()),
        _ => None,
    };
    let instead = match word.as_deref() {
        Some(order @ ("be" | "le")) => format!("put it on {whole}, or write `#[wire({order})]` on a field"),
        Some(word) if is_word(word) => format!("put it on {whole}, or write `#[{word}(..)]` here"),
        _ => format!("put it on {whole}"),
    };
    format!("`#[frame(..)]` applies to the whole type: {instead}")
}

fn hint(name: &str) -> String {
    match name {
        "magic" | "tag" | "max" | "order" => format!("for the whole type write `#[frame({name} = ..)]`"),
        name if WORDS.contains(&name) => format!("for the whole type write `#[frame({name}(..))]`"),
        _ => "put it on a field".to_owned(),
    }
}

fn value(word: &Ident, input: ParseStream<'_>) -> syn::Result<Expr> {
    equals(word, input)?;
    input.parse()
}

/// Parses arguments in parentheses. Missing parentheses count as `()`.
fn group<T>(input: ParseStream<'_>, parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    if !input.peek(syn::token::Paren) {
        return syn::parse::Parser::parse2(
            |input: ParseStream<'_>| parse(input),
            proc_macro2::TokenStream::new(),
        )
        .map_err(|error| syn::Error::new(input.span(), error));
    }
    let content;
    parenthesized!(content in input);
    let value = parse(&content)?;
    if content.is_empty() {
        Ok(value)
    } else {
        Err(content.error("unexpected token: add a comma, or remove this"))
    }
}

fn tag(input: ParseStream<'_>) -> syn::Result<TagWord> {
    if input.peek(Ident) && input.peek2(syn::token::Paren) && input.fork().parse::<Ident>()? == "bits" {
        input.parse::<Ident>()?;
        return group(input, |input| input.parse().map(TagWord::Bits));
    }
    if input.peek(syn::token::Bracket) {
        return input.parse().map(TagWord::Bytes);
    }
    input.parse().map(TagWord::Number)
}

fn delimiter(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr = extent::delimiter(input)?;
    match extent::alternatives(&expr).into_iter().find(|each| matches!(each, Expr::Closure(_))) {
        Some(closure) => Err(syn::Error::new_spanned(
            closure,
            "a frame ends with bytes, as in `until(b\"\\r\\n\")`; a closure ends a list, on the field",
        )),
        None => Ok(expr),
    }
}

fn context(input: ParseStream<'_>) -> syn::Result<Vec<(Ident, Type)>> {
    let mut values = Vec::new();
    while !input.is_empty() {
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        values.push((name, input.parse()?));
        if input.is_empty() {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    Ok(values)
}
