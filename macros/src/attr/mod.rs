//! Parses attributes. Only their syntax is checked here; `check` and `lower` check what they mean.

mod derived;
mod each;
mod extent;
mod field;
mod number;
mod text;
mod ty;

pub(crate) use derived::{DerivedKind, FieldRange, Filling, LenOf, RangeKind};
pub(crate) use extent::{
    CountPrefixed, Delimiter, Ending, ExtentWord, LenPrefixed, Stop, alternatives, literal_bytes,
    literal_units,
};
pub(crate) use field::{Bits, Check, FieldAttrs, FieldTag, Presence, orders};
pub(crate) use number::{NumberWord, WireWord};
pub(crate) use text::Encoding;
pub(crate) use ty::{HeadWord, TagWord, TypeAttrs, VariantAttrs};

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Meta, Token};

use crate::ctxt::{Ctxt, suggest};

/// A value and its span in the source.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Big,
    Little,
}

/// An argument in a list: `word` or `word = expr`.
struct Argument {
    name: Ident,
    value: Option<Expr>,
}

impl Argument {
    /// Parses the value after the name, if there is one.
    fn after(name: Ident, input: ParseStream<'_>) -> syn::Result<Self> {
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self { name, value })
    }

    /// Returns `value` of `name = value`, or an error if there is no value.
    fn expr(self) -> syn::Result<Expr> {
        let message = format!("write `{} = ..`", self.name);
        self.value.ok_or_else(|| syn::Error::new(self.name.span(), message))
    }

    /// Returns the span of an argument without a value, or an error if it has a value.
    fn flag(self) -> syn::Result<Span> {
        match self.value {
            None => Ok(self.name.span()),
            Some(value) => Err(syn::Error::new_spanned(value, format!("`{}` takes no value", self.name))),
        }
    }

    fn unknown(&self, legal: &[&str]) -> syn::Error {
        unknown_word(&self.name, legal)
    }
}

/// Parses comma-separated words. `take` gets each of them, and parses what belongs to it.
fn words(
    input: ParseStream<'_>,
    mut take: impl FnMut(Ident, ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    let mut said: Vec<Ident> = Vec::new();
    while !input.is_empty() {
        refuse_comma(input)?;
        let word = input.call(Ident::parse_any)?;
        if said.contains(&word) {
            return Err(said_twice(&word.unraw().to_string(), word.span()));
        }
        said.push(word.clone());
        take(word, input)?;
        if input.is_empty() {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// Parses comma-separated arguments and passes each to `take`.
fn arguments(input: ParseStream<'_>, mut take: impl FnMut(Argument) -> syn::Result<()>) -> syn::Result<()> {
    words(input, |name, input| take(Argument::after(name, input)?))
}

/// Returns an error if a comma is next where a word is expected.
fn refuse_comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![,]) {
        return Err(syn::Error::new(input.span(), "there is no word before this comma: remove it"));
    }
    Ok(())
}

fn said_twice(word: &str, span: Span) -> syn::Error {
    syn::Error::new(span, format!("duplicate `{word}`: remove one"))
}

/// Like [`words`], after a first positional argument: parses a comma and the words after it.
fn more_words(
    input: ParseStream<'_>,
    take: impl FnMut(Ident, ParseStream<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    input.parse::<Token![,]>()?;
    words(input, take)
}

/// Like [`arguments`], after a first positional argument.
fn more_arguments(
    input: ParseStream<'_>,
    mut take: impl FnMut(Argument) -> syn::Result<()>,
) -> syn::Result<()> {
    more_words(input, |name, input| take(Argument::after(name, input)?))
}

/// Parses the `=` between a word and its value.
fn equals(word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(word.span(), format!("write `{word} = ..`")));
    }
    input.parse::<Token![=]>().map(drop)
}

fn unknown_word(word: &Ident, legal: &[&str]) -> syn::Error {
    let name = word.unraw().to_string();
    syn::Error::new(word.span(), format!("unknown word `{name}`: {}", suggest(&name, legal)))
}

/// Parses an expression, and refuses a string literal: the user may have put the expression in
/// quotes.
fn bare(input: ParseStream<'_>) -> syn::Result<Expr> {
    match input.parse()? {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => {
            let message = format!("write the expression without quotes: `{}`", text.value());
            Err(syn::Error::new(text.span(), message))
        }
        expr => Ok(expr),
    }
}

/// Parses the arguments of an attribute. `#[word]` without parentheses means `#[word()]`.
fn args<T>(attr: &Attribute, parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    let parse_all = |input: ParseStream<'_>| {
        let value = parse(input)?;
        if input.is_empty() {
            Ok(value)
        } else {
            Err(input.error("unexpected token: this word takes no more arguments"))
        }
    };
    match &attr.meta {
        Meta::Path(path) => {
            // Report a missing argument at the word.
            syn::parse::Parser::parse2(parse_all, proc_macro2::TokenStream::new())
                .map_err(|error| syn::Error::new(path.span(), error))
        }
        Meta::List(list) => list.parse_args_with(parse_all),
        Meta::NameValue(pair) => {
            Err(syn::Error::new_spanned(pair, format!("write `#[{}(..)]`", path_name(&pair.path))))
        }
    }
}

fn path_name(path: &syn::Path) -> String {
    path.get_ident().map(|ident| ident.unraw().to_string()).unwrap_or_default()
}

/// Sets `slot` to `value`, or reports a duplicate if the slot is already set.
fn set<T>(cx: &Ctxt, slot: &mut Option<At<T>>, word: &str, span: Span, value: Option<T>) {
    let Some(value) = value else { return };
    if slot.is_some() {
        cx.push(said_twice(word, span));
    } else {
        *slot = Some(At { value, span });
    }
}

/// Returns the text of the doc comments among `attrs`.
pub(crate) fn doc(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<_> =
        lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned()).collect();
    lines.join("\n").trim().to_owned()
}
