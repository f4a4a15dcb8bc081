//! The server. It answers commands.

use std::str::from_utf8;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use framewright::net::{CloseReason, Limits, Serves};
use framewright::{Close, Conn, Handler, Server};
use framewright_examples::{EACH, interrupted, log};

use crate::protocol::{Request, Value};
use crate::store::{Full, Listener, Store};

const CHANNELS: usize = 1024;

pub async fn serve(address: &str, memory: usize) -> framewright::Result<()> {
    log("info");
    let stop = interrupted()?;
    server(memory).bind(address).await?.serve_until(stop).await
}

/// Returns a server with a memory limit of `memory` bytes for keys and values.
pub fn server(memory: usize) -> Server<impl Serves> {
    // Clients connect long before they send a command, so idle time is not limited.
    let limits = Limits::new()
        .frame(64 << 20)
        .out_buffer(64 << 20)
        .first_frame_time(None)
        .idle(None)
        .per_address(EACH);
    Server::new(Redis { store: Store::new(memory), connections: AtomicU64::new(0) }).limits(limits)
}

struct Redis {
    store: Store,
    connections: AtomicU64,
}

/// A connection and the channels that it subscribes to.
struct Client {
    id: u64,
    channels: Vec<Bytes>,
}

impl Handler for Redis {
    type In<'a> = Request<'a>;
    type Out = Value;
    type State = Client;

    async fn open(&self, _: &mut Conn<Value>) -> Result<Client, Close> {
        Ok(Client { id: self.connections.fetch_add(1, Ordering::Relaxed), channels: Vec::new() })
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
            (b"EXPIRE", [key, seconds]) => match lifetime(b"EX", seconds) {
                Some(lives) => Value::Integer(i64::from(store.expire(key, lives))),
                None => Value::Error("ERR value is not an integer or out of range".to_owned()),
            },
            (b"PUBLISH", [channel, message]) => Value::integer(store.publish(channel, message)),
            // Client libraries send these commands automatically. They accept an empty answer.
            (b"COMMAND" | b"CONFIG", _) => Value::array(Vec::new()),
            (b"PING" | b"GET" | b"SET" | b"DEL" | b"INCR" | b"EXPIRE" | b"PUBLISH" | b"SUBSCRIBE", _) => {
                let name = String::from_utf8_lossy(command).to_lowercase();
                Value::Error(format!("ERR wrong number of arguments for '{name}' command"))
            }
            _ => Value::Error(format!("ERR unknown command '{}'", command.escape_ascii())),
        }
    }

    fn subscribe(
        &self,
        conn: &mut Conn<Value>,
        client: &mut Client,
        channels: &[&[u8]],
    ) -> Result<(), Close> {
        for channel in channels {
            if client.channels.len() >= CHANNELS {
                conn.send(Value::Error(format!("ERR at most {CHANNELS} channels")))?;
                continue;
            }
            self.store.subscribe(channel, Listener { id: client.id, peer: conn.handle() });
            if client.channels.iter().all(|known| known != channel) {
                client.channels.push(Bytes::copy_from_slice(channel));
            }
            conn.send(listening(b"subscribe", channel, client))?;
        }
        Ok(())
    }

    fn unsubscribe(
        &self,
        conn: &mut Conn<Value>,
        client: &mut Client,
        channels: &[&[u8]],
    ) -> Result<(), Close> {
        let all = client.channels.clone();
        let channels = if channels.is_empty() {
            all.iter().map(|channel| &channel[..]).collect()
        } else {
            channels.to_vec()
        };
        for channel in channels {
            self.store.unsubscribe(channel, client.id);
            client.channels.retain(|known| known != channel);
            conn.send(listening(b"unsubscribe", channel, client))?;
        }
        Ok(())
    }
}

fn stored(stored: Result<(), Full>) -> Value {
    match stored {
        Ok(()) => Value::ok(),
        Err(Full) => Value::Error("OOM command not allowed: the memory for keys is used up".to_owned()),
    }
}

/// Returns the confirmation that a client has subscribed to or unsubscribed from a channel.
fn listening(what: &'static [u8], channel: &[u8], client: &Client) -> Value {
    Value::array(vec![
        Value::bulk(Bytes::from_static(what)),
        Value::bulk(Bytes::copy_from_slice(channel)),
        Value::integer(client.channels.len()),
    ])
}

/// Returns how long a value is kept.
fn lifetime(unit: &[u8], number: &[u8]) -> Option<Duration> {
    let number = from_utf8(number).ok()?.parse().ok()?;
    match unit.to_ascii_uppercase().as_slice() {
        b"EX" => Some(Duration::from_secs(number)),
        b"PX" => Some(Duration::from_millis(number)),
        _ => None,
    }
}
