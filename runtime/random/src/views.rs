//! Checks of generated dissectors and parsers. The fields that tshark, and a parser made by Kaitai,
//! find in bytes are compared with those that the encoder recorded.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use crate::capture::{self, Transport, Way};

/// The output of the generated program for a declaration.
struct Drawn {
    /// The encoded values, each with its fields and their positions.
    frames: Vec<Frame>,
}

struct Frame {
    bytes: Vec<u8>,
    /// The fields and their positions. For malformed bytes, these are the fields before the fault.
    fields: Vec<(String, Range<usize>)>,
    malformed: bool,
}

/// The output of another program for a frame.
struct Found {
    /// The positions of the parts that the program shows.
    parts: Vec<Range<usize>>,
    /// The reason, if the program considers the bytes malformed.
    malformed: Option<String>,
    /// Whether the program shows the last bytes without describing them.
    lost: bool,
    /// Whether the program has no way to read some of the numbers.
    limited: bool,
}

/// A function that runs another program on the frames of a declaration.
type Tool = fn(&Path, &Drawn) -> io::Result<Vec<Found>>;

/// Returns the number of declarations that were shown, and the differences, with a line for each
/// program and declaration.
pub(crate) fn check(folder: &Path, most: usize) -> io::Result<(usize, Vec<String>)> {
    let mut faults = Vec::new();
    let (mut count, mut limited) = (0, 0);
    let mut names: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rows"))
        .collect();
    names.sort();
    names.truncate(most);
    let packages =
        "require('kaitai-struct-compiler'), require('js-yaml'), require('kaitai-struct/KaitaiStream')";
    let tools: [(&str, Tool, bool); 2] = [
        ("tshark", tshark, is_there("tshark", &["-v"])),
        ("Kaitai", kaitai, is_there("node", &["-e", packages])),
    ];
    for (name, ..) in tools.iter().filter(|(.., there)| !there) {
        eprintln!("left out: {name} cannot be run");
    }
    for rows in &names {
        let drawn = read(rows)?;
        count += 1;
        for (tool, run, _) in tools.iter().filter(|(.., there)| *there) {
            let found = run(rows, &drawn)?;
            if found.len() != drawn.frames.len() {
                faults.push(format!(
                    "{}: {tool} shows {} of {} frames",
                    rows.display(),
                    found.len(),
                    drawn.frames.len()
                ));
            }
            limited += found.iter().filter(|found| found.limited).count();
            let fault = drawn.frames.iter().zip(&found).find_map(|(frame, found)| {
                let hex: String = frame.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(format!("{}: {tool}, {hex}: {}", rows.display(), disagrees(frame, found)?))
            });
            faults.extend(fault);
        }
    }
    if limited > 0 {
        eprintln!("left out: {limited} values with numbers of more bits than JavaScript reads");
    }
    Ok((count, faults))
}

fn is_there(command: &str, arguments: &[&str]) -> bool {
    Command::new(command).args(arguments).output().is_ok_and(|output| output.status.success())
}

/// Returns the difference between a frame and another program's output, or `None` if they agree.
/// Every field of at least a byte must begin at a part that the program shows, unless the program
/// has given up before. The program counts fill and delimiter as part of a value.
fn disagrees(frame: &Frame, found: &Found) -> Option<String> {
    if found.limited {
        return None;
    }
    if let (false, Some(why)) = (frame.malformed, &found.malformed) {
        return Some(format!("malformed: {why}"));
    }
    let end = found.parts.iter().map(|part| part.end).max().unwrap_or(0);
    let is_own = |name: &str| !name.ends_with(".fill") && !name.ends_with(".until");
    for (name, place) in frame.fields.iter().filter(|(name, place)| !place.is_empty() && is_own(name)) {
        let begins = found.parts.iter().any(|part| part.start == place.start);
        let last = found.parts.iter().map(|part| part.start).max().unwrap_or(0);
        let is_behind = found.lost && place.start >= last;
        if !begins && !is_behind {
            return Some(format!("nothing begins where {name} does, at {place:?}"));
        }
    }
    if frame.malformed {
        return (end > frame.bytes.len()).then(|| format!("it ends at {end}"));
    }
    (end != frame.bytes.len() && !frame.fields.is_empty()).then(|| format!("it ends at {end}"))
}

/// Reads the drawn frames, which have a line each: `!` if the frame is malformed, its bytes in
/// hexadecimal digits, and its fields as `name start end`, each after a tab.
fn read(path: &Path) -> io::Result<Drawn> {
    let hex = |digits: &str| -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2).filter_map(|pair| std::str::from_utf8(pair).ok());
        pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
    };
    let frame = |line: &str| {
        let (malformed, line) = line.strip_prefix('!').map_or((false, line), |line| (true, line));
        let mut parts = line.split('\t');
        let bytes = hex(parts.next().unwrap_or_default());
        let field = |text: &str| {
            let mut words = text.split(' ');
            Some((words.next()?.to_owned(), words.next()?.parse().ok()?..words.next()?.parse().ok()?))
        };
        Frame { bytes, fields: parts.filter_map(field).collect(), malformed }
    };
    Ok(Drawn { frames: fs::read_to_string(path)?.lines().map(frame).collect() })
}

/// Runs tshark with the dissector, with each frame as a datagram.
fn tshark(rows: &Path, drawn: &Drawn) -> io::Result<Vec<Found>> {
    let (lua, pcap) = (rows.with_extension("lua"), rows.with_extension("pcap"));
    let packets: Vec<_> = drawn.frames.iter().map(|frame| (Way::ToPort, frame.bytes.clone())).collect();
    capture::write(&pcap, Transport::Udp, &packets);
    let option = format!("lua_script:{}", lua.display());
    let output = Command::new("tshark").args(["-X", &option, "-T", "pdml", "-r"]).arg(&pcap).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("Lua") {
        return Err(io::Error::other(format!("{}: {errors}", lua.display())));
    }
    Ok(text.split("<packet>").skip(1).map(packet).collect())
}

/// The size of the headers of IP and UDP in bytes.
const HEADERS: usize = 28;

fn packet(text: &str) -> Found {
    let attribute = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let number = |line: &str, name: &str| attribute(line, name)?.parse::<usize>().ok();
    let ours = text.split_once("<proto name=\"udp\"").map_or("", |(_, behind)| behind);
    let ours = ours.split_once("<proto name=").map_or("", |(_, behind)| behind);
    let mut found = Found { parts: Vec::new(), malformed: None, lost: false, limited: false };
    // Texts may contain line breaks, but no bare `<`.
    for line in ours.split('<') {
        let show = attribute(line, "showname").or_else(|| attribute(line, "show")).unwrap_or_default();
        if line.contains("malformed\"") && found.malformed.is_none() {
            found.malformed = Some(show.clone());
        }
        let shown = line.starts_with("field ") && !line.contains("name=\"_ws");
        // Elements with children end with `>`, and others with `/>`.
        if let (true, true, Some(start), Some(size)) =
            (shown, line.trim_end().ends_with("/>"), number(line, "pos"), number(line, "size"))
        {
            if size > 0 && start >= HEADERS {
                found.parts.push(start - HEADERS..start - HEADERS + size);
            }
            found.lost |= shown && show.ends_with(')') && show.contains(" (");
        }
    }
    found
}

/// Runs the parser made by Kaitai.
fn kaitai(rows: &Path, drawn: &Drawn) -> io::Result<Vec<Found>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kaitai.js");
    let mut hex = String::new();
    for frame in &drawn.frames {
        let _ = writeln!(hex, "{}", frame.bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    let input = rows.with_extension("hex");
    fs::write(&input, hex)?;
    let output = Command::new("node").arg(script).arg(rows.with_extension("ksy")).arg(&input).output()?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let malformed = Some(format!("it does not compile: {errors}"));
        return Ok(drawn
            .frames
            .iter()
            .map(|_| Found { parts: Vec::new(), malformed: malformed.clone(), lost: false, limited: false })
            .collect());
    }
    let frame = |line: &str| {
        let (state, parts) = line.split_once('\t').unwrap_or((line, ""));
        let part = |text: &str| {
            let (start, end) = text.split_once(' ')?;
            Some(start.parse().ok()?..end.parse().ok()?)
        };
        let malformed = state.strip_prefix("malformed ").map(str::to_owned);
        Found {
            parts: parts.split('\t').filter_map(part).collect(),
            malformed,
            lost: state == "lost",
            limited: state == "limited",
        }
    };
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(frame).collect())
}
