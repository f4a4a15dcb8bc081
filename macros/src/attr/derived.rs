//! The words that say what an `Auto` field holds, such as `len_of`.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Path, RangeLimits, Token};

use super::field::FieldAttrs;
use super::{At, args, arguments, bare, equals, more_arguments, more_words, unknown_word};
use crate::ctxt::Ctxt;

/// The word that says what an `Auto` field holds, such as `len_of`.
pub(crate) struct Derived {
    pub(crate) word: &'static str,
    pub(crate) kind: DerivedKind,
}

/// What an `Auto` field holds.
pub(crate) enum DerivedKind {
    LenOf(LenOf),
    CountOf { field: Ident, none: Option<Expr> },
    OffsetOf { field: Ident, bias: Option<Expr>, none: Option<Expr> },
    TagOf { field: Ident },
    PresenceOf { field: Ident, some: Option<Expr>, none: Option<Expr> },
    Checksum { algorithm: Box<Path>, over: FieldRange, seed: Option<Expr> },
    Magic { value: Expr },
    Pad { len: Option<Expr>, filling: Filling },
    Align { to: Expr, filling: Filling },
    Calc { expr: Expr, verify: bool },
}

/// The bytes of `pad` and `align`.
#[derive(Default)]
pub(crate) struct Filling {
    pub(crate) strict: bool,
    /// The padding byte; `None` means zero.
    pub(crate) fill: Option<Expr>,
}

/// The arguments of `#[len_of(..)]`.
pub(crate) struct LenOf {
    pub(crate) of: FieldRange,
    pub(crate) scale: Option<Expr>,
    pub(crate) bias: Option<Expr>,
    pub(crate) none: Option<Expr>,
    pub(crate) inclusive: Option<Span>,
    pub(crate) max: Option<Expr>,
    pub(crate) lenient: bool,
}

/// A single field (`x`), or a range of fields (`a..b`, `a..=b`, `..`).
pub(crate) struct FieldRange {
    pub(crate) from: Option<Ident>,
    pub(crate) to: Option<Ident>,
    pub(crate) kind: RangeKind,
    pub(crate) span: Span,
}

/// How the ends of a [`FieldRange`] are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RangeKind {
    /// The content of one field, without its prefix or delimiter.
    Content,
    /// From the first byte of the first field to the last byte of the last field.
    Closed,
    /// From the first byte of the first field to the byte before the last field.
    HalfOpen,
}

impl FieldAttrs {
    pub(super) fn take_derived(&mut self, cx: &Ctxt, attr: &Attribute, word: &str) {
        let (word, kind) = match word {
            "len_of" => ("len_of", cx.ok(args(attr, len_of)).map(DerivedKind::LenOf)),
            "count_of" => ("count_of", cx.ok(args(attr, count_of))),
            "offset_of" => ("offset_of", cx.ok(args(attr, offset_of))),
            "tag_of" => {
                ("tag_of", cx.ok(args(attr, |input| Ok(DerivedKind::TagOf { field: field_name(input)? }))))
            }
            "presence_of" => ("presence_of", cx.ok(args(attr, presence_of))),
            "checksum" => ("checksum", cx.ok(args(attr, checksum))),
            "magic" => ("magic", cx.ok(args(attr, |input| Ok(DerivedKind::Magic { value: input.parse()? })))),
            "pad" => ("pad", cx.ok(args(attr, pad))),
            "align" => ("align", cx.ok(args(attr, align))),
            "calc" => ("calc", cx.ok(args(attr, calc))),
            // Ignore doc comments and attributes of other crates.
            _ => return,
        };
        let span = attr.path().span();
        let Some(kind) = kind else { return };
        if let Some(other) = &self.derived {
            let other = other.value.word;
            cx.error(span, format!("an `Auto` has one role: `{word}` or `{other}`, not both"));
        } else {
            self.derived = Some(At { value: Derived { word, kind }, span });
        }
    }
}

fn field_name(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.is_empty() {
        return Err(syn::Error::new(input.span(), "name a field"));
    }
    input.call(Ident::parse_any)
}

/// Parses `x`, `..`, `a..`, `..b`, `a..b` or `a..=b`.
fn field_range(input: ParseStream<'_>) -> syn::Result<FieldRange> {
    let span = input.span();
    let end = |input: ParseStream<'_>| input.peek(Ident::peek_any).then(|| field_name(input)).transpose();
    let from = end(input)?;
    if !input.peek(Token![..]) {
        let Some(field) = from else {
            return Err(syn::Error::new(span, "name a field, or a range of fields such as `a..=b` or `..`"));
        };
        return Ok(FieldRange { from: Some(field), to: None, kind: RangeKind::Content, span });
    }
    let limits: RangeLimits = input.parse()?;
    let to = end(input)?;
    let kind = match (&limits, &to) {
        (RangeLimits::HalfOpen(_), Some(_)) => RangeKind::HalfOpen,
        (RangeLimits::Closed(limits), None) => {
            return Err(syn::Error::new_spanned(limits, "`..=` needs a last field"));
        }
        _ => RangeKind::Closed,
    };
    Ok(FieldRange { from, to, kind, span })
}

fn len_of(input: ParseStream<'_>) -> syn::Result<LenOf> {
    let mut words = LenOf {
        of: field_range(input)?,
        scale: None,
        bias: None,
        none: None,
        inclusive: None,
        max: None,
        lenient: false,
    };
    more_arguments(input, |argument| {
        match argument.name.to_string().as_str() {
            "scale" => words.scale = Some(argument.expr()?),
            "bias" => words.bias = Some(argument.expr()?),
            "none" => words.none = Some(argument.expr()?),
            "max" => words.max = Some(argument.expr()?),
            "inclusive" => words.inclusive = Some(argument.flag()?),
            "lenient" => words.lenient = argument.flag().map(|_| true)?,
            _ => return Err(argument.unknown(&["scale", "bias", "none", "max", "inclusive", "lenient"])),
        }
        Ok(())
    })?;
    Ok(words)
}

fn count_of(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let field = field_name(input)?;
    let mut absent = None;
    more_arguments(input, |argument| match argument.name.to_string().as_str() {
        "none" => argument.expr().map(|expr| absent = Some(expr)),
        _ => Err(argument.unknown(&["none"])),
    })?;
    Ok(DerivedKind::CountOf { field, none: absent })
}

fn offset_of(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let field = field_name(input)?;
    let (mut bias, mut absent) = (None, None);
    more_arguments(input, |argument| match argument.name.to_string().as_str() {
        "bias" => argument.expr().map(|expr| bias = Some(expr)),
        "none" => argument.expr().map(|expr| absent = Some(expr)),
        _ => Err(argument.unknown(&["bias", "none"])),
    })?;
    Ok(DerivedKind::OffsetOf { field, bias, none: absent })
}

fn presence_of(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let field = field_name(input)?;
    let (mut some, mut none) = (None, None);
    more_arguments(input, |argument| match argument.name.to_string().as_str() {
        "some" => argument.expr().map(|expr| some = Some(expr)),
        "none" => argument.expr().map(|expr| none = Some(expr)),
        _ => Err(argument.unknown(&["some", "none"])),
    })?;
    Ok(DerivedKind::PresenceOf { field, some, none })
}

fn checksum(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let algorithm = Box::new(input.parse::<Path>()?);
    let (mut over, mut seed) = (None, None);
    more_words(input, |word, input| match word.to_string().as_str() {
        "over" => {
            equals(&word, input)?;
            field_range(input).map(|range| over = Some(range))
        }
        "seed" => {
            equals(&word, input)?;
            input.parse().map(|value| seed = Some(value))
        }
        order @ ("be" | "le") => Err(syn::Error::new(
            word.span(),
            format!("a checksum has the byte order of its field: add `#[wire({order})]` to the field"),
        )),
        _ => Err(unknown_word(&word, &["over", "seed"])),
    })?;
    let Some(over) = over else {
        return Err(syn::Error::new_spanned(
            algorithm,
            "write what it covers: `over = body`, `over = a..=b` or `over = ..`",
        ));
    };
    Ok(DerivedKind::Checksum { algorithm, over, seed })
}

fn pad(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let word_ahead = input.peek(Ident::peek_any) && {
        let word = input.fork().call(Ident::parse_any)?;
        word == "strict" || (word == "fill" && input.peek2(Token![=]))
    };
    let mut filling = Filling::default();
    if input.is_empty() || word_ahead {
        arguments(input, |argument| filling.take(argument))?;
        return Ok(DerivedKind::Pad { len: None, filling });
    }
    let len = Some(input.parse()?);
    more_arguments(input, |argument| filling.take(argument))?;
    Ok(DerivedKind::Pad { len, filling })
}

fn align(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let (to, mut filling) = (input.parse()?, Filling::default());
    more_arguments(input, |argument| filling.take(argument))?;
    Ok(DerivedKind::Align { to, filling })
}

impl Filling {
    fn take(&mut self, argument: super::Argument) -> syn::Result<()> {
        match argument.name.to_string().as_str() {
            "strict" => argument.flag().map(|_| self.strict = true),
            "fill" => argument.expr().map(|byte| self.fill = Some(byte)),
            _ => Err(argument.unknown(&["strict", "fill"])),
        }
    }
}

fn calc(input: ParseStream<'_>) -> syn::Result<DerivedKind> {
    let expr = bare(input)?;
    let mut verify = false;
    more_arguments(input, |argument| match argument.name.to_string().as_str() {
        "verify" => argument.flag().map(|_| verify = true),
        _ => Err(argument.unknown(&["verify"])),
    })?;
    Ok(DerivedKind::Calc { expr, verify })
}
