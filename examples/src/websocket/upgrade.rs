//! The upgrade of an HTTP connection to a WebSocket connection.

use base64ct::{Base64, Encoding};
use sha1::{Digest, Sha1};

use crate::http::protocol::{Field, Request, Response};
use crate::http::{field, lists};

/// A constant from RFC 6455. A server proves that it supports WebSocket with a hash of the
/// request's key and this constant.
const MAGIC: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Returns the response that accepts a WebSocket request.
///
/// Refuses requests from pages of other hosts: `Origin`, which browsers send, must have the same
/// host as `Host`.
///
/// # Errors
/// Returns the response that refuses the request. The connection then has to be closed.
pub fn accept(request: &Request) -> Result<Response, Response> {
    let refused = |status, reason| Err(refusal(status, reason));
    let value = |name| field(request.lines(), name).map_err(|_| refusal(400, "Bad Request"));
    let has = |list: Option<&str>, token: &str| list.is_some_and(|list| lists(list, token));
    let Some(host) = value("Host")?.filter(|host| !host.is_empty()) else {
        return refused(400, "Bad Request");
    };
    if !has(value("Upgrade")?, "websocket") {
        return Err(with(refusal(426, "Upgrade Required"), &[("Upgrade", "websocket")]));
    }
    if request.method != "GET" || !has(value("Connection")?, "Upgrade") {
        return refused(400, "Bad Request");
    }
    if value("Sec-WebSocket-Version")? != Some("13") {
        return Err(with(refusal(426, "Upgrade Required"), &[("Sec-WebSocket-Version", "13")]));
    }
    let Some(key) = value("Sec-WebSocket-Key")?.filter(|key| is_key(key)) else {
        return refused(400, "Bad Request");
    };
    if value("Origin")?.is_some_and(|origin| !is_same_host(origin, host)) {
        return refused(403, "Forbidden");
    }
    let granted = Response::new(101, "Switching Protocols", Vec::new());
    Ok(with(
        granted,
        &[("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", &accept_of(key))],
    ))
}

/// Returns a client's request for `target`. The key comes from [`key_of`].
#[must_use]
pub fn request(host: &str, target: &str, key: &str) -> Request {
    let fields = [
        ("Host", host),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
    ];
    let fields = fields.map(|(name, value)| Field::new(name, value));
    Request::new("GET", target.to_owned(), fields.into())
}

/// Returns the key for a request. `bytes` must be random.
#[must_use]
pub fn key_of(bytes: [u8; 16]) -> String {
    Base64::encode_string(&bytes)
}

/// Returns `true` if the response accepts the request with this key.
#[must_use]
pub fn is_granted(response: &Response, key: &str) -> bool {
    let accepted = field(response.lines(), "Sec-WebSocket-Accept").ok().flatten();
    response.status == 101 && accepted == Some(&accept_of(key))
}

/// Returns the hash that proves that the server supports WebSocket.
fn accept_of(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(MAGIC).finalize();
    Base64::encode_string(&digest)
}

fn is_key(key: &str) -> bool {
    Base64::decode(key, &mut [0; 16]).is_ok_and(|bytes| bytes.len() == 16)
}

/// Returns `true` if an origin has this host. The scheme may differ, because a proxy may terminate
/// TLS.
fn is_same_host(origin: &str, host: &str) -> bool {
    let of = origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    of.is_some_and(|(_, of)| of.eq_ignore_ascii_case(host))
}

/// Returns an error response without a body. The connection is closed after it.
#[must_use]
pub fn refusal(status: u16, reason: &str) -> Response {
    with(Response::new(status, reason, Vec::new()), &[("Content-Length", "0"), ("Connection", "close")])
}

fn with(mut response: Response, fields: &[(&str, &str)]) -> Response {
    response.fields.extend(fields.iter().map(|(name, value)| Field::new(name, value)));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(change: impl FnOnce(&mut Vec<Field>)) -> Result<Response, Response> {
        let mut request = request("chat.example:80", "/chat", "dGhlIHNhbXBsZSBub25jZQ==");
        change(&mut request.fields);
        accept(&request)
    }

    fn other(name: &'static str, value: &'static str) -> impl FnOnce(&mut Vec<Field>) {
        move |fields| {
            fields.retain(|field| !field.line.starts_with(&format!("{name}:")));
            fields.push(Field::new(name, value));
        }
    }

    #[test]
    fn the_example_of_the_rfc_is_granted() {
        let granted = asked(|_| ()).unwrap();
        assert_eq!(
            field(granted.lines(), "Sec-WebSocket-Accept").unwrap(),
            Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
        assert!(is_granted(&granted, "dGhlIHNhbXBsZSBub25jZQ=="));
        assert!(!is_granted(&granted, &key_of([1; 16])));
    }

    #[test]
    fn accepts_other_forms_of_the_handshake() {
        assert!(asked(other("Connection", "keep-alive, upgrade")).is_ok());
        assert!(asked(other("Upgrade", "WebSocket")).is_ok());
        assert!(asked(other("Origin", "http://chat.example:80")).is_ok());
        assert!(asked(other("Origin", "https://Chat.Example:80")).is_ok());
    }

    #[test]
    fn refuses_requests_that_are_not_the_handshake() {
        for (name, value, status) in [
            ("Host", "", 400),
            ("Upgrade", "h2c", 426),
            ("Connection", "keep-alive", 400),
            ("Sec-WebSocket-Version", "8", 426),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZQ==", 400),
            ("Sec-WebSocket-Key", "no base64 at all!!", 400),
            ("Origin", "http://evil.example", 403),
            ("Origin", "http://chat.example:80.evil.example", 403),
            ("Origin", "http://chat.example", 403),
            ("Origin", "null", 403),
            ("Origin", "file://chat.example:80", 403),
        ] {
            let refused = asked(other(name, value)).unwrap_err();
            assert_eq!(refused.status, status, "{name}: {value}");
        }
        assert_eq!(asked(|fields| fields.push(Field::new("Host", "b"))).unwrap_err().status, 400);
        assert_eq!(asked(|fields| fields.push(Field { line: "no field".into() })).unwrap_err().status, 400);
        let mut posted = request("a", "/", "dGhlIHNhbXBsZSBub25jZQ==");
        posted.method = "POST".to_owned();
        assert_eq!(accept(&posted).unwrap_err().status, 400);
    }
}
