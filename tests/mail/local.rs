//! The transports that need no network: a folder, and a program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_folder_keeps_one_private_file_per_mail() {
    let temp = TempDir::new().unwrap();
    let folder = temp.path().join("deep/out");
    let transport = Transport::new(&settings(TransportSettings::File { folder: folder.clone() })).unwrap();
    for id in ["0001.0.00ff", "0001.0.00ff", "0002.0.00ff"] {
        assert_sent(&send(&transport, id).await);
    }
    let mut names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["0001.0.00ff.eml", "0002.0.00ff.eml"], "a repeat is the same file, and no draft is left");
    assert_eq!(fs::read(folder.join("0001.0.00ff.eml")).unwrap(), message("0001.0.00ff"));
    assert_eq!((mode(&folder), mode(&folder.join("0001.0.00ff.eml"))), (0o700, 0o600));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_a_retry_that_names_it() {
    let temp = TempDir::new().unwrap();
    let folder = temp.path().join("file");
    fs::write(&folder, "in the way").unwrap();
    let transport = Transport::new(&settings(TransportSettings::File { folder: folder.clone() })).unwrap();
    let verdict = send(&transport, "1").await;
    assert_retry(&verdict, RetryKind::Temporary);
    let Verdict::Retry { error, .. } = verdict else { unreachable!() };
    assert!(error.starts_with(&format!("write {}/1.eml: ", folder.display())), "{error}");
}

/// A program in place of sendmail.
fn program(temp: &TempDir, script: &str) -> Transport {
    let command = temp.path().join("sendmail");
    fs::write(&command, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).unwrap();
    let timeouts = Timeouts { answer: Duration::from_secs(20), ..Timeouts::default() };
    Transport::with_timeouts(&settings(TransportSettings::Sendmail { command }), timeouts).unwrap()
}

#[tokio::test]
async fn a_program_gets_the_envelope_as_arguments_and_the_message_with_lf() {
    let temp = TempDir::new().unwrap();
    let folder = temp.path().display();
    let transport = program(&temp, &format!("echo \"$@\" > {folder}/arguments; cat > {folder}/message"));
    assert_sent(&send(&transport, "1").await);
    assert_eq!(fs::read_to_string(temp.path().join("arguments")).unwrap(), format!("-i -f {FROM} -- {TO}\n"));
    let taken = fs::read_to_string(temp.path().join("message")).unwrap();
    assert_eq!(taken, String::from_utf8(message("1")).unwrap().replace("\r\n", "\n"));
}

/// `sysexits.h`.
#[tokio::test]
async fn an_exit_code_is_a_verdict() {
    let temp = TempDir::new().unwrap();
    for code in [65, 67, 68, 77] {
        let verdict = send(&program(&temp, &format!("cat > /dev/null; echo no such user >&2; exit {code}")), "1").await;
        let Verdict::Refused { answer, for_content } = &verdict else { panic!("{code}: {verdict:?}") };
        assert!(answer.ends_with(&format!("exited with {code}: no such user")), "{answer}");
        assert_eq!(*for_content, code == 65, "bad data may be taken in another form");
    }
    for code in [1, 64, 69, 70, 71, 75, 78, 127] {
        let verdict = send(&program(&temp, &format!("cat > /dev/null; exit {code}")), "1").await;
        assert_retry(&verdict, RetryKind::Temporary);
    }
    assert_retry(&send(&program(&temp, "cat > /dev/null; kill -9 $$"), "1").await, RetryKind::OutcomeUnknown);
}

#[tokio::test]
async fn a_program_that_does_not_take_the_mail_is_a_retry() {
    let temp = TempDir::new().unwrap();
    let missing = TransportSettings::Sendmail { command: temp.path().join("missing") };
    assert_retry(&send(&Transport::new(&settings(missing)).unwrap(), "1").await, RetryKind::Unreachable);

    // More than a pipe holds, so that a program which reads nothing is noticed.
    let long = [message("1"), vec![b'x'; 1 << 20]].concat();
    let verdict = program(&temp, "exit 0").send(FROM, TO, "1", &long).await;
    assert_retry(&verdict, RetryKind::Temporary);

    let command = temp.path().join("sendmail");
    fs::write(&command, "#!/bin/sh\nexec sleep 60\n").unwrap();
    let hanging = settings(TransportSettings::Sendmail { command });
    let timeouts = Timeouts { answer: SHORT, ..Timeouts::default() };
    let verdict = send(&Transport::with_timeouts(&hanging, timeouts).unwrap(), "1").await;
    assert_retry(&verdict, RetryKind::OutcomeUnknown);
}
