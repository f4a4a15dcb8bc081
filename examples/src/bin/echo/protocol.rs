//! The echo: text, each message ended by an empty line.

use framewright::prelude::*;

/// A message, which is both the request and the reply.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Message {
    /// Lines of text, without the empty line that ends them.
    #[until(b"\r\n\r\n")]
    pub text: String,
}
