//! The proxy: a handshake of three or four frames, and then bytes in both directions.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Limits, Serves};
use framewright::{Close, DecodeError, Error, Result, Server, Session};
use framewright_examples::{halved, interrupted, log};
use subtle::ConstantTimeEq;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::lookups::Lookups;
use crate::protocol::{Choice, Code, Command, Greeting, Host, LoggedIn, Login, Method, Reply, Request};

/// The time limit for a client to send its request.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The time limit for connecting to the host.
const CONNECT: Duration = Duration::from_secs(10);
/// The maximum size of a frame. The largest is a login with 255 bytes each for name and password.
const LONGEST: usize = 520;

/// The user who may use the proxy.
#[derive(Clone, Debug)]
pub struct User {
    name: Padded,
    password: Padded,
}

impl FromStr for User {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, password) = text.split_once(':').ok_or("expected NAME:PASSWORD")?;
        let padded = |text: &str| Padded::new(text.as_bytes()).ok_or("more than 255 bytes");
        Ok(Self { name: padded(name)?, password: padded(password)? })
    }
}

pub async fn serve(address: &str, user: Option<User>) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    proxy(user).bind(address).await?.serve_until(stop).await
}

/// Returns a proxy for this user, or for everyone if `None`.
pub fn proxy(user: Option<User>) -> Server<impl Serves> {
    let user = Arc::new(user);
    let lookups = Arc::new(Lookups::new());
    Server::sessions(async move |s: Session| -> Result<(), Close> { converse(s, &user, &lookups).await })
        .limits(halved(Limits::new().frame(LONGEST)))
}

async fn converse(mut s: Session, user: &Option<User>, lookups: &Lookups) -> Result<(), Close> {
    s.deadline(Instant::now() + HANDSHAKE);
    let greeting: Greeting = s.require().await?;
    let method = match user {
        Some(_) => Method::Password,
        None => Method::None,
    };
    if !greeting.methods.contains(&method) {
        s.send(&Choice { method: Method::Unacceptable }).await?;
        return Ok(());
    }
    s.feed(&Choice { method })?;

    if let Some(user) = user {
        let login: Login = s.require().await?;
        let status = u8::from(!user.is(&login));
        s.feed(&LoggedIn { status })?;
        if status != 0 {
            s.flush().await?;
            return Err("wrong name or password".into());
        }
    }

    let request: Request = match s.require().await {
        Err(Error::Decode(error)) if is_of_host(&error) => {
            s.send(&Reply::refused(Code::HostUnsupported)).await?;
            return Err(error.into());
        }
        request => request?,
    };
    s.deadline(Instant::now() + CONNECT + HANDSHAKE);
    tracing::info!("{:?} {}:{}", request.command, request.host.to_string().escape_debug(), request.port);
    let upstream = match connect(&request, s.peer_addr(), lookups).await {
        Ok(upstream) => upstream,
        Err(code) => {
            tracing::info!("{code:?}");
            s.send(&Reply::refused(code)).await?;
            return Ok(());
        }
    };
    if is_back(&upstream, s.local_addr().port())? {
        s.send(&Reply::refused(Code::NotAllowed)).await?;
        return Ok(());
    }
    s.feed(&Reply::new(Code::Granted, upstream.local_addr()?))?;

    // The tunnel copies bytes, beginning with those that are already received.
    s.deadline(None);
    let (up, down) = s.tunnel(upstream).await?;
    tracing::info!("{up} bytes up, {down} down");
    Ok(())
}

impl User {
    /// Returns `true` if name and password are those of this user. The comparison takes constant
    /// time: it does not depend on which part is wrong, nor on the lengths.
    fn is(&self, login: &Login) -> bool {
        let (Some(name), Some(password)) = (Padded::new(&login.name), Padded::new(&login.password)) else {
            return false;
        };
        bool::from(self.name.ct_eq(&name) & self.password.ct_eq(&password))
    }
}

/// A name or password, padded with zeros to the maximum length. Comparisons take constant time.
#[derive(Clone, Debug)]
struct Padded {
    bytes: Box<[u8; 255]>,
    len: usize,
}

impl Padded {
    /// Pads a name or password. Returns `None` if it is too long.
    fn new(text: &[u8]) -> Option<Self> {
        let mut bytes = Box::new([0; 255]);
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { bytes, len: text.len() })
    }
}

impl ConstantTimeEq for Padded {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.bytes.ct_eq(&other.bytes[..]) & self.len.ct_eq(&other.len)
    }
}

/// Returns `true` if a request is malformed because the address type of its host is unknown.
fn is_of_host(error: &DecodeError) -> bool {
    error.path().starts_with("Request.host")
}

async fn connect(request: &Request, client: SocketAddr, lookups: &Lookups) -> Result<TcpStream, Code> {
    if request.command != Command::Connect {
        return Err(Code::CommandUnsupported);
    }
    let connecting = async {
        match &request.host {
            Host::V4(address) => TcpStream::connect((*address, request.port)).await,
            Host::V6(address) => TcpStream::connect((*address, request.port)).await,
            Host::Name(name) => {
                let client = client.ip().into();
                let addresses = lookups.addresses(client, name.clone(), request.port).await?;
                TcpStream::connect(&addresses[..]).await
            }
        }
    };
    let stream = timeout(CONNECT, connecting)
        .await
        .map_err(|_| Code::HostUnreachable)?
        .map_err(|error| code(&error))?;
    // Send small packets without delay. The programs at both ends decide about buffering.
    stream.set_nodelay(true).map_err(|error| code(&error))?;
    Ok(stream)
}

/// Returns `true` if a connection leads back to the proxy, which listens on `port`. A chain of such
/// connections would take all connections of the proxy.
fn is_back(upstream: &TcpStream, port: u16) -> io::Result<bool> {
    let (here, there) = (upstream.local_addr()?, upstream.peer_addr()?);
    let same_machine = here.ip() == there.ip() || there.ip().to_canonical().is_loopback();
    Ok(same_machine && there.port() == port)
}

fn code(error: &io::Error) -> Code {
    match error.kind() {
        ErrorKind::ConnectionRefused => Code::Refused,
        ErrorKind::NetworkUnreachable => Code::NetworkUnreachable,
        ErrorKind::HostUnreachable | ErrorKind::TimedOut => Code::HostUnreachable,
        ErrorKind::PermissionDenied => Code::NotAllowed,
        _ => Code::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(name: &[u8], password: &[u8]) -> Login {
        Login { name: name.to_vec(), password: password.to_vec() }
    }

    #[test]
    fn a_user_is_known_by_every_byte() {
        let user: User = "ada:secret".parse().unwrap();
        assert!(user.is(&login(b"ada", b"secret")));
        for (name, password) in [
            (&b"ada"[..], &b"secre"[..]),
            (b"ada", b"secret\0"),
            (b"ada\0", b"secret"),
            (b"ad", b"secret"),
            (b"ada", b"Secret"),
            (b"", b""),
        ] {
            assert!(!user.is(&login(name, password)), "{name:?} {password:?}");
        }
    }

    #[test]
    fn refuses_a_password_that_is_too_long_for_a_login() {
        let long = "x".repeat(255);
        let user: User = format!("{long}:{long}").parse().unwrap();
        assert!(user.is(&login(long.as_bytes(), long.as_bytes())));
        assert!(!user.is(&login(long.as_bytes(), &[b'x'; 254])));
        assert!(format!("ada:{long}x").parse::<User>().is_err());
        assert!(format!("{long}x:secret").parse::<User>().is_err());
    }
}
