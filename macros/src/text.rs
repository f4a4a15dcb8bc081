//! Formats the user's tokens as text, for schemas and messages.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::attr::{FieldRange, RangeKind};

/// Formats tokens as a person would write them: `len - 2` rather than `len-2`.
pub(crate) fn tokens(tokens: &TokenStream) -> String {
    let mut writer = Writer::default();
    writer.write(tokens.clone());
    writer.text.trim_end().to_owned()
}

pub(crate) fn ty(ty: &syn::Type) -> String {
    tokens(&quote::ToTokens::to_token_stream(ty)).replace(" < ", "<").replace(" >", ">")
}

#[derive(Default)]
struct Writer {
    text: String,
    before: Before,
    /// Whether the writer is inside the parameters of a closure, between `|` and `|`.
    in_bars: bool,
    /// How many `<` of generic arguments are open.
    angles: usize,
}

/// What the next token follows.
#[derive(Clone, Copy, Default, PartialEq)]
enum Before {
    /// The start of the text, or an operator or opening bracket. An operator after it is unary.
    #[default]
    Opening,
    /// A word, a literal, or a closing bracket.
    Operand,
    /// A keyword. An operator after it is unary, and most tokens after it are separated by a space.
    Keyword,
    /// A token that is not followed by a space, such as `.`.
    Glue,
}

/// The keywords that an expression or a pattern may follow.
const KEYWORDS: [&str; 14] = [
    "as", "break", "continue", "else", "for", "if", "in", "let", "loop", "match", "move", "mut", "return",
    "while",
];

/// The operators of more than one character. Longer ones come before those they begin with.
const OPERATORS: [&str; 23] = [
    "..=", "<<=", ">>=", "::", "..", "->", "=>", "==", "!=", "<=", ">=", "&&", "||", "<<", ">>", "+=", "-=",
    "*=", "/=", "%=", "&=", "|=", "^=",
];

impl Writer {
    fn write(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.group(&group),
                TokenTree::Ident(ident) => self.word(&ident.to_string()),
                TokenTree::Literal(literal) => self.word(&literal.to_string()),
                TokenTree::Punct(punct) => {
                    let (mut run, mut spacing) = (punct.as_char().to_string(), punct.spacing());
                    while let (Spacing::Joint, Some(TokenTree::Punct(next))) = (spacing, tokens.peek()) {
                        run.push(next.as_char());
                        spacing = next.spacing();
                        tokens.next();
                    }
                    let is_macro = run == "!" && matches!(tokens.peek(), Some(TokenTree::Group(_)));
                    self.operators(&run, is_macro);
                }
            }
        }
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{ ", " }"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        let is_apart = group.delimiter() == Delimiter::Brace && self.before == Before::Operand;
        if is_apart || self.before == Before::Keyword {
            self.text.push(' ');
        }
        self.text.push_str(open);
        self.before = Before::Opening;
        self.write(group.stream());
        // A space that a `;` or `,` at the end has left.
        self.text.truncate(self.text.trim_end().len());
        self.text.push_str(close);
        self.before = Before::Operand;
    }

    fn word(&mut self, word: &str) {
        if matches!(self.before, Before::Operand | Before::Keyword) {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.before = if KEYWORDS.contains(&word) { Before::Keyword } else { Before::Operand };
    }

    /// Writes punctuation without spaces in it, which may be several operators: `::<`, `&&!`.
    fn operators(&mut self, mut run: &str, is_macro: bool) {
        while !run.is_empty() {
            let closes = self.angles > 0 && run.starts_with('>');
            let long = OPERATORS.iter().find(|operator| !closes && run.starts_with(**operator));
            let (operator, rest) = run.split_at(long.map_or(1, |operator| operator.len()));
            self.operator(operator, is_macro);
            run = rest;
        }
    }

    fn operator(&mut self, operator: &str, is_macro: bool) {
        if self.before == Before::Keyword && !matches!(operator, "," | ";" | "?" | "." | "=>") {
            self.text.push(' ');
        }
        let unary = self.before != Before::Operand;
        let is_generic = self.text.ends_with("::") || self.angles > 0;
        self.before = match operator {
            "<" if is_generic => {
                self.text.push('<');
                self.angles += 1;
                Before::Opening
            }
            ">" if self.angles > 0 => {
                self.text.push('>');
                self.angles -= 1;
                // What follows belongs to the arguments: `::new`, or the parentheses of a call.
                Before::Operand
            }
            "." | "::" | ".." | "..=" | "\'" => {
                self.text.push_str(operator);
                Before::Glue
            }
            "?" => {
                self.text.push('?');
                Before::Operand
            }
            "!" if is_macro && !unary => {
                self.text.push('!');
                Before::Glue
            }
            "," | ";" | ":" => {
                self.text.push_str(operator);
                self.text.push(' ');
                Before::Opening
            }
            "|" if self.in_bars => {
                self.in_bars = false;
                self.text.push_str("| ");
                Before::Opening
            }
            "||" if unary => {
                self.text.push_str("|| ");
                Before::Opening
            }
            _ if unary => {
                self.in_bars = operator == "|";
                self.text.push_str(operator);
                Before::Opening
            }
            _ => {
                self.text.push_str(&format!(" {operator} "));
                Before::Opening
            }
        };
    }
}

/// Returns the name of a field in schemas: `1` for the tuple field `_1`, and `type` for `r#type`.
pub(crate) fn field(name: &Ident) -> String {
    let name = name.unraw().to_string();
    let number = name.strip_prefix('_').filter(|number| number.parse::<usize>().is_ok());
    number.map(str::to_owned).unwrap_or(name)
}

/// Returns the name of a field in expressions, the reverse of [`field`]: `_1` for `1`.
pub(crate) fn in_expression(field: &str) -> String {
    if field.parse::<usize>().is_ok() { format!("_{field}") } else { field.to_owned() }
}

impl FieldRange {
    pub(crate) fn text(&self) -> String {
        let end = |end: &Option<Ident>| end.as_ref().map(field).unwrap_or_default();
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

#[cfg(test)]
mod tests {
    #[test]
    fn expressions_read_as_written() {
        for text in [
            "flags & 1 != 0",
            "a.len() >= -1",
            "!is_set && b == b'x'",
            "|item| item.last == 0x80",
            "0x10..=0x1f",
            "Kind::A | Kind::B",
            "matches!(kind, 1 | 2)",
            "if len < 126 { usize::from(len) } else { 0 }",
            "&items[..2]",
            "Item { last: false, value: 0 }",
            "match (n, m) { (1, _) => -1, _ => *x }",
            "if !is_set && a < b { &x } else if let Some(x) = y { x >> 1 } else { return -1 }",
            "'x: loop { break 'x; }",
            "for n in [1, 2] { continue; }",
            "items.iter().map(|item| u32::from(item.len)).sum::<u32>() + 1",
            "Vec::<Vec<u8>>::new().is_empty() || a > b",
            "flags & !1 == 0 && !is_set || -1 < *x",
            "x.map_or_else(|| 0, move |x| x as u8)",
        ] {
            let tokens = text.parse().unwrap();
            assert_eq!(super::tokens(&tokens), text);
        }
        assert_eq!(super::tokens(&"a&&!b||c<-d".parse().unwrap()), "a && !b || c < -d");
    }
}
