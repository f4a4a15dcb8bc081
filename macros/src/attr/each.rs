//! Parses `#[each(..)]`, whose arguments are the words of the items of a list.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Token};

use super::field::FieldAttrs;
use super::path_name;
use crate::ctxt::{Ctxt, suggest};

const WORDS: [&str; 15] = [
    "len_prefixed",
    "count_prefixed",
    "len",
    "count",
    "until",
    "fixed",
    "wire",
    "bits",
    "text",
    "tag",
    "ctx",
    "with",
    "none",
    "separated",
    "each",
];

/// The names `size` and `sizes` of `each(size in sizes, ..)`.
type Element = Option<(Ident, Ident)>;

/// Parses the words within `each(..)` as attributes: `each(len(2))` gives `#[len(2)]`.
pub(super) fn words(input: ParseStream<'_>, each: Span) -> syn::Result<(Element, Vec<Attribute>)> {
    if input.is_empty() {
        return Err(syn::Error::new(each, "write the words of an item, as in `each(len_prefixed(u8))`"));
    }
    let element = if input.peek2(Token![in]) { Some(element(input, each)?) } else { None };
    let mut words = Vec::new();
    while !input.is_empty() {
        super::refuse_comma(input)?;
        let word: syn::Meta = match input.fork().call(Ident::parse_any) {
            Ok(name) if input.peek2(Token![=]) => {
                return Err(syn::Error::new(name.span(), format!("write `{name}(..)`")));
            }
            _ => input.parse()?,
        };
        words.push(syn::parse_quote_spanned!(word.span()=> #[#word]));
        if input.is_empty() {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    Ok((element, words))
}

/// Parses `size in sizes` and the comma after it.
fn element(input: ParseStream<'_>, each: Span) -> syn::Result<(Ident, Ident)> {
    let name = input.parse()?;
    input.parse::<Token![in]>()?;
    let list = input.call(Ident::parse_any)?;
    if input.is_empty() {
        let message =
            format!("write the words that use `{name}`, as in `each({name} in {list}, len({name}))`");
        return Err(syn::Error::new(each, message));
    }
    input.parse::<Token![,]>()?;
    Ok((name, list))
}

/// Reads the words of an item, and reports words that items cannot have.
pub(super) fn attributes(cx: &Ctxt, words: &[Attribute]) -> FieldAttrs {
    let before = cx.count();
    for word in words {
        let name = path_name(word.path());
        if !WORDS.contains(&name.as_str()) {
            let message = match super::ty::is_word(&name) {
                true => format!("`{name}` is for fields, not for items: remove it"),
                false => format!("unknown word `{name}`: {}", suggest(&name, &WORDS)),
            };
            cx.error(word.path().span(), message);
        }
    }
    let attrs = FieldAttrs::parse(cx, words);
    FieldAttrs { failed: cx.count() > before, ..attrs }
}
