//! Measurements of the codecs in Python and JavaScript, and of other libraries in these languages.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::Command;

use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct ChatMsg {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: Vec<u8>,
}

#[derive(Frame)]
#[frame(be)]
struct Readings {
    station: u32,
    #[count_prefixed(u16)]
    items: Vec<Reading>,
}

#[derive(Frame)]
#[frame(be)]
struct Reading {
    sensor: u16,
    value: i32,
    flags: u8,
}

/// The results by language, layout and operation. For each implementation: the time in nanoseconds,
/// and its ratio to the time of hand-written code.
pub(crate) struct Speeds(BTreeMap<[String; 3], BTreeMap<String, (f64, f64)>>);

/// Times all codecs alternately. Writes the generated modules to `folder`.
///
/// # Errors
/// Returns an error if a module cannot be generated or a script fails. Libraries that are not
/// installed are left out.
pub(crate) fn measure(folder: &Path) -> Result<Speeds, Box<dyn Error>> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("languages");
    fs::create_dir_all(folder)?;
    for (name, schema) in [("chat", ChatMsg::SCHEMA), ("readings", Readings::SCHEMA)] {
        fs::write(folder.join(format!("{name}.py")), schema.python().generate()?)?;
        fs::write(folder.join(format!("{name}.mjs")), schema.typescript().javascript().generate()?)?;
        fs::write(folder.join(format!("{name}.ksy")), schema.kaitai().to_string())?;
    }
    let compiled = Command::new("node").arg(scripts.join("compile.cjs")).arg(folder).output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: Kaitai Struct (its compiler is not found through NODE_PATH)");
    }
    let python = std::env::var_os("FRAMEWRIGHT_PYTHON").unwrap_or_else(|| "python3".into());
    let mut speeds = Speeds(BTreeMap::new());
    speeds.add("Python", Command::new(python).arg(scripts.join("speed.py")).arg(folder))?;
    speeds.add("JavaScript", Command::new("node").arg(scripts.join("speed.mjs")).arg(folder))?;
    Ok(speeds)
}

impl Speeds {
    fn add(&mut self, language: &str, command: &mut Command) -> Result<(), Box<dyn Error>> {
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        for line in String::from_utf8(output.stdout)?.lines() {
            let [layout, operation, subject, nanoseconds, ratio] =
                line.split('\t').collect::<Vec<_>>().try_into().map_err(|_| format!("no figures: {line}"))?;
            let row = [language, layout, operation].map(str::to_owned);
            let figures = (nanoseconds.parse()?, ratio.parse()?);
            self.0.entry(row).or_default().insert(subject.to_owned(), figures);
        }
        Ok(())
    }
}

/// A Markdown table.
impl fmt::Display for Speeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| language | layout | | by hand, ns | framewright | construct | Kaitai |")?;
        writeln!(f, "|---|---|---|--:|--:|--:|--:|")?;
        for ([language, layout, operation], subjects) in &self.0 {
            let by_hand = subjects.get("by hand").map_or(0.0, |(nanoseconds, _)| *nanoseconds);
            write!(f, "| {language} | {layout} | {operation} | {by_hand:.0} |")?;
            for subject in ["framewright", "construct", "Kaitai"] {
                match subjects.get(subject) {
                    Some((_, ratio)) => write!(f, " {ratio:.2} |")?,
                    None => write!(f, " – |")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
