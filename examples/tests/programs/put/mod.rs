//! Tests of the file server with plain sockets, with curl, and with its own client.

mod curl;
mod program;
mod requests;

use std::fs;
use std::path::PathBuf;

use crate::support::Program;

const PUT: &str = env!("CARGO_BIN_EXE_put");
const FETCH: &str = env!("CARGO_BIN_EXE_fetch");

/// A server, and its folder, which no other test uses.
struct Served {
    server: Program,
    folder: PathBuf,
}

impl Served {
    fn new(name: &str) -> Self {
        Self::with(name, &[])
    }

    fn with(name: &str, args: &[&str]) -> Self {
        Self::by(name, |root| Program::server(PUT, &[&["--root", root], args].concat()))
    }

    fn by(name: &str, server: impl FnOnce(&str) -> Program) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("put-{name}"));
        // An earlier run may have left the folder.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let server = server(folder.to_str().unwrap());
        Self { server, folder }
    }

    fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.server.address)
    }

    /// Returns the names of the files in the folder, including hidden ones.
    fn files(&self) -> Vec<String> {
        let names = fs::read_dir(&self.folder).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns `len` bytes in a pattern, so that missing and swapped parts are noticed.
fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| at.to_le_bytes()[0].wrapping_mul(31) ^ at.to_le_bytes()[2]).collect()
}
