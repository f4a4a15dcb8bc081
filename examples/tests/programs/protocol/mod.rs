//! Tests of the command `protocol`, which every program has, run as a process.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const CHAT: &str = env!("CARGO_BIN_EXE_chat");
const HELLO: &str = env!("CARGO_BIN_EXE_hello");
const PROGRAMS: [&str; 14] = [
    CHAT,
    HELLO,
    env!("CARGO_BIN_EXE_chat-echo"),
    env!("CARGO_BIN_EXE_dns"),
    env!("CARGO_BIN_EXE_echo"),
    env!("CARGO_BIN_EXE_fetch"),
    env!("CARGO_BIN_EXE_gps"),
    env!("CARGO_BIN_EXE_modbus"),
    env!("CARGO_BIN_EXE_mqtt"),
    env!("CARGO_BIN_EXE_put"),
    env!("CARGO_BIN_EXE_redis"),
    env!("CARGO_BIN_EXE_socks5"),
    env!("CARGO_BIN_EXE_tftp"),
    env!("CARGO_BIN_EXE_ws"),
];

const PICTURE: &str = "0098968000989681020000000489504e47";

fn start(program: &str, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.arg("protocol").args(words).env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

#[track_caller]
fn prints(program: &str, words: &[&str]) -> String {
    let output = start(program, words).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Returns standard output and standard error of a command that must fail with this code.
#[track_caller]
fn fails(program: &str, words: &[&str], code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = start(program, words).output().unwrap();
    assert_eq!(status.code(), Some(code), "{words:?}");
    (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[track_caller]
fn prints_of_input(program: &str, words: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = start(program, words).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{words:?}");
    output.stdout
}

/// Writes a file that no other test uses, and returns its path.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn every_program_draws_its_protocol() {
    for program in PROGRAMS {
        assert!(prints(program, &["diagram"]).contains("+-+-+-+-+"), "{program}");
        assert!(prints(program, &["svg"]).starts_with("<svg "), "{program}");
        assert!(prints(program, &["markdown"]).contains("| "), "{program}");
        assert!(prints(program, &["kaitai"]).starts_with("meta:\n"), "{program}");
        assert!(prints(program, &["wireshark", "--port", "7777"]).contains("local port = 7777"), "{program}");
        assert!(prints(program, &["schema", "--json"]).starts_with("{\n  \"frame\": "), "{program}");
        assert!(!prints(program, &["schema"]).contains('\x1b'), "{program}");
        let commands = prints(program, &["--help"]);
        for command in [
            "dump",
            "decode",
            "encode",
            "proxy",
            "bench",
            "compatible",
            "diagram",
            "svg",
            "markdown",
            "wireshark",
            "kaitai",
            "schema",
        ] {
            assert!(commands.contains(&format!("  {command} ")), "{program} {command}");
        }
    }
}

#[test]
fn frames_are_dumped_one_behind_the_other() {
    let one = "\
ChatMsg, 17 bytes
0000  00 98 96 80  sender      u32 be    10000000
0004  00 98 96 81  receiver    u32 be    10000001
0008  02             kind.tag  u8        2 = Picture
0009  00 00 00 04  body.len    u32 be    4
000d  89 50 4e 47  body        4 bytes   0x89504e47
";
    assert_eq!(prints(CHAT, &["dump", PICTURE]), one);
    assert_eq!(prints(CHAT, &["dump", PICTURE, PICTURE]), format!("{one}\n{one}"));

    let (shown, error) = fails(CHAT, &["dump", "--type", "ChatMsg", PICTURE, "00 98 96 80 00"], 1);
    let cut = "\
ChatMsg, 5 bytes, malformed
0000  00 98 96 80  sender    u32 be    10000000
0004  00
      ^^ ChatMsg.receiver at byte 4: expected 4 bytes, found 1
";
    assert_eq!(shown, format!("{one}\n{cut}"));
    assert_eq!(
        error,
        "error: in the frame at byte 17: ChatMsg.receiver at byte 4: expected 4 bytes, found 1\n"
    );
}

#[test]
fn the_format_of_input_is_detected() {
    let json = prints(CHAT, &["decode", PICTURE]);
    assert_eq!(
        json,
        "{\n  \"sender\": 10000000,\n  \"receiver\": 10000001,\n  \"kind\": \"Picture\",\n  \"body\": \"0x89504e47\"\n}\n"
    );
    let raw = bytes(PICTURE);
    let colons: Vec<_> = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    let escaped: String = raw.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    for hex in [format!("0x{PICTURE}"), colons.join(":"), colons.join(" "), escaped.clone()] {
        assert_eq!(prints(CHAT, &["decode", &hex]), json, "{hex}");
    }
    let named = file("picture.bin", &raw);
    assert_eq!(prints(CHAT, &["decode", named.to_str().unwrap()]), json);
    let listed = file("picture.hex", escaped.as_bytes());
    assert_eq!(prints(CHAT, &["decode", listed.to_str().unwrap()]), json);
    assert_eq!(prints_of_input(CHAT, &["decode"], &raw), json.as_bytes());
    assert_eq!(prints_of_input(CHAT, &["decode", "-"], colons.join("\n").as_bytes()), json.as_bytes());
    // With `--raw`, input that looks like hex is read as bytes.
    assert_eq!(
        prints_of_input(HELLO, &["decode", "--raw", "--type", "Name"], b"cafe"),
        b"{\"name\": \"cafe\"}\n"
    );
}

#[test]
fn decoded_json_is_encoded_to_the_same_bytes() {
    let reply = "00989681010000000a6869207468657265210d";
    for (program, frames) in [(CHAT, &[PICTURE][..]), (CHAT, &[PICTURE, PICTURE]), (CHAT, &[reply])] {
        let json = prints(program, &[&["decode"][..], frames].concat());
        assert_eq!(prints(program, &["encode", &json]).trim(), frames.concat());
        let named = file(&format!("{}.json", frames.concat()), json.as_bytes());
        assert_eq!(prints(program, &["encode", named.to_str().unwrap()]).trim(), frames.concat());
        let raw = prints_of_input(program, &["encode", "--raw", "-"], json.as_bytes());
        assert_eq!(raw, bytes(&frames.concat()));
    }
}

#[test]
fn the_type_is_found_or_chosen() {
    assert!(prints(HELLO, &["dump", "57656c636f6d6521"]).starts_with("Reply, 8 bytes\n"));
    assert!(prints(HELLO, &["dump", "68656c6c6f2061626321"]).starts_with("Greeting, 10 bytes\n"));
    assert!(prints(HELLO, &["dump", "416461"]).starts_with("Name, 3 bytes\n"));
    assert!(prints(HELLO, &["dump", "--type", "name", "57656c636f6d6521"]).starts_with("Name, 8 bytes\n"));
    assert!(prints(HELLO, &["schema", "--type", "Greeting"]).starts_with("Greeting: "));
    let (_, error) = fails(HELLO, &["schema", "--type", "Gruss"], 1);
    assert_eq!(error, "error: unknown type `Gruss`, expected one of `Name`, `Reply`, `Greeting`\n");
}

#[test]
fn errors_are_printed_to_standard_error() {
    let (shown, error) = fails(CHAT, &["encode", r#"{"sender": -1}"#], 1);
    assert_eq!(shown, "");
    assert_eq!(
        error,
        "error: ChatMsg.sender: expected an integer from 0 to 4294967295, found -1\n       \
         ChatReply.sender: expected an integer from 0 to 4294967295, found -1\n"
    );
    let (_, error) = fails(CHAT, &["decode", "no such file"], 1);
    assert!(
        error.starts_with("error: `no such file` is neither hex nor a file that can be read: "),
        "{error}"
    );
    let (_, error) = fails(CHAT, &["encode", "{"], 1);
    assert!(error.starts_with("error: invalid JSON: "), "{error}");
    let (_, error) = fails(CHAT, &["encode"], 1);
    assert_eq!(error, "error: there is no JSON\n");
    fails(CHAT, &["wireshark"], 2);
    fails(CHAT, &["draw"], 2);
}

#[test]
fn a_closed_output_is_no_error() {
    let mut child = start(CHAT, &["svg"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}

/// Checks that the command works although the program has already started a tokio runtime.
#[test]
fn a_server_is_put_under_load_through_a_proxy() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = server.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in server.incoming().take(1) {
            let mut stream = stream.unwrap();
            let mut request = [0; 17];
            while stream.read_exact(&mut request).is_ok() {
                stream.write_all(&bytes("00989681010000000a6869207468657265210d")).unwrap();
            }
        }
    });
    let words = ["proxy", "127.0.0.1:0", &upstream, "--json", "--only", "ChatReply"];
    let mut proxy = start(CHAT, &words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(proxy.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split([' ', ',']).nth(2).unwrap();
    let report = prints_all(CHAT, &["bench", address, PICTURE, "--seconds", "0.2"]);
    assert!(report.contains(" replies/s") && report.contains("errors      none"), "{report}");
    let mut line = String::new();
    BufReader::new(proxy.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains(r#""type": "ChatReply", "frame": {"sender": 10000001, "#), "{line}");
    proxy.kill().unwrap();
    proxy.wait().unwrap();
}

/// Returns standard output of a command that must succeed; standard error is ignored.
#[track_caller]
fn prints_all(program: &str, words: &[&str]) -> String {
    let output = start(program, words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}
