//! Compares the codecs in other languages with the one in Rust: the same values from the same
//! bytes, the same bytes again, and the same errors. Without the languages these tests print what
//! they skip.

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
use framewright::schema::{BitKind, Body, Field, Presence, Role, Tags, Type, Variant};
use framewright::testing::{damaged, samples};
use serde_json::{Map, Value, json};

/// A process that answers requests.
struct Process {
    child: Child,
    replies: BufReader<ChildStdout>,
}

impl Process {
    fn start(program: &str, script: &str) -> Option<Self> {
        if !Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success()) {
            eprintln!("left out: no {program}, so its codecs are not compared");
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

/// A language: how its module is generated, and who runs it.
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

/// Fields, and the objects that are brought for them.
pub(crate) type Brought<'a> = &'a [(&'a str, &'a str)];

fn scripts() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/tests/views/languages")
}

/// Returns how many are tried: few, or many if `FRAMEWRIGHT_MANY` is set, as in `.ci/full`.
fn of(few: usize, many: usize) -> usize {
    if std::env::var_os("FRAMEWRIGHT_MANY").is_some() { many } else { few }
}

/// A value as JSON, and what it is encoded to.
type Decoded = Result<(String, Vec<u8>), DecodeError>;

/// How many bytes are behind a value, and the value as JSON.
type Parsed = Result<(usize, String), nom::Err<DecodeError>>;

/// What Rust makes of bytes.
pub(crate) struct Rust<'a> {
    pub(crate) schema: &'static Schema,
    pub(crate) decode: &'a dyn Fn(&[u8]) -> Decoded,
    pub(crate) parse: &'a dyn Fn(&[u8]) -> Parsed,
}

/// All languages agree with Rust on samples of a type, on damaged ones, and on these bytes. They
/// are brought what only Rust can say of some fields.
#[track_caller]
pub(crate) fn agree<T: OwnedFrame + Debug>(more: &[Vec<u8>], with: Brought<'_>) {
    let rust = Rust {
        schema: T::SCHEMA,
        decode: &|bytes| T::decode(bytes).map(|value| (to_json(&value).unwrap(), value.to_vec().unwrap())),
        parse: &|bytes| T::parse(bytes).map(|(rest, value)| (rest.len(), to_json(&value).unwrap())),
    };
    for language in LANGUAGES {
        let (values, damaged) = if is_first::<T>(language.name) { made::<T>() } else { Default::default() };
        let mut whole: Vec<_> = values.iter().map(|value| value.to_vec().unwrap()).collect();
        whole.extend_from_slice(more);
        agrees(language, &rust, whole, damaged, with);
    }
}

/// The same for a type that borrows, of which there are no samples.
#[track_caller]
#[allow(dead_code, reason = "not every program of tests has such types")]
pub(crate) fn agree_borrowed(rust: &Rust<'_>, whole: &[Vec<u8>]) {
    LANGUAGES.iter().for_each(|language| agrees(language, rust, whole.to_vec(), Vec::new(), &[]));
}

fn agrees(
    language: &Language,
    rust: &Rust<'_>,
    whole: Vec<Vec<u8>>,
    mut damaged: Vec<Vec<u8>>,
    with: Brought<'_>,
) {
    let module = match (language.generate)(rust.schema, with) {
        Ok(module) => module,
        Err(refused) => {
            eprintln!("left out: {}: {refused}", language.name);
            return;
        }
    };
    let Some(process) = (language.process)() else { return };
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
    // Whole frames, behind which there is more.
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
        if let Some([crash, text]) = replies.first().and_then(Value::as_array).map(Vec::as_slice) {
            assert!(crash != "crash" || replies.len() == bytes.len(), "{}\n{module}", text.as_str().unwrap());
        }
        replies
    };
    let all = [whole.clone(), cuts.clone(), damaged].concat();
    for (index, (bytes, reply)) in all.iter().zip(ask("decode", &all)).enumerate() {
        let located = (whole.len()..whole.len() + cuts.len()).contains(&index);
        decodes(rust, language.name, bytes, &reply, located, &module);
    }
    let cuts = [cuts, behind].concat();
    for (bytes, reply) in cuts.iter().zip(ask("parse", &cuts)) {
        parses(rust, language.name, bytes, &reply);
    }
}

/// Returns `true` if a type has not been compared in a language before: with more bytes, its
/// samples need not be again.
fn is_first<T>(language: &'static str) -> bool {
    static SEEN: Mutex<Vec<(&str, &str)>> = Mutex::new(Vec::new());
    let mut seen = SEEN.lock().unwrap_or_else(|error| error.into_inner());
    let this = (language, std::any::type_name::<T>());
    let is_first = !seen.contains(&this);
    seen.push(this);
    is_first
}

/// Samples and damaged ones; none for a type whose checks they cannot pass.
fn made<T: OwnedFrame + Debug>() -> (Vec<T>, Vec<Vec<u8>>) {
    let make = || (samples::<T>(5, of(16, 40)), damaged::<T>(5, of(40, 150)));
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_default()
}

fn decodes(rust: &Rust<'_>, language: &str, bytes: &[u8], reply: &Value, located: bool, module: &str) {
    let said = |index: usize| &reply[index];
    let context = || format!("{language}: {} {}\n{reply}", rust.schema.name, hex(bytes));
    match (rust.decode)(bytes) {
        Ok((json, again)) => {
            assert_eq!(said(0), "ok", "{}\n{json}\n{module}", context());
            let expected = of_frame(rust.schema, &serde_json::from_str(&json).unwrap());
            assert!(is_same(said(1), &expected), "expected {expected}\n{}\n{module}", context());
            if !said(2).is_null() {
                assert_eq!(said(2), &Value::String(hex(&again)), "{}\n{module}", context());
                assert!(said(3).is_null(), "{}\n{module}", context());
            }
        }
        // Values that Rust types refuse are not in the schema.
        Err(error) if is_refused_by_a_type(error.kind()) && said(0) == "ok" => {}
        Err(error) => {
            assert_eq!(said(0), "error", "{}\n{error}\n{module}", context());
            if located {
                let expected = (error.path(), u64::try_from(error.offset()).unwrap());
                let found = (said(1).as_str().unwrap().to_owned(), said(2).as_u64().unwrap());
                assert_eq!(found, expected, "{}\n{error}\n{module}", context());
            }
        }
    }
}

/// Returns `true` if a conversion of the user's refused a value, or a number that is never 0.
fn is_refused_by_a_type(kind: &DecodeErrorKind) -> bool {
    match kind {
        DecodeErrorKind::Conversion { .. } => true,
        DecodeErrorKind::Value { expected, .. } => expected == "a number other than 0",
        _ => false,
    }
}

fn parses(rust: &Rust<'_>, language: &str, bytes: &[u8], reply: &Value) {
    let context = || format!("{language}: parse {} {}\n{reply}", rust.schema.name, hex(bytes));
    match (rust.parse)(bytes) {
        Ok((rest, json)) => {
            assert_eq!(reply[0], "ok", "{}", context());
            assert_eq!(reply[1], bytes.len() - rest, "{}", context());
            let expected = of_frame(rust.schema, &serde_json::from_str(&json).unwrap());
            assert!(is_same(&reply[2], &expected), "expected {expected}\n{}", context());
        }
        Err(nom::Err::Error(error) | nom::Err::Failure(error))
            if is_refused_by_a_type(error.kind()) && reply[0] == "ok" => {}
        Err(nom::Err::Incomplete(_)) => assert!(reply[0] == "more" || reply[0] == "error", "{}", context()),
        Err(error) => assert!(reply[0] == "more" || reply[0] == "error", "{}\n{error}", context()),
    }
}

/// What is not compared.
const ANYTHING: &str = "anything";

/// Returns `true` if a language made the same value. JavaScript has one type for most numbers, and
/// addresses as text.
fn is_same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (_, Value::String(expected)) if expected == ANYTHING => true,
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| is_same(found, expected))
        }
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(name, expected)| found.get(name).is_some_and(|found| is_same(found, expected)))
        }
        (Value::Object(found), Value::String(expected)) => match (found.get("number"), found.get("nan")) {
            (Some(Value::String(number)), _) => {
                let number: f64 = number.parse().unwrap();
                match expected.rsplit_once(':') {
                    Some((_, "7fc00000" | "7ff8000000000000")) => number.is_nan(),
                    Some((_, bits)) => u64::from_str_radix(bits, 16) == Ok(number.to_bits()),
                    None => number.to_string() == *expected,
                }
            }
            (_, Some(Value::String(bits))) => expected.trim_end_matches(&**bits).len() < expected.len(),
            _ => false,
        },
        (Value::String(text), Value::String(expected)) if text != expected => {
            let address = text.strip_prefix("s:").and_then(|text| text.parse::<std::net::IpAddr>().ok());
            match address {
                Some(std::net::IpAddr::V4(address)) => format!("0x{}", hex(&address.octets())) == *expected,
                Some(std::net::IpAddr::V6(address)) => format!("0x{}", hex(&address.octets())) == *expected,
                None => false,
            }
        }
        (found, expected) => found == expected,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a frame in the form that is compared, from its JSON.
fn of_frame(schema: &Schema, json: &Value) -> Value {
    if schema.attempt_at.is_some() && json.as_str().is_some_and(|text| text.starts_with("0x")) {
        return json.clone();
    }
    match schema.body {
        Body::Struct([field]) if field.is_item => of_field(field, json),
        // Where no part of it is marked, JSON has a frame as its bytes.
        Body::Struct([_, _, ..]) if json.is_string() => Value::String(ANYTHING.into()),
        Body::Struct(fields) => of_fields(fields, "", json),
        Body::Enum(variants) => {
            let (name, inside) = match json {
                Value::String(name) => (name, &Value::Null),
                json => json.as_object().and_then(|members| members.iter().next()).unwrap(),
            };
            let variant = variants.iter().find(|variant| variant.name == name).unwrap();
            let by_number = variants.iter().all(|variant| {
                variant.fields.is_empty()
                    && variant.tags.iter().all(|set| !matches!(set, Tags::Bytes(_) | Tags::Unknown))
                    && (matches!(variant.tags.first(), Some(Tags::Range(..))) || !variant.keeps.is_empty())
            });
            if by_number {
                return number_of(variant, inside);
            }
            let mut form = of_fields(variant.fields, variant.keeps, inside);
            if let Some(members) = form.as_object_mut() {
                members.insert("$".into(), Value::String(variant.name.trim_matches('_').into()));
            }
            form
        }
    }
}

fn number_of(variant: &Variant, inside: &Value) -> Value {
    match (variant.keeps, variant.tags.first()) {
        ("", Some(Tags::Range(first, _))) => Value::String(first.to_string()),
        (_, _) => of_type(&Type::Int { bytes: 8, signed: false, order: None }, inside),
    }
}

fn of_fields(fields: &'static [Field], keeps: &'static str, json: &Value) -> Value {
    let mut names: Vec<&str> = Vec::new();
    names.extend(Some(keeps).filter(|keeps| !keeps.is_empty()));
    names.extend(fields.iter().filter(|field| matches!(field.role, Role::Value)).map(|field| field.name));
    let is_tuple =
        !names.is_empty() && names.iter().all(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    if is_tuple {
        names.sort_by_key(|name| name.parse::<usize>().unwrap());
    }
    let mut form = Map::new();
    for (index, name) in names.iter().enumerate() {
        let value = match json {
            json if is_tuple && names.len() == 1 => json,
            Value::Array(items) if is_tuple => &items[index],
            json => json.get(*name).unwrap_or(&Value::Null),
        };
        let field = fields.iter().find(|field| field.name == *name && matches!(field.role, Role::Value));
        let value = match field {
            Some(field) => of_field(field, value),
            None if value.as_str().is_some_and(|text| text.starts_with("0x")) => value.clone(),
            None => of_type(&Type::Int { bytes: 8, signed: false, order: None }, value),
        };
        form.insert(name.trim_start_matches("r#").trim_matches('_').into(), value);
    }
    Value::Object(form)
}

fn of_field(field: &Field, json: &Value) -> Value {
    let may_be_absent = !matches!(field.presence, Presence::Always) || field.none.is_some();
    if may_be_absent && json.is_null() { Value::Null } else { of_type(&field.ty, json) }
}

fn of_bits(kind: &BitKind, json: &Value) -> Value {
    match kind {
        BitKind::Bool => json.clone(),
        BitKind::Enum { schema, .. } => of_frame(schema(), json),
        BitKind::Array { of, .. } => {
            let items = json.as_array().unwrap_or_else(|| panic!("no list: {json}"));
            Value::Array(items.iter().map(|each| of_bits(of, each)).collect())
        }
        _ => of_type(&Type::Int { bytes: 8, signed: false, order: None }, json),
    }
}

fn of_type(ty: &Type, json: &Value) -> Value {
    let all = |item: &Type, items: &Value| {
        let items = items.as_array().unwrap_or_else(|| panic!("no list for {ty:?}: {items}"));
        Value::Array(items.iter().map(|each| of_type(item, each)).collect())
    };
    match ty {
        Type::Unit => Value::Null,
        Type::Int { .. } | Type::Number(_) => match json {
            Value::String(text) => Value::String(text.clone()),
            json => Value::String(json.to_string()),
        },
        Type::Bits(bits) => of_bits(&bits.of, json),
        Type::Float { bytes, .. } => {
            let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            match text.strip_prefix("0x") {
                Some(bits) if *bytes == 4 => Value::String(format!("f32:{bits}")),
                Some(bits) => Value::String(format!("f:{bits}")),
                None if *bytes == 4 => {
                    let number: f32 = text.parse().unwrap();
                    Value::String(format!("f:{:016x}", f64::from(number).to_bits()))
                }
                None => Value::String(format!("f:{:016x}", text.parse::<f64>().unwrap().to_bits())),
            }
        }
        Type::Bool => json.clone(),
        Type::Ipv4 => {
            let address: std::net::Ipv4Addr = json.as_str().unwrap().parse().unwrap();
            Value::String(format!("0x{}", hex(&address.octets())))
        }
        Type::Ipv6 => {
            let address: std::net::Ipv6Addr = json.as_str().unwrap().parse().unwrap();
            Value::String(format!("0x{}", hex(&address.octets())))
        }
        Type::Text | Type::Encoded(_) => {
            let text = json.as_str().unwrap_or_else(|| panic!("no text: {json}"));
            Value::String(format!("s:{text}"))
        }
        Type::Array(Type::Int { bytes: 1, signed: false, .. }, _) => json.clone(),
        Type::Array(item, _) | Type::List(item) => all(item, json),
        Type::Tuple(items) => {
            let values = json.as_array().unwrap();
            Value::Array(items.iter().zip(values).map(|(ty, value)| of_type(ty, value)).collect())
        }
        Type::Frame(schema) => of_frame(schema(), json),
        // In JSON it is its bytes, from which only its own code can make a value.
        Type::Custom => Value::String(ANYTHING.into()),
        _ => json.clone(),
    }
}
