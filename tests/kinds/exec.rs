//! Programs as sources.

use serde_json::{Value, json};

use super::{Kind, quiet, report, why};
use crate::bed::{Bed, attack, feed, headline};

/// A source that runs this.
fn runs(bed: Bed, id: &str, command: &[&str], more: &str) -> Bed {
    bed.with(&format!("[[source]]\nid = \"{id}\"\nkind = \"exec\"\ncommand = {command:?}\n{more}"))
}

/// A bed whose program prints a file, and the file.
fn printing() -> (Bed, std::path::PathBuf) {
    let bed = quiet();
    let file = bed.folder().join("printed");
    let bed = runs(bed, "ours", &["/bin/cat", file.to_str().unwrap()], "");
    (bed, file)
}

#[test]
fn a_program_that_prints_a_feed_is_read_like_one() {
    let (bed, file) = printing();
    Kind {
        id: "ours",
        show: &|numbers| {
            let entries: Vec<String> = numbers.iter().map(|&n| attack(n)).collect();
            std::fs::write(&file, feed(&entries)).unwrap();
        },
        link: &|n| format!("https://outlet.example/attack-{n}"),
        breaks: &|| std::fs::remove_file(&file).unwrap(),
        has_text: true,
        state: "failing",
        why: "run /bin/cat: it ended with exit status: 1",
    }
    .lives(&bed);
}

#[test]
fn a_program_may_print_an_object_a_line() {
    let (bed, file) = printing();
    Kind {
        id: "ours",
        show: &|numbers| {
            let line = |&n: &usize| {
                let link = format!("https://outlet.example/attack-{n}");
                json!({ "title": headline(n), "link": link, "summary": report(n) }).to_string() + "\n"
            };
            std::fs::write(&file, numbers.iter().map(line).collect::<String>()).unwrap();
        },
        link: &|n| format!("https://outlet.example/attack-{n}"),
        breaks: &|| std::fs::write(&file, "Traceback (most recent call last):\n").unwrap(),
        has_text: true,
        state: "failing",
        why: "one object a line is wanted",
    }
    .lives(&bed);
}

#[test]
fn a_program_that_fails_is_told_of_in_its_own_words() {
    let script = "echo half; echo 'the token ran out' >&2; exit 3";
    let bed = runs(quiet(), "ours", &["/bin/sh", "-c", script], "");
    bed.run(&["run", "--once"]);
    let line = bed.stands("ours");
    assert_eq!((&line["state"], &line["primed"], &line["failures"]), (&"failing".into(), &Value::Null, &1.into()));
    assert!(why(&line).contains("exit status: 3: the token ran out"), "{line}");
    assert!(!line.to_string().contains("echo half"), "arguments may be secret: {line}");
}

#[test]
fn a_program_that_hangs_is_stopped_and_told_of() {
    let bed = runs(quiet(), "slow", &["/bin/sh", "-c", "sleep 3600"], "timeout = \"1s\"");
    bed.run(&["run", "--once"]);
    let line = bed.stands("slow");
    assert_eq!(line["state"], "failing");
    assert!(why(&line).contains("did not end within 1s and was stopped"), "{line}");
}

#[tokio::test]
async fn a_program_that_hangs_delays_nobody() {
    let bed = runs(quiet().alerting_at_once(), "slow", &["/bin/sh", "-c", "sleep 3600"], "timeout = \"5m\"");
    bed.serve(&[attack(1)]);
    let daemon = bed.daemon();
    bed.smtp.until_accepted(1).await;
    assert_eq!(bed.stands("slow")["state"], "waiting");
    assert_eq!(daemon.stop(), Some(0), "nor does it hold up a stop");
}
