//! SOCKS5 (RFC 1928), with names and passwords (RFC 1929).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use framewright::prelude::*;

/// How a client logs in.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[frame(tag = u8)]
pub enum Method {
    /// The client does not log in.
    #[tag(0)]
    None,
    /// The client logs in with a name and a password.
    #[tag(2)]
    Password,
    /// None of the offered methods is acceptable.
    #[tag(0xff)]
    Unacceptable,
    /// Another method.
    #[tag(_)]
    Other(u8),
}

/// The first frame from a client.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = 5u8)]
pub struct Greeting {
    /// The methods that the client supports.
    #[count_prefixed(u8)]
    pub methods: Vec<Method>,
}

/// The method that the proxy chooses.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = 5u8)]
pub struct Choice {
    pub method: Method,
}

/// A login with name and password.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = 1u8)]
pub struct Login {
    #[len_prefixed(u8)]
    pub name: Vec<u8>,
    #[len_prefixed(u8)]
    pub password: Vec<u8>,
}

/// The answer to a login.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = 1u8)]
pub struct LoggedIn {
    /// The result. It is 0 if the login is accepted.
    pub status: u8,
}

/// The command of a request.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Command {
    Connect = 1,
    Bind = 2,
    Associate = 3,
    #[tag(_)]
    Other(u8),
}

/// A host.
#[derive(Frame, Debug, Clone, PartialEq, Eq)]
#[frame(tag = u8)]
pub enum Host {
    #[tag(1)]
    V4(Ipv4Addr),
    /// A host name, which the proxy looks up.
    #[tag(3)]
    Name(#[len_prefixed(u8)] String),
    #[tag(4)]
    V6(Ipv6Addr),
}

/// A request for a connection to a host.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 5u8)]
pub struct Request {
    pub command: Command,
    #[pad(1)]
    pub reserved: Auto,
    pub host: Host,
    pub port: u16,
}

/// The result of a request.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Code {
    Granted = 0,
    Failed = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    Refused = 5,
    TtlExpired = 6,
    CommandUnsupported = 7,
    HostUnsupported = 8,
    #[tag(_)]
    Other(u8),
}

/// The answer to a request. If the request is granted, the bytes of the connection follow.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 5u8)]
pub struct Reply {
    pub code: Code,
    #[pad(1)]
    pub reserved: Auto,
    /// The local address of the proxy's connection to the host.
    pub host: Host,
    pub port: u16,
}

impl Request {
    pub fn connect(host: Host, port: u16) -> Self {
        Self { command: Command::Connect, reserved: Auto::new(), host, port }
    }
}

impl Reply {
    pub fn new(code: Code, bound: SocketAddr) -> Self {
        Self { code, reserved: Auto::new(), host: bound.ip().into(), port: bound.port() }
    }

    pub fn refused(code: Code) -> Self {
        Self::new(code, SocketAddr::from(([0; 4], 0)))
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(address) => address.fmt(f),
            Self::Name(name) => name.escape_debug().fmt(f),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}
