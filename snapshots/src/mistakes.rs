//! Declarations that must not compile, with the errors that a user reads.
//!
//! The cases are beside the derive, in `macros/tests/ui`. Those in `declarations` have errors of the
//! derive alone, and are modules of one crate. In those in `types` the compiler checks the generated
//! code. It lists types of the crate as help, so each case is a crate.
//!
//! `trybuild` is not used: it builds the library and its dependencies once more, which takes longer
//! than all cases together.

use std::cmp::Reverse;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::in_directory;

const FOLDERS: [&str; 2] = ["declarations/", "types/"];

/// What a stable compiler adds to a message about a macro, and a nightly one does not.
const HINT: &str = " (in Nightly builds, run with -Z macro-backtrace for more info)";

/// An error: the file and the line, and what is said.
type Mistake = (String, u64, String);

#[test]
fn declarations() {
    let names = names("declarations");
    let modules = names.iter().map(|name| format!("#[path = \"declarations/{name}.rs\"] mod {name};\n"));
    let mistakes = compile("-", &modules.collect::<String>());
    in_directory("mistakes", || {
        for name in names {
            let file = format!("declarations/{name}.rs");
            compare(&name, mistakes.iter().filter(|(at, ..)| *at == file));
        }
    });
}

#[test]
fn types() {
    in_directory("mistakes", || {
        for name in names("types") {
            compare(&name, &compile(&format!("types/{name}.rs"), ""));
        }
    });
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../macros/tests/ui")
}

/// Returns the names of the cases in a folder, in order.
fn names(of: &str) -> Vec<String> {
    let files = fs::read_dir(folder().join(of)).unwrap().map(|file| file.unwrap().path());
    let mut names: Vec<_> =
        files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Compares what is said with the snapshot of this name.
#[track_caller]
fn compare<'a>(name: &str, mistakes: impl IntoIterator<Item = &'a Mistake>) {
    let said: String = mistakes.into_iter().map(|(.., text)| text.as_str()).collect();
    assert!(!said.is_empty(), "there is no error in {name}");
    insta::assert_snapshot!(name, said);
}

/// Compiles a crate and returns its errors in order. It is in this file, or is this text if the file
/// is `-`.
fn compile(file: &str, text: &str) -> Vec<Mistake> {
    let messages = String::from_utf8(rustc(library(), file, text).stderr).unwrap();
    let mut mistakes: Vec<_> = messages.lines().filter_map(mistake).collect();
    mistakes.sort();
    mistakes
}

/// Runs the compiler on a crate that uses this library.
fn rustc(library: &Path, file: &str, text: &str) -> Output {
    let mut compiler = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .current_dir(folder())
        .args(["--edition=2024", "--crate-type=lib", "--crate-name=mistakes", "--emit=metadata=-"])
        .args(["--error-format=json", "--diagnostic-width=1000"])
        .arg(format!("--extern=framewright={}", library.display()))
        .arg(format!("-Ldependency={}", library.parent().unwrap().display()))
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Fails if the compiler has ended without reading it, which it does if it compiles a file.
    let _ = compiler.stdin.take().unwrap().write_all(text.as_bytes());
    compiler.wait_with_output().unwrap()
}

/// Returns a message of the compiler, unless it is a warning or the number of errors, which has no
/// place.
fn mistake(message: &str) -> Option<Mistake> {
    let message: Json = serde_json::from_str(message).unwrap();
    let place = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    let text = message["rendered"].as_str().filter(|_| message["level"] == "error")?;
    Some((place["file_name"].as_str()?.to_owned(), place["line_start"].as_u64()?, lasting(text)))
}

/// Returns the newest library beside this test that has the features of this package. Cargo keeps
/// those with other features, and older ones, under other names.
fn library() -> &'static Path {
    const FEATURES: &str = "pub use framewright::{Client, json, testing};";
    static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
        let mut built = libraries();
        built.sort_by_key(|path| Reverse(path.metadata().unwrap().modified().unwrap()));
        built
            .into_iter()
            .find(|library| rustc(library, "-", FEATURES).status.success())
            .expect("cases are compiled for the host, by the compiler that has built this test")
    });
    &LIBRARY
}

/// Returns the libraries that Cargo has built beside this test.
fn libraries() -> Vec<PathBuf> {
    let program = env::current_exe().unwrap();
    let name = |path: &Path| path.file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
    fs::read_dir(program.parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| name(path).starts_with("libframewright-") && name(path).ends_with(".rlib"))
        .collect()
}

/// Returns a message with line numbers in three columns, and without what changes with other code than
/// that of the case or with the release channel: lines of the library, how many types there are, and
/// the hint that stable compilers give.
fn lasting(message: &str) -> String {
    let message = message.replace(HINT, "");
    let width = message.lines().find_map(|line| line.find("--> ")).unwrap_or_default();
    let mut elsewhere = false;
    let mut text = String::new();
    for line in message.lines() {
        let Some((number, rest)) = line.split_at_checked(width).filter(|_| begins_a_margin(line)) else {
            elsewhere = false;
            text += &format!("{line}\n");
            continue;
        };
        let number = number.trim();
        if let Some((arrow, file)) = rest.split_once(' ').filter(|(arrow, _)| ["-->", ":::"].contains(arrow))
        {
            elsewhere = !FOLDERS.iter().any(|folder| file.starts_with(folder));
            let file = if elsewhere { file_of_library(file) } else { file };
            text += &format!("   {arrow} {file}\n");
        } else if rest.trim_start().starts_with("and ") && rest.ends_with(" others") {
            text += "              and others\n";
        } else if !elsewhere || !rest.starts_with(" |") {
            text += &format!("{number:>3}{rest}\n");
        }
    }
    text
}

fn begins_a_margin(line: &str) -> bool {
    line.starts_with(|first: char| first == ' ' || first.is_ascii_digit())
}

/// Returns a file without its line and without the folder that the library or the standard library is
/// in.
fn file_of_library(place: &str) -> &str {
    let file = place.split(':').next().unwrap_or_default();
    let within = ["runtime/src/", "library/"].iter().find_map(|folder| file.rfind(folder));
    within.map_or(file, |start| &file[start..])
}
