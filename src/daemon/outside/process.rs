//! What the system says of this process, under the names that Prometheus' own libraries use. What cannot be read is left out.

use std::fs;

/// This process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Process {
    /// Bytes in memory.
    pub(super) resident: Option<u64>,
    /// Open files and sockets.
    pub(super) files: Option<u64>,
}

/// Asks the system; takes some ten microseconds.
pub(super) fn process() -> Process {
    Process {
        resident: fs::read_to_string("/proc/self/status").ok().and_then(|text| resident(&text)),
        // The folder is open itself while it is counted.
        files: fs::read_dir("/proc/self/fd").ok().map(|files| files.count().saturating_sub(1) as u64),
    }
}

/// The line `VmRSS: 12345 kB`, with a tab and spaces between (proc_pid_status(5)).
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(resident("Name:\tsahelwatch\nVmRSS:\t   61440 kB\nThreads:\t9\n"), Some(62_914_560));
        assert_eq!([resident(""), resident("VmRSS: much")], [None, None]);
    }
}
