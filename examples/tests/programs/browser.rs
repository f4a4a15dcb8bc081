//! Pages in a browser without a window: a script for Node drives Chromium.

use std::path::Path;
use std::process::Command;

/// Runs a script of this folder with these arguments, and fails with what it says. Says what it leaves out where something is missing.
#[track_caller]
pub(crate) fn drive(script: &str, arguments: &[&str]) {
    let has = |program: &str, words: &[&str]| {
        Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
    };
    if !has("chromium", &["--version"]) {
        return eprintln!("left out: there is no chromium here (Debian: chromium)");
    }
    if !has("node", &["-e", "require('puppeteer-core')"]) {
        return eprintln!(
            "left out: there is no puppeteer-core here (npm install puppeteer-core; NODE_PATH names its folder)"
        );
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(script);
    let output = Command::new("node").arg(script).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
