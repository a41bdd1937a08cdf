//! A state folder and a configuration: so many feeds, and a hundred keywords that no item holds, so that everything is matched and
//! nothing is mailed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::feeds::Feeds;
use crate::text;

/// Sources in one file: ten thousand, each with a line that switches it off, would be above the 1 MiB that a file of the configuration
/// may have.
const PER_FILE: usize = 1_000;

pub(crate) struct Bed {
    folder: tempfile::TempDir,
    /// By file.
    sources: Vec<String>,
    /// Polls at the same time.
    concurrency: usize,
}

/// Syncs of whole runs.
pub(crate) struct Fsyncs {
    /// Of one that polls nothing and makes its store.
    pub(crate) made: usize,
    /// What first polls cost beside that.
    pub(crate) first: usize,
    /// What unchanged polls cost beside a run that polls nothing.
    pub(crate) unchanged: usize,
}

impl Bed {
    pub(crate) fn new(feeds: &Feeds, count: usize) -> Self {
        Self::of(count, |number| feeds.url(number))
    }

    /// Sources that never show anything.
    pub(crate) fn of_none(feeds: &Feeds, count: usize) -> Self {
        Self::of(count, |number| feeds.url_of_none(number))
    }

    /// Sources that are far away, polled as many at a time as by default.
    pub(crate) fn far(feeds: &Feeds, count: usize) -> Self {
        Self { concurrency: 16, ..Self::of(count, |number| feeds.url_far(number)) }
    }

    fn of(count: usize, url: impl Fn(usize) -> String) -> Self {
        let source = |number| {
            let url = url(number);
            format!("[[source]]\nid = \"s{number}\"\nurl = \"{url}\"\nkind = \"feed\"\nallow_private = true\n")
        };
        let sources: Vec<String> = (0..count).map(source).collect();
        let sources = sources.chunks(PER_FILE).map(<[_]>::concat).collect();
        Self { folder: tempfile::tempdir().expect("a temporary folder"), sources, concurrency: 64 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the configuration. First polls put every item before the watches.
    pub(crate) fn write_config(&self, interval: &str) {
        self.write(interval, true);
    }

    /// The same with every source switched off.
    pub(crate) fn write_config_off(&self) {
        self.write("1h", false);
    }

    fn write(&self, interval: &str, enabled: bool) {
        let terms: Vec<String> = (0..100).map(|n| format!("Nullepart{n}")).collect();
        let config = format!(
            "version = 1\nstorage = {{ path = {:?} }}\n\
             http = {{ contact = \"ops@example.org\", concurrency = {}, per_host = 16, per_host_delay = \"0s\" }}\n\
             [defaults.source]\ninterval = \"{interval}\"\non_first_run = \"alert\"\n\
             [mail]\nfrom = \"alerts@example.org\"\ntransport = \"file\"\n\
             [[watch]]\nid = \"nowhere\"\nseverity = \"high\"\nany = {terms:?}\nto = [\"desk@example.org\"]\n",
            self.path("state"),
            self.concurrency,
        );
        fs::write(self.path("sahelwatch.toml"), config).expect("a folder of ours");
        fs::create_dir_all(self.path("conf.d")).expect("a folder of ours");
        for (number, sources) in self.sources.iter().enumerate() {
            let sources = sources.replace("kind =", &format!("enabled = {enabled}\nkind ="));
            fs::write(self.path(&format!("conf.d/{number}.toml")), sources).expect("a folder of ours");
        }
    }

    /// The program on this configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        self.aim(&mut command, arguments);
        command
    }

    fn aim(&self, command: &mut Command, arguments: &[&str]) {
        command.arg("-c").arg(self.path("sahelwatch.toml")).args(arguments).env("RUST_LOG", "error");
        // What the unit sets for the allocator.
        let unit = include_str!("../../deploy/systemd/sahelwatch.service");
        let set = unit.lines().filter_map(|line| line.strip_prefix("Environment=")).flat_map(str::split_whitespace);
        command.envs(set.filter_map(|word| word.split_once('=')));
    }

    /// Items in the store of the running daemon; 0 when it does not answer.
    pub(crate) fn items(&self) -> u64 {
        let output = self.command(&["status", "--json"]).output().expect("the program starts");
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        status["items"].as_u64().unwrap_or(0)
    }

    pub(crate) fn store_bytes(&self) -> u64 {
        size(&self.path("state"))
    }

    /// Syncs of a first round and of an unchanged one, beside those of a run with every source switched off: that makes a store, or
    /// opens one, exports and closes it. None where there is no strace.
    pub(crate) fn fsyncs(&self) -> Option<Fsyncs> {
        self.write_config_off();
        let (made, opened) = (self.traced()?, self.traced()?);
        fs::remove_dir_all(self.path("state")).expect("a folder of ours");
        self.write_config("1h");
        let (first, unchanged) = (self.traced()?, self.traced()?);
        Some(Fsyncs { made, first: first.saturating_sub(made), unchanged: unchanged.saturating_sub(opened) })
    }

    fn traced(&self) -> Option<usize> {
        let log = self.path("strace");
        let mut command = Command::new("strace");
        command.args(["-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync", "-o"]).arg(&log).arg(program());
        self.aim(&mut command, &["run", "--once"]);
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        assert!(status.success(), "the program ended with {status} under strace");
        let calls = fs::read_to_string(&log).expect("strace wrote it");
        Some(calls.lines().filter(|line| line.contains("sync(")).count())
    }
}

fn program() -> PathBuf {
    std::env::var_os("SAHELWATCH_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_sahelwatch").into(), PathBuf::from)
}

/// Bytes of all feeds as served.
pub(crate) fn raw_bytes(count: usize) -> u64 {
    (0..count as u64).map(|number| text::feed(number).len() as u64).sum()
}

fn size(path: &Path) -> u64 {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let bytes = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.map(bytes).sum()
}
