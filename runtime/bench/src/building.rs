//! The cost of building: each library alone, and each type that it derives.
//!
//! The builds are debug builds, which users wait for most, and one release build of a declaration
//! with a long parser. Processor time is compared, because it hardly depends on other programs on
//! the machine.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::spread::Spread;

/// The number of types that are derived.
const TYPES: u32 = 200;

/// The number of pairs of fields in the type of [`Library::wide`]. A pair is a `u16`, and bytes
/// with a length prefix.
const PAIRS: u32 = 40;

/// The number of fields in the type of [`Library::fields`]. All of them have a length prefix.
const FIELDS: u32 = 500;

/// The number of variants of the enum.
const VARIANTS: u32 = 1000;

/// The libraries that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    Framewright,
    Deku,
    Binrw,
    /// The library that Framewright is based on. It derives nothing, so it is only built alone.
    Nom,
}

impl Library {
    pub(crate) const ALL: [Self; 4] = [Self::Framewright, Self::Deku, Self::Binrw, Self::Nom];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Framewright => "framewright",
            Self::Deku => "deku",
            Self::Binrw => "binrw",
            Self::Nom => "nom",
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
            Self::Nom => "nom = \"8\"".to_owned(),
        }
    }

    fn imports(self) -> &'static str {
        match self {
            Self::Framewright => "use framewright::prelude::*;\n",
            Self::Deku => "use deku::prelude::*;\n",
            Self::Binrw => "use binrw::{BinRead, BinWrite, binrw};\n",
            Self::Nom => "use nom as _;\n",
        }
    }

    /// Returns the attributes before a type, and the code that reads and writes it.
    fn around(self) -> [&'static str; 2] {
        match self {
            Self::Framewright | Self::Nom => {
                ["#[derive(Frame)]\n#[frame(be)]", "T::decode(bytes).ok()?.to_vec().ok()"]
            }
            Self::Deku => [
                "#[derive(DekuRead, DekuWrite)]\n#[deku(endian = \"big\")]",
                "T::from_bytes((bytes, 0)).ok()?.1.to_bytes().ok()",
            ],
            Self::Binrw => [
                "#[binrw]\n#[brw(big)]",
                "let mut out = std::io::Cursor::new(Vec::new());\n\
                 T::read(&mut std::io::Cursor::new(bytes)).ok()?.write(&mut out).ok()?;\nSome(out.into_inner())",
            ],
        }
    }

    /// Returns the source of a library crate with one type that is read and written.
    fn one(self, item: &str) -> String {
        let ([_, used], imports) = (self.around(), self.imports());
        format!(
            "{imports}{item}\n\
             pub fn used(bytes: &[u8]) -> Option<Vec<u8>> {{\n{used}\n}}\n"
        )
    }

    /// Returns a field with bytes and their length prefix.
    fn sized(self, number: u32) -> String {
        match self {
            Self::Framewright | Self::Nom => format!("#[len_prefixed(u16)]\npub v{number}: Vec<u8>,\n"),
            Self::Deku => format!(
                "#[deku(update = \"self.v{number}.len()\")]\npub n{number}: u16,\n\
                 #[deku(count = \"n{number}\")]\npub v{number}: Vec<u8>,\n"
            ),
            Self::Binrw => format!(
                "#[br(temp)]\n#[bw(try_calc(u16::try_from(v{number}.len())))]\nn{number}: u16,\n\
                 #[br(count = n{number})]\npub v{number}: Vec<u8>,\n"
            ),
        }
    }

    /// Returns the source of a crate with one type of many fields. Fields of a fixed size alternate
    /// with fields that have a length prefix.
    fn wide(self) -> String {
        let fields: String =
            (0..PAIRS).map(|number| format!("pub a{number}: u16,\n{}", self.sized(number))).collect();
        self.one(&format!("{}\npub struct T {{\n{fields}}}", self.around()[0]))
    }

    /// Returns the source of a crate with one type of many fields, which all have a length prefix.
    fn fields(self) -> String {
        let fields: String = (0..FIELDS).map(|number| self.sized(number)).collect();
        self.one(&format!("{}\npub struct T {{\n{fields}}}", self.around()[0]))
    }

    /// Returns the source of a crate with one enum of many variants.
    fn variants(self) -> String {
        let [head, _] = self.around();
        let variants: String = (0..VARIANTS)
            .map(|number| match self {
                Self::Framewright | Self::Nom => {
                    format!("#[tag({number})] V{number} {{ a: u32, b: u16 }},\n")
                }
                Self::Deku => format!("#[deku(id = \"{number}\")] V{number} {{ a: u32, b: u16 }},\n"),
                Self::Binrw => format!("#[brw(magic = {number}u16)] V{number} {{ a: u32, b: u16 }},\n"),
            })
            .collect();
        let tag = match self {
            Self::Framewright | Self::Nom => "\n#[frame(tag = u16)]",
            Self::Deku => "\n#[deku(id_type = \"u16\")]",
            Self::Binrw => "",
        };
        self.one(&format!("{head}{tag}\npub enum T {{\n{variants}}}"))
    }

    /// Returns the source of a library crate with `types` types. The crate reads and writes each of
    /// them.
    fn source(self, types: u32) -> String {
        let mut source = self.imports().to_owned();
        for number in 0..types {
            // Writing into a string cannot fail.
            let _ = match self {
                Self::Framewright | Self::Nom => write!(
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

/// The processor time of builds with one library, in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) library: Library,
    /// The library and its dependencies, when nothing is built yet.
    pub(crate) alone: Spread,
    /// One derived type that is read and written, when nothing of the package is built yet.
    pub(crate) per_type: Spread,
    /// A package of many types. One type has changed since the last build.
    pub(crate) changed: Spread,
    /// A package of many types. Its files are written again without a change.
    pub(crate) unchanged: Spread,
    /// One type of many fields with a length prefix, when nothing of the package is built yet.
    pub(crate) fields: Spread,
    /// One enum of many variants, when nothing of the package is built yet.
    pub(crate) variants: Spread,
    /// One type of many fields, in release.
    pub(crate) wide: Spread,
}

/// Builds with each library in turn, and repeats this `times` times.
///
/// # Errors
/// Returns an error if cargo cannot build.
pub(crate) fn measure(directory: &Path, times: usize) -> io::Result<Vec<Cost>> {
    let packages = Library::ALL.into_iter().map(|library| Packages::new(library, directory));
    let packages = packages.collect::<io::Result<Vec<_>>>()?;
    let mut rounds = vec![Vec::new(); packages.len()];
    for _ in 0..times {
        for ((packages, rounds), library) in packages.iter().zip(&mut rounds).zip(Library::ALL) {
            rounds.push(packages.round(library != Library::Nom)?);
        }
    }
    let costs = Library::ALL.into_iter().zip(rounds).map(|(library, rounds)| {
        let spread = |of: fn(&Round) -> f64| Spread::of(rounds.iter().map(of));
        Cost {
            library,
            alone: spread(|round| round.alone),
            per_type: spread(|round| round.per_type),
            changed: spread(|round| round.changed),
            unchanged: spread(|round| round.unchanged),
            fields: spread(|round| round.fields),
            variants: spread(|round| round.variants),
            wide: spread(|round| round.wide),
        }
    });
    Ok(costs.collect())
}

/// The results of one round of builds with one library, in seconds.
#[derive(Clone)]
struct Round {
    alone: f64,
    per_type: f64,
    changed: f64,
    unchanged: f64,
    fields: f64,
    variants: f64,
    wide: f64,
}

/// The packages that use one library.
struct Packages {
    alone: Package,
    /// The package without types. Its time is subtracted from the times of the other packages.
    none: Package,
    all: Package,
    fields: Package,
    variants: Package,
    wide: Package,
}

impl Packages {
    fn new(library: Library, directory: &Path) -> io::Result<Self> {
        let types = directory.join(format!("{}-types", library.name()));
        let nothing = library.source(0);
        Ok(Self {
            alone: Package::new(
                library,
                "alone",
                &nothing,
                &directory.join(format!("{}-alone", library.name())),
            )?,
            none: Package::new(library, "none", &nothing, &types.join("none"))?,
            all: Package::new(library, "all", &library.source(TYPES), &types.join("all"))?,
            fields: Package::new(library, "fields", &library.fields(), &types.join("fields"))?,
            variants: Package::new(library, "variants", &library.variants(), &types.join("variants"))?,
            wide: Package::new(library, "wide", &library.wide(), &types.join("wide"))?,
        })
    }

    fn round(&self, derives: bool) -> io::Result<Round> {
        self.alone.clean()?;
        let alone = self.alone.build(DEBUG)?;
        if !derives {
            let none = f64::NAN;
            return Ok(Round {
                alone,
                per_type: none,
                changed: none,
                unchanged: none,
                fields: none,
                variants: none,
                wide: none,
            });
        }
        // This builds the dependencies, which are not measured here.
        self.none.build(DEBUG)?;
        let without = self.none.build_anew(DEBUG)?;
        let per_type = (self.all.build_anew(DEBUG)? - without) / f64::from(TYPES);
        self.all.write(&self.all.source.replacen("pub a: u32", "pub a: u64", 1))?;
        let changed = self.all.build(DEBUG)?;
        // The change is reverted first. Then the files are written again without a change.
        self.all.write(&self.all.source)?;
        self.all.build(DEBUG)?;
        self.all.write(&self.all.source)?;
        let unchanged = self.all.build(DEBUG)?;
        let fields = self.fields.build_anew(DEBUG)? - without;
        let variants = self.variants.build_anew(DEBUG)? - without;
        self.none.build(RELEASE)?;
        let without = self.none.build_anew(RELEASE)?;
        let wide = self.wide.build_anew(RELEASE)? - without;
        Ok(Round { alone, per_type, changed, unchanged, fields, variants, wide })
    }
}

/// The arguments of cargo after the command.
const DEBUG: &[&str] = &["--quiet"];
const RELEASE: &[&str] = &["--quiet", "--release"];

/// A package that uses one library.
struct Package {
    directory: PathBuf,
    name: String,
    /// The target directory, which the packages of a library share.
    target: PathBuf,
    source: String,
}

impl Package {
    fn new(library: Library, kind: &str, source: &str, directory: &Path) -> io::Result<Self> {
        let name = format!("with-{}-{kind}", library.name());
        fs::create_dir_all(directory.join("src"))?;
        let dependency = library.dependency();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{dependency}\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest)?;
        // The versions are the same as in all other measurements.
        fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock"), directory.join("Cargo.lock"))?;
        let target = directory.parent().unwrap_or(directory).join(format!("{}-target", library.name()));
        let package = Self { directory: directory.to_owned(), name, target, source: source.to_owned() };
        package.write(source)?;
        Ok(package)
    }

    fn write(&self, source: &str) -> io::Result<()> {
        fs::write(self.directory.join("src/lib.rs"), source)
    }

    /// Removes everything that was built, including the dependencies.
    fn clean(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Builds the package again, but not its dependencies. Returns the processor time in seconds.
    fn build_anew(&self, options: &[&str]) -> io::Result<f64> {
        let profile = if options.contains(&"--release") { &["--release"][..] } else { &[] };
        self.cargo("clean", &[&["--quiet", "--package", &self.name], profile].concat())?;
        self.write(&self.source)?;
        self.build(options)
    }

    /// Builds everything that has changed. Returns the processor time in seconds.
    fn build(&self, options: &[&str]) -> io::Result<f64> {
        let before = children_time()?;
        self.cargo("build", options)?;
        Ok(children_time()? - before)
    }

    fn cargo(&self, command: &str, options: &[&str]) -> io::Result<()> {
        let mut cargo = Command::new("cargo");
        cargo.arg(command).args(options).current_dir(&self.directory).stderr(Stdio::piped());
        cargo.env("CARGO_TARGET_DIR", &self.target);
        let output = cargo.output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

/// Returns the processor time in seconds of all child processes that have ended.
fn children_time() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the name, which may contain anything, the 14th and the 15th field are the ticks of
    // child processes. A tick is 10 ms.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(13).take(2).map(str::parse::<f64>).sum::<Result<f64, _>>();
    ticks.map(|ticks| ticks / 100.0).map_err(io::Error::other)
}
