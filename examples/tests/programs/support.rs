//! Runs programs as child processes, and talks to them over plain sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The time limit for each step of a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with its log, in its own folder. The server is killed when this is dropped.
pub(crate) struct Program {
    child: Child,
    /// The folder, which is removed once the program has ended.
    _folder: Folder,
    log: mpsc::Receiver<String>,
    seen: Vec<String>,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts `path server` on a port that the system chooses.
    pub(crate) fn server(path: &str, args: &[&str]) -> Self {
        Self::server_on(path, "127.0.0.1:0", args)
    }

    pub(crate) fn server_on(path: &str, listen: &str, args: &[&str]) -> Self {
        Self::start(Command::new(path).args(["server", "--listen", listen]).args(args))
    }

    /// Starts a server in a new folder, and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_in(Folder::new(), command)
    }

    /// Starts a server in this folder, and waits until it listens.
    pub(crate) fn start_in(folder: Folder, command: &mut Command) -> Self {
        let command = command.current_dir(folder.path()).env_remove("RUST_LOG").stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = mpsc::channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let address = SocketAddr::from(([0; 4], 0));
        let mut program = Self { child, _folder: folder, log, seen: Vec::new(), address };
        let line = program.wait_for(&["listening on "]);
        let address = line.split("listening on ").nth(1).unwrap().trim_end_matches(" (UDP)");
        program.address = address.parse().unwrap();
        program
    }

    /// Returns a connection to the server.
    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Waits until a line that contains all parts has been logged. Lines that were logged earlier
    /// count too. Returns the line.
    pub(crate) fn wait_for(&mut self, parts: &[&str]) -> String {
        let due = Instant::now() + PATIENCE;
        let wanted = |line: &&String| parts.iter().all(|part| line.contains(part));
        loop {
            if let Some(line) = self.seen.iter().find(wanted) {
                return line.clone();
            }
            let left = due.saturating_duration_since(Instant::now());
            match self.log.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(error) => panic!("no line with {parts:?} ({error}) in\n{}", self.seen.join("\n")),
            }
        }
    }

    /// Kills the program without giving it time to end properly.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Takes the lines that were logged since the last call, and returns their number.
    #[cfg(target_os = "linux")]
    #[allow(dead_code, reason = "only the test under load uses this")]
    pub(crate) fn drain_log(&self) -> usize {
        self.log.try_iter().count()
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns the peak memory of the program so far, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn most_memory(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
    }

    #[cfg(unix)]
    pub(crate) fn interrupt(&mut self) {
        interrupt(&self.child);
    }

    /// Waits for the end of the program, and returns its status.
    #[cfg(unix)]
    pub(crate) fn status(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Killing fails if the program has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is removed when the last reference is dropped.
#[derive(Clone)]
pub(crate) struct Folder(Arc<Removed>);

struct Removed(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("framewright-test-{}-{number}", std::process::id()));
        // An earlier process with the same id may have left the folder.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(Arc::new(Removed(path)))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0.0
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        // An error does no harm, because the folder is among the temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
}

/// Waits for the end of a program, at most for [`PATIENCE`].
pub(crate) fn wait(child: &mut Child) -> ExitStatus {
    let due = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if Instant::now() > due {
            child.kill().unwrap();
            panic!("the program does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// The output of a program that ran to its end.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running program. Its input can be written line by line.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn start(path: &str, args: &[&str]) -> Self {
        let child = Command::new(path)
            .args(args)
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    pub(crate) fn write(&mut self, line: &str) {
        self.0.stdin.as_mut().unwrap().write_all(line.as_bytes()).unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        interrupt(&self.0);
    }

    /// Waits for the end of the program while its input is still open.
    #[cfg(unix)]
    pub(crate) fn status(&mut self) -> ExitStatus {
        wait(&mut self.0)
    }

    #[cfg(feature = "explorer")]
    pub(crate) fn kill(&mut self) {
        // Killing fails if the program has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Returns the program's standard output, for tests that read it while the program runs.
    pub(crate) fn stdout(&mut self) -> impl Read + use<> {
        self.0.stdout.take().unwrap()
    }

    /// Closes the program's input, waits until the program ends, and returns its output.
    pub(crate) fn end(mut self) -> Ended {
        drop(self.0.stdin.take());
        let (stdout, stderr) = (self.0.stdout.take(), self.0.stderr.take());
        let stdout = thread::spawn(move || text(stdout));
        let stderr = thread::spawn(move || text(stderr));
        let code = wait(&mut self.0).code();
        Ended { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    }
}

fn text(from: Option<impl Read>) -> String {
    let mut text = String::new();
    from.map(|mut from| from.read_to_string(&mut text)).transpose().unwrap();
    text
}

/// Runs a program to its end.
pub(crate) fn run(path: &str, args: &[&str]) -> Ended {
    Running::start(path, args).end()
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    patient(TcpStream::connect(address).unwrap())
}

pub(crate) fn patient(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Returns a new listener and its address.
pub(crate) fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

pub(crate) fn udp(server: SocketAddr) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(server).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Steps of a test on a plain socket.
pub(crate) trait Plain {
    /// Writes bytes, and checks that exactly the expected bytes arrive.
    fn exchange(&mut self, sent: &[u8], expected: &[u8]);
    /// Checks that exactly the expected bytes arrive.
    fn expect(&mut self, expected: &[u8]);
    /// Reads `len` bytes.
    fn take_bytes(&mut self, len: usize) -> Vec<u8>;
    /// Reads to the end of the stream, even if the connection is reset.
    fn drain(self) -> Vec<u8>;
    /// Closes the sending side, and reads to the end of the stream.
    fn finish(self) -> Vec<u8>;
}

impl Plain for TcpStream {
    fn exchange(&mut self, sent: &[u8], expected: &[u8]) {
        self.write_all(sent).unwrap();
        self.expect(expected);
    }

    #[track_caller]
    fn expect(&mut self, expected: &[u8]) {
        let found = self.take_bytes(expected.len());
        assert_eq!(found.escape_ascii().to_string(), expected.escape_ascii().to_string());
    }

    fn take_bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn drain(mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.read_to_end(&mut bytes) {
            Ok(_) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => bytes,
            Err(error) => panic!("{error}"),
        }
    }

    fn finish(self) -> Vec<u8> {
        // The server may have closed the connection already.
        let _ = self.shutdown(Shutdown::Write);
        self.drain()
    }
}
