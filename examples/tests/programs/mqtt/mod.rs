//! Tests of the MQTT broker with plain sockets, and with other MQTT clients.

mod attacks;
mod delivery;
mod mosquitto;
mod packets;
mod paho;
mod program;
mod sessions;

const MQTT: &str = env!("CARGO_BIN_EXE_mqtt");
