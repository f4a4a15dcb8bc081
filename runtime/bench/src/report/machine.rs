//! The conditions of the measurements, without the name of the machine.

use std::process::Command;
use std::{fs, io, thread};

/// Returns a sentence about the processor, the system, the compiler and the load of the machine.
pub(super) fn describe() -> io::Result<String> {
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let rustc = Command::new("rustc").arg("--version").output()?;
    let rustc = String::from_utf8_lossy(&rustc.stdout);
    Ok(format!(
        "{}, {} processors, {}, Linux {}, rustc {}. Load average at the start: {}.",
        model.unwrap_or("an unnamed processor").trim(),
        thread::available_parallelism()?,
        system.unwrap_or("an unnamed system").trim_matches('"'),
        kernel.split('-').next().unwrap_or_default().trim(),
        rustc.split(' ').nth(1).unwrap_or("unknown"),
        load.split(' ').next().unwrap_or_default(),
    ))
}
