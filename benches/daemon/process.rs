//! A child process and what it spends, as `/proc` tells it. Linux only.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// Length of a tick of `/proc/PID/stat`: USER_HZ is 100 on every Linux (proc_pid_stat(5), sysconf(3)).
const TICK: Duration = Duration::from_millis(10);

/// What a process took in its whole life.
pub(crate) struct Spent {
    pub(crate) cpu: Duration,
    /// Most resident memory, in bytes.
    pub(crate) peak: u64,
}

/// Resident memory, in bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) peak: u64,
}

/// A process that runs.
pub(crate) struct Child {
    child: std::process::Child,
    /// Nanoseconds by thread, dead ones included.
    threads: HashMap<String, u64>,
    memory: Memory,
}

impl Child {
    pub(crate) fn start(mut command: Command) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        Self { child, threads: HashMap::new(), memory: Memory::default() }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default()
    }

    /// Whether it has not ended.
    pub(crate) fn lives(&self) -> bool {
        self.state() != 'Z'
    }

    fn state(&self) -> char {
        // The name before it stands in brackets and may hold anything.
        self.read("stat").rsplit(')').next().and_then(|rest| rest.trim_start().chars().next()).unwrap_or('Z')
    }

    /// Processor time so far, to the microsecond. A thread that ends takes along what it spent since the last call.
    pub(crate) fn cpu(&mut self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id()));
        for task in tasks.into_iter().flatten().flatten() {
            if let Some(spent) = fs::read_to_string(task.path().join("schedstat")).ok().and_then(|stat| on_cpu(&stat)) {
                self.threads.insert(task.file_name().to_string_lossy().into_owned(), spent);
            }
        }
        Duration::from_nanos(self.threads.values().sum())
    }

    /// Memory now.
    pub(crate) fn memory(&mut self) -> Memory {
        let status = self.read("status");
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map(|kib| kib << 10)
        };
        // A zombie has none.
        if let (Some(resident), Some(peak)) = (bytes("VmRSS:"), bytes("VmHWM:")) {
            self.memory = Memory { resident, peak };
        }
        self.memory
    }

    /// Asks it to stop, and waits.
    pub(crate) fn stop(self) -> Spent {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("it runs");
        self.ended()
    }

    /// Waits for its end.
    fn ended(mut self) -> Spent {
        while self.lives() {
            self.memory();
            std::thread::sleep(Duration::from_millis(5));
        }
        // What all its threads spent is told until it is waited for.
        let stat = self.read("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u32 = fields[11..13].iter().map(|field| field.parse::<u32>().expect("a number")).sum();
        let status = self.child.wait().expect("it is our child");
        assert!(status.success(), "the program ended with {status}");
        Spent { cpu: TICK * ticks, peak: self.memory.peak }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Only when a step before failed is it still there.
        self.child.kill().ok();
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> Spent {
    Child::start(command).ended()
}

/// Processor time of the thread that asks.
pub(crate) fn cpu_of_this_thread() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux kernel that keeps account");
    Duration::from_nanos(on_cpu(&stat).expect("three numbers"))
}

fn on_cpu(schedstat: &str) -> Option<u64> {
    schedstat.split(' ').next()?.parse().ok()
}
