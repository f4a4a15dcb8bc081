//! The MQTT broker against plain sockets, and against programs of others that speak MQTT.

mod attacks;
mod delivery;
mod mosquitto;
mod packets;
mod paho;
mod program;
mod sessions;

/// The broker.
const MQTT: &str = env!("CARGO_BIN_EXE_mqtt");
