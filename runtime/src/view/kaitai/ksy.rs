//! The syntax of a `.ksy` file.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// One type of the file. Each attribute consists of several lines of YAML.
pub(super) struct Described {
    pub(super) id: String,
    doc: String,
    /// Type of the tag, if the tag is a parameter.
    pub(super) tag: Option<&'static str>,
    seq: Vec<String>,
    instances: Vec<String>,
}

impl Described {
    pub(super) fn new(id: String, doc: &str) -> Self {
        Self { id, doc: doc.trim().to_string(), tag: None, seq: Vec::new(), instances: Vec::new() }
    }

    pub(super) fn push(&mut self, attribute: &Attribute) {
        self.seq.push(attribute.text());
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.seq.push(format!("  # {text}\n"));
    }

    pub(super) fn instance(&mut self, name: &str, keys: &[String]) {
        let keys: String = keys.iter().map(|key| format!("    {key}\n")).collect();
        self.instances.push(format!("  {name}:\n{keys}"));
    }

    /// Stores the current position as the instance `NAME_pos`. Kaitai computes an instance when it
    /// is first used, so an attribute of size 0 uses it here.
    pub(super) fn mark(&mut self, name: &str) {
        let name = id(name);
        let condition = format!("{name}_pos >= 0");
        self.push(&Attribute::new(&format!("{name}_mark")).key("size", 0).key("if", condition));
        self.instance(&format!("{name}_pos"), &[String::from("value: _io.pos")]);
    }

    /// Returns `true` if the position is stored as the instance `NAME_pos`.
    pub(super) fn is_marked(&self, name: &str) -> bool {
        let position = format!("  {}_pos:", id(name));
        self.instances.iter().any(|instance| instance.starts_with(&position))
    }

    /// Stores the start of the type as `frame_pos`.
    pub(super) fn mark_start(&mut self) {
        if !self.is_marked("frame") {
            self.mark("frame");
            self.seq.rotate_right(1);
        }
    }

    pub(super) fn text(&self, indent: &str) -> String {
        let mut lines = Vec::new();
        if !self.doc.is_empty() {
            lines.push(format!("doc: {}", Quoted(&self.doc)));
        }
        if let Some(tag) = self.tag {
            lines.extend([String::from("params:"), String::from("  - id: tag"), format!("    type: {tag}")]);
        }
        lines.push(String::from(if self.seq.is_empty() { "seq: []" } else { "seq:" }));
        lines.extend(self.seq.iter().flat_map(|attribute| attribute.lines().map(String::from)));
        if !self.instances.is_empty() {
            lines.push(String::from("instances:"));
            lines.extend(self.instances.iter().flat_map(|instance| instance.lines().map(String::from)));
        }
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }
}

/// An attribute under construction, with its id and its keys.
pub(super) struct Attribute(Vec<String>);

impl Attribute {
    pub(super) fn new(name: &str) -> Self {
        Self(Vec::from([format!("id: {}", id(name))]))
    }

    pub(super) fn key(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.0.push(format!("{key}: {value}"));
        self
    }

    pub(super) fn keys(mut self, keys: &[String]) -> Self {
        self.0.extend_from_slice(keys);
        self
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (index, line) in self.0.iter().enumerate() {
            text.push_str(if index == 0 { "  - " } else { "    " });
            text.push_str(line);
            text.push('\n');
        }
        text
    }
}

/// Converts a Rust name to Kaitai's style: lower case with underscores.
pub(super) fn id(name: &str) -> String {
    let mut id = String::new();
    for character in name.chars() {
        let after_small = id.ends_with(|last: char| last.is_ascii_lowercase() || last.is_ascii_digit());
        if character.is_ascii_uppercase() && after_small {
            id.push('_');
        }
        id.push(if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' });
    }
    match id.trim_start_matches('_') {
        // Reserved words of YAML and of Kaitai's expressions.
        "null" | "true" | "false" | "yes" | "no" | "on" | "off" | "and" | "or" | "not" => id + "_",
        number if number.starts_with(|first: char| first.is_ascii_digit()) => format!("f{number}"),
        name => name.to_string(),
    }
}

/// Displays a string as in YAML.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        self.0.chars().try_for_each(|character| match character {
            '"' | '\\' => write!(f, "\\{character}"),
            '\n' => f.write_str("\\n"),
            control if control < ' ' => write!(f, "\\x{:02x}", u32::from(control)),
            other => write!(f, "{other}"),
        })?;
        f.write_str("\"")
    }
}
