//! Parses `#[text(..)]`, the encoding of text.

use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

use super::Order;

/// The encoding of text other than UTF-8.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoding {
    Ascii,
    Latin1,
    /// UTF-16 in the given byte order, or in the type's byte order if `None`.
    Utf16(Option<Order>),
}

const WORDS: [&str; 5] = ["ascii", "latin1", "utf16", "utf16be", "utf16le"];

pub(super) fn text(input: ParseStream<'_>, word: Span) -> syn::Result<Encoding> {
    if input.is_empty() {
        return Err(syn::Error::new(
            word,
            "write the encoding, as in `#[text(latin1)]`; text is UTF-8 otherwise",
        ));
    }
    let name = input.call(Ident::parse_any)?;
    Ok(match name.to_string().as_str() {
        "ascii" => Encoding::Ascii,
        "latin1" => Encoding::Latin1,
        "utf16" => Encoding::Utf16(None),
        "utf16be" => Encoding::Utf16(Some(Order::Big)),
        "utf16le" => Encoding::Utf16(Some(Order::Little)),
        "utf8" => return Err(syn::Error::new(name.span(), "text is UTF-8 anyway: remove `text`")),
        other => {
            let hint = crate::ctxt::suggest(other, &WORDS);
            return Err(syn::Error::new(name.span(), format!("unknown encoding `{other}`: {hint}")));
        }
    })
}
