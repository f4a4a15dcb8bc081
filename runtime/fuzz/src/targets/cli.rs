//! The target for the input of the command line: hex, listings, captures, JSON, and files with any
//! content.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;

use clap::Parser;
use framewright::cli::Command;

use super::declarations::{Chat, Mail, Packet, Value};

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

/// Runs a command. The first byte selects the command and its options. The other bytes are its
/// input, which is passed as an argument or as a file.
pub fn cli(data: &[u8]) {
    let Some((choice, input)) = data.split_first() else { return };
    let command = ["dump", "decode", "encode"][usize::from(*choice) % 3];
    let text = std::str::from_utf8(input).ok();
    let is_hex =
        |text: &&str| text.bytes().all(|byte| byte.is_ascii_hexdigit() || b" ,x\\:[]\"".contains(&byte));
    let is_json = |text: &&str| text.starts_with(['{', '[', '"']);
    let words = text.filter(|text| if command == "encode" { is_json(text) } else { is_hex(text) });
    // Other text would be taken for the name of a file.
    let words = words.filter(|words| choice & 0x40 == 0 && !words.contains('\0') && !words.trim().is_empty());
    let file = words.is_none().then(|| File::of(input));
    let path = file.as_ref().map(File::name);
    let mut arguments = vec!["protocol", command];
    arguments.extend((choice & 0x80 != 0).then_some("--raw"));
    arguments.extend(["--", words.or(path).unwrap_or_default()]);
    let Ok(program) = Program::try_parse_from(arguments) else { return };
    let mut out = Vec::new();
    let shown = program.command.write_to::<(Chat, Value, Packet, Mail)>(&mut out);
    if command != "encode" {
        assert!(!out.contains(&0x1b) && !out.contains(&b'\r'), "the output moves the cursor");
    }
    if let Err(error) = shown {
        let error = error.to_string();
        assert!(!error.contains(['\x1b', '\r', '\u{202e}']), "an error moves the cursor: {error:?}");
    }
}

/// A temporary file, which is removed when dropped.
pub(super) struct File(PathBuf);

impl File {
    pub(super) fn of(content: &[u8]) -> Self {
        thread_local! {
            static NUMBER: Cell<u64> = const { Cell::new(0) };
        }
        let number = NUMBER.replace(NUMBER.get() + 1);
        let thread = std::thread::current().id();
        let name = format!("framewright-cli-{}-{thread:?}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name.replace(['(', ')'], "-"));
        fs::write(&path, content).expect("a file can be written");
        Self(path)
    }

    pub(super) fn name(&self) -> &str {
        self.0.to_str().expect("its name is plain")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // If removing fails, the file stays in the directory for temporary files.
        let _ = fs::remove_file(&self.0);
    }
}
