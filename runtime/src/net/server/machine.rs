//! The resources of the machine that a server runs on.

/// Returns the file descriptor limit of the process.
#[cfg(unix)]
pub(super) fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
pub(super) fn descriptors() -> usize {
    usize::MAX
}

/// Returns the memory that the process may use in bytes: the memory of the machine, or the limit of
/// the process's control group if that is lower. Returns `None` if it is unknown.
#[cfg(target_os = "linux")]
pub(super) fn memory() -> Option<usize> {
    let machine = rustix::system::sysinfo();
    #[allow(clippy::useless_conversion, reason = "the type depends on the machine's word")]
    let machine =
        u64::try_from(machine.totalram).ok().map(|units| units.saturating_mul(u64::from(machine.mem_unit)));
    machine.into_iter().chain(of_group()).min().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn memory() -> Option<usize> {
    None
}

/// Returns the lowest memory limit of the control groups around the process (version 2), or the
/// limit at the usual path of version 1.
#[cfg(target_os = "linux")]
fn of_group() -> Option<u64> {
    use std::path::Path;

    let number = |path: &Path| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let root = Path::new("/sys/fs/cgroup");
    let nested = root.join(own);
    let limits = nested.ancestors().take_while(|group| group.starts_with(root));
    let limits = limits.filter_map(|group| number(&group.join("memory.max")));
    limits.chain(number(Path::new("/sys/fs/cgroup/memory/memory.limit_in_bytes"))).min()
}
