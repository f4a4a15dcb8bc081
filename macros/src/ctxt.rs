//! Collects errors, so that all mistakes of a type are shown at once.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::Span;
use quote::ToTokens;

/// The errors so far. Each stage reports its errors here and continues.
#[derive(Default)]
pub(crate) struct Ctxt {
    errors: RefCell<Vec<syn::Error>>,
}

impl Ctxt {
    pub(crate) fn error(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn error_at(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    pub(crate) fn ok<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn finish(self) -> syn::Result<()> {
        let mut errors = self.errors.into_inner().into_iter();
        let Some(mut first) = errors.next() else { return Ok(()) };
        first.extend(errors);
        Err(first)
    }

    pub(crate) fn count(&self) -> usize {
        self.errors.borrow().len()
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.errors.borrow().is_empty()
    }
}

/// Returns `did you mean ..?` with the most similar legal word, or the list of all legal words.
pub(crate) fn suggest(word: &str, legal: &[&str]) -> String {
    match (nearest(word, legal), legal) {
        (Some(candidate), _) => format!("did you mean `{candidate}`?"),
        (None, [only]) => format!("expected `{only}`"),
        (None, _) => format!("expected one of {}", list(legal)),
    }
}

/// Returns the most similar legal word, or `None` if no word is similar enough.
pub(crate) fn nearest<'a>(word: &str, legal: &[&'a str]) -> Option<&'a str> {
    let nearest = legal.iter().map(|candidate| (distance(word, candidate), *candidate)).min()?;
    (nearest.0 <= 2.max(word.len() / 3) && nearest.0 < word.len()).then_some(nearest.1)
}

/// Lists the names in scope, for a message about a name that is not in scope.
pub(crate) fn in_reach(names: &[String]) -> String {
    match names {
        [] => "no field is in scope".to_owned(),
        [only] => format!("the field in scope is `{only}`"),
        several => format!("the fields in scope are {}", list(several)),
    }
}

pub(crate) fn list<S: AsRef<str>>(words: &[S]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Returns the number of edits that turn one word into the other. Swapping two adjacent letters is
/// one edit (optimal string alignment distance).
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut least = (last[j] + usize::from(a[i] != b[j])).min(row[j] + 1).min(last[j + 1] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}
