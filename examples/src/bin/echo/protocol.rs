//! The frames of the echo server: text that ends with an empty line.

use framewright::prelude::*;

/// A message. Request and reply have the same type.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Message {
    /// Lines of text, without the empty line at the end.
    #[until(b"\r\n\r\n")]
    pub text: String,
}
