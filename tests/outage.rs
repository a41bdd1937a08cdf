//! The power fails under the program: what it had not synced is gone, what it had promised is kept. The store alone is put through
//! this in `power`; here the web, the mail server and the oracle stand outside and watch the program as a whole.

use std::thread;

use crate::bed::Bed;
use crate::newsroom::Newsroom;
use crate::peers::cutdisk::CutDisk;

/// Says that something was not tested here, past the test runner's capture.
pub fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

/// The state folder on a disk that can be cut, or word of why there is none.
fn on_a_disk() -> Option<(CutDisk, Newsroom)> {
    match CutDisk::new(96) {
        Ok(disk) => {
            let newsroom = Newsroom::new(Bed::new().state_in(&disk.path().join("state")));
            Some((disk, newsroom))
        }
        Err(why) => {
            skipped(&format!("no power is cut under the program on this machine: {why}"));
            None
        }
    }
}

#[tokio::test]
async fn a_round_cut_off_at_any_moment_is_made_up_for_by_the_next() {
    let Some((mut disk, mut newsroom)) = on_a_disk() else { return };
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let round = newsroom.round();
    for cut in 0..24 {
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
}

#[tokio::test]
async fn a_daemon_cut_off_at_any_moment_is_made_up_for_by_the_next() {
    let Some((mut disk, mut newsroom)) = on_a_disk() else { return };
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    let round = newsroom.round();
    for cut in 0..8 {
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
}
