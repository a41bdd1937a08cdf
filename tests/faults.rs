//! The N-th write or sync of a round fails, as on a disk that is dying or full: nothing is acknowledged after it, nothing counts as
//! sent that was not, and the next round makes up for it. `strace` makes the calls of the real program fail.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bed::Bed;
use crate::newsroom::Newsroom;
use crate::trials;

/// The calls by which the store reaches the disk at each commit, and at its beginning and end.
const CALLS: [&str; 4] = ["fdatasync", "pwrite64", "fsync", "sync_file_range"];
const ERRORS: [&str; 2] = ["EIO", "ENOSPC"];

/// Seen failing with an error of `sync_data` passed over: a round ended well that had met one.
#[tokio::test]
async fn a_round_whose_nth_write_or_sync_fails_stops_and_is_made_up_for_by_the_next() {
    let trial = trials::of("A5");
    if Command::new("strace").arg("--version").output().is_err() {
        return trial.skipped("strace is missing");
    }
    let mut newsroom = Newsroom::new(Bed::new());
    let most = trials::count(2, 60);
    let mut tried = 0;
    for (call, error) in CALLS.iter().flat_map(|call| ERRORS.map(|error| (*call, error))) {
        for nth in 1..=most {
            newsroom = newsroom.or_another(Bed::new);
            newsroom.publish();
            let what = format!("{call} number {nth} fails with {error}");
            let injected = fail(&mut newsroom, call, nth, error, &what).await;
            newsroom.deliver(&what);
            if !injected {
                break;
            }
            tried += 1;
        }
    }
    assert!(tried >= 12, "only {tried} calls could be made to fail");
    trial.passed(tried);
}

/// Runs a round into a failing call; false when it never came to it.
async fn fail(newsroom: &mut Newsroom, call: &str, nth: usize, error: &str, what: &str) -> bool {
    let (trace, said) = (newsroom.bed.folder().join("trace"), newsroom.bed.folder().join("said"));
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$@\" 2>\"$SAID\"", "sh"]).env("SAID", &said);
    shell.args(["strace", "-f", "--seccomp-bpf", "-qq", "-o"]).arg(&trace);
    shell.args(["-e", &format!("trace={call}"), "-e", &format!("inject={call}:error={error}:when={nth}"), "--"]);
    let mut process = newsroom.start_under(shell);
    let status = process.wait().unwrap();
    newsroom.died().await;
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let (injected, said) = (read(&trace).matches("(INJECTED)").count() > 0, read(&said));
    assert!(!said.contains("panicked"), "{what}: {said}");
    // At the very end nothing is left to be acknowledged, and the journal is for a damage alone: then it is only said.
    let only_said = ["did not close cleanly", "the journal cannot be written"].iter().any(|words| said.contains(words));
    assert!(!injected || !status.success() || only_said, "{what}: it ended well: {said}");
    assert!(injected || status.success(), "{what}: {said}");
    injected
}
