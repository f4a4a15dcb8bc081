//! The user's tokens as text, for schemas.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::attr::{FieldRange, RangeKind};

/// Tokens as a person would write them.
pub(crate) fn tokens(tokens: &TokenStream) -> String {
    let mut text = String::new();
    write(&mut text, tokens.clone());
    text
}

fn write(text: &mut String, tokens: TokenStream) {
    let mut glued = true;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                if group.delimiter() == Delimiter::Brace {
                    space(text, &mut glued);
                }
                text.push_str(open);
                write(text, group.stream());
                text.push_str(close);
                glued = false;
            }
            TokenTree::Ident(ident) => {
                space(text, &mut glued);
                text.push_str(&ident.to_string());
            }
            TokenTree::Literal(literal) => {
                space(text, &mut glued);
                text.push_str(&literal.to_string());
            }
            TokenTree::Punct(punct) => punctuate(text, punct.as_char(), punct.spacing(), &mut glued),
        }
    }
}

fn space(text: &mut String, glued: &mut bool) {
    if !*glued && !text.ends_with([' ', '(', '[', '.', '!', '&', ':']) && !text.is_empty() {
        text.push(' ');
    }
    *glued = false;
}

fn punctuate(text: &mut String, mark: char, spacing: Spacing, glued: &mut bool) {
    match mark {
        '.' | '!' | ':' | '\'' => text.push(mark),
        '=' if text.ends_with("..") => text.push(mark),
        ',' | ';' => {
            text.push(mark);
            text.push(' ');
        }
        '|' | '&' if text.is_empty() || text.ends_with(['(', ' ']) => text.push(mark),
        _ => {
            if !text.ends_with([' ', '(', '=', '<', '>', '!', '&', '|', '-']) && !text.is_empty() {
                text.push(' ');
            }
            text.push(mark);
            if spacing == Spacing::Alone {
                text.push(' ');
            }
        }
    }
    *glued = text.ends_with(['.', '!', ':', '&', '|', '\'']) || text.ends_with("..=");
}

impl FieldRange {
    /// The range as the user wrote it.
    pub(crate) fn text(&self) -> String {
        let end =
            |end: &Option<proc_macro2::Ident>| end.as_ref().map(ToString::to_string).unwrap_or_default();
        let (from, to) = (end(&self.from), end(&self.to));
        match self.kind {
            RangeKind::Content => from,
            RangeKind::HalfOpen => format!("{from}..{to}"),
            RangeKind::Closed if to.is_empty() => format!("{from}.."),
            RangeKind::Closed if self.from.is_none() && !to.is_empty() => format!("..={to}"),
            RangeKind::Closed => format!("{from}..={to}"),
        }
    }
}
