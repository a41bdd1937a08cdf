//! The sendmail transport: any program that takes a message like sendmail does (Postfix, Exim, msmtp, OpenSMTPD).

use std::path::PathBuf;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::verdict::printable;
use super::{RetryKind, Verdict, address};

/// Exit codes (`sysexits.h`) that speak of this recipient or message: bad data, no such user, no such host, not permitted.
/// All others, 75 (`EX_TEMPFAIL`) above all, speak of the moment or of the set-up.
const PERMANENT: [i32; 4] = [BAD_DATA, 67, 68, 77];
/// `EX_DATAERR`, which speaks of the message: too large, or not to the program's taste.
const BAD_DATA: i32 = 65;

pub(super) struct Command {
    path: PathBuf,
}

impl Command {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Runs `command -i -f from -- to` with the message on its standard input.
    pub(super) async fn run(&self, from: &str, to: &str, message: &[u8], patience: Duration) -> Verdict {
        if let Err(error) = address::parse(to) {
            return Verdict::Refused { answer: error.to_string(), for_content: false };
        }
        match tokio::time::timeout(patience, self.hand_over(from, to, message)).await {
            Ok(Ok((output, taken))) => self.judge(&output, taken),
            Ok(Err(error)) => self.retry(&format!("cannot run: {error}"), RetryKind::Unreachable),
            Err(_) => {
                self.retry(&format!("not done within {} s, killed", patience.as_secs()), RetryKind::OutcomeUnknown)
            }
        }
    }

    /// What the program said, and whether it took the whole message.
    async fn hand_over(&self, from: &str, to: &str, message: &[u8]) -> std::io::Result<(Output, bool)> {
        let mut child = tokio::process::Command::new(&self.path)
            .args(["-i", "-f", from, "--", to])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        let message = with_lf(message);
        let writing = async move {
            let taken = stdin.write_all(&message).await.is_ok() && stdin.flush().await.is_ok();
            drop(stdin);
            taken
        };
        let (taken, output) = tokio::join!(writing, child.wait_with_output());
        Ok((output?, taken))
    }

    fn judge(&self, output: &Output, taken: bool) -> Verdict {
        let said = printable(&String::from_utf8_lossy(&output.stderr));
        let said =
            if said.is_empty() { describe(output.status) } else { format!("{}: {said}", describe(output.status)) };
        match output.status.code() {
            Some(0) if taken => Verdict::Sent { answer: format!("accepted by {}", self.path.display()) },
            Some(0) => self.retry("exited before it had read the message", RetryKind::Temporary),
            Some(code) if PERMANENT.contains(&code) => {
                Verdict::Refused { answer: format!("{} {said}", self.path.display()), for_content: code == BAD_DATA }
            }
            Some(_) => self.retry(&said, RetryKind::Temporary),
            None => self.retry(&said, RetryKind::OutcomeUnknown),
        }
    }

    fn retry(&self, what: &str, kind: RetryKind) -> Verdict {
        Verdict::Retry { error: format!("{}: {what}", self.path.display()), kind }
    }
}

fn describe(status: ExitStatus) -> String {
    status.code().map_or_else(|| status.to_string(), |code| format!("exited with {code}"))
}

/// The message with LF line ends, as programs expect on standard input: sendmail's own are the system's, and some
/// (msmtp, qmail's wrapper) would double a CR.
fn with_lf(message: &[u8]) -> Vec<u8> {
    let cr_before_lf = |at: usize| message[at] == b'\r' && message.get(at + 1) == Some(&b'\n');
    (0..message.len()).filter(|&at| !cr_before_lf(at)).map(|at| message[at]).collect()
}
