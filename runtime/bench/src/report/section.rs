//! The sections of the page, and the kept result of each.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use clap::ValueEnum;

use super::targets::Target;

/// A part of the page that is measured separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Section {
    /// Broadcasts. They are measured first: later this process has freed memory, which a broadcast
    /// would reuse.
    Broadcast,
    /// The cost of building.
    Building,
    /// Instructions and time of parsers and encoders.
    Codec,
    /// Instructions of the framer.
    Streams,
    /// Instructions of exchanges over a pipe.
    Exchanges,
    /// Servers under load.
    Servers,
    /// Proxies under load.
    Forwarding,
    /// Memory of connections that wait.
    Idle,
    /// Codecs in other languages.
    Languages,
}

impl Section {
    /// All sections, in the order of their measurement.
    pub(super) const ALL: [Self; 9] = [
        Self::Broadcast,
        Self::Building,
        Self::Codec,
        Self::Streams,
        Self::Exchanges,
        Self::Servers,
        Self::Forwarding,
        Self::Idle,
        Self::Languages,
    ];

    /// Returns the file name of the section's chart, or `None` if the section has no chart.
    pub(super) fn picture(self) -> Option<&'static str> {
        match self {
            Self::Codec => Some("results.svg"),
            Self::Servers => Some("servers.svg"),
            Self::Building => Some("building.svg"),
            _ => None,
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_possible_value().as_ref().map_or("", |value| value.get_name()))
    }
}

/// The result of a section.
pub(super) struct Taken {
    pub(super) text: String,
    pub(super) targets: Vec<Target>,
    pub(super) picture: Option<String>,
    /// The conditions of the measurement.
    pub(super) conditions: String,
}

impl Taken {
    pub(super) fn new(text: String, targets: Vec<Target>) -> Self {
        Self { text, targets, picture: None, conditions: String::new() }
    }

    pub(super) fn with_picture(mut self, picture: String) -> Self {
        self.picture = Some(picture);
        self
    }

    /// Writes the result, without its picture, into files of this directory.
    pub(super) fn keep(&self, section: Section, conditions: &str, directory: &Path) -> io::Result<()> {
        fs::create_dir_all(directory)?;
        let targets = self.targets.iter().map(Target::print).collect::<String>();
        fs::write(file(section, "md", directory), &self.text)?;
        fs::write(file(section, "targets", directory), targets)?;
        fs::write(file(section, "conditions", directory), conditions)
    }

    /// Reads the kept result of a section.
    pub(super) fn kept(section: Section, directory: &Path) -> io::Result<Self> {
        let read = |kind| {
            fs::read_to_string(file(section, kind, directory)).map_err(|error| {
                io::Error::new(error.kind(), format!("there are no kept results of {section}: {error}"))
            })
        };
        let targets = read("targets")?;
        let targets = targets.lines().map(Target::parse).collect::<Option<Vec<_>>>();
        Ok(Self {
            text: read("md")?,
            targets: targets
                .ok_or_else(|| io::Error::other(format!("the kept results of {section} are damaged")))?,
            picture: None,
            conditions: read("conditions")?,
        })
    }
}

fn file(section: Section, kind: &str, directory: &Path) -> PathBuf {
    directory.join(format!("{section}.{kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_taken() {
        let directory = std::env::temp_dir().join(format!("framewright-bench-{}", std::process::id()));
        let target = Target::at_most("a\tb".to_owned(), 1.05, f64::NAN, "because");
        let taken = Taken::new("# text\n".to_owned(), vec![target]);
        taken.keep(Section::Codec, "a machine", &directory).unwrap();
        let kept = Taken::kept(Section::Codec, &directory).unwrap();
        assert!(Taken::kept(Section::Idle, &directory).is_err(), "it was never taken");
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!((&*kept.text, &*kept.conditions), ("# text\n", "a machine"));
        assert_eq!(kept.targets[0].print(), taken.targets[0].print());
    }
}
