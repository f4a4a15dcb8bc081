//! The greeting: nothing says where a message ends but the read or the
//! datagram that brings it.

use framewright::prelude::*;

/// What a client sends, over TCP and UDP: its name, or `exit`.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Name {
    /// All of the read or datagram.
    #[rest]
    pub name: String,
}

/// What the server sends over TCP.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = [u8; 7])]
pub enum Reply {
    /// `Welcome!`, before anything else.
    #[tag(b"Welcome")]
    Welcome {
        /// The exclamation mark.
        #[magic(b"!")]
        mark: Auto,
    },
    /// `Hello, NAME!`, to a name.
    #[tag(b"Hello, ")]
    Hello {
        /// The name as it was sent.
        #[rest]
        name: String,
        /// The exclamation mark.
        #[magic(b"!")]
        mark: Auto,
    },
}

/// What the server sends over UDP: `hello NAME!`.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"hello ")]
pub struct Greeting {
    /// The name as it was sent.
    #[rest]
    pub name: String,
    /// The exclamation mark.
    #[magic(b"!")]
    pub mark: Auto,
}
