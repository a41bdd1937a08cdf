//! Running a program as a source: what it prints, bounded in time and size. Knows nothing of what the output means.
//!
//! No shell reads the command. The program gets no input, and of our environment only what it needs to find its way: not the
//! folder of credentials. It is the head of a process group of its own, which ends with the poll, so that nothing it
//! started stays behind.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use crate::model;

/// Most bytes of what it says on stderr that are kept to explain a failure.
const COMPLAINT: u64 = 2048;

/// Variables of our environment that a program gets as well.
const PASSED_ON: [&str; 5] = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];

/// Why a program brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It is not there, or may not be run.
    #[error("run {program}: {cause}")]
    Start {
        /// Its path.
        program: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// It did not end in time.
    #[error("run {program}: it did not end within {after:?} and was stopped")]
    Timeout {
        /// Its path.
        program: String,
        /// Its time.
        after: Duration,
    },
    /// It printed too much.
    #[error("run {program}: it printed more than {cap} bytes and was stopped")]
    TooLarge {
        /// Its path.
        program: String,
        /// The bound.
        cap: u64,
    },
    /// It says itself that it failed.
    #[error("run {program}: it ended with {status}{}", said(complaint))]
    Failed {
        /// Its path.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The beginning of what it said on stderr.
        complaint: String,
    },
}

fn said(complaint: &str) -> String {
    let line: String = complaint.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    if line.trim().is_empty() { String::new() } else { format!(": {}", line.trim()) }
}

/// Ends a process group when dropped: at the end of a poll, and when a poll is abandoned.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        // It is gone already when the program ended and left nothing behind.
        self.0.map(|group| kill_process_group(group, Signal::KILL).ok());
    }
}

/// Runs a program and returns what it printed, `cap` bytes at most.
///
/// # Errors
/// [`ProgramError`]; what it printed before is dropped then, since it may be half a document.
pub async fn run(program: &model::Program, cap: u64) -> Result<Vec<u8>, ProgramError> {
    let name = || program.command.first().cloned().unwrap_or_default();
    let start = |cause| ProgramError::Start { program: name(), cause };
    let mut command = Command::new(name());
    command.args(program.command.iter().skip(1)).env_clear().current_dir("/").process_group(0).kill_on_drop(true);
    command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(start)?;
    let _group = Group(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw));
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let finish = async {
        let (output, complaint) =
            tokio::join!(first_bytes(stdout, cap + 1, false), first_bytes(stderr, COMPLAINT, true));
        let output = output.map_err(start)?;
        if output.len() as u64 > cap {
            return Err(ProgramError::TooLarge { program: name(), cap });
        }
        let status = child.wait().await.map_err(start)?;
        if !status.success() {
            let complaint = String::from_utf8_lossy(&complaint.unwrap_or_default()).into_owned();
            return Err(ProgramError::Failed { program: name(), status, complaint });
        }
        Ok(output)
    };
    let late = |_| Err(ProgramError::Timeout { program: name(), after: program.timeout });
    tokio::time::timeout(program.timeout, finish).await.unwrap_or_else(late)
}

/// The first bytes of a stream; the rest is read and dropped where `drains`, so that the writer is not held up.
async fn first_bytes(stream: Option<impl AsyncRead + Unpin>, most: u64, drains: bool) -> io::Result<Vec<u8>> {
    let (mut bytes, Some(mut stream)) = (Vec::new(), stream) else { return Ok(Vec::new()) };
    (&mut stream).take(most).read_to_end(&mut bytes).await?;
    if drains {
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, timeout: Duration, cap: u64) -> Result<String, String> {
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let output = run(&model::Program { command, timeout }, cap).await;
        output.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| error.to_string())
    }

    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_a_program_prints_is_taken_when_it_ends_well() {
        assert_eq!(shell("printf '<rss/>'", LONG, 100).await.as_deref(), Ok("<rss/>"));
        assert_eq!(shell("true", LONG, 100).await.as_deref(), Ok(""), "nothing is an answer, too");
        let failed = shell("printf half; echo 'no token for the archive' >&2; exit 3", LONG, 100).await;
        assert_eq!(failed.unwrap_err(), "run /bin/sh: it ended with exit status: 3: no token for the archive");
        let gone = run(&model::Program { command: vec!["/no/such/program".to_owned()], timeout: LONG }, 9).await;
        assert_eq!(gone.unwrap_err().to_string(), "run /no/such/program: No such file or directory (os error 2)");
    }

    #[tokio::test]
    async fn a_program_is_bounded_in_size_and_time_with_all_it_started() {
        let endless = shell("yes", LONG, 1000).await;
        assert_eq!(endless.unwrap_err(), "run /bin/sh: it printed more than 1000 bytes and was stopped");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let trace = folder.path().join("child");
        // The child holds stdout open; if it outlived the poll, it would be seen below.
        let script = format!("sleep 3600 & echo $! > {}; wait", trace.display());
        let slow = shell(&script, Duration::from_millis(500), 1000).await;
        assert_eq!(slow.unwrap_err(), "run /bin/sh: it did not end within 500ms and was stopped");
        let child = std::fs::read_to_string(&trace).expect("the child's number").trim().to_owned();
        let ends = async {
            // A killed process is gone, or a zombie, as soon as the kernel gets to it.
            while std::fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|state| !state.contains(") Z ")) {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(LONG, ends).await.is_ok(), "the child was ended too");
    }

    #[tokio::test]
    async fn a_program_gets_no_credentials() {
        let names = shell("env | cut -d= -f1", LONG, 10_000).await.expect("it runs");
        assert!(!names.lines().any(|name| name.contains("CREDENTIALS") || name.starts_with("CARGO")), "{names}");
    }
}
