//! Parses zone files: the part of RFC 1035, section 5, that is needed for files written by hand.
//!
//! A line consists of a name, an optional time in seconds, the optional class `IN`, a kind, and
//! data. A line that begins with a blank has the name of the previous line. `$ORIGIN` and `$TTL`
//! set the default origin and time. `@` is the origin, `;` begins a comment, text is in quotes, and
//! parentheses join lines.

use framewright::{Auto, Encode};

use crate::protocol::{Data, Name, Record, Text};
use crate::zone::INTERNET;

/// Returns the records of a zone file. An error names the line.
pub fn parse(text: &str) -> Result<Vec<Record>, String> {
    let mut file = File { origin: Name::root(), time: None, name: None };
    let mut records = Vec::new();
    for entry in entries(text)? {
        let line = entry.line;
        let record = file.entry(entry).map_err(|error| format!("line {line}: {error}"))?;
        records.extend(record);
    }
    Ok(records)
}

/// A word, or a quoted string.
struct Token {
    text: String,
    quoted: bool,
}

/// A line, or several lines joined by parentheses.
#[derive(Default)]
struct Entry {
    line: usize,
    continues: bool,
    tokens: Vec<Token>,
}

fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    let mut entry = Entry::default();
    let mut open = false;
    for (line, text) in (1..).zip(text.lines()) {
        if !open {
            entry = Entry { line, continues: text.starts_with([' ', '\t']), tokens: Vec::new() };
        }
        for token in tokens(text).map_err(|error| format!("line {line}: {error}"))? {
            match token.text.as_str() {
                "(" if !token.quoted && !open => open = true,
                ")" if !token.quoted && open => open = false,
                _ => entry.tokens.push(token),
            }
        }
        if !open && !entry.tokens.is_empty() {
            entries.push(std::mem::take(&mut entry));
        }
    }
    if open { Err(format!("line {}: the parenthesis is never closed", entry.line)) } else { Ok(entries) }
}

fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next().filter(|first| *first != ';') {
        let (text, behind) = match first {
            '"' => rest[1..].split_once('"').ok_or("a quote is never closed")?,
            '(' | ')' => rest.split_at(1),
            _ => rest.split_at(rest.find([' ', '\t', ';', '(', ')', '"']).unwrap_or(rest.len())),
        };
        tokens.push(Token { text: text.to_owned(), quoted: first == '"' });
        rest = behind.trim_start();
    }
    Ok(tokens)
}

/// The state of the parser: the current origin, default time and name.
struct File {
    origin: Name,
    time: Option<u32>,
    name: Option<Name>,
}

impl File {
    fn entry(&mut self, entry: Entry) -> Result<Option<Record>, String> {
        let mut words = Words { tokens: entry.tokens.into_iter().peekable() };
        match words.tokens.peek().map_or("", |token| token.text.as_str()) {
            "$ORIGIN" if !entry.continues => {
                words.word()?;
                self.origin = words.name(&self.origin)?;
            }
            "$TTL" if !entry.continues => {
                words.word()?;
                self.time = Some(words.parse()?);
            }
            _ => {
                if !entry.continues {
                    self.name = Some(words.name(&self.origin)?);
                }
                let record = self.record(&mut words)?;
                words.end()?;
                // Report a record that cannot be encoded.
                record.to_vec().map_err(|error| error.to_string())?;
                return Ok(Some(record));
            }
        }
        words.end()?;
        Ok(None)
    }

    fn record(&self, words: &mut Words) -> Result<Record, String> {
        let name = self.name.clone().ok_or("there is no name before this line")?;
        let mut time = self.time;
        let kind = loop {
            let word = words.word()?;
            match word.parse() {
                Ok(seconds) => time = Some(seconds),
                Err(_) if word == "IN" => {}
                Err(_) => break word,
            }
        };
        let origin = &self.origin;
        let data = match kind.as_str() {
            "A" => Data::A(words.parse()?),
            "AAAA" => Data::Aaaa(words.parse()?),
            "NS" => Data::Ns(words.name(origin)?),
            "CNAME" => Data::Cname(words.name(origin)?),
            "MX" => Data::Mx(words.parse()?, words.name(origin)?),
            "TXT" => Data::Txt(words.texts()),
            "SOA" => {
                let (server, person) = (words.name(origin)?, words.name(origin)?);
                let mut numbers = [0; 5];
                for number in &mut numbers {
                    *number = words.parse()?;
                }
                Data::Soa(server, person, numbers)
            }
            _ => return Err(format!("{kind:?} is not one of A, AAAA, NS, CNAME, MX, TXT, SOA")),
        };
        let time = time.ok_or("there is no time to live, and no $TTL before it")?;
        Ok(Record { name, kind: Auto::new(), class: INTERNET, time, length: Auto::new(), data })
    }
}

struct Words {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Words {
    fn word(&mut self) -> Result<String, String> {
        Ok(self.tokens.next().ok_or("something is missing at the end")?.text)
    }

    fn parse<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let word = self.word()?;
        word.parse().map_err(|_| format!("unexpected {word:?}"))
    }

    fn name(&mut self, origin: &Name) -> Result<Name, String> {
        Name::parse(&self.word()?, origin)
    }

    fn texts(&mut self) -> Vec<Text> {
        self.tokens.by_ref().map(|token| Text(token.text.into_bytes())).collect()
    }

    fn end(&mut self) -> Result<(), String> {
        self.tokens.next().map_or(Ok(()), |token| Err(format!("unexpected {:?}", token.text)))
    }
}
