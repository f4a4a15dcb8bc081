//! Parses wire types of numbers, as accepted by `#[wire(..)]`, prefixes and tags.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Token, Type, parenthesized};

use super::{Argument, Order, arguments, bare};
use crate::ctxt::nearest;

/// The wire type of a number.
#[derive(Clone, Debug)]
pub(crate) enum NumberWord {
    /// A Rust number type in the declared byte order, or a user's type.
    Rust(Box<Type>),
    /// An integer of 3, 5, 6 or 7 bytes.
    Odd { bytes: usize, signed: bool },
    /// LEB128.
    Varint { ty: Option<Box<Type>>, max: Option<Expr>, padded: bool },
    /// LEB128 of a zigzag-coded signed number.
    Zigzag { ty: Option<Box<Type>> },
    /// The variable-length integer of QUIC (RFC 9000, section 16).
    Quic,
    /// LEB128 of at most four bytes, as in MQTT.
    Mqtt,
    /// Decimal digits.
    Dec,
    /// Hexadecimal digits.
    Hex { lower: bool },
    /// Binary-coded decimal: two digits in each byte.
    Bcd { bytes: Box<Expr>, fill: Option<Box<Expr>>, swapped: bool },
    /// `bytes(len)`: an integer of as many bytes as `len` evaluates to.
    InBytes { len: Box<Expr> },
}

/// A [`NumberWord`] with its byte order, if given.
#[derive(Clone, Debug)]
pub(crate) struct WireWord {
    pub(crate) number: Option<NumberWord>,
    pub(crate) order: Option<Order>,
    /// The expression of `order = ..`.
    pub(crate) order_by: Option<Expr>,
    /// The span of `whole`: the wire type applies to the whole list rather than to each item.
    pub(crate) whole: Option<Span>,
    /// The span of `by_ref`: the value is converted by reference.
    pub(crate) by_ref: Option<Span>,
    pub(crate) span: Span,
}

impl WireWord {
    fn new(number: Option<NumberWord>, order: Option<Order>, span: Span) -> Self {
        Self { number, order, order_by: None, whole: None, by_ref: None, span }
    }

    pub(crate) fn plain(ty: Type) -> Self {
        let span = ty.span();
        Self::new(Some(NumberWord::Rust(Box::new(ty))), None, span)
    }
}

impl WireWord {
    /// Returns `true` if `be`, `le` or `order = ..` is given.
    pub(crate) fn has_order(&self) -> bool {
        self.order.is_some() || self.order_by.is_some()
    }

    /// Returns the wire type if it is a user's type, to which the value is converted.
    pub(crate) fn converted(&self) -> Option<&Type> {
        match &self.number {
            Some(NumberWord::Rust(ty)) if crate::ast::scalar(ty).is_none() || self.by_ref.is_some() => {
                Some(ty)
            }
            _ => None,
        }
    }
}

impl Parse for WireWord {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        let ahead = input.fork();
        let word = match ahead.call(Ident::parse_any) {
            Ok(ident) if !ahead.peek(Token![::]) => named(&ident, &ahead)?,
            _ => None,
        };
        if let Some(word) = word {
            syn::parse::discouraged::Speculative::advance_to(input, &ahead);
            return Ok(Self { span, ..word });
        }
        if let Ok(text) = input.fork().parse::<syn::LitStr>() {
            let message = format!("write the wire type without quotes: `{}`", text.value());
            return Err(syn::Error::new(span, message));
        }
        let ty: Type = input.parse()?;
        let span = ty.span();
        Ok(Self::new(Some(NumberWord::Rust(Box::new(ty))), None, span))
    }
}

/// Parses the built-in wire type called `ident` and its arguments. Returns `None` if there is no
/// built-in wire type of that name.
fn named(ident: &Ident, input: ParseStream<'_>) -> syn::Result<Option<WireWord>> {
    let number = match ident.unraw().to_string().as_str() {
        "be" => return Ok(Some(of_order(Order::Big))),
        "le" => return Ok(Some(of_order(Order::Little))),
        "order" if input.peek(Token![=]) => {
            input.parse::<Token![=]>()?;
            return Ok(Some(WireWord {
                order_by: Some(bare(input)?),
                ..WireWord::new(None, None, ident.span())
            }));
        }
        "varint" => {
            let VarintWords { ty, max, padded } = VarintWords::parse(input)?;
            NumberWord::Varint { ty, max, padded: padded.is_some() }
        }
        "zigzag" => {
            let VarintWords { ty, max, padded } = VarintWords::parse(input)?;
            if let Some(span) = padded {
                return Err(syn::Error::new(span, "`padded` is for `varint`"));
            }
            if let Some(max) = max {
                return Err(syn::Error::new_spanned(max, "`max` is for `varint`"));
            }
            NumberWord::Zigzag { ty }
        }
        "quic" => NumberWord::Quic,
        "mqtt" => NumberWord::Mqtt,
        "dec" => NumberWord::Dec,
        "hex" => NumberWord::Hex { lower: hex_args(input)? },
        "bcd" => bcd(ident, input)?,
        "bytes" if !input.peek(syn::token::Paren) => {
            let message = "write the field that has the number of bytes, as in `bytes(width)`";
            return Err(syn::Error::new(ident.span(), message));
        }
        "bytes" => {
            let content;
            parenthesized!(content in input);
            NumberWord::InBytes { len: Box::new(super::bare(&content)?) }
        }
        name => match odd_width(name) {
            Some((bytes, signed)) => NumberWord::Odd { bytes, signed },
            None => {
                misspelt(ident)?;
                return Ok(None);
            }
        },
    };
    Ok(Some(WireWord::new(Some(number), None, ident.span())))
}

/// Returns an error if a lower-case name is similar to a built-in wire type and is not a Rust type.
/// Names of users' types begin with an upper-case letter.
fn misspelt(ident: &Ident) -> syn::Result<()> {
    const WORDS: [&str; 18] = [
        "varint", "zigzag", "quic", "mqtt", "dec", "hex", "bcd", "bytes", "be", "le", "u24", "u40", "u48",
        "u56", "i24", "i40", "i48", "i56",
    ];
    let name = ident.unraw().to_string();
    let rusts = ["u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "f32", "f64"];
    let others = ["usize", "isize", "bool", "char", "str", "crate", "self", "super"];
    if !name.starts_with(char::is_lowercase) || rusts.contains(&&*name) || others.contains(&&*name) {
        return Ok(());
    }
    if let Some(hint) = out_of_place(&name) {
        return Err(syn::Error::new(ident.span(), hint));
    }
    let words: Vec<_> = WORDS.into_iter().chain(rusts).collect();
    match nearest(&name, &words) {
        Some(word) => {
            let message = format!("unknown wire type `{name}`: did you mean `{word}`?");
            Err(syn::Error::new(ident.span(), message))
        }
        None => Ok(()),
    }
}

/// Returns advice for a word that belongs in the parentheses after a wire type, such as `padded`.
fn out_of_place(name: &str) -> Option<&'static str> {
    Some(match name {
        "lower" | "lowercase" | "lower_hex" | "hex_lower" | "lowerhex" | "hexlower" => {
            "for lower-case digits write `hex(lower)`"
        }
        "upper" | "uppercase" | "upper_hex" | "hex_upper" | "upperhex" | "hexupper" => UPPER,
        "padded" => "`padded` belongs in the brackets of `varint`: `varint(padded)`",
        "max" => "`max` belongs in the brackets of `varint`: `varint(max = 4)`",
        "swapped" => "`swapped` belongs in the brackets of `bcd`: `bcd(4, swapped)`",
        "fill" => "`fill` belongs in the brackets of `bcd`: `bcd(4, fill = 0xf)`",
        _ => return None,
    })
}

const UPPER: &str = "`hex` alone writes upper case: write `hex`, or `hex(lower)` for lower case";

fn of_order(order: Order) -> WireWord {
    WireWord::new(None, Some(order), Span::call_site())
}

fn odd_width(name: &str) -> Option<(usize, bool)> {
    let (signed, bits) = match name.split_at_checked(1)? {
        ("u", bits) => (false, bits),
        ("i", bits) => (true, bits),
        _ => return None,
    };
    let bytes = match bits {
        "24" => 3,
        "40" => 5,
        "48" => 6,
        "56" => 7,
        _ => return None,
    };
    Some((bytes, signed))
}

/// The arguments of `varint`: `(u64)`, `(max = 4)`, `(padded)`, `(u64, max = 4, padded)` or none.
#[derive(Default)]
struct VarintWords {
    ty: Option<Box<Type>>,
    max: Option<Expr>,
    padded: Option<Span>,
}

impl VarintWords {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut words = Self::default();
        if !input.peek(syn::token::Paren) {
            return Ok(words);
        }
        let content;
        parenthesized!(content in input);
        let is_padded = content.fork().call(Ident::parse_any).is_ok_and(|word| word == "padded");
        let is_option = is_padded || (content.peek(Ident::peek_any) && content.peek2(Token![=]));
        if !content.is_empty() && !is_option {
            words.ty = Some(Box::new(content.parse()?));
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        arguments(&content, |argument: Argument| {
            match argument.name.to_string().as_str() {
                "max" => words.max = Some(argument.expr()?),
                "padded" => words.padded = Some(argument.flag()?),
                _ => return Err(argument.unknown(&["max", "padded"])),
            }
            Ok(())
        })?;
        Ok(words)
    }
}

/// Parses the arguments of `bcd`: `(N)`, `(N, swapped)`, `(N, fill = 0xf)`.
fn bcd(word: &Ident, input: ParseStream<'_>) -> syn::Result<NumberWord> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), "write the number of bytes, as in `bcd(4)`"));
    }
    let content;
    parenthesized!(content in input);
    let bytes = Box::new(super::bare(&content)?);
    let (mut fill, mut swapped) = (None, false);
    super::more_arguments(&content, |argument: Argument| {
        match argument.name.to_string().as_str() {
            "fill" => fill = Some(Box::new(argument.expr()?)),
            "swapped" => swapped = argument.flag().map(|_| true)?,
            _ => return Err(argument.unknown(&["fill", "swapped"])),
        }
        Ok(())
    })?;
    Ok(NumberWord::Bcd { bytes, fill, swapped })
}

fn hex_args(input: ParseStream<'_>) -> syn::Result<bool> {
    if input.peek(Token![=]) || input.peek(Token![:]) {
        return Err(input.error("the option of `hex` is written in brackets: `hex(lower)`"));
    }
    let mut lower = false;
    if input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in input);
        arguments(&content, |argument| match argument.name.to_string().as_str() {
            "lower" => argument.flag().map(|_| lower = true),
            "upper" | "uppercase" => Err(syn::Error::new(argument.name.span(), UPPER)),
            _ => Err(argument.unknown(&["lower"])),
        })?;
    }
    Ok(lower)
}

/// Parses the arguments of `#[wire(..)]`: a wire type, a byte order, or both.
pub(super) fn wire(input: ParseStream<'_>) -> syn::Result<WireWord> {
    let mut wire: WireWord = input.parse()?;
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if input.is_empty() {
            break;
        }
        let ahead = input.fork();
        let flag = match ahead.call(Ident::parse_any) {
            Ok(word) if word == "whole" => Some(&mut wire.whole),
            Ok(word) if word == "by_ref" => Some(&mut wire.by_ref),
            _ => None,
        };
        if let Some(flag) = flag {
            *flag = Some(input.span());
            input.call(Ident::parse_any)?;
            continue;
        }
        let more: WireWord = input.parse()?;
        let twice =
            (wire.number.is_some() && more.number.is_some()) || (wire.has_order() && more.has_order());
        if twice {
            return Err(syn::Error::new(more.span, "at most one wire type and one byte order are allowed"));
        }
        wire.number = wire.number.or(more.number);
        wire.order = wire.order.or(more.order);
        wire.order_by = wire.order_by.or(more.order_by);
    }
    Ok(wire)
}
