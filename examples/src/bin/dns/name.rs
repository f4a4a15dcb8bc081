//! Names as text, and names as keys of a zone.

use framewright::Auto;

use crate::protocol::{Label, Name};

/// A lower-case name as a list of labels, the last label first. The keys of all names below a name
/// begin with its key.
pub type Key = Vec<Vec<u8>>;

impl Name {
    /// Parses a name. It is relative to `origin` unless it ends with a dot.
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

    /// Returns the root name, which consists of the empty label.
    pub fn root() -> Self {
        Self(vec![Label::Text(Auto::new(), Vec::new())])
    }

    /// Returns a pointer to the name in the first question, which directly follows the header.
    pub fn asked() -> Self {
        Self(vec![Label::Pointer(12)])
    }

    /// Returns the key of the name. Returns `None` if the name ends with a pointer.
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
