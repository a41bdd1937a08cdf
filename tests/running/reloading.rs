//! Reloads under load: what is good counts as a whole, what is not changes nothing, and neither leaves anything open
//! behind it.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;

use crate::bed::{Bed, Daemon};
use crate::newsroom::{Newsroom, PATIENCE};
use crate::trials;

/// What becomes of the configuration before a reload.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// A further source, whose articles are news.
    Better,
    /// A key that nobody knows.
    Bad,
    Vanished,
    /// Something that cannot be read, by root neither: a folder.
    Unreadable,
}

const FATES: [Fate; 4] = [Fate::Better, Fate::Bad, Fate::Vanished, Fate::Unreadable];

/// The files a daemon has open, beside the connections that come and go.
fn open_files(daemon: &Daemon) -> Vec<PathBuf> {
    let entries = fs::read_dir(format!("/proc/{}/fd", daemon.child.id())).unwrap();
    // What was closed since the folder was read has no name any more.
    let files = entries.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    let mut files: Vec<PathBuf> = files.filter(|file| !file.to_string_lossy().starts_with("socket:")).collect();
    files.sort();
    files
}

/// Spoils the configuration, and says what the refusal must name.
fn spoil(bed: &Bed, fate: Fate) -> &'static str {
    let good = bed.configured();
    match fate {
        Fate::Better => "",
        Fate::Bad => {
            bed.rewrite(&good.replace("[[watch]]", "[[wach]]"));
            "did you mean `watch`"
        }
        Fate::Vanished => {
            fs::remove_file(bed.config()).unwrap();
            "sahelwatch.toml"
        }
        Fate::Unreadable => {
            fs::remove_file(bed.config()).unwrap();
            fs::create_dir(bed.config()).unwrap();
            "sahelwatch.toml"
        }
    }
}

/// Every refusal names the file, and a mistake in it its line too. Seen failing with a file left open by each reload, and with
/// refusals forgotten.
#[tokio::test]
async fn reloads_good_bad_vanished_and_unreadable_lose_nothing_and_leave_nothing_open() {
    let trial = trials::of("A12");
    let reloads = trials::count(12, 52);
    let mut newsroom = Newsroom::new(Bed::new()).publish_for_the_daemon();
    let daemon = newsroom.start_daemon();
    daemon.hears("READY=1");
    newsroom.until_brought(8).await;
    let before = open_files(&daemon);
    for reload in 0..reloads {
        let fate = FATES[reload % FATES.len()];
        if fate == Fate::Better {
            // The mails of the last one may still be on their way.
            newsroom = newsroom.publish_for_the_daemon();
        }
        let good = newsroom.bed.configured();
        let named = spoil(&newsroom.bed, fate);
        daemon.signal(Signal::HUP);
        daemon.hears("RELOADING=1");
        daemon.hears("READY=1");
        if fate == Fate::Unreadable {
            fs::remove_dir(newsroom.bed.config()).unwrap();
        }
        newsroom.bed.rewrite(&good);
        let status = newsroom.bed.status();
        let refused = status["daemon"]["reload_refused"].as_str().unwrap_or_default();
        assert_eq!(refused.is_empty(), fate == Fate::Better, "{fate:?}: {refused}");
        assert!(refused.contains(named), "{fate:?}: {refused}");
        if fate == Fate::Bad {
            let line = 1 + good.lines().position(|line| line == "[[watch]]").unwrap();
            assert!(refused.contains(&format!("sahelwatch.toml:{line}")), "line {line}: {refused}");
        }
    }
    newsroom.until_told(PATIENCE, &daemon, "after the last reload").await;
    assert_eq!(open_files(&daemon), before);
    newsroom.end_with(daemon, &format!("{reloads} reloads")).await;
    trial.passed(reloads);
}
