//! Where a field ends: the words for extents.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprClosure, Ident, Lit, Token};

use super::number::WireWord;
use super::{arguments, bare, more_arguments};

/// Where a field ends.
#[derive(Clone, Debug)]
pub(crate) enum ExtentWord {
    LenPrefixed(LenPrefixed),
    CountPrefixed(CountPrefixed),
    Len { expr: Expr, lenient: bool },
    Count { expr: Expr },
    Until { delimiter: Delimiter, lenient: bool },
    Fixed { len: Expr, fill: Option<Expr>, lenient: bool },
    Rest,
}

/// The words of `len_prefixed`.
#[derive(Clone, Debug)]
pub(crate) struct LenPrefixed {
    pub(crate) wire: WireWord,
    pub(crate) inclusive: Option<Span>,
    pub(crate) max: Option<Expr>,
    pub(crate) scale: Option<Expr>,
    pub(crate) bias: Option<Expr>,
    pub(crate) none: Option<Expr>,
    pub(crate) lenient: bool,
}

/// The words of `count_prefixed`.
#[derive(Clone, Debug)]
pub(crate) struct CountPrefixed {
    pub(crate) wire: WireWord,
    pub(crate) max: Option<Expr>,
    pub(crate) none: Option<Expr>,
}

/// What `until` looks for.
#[derive(Clone, Debug)]
pub(crate) enum Delimiter {
    /// A byte string.
    Bytes(Box<Expr>),
    /// A byte, bytes, or for a list an item, equal to this.
    Value(Box<Expr>),
    /// The item for which this holds.
    Closure(Box<ExprClosure>),
}

impl ExtentWord {
    /// How the user writes it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::LenPrefixed(_) => "len_prefixed",
            Self::CountPrefixed(_) => "count_prefixed",
            Self::Len { .. } => "len",
            Self::Count { .. } => "count",
            Self::Until { .. } => "until",
            Self::Fixed { .. } => "fixed",
            Self::Rest => "rest",
        }
    }
}

/// The names of the words that follow a prefix's wire type.
const PREFIX_WORDS: [&str; 6] = ["inclusive", "max", "scale", "bias", "none", "lenient"];

/// Whether the next token begins a wire type rather than `word` or `word = ..`.
fn wire_ahead(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    if input.is_empty() {
        return false;
    }
    match ahead.call(Ident::parse_any) {
        Ok(ident) => !ahead.peek(Token![=]) && !PREFIX_WORDS.contains(&ident.to_string().as_str()),
        Err(_) => true,
    }
}

fn prefix_wire(input: ParseStream<'_>) -> syn::Result<Option<WireWord>> {
    if !wire_ahead(input) {
        return Ok(None);
    }
    let mut wire: WireWord = input.parse()?;
    if wire.number.is_none() {
        return Err(syn::Error::new(wire.span, "write the wire type of the prefix first, such as `u16`"));
    }
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    // `len_prefixed(u16, le)` turns the order of this one prefix.
    let ahead = input.fork();
    if let Ok(order @ WireWord { number: None, .. }) = ahead.parse::<WireWord>() {
        input.parse::<WireWord>()?;
        wire.order = order.order;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(Some(wire))
}

pub(super) fn len_prefixed(input: ParseStream<'_>, word: Span) -> syn::Result<LenPrefixed> {
    let default = || WireWord { span: word, ..WireWord::plain(syn::parse_quote!(u32)) };
    let wire = prefix_wire(input)?.unwrap_or_else(default);
    let mut words =
        LenPrefixed { wire, inclusive: None, max: None, scale: None, bias: None, none: None, lenient: false };
    arguments(input, |argument| {
        match argument.name.to_string().as_str() {
            "inclusive" => words.inclusive = Some(argument.flag()?),
            "lenient" => words.lenient = argument.flag().map(|_| true)?,
            "max" => words.max = Some(argument.expr()?),
            "scale" => words.scale = Some(argument.expr()?),
            "bias" => words.bias = Some(argument.expr()?),
            "none" => words.none = Some(argument.expr()?),
            _ => return Err(argument.unknown(&PREFIX_WORDS)),
        }
        Ok(())
    })?;
    Ok(words)
}

pub(super) fn count_prefixed(input: ParseStream<'_>) -> syn::Result<CountPrefixed> {
    let Some(wire) = prefix_wire(input)? else {
        let message = "say the wire type of the count, as in `#[count_prefixed(u16)]`";
        return Err(syn::Error::new(input.span(), message));
    };
    let mut words = CountPrefixed { wire, max: None, none: None };
    arguments(input, |argument| {
        match argument.name.to_string().as_str() {
            "max" => words.max = Some(argument.expr()?),
            "none" => words.none = Some(argument.expr()?),
            _ => return Err(argument.unknown(&["max", "none"])),
        }
        Ok(())
    })?;
    Ok(words)
}

/// Takes `lenient` from what follows a positional argument.
fn lenient(input: ParseStream<'_>) -> syn::Result<bool> {
    let mut lenient = false;
    more_arguments(input, |argument| match argument.name.to_string().as_str() {
        "lenient" => argument.flag().map(|_| lenient = true),
        _ => Err(argument.unknown(&["lenient"])),
    })?;
    Ok(lenient)
}

pub(super) fn len(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    let expr = bare(input)?;
    Ok(ExtentWord::Len { expr, lenient: lenient(input)? })
}

pub(super) fn count(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    Ok(ExtentWord::Count { expr: bare(input)? })
}

/// An expression that is no text, nor bytes of which there are none.
pub(super) fn delimiter(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr: Expr = input.parse()?;
    let Expr::Lit(syn::ExprLit { lit, .. }) = &expr else { return Ok(expr) };
    match lit {
        Lit::ByteStr(bytes) if bytes.value().is_empty() => {
            Err(syn::Error::new(bytes.span(), "a delimiter needs at least one byte"))
        }
        Lit::Str(text) => {
            Err(syn::Error::new(text.span(), format!("delimiters are bytes: write `b{:?}`", text.value())))
        }
        _ => Ok(expr),
    }
}

pub(super) fn until(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    let expr = delimiter(input)?;
    let delimiter = match expr {
        Expr::Lit(syn::ExprLit { lit: Lit::ByteStr(_), .. }) => Delimiter::Bytes(Box::new(expr)),
        Expr::Closure(closure) => Delimiter::Closure(Box::new(closure)),
        other => Delimiter::Value(Box::new(other)),
    };
    Ok(ExtentWord::Until { delimiter, lenient: lenient(input)? })
}

pub(super) fn fixed(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    let len = bare(input)?;
    let (mut fill, mut lenient) = (None, false);
    more_arguments(input, |argument| {
        match argument.name.to_string().as_str() {
            "fill" => fill = Some(argument.expr()?),
            "lenient" => lenient = argument.flag().map(|_| true)?,
            _ => return Err(argument.unknown(&["fill", "lenient"])),
        }
        Ok(())
    })?;
    Ok(ExtentWord::Fixed { len, fill, lenient })
}
