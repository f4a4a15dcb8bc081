//! A test with the Python library paho-mqtt.

use std::process::Command;

use super::packets::broker;

#[test]
fn clients_of_paho_are_served() {
    let python = std::env::var("FRAMEWRIGHT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "from paho.mqtt.enums import CallbackAPIVersion"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        return eprintln!(
            "skipped: {python} has no paho-mqtt (pip install paho-mqtt; FRAMEWRIGHT_PYTHON names an interpreter)"
        );
    }
    let broker = broker();
    let (ip, port) = (broker.address.ip().to_string(), broker.address.port().to_string());
    let output = Command::new(python).args(["-c", include_str!("paho.py"), &ip, &port]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{stderr}");
}
