//! PostgreSQL and NATS as child processes, in the versions that Debian packages.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Folder, PATIENCE, wait};

/// The user that runs PostgreSQL if the tests run as root, because PostgreSQL refuses to run as
/// root.
const NOBODY: &str = "65534";

fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16) {
    let due = Instant::now() + PATIENCE;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < due, "nothing listens on {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Returns the path of a program from the folders in `PATH` or, if it is not there, from the
/// folders in `besides`. If the program is missing, returns `None` and prints that the test is
/// skipped.
fn find(program: &str, besides: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).chain(besides.iter().cloned());
    let found = found.map(|folder| folder.join(program)).find(|program| program.is_file());
    if found.is_none() {
        eprintln!("skipped: {program} is not installed (Debian: postgresql, nats-server)");
    }
    found
}

pub(crate) struct Postgres {
    folder: Folder,
    programs: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    pub(crate) fn start() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let besides: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
        let programs = find("initdb", &besides)?.canonicalize().ok()?.parent()?.to_owned();
        let folder = Folder::new();
        let mut postgres = Self { folder, programs, port: port(), server: None };
        if is_root() {
            let owner = format!("{NOBODY}:{NOBODY}");
            assert!(Command::new("chown").arg(owner).arg(postgres.folder.path()).status().unwrap().success());
        }
        let made = postgres
            .command("initdb")
            .args(["--auth=trust", "--username=chat", "--no-sync", "-D", "data"])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.go();
        Some(postgres)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://chat@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn go(&mut self) {
        let port = self.port.to_string();
        let mut command = self.command("postgres");
        command.args(["-D", "data", "-k", "", "-h", "127.0.0.1", "-p", &port]);
        self.server = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        wait_for(self.port);
        let due = Instant::now() + PATIENCE;
        // PostgreSQL listens before it accepts requests.
        let mut ready = self.command("pg_isready");
        ready.args(["-q", "-h", "127.0.0.1", "-p", &port]);
        while !ready.status().unwrap().success() {
            assert!(Instant::now() < due, "PostgreSQL does not serve");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops PostgreSQL while clients are connected, as a restart does.
    pub(crate) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // SIGINT requests a fast shutdown: running transactions are rolled back.
            let pid = rustix::process::Pid::from_child(&server);
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::INT);
            wait(&mut server);
        }
    }

    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

pub(crate) struct Nats {
    program: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Nats {
    pub(crate) fn start() -> Option<Self> {
        let program = find("nats-server", &["/usr/sbin".into()])?;
        let mut nats = Self { program, port: port(), server: None };
        nats.go();
        Some(nats)
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(crate) fn go(&mut self) {
        let mut command = Command::new(&self.program);
        command.args(["--addr", "127.0.0.1", "--port", &self.port.to_string()]);
        self.server = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        wait_for(self.port);
    }

    pub(crate) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.stop();
    }
}
