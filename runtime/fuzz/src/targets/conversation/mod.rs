//! The target for conversations that switch between frame types, with a peer that sends any bytes:
//! HTTP with bodies, SOCKS5 up to a tunnel, and a WebSocket after its handshake. HTTP and SOCKS5
//! are declared in the examples `put` and `socks5`.

use framewright::net::{Close, Server, Session};
use framewright::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};

#[path = "../../../../../examples/src/bin/put/protocol.rs"]
#[allow(dead_code, reason = "only the server's side is spoken here")]
mod http;
#[path = "../../../../../examples/src/bin/socks5/protocol.rs"]
#[allow(dead_code, reason = "only the server's side is spoken here")]
mod socks5;
mod websocket;

use self::http::{Field, Request, Response};
use self::socks5::{Choice, Code, Greeting, LoggedIn, Login, Method, Reply};
use self::websocket::Message;

/// The maximum size of a body in bytes.
const LONGEST: u64 = 1 << 20;

/// Runs a conversation. The first byte selects the conversation. The second byte says whether the
/// peer closes its side at the end, and the next four bytes how its bytes are split.
pub fn conversation(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(hold(*choice, data));
}

/// Runs a conversation with a peer that sends `data`. The clock advances only when nothing else can
/// be done.
async fn hold(choice: u8, data: &[u8]) {
    let mut server = Server::sessions(async move |s: Session| -> Result<(), Close> {
        match choice % 3 {
            0 => talk_http(s).await,
            1 => talk_socks5(s).await,
            _ => talk_websocket(s).await,
        }
    });
    let counters = server.counters();
    let (how, said) = data.split_at(data.len().min(5));
    let (polite, cuts) = how.split_first().map_or((0, how), |(polite, cuts)| (*polite, cuts));
    let (near, far) = duplex(512);
    let (mut hears, mut says) = split(far);
    let peer = async move {
        let mut left = said;
        for cut in cuts.iter().cycle() {
            let (piece, rest) = left.split_at((usize::from(*cut) + 1).min(left.len()));
            if piece.is_empty() || says.write_all(piece).await.is_err() {
                break;
            }
            left = rest;
        }
        if polite % 2 == 0 {
            let _ = says.shutdown().await;
        }
    };
    let listener = async {
        let mut heard = Vec::new();
        let _ = hears.read_to_end(&mut heard).await;
        heard
    };
    let (served, (), heard) = tokio::join!(server.serve_connection(near), peer, listener);
    served.expect("one connection is served");
    let stats = counters.snapshot();
    assert_eq!(stats.panics, 0, "the conversation panicked");
    // The size of the answers is limited by the size of the requests.
    assert!(heard.len() <= 64 + 128 * said.len(), "{} bytes are said to {}", heard.len(), said.len());
    assert!(stats.bytes_in <= u64::try_from(said.len()).unwrap_or(u64::MAX), "more is read than was said");
}

/// Returns the value of a header field. If the field occurs several times, the last one counts.
fn field<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let fields = request.lines().filter_map(|line| line.split_once(':'));
    fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).last().map(|(_, value)| value.trim())
}

/// Answers each request with the body of the request, which has a length, comes in chunks, or
/// extends to the end of the stream.
async fn talk_http(mut s: Session) -> Result<(), Close> {
    while let Some(request) = s.recv::<Request>().await? {
        if field(&request, "Expect").is_some() {
            s.feed(&Response::new(100, "Continue", Vec::new()))?;
        }
        let mut body = Vec::new();
        if field(&request, "Transfer-Encoding").is_some() {
            loop {
                let size: Field = s.require().await?;
                let size = u64::from_str_radix(&size.line, 16)?.min(LONGEST);
                take(&mut s, size, &mut body).await?;
                let _: Field = s.require().await?;
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = field(&request, "Content-Length") {
            let length = length.parse::<u64>()?;
            if request.method == "HEAD" {
                // The body is not read here. The next `recv` skips it.
                let _ = s.body(length);
            } else {
                take(&mut s, length.min(LONGEST), &mut body).await?;
            }
        } else if request.method == "PUT" {
            let mut rest = s.body_to_end();
            while let Some(chunk) = rest.chunk().await? {
                body.extend_from_slice(&chunk);
            }
        }
        s.feed(&Response::new(200, "OK", vec![Field::new("Content-Length", body.len())]))?;
        s.send_body(body.len().try_into()?, &body[..]).await?;
    }
    Ok(())
}

async fn take(s: &mut Session, length: u64, body: &mut Vec<u8>) -> Result<(), Close> {
    let (before, mut part) = (body.len(), s.body(length));
    while let Some(chunk) = part.chunk().await? {
        body.extend_from_slice(&chunk);
    }
    assert_eq!(u64::try_from(body.len() - before)?, length, "a body is as long as it was to be");
    Ok(())
}

/// Completes the handshake, and then connects to an upstream that sends everything back.
async fn talk_socks5(mut s: Session) -> Result<(), Close> {
    let greeting: Greeting = s.require().await?;
    let method = greeting.methods.first().copied().unwrap_or(Method::Unacceptable);
    s.feed(&Choice { method })?;
    if method == Method::Password {
        let login: Login = s.require().await?;
        s.feed(&LoggedIn { status: u8::from(login.name != login.password) })?;
    }
    let request: socks5::Request = s.require().await?;
    let bound = Reply { code: Code::Granted, reserved: Auto::new(), host: request.host, port: request.port };
    s.feed(&bound)?;
    let (near, far) = duplex(64);
    let echo = tokio::spawn(async move {
        let (mut hears, mut says) = split(far);
        let copied = tokio::io::copy(&mut hears, &mut says).await;
        let _ = says.shutdown().await;
        copied
    });
    let (up, down) = s.tunnel(near).await?;
    assert_eq!(up, down, "what went up comes down");
    echo.await??;
    Ok(())
}

/// Reads the HTTP request of a WebSocket client, and then continues as a handler that sends each
/// message back without its mask.
async fn talk_websocket(mut s: Session) -> Result<(), Close> {
    let request: Request = s.require().await?;
    if field(&request, "Upgrade") != Some("websocket") {
        s.send(&Response::new(400, "Bad Request", Vec::new())).await?;
        return Ok(());
    }
    s.feed(&Response::new(101, "Switching Protocols", Vec::new()))?;
    s.serve(async |message: Message| message.unmasked()).await
}
