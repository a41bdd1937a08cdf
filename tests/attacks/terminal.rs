//! S20: what commands print and the log of what servers and feeds said, looked at for anything that would steer a terminal.

use super::letters;
use crate::bed::{Bed, Ended, attack};
use crate::peers::smtp::Step;
use crate::trials;

/// Everything there is to print about the items, errors and mails of a round.
pub fn commands(bed: &Bed, round: Ended) -> Vec<(String, Ended)> {
    let mut said = vec![("run --once".to_owned(), round)];
    let feed = bed.folder().join("feed.xml");
    let served = std::fs::read_to_string(bed.config()).unwrap();
    let url = served.lines().find_map(|line| line.strip_prefix("url = ")).unwrap().trim_matches('"').to_owned();
    std::fs::write(
        &feed,
        "<rss version=\"2.0\"><channel><title>\u{9b}31m</title><item><title>&amp;#27;[31m</title></item>",
    )
    .unwrap();
    let feed = feed.to_str().unwrap();
    let commands: [&[&str]; 18] = [
        &["status"],
        &["status", "--json"],
        &["sources"],
        &["sources", "--json"],
        &["stories", "--limit", "1000"],
        &["search", "attaque", "--limit", "1000"],
        &["search", "attaque", "--limit", "1000", "--json"],
        &["backtest", "attacks"],
        &["export", "csv"],
        &["export", "jsonl"],
        &["export", "opml"],
        &["mail", "queue"],
        &["mute", "list"],
        &["check"],
        &["try", &url],
        &["lab", "parse", feed],
        &["explain", "attaque \u{1b}[31m"],
        &["search", "\u{1b}[31m \u{9b}31m"],
    ];
    for command in commands {
        said.push((command.join(" "), bed.run(command)));
    }
    let found = bed.run(&["search", "attaque", "--limit", "1000", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap_or_else(|_| panic!("{found:?}"));
    let hits = found["hits"].as_array().unwrap();
    let steers = |hit: &&serde_json::Value| {
        let text = hit.to_string();
        ["\\u001b", "\u{9b}", "\\u0007", "\u{202e}", "\u{fffd}"].iter().any(|sign| text.contains(sign))
    };
    for hit in hits.iter().filter(steers).take(4) {
        let item = hit["id"].as_str().or(hit["item"].as_str()).unwrap_or_else(|| panic!("{hit}"));
        for command in [&["explain", item][..], &["stories", "show", item], &["mail", "preview", item]] {
            said.push((command.join(" "), bed.run(command)));
        }
    }
    said
}

/// What a terminal would obey. Line ends and tabs are ours; RFC 4180 ends the lines of CSV with CR LF.
fn steers(text: &str) -> Option<char> {
    text.replace("\r\n", "\n").chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// A control in a page's title once reached the log: `html::title` kept it.
#[test]
fn nothing_steers_a_terminal() {
    let trial = trials::of("S20");
    let run = letters::run();
    for (command, ended) in &run.said {
        for text in [&ended.stdout, &ended.stderr] {
            assert_eq!(steers(text), None, "{command}: {text:?}");
        }
    }
    let shown =
        |words: &str| run.said.iter().any(|(_, ended)| ended.stdout.contains(words) || ended.stderr.contains(words));
    assert!(shown("[31mred"), "a sequence is shown for what it is");
    assert!(run.said.len() >= 28, "{}", run.said.len());
    trial.passed(run.said.len());
}

/// The same of what a mail server says, and of what stands in a configuration that is refused. Seen failing with problems shown as
/// typed, and with a server's words cleaned neither where they are kept nor where they are shown; either lets nothing through.
#[test]
fn neither_does_a_mail_server_or_a_configuration() {
    let trial = trials::of("S20");
    let bed = Bed::new().alerting_at_once();
    bed.serve(&[attack(1)]);
    let mut said = Vec::new();
    for answer in ["450 4.7.1 \u{1b}[2Jlater", "450 4.7.1 \u{9b}31mlater", "550 5.1.1 \u{1b}]0;owned\u{7} no"] {
        bed.smtp.reply(Step::Rcpt, answer).once();
        for command in [&["run", "--once"][..], &["status"], &["mail", "queue"], &["mail", "test", "a@example.org"]] {
            said.push(bed.run(command));
        }
    }
    let plain = bed.configured();
    for text in [
        "id = \"\u{1b}[31m\"",
        "# \u{1b}]0;owned\u{7}\nname = 3",
        "colour = \"\\u001b[31m\"",
        "\u{9b}31m = 1",
        "\"\\u001b]0;owned\\u0007\" = 1",
        "id = \"\\u009b31m\"",
        "url = \"\\u001b[2Jhttp://x\"",
    ] {
        bed.rewrite(&format!("{plain}\n[[source]]\n{text}\n"));
        for command in [&["check"][..], &["check", "--json"], &["run", "--once"], &["status"]] {
            said.push(bed.run(command));
        }
    }
    for ended in &said {
        assert_eq!((steers(&ended.stdout), steers(&ended.stderr)), (None, None), "{ended:?}");
    }
    trial.passed(said.len());
}
