//! Controls Chromium through `browser.js`, a script for Node.js that opens pages, uses them as a
//! person would, and inspects them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A running Chromium. Each page has a name and its own browser context, so pages share no cookies
/// and no storage.
pub(crate) struct Browser {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Browser {
    /// Starts Chromium. Returns `None` if Chromium or `puppeteer-core` is missing.
    pub(crate) fn start() -> Option<Self> {
        if !is_there() {
            return None;
        }
        let mut child = Command::new("node")
            .args(["-e", include_str!("browser.js")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Some(Self { child, commands, answers })
    }

    /// Returns the value of a command as `[value]`, or its error as `[null, error]`.
    #[track_caller]
    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.commands.as_mut().unwrap(), "{command}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    #[track_caller]
    fn tell(&mut self, command: &Value) -> Value {
        let answer = self.ask(command);
        assert!(answer.get(1).is_none(), "{command}: {}", answer[1]);
        answer[0].clone()
    }

    #[track_caller]
    pub(crate) fn open(&mut self, page: &str, url: &str, size: [u32; 2], scheme: &str) {
        self.tell(&json!([page, "open", url, size[0], size[1], scheme]));
    }

    #[track_caller]
    pub(crate) fn scheme(&mut self, page: &str, scheme: &str) {
        self.tell(&json!([page, "scheme", scheme]));
    }

    #[track_caller]
    pub(crate) fn click(&mut self, page: &str, selector: &str) {
        self.tell(&json!([page, "click", selector]));
    }

    /// Types into a field, and presses a key.
    #[track_caller]
    pub(crate) fn enter(&mut self, page: &str, selector: &str, text: &str, key: &str) {
        self.tell(&json!([page, "type", selector, text]));
        self.key(page, key);
    }

    #[track_caller]
    pub(crate) fn key(&mut self, page: &str, key: &str) {
        self.tell(&json!([page, "key", key]));
    }

    #[track_caller]
    pub(crate) fn upload(&mut self, page: &str, selector: &str, path: &str) {
        self.tell(&json!([page, "upload", selector, path]));
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn wait(&mut self, page: &str, expression: &str) {
        self.tell(&json!([page, "wait", expression]));
    }

    /// Returns the value of an expression.
    #[track_caller]
    pub(crate) fn value(&mut self, page: &str, expression: &str) -> Value {
        self.tell(&json!([page, "eval", expression]))
    }

    #[track_caller]
    pub(crate) fn shot(&mut self, page: &str, path: &str) {
        self.tell(&json!([page, "shot", path]));
    }

    /// Returns the errors that were reported on a page since the last call.
    #[track_caller]
    pub(crate) fn faults(&mut self, page: &str) -> Value {
        self.tell(&json!([page, "faults"]))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closing its input ends the script, which closes the browser.
        drop(self.commands.take());
        let _ = self.child.wait();
    }
}

/// Runs a script from this folder with Node.js. If the script fails, panics with its output.
#[cfg(feature = "explorer")]
#[track_caller]
pub(crate) fn drive(script: &str, arguments: &[&str]) {
    if !is_there() {
        return;
    }
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(script);
    let output = Command::new("node").arg(script).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Returns `true` if a browser and a program to drive it are installed. If one of them is missing,
/// prints that the test is skipped.
fn is_there() -> bool {
    let has = |program: &str, words: &[&str]| {
        Command::new(program).args(words).output().is_ok_and(|output| output.status.success())
    };
    if !has("chromium", &["--version"]) {
        eprintln!("skipped: chromium is not installed (Debian: chromium)");
        return false;
    }
    if !has("node", &["-e", "require('puppeteer-core')"]) {
        eprintln!(
            "skipped: puppeteer-core is not installed (npm install puppeteer-core; NODE_PATH names its folder)"
        );
        return false;
    }
    true
}

#[test]
fn the_error_of_a_wait_is_the_timeout_even_without_a_body() {
    let Some(mut browser) = Browser::start() else { return };
    browser.open("page", "about:blank", [600, 600], "light");
    browser.value("page", "document.body.remove()");
    let answer = browser.ask(&json!(["page", "wait", "false", 100]));
    assert!(answer[1].as_str().unwrap().contains("Waiting failed"), "{answer}");
}
