//! The processes of servers and loads. Servers run on the first processor, loads on the last.

use std::io::{self, BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use super::{Kind, Load, Report};

/// A server in its own process, which ends when the `ServerProcess` is dropped.
pub(super) struct ServerProcess {
    process: Child,
    pub(super) address: SocketAddr,
}

impl ServerProcess {
    /// Starts a server on the first processor.
    pub(super) fn start(kind: Kind) -> io::Result<Self> {
        let name = clap::ValueEnum::to_possible_value(&kind).map(|value| value.get_name().to_owned());
        let mut process = Command::new(env::current_exe()?)
            .arg("serve")
            .arg(name.unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().parse().map_err(|_| io::Error::other(format!("{kind} did not start")))?;
        Ok(Self { process, address })
    }

    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the memory of the process in bytes, without the kernel's memory for its sockets.
    pub(super) fn memory(&self) -> io::Result<u64> {
        memory(self.id())
    }
}

/// Returns the memory of this process in bytes, without the kernel's memory for its sockets.
pub(super) fn own_memory() -> io::Result<u64> {
    memory(std::process::id())
}

fn memory(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| io::Error::other("no memory in the status of a process"))
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Killing fails if the process has already ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a load in its own process, on the last processor.
pub(super) fn load(load: &Load) -> io::Result<Report> {
    let output = Command::new(env::current_exe()?).arg("load").args(load.arguments()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Report::parse(&String::from_utf8_lossy(&output.stdout))
        .ok_or_else(|| io::Error::other("cannot parse the report of the load generator"))
}

/// Runs the process of a server: it prints its listening address, and serves until its standard
/// input ends.
pub(crate) fn serve(kind: Kind) -> io::Result<()> {
    pin(Processor::First)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    // The process also ends if its parent has died.
    std::thread::spawn(|| {
        let _ = io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    kind.run(listener)
}

/// One of the processors that this program may use.
pub(super) enum Processor {
    First,
    Last,
}

/// Keeps this process on one processor.
pub(super) fn pin(processor: Processor) -> io::Result<()> {
    let allowed = sched_getaffinity(None)?;
    let mut allowed = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
    let cpu = match processor {
        Processor::First => allowed.next(),
        Processor::Last => allowed.next_back(),
    };
    let mut one = CpuSet::new();
    one.set(cpu.ok_or_else(|| io::Error::other("no processor"))?);
    Ok(sched_setaffinity(None, &one)?)
}

/// Returns the processor time of the main thread of a process, in nanoseconds.
pub(super) fn processor_time(process: u32) -> io::Result<u64> {
    let times = fs::read_to_string(format!("/proc/{process}/schedstat"))?;
    let nanoseconds = times.split(' ').next().and_then(|number| number.parse().ok());
    nanoseconds.ok_or_else(|| io::Error::other("no processor time of a process"))
}
