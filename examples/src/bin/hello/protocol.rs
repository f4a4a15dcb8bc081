//! The greeting: a message ends with its read or its datagram.

use framewright::prelude::*;

/// A message from a client, over TCP and UDP: its name, or `exit`.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Name {
    /// The whole content of the read or the datagram.
    #[rest]
    pub name: String,
}

/// A message from the server over TCP.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = [u8; 7])]
pub enum Reply {
    /// The message `Welcome!`, which comes first.
    #[tag(b"Welcome")]
    Welcome {
        /// The exclamation mark.
        #[magic(b"!")]
        mark: Auto,
    },
    /// The reply `Hello, NAME!` to a name.
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
