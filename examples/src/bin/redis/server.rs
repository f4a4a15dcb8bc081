//! The server. It answers commands.

use std::collections::HashSet;
use std::str::from_utf8;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use framewright::net::{CloseReason, Serves};
use framewright::{Close, Conn, Handler, Server};
use framewright_examples::{interrupted, log, unhurried};

use crate::protocol::{Request, Value};
use crate::store::{Full, Listener, Store};

/// The maximum number of channels of a connection.
const CHANNELS: usize = 1024;

/// How long a connection may be without traffic in either direction if clients have a time limit. It is
/// for subscribers, whose connection may be lost without notice.
const SILENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum number of bytes of an unknown command in the error.
const SHOWN: usize = 128;

pub async fn serve(address: &str, memory: usize, timeout: u64) -> framewright::Result<()> {
    log("info");
    let stop = interrupted()?;
    server(memory, timeout).bind(address).await?.serve_until(stop).await
}

/// Returns a server with a memory limit of `memory` bytes for keys, values and subscriptions, and a
/// time limit of `timeout` seconds for clients that send no commands. With 0, clients may be silent for
/// ever.
pub fn server(memory: usize, timeout: u64) -> Server<impl Serves> {
    let timeout = (timeout > 0).then(|| Duration::from_secs(timeout));
    // Clients connect long before they send a command.
    let limits = unhurried().idle(idle(timeout)).frame(64 << 20).out_buffer(64 << 20);
    let store = Store::new(memory);
    Server::new(Redis { store, timeout, connections: AtomicU64::new(0) }).limits(limits)
}

/// Returns how long a connection may be without traffic, for this time limit without commands.
fn idle(timeout: Option<Duration>) -> Option<Duration> {
    timeout.map(|timeout| timeout.max(SILENCE))
}

struct Redis {
    store: Store,
    /// How long a client without subscriptions may send no commands, if that is limited.
    timeout: Option<Duration>,
    connections: AtomicU64,
}

/// A connection and the channels that it subscribes to.
struct Client {
    id: u64,
    channels: HashSet<Bytes>,
}

impl Handler for Redis {
    type In<'a> = Request<'a>;
    type Out = Value;
    type State = Client;

    async fn open(&self, conn: &mut Conn<Value>) -> Result<Client, Close> {
        conn.keep_alive(self.timeout);
        Ok(Client { id: self.connections.fetch_add(1, Ordering::Relaxed), channels: HashSet::new() })
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Value>,
        client: &'a mut Client,
        request: Request<'a>,
    ) -> Result<(), Close> {
        let line;
        let words: Vec<&[u8]> = match &request {
            Request::Words { words, .. } => words.iter().map(|word| word.bytes).collect(),
            Request::Line { first, rest } => {
                line = [&[*first], rest.as_bytes()].concat();
                line.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).collect()
            }
        };
        let Some((command, arguments)) = words.split_first() else { return Ok(()) };
        let command = command.to_ascii_uppercase();
        match (command.as_slice(), arguments) {
            (b"SUBSCRIBE", [_, ..]) => self.subscribe(conn, client, arguments),
            (b"UNSUBSCRIBE", _) => self.unsubscribe(conn, client, arguments),
            (b"QUIT", _) => {
                conn.close();
                Ok(conn.send(Value::ok())?)
            }
            (command, arguments) => Ok(conn.send(self.answer(command, arguments))?),
        }
    }

    async fn closed(&self, client: Client, _: CloseReason) {
        for channel in client.channels {
            self.store.unsubscribe(&channel, client.id);
        }
    }
}

impl Redis {
    fn answer(&self, command: &[u8], arguments: &[&[u8]]) -> Value {
        let store = &self.store;
        match (command, arguments) {
            (b"PING", []) => Value::Simple("PONG".to_owned()),
            (b"PING", [text]) => Value::bulk(Bytes::copy_from_slice(text)),
            (b"GET", [key]) => Value::bulk(store.get(key)),
            (b"SET", [key, value]) => stored(store.set(key, value, None)),
            (b"SET", [key, value, unit, lives]) => match lifetime(unit, lives) {
                Some(lives) => stored(store.set(key, value, Some(lives))),
                None => Value::Error("ERR syntax error".to_owned()),
            },
            (b"DEL", [_, ..]) => Value::integer(store.remove(arguments)),
            (b"INCR", [key]) => match store.increment(key) {
                Ok(Some(number)) => Value::Integer(number),
                Err(full) => stored(Err(full)),
                Ok(None) => Value::Error("ERR value is not an integer or out of range".to_owned()),
            },
            (b"EXPIRE", [key, seconds]) => match integer(seconds) {
                // A key whose time is negative expires at once.
                Some(seconds) => {
                    let lives = Duration::from_secs(seconds.try_into().unwrap_or(0));
                    Value::Integer(i64::from(store.expire(key, lives)))
                }
                None => Value::Error("ERR value is not an integer or out of range".to_owned()),
            },
            (b"PUBLISH", [channel, message]) => Value::integer(store.publish(channel, message)),
            // Client libraries send these commands automatically. They accept an empty answer.
            (b"COMMAND" | b"CONFIG", _) => Value::array(Vec::new()),
            (b"PING" | b"GET" | b"SET" | b"DEL" | b"INCR" | b"EXPIRE" | b"PUBLISH" | b"SUBSCRIBE", _) => {
                let name = String::from_utf8_lossy(command).to_lowercase();
                Value::Error(format!("ERR wrong number of arguments for '{name}' command"))
            }
            _ => {
                let shown = command.get(..SHOWN).unwrap_or(command);
                Value::Error(format!("ERR unknown command '{}'", shown.escape_ascii()))
            }
        }
    }

    fn subscribe(
        &self,
        conn: &mut Conn<Value>,
        client: &mut Client,
        channels: &[&[u8]],
    ) -> Result<(), Close> {
        for channel in channels {
            if !client.channels.contains(*channel) {
                if client.channels.len() >= CHANNELS {
                    conn.send(Value::Error(format!("ERR at most {CHANNELS} channels")))?;
                    continue;
                }
                match self.store.subscribe(channel, Listener { id: client.id, peer: conn.handle() }) {
                    Ok(name) => client.channels.insert(name),
                    Err(full) => {
                        conn.send(stored(Err(full)))?;
                        continue;
                    }
                };
            }
            conn.send(listening(b"subscribe", Some(channel), client))?;
        }
        conn.keep_alive(self.silence(client));
        Ok(())
    }

    fn unsubscribe(
        &self,
        conn: &mut Conn<Value>,
        client: &mut Client,
        channels: &[&[u8]],
    ) -> Result<(), Close> {
        let all: Vec<Bytes> = client.channels.iter().cloned().collect();
        let channels = if channels.is_empty() {
            all.iter().map(|channel| &channel[..]).collect()
        } else {
            channels.to_vec()
        };
        if channels.is_empty() {
            conn.send(listening(b"unsubscribe", None, client))?;
        }
        for channel in channels {
            if client.channels.remove(channel) {
                self.store.unsubscribe(channel, client.id);
            }
            conn.send(listening(b"unsubscribe", Some(channel), client))?;
        }
        conn.keep_alive(self.silence(client));
        Ok(())
    }

    /// Returns how long a client may send no commands. A subscriber has none to send.
    fn silence(&self, client: &Client) -> Option<Duration> {
        self.timeout.filter(|_| client.channels.is_empty())
    }
}

fn stored(stored: Result<(), Full>) -> Value {
    match stored {
        Ok(()) => Value::ok(),
        Err(Full) => Value::Error("OOM command not allowed: the memory for keys is used up".to_owned()),
    }
}

/// Returns the confirmation that a client has subscribed to or unsubscribed from a channel.
fn listening(what: &'static [u8], channel: Option<&[u8]>, client: &Client) -> Value {
    Value::array(vec![
        Value::bulk(Bytes::from_static(what)),
        Value::bulk(channel.map(Bytes::copy_from_slice)),
        Value::integer(client.channels.len()),
    ])
}

fn integer(text: &[u8]) -> Option<i64> {
    from_utf8(text).ok()?.parse().ok()
}

/// Returns how long a value is kept.
fn lifetime(unit: &[u8], number: &[u8]) -> Option<Duration> {
    let number = integer(number)?.try_into().ok()?;
    match unit.to_ascii_uppercase().as_slice() {
        b"EX" => Some(Duration::from_secs(number)),
        b"PX" => Some(Duration::from_millis(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_that_vanishes_is_removed_some_day() {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        assert_eq!(idle(Some(HOUR)), Some(24 * HOUR));
        assert_eq!(idle(Some(48 * HOUR)), Some(48 * HOUR));
        assert_eq!(idle(None), None);
    }
}
