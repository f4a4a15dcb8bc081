//! The MQTT broker against plain sockets, and against programs of others that speak MQTT.

mod attacks;
mod delivery;
mod mosquitto;
mod packets;
mod paho;
mod program;
mod sessions;
#[path = "../peers/support.rs"]
#[allow(dead_code, reason = "the tests of other programs use the rest")]
mod support;

/// The broker.
const MQTT: &str = env!("CARGO_BIN_EXE_mqtt");
