//! A program that has only the commands of its protocol, and the test that runs it: this file is
//! both. Cargo passes no arguments, so the program runs only if the first argument requests it.

mod captures;
mod input;
mod proxy;

use std::process::{Command, ExitCode, Output, Stdio};

use framewright::prelude::*;

/// A question.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Request {
    id: u16,
    #[len_prefixed(u16)]
    text: String,
}

/// The answer to a question.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Reply {
    id: u16,
    ok: bool,
}

/// A list of items. An `Item` can also be decoded by itself.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, magic = 0xFEEDu16)]
struct Listing {
    #[count_prefixed(u8)]
    items: Vec<Item>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Item {
    price: u16,
    #[len_prefixed(u8)]
    name: String,
}

const COMMANDS: [&str; 8] = ["dump", "decode", "encode", "proxy", "bench", "compatible", "schema", "--help"];

fn main() -> ExitCode {
    match std::env::args().nth(1) {
        Some(first) if COMMANDS.contains(&&*first) => {
            return framewright::cli::run::<(Request, Reply, Listing)>();
        }
        _ => {}
    }
    let tests: &[(&str, fn())] = &[
        ("commands_print_and_exit", commands_print_and_exit),
        ("a_frame_is_printed_when_it_is_there", input::a_frame_is_printed_when_it_is_there),
        ("empty_input_is_no_fault", input::empty_input_is_no_fault),
        ("faults_do_not_hide_what_follows", input::faults_do_not_hide_what_follows),
        ("a_list_of_frames_is_encoded", input::a_list_of_frames_is_encoded),
        ("parts_of_frames_are_shown_alone", input::parts_of_frames_are_shown_alone),
        ("an_old_schema_is_compared", input::an_old_schema_is_compared),
        ("captures_are_shown_with_times_and_directions", captures::captures_are_shown),
        ("what_a_real_program_captured_is_shown", captures::what_a_real_program_captured_is_shown),
        ("a_proxy_shows_what_passes", proxy::a_proxy_shows_what_passes),
        #[cfg(unix)]
        ("a_proxy_records_the_traffic", proxy::a_proxy_records_the_traffic),
        ("bench_reports_a_load", proxy::bench_reports_a_load),
    ];
    let chosen = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    for (name, test) in tests {
        if chosen.as_ref().is_none_or(|chosen| name.contains(&**chosen)) {
            println!("test {name} ..");
            test();
        }
    }
    println!("test result: ok");
    ExitCode::SUCCESS
}

/// Returns a command that runs this executable with these arguments.
fn program(words: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Writes a file that no other test uses, and returns its path.
fn file(name: &str, content: &[u8]) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[track_caller]
fn told(words: &[&str], code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = program(words).output().unwrap();
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(code), "{words:?}\n{stdout}{stderr}");
    (stdout, stderr)
}

fn commands_print_and_exit() {
    let (help, _) = told(&["--help"], 0);
    assert!(help.starts_with("Show, encode and draw frames: Request, Reply, Listing\n"), "{help}");
    assert_eq!(told(&["encode", r#"{"id": 1, "text": "hi"}"#], 0), ("000100026869\n".into(), String::new()));
    assert_eq!(told(&["encode", r#"{"id": 1, "ok": true}"#], 0), ("000101\n".into(), String::new()));
    let shown = "Reply, 3 bytes\n0000  00 01  id        u16 be    1\n0002  01     ok        bool      true\n";
    assert_eq!(told(&["dump", "000101"], 0), (shown.into(), String::new()));
    let (shown, error) = told(&["dump", "--type", "Reply", "000102"], 1);
    assert!(shown.contains("^^ Reply.ok at byte 2: expected 0 or 1, found 2"), "{shown}");
    assert_eq!(error, "error: Reply.ok at byte 2: expected 0 or 1, found 2\n");
    assert!(told(&["dump", "--colour"], 2).1.starts_with("error: "));
}
