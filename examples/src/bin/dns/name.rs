//! Names as text and as labels.

use framewright::Auto;

use crate::protocol::{Label, Name};

/// A case-insensitive name, from the last label to the first, so that names below another one begin
/// with it.
pub type Key = Vec<Vec<u8>>;

impl Name {
    /// Returns the name of a text with dots, relative to `origin` unless the last character is a
    /// dot.
    pub fn parse(text: &str, origin: &Name) -> Result<Self, String> {
        if text == "@" {
            return Ok(origin.clone());
        }
        let (relative, ends) = text.strip_suffix('.').map_or((text, false), |text| (text, true));
        let mut labels = Vec::new();
        for part in relative.split('.').filter(|_| text != ".") {
            if part.is_empty() || part.len() > 63 || part.contains('\\') {
                return Err(format!("{text:?} is not a name"));
            }
            labels.push(Label::Text(Auto::new(), part.as_bytes().to_vec()));
        }
        labels.extend(if ends { Name::root().0 } else { origin.0.clone() });
        Ok(Self(labels))
    }

    /// Returns the name without labels.
    pub fn root() -> Self {
        Self(vec![Label::Text(Auto::new(), Vec::new())])
    }

    /// Creates a pointer to the name of the first question, which directly follows the header.
    pub fn asked() -> Self {
        Self(vec![Label::Pointer(12)])
    }

    /// Returns the name in lower case, or `None` if it ends in a pointer.
    pub fn key(&self) -> Option<Key> {
        let (root, labels) = self.0.split_last()?;
        let lower = |label: &Label| match label {
            Label::Text(_, text) => Some(text.to_ascii_lowercase()),
            Label::Pointer(_) => None,
        };
        lower(root)?;
        labels.iter().rev().map(lower).collect()
    }
}
