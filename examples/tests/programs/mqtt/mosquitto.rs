//! Tests with the clients `mosquitto_pub` and `mosquitto_sub`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use super::packets::{Mqtt, QOS0, QOS1, RETAIN};
use super::packets::{broker, client, publish, subscriber};
use crate::support::{PATIENCE, Plain, Program, run, wait};

/// Returns `true` if the programs are installed. Otherwise prints that the test is skipped.
fn are_here() -> bool {
    let here = |name| Command::new(name).arg("--help").output().is_ok();
    if here("mosquitto_pub") && here("mosquitto_sub") && here("stdbuf") {
        return true;
    }
    eprintln!(
        "skipped: mosquitto_pub, mosquitto_sub and stdbuf are not installed (Debian: mosquitto-clients, coreutils)"
    );
    false
}

fn to(broker: &Program) -> Vec<String> {
    let (ip, port) = (broker.address.ip().to_string(), broker.address.port().to_string());
    ["-h", &ip, "-p", &port, "-V", "mqttv311"].map(str::to_owned).to_vec()
}

/// Runs `mosquitto_pub` to its end.
#[track_caller]
fn published(broker: &Program, args: &[&str]) {
    let to = to(broker);
    let args: Vec<_> = to.iter().map(String::as_str).chain(args.iter().copied()).collect();
    let ended = run("mosquitto_pub", &args);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?}");
}

/// A running `mosquitto_sub`, and the lines that it prints.
struct Sub {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Sub {
    /// Starts the program, and waits until it is subscribed.
    fn start(broker: &Program, args: &[&str]) -> Self {
        // With `-d`, the program also prints debug output, which starts with `Client `.
        let mut child = Command::new("stdbuf")
            .args(["-oL", "mosquitto_sub", "-d"])
            .args(to(broker))
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let granted = granted(&mut stdout);
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = stdout.lines().map_while(Result::ok);
            lines.by_ref().filter(|line| !line.starts_with("Client ")).try_for_each(|line| sender.send(line))
        });
        assert!(granted.starts_with("Subscribed (mid: 1): "), "{granted}");
        Self { child, lines }
    }

    #[track_caller]
    fn prints(&self, line: &str) {
        assert_eq!(self.lines.recv_timeout(PATIENCE).unwrap(), line);
    }

    /// Checks that the program ends by itself, without further output.
    #[track_caller]
    fn ended(mut self) {
        assert_eq!(wait(&mut self.child).code(), Some(0));
        assert_eq!(self.lines.iter().collect::<Vec<_>>(), [""; 0]);
    }
}

impl Drop for Sub {
    fn drop(&mut self) {
        // Killing fails if the program has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn granted(stdout: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    while !line.starts_with("Subscribed") {
        line.clear();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it is not subscribed");
    }
    line
}

#[test]
fn messages_pass_between_mosquittos() {
    if !are_here() {
        return;
    }
    let broker = broker();
    for qos in ["0", "1", "2"] {
        let sub =
            Sub::start(&broker, &["-t", "room/+/temperature", "-t", "house/#", "-q", qos, "-v", "-C", "3"]);
        published(&broker, &["-t", "room/7/temperature", "-m", "21.5", "-q", qos]);
        published(&broker, &["-t", "room/7/humidity", "-m", "not asked for", "-q", qos]);
        published(&broker, &["-t", "house", "-m", "ü", "-q", qos]);
        published(&broker, &["-t", "house/a/b", "-n", "-q", qos]);
        sub.prints("room/7/temperature 21.5");
        sub.prints("house ü");
        sub.prints("house/a/b (null)");
        sub.ended();
    }
}

#[test]
fn mosquitto_publishes_to_plain_sockets_and_back() {
    if !are_here() {
        return;
    }
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "a", 1);
    published(&broker, &["-t", "a", "-m", "hello", "-q", "1"]);
    ada.expect(&publish(QOS1, "a", 1, b"hello"));
    published(&broker, &["-t", "a", "-m", "hello", "-q", "2"]);
    ada.expect(&publish(QOS1, "a", 2, b"hello"));
    let sub = Sub::start(&broker, &["-t", "b", "-q", "1", "-C", "1"]);
    client(&broker, "eve").write_all(&publish(QOS0, "b", 0, b"hi")).unwrap();
    sub.prints("hi");
    sub.ended();
}

#[test]
fn mosquitto_gets_a_retained_message_until_it_is_removed() {
    if !are_here() {
        return;
    }
    let broker = broker();
    published(&broker, &["-t", "a/b", "-m", "kept", "-r"]);
    let sub = Sub::start(&broker, &["-t", "a/#", "-F", "%r %t %p", "-C", "2"]);
    sub.prints("1 a/b kept");
    published(&broker, &["-t", "a/b", "-n", "-r", "-q", "1"]);
    sub.prints("0 a/b ");
    sub.ended();
    let mut ada = subscriber(&broker, "ada", "#", 0);
    ada.quiet();
    published(&broker, &["-t", "a/b", "-m", "again", "-r", "-q", "1"]);
    ada.expect(&publish(QOS0, "a/b", 0, b"again"));
    let mut bob = subscriber(&broker, "bob", "#", 0);
    bob.expect(&publish(QOS0 | RETAIN, "a/b", 0, b"again"));
}

#[test]
fn the_will_of_a_mosquitto_is_published() {
    if !are_here() {
        return;
    }
    let mut broker = broker();
    let mut ada = subscriber(&broker, "ada", "will", 1);
    let args =
        ["-t", "x", "-i", "doomed", "--will-topic", "will", "--will-payload", "lost", "--will-qos", "1"];
    // A client that is killed cannot send DISCONNECT.
    drop(Sub::start(&broker, &args));
    ada.expect(&publish(QOS1, "will", 1, b"lost"));
    // A client that ends normally sends DISCONNECT.
    let sub = Sub::start(&broker, &[&args[..], &["-C", "1"]].concat());
    published(&broker, &["-t", "x", "-m", "end", "-q", "1"]);
    sub.prints("end");
    sub.ended();
    broker.wait_for(&["doomed is gone"]);
    ada.quiet();
}

#[test]
fn the_session_of_a_mosquitto_is_kept() {
    if !are_here() {
        return;
    }
    let mut broker = broker();
    let args = ["-c", "-i", "keeper", "-t", "a", "-q", "1", "-C", "1"];
    let sub = Sub::start(&broker, &args);
    published(&broker, &["-t", "a", "-m", "first", "-q", "1"]);
    sub.prints("first");
    sub.ended();
    broker.wait_for(&["keeper is gone"]);
    published(&broker, &["-t", "a", "-m", "meanwhile", "-q", "1"]);
    // The client may get the message before the answer to its subscription, because the session
    // already has the subscription.
    let to = to(&broker);
    let args: Vec<_> = to.iter().map(String::as_str).chain(args).collect();
    let ended = run("mosquitto_sub", &args);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "meanwhile\n"), "{}", ended.stderr);
}

#[test]
fn large_messages_and_many_pass_through_mosquitto() {
    if !are_here() {
        return;
    }
    let broker = broker();
    let large = "large ".repeat(200 * 1024 / 6);
    let file = std::env::temp_dir().join(format!("framewright-mqtt-{}", std::process::id()));
    std::fs::write(&file, &large).unwrap();
    let sub = Sub::start(&broker, &["-t", "a", "-q", "1", "-C", "1"]);
    published(&broker, &["-t", "a", "-q", "1", "-f", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    sub.prints(&large);
    sub.ended();

    let sub = Sub::start(&broker, &["-t", "a", "-q", "1", "-C", "2000"]);
    let mut publisher = Command::new("mosquitto_pub")
        .args(to(&broker))
        .args(["-t", "a", "-q", "1", "-l"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<_> = (0..2000).map(|n| format!("line {n}")).collect();
    publisher.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
    assert_eq!(wait(&mut publisher).code(), Some(0));
    for line in &lines {
        sub.prints(line);
    }
    sub.ended();
}

#[test]
fn other_versions_of_mosquitto_are_refused() {
    if !are_here() {
        return;
    }
    let broker = broker();
    let (ip, port) = (broker.address.ip().to_string(), broker.address.port().to_string());
    for version in ["mqttv5", "mqttv31"] {
        let ended = run("mosquitto_pub", &["-h", &ip, "-p", &port, "-V", version, "-t", "a", "-m", "x"]);
        assert_ne!(ended.code, Some(0), "{version}: {}{}", ended.stdout, ended.stderr);
    }
}
