//! What the promises were tried with. A test of a row of the fault and attack tables (`tests/trials/*.tsv`) says here how many trials it
//! made; `tests/table` makes the table of `docs/trials.md` from all that was said. Knows the rows by their names alone.
//!
//! `tests/run` makes the quick counts, `tests/run --full` the long ones.

use std::fs::OpenOptions;
use std::io::Write;

/// Names the file to which results are added; without it nobody asks for a table.
const RESULTS: &str = "SAHELWATCH_TRIALS";
/// Set for the long counts.
const FULL: &str = "SAHELWATCH_FULL";

/// How many trials to make in this run.
pub fn count(quick: usize, full: usize) -> usize {
    if std::env::var_os(FULL).is_some() { full } else { quick }
}

/// The trials of one test, under way. Dropped without a word they failed, as a panic does.
#[must_use]
pub struct Trial {
    row: &'static str,
    told: bool,
}

/// Begins trials of a row, such as `A3`.
pub fn of(row: &'static str) -> Trial {
    Trial { row, told: false }
}

impl Trial {
    /// So many trials were made, and each went as it must.
    pub fn passed(mut self, trials: usize) {
        self.tell("passed", trials, "");
    }

    /// Nothing could be tried on this machine.
    pub fn skipped(mut self, why: &str) {
        eprintln!("SKIPPED: {}: {why}", self.row);
        self.tell("skipped", 0, why);
    }

    fn tell(&mut self, outcome: &str, trials: usize, why: &str) {
        self.told = true;
        let Some(file) = std::env::var_os(RESULTS) else { return };
        let thread = std::thread::current();
        let line = format!("{}\t{outcome}\t{trials}\t{}\t{why}\n", self.row, thread.name().unwrap_or("a test"));
        // One short write in append mode is never mixed with another's.
        OpenOptions::new().create(true).append(true).open(file).unwrap().write_all(line.as_bytes()).unwrap();
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if !self.told {
            self.tell("failed", 0, "");
        }
    }
}
