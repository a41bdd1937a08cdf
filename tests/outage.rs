//! The power fails under the program: what it had not synced is gone, what it had promised is kept. The store alone is put through
//! this in `power`; here the web, the mail server and the oracle stand outside and watch the program as a whole.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::thread;
use std::time::Duration;

use crate::bed::{Bed, attack, headline_of};
use crate::newsroom::Newsroom;
use crate::peers::cutdisk::CutDisk;
use crate::peers::smtp::Accepted;
use crate::trials::{self, Trial};

/// Trials of a row on a disk that can be cut; where there can be none, the row is told why.
fn on_a_disk(row: &'static str) -> Option<(CutDisk, Trial)> {
    let trial = trials::of(row);
    match CutDisk::new(96) {
        Ok(disk) => Some((disk, trial)),
        Err(why) => {
            trial.skipped(&format!("no power is cut under the program: {why}"));
            None
        }
    }
}

/// The `n`-th bed, its state on the disk in a folder of its own, in place of those before it.
fn bed(disk: &CutDisk, n: usize) -> Bed {
    for folder in fs::read_dir(disk.path()).unwrap().map(|entry| entry.unwrap().path()) {
        if folder.file_name().is_some_and(|name| name != "lost+found") {
            fs::remove_dir_all(folder).unwrap();
        }
    }
    // Else the next cut brings them back, and they fill the disk.
    rustix::fs::sync();
    Bed::new().state_in(&disk.path().join(format!("state-{n}")))
}

#[tokio::test]
async fn a_round_cut_off_at_any_moment_is_made_up_for_by_the_next() {
    let Some((mut disk, trial)) = on_a_disk("A3") else { return };
    let cuts = trials::count(24, 100);
    let mut newsroom = Newsroom::new(bed(&disk, 0));
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let round = newsroom.round();
    for cut in 0..cuts {
        newsroom = newsroom.or_another(|| bed(&disk, cut));
        // Eighteen mails.
        (0..3).for_each(|_| newsroom.publish());
        let process = newsroom.start();
        // Most of a round is neither commit nor mail, so every other cut looks for the moments that matter.
        if cut % 2 == 0 {
            thread::sleep(round.mul_f64(random.f64()));
        } else {
            newsroom.until_brought(random.usize(1..=18)).await;
        }
        disk.cut(process);
        newsroom.died().await;
        newsroom.deliver(&format!("seed {seed}, cut {cut}"));
    }
    trial.passed(cuts);
}

#[tokio::test]
async fn a_daemon_cut_off_at_any_moment_is_made_up_for_by_the_next() {
    let Some((mut disk, trial)) = on_a_disk("A3") else { return };
    let cuts = trials::count(8, 100);
    let mut newsroom = Newsroom::new(bed(&disk, 0));
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let round = newsroom.round();
    for cut in 0..cuts {
        newsroom = newsroom.or_another(|| bed(&disk, cut));
        newsroom = newsroom.publish_for_the_daemon();
        let mut daemon = newsroom.start_daemon();
        if cut % 2 == 0 {
            thread::sleep(round.mul_f64(1.5 * random.f64()));
        } else {
            newsroom.until_brought(random.usize(1..=8)).await;
        }
        disk.cut(&mut daemon.child);
        newsroom.died().await;
        let next = newsroom.start_daemon();
        newsroom.deliver_by(next, &format!("seed {seed}, daemon cut {cut}")).await;
    }
    trial.passed(cuts);
}

#[tokio::test]
async fn a_daemon_cut_off_in_the_first_half_second_of_its_store_starts_again_by_itself() {
    let Some((mut disk, trial)) = on_a_disk("A4") else { return };
    let cuts = trials::count(10, 50);
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    for cut in 0..cuts {
        let state = disk.path().join(format!("new-{cut}"));
        let bed = Bed::new().alerting_at_once().state_in(&state);
        bed.serve(&[attack(1), attack(2)]);
        let mut daemon = bed.start_daemon();
        thread::sleep(Duration::from_millis(random.u64(0..500)));
        disk.cut(&mut daemon.child);
        bed.smtp.until_idle().await;
        let brought = bed.smtp.accepted().len();
        let next = bed.daemon();
        bed.smtp.until_taken(|mails| headlines(mails).len() == 2).await;
        let log = next.log();
        assert_eq!(next.stop(), Some(0), "seed {seed}, cut {cut}: {log}");
        let set_aside =
            fs::read_dir(&state).unwrap().any(|e| e.unwrap().file_name().as_bytes().starts_with(b"store.d"));
        assert!(!set_aside, "seed {seed}, cut {cut}: {log}");
        // Only the last mail before the cut may come again.
        assert!(bed.smtp.accepted().len() <= 2 + brought.min(1), "seed {seed}, cut {cut}: {:?}", bed.subjects());
        fs::remove_dir_all(&state).unwrap();
        // Else the next cut brings it back, and four of them fill the disk.
        rustix::fs::sync();
    }
    trial.passed(cuts);
}

fn headlines(mails: &[Accepted]) -> BTreeSet<String> {
    mails.iter().map(headline_of).collect()
}
