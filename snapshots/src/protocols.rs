//! The protocols of the examples.

#[path = "../../examples/src/bin/chat/protocol.rs"]
pub(crate) mod chat;
#[path = "../../examples/src/bin/dns/protocol.rs"]
#[allow(dead_code, reason = "only drawn here")]
pub(crate) mod dns;
#[path = "../../examples/src/bin/echo/protocol.rs"]
pub(crate) mod echo;
#[path = "../../examples/src/bin/fetch/protocol.rs"]
pub(crate) mod fetch;
#[path = "../../examples/src/bin/hello/protocol.rs"]
pub(crate) mod hello;
#[path = "../../examples/src/bin/modbus/protocol.rs"]
#[allow(dead_code, reason = "only drawn here")]
pub(crate) mod modbus;
#[path = "../../examples/src/bin/mqtt/protocol.rs"]
#[allow(dead_code, reason = "only drawn here")]
pub(crate) mod mqtt;
