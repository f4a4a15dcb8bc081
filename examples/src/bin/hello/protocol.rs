//! The messages of the greeting. A message is one read from TCP, or one datagram.

use framewright::prelude::*;

/// A message from a client: its name, or `exit`.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Name {
    /// All bytes of the read or the datagram.
    #[rest]
    pub name: String,
}

/// A message from the server over TCP.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = [u8; 7])]
pub enum Reply {
    /// The first message: `Welcome!`.
    #[tag(b"Welcome")]
    Welcome {
        /// The exclamation mark.
        #[magic(b"!")]
        mark: Auto,
    },
    /// The answer to a name: `Hello, NAME!`.
    #[tag(b"Hello, ")]
    Hello {
        /// The name of the client.
        #[rest]
        name: String,
        /// The exclamation mark.
        #[magic(b"!")]
        mark: Auto,
    },
}

/// A message from the server over UDP: `hello NAME!`.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"hello ")]
pub struct Greeting {
    /// The name of the client.
    #[rest]
    pub name: String,
    /// The exclamation mark.
    #[magic(b"!")]
    pub mark: Auto,
}
