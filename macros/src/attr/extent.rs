//! Parses the words that say where a field ends: `len_prefixed`, `until`, `fixed` and others.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprClosure, Ident, Lit, Token};

use super::number::WireWord;
use super::{Argument, Order, arguments, bare, more_arguments};

#[derive(Clone, Debug)]
pub(crate) enum ExtentWord {
    LenPrefixed(LenPrefixed),
    CountPrefixed(CountPrefixed),
    Len { expr: Expr, lenient: bool, stop: Option<Stop> },
    Count { expr: Expr },
    Until { delimiter: Delimiter, lenient: bool, ending: Ending, optional: Option<Span> },
    Fixed { len: Expr, fill: Option<Expr>, lenient: bool, stop: Option<Stop> },
    Rest,
}

/// The arguments of `len_prefixed`.
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

/// The arguments of `count_prefixed`.
#[derive(Clone, Debug)]
pub(crate) struct CountPrefixed {
    pub(crate) wire: WireWord,
    pub(crate) max: Option<Expr>,
    pub(crate) none: Option<Expr>,
}

/// The argument of `until`: the delimiter or condition that ends the field.
#[derive(Clone, Debug)]
pub(crate) enum Delimiter {
    /// A byte string.
    Bytes(Box<Expr>),
    /// A value to compare with: a byte or bytes, or an item if the field is a list.
    Value(Box<Expr>),
    /// A closure that returns `true` for the last item.
    Closure(Box<ExprClosure>),
}

/// The delimiter that may end a value before the end of its extent, as in
/// `#[fixed(16, until = 0)]`.
#[derive(Clone, Debug)]
pub(crate) struct Stop {
    pub(crate) until: Expr,
    /// The padding byte after the delimiter.
    pub(crate) fill: Option<Expr>,
}

/// What happens to a delimiter on decode.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    Consumed,
    Left(Span),
    Between(Span),
    /// The delimiter separates the items of a list.
    Separates,
}

impl Ending {
    /// Returns the word that chooses this variant of `Ending`, and its span.
    pub(crate) fn word(self) -> Option<(&'static str, Span)> {
        match self {
            Self::Left(span) => Some(("left", span)),
            Self::Between(span) => Some(("between", span)),
            Self::Consumed | Self::Separates => None,
        }
    }
}

impl ExtentWord {
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

/// The words that may follow the wire type of a prefix.
const PREFIX_WORDS: [&str; 7] = ["inclusive", "max", "scale", "bias", "none", "lenient", "order"];

/// Returns `true` if the next token begins a wire type rather than `word` or `word = ..`.
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
    // `len_prefixed(u16, le)` changes the order of only this prefix.
    let ahead = input.fork();
    if let Ok(order @ WireWord { number: None, .. }) = ahead.parse::<WireWord>() {
        input.parse::<WireWord>()?;
        (wire.order, wire.order_by) = (order.order, order.order_by);
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
            "order" => words.wire.order_by = Some(order_by(&words.wire, argument)?),
            _ => return Err(argument.unknown(&PREFIX_WORDS)),
        }
        Ok(())
    })?;
    Ok(words)
}

pub(super) fn count_prefixed(input: ParseStream<'_>) -> syn::Result<CountPrefixed> {
    let Some(wire) = prefix_wire(input)? else {
        let message = "write the wire type of the count, as in `#[count_prefixed(u16)]`";
        return Err(syn::Error::new(input.span(), message));
    };
    let mut words = CountPrefixed { wire, max: None, none: None };
    arguments(input, |argument| {
        match argument.name.to_string().as_str() {
            "max" => words.max = Some(argument.expr()?),
            "none" => words.none = Some(argument.expr()?),
            "order" => words.wire.order_by = Some(order_by(&words.wire, argument)?),
            _ => return Err(argument.unknown(&["max", "none", "order"])),
        }
        Ok(())
    })?;
    Ok(words)
}

/// Returns the value of `order = ..` in a prefix, or an error if the prefix already has `be` or
/// `le`.
fn order_by(wire: &WireWord, argument: Argument) -> syn::Result<Expr> {
    if wire.order.is_some() {
        return Err(syn::Error::new(argument.name.span(), "at most one byte order is allowed"));
    }
    argument.expr()
}

/// The arguments of `fixed(N, ..)` and `len(N, ..)`.
#[derive(Default)]
struct PlaceWords {
    lenient: Option<Span>,
    until: Option<Expr>,
    fill: Option<Expr>,
}

impl PlaceWords {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut words = Self::default();
        more_arguments(input, |argument| {
            match argument.name.to_string().as_str() {
                "lenient" => words.lenient = Some(argument.flag()?),
                "fill" => words.fill = Some(argument.expr()?),
                "until" => {
                    let until = argument.expr()?;
                    valid(&until)?;
                    words.until = Some(until);
                }
                _ => return Err(argument.unknown(&["fill", "until", "lenient"])),
            }
            Ok(())
        })?;
        match (&words.until, words.lenient) {
            (Some(until), Some(_)) => Err(syn::Error::new_spanned(
                until,
                "the bytes after the delimiter are ignored anyway: remove `lenient`",
            )),
            _ => Ok(words),
        }
    }

    fn stop(self) -> Option<Stop> {
        let fill = self.fill;
        self.until.map(|until| Stop { until, fill })
    }
}

pub(super) fn len(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    let expr = bare(input)?;
    let words = PlaceWords::parse(input)?;
    if let (Some(fill), None) = (&words.fill, &words.until) {
        let message = "the value has exactly the size of `len`, so there is nothing to fill: remove `fill`";
        return Err(syn::Error::new_spanned(fill, message));
    }
    Ok(ExtentWord::Len { expr, lenient: words.lenient.is_some(), stop: words.stop() })
}

pub(super) fn count(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    Ok(ExtentWord::Count { expr: bare(input)? })
}

/// Returns the alternatives of a delimiter, as in `b"\r\n" | b"\n"`.
pub(crate) fn alternatives(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Binary(binary) if matches!(binary.op, syn::BinOp::BitOr(_)) => {
            alternatives(&binary.left).into_iter().chain(alternatives(&binary.right)).collect()
        }
        Expr::Group(group) => alternatives(&group.expr),
        other => vec![other],
    }
}

/// Returns the bytes of an alternative if it is a literal.
pub(crate) fn literal_bytes(expr: &Expr) -> Option<Vec<u8>> {
    match expr {
        Expr::Lit(syn::ExprLit { lit: Lit::ByteStr(bytes), .. }) => Some(bytes.value()),
        _ => u8::try_from(crate::ast::number(expr)?).ok().map(|byte| vec![byte]),
    }
}

/// Returns the bytes of a delimiter in UTF-16 text if it is a literal. Each byte of `b"\r\n"`
/// stands for one code unit. A literal of even length with a zero byte, such as `b"\0\r\0\n"`,
/// already consists of code units and is taken as it is.
pub(crate) fn literal_units(expr: &Expr, order: Order) -> Option<Vec<u8>> {
    let unit = |unit: u16| if order == Order::Little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    match expr {
        Expr::Lit(syn::ExprLit { lit: Lit::ByteStr(bytes), .. }) => {
            let bytes = bytes.value();
            let is_raw = bytes.contains(&0) && bytes.len() % 2 == 0;
            Some(if is_raw {
                bytes
            } else {
                bytes.into_iter().flat_map(|byte| unit(u16::from(byte))).collect()
            })
        }
        _ => u16::try_from(crate::ast::number(expr)?).ok().map(|number| unit(number).to_vec()),
    }
}

/// Returns an error if the expression cannot be a delimiter.
fn valid(expr: &Expr) -> syn::Result<()> {
    let all = alternatives(expr);
    for each in &all {
        match each {
            Expr::Lit(syn::ExprLit { lit: Lit::ByteStr(bytes), .. }) if bytes.value().is_empty() => {
                return Err(syn::Error::new(bytes.span(), "a delimiter needs at least one byte"));
            }
            Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => {
                let message = format!("delimiters are bytes: write `b{:?}`", text.value());
                return Err(syn::Error::new(text.span(), message));
            }
            _ => {}
        }
    }
    let known: Vec<_> = all.iter().filter_map(|each| Some((*each, literal_bytes(each)?))).collect();
    for (index, (expr, bytes)) in known.iter().enumerate() {
        for (_, other) in known[..index].iter() {
            if bytes.starts_with(other) || other.starts_with(bytes) {
                let message = "one alternative is a prefix of another, so it is ambiguous which of them ends a value: \
                               remove one";
                return Err(syn::Error::new_spanned(expr, message));
            }
        }
    }
    Ok(())
}

pub(super) fn delimiter(input: ParseStream<'_>) -> syn::Result<Expr> {
    let expr: Expr = input.parse()?;
    valid(&expr)?;
    Ok(expr)
}

pub(super) fn until(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    let expr = delimiter(input)?;
    let is_bytes = |each: &&Expr| matches!(each, Expr::Lit(syn::ExprLit { lit: Lit::ByteStr(_), .. }));
    let delimiter = match expr {
        Expr::Closure(closure) => Delimiter::Closure(Box::new(closure)),
        expr if alternatives(&expr).iter().any(is_bytes) => Delimiter::Bytes(Box::new(expr)),
        other => Delimiter::Value(Box::new(other)),
    };
    let (mut lenient, mut ending, mut optional) = (false, Ending::Consumed, None);
    more_arguments(input, |argument| {
        let word = match argument.name.to_string().as_str() {
            "lenient" => return argument.flag().map(|_| lenient = true),
            "optional" => return argument.flag().map(|span| optional = Some(span)),
            "left" => Ending::Left(argument.flag()?),
            "between" => Ending::Between(argument.flag()?),
            _ => return Err(argument.unknown(&["left", "optional", "between", "lenient"])),
        };
        if let Some((_, span)) = ending.word() {
            return Err(syn::Error::new(span, "`left` and `between` cannot be combined: remove one"));
        }
        ending = word;
        Ok(())
    })?;
    if let (Ending::Between(span), Some(_)) = (ending, optional) {
        let message = "`between` already decides when the delimiter is present: remove `optional`";
        return Err(syn::Error::new(span, message));
    }
    Ok(ExtentWord::Until { delimiter, lenient, ending, optional })
}

pub(super) fn fixed(input: ParseStream<'_>) -> syn::Result<ExtentWord> {
    let len = bare(input)?;
    let words = PlaceWords::parse(input)?;
    let (fill, lenient) = (words.fill.clone(), words.lenient.is_some());
    Ok(ExtentWord::Fixed { len, fill, lenient, stop: words.stop() })
}
