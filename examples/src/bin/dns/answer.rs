//! Answers queries.

use framewright::{Attempt, Auto, Decode, Encode, Layout};
use framewright_examples::Flood;

use crate::protocol::{Code, Data, Header, Message, Name, Question, Record};
use crate::zone::{Found, INTERNET, Zone};

/// The maximum size of a datagram that all clients accept.
const SHORT: usize = 512;

/// The maximum size of a datagram that the server sends. Larger datagrams are often lost.
const LONG: u16 = 1232;

/// The maximum size of a message.
const LONGEST: usize = 65_535;

/// The extended code for an unsupported EDNS version (BADVERS, 16). Its lower four bits are in the
/// header.
const BAD_VERSION: u8 = 1;

/// The maximum length of a chain of aliases.
const ALIASES: usize = 8;

/// The kinds of zone transfers (IXFR, AXFR).
const TRANSFERS: std::ops::RangeInclusive<u16> = 251..=252;
const ANY_CLASS: u16 = 255;

/// Counts malformed queries. Anyone can send them, from forged addresses.
static MALFORMED: Flood = Flood::new();

/// The transport of a query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Udp,
    Tcp,
}

/// Returns the answer to a message. Returns `None` for a message that is itself an answer or has no
/// id.
pub fn answer(zone: &Zone, received: Attempt<Message>, over: Over) -> Option<Message> {
    if let Some(error) = received.error() {
        MALFORMED.happened(|count| tracing::warn!("{count} malformed queries, the last one: {error:#}"));
    }
    let query = match received {
        Attempt::Frame(query) => query,
        Attempt::Bytes(bytes) => return malformed(&bytes),
    };
    if query.header.is_response {
        return None;
    }
    let mut answer = message(query.header);
    if let [question] = query.questions.as_slice() {
        // The answer repeats the question, including its upper and lower case.
        answer.questions.push(question.clone());
    }
    let mut room = if over == Over::Tcp { LONGEST } else { SHORT };
    answer.header.code = match extension(&query) {
        Err(code) => code,
        Ok(None) => resolve(zone, &query, &mut answer),
        Ok(Some(asked)) => {
            if over == Over::Udp {
                room = room.max(asked.class.min(LONG).into());
            }
            // The answer has the version of this server, and the same DNSSEC flag as the query.
            let [_, version, flags @ ..] = asked.time.to_be_bytes();
            let failed = if version > 0 { BAD_VERSION } else { 0 };
            let time = u32::from_be_bytes([failed, 0, flags[0] & 0x80, 0]);
            answer.additional.push(record(Name::root(), LONG, time, Data::Opt(Vec::new())));
            if version > 0 { Code::NoError } else { resolve(zone, &query, &mut answer) }
        }
    };
    Some(fitting(answer, room))
}

/// Returns the answer to a malformed query. Returns `None` if the query has no id.
fn malformed(bytes: &[u8]) -> Option<Message> {
    let mut start = [0; Header::MIN_LEN];
    start.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let header = Header::decode(&start).ok().filter(|header| !header.is_response && bytes.len() >= 2)?;
    let code = if header.opcode == 0 { Code::FormatError } else { Code::NotImplemented };
    let mut answer = message(header);
    answer.header.code = code;
    Some(answer)
}

/// Returns an answer without records to a query with this header.
fn message(query: Header) -> Message {
    let Header { id, opcode, recursion_desired, .. } = query;
    let header = Header { id, is_response: true, opcode, recursion_desired, ..Header::default() };
    Message { header, ..Message::default() }
}

fn record(name: Name, class: u16, time: u32, data: Data) -> Record {
    Record { name, kind: Auto::new(), class, time, length: Auto::new(), data }
}

/// Returns the EDNS record of a query. There may be at most one.
fn extension(query: &Message) -> Result<Option<&Record>, Code> {
    let mut found = query.additional.iter().filter(|record| matches!(record.data, Data::Opt(_)));
    match (found.next(), found.next()) {
        (Some(record), None) if record.name != Name::root() => Err(Code::FormatError),
        (found, None) => Ok(found),
        (_, Some(_)) => Err(Code::FormatError),
    }
}

/// Answers the question of a query.
fn resolve(zone: &Zone, query: &Message, answer: &mut Message) -> Code {
    if query.header.opcode != 0 {
        return Code::NotImplemented;
    }
    let [question] = query.questions.as_slice() else { return Code::FormatError };
    let Some(name) = question.name.key() else { return Code::FormatError };
    let Question { kind, class, .. } = *question;
    if (class != INTERNET && class != ANY_CLASS) || TRANSFERS.contains(&kind) {
        return Code::Refused;
    }
    let (mut name, mut owner) = (name, Name::asked());
    for _ in 0..ALIASES {
        let (alias, target) = match zone.find(&name, kind) {
            Found::Alias(alias, target) => (alias, target),
            found => return conclude(zone, found, owner, answer),
        };
        answer.answers.push(Record { name: owner, ..alias.clone() });
        owner = target.clone();
        let Some(next) = target.key() else { break };
        name = next;
    }
    answer.header.authoritative = true;
    Code::NoError
}

/// Adds the result of the last lookup to the answer.
fn conclude(zone: &Zone, found: Found<'_>, owner: Name, answer: &mut Message) -> Code {
    answer.header.authoritative = true;
    match found {
        Found::Records(records) => {
            let named = |record: &&Record| Record { name: owner.clone(), ..(*record).clone() };
            answer.answers.extend(records.iter().map(named));
            Code::NoError
        }
        // The alias leads to a name outside of the zone, which the client looks up elsewhere.
        Found::Elsewhere if !answer.answers.is_empty() => Code::NoError,
        Found::Elsewhere => {
            answer.header.authoritative = false;
            Code::Refused
        }
        Found::NoData | Found::Alias(..) => {
            answer.authorities.push(zone.nothing().clone());
            Code::NoError
        }
        Found::NoSuchName => {
            answer.authorities.push(zone.nothing().clone());
            Code::NoSuchName
        }
    }
}

/// Returns the answer. If it is larger than `room`, it is truncated.
fn fitting(answer: Message, room: usize) -> Message {
    if answer.encoded_len() > room { answer.cut() } else { answer }
}

impl Message {
    /// Removes all records except the extension and marks the answer as truncated, so that the
    /// client asks again over TCP.
    pub fn cut(mut self) -> Self {
        self.header.truncated = true;
        self.answers.clear();
        self.authorities.clear();
        self
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Returns a TXT record with `len` bytes of text.
    pub fn text(len: usize) -> Record {
        let texts = vec![b'x'; len].chunks(255).map(|part| crate::protocol::Text(part.to_vec())).collect();
        record(Name::root(), INTERNET, 0, Data::Txt(texts))
    }
}
