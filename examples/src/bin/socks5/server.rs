//! The proxy: a conversation of three or four frames, then raw bytes both ways.

use std::io::{self, ErrorKind};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use framewright::net::Serves;
use framewright::{Close, DecodeError, Error, Result, Server, Session};
use framewright_examples::{interrupted, log};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::protocol::{Choice, Code, Command, Greeting, Host, LoggedIn, Login, Method, Reply, Request};

/// In this time a client has said what it wants.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// In this time the host it asks for has answered.
const CONNECT: Duration = Duration::from_secs(10);

/// Who may use the proxy.
#[derive(Clone, Debug)]
pub struct User {
    name: String,
    password: String,
}

impl FromStr for User {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, password) = text.split_once(':').ok_or("expected NAME:PASSWORD")?;
        Ok(Self { name: name.to_owned(), password: password.to_owned() })
    }
}

pub async fn serve(address: &str, user: Option<User>) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    proxy(user).bind(address).await?.serve_until(stop).await
}

/// A proxy for this user, or for everyone.
pub fn proxy(user: Option<User>) -> Server<impl Serves> {
    let user = Arc::new(user);
    Server::sessions(async move |s: Session| -> Result<(), Close> { converse(s, &user).await })
}

async fn converse(mut s: Session, user: &Option<User>) -> Result<(), Close> {
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
    let upstream = match connect(&request).await {
        Ok(upstream) => upstream,
        Err(code) => {
            tracing::info!("{code:?}");
            s.send(&Reply::refused(code)).await?;
            return Ok(());
        }
    };
    s.feed(&Reply::new(Code::Granted, upstream.local_addr()?))?;

    // From here on these are the bytes of others. What the client has sent already goes first.
    s.deadline(None);
    let (up, down) = s.tunnel(upstream).await?;
    tracing::info!("{up} bytes up, {down} down");
    Ok(())
}

impl User {
    /// Takes as long whatever is wrong, so that nobody can find out a password byte by byte.
    fn is(&self, login: &Login) -> bool {
        same(self.name.as_bytes(), &login.name) & same(self.password.as_bytes(), &login.password)
    }
}

fn same(ours: &[u8], theirs: &[u8]) -> bool {
    let differing = ours.iter().zip(theirs).fold(0, |all, (a, b)| all | (a ^ b));
    differing == 0 && ours.len() == theirs.len()
}

/// Whether a request is malformed in that its kind of host is unknown.
fn is_of_host(error: &DecodeError) -> bool {
    error.path().starts_with("Request.host")
}

async fn connect(request: &Request) -> Result<TcpStream, Code> {
    if request.command != Command::Connect {
        return Err(Code::CommandUnsupported);
    }
    let connecting = async {
        match &request.host {
            Host::V4(address) => TcpStream::connect((*address, request.port)).await,
            Host::V6(address) => TcpStream::connect((*address, request.port)).await,
            Host::Name(name) => TcpStream::connect((name.as_str(), request.port)).await,
        }
    };
    let stream = timeout(CONNECT, connecting)
        .await
        .map_err(|_| Code::HostUnreachable)?
        .map_err(|error| code(&error))?;
    // Who speaks through here decides for himself when to wait for more.
    stream.set_nodelay(true).map_err(|error| code(&error))?;
    Ok(stream)
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
