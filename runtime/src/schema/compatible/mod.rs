//! Comparison of two versions of a declaration: which changes break old or new programs.

mod compare;
mod variants;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub(crate) use self::compare::compared;
use super::Schema;
use super::outline::Outline;

impl Schema {
    /// Returns the changes on the wire since `old`, and whether old and new programs can still read
    /// each other's frames.
    ///
    /// Names and doc comments are not on the wire and do not count.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// mod v1 {
    ///     #[derive(framewright::Frame)]
    ///     #[frame(be)]
    ///     pub struct Reading { pub sensor: u16, pub value: u16 }
    /// }
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16, value: u32 }
    ///
    /// let report = Reading::SCHEMA.compatible_with(v1::Reading::SCHEMA);
    /// assert!(!report.is_compatible());
    /// assert_eq!(report.to_string(), "\
    /// Reading has changed on the wire:
    ///
    ///   change                               old reads new  new reads old
    ///   value: u16 be has become u32 be      no             no");
    /// ```
    #[must_use]
    pub fn compatible_with(&self, old: &Schema) -> Compatibility {
        compared(self.name, &Outline::of(old), &Outline::of(self))
    }
}

#[cfg(feature = "json")]
impl Schema {
    /// Compares this schema with the [JSON](Self::json) of an earlier version, like
    /// [`compatible_with`](Self::compatible_with). Keep the JSON of each release to see which peers
    /// a change would break.
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// mod v1 {
    ///     #[derive(framewright::Frame)]
    ///     #[frame(be)]
    ///     pub struct Reading { pub sensor: u16 }
    /// }
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16, #[optional] unit: Option<u8> }
    ///
    /// let released = v1::Reading::SCHEMA.json().to_string();
    /// let report = Reading::SCHEMA.compatible_with_json(&released)?;
    /// assert!(report.new_reads_old() && !report.old_reads_new());
    /// # Ok::<(), framewright::json::JsonError>(())
    /// ```
    ///
    /// # Errors
    /// Returns an error for invalid JSON, and for JSON that is not a schema.
    pub fn compatible_with_json(&self, old: &str) -> Result<Compatibility, crate::json::JsonError> {
        let json = serde_json::from_str(old).map_err(crate::json::JsonError::Syntax)?;
        Ok(compared(self.name, &crate::json::read_outline(&json)?, &Outline::of(self)))
    }
}

/// The changes between two schemas, and whether old and new programs can read each other's frames.
/// Returned by [`Schema::compatible_with`].
///
/// Its `Display` implementation writes a table of the changes.
#[derive(Clone, Debug)]
pub struct Compatibility {
    name: &'static str,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
struct Change {
    what: String,
    old_reads_new: Verdict,
    new_reads_old: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Yes,
    /// The reader understands only the frames that both schemas allow.
    Partly,
    No,
}

impl Compatibility {
    /// Returns `true` if old and new programs can read all of each other's frames.
    #[must_use]
    pub fn is_compatible(&self) -> bool {
        self.old_reads_new() && self.new_reads_old()
    }

    /// Returns `true` if old programs can read all frames of new ones.
    #[must_use]
    pub fn old_reads_new(&self) -> bool {
        self.changes.iter().all(|change| change.old_reads_new == Verdict::Yes)
    }

    /// Returns `true` if new programs can read all frames of old ones.
    #[must_use]
    pub fn new_reads_old(&self) -> bool {
        self.changes.iter().all(|change| change.new_reads_old == Verdict::Yes)
    }
}

impl fmt::Display for Compatibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return write!(f, "{} is the same on the wire", self.name);
        }
        writeln!(f, "{} has changed on the wire:\n", self.name)?;
        let width = self.changes.iter().map(|change| change.what.chars().count()).fold(35, usize::max);
        write!(f, "  {:width$}  old reads new  new reads old", "change")?;
        self.changes.iter().try_for_each(|change| {
            write!(
                f,
                "\n  {:width$}  {:13}  {}",
                change.what,
                change.old_reads_new.text(),
                change.new_reads_old.text()
            )
        })
    }
}

impl Verdict {
    fn text(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "not all",
            Self::No => "no",
        }
    }
}
