//! The attributes of a field.

use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, LitStr, Path, Token};

use super::derived::Derived;
use super::each;
use super::extent::{self, ExtentWord};
use super::number::{self, NumberWord, WireWord};
use super::text::{Encoding, text};
use super::ty::frame_instead;
use super::{At, args, bare, doc, equals, more_arguments, more_words, path_name, set, unknown_word};
use crate::ctxt::Ctxt;

/// All words of a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) extent: Option<At<ExtentWord>>,
    pub(crate) wire: Option<At<WireWord>>,
    pub(crate) text: Option<At<Encoding>>,
    pub(crate) bits: Option<At<Bits>>,
    /// The integer type of `#[bits(4, as = u8)]`, from and to which the user's type is converted.
    pub(crate) bits_as: Option<Box<syn::Type>>,
    /// The width of each item of a list: `each(bits(12))`.
    pub(crate) item_bits: Option<At<Bits>>,
    /// The span of `strict` in `bits(n, strict)`: decoding checks that reserved bits are zero.
    pub(crate) strict_bits: Option<Span>,
    pub(crate) derived: Option<At<Derived>>,
    pub(crate) presence: Option<At<Presence>>,
    pub(crate) tag: Option<At<FieldTag>>,
    pub(crate) checks: Vec<At<Check>>,
    pub(crate) skip: Option<At<()>>,
    pub(crate) with: Option<At<With>>,
    pub(crate) ctx: Option<At<Vec<Expr>>>,
    /// The value of `#[none(v)]`, which is encoded if an `Option` is `None`.
    pub(crate) none: Option<At<Expr>>,
    /// The separator of `#[separated(..)]`.
    pub(crate) separated: Option<At<Expr>>,
    /// The words of `#[each(..)]`.
    pub(crate) each: Option<At<Box<FieldAttrs>>>,
    /// The names `size` and `sizes` of `each(size in sizes, ..)`; set only in the words of an item.
    pub(crate) element: Option<(Ident, Ident)>,
    pub(crate) doc: String,
    /// Whether a word had an error. Then no error is reported for a missing word, because the word
    /// with the error may be the missing one.
    pub(crate) failed: bool,
}

/// The argument of `#[bits(n)]`.
pub(crate) enum Bits {
    Known(u32),
    /// A constant or an expression of constants, as in `#[bits(WIDTH)]`.
    Constant(Expr),
}

/// The arguments of `#[with(module)]` or `#[with(module, origin)]`.
pub(crate) struct With {
    pub(crate) module: Path,
    pub(crate) origin: bool,
}

pub(crate) enum Presence {
    When(Expr),
    Optional,
    /// The field is present if these bytes are next. They are consumed.
    Lead(Box<Expr>),
}

impl Presence {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::When(_) => "when",
            Self::Optional => "optional",
            Self::Lead(_) => "lead",
        }
    }
}

/// `#[tag]` or `#[tag(expr)]` on a field.
pub(crate) enum FieldTag {
    Kept,
    Chosen(Expr),
}

/// The arguments of `#[check(expr, "message")]`.
#[derive(Clone)]
pub(crate) struct Check {
    pub(crate) expr: Expr,
    pub(crate) message: LitStr,
}

impl FieldAttrs {
    pub(crate) fn parse(cx: &Ctxt, attrs: &[Attribute]) -> Self {
        let mut words = Self { doc: doc(attrs), ..Self::default() };
        let before = cx.count();
        for attr in attrs {
            words.take(cx, attr);
        }
        words.failed = cx.count() > before;
        words
    }

    /// Returns the expression of `len(..)`, `count(..)` or `wire(bytes(..))`.
    pub(crate) fn said_size(&self) -> Option<&Expr> {
        let wire = self.wire.as_ref().and_then(|wire| wire.value.number.as_ref());
        match (self.extent.as_ref().map(|extent| &extent.value), wire) {
            (Some(ExtentWord::Len { expr, .. } | ExtentWord::Count { expr }), _) => Some(expr),
            (_, Some(NumberWord::InBytes { len })) => Some(len),
            _ => None,
        }
    }

    fn take(&mut self, cx: &Ctxt, attr: &Attribute) {
        let word = path_name(attr.path());
        let span = attr.path().span();
        match word.as_str() {
            "len_prefixed" => {
                let value =
                    cx.ok(args(attr, |input| extent::len_prefixed(input, span))).map(ExtentWord::LenPrefixed);
                self.take_extent(cx, span, value);
            }
            "count_prefixed" => {
                let value = cx.ok(args(attr, extent::count_prefixed)).map(ExtentWord::CountPrefixed);
                self.take_extent(cx, span, value);
            }
            "len" => self.take_extent(cx, span, cx.ok(args(attr, extent::len))),
            "count" => self.take_extent(cx, span, cx.ok(args(attr, extent::count))),
            "until" => self.take_extent(cx, span, cx.ok(args(attr, extent::until))),
            "fixed" => self.take_extent(cx, span, cx.ok(args(attr, extent::fixed))),
            "rest" => {
                let value = cx.ok(args(attr, |_| Ok(ExtentWord::Rest)));
                self.take_extent(cx, span, value);
            }
            "wire" => set(cx, &mut self.wire, &word, span, cx.ok(args(attr, number::wire))),
            "text" => set(cx, &mut self.text, &word, span, cx.ok(args(attr, |input| text(input, span)))),
            "bits" => {
                let words = cx.ok(args(attr, bits));
                let (width, held, strict) =
                    words.map_or((None, None, None), |(width, held, strict)| (Some(width), held, strict));
                (self.bits_as, self.strict_bits) = (held, strict);
                set(cx, &mut self.bits, &word, span, width);
            }
            "optional" => {
                let value = cx.ok(args(attr, |_| Ok(Presence::Optional)));
                self.take_presence(cx, span, value);
            }
            "when" => {
                let value = cx.ok(args(attr, |input| bare(input).map(Presence::When)));
                self.take_presence(cx, span, value);
            }
            "lead" => {
                let value = cx.ok(args(attr, |input| lead(input, span))).map(Presence::Lead);
                self.take_presence(cx, span, value);
            }
            "tag" => set(cx, &mut self.tag, &word, span, cx.ok(args(attr, field_tag))),
            "check" => {
                let check = cx.ok(args(attr, check));
                self.checks.extend(check.map(|value| At { value, span }));
            }
            "skip" => set(cx, &mut self.skip, &word, span, cx.ok(args(attr, |_| Ok(())))),
            "with" => {
                set(cx, &mut self.with, &word, span, cx.ok(args(attr, with)));
            }
            "ctx" => set(cx, &mut self.ctx, &word, span, cx.ok(args(attr, expressions))),
            "none" => set(cx, &mut self.none, &word, span, cx.ok(args(attr, |input| none(input, span)))),
            "separated" => {
                set(cx, &mut self.separated, &word, span, cx.ok(args(attr, |input| separated(input, span))));
            }
            "each" => {
                let words = cx.ok(args(attr, |input| each::words(input, span)));
                let value =
                    words.map(|(element, words)| Box::new(Self { element, ..each::attributes(cx, &words) }));
                set(cx, &mut self.each, &word, span, value);
            }
            "frame" => cx.error(span, frame_instead(attr, "the type")),
            _ => self.take_derived(cx, attr, &word),
        }
    }

    fn take_extent(&mut self, cx: &Ctxt, span: Span, extent: Option<ExtentWord>) {
        let Some(value) = extent else { return };
        if let Some(other) = &self.extent {
            let (one, two) = (other.value.name(), value.name());
            cx.error(
                span,
                format!(
                    "a field ends in one way: `{one}` or `{two}`, not both; where the items of a list end is said by \
                     `#[each(..)]`"
                ),
            );
        } else {
            self.extent = Some(At { value, span });
        }
    }

    fn take_presence(&mut self, cx: &Ctxt, span: Span, presence: Option<Presence>) {
        let Some(value) = presence else { return };
        if self.presence.is_some() {
            cx.error(span, "at most one of `when`, `optional` and `lead` is allowed");
        } else {
            self.presence = Some(At { value, span });
        }
    }
}

/// Returns the `order = ..` expressions of a field and of its prefix.
pub(crate) fn orders(attrs: &FieldAttrs) -> impl Iterator<Item = &Expr> {
    let prefix = match attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::LenPrefixed(prefix)) => Some(&prefix.wire),
        Some(ExtentWord::CountPrefixed(prefix)) => Some(&prefix.wire),
        _ => None,
    };
    let own = attrs.wire.as_ref().map(|wire| &wire.value);
    prefix.into_iter().chain(own).filter_map(|wire| wire.order_by.as_ref())
}

fn with(input: ParseStream<'_>) -> syn::Result<With> {
    let module = input.call(Path::parse_mod_style)?;
    let mut origin = false;
    more_arguments(input, |argument| match argument.name.to_string().as_str() {
        "origin" => argument.flag().map(|_| origin = true),
        _ => Err(argument.unknown(&["origin"])),
    })?;
    Ok(With { module, origin })
}

/// The arguments of `bits(n, as = T, strict)`: the width, the type `T`, and the span of `strict`.
type BitWords = (Bits, Option<Box<syn::Type>>, Option<Span>);

fn bits(input: ParseStream<'_>) -> syn::Result<BitWords> {
    let width = width(bare(input)?)?;
    let (mut held, mut strict) = (None, None);
    more_words(input, |word, input| match word.to_string().as_str() {
        "as" => {
            equals(&word, input)?;
            input.parse().map(|ty| held = Some(Box::new(ty)))
        }
        "strict" => {
            strict = Some(word.span());
            Ok(())
        }
        _ => Err(unknown_word(&word, &["as", "strict"])),
    })?;
    Ok((width, held, strict))
}

fn width(width: Expr) -> syn::Result<Bits> {
    let width = match width {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(width), .. }) => width,
        Expr::Lit(other) => return Err(syn::Error::new_spanned(other, "expected integer literal")),
        constant => return Ok(Bits::Constant(constant)),
    };
    match width.base10_parse() {
        Ok(known @ 1..=128) => Ok(Bits::Known(known)),
        _ => Err(syn::Error::new(width.span(), "a bit field is 1 to 128 bits wide")),
    }
}

fn none(input: ParseStream<'_>, word: Span) -> syn::Result<Expr> {
    if input.is_empty() {
        return Err(syn::Error::new(
            word,
            "write the number that stands for an absent value, as in `#[none(0xffff)]`",
        ));
    }
    bare(input)
}

fn separated(input: ParseStream<'_>, word: Span) -> syn::Result<Expr> {
    if input.is_empty() {
        return Err(syn::Error::new(word, "write the separator, as in `#[separated(b\",\")]`"));
    }
    extent::delimiter(input)
}

fn lead(input: ParseStream<'_>, word: Span) -> syn::Result<Box<Expr>> {
    if input.is_empty() {
        return Err(syn::Error::new(word, "write the leading bytes, as in `#[lead(b\":\")]`"));
    }
    let lead = extent::delimiter(input)?;
    match (extent::alternatives(&lead).len(), &lead) {
        (1, Expr::Closure(_)) => Err(syn::Error::new_spanned(lead, "write the leading bytes")),
        (1, _) => Ok(Box::new(lead)),
        _ => Err(syn::Error::new_spanned(lead, "`lead` takes one constant, not alternatives")),
    }
}

fn field_tag(input: ParseStream<'_>) -> syn::Result<FieldTag> {
    if input.is_empty() { Ok(FieldTag::Kept) } else { bare(input).map(FieldTag::Chosen) }
}

pub(super) fn check(input: ParseStream<'_>) -> syn::Result<Check> {
    let expr = bare(input)?;
    if input.is_empty() {
        let message = "write the error message too: `check(expr, \"message\")`";
        return Err(syn::Error::new_spanned(expr, message));
    }
    input.parse::<Token![,]>()?;
    let message = input.parse()?;
    input.parse::<Option<Token![,]>>()?;
    Ok(Check { expr, message })
}

fn expressions(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    if input.is_empty() {
        return Err(syn::Error::new(input.span(), "write the values to pass, as in `#[ctx(flags)]`"));
    }
    Ok(input.parse_terminated(Expr::parse_without_eager_brace, Token![,])?.into_iter().collect())
}
