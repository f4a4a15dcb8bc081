//! A test of the device with a client in Python, which uses the generated Python module.

use std::process::Command;

use super::{MODBUS, device};

#[test]
fn a_generated_master_reads_and_writes_the_device() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: python3 is not installed");
    }
    let device = device();
    let folder = std::env::temp_dir().join(format!("framewright-{}-modbus", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let module = Command::new(MODBUS).args(["protocol", "python"]).output().unwrap();
    std::fs::write(folder.join("modbus.py"), &module.stdout).unwrap();
    let (ip, port) = (device.address.ip().to_string(), device.address.port().to_string());
    let mut master = Command::new("python3");
    master.args(["-c", include_str!("master.py"), &ip, &port]).env("PYTHONPATH", &folder);
    let output = master.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{stderr}");
    std::fs::remove_dir_all(folder).unwrap();
}
