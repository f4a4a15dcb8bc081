//! Tests of the MQTT broker with plain sockets, and with other MQTT clients.

mod attacks;
mod delivery;
mod mosquitto;
mod packets;
mod paho;
mod program;
mod sessions;

/// The path of the broker.
const MQTT: &str = env!("CARGO_BIN_EXE_mqtt");
