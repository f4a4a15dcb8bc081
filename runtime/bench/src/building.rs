//! What building costs: each library alone, and each type that it derives.
//!
//! Debug builds, which is what one waits for. Processor time is what is compared, since it hardly depends on what else the machine does.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::spread::Spread;

/// How many types are derived.
const TYPES: u32 = 200;

const ROUNDS: usize = 3;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    Framewright,
    Deku,
    Binrw,
}

impl Library {
    pub(crate) const ALL: [Self; 3] = [Self::Framewright, Self::Deku, Self::Binrw];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Framewright => "framewright",
            Self::Deku => "deku",
            Self::Binrw => "binrw",
        }
    }

    fn dependency(self) -> String {
        match self {
            Self::Framewright => {
                let path = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
                format!("framewright = {{ path = {path:?}, default-features = false, features = [\"std\"] }}")
            }
            Self::Deku => "deku = \"0.20.3\"".to_owned(),
            Self::Binrw => "binrw = \"0.15.2\"".to_owned(),
        }
    }

    /// A program's library with so many types, each of them read and written.
    fn source(self, types: u32) -> String {
        let imports = match self {
            Self::Framewright => "use framewright::prelude::*;",
            Self::Deku => "use deku::prelude::*;",
            Self::Binrw => "use binrw::{BinRead, BinWrite, binrw};",
        };
        let mut source = format!("{imports}\n");
        for number in 0..types {
            // Writing into a string cannot fail.
            let _ = match self {
                Self::Framewright => write!(
                    source,
                    "#[derive(Frame)]\n#[frame(be)]\npub struct T{number} {{\n\
                     pub a: u32, pub b: u16, pub c: u8, pub d: u64, pub e: [u8; 4], pub f: i32,\n\
                     #[len_prefixed(u16)]\npub body: Vec<u8>,\n}}\n\
                     pub fn f{number}(bytes: &[u8]) -> Option<Vec<u8>> {{\n\
                     T{number}::decode(bytes).ok()?.to_vec().ok()\n}}\n"
                ),
                Self::Deku => write!(
                    source,
                    "#[derive(DekuRead, DekuWrite)]\n#[deku(endian = \"big\")]\npub struct T{number} {{\n\
                     pub a: u32, pub b: u16, pub c: u8, pub d: u64, pub e: [u8; 4], pub f: i32,\n\
                     #[deku(update = \"self.body.len()\")]\npub len: u16,\n\
                     #[deku(count = \"len\")]\npub body: Vec<u8>,\n}}\n\
                     pub fn f{number}(bytes: &[u8]) -> Option<Vec<u8>> {{\n\
                     T{number}::from_bytes((bytes, 0)).ok()?.1.to_bytes().ok()\n}}\n"
                ),
                Self::Binrw => write!(
                    source,
                    "#[binrw]\n#[brw(big)]\npub struct T{number} {{\n\
                     pub a: u32, pub b: u16, pub c: u8, pub d: u64, pub e: [u8; 4], pub f: i32,\n\
                     #[br(temp)]\n#[bw(try_calc(u16::try_from(body.len())))]\nlen: u16,\n\
                     #[br(count = len)]\npub body: Vec<u8>,\n}}\n\
                     pub fn f{number}(bytes: &[u8]) -> Option<Vec<u8>> {{\n\
                     let mut out = std::io::Cursor::new(Vec::new());\n\
                     T{number}::read(&mut std::io::Cursor::new(bytes)).ok()?.write(&mut out).ok()?;\n\
                     Some(out.into_inner())\n}}\n"
                ),
            };
        }
        source
    }
}

/// What building with one library takes, in seconds of processors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) library: Library,
    /// The library and what it depends on, from nothing.
    pub(crate) alone: Spread,
    /// One derived type, read and written.
    pub(crate) per_type: Spread,
}

/// Builds with every library, several times in turns.
///
/// # Errors
/// When cargo cannot build.
pub(crate) fn measure(directory: &Path) -> io::Result<Vec<Cost>> {
    let mut projects = Vec::new();
    for library in Library::ALL {
        let types = directory.join(format!("{}-types", library.name()));
        projects.push([
            Project::new(library, 0, &directory.join(format!("{}-alone", library.name())))?,
            Project::new(library, 0, &types.join("none"))?,
            Project::new(library, TYPES, &types.join("all"))?,
        ]);
    }
    let mut alone = vec![Vec::new(); projects.len()];
    let mut per_type = vec![Vec::new(); projects.len()];
    for _ in 0..ROUNDS {
        for (index, [library, none, all]) in projects.iter().enumerate() {
            library.clean()?;
            alone[index].push(library.build()?);
            // What they depend on is built by then.
            none.build()?;
            let without = none.build_again()?;
            per_type[index].push((all.build_again()? - without) / f64::from(TYPES));
        }
    }
    let costs = Library::ALL.into_iter().zip(alone).zip(per_type).map(|((library, alone), per_type)| Cost {
        library,
        alone: Spread::of(alone),
        per_type: Spread::of(per_type),
    });
    Ok(costs.collect())
}

/// A package that uses one library.
struct Project {
    directory: PathBuf,
    /// Shared by the packages with and without types.
    target: PathBuf,
    source: String,
}

impl Project {
    fn new(library: Library, types: u32, directory: &Path) -> io::Result<Self> {
        let name = library.name();
        let source = library.source(types);
        fs::create_dir_all(directory.join("src"))?;
        let dependency = library.dependency();
        let manifest = format!(
            "[package]\nname = \"with-{name}-{types}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{dependency}\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        // The same versions as are measured everywhere else.
        fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"), directory.join("Cargo.lock"))?;
        let target = directory.parent().unwrap_or(directory).join(format!("{name}-target"));
        let project = Self { directory: directory.to_owned(), target, source };
        project.write()?;
        Ok(project)
    }

    fn write(&self) -> io::Result<()> {
        fs::write(self.directory.join("src/lib.rs"), &self.source)
    }

    fn clean(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Builds the package itself, whether it has been built or not.
    fn build_again(&self) -> io::Result<f64> {
        self.write()?;
        self.build()
    }

    /// Builds, and says how many seconds of processors that took.
    fn build(&self) -> io::Result<f64> {
        let before = children_time()?;
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet"]).current_dir(&self.directory).stderr(Stdio::piped());
        cargo.env("CARGO_TARGET_DIR", &self.target);
        let output = cargo.output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(children_time()? - before)
    }
}

/// The processor time of all processes that this one has started and seen end, in seconds.
fn children_time() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // Behind the name, which may hold anything, the 14th and 15th field are the ticks of children; a tick is 10 ms.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(13).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>();
    ticks.map(|ticks| ticks / 100.0).map_err(io::Error::other)
}
