//! The protocols of the examples.

#[path = "../../examples/src/bin/chat/protocol.rs"]
pub(crate) mod chat;
#[path = "../../examples/src/bin/echo/protocol.rs"]
pub(crate) mod echo;
#[path = "../../examples/src/bin/fetch/protocol.rs"]
pub(crate) mod fetch;
#[path = "../../examples/src/bin/hello/protocol.rs"]
pub(crate) mod hello;
