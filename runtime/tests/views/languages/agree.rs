//! Compares the generated codecs of other languages with the Rust codec: the same bytes must give
//! the same value, the same value the same bytes, and malformed bytes the same error. If a language
//! is not installed, prints that it is skipped.

#[path = "form.rs"]
mod form;

use std::fmt::Debug;
use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use framewright::DecodeError;
use framewright::Schema;
use framewright::error::DecodeErrorKind;
use framewright::json::to_json;
use framewright::prelude::*;
use framewright::testing::{damaged, samples};
use serde_json::{Value, json};

use self::form::{has_nan, hex, is_same, of_frame};

/// A process that answers requests.
struct Process {
    child: Child,
    replies: BufReader<ChildStdout>,
}

impl Process {
    fn start(program: &str, script: &str) -> Option<Self> {
        if !Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success()) {
            eprintln!("skipped: no {program}, so its codecs are not compared");
            return None;
        }
        let mut child = Command::new(program)
            .arg(scripts().join(script))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let replies = BufReader::new(child.stdout.take().unwrap());
        Some(Self { child, replies })
    }

    fn ask(&mut self, request: &Value) -> Vec<Value> {
        writeln!(self.child.stdin.as_mut().unwrap(), "{request}").unwrap();
        let mut line = String::new();
        self.replies.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }
}

/// A language: how its module is generated, and the process that runs it.
struct Language {
    name: &'static str,
    generate: fn(&'static Schema, Brought<'_>) -> Result<String, framewright::view::Unsayable>,
    process: fn() -> Option<&'static Mutex<Process>>,
}

fn python() -> Option<&'static Mutex<Process>> {
    static PROCESS: OnceLock<Option<Mutex<Process>>> = OnceLock::new();
    PROCESS.get_or_init(|| Process::start("python3", "driver.py").map(Mutex::new)).as_ref()
}

fn node() -> Option<&'static Mutex<Process>> {
    static PROCESS: OnceLock<Option<Mutex<Process>>> = OnceLock::new();
    PROCESS.get_or_init(|| Process::start("node", "driver.mjs").map(Mutex::new)).as_ref()
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "Python",
        generate: |schema, with| {
            let named = with.iter().map(|(field, object)| (field, format!("brought.{object}")));
            named.fold(schema.python(), |module, (field, object)| module.with(field, &object)).generate()
        },
        process: python,
    },
    Language {
        name: "JavaScript",
        generate: |schema, with| {
            let path = scripts().join("brought.mjs").display().to_string();
            let named = with.iter().map(|(field, object)| (field, format!("file://{path}.{object}")));
            let module =
                named.fold(schema.typescript(), |module, (field, object)| module.with(field, &object));
            module.javascript().generate()
        },
        process: node,
    },
];

/// Names of fields, each with the object that replaces the field's hand-written Rust code.
pub(crate) type Brought<'a> = &'a [(&'a str, &'a str)];

fn scripts() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/tests/views/languages")
}

/// Returns the number of samples to try: `few`, or `many` if `FRAMEWRIGHT_MANY` is set, as in
/// `.ci/full`.
fn of(few: usize, many: usize) -> usize {
    if std::env::var_os("FRAMEWRIGHT_MANY").is_some() { many } else { few }
}

/// A value as JSON, and its encoding.
type Decoded = Result<(String, Vec<u8>), DecodeError>;

/// The number of bytes after a value, and the value as JSON.
type Parsed = Result<(usize, String), nom::Err<DecodeError>>;

/// The Rust codec of a type, as the reference.
pub(crate) struct Rust<'a> {
    pub(crate) schema: &'static Schema,
    pub(crate) decode: &'a dyn Fn(&[u8]) -> Decoded,
    pub(crate) parse: &'a dyn Fn(&[u8]) -> Parsed,
}

/// The result of comparing a language for a type.
#[derive(Debug)]
#[allow(dead_code, reason = "not every program of tests looks at it")]
pub(crate) struct Compared {
    pub(crate) language: &'static str,
    /// The error if no module could be generated.
    pub(crate) refused: Option<String>,
    /// Which fast paths the module has for the type.
    pub(crate) quick: Quick,
}

/// Whether a type has a fast path for reading, and one for writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quick {
    pub(crate) read: bool,
    pub(crate) write: bool,
}

/// Compares the code generated for each installed language with Rust: on samples of a type, on
/// damaged samples, and on the bytes in `more`. If there are such bytes, only the first call for a
/// type compares samples. `with` names fields that have hand-written Rust code, each with the object
/// that replaces this code in the other languages.
#[track_caller]
pub(crate) fn agree<T: OwnedFrame + Debug>(more: &[Vec<u8>], with: Brought<'_>) -> Vec<Compared> {
    let rust = Rust {
        schema: T::SCHEMA,
        decode: &|bytes| T::decode(bytes).map(|value| (to_json(&value).unwrap(), value.to_vec().unwrap())),
        parse: &|bytes| T::parse(bytes).map(|(rest, value)| (rest.len(), to_json(&value).unwrap())),
    };
    let compare = |language: &'static Language| {
        let (values, damaged) =
            if is_first::<T>(language.name) || more.is_empty() { made::<T>() } else { Default::default() };
        let mut whole: Vec<_> = values.iter().map(|value| value.to_vec().unwrap()).collect();
        whole.extend_from_slice(more);
        agrees(language, &rust, whole, damaged, with)
    };
    LANGUAGES.iter().filter_map(compare).collect()
}

/// Like [`agree`], for a type that borrows. Such types have no samples.
#[track_caller]
#[allow(dead_code, reason = "not every program of tests has such types")]
pub(crate) fn agree_borrowed(rust: &Rust<'_>, whole: &[Vec<u8>]) -> Vec<Compared> {
    LANGUAGES.iter().filter_map(|language| agrees(language, rust, whole.to_vec(), Vec::new(), &[])).collect()
}

/// Checks that all languages refuse these bytes at the same field and offset as Rust.
#[track_caller]
#[allow(dead_code, reason = "not every program of tests looks at it")]
pub(crate) fn agree_where<T: OwnedFrame + Debug>(bytes: &[&[u8]]) {
    each_reply::<T>("decode", bytes, |bytes, reply, context| {
        let error = T::decode(bytes).unwrap_err();
        let expected = json!(["error", error.path(), error.offset()]);
        assert_eq!(json!([reply[0], reply[1], reply[2]]), expected, "{error}\n{reply}\n{context}");
    });
}

/// Checks that all languages refuse a number that is too large where its field is. Every number
/// in the values of these bytes is replaced by one.
#[track_caller]
#[allow(dead_code, reason = "not every program of tests looks at it")]
pub(crate) fn agree_where_too_large<T: OwnedFrame + Debug>(bytes: &[&[u8]]) {
    each_reply::<T>("too_large", bytes, |bytes, reply, context| {
        let rows = framewright::testing::rows::<T>(bytes).unwrap();
        let found = reply.as_array().unwrap();
        assert!(!found.is_empty(), "{context}");
        for found in found {
            let path = found[0].as_str().unwrap_or_default().trim_start_matches(T::SCHEMA.name);
            let offset = found[1].as_u64().and_then(|offset| usize::try_from(offset).ok());
            // A row shows all numbers of a tuple or a list.
            let is_there = rows.iter().any(|(row, range)| {
                let is_row = path.trim_start_matches('.').strip_prefix(row.as_str());
                let is_row = is_row.is_some_and(|item| item.is_empty() || item.starts_with(['[', '.']));
                is_row && offset.is_some_and(|at| range.contains(&at))
            });
            assert!(is_there, "{found} is not in {rows:?}\n{context}");
        }
    });
}

/// Checks that all languages refuse to encode a value at the same field as Rust. They make the value
/// from the bytes of a valid one: `set` has its other fields, with bytes in hexadecimal and text as
/// `{"text": ..}`.
#[track_caller]
#[allow(dead_code, reason = "not every program of tests looks at it")]
pub(crate) fn agree_where_refused<T: OwnedFrame + Debug>(valid: &T, value: &T, set: Value) {
    let change = json!({"valid": hex(&valid.to_vec().unwrap()), "set": set});
    let error = value.to_vec().unwrap_err();
    ask_all::<T>("refused", &[change], |_, reply, context| {
        assert_eq!(reply[0], error.path(), "{error}\n{reply}\n{context}");
    });
}

#[track_caller]
fn each_reply<T: OwnedFrame>(what: &str, bytes: &[&[u8]], check: impl Fn(&[u8], &Value, &str)) {
    let hexes: Vec<_> = bytes.iter().map(|bytes| hex(bytes).into()).collect();
    ask_all::<T>(what, &hexes, |index, reply, context| check(bytes[index], reply, context));
}

/// Calls `check` with the index of each request, and with what each language replies to it.
#[track_caller]
fn ask_all<T: OwnedFrame>(what: &str, requests: &[Value], check: impl Fn(usize, &Value, &str)) {
    for language in LANGUAGES {
        let Some(process) = (language.process)() else { continue };
        let module = (language.generate)(T::SCHEMA, &[]).unwrap();
        let request = json!({"module": module, "root": T::SCHEMA.name, "what": what, "bytes": requests});
        let replies = process.lock().unwrap_or_else(|error| error.into_inner()).ask(&request);
        for (index, reply) in replies.iter().enumerate() {
            check(index, reply, &format!("{}\n{module}", language.name));
        }
    }
}

fn agrees(
    language: &Language,
    rust: &Rust<'_>,
    whole: Vec<Vec<u8>>,
    mut damaged: Vec<Vec<u8>>,
    with: Brought<'_>,
) -> Option<Compared> {
    assert!(!whole.is_empty(), "{}: there is no frame to compare", rust.schema.name);
    let process = (language.process)()?;
    let mut compared = Compared { language: language.name, refused: None, quick: Quick::default() };
    let module = match (language.generate)(rust.schema, with) {
        Ok(module) => module,
        Err(refused) => {
            eprintln!("skipped: {}: {refused}", language.name);
            compared.refused = Some(refused.to_string());
            return Some(compared);
        }
    };
    let mut process = process.lock().unwrap_or_else(|error| error.into_inner());
    let mut cuts = Vec::new();
    for bytes in whole.iter().filter(|bytes| bytes.len() < 300).take(of(5, 16)) {
        cuts.extend((0..bytes.len()).map(|len| bytes[..len].to_vec()));
    }
    for bytes in whole.iter().take(of(3, 8)) {
        damaged.extend((0..bytes.len().min(64)).map(|at| {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << (at % 8);
            bytes
        }));
    }
    // Whole frames that are followed by more bytes.
    let behind: Vec<_> = whole
        .iter()
        .chain(damaged.iter())
        .take(of(60, 200))
        .map(|bytes| [bytes, b"\x01\0\xff".as_slice()].concat())
        .collect();
    let mut ask = |what: &str, bytes: &[Vec<u8>]| {
        let bytes: Vec<_> = bytes.iter().map(|bytes| hex(bytes)).collect();
        let replies =
            process.ask(&json!({"module": module, "root": rust.schema.name, "what": what, "bytes": bytes}));
        let crash = replies.iter().find(|reply| reply[0] == "crash");
        assert!(crash.is_none(), "{}\n{module}", crash.unwrap()[1].as_str().unwrap());
        assert_eq!(replies.len(), bytes.len());
        replies
    };
    let asking = Asking { rust, language: language.name, module: &module };
    let all = [whole.clone(), cuts.clone(), damaged].concat();
    for (index, (bytes, reply)) in all.iter().zip(ask("decode", &all)).enumerate() {
        let is_cut = (whole.len()..whole.len() + cuts.len()).contains(&index);
        asking.decodes(bytes, &reply, is_cut);
        compared.quick.read |= !reply[4].is_null();
        compared.quick.write |= !reply[5].is_null();
    }
    let all = [cuts, behind].concat();
    for (bytes, reply) in all.iter().zip(ask("parse", &all)) {
        asking.parses(bytes, &reply);
    }
    Some(compared)
}

/// Returns `true` if a type has not been compared in this language before. If it has, and bytes are
/// given, the samples are not compared again.
fn is_first<T>(language: &'static str) -> bool {
    static SEEN: Mutex<Vec<(&str, &str)>> = Mutex::new(Vec::new());
    let mut seen = SEEN.lock().unwrap_or_else(|error| error.into_inner());
    let this = (language, std::any::type_name::<T>());
    let is_first = !seen.contains(&this);
    seen.push(this);
    is_first
}

/// Generates samples and damaged samples. If the checks of the type refuse all samples, prints this
/// and returns none.
fn made<T: OwnedFrame + Debug>() -> (Vec<T>, Vec<Vec<u8>>) {
    let make = || (samples::<T>(5, of(16, 40)), damaged::<T>(5, of(40, 150)));
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|_| {
        eprintln!("skipped: samples of {}, of which none can be made", T::SCHEMA.name);
        Default::default()
    })
}

/// In the compared declarations, a group of fields that Rust reads at once is smaller than this.
const AT_ONCE: u64 = 256;

/// A generated module, and the Rust codec as the reference for its replies.
struct Asking<'a> {
    rust: &'a Rust<'a>,
    language: &'static str,
    module: &'a str,
}

impl Asking<'_> {
    fn decodes(&self, bytes: &[u8], reply: &Value, is_cut: bool) {
        let (rust, module) = (self.rust, self.module);
        let context = || format!("{}: {} {}\n{reply}", self.language, rust.schema.name, hex(bytes));
        match (rust.decode)(bytes) {
            Ok((json, again)) => {
                assert_eq!(reply[0], "ok", "{}\n{json}\n{module}", context());
                let expected = of_frame(rust.schema, &serde_json::from_str(&json).unwrap());
                assert!(is_same(&reply[1], &expected), "expected {expected}\n{}\n{module}", context());
                self.is_quick(&reply[4], &expected, bytes);
                if !reply[2].is_null() {
                    assert_eq!(reply[2], Value::String(hex(&again)), "{}\n{module}", context());
                    assert!(reply[3].is_null(), "{}\n{module}", context());
                    self.is_quick(&reply[5], &expected, bytes);
                }
            }
            // The schema does not have the rules by which user-defined conversions refuse values.
            Err(error) if is_refused_by_a_type(error.kind()) && reply[0] == "ok" => {}
            Err(error) => {
                assert_eq!(reply[0], "error", "{}\n{error}\n{module}", context());
                if is_cut {
                    let expected = (error.path(), u64::try_from(error.offset()).unwrap());
                    let found = (reply[1].as_str().unwrap().to_owned(), reply[2].as_u64().unwrap());
                    assert_eq!(found, expected, "{}\n{error}\n{module}", context());
                }
            }
        }
    }

    /// Checks that the fast path made the result, if the type has a fast path. NaNs may take the
    /// slow path.
    fn is_quick(&self, took: &Value, expected: &Value, bytes: &[u8]) {
        let is_quick = took.is_null() || took == &Value::Bool(true) || has_nan(expected);
        let name = self.rust.schema.name;
        assert!(is_quick, "{}: {name} {} not quickly: {took}\n{}", self.language, hex(bytes), self.module);
    }

    fn parses(&self, bytes: &[u8], reply: &Value) {
        let (rust, module) = (self.rust, self.module);
        let context = || format!("{}: parse {} {}\n{reply}", self.language, rust.schema.name, hex(bytes));
        match (rust.parse)(bytes) {
            Ok((rest, json)) => {
                assert_eq!(reply[0], "ok", "{}\n{module}", context());
                assert_eq!(reply[1], bytes.len() - rest, "{}\n{module}", context());
                let expected = of_frame(rust.schema, &serde_json::from_str(&json).unwrap());
                assert!(is_same(&reply[2], &expected), "expected {expected}\n{}\n{module}", context());
                self.is_quick(&reply[3], &expected, bytes);
            }
            // Other languages accept values that user-defined Rust types refuse, and may then ask
            // for more bytes.
            Err(nom::Err::Error(error) | nom::Err::Failure(error)) if is_refused_by_a_type(error.kind()) => {}
            Err(nom::Err::Incomplete(needed)) => match reply[0].as_str() {
                Some("more") => {
                    let nom::Needed::Size(needed) = needed else { panic!("{}", context()) };
                    // JavaScript numbers are exact only up to 2^53.
                    let exact = |number: Option<u64>| number.unwrap_or(u64::MAX).min(1 << 53);
                    let least = exact(u64::try_from(needed.get()).ok());
                    let more = exact(reply[1].as_u64());
                    // Rust asks for all fields that it reads at once. Another language asks only
                    // for the first field that is truncated.
                    let is_as_much = more <= least && least < more + AT_ONCE;
                    assert!(is_as_much && more > 0, "{} of {least} bytes\n{module}", context());
                }
                said => assert_eq!(said, Some("error"), "{}\n{module}", context()),
            },
            Err(error) => assert!(reply[0] == "more" || reply[0] == "error", "{}\n{error}", context()),
        }
    }
}

/// Returns `true` if a user-defined conversion or a `NonZero` type refused a value.
fn is_refused_by_a_type(kind: &DecodeErrorKind) -> bool {
    match kind {
        DecodeErrorKind::Conversion { .. } => true,
        DecodeErrorKind::Value { expected, .. } => expected == "a number other than 0",
        _ => false,
    }
}
