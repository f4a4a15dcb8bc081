//! Checks, builds and runs many declarations as one crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::model::Declaration;
use crate::source;
use crate::values::Sample;

/// A declaration with values of its type.
pub(crate) struct Case {
    pub(crate) declaration: Declaration,
    pub(crate) samples: Vec<Sample>,
}

/// The result for a declaration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    Passed,
    /// The derive has reported an error.
    Refused(String),
    /// The compiler has reported an error in the generated code.
    Broken {
        kind: String,
        text: String,
    },
    /// The declaration compiled, but a check failed.
    Failed {
        kind: String,
        text: String,
    },
}

impl Outcome {
    /// Returns the kind of the fault: a text that is the same for all declarations with the same
    /// fault. Returns `None` if the declaration has passed.
    pub(crate) fn kind(&self) -> Option<String> {
        match self {
            Self::Passed => None,
            Self::Refused(message) => Some(format!("refused: {}", plain(message))),
            Self::Broken { kind, .. } | Self::Failed { kind, .. } => Some(kind.clone()),
        }
    }
}

const HARNESS: &str = include_str!("../../tests/random/harness.rs");

/// The time limit for running one declaration, which must suffice on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// The folder for generated crates.
pub(crate) struct Workshop {
    folder: PathBuf,
    /// Set if declarations are only checked, and neither built nor run.
    only_checks: bool,
}

impl Workshop {
    pub(crate) fn new(folder: &Path, only_checks: bool) -> io::Result<Self> {
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::create_dir_all(folder.join("src"))?;
        let _ = fs::remove_dir_all(drawings(folder));
        fs::create_dir_all(drawings(folder))?;
        let manifest = format!(
            "[package]\nname = \"declarations\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nbytes = \"1\"\nnom = \"8\"\n\
             framewright = {{ path = {:?}, default-features = false, features = [\"json\", \"testing\"] }}\n\n\
             [profile.dev]\ndebug = 0\nincremental = false\n\n\
             [profile.dev.build-override]\nopt-level = 2\n",
            runtime.canonicalize()?
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/harness.rs"), HARNESS)?;
        Ok(Self { folder: folder.to_owned(), only_checks })
    }

    /// Returns the outcome of each case.
    pub(crate) fn run(&self, cases: &[Case]) -> io::Result<Vec<Outcome>> {
        let mut outcomes: Vec<Option<Outcome>> = vec![None; cases.len()];
        for (index, case) in cases.iter().enumerate() {
            fs::write(self.folder.join(format!("src/{}.rs", name(index))), module(case))?;
        }
        for command in ["check", "build"] {
            if self.only_checks && command == "build" {
                break;
            }
            loop {
                self.write_main(&outcomes)?;
                let errors = self.cargo(command)?;
                if errors.is_empty() {
                    break;
                }
                for (index, outcome) in errors {
                    outcomes[index] = Some(outcome);
                }
            }
        }
        if !self.only_checks {
            self.run_program(&mut outcomes)?;
        }
        Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Passed)).collect())
    }

    fn write_main(&self, outcomes: &[Option<Outcome>]) -> io::Result<()> {
        let open: Vec<_> = (0..outcomes.len()).filter(|index| outcomes[*index].is_none()).collect();
        let mut main = String::from("#![allow(warnings)]\n#[macro_use]\nmod harness;\n");
        for index in &open {
            let _ = writeln!(main, "mod {};", name(*index));
        }
        main.push_str("\nfn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n");
        main.push_str("    let from: usize = std::env::args().nth(1).and_then(|from| from.parse().ok()).unwrap_or(0);\n");
        for index in &open {
            let name = name(*index);
            let _ = writeln!(main, "    if from <= {index} {{ harness::report({name:?}, {name}::run); }}");
        }
        main.push_str("}\n");
        fs::write(self.folder.join("src/main.rs"), main)
    }

    /// Runs cargo, and returns the errors of the compiler by case. An error that belongs to no case
    /// is a bug of this program.
    fn cargo(&self, command: &str) -> io::Result<BTreeMap<usize, Outcome>> {
        let output = Command::new("cargo")
            .args([command, "--quiet", "--message-format=json"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .stderr(Stdio::piped())
            .output()?;
        let mut errors = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
            let message = &message["message"];
            if message["level"] != "error" {
                continue;
            }
            let mut places = BTreeSet::new();
            cases_in(message, &mut places);
            for index in places.into_iter().take(1) {
                errors.entry(index).or_insert_with(|| error(message));
            }
        }
        if errors.is_empty() && !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(format!("cargo {command} fails: {text}")));
        }
        Ok(errors)
    }

    /// Runs the built program. If a case stops the program, runs it again from the next case on.
    fn run_program(&self, outcomes: &mut [Option<Outcome>]) -> io::Result<()> {
        let mut from = 0;
        while let Some(stopped) = self.run_from(from, outcomes)? {
            let kind = "the program stops or does not end".to_owned();
            outcomes[stopped] = Some(Outcome::Failed { kind, text: String::new() });
            from = stopped + 1;
        }
        Ok(())
    }

    fn run_from(&self, from: usize, outcomes: &mut [Option<Outcome>]) -> io::Result<Option<usize>> {
        let mut child = Command::new(self.folder.join("target/debug/declarations"))
            .arg(from.to_string())
            .env("FRAMEWRIGHT_DRAWINGS", drawings(&self.folder))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
        }
        let mut current = None;
        loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    let mut words = line.splitn(3, ' ');
                    let (sign, index) = (words.next(), words.next().and_then(number));
                    match (sign, index) {
                        (Some("@"), Some(index)) => current = Some(index),
                        (Some("="), Some(_)) => current = None,
                        (Some("!"), Some(index)) => {
                            current = None;
                            let rest = words.next().unwrap_or_default().replace('\u{b6}', "\n");
                            let (kind, text) = rest.split_once(" | ").unwrap_or((&rest, ""));
                            outcomes[index] = Some(Outcome::Failed { kind: kind.into(), text: text.into() });
                        }
                        _ => {}
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    child.kill()?;
                    child.wait()?;
                    return Ok(current);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    child.wait()?;
                    return Ok(current);
                }
            }
        }
    }
}

/// Returns the folder with the drawings of the last batch.
pub(crate) fn drawings(folder: &Path) -> PathBuf {
    folder.join("drawings")
}

fn name(index: usize) -> String {
    format!("d{index:05}")
}

fn number(name: &str) -> Option<usize> {
    name.strip_prefix('d')?.parse().ok()
}

/// Returns the source of a declaration with its values: a module with one test.
pub(crate) fn test(name: &str, case: &Case) -> String {
    let run = "\n    #[test]\n    fn holds() {\n        run().unwrap();\n    }\n";
    format!("mod {name} {{\n{}{run}}}\n", module(case))
}

/// Returns the source of one case.
pub(crate) fn module(case: &Case) -> String {
    let Case { declaration, samples } = case;
    let mut text = String::from("use crate::harness::*;\n\n");
    text.push_str(&source::declaration(declaration));
    text.push_str("\npub fn run() -> Result<(), Broken> {\n    let accepted: Vec<(Root, &[u8])> = vec![\n");
    for sample in samples {
        if let Ok(bytes) = &sample.encoded {
            let value = source::root_value(declaration, &sample.value);
            let _ = writeln!(text, "        ({value}, {}),", source::byte_string(bytes));
        }
    }
    text.push_str("    ];\n    let refused: Vec<(Root, &str)> = vec![\n");
    for sample in samples {
        if let Err(why) = &sample.encoded {
            let _ = writeln!(text, "        ({}, {why:?}),", source::root_value(declaration, &sample.value));
        }
    }
    text.push_str("    ];\n");
    if declaration.types.last().is_some_and(|root| root.lifetime) {
        text.push_str("    borrowed!(Root, accepted, refused)\n}\n");
    } else {
        text.push_str("    owned(&accepted, &refused)\n}\n");
    }
    text
}

/// Adds all cases whose files a message names.
fn cases_in(message: &serde_json::Value, places: &mut BTreeSet<usize>) {
    match message {
        serde_json::Value::Object(members) => {
            if let Some(file) = members.get("file_name").and_then(serde_json::Value::as_str) {
                let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
                places.extend(stem.and_then(number));
            }
            members.values().for_each(|value| cases_in(value, places));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|value| cases_in(value, places)),
        _ => {}
    }
}

/// Parts of compiler messages that count as errors of the derive, although the compiler reports
/// them as unimplemented traits or as panics in constants.
const OURS: [&str; 6] = [
    "is not a frame",
    "does not take a tag or context here",
    "this type extends to the end",
    "a field after `#[rest]` needs a fixed size",
    "cannot be a length",
    "cannot stand here",
];

fn error(message: &serde_json::Value) -> Outcome {
    let text = message["message"].as_str().unwrap_or_default();
    let rendered = message["rendered"].as_str().unwrap_or_default();
    let code = message["code"]["code"].as_str();
    if let Some(ours) = OURS.iter().find(|ours| rendered.contains(**ours)) {
        return Outcome::Refused((*ours).to_owned());
    }
    match code {
        None => Outcome::Refused(text.to_owned()),
        Some(code) => Outcome::Broken { kind: format!("{code}: {}", plain(text)), text: rendered.to_owned() },
    }
}

/// Returns a message in which names and numbers are replaced by placeholders.
pub(crate) fn plain(message: &str) -> String {
    let parts = message.split('`').enumerate().map(|(index, part)| if index % 2 == 1 { "_" } else { part });
    let text: String = parts.collect();
    text.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).collect()
}
