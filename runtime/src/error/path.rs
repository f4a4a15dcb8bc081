//! Paths from a type to a field: `Packet.body.items[3].topic`.

use alloc::vec::Vec;
use core::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Field(&'static str),
    Index(usize),
}

/// The segments are stored innermost first, because each enclosing parser adds one as the error
/// propagates. They are printed outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Path {
    root: Option<&'static str>,
    segments: Vec<Segment>,
}

impl Path {
    pub(crate) fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    pub(crate) fn set_root(&mut self, root: &'static str) {
        self.root = Some(root);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.root.is_none() && self.segments.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.unwrap_or_default())?;
        let mut first = self.root.is_none();
        for segment in self.segments.iter().rev() {
            match segment {
                Segment::Field(name) if first => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
            first = false;
        }
        Ok(())
    }
}

/// Returns the name of a type without its module path. A name with parameters, such as `Vec<a::B>`,
/// is returned unchanged.
pub(super) fn type_name(full: &'static str) -> &'static str {
    let simple = !full.contains(['<', '[', '(', '&', ' ']);
    full.rsplit_once("::").filter(|_| simple).map_or(full, |(_, name)| name)
}
