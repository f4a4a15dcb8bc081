//! A program that is no more than its protocol's commands, and the test that runs it: this file is both. Cargo hands
//! it no arguments of its own unless it is asked to; the program is what runs where the first argument says so.

use std::process::{Command, ExitCode, Output, Stdio};

use framewright::prelude::*;

/// What is asked.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Request {
    id: u16,
    #[len_prefixed(u16)]
    text: String,
}

/// What is answered.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Reply {
    id: u16,
    ok: bool,
}

const COMMANDS: [&str; 3] = ["dump", "encode", "--help"];

fn main() -> ExitCode {
    match std::env::args().nth(1) {
        Some(first) if COMMANDS.contains(&&*first) => framewright::cli::run::<(Request, Reply)>(),
        _ => {
            what_main_returns_is_what_the_program_tells();
            println!("test result: ok");
            ExitCode::SUCCESS
        }
    }
}

#[track_caller]
fn told(words: &[&str], code: i32) -> (String, String) {
    let program = std::env::current_exe().unwrap();
    let Output { status, stdout, stderr } =
        Command::new(program).args(words).stdin(Stdio::null()).output().unwrap();
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(code), "{words:?}\n{stdout}{stderr}");
    (stdout, stderr)
}

fn what_main_returns_is_what_the_program_tells() {
    let (help, _) = told(&["--help"], 0);
    assert!(help.starts_with("Look at frames, make them, draw them: Request, Reply\n"), "{help}");
    assert_eq!(told(&["encode", r#"{"id": 1, "text": "hi"}"#], 0), ("000100026869\n".into(), String::new()));
    assert_eq!(told(&["encode", r#"{"id": 1, "ok": true}"#], 0), ("000101\n".into(), String::new()));
    let shown = "Reply, 3 bytes\n0000  00 01  id        u16 be    1\n0002  01     ok        bool      true\n";
    assert_eq!(told(&["dump", "000101"], 0), (shown.into(), String::new()));
    let (shown, error) = told(&["dump", "--type", "Reply", "000102"], 1);
    assert!(shown.contains("^^ Reply.ok at byte 2: expected 0 or 1, found 2"), "{shown}");
    assert_eq!(error, "error: Reply.ok at byte 2: expected 0 or 1, found 2\n");
    assert!(told(&["dump", "--colour"], 2).1.starts_with("error: "));
}
