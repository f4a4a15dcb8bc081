//! Captures of the loopback interface with `dumpcap`, the capture program of Wireshark.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{PATIENCE, wait};

/// A running capture.
pub(crate) struct Capture {
    child: Child,
    path: PathBuf,
}

impl Capture {
    /// Starts to capture the traffic of a port. If the program or the permission is missing, prints
    /// that and returns `None`.
    pub(crate) fn start(path: &Path, port: u16) -> Option<Self> {
        let left_out =
            |why: &str| eprintln!("left out, because the loopback interface cannot be captured: {why}");
        let _ = fs::remove_file(path);
        let filter = format!("tcp port {port}");
        let child = Command::new("dumpcap")
            .args(["-q", "-i", "lo", "-f", &filter, "-w"])
            .arg(path)
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| left_out(&error.to_string())).ok()?;
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut said = Vec::new();
        // The program prints the name of the file once it captures.
        loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) if line.starts_with("File: ") => break,
                Ok(line) => said.push(line),
                Err(_) => {
                    let _ = child.kill();
                    let _ = child.wait();
                    left_out(&said.join(" "));
                    return None;
                }
            }
        }
        Some(Self { child, path: path.to_owned() })
    }

    /// Waits until the capture holds all of these bytes, and ends it.
    pub(crate) fn end_with(mut self, last: &[&[u8]]) {
        let due = Instant::now() + PATIENCE;
        let holds = |captured: &[u8], bytes: &[u8]| captured.windows(bytes.len()).any(|part| part == bytes);
        loop {
            let captured = fs::read(&self.path).unwrap();
            if last.iter().all(|bytes| holds(&captured, bytes)) {
                break;
            }
            assert!(Instant::now() < due, "the end of the talk is not in the capture");
            thread::sleep(Duration::from_millis(20));
        }
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        assert!(wait(&mut self.child).success());
    }
}
