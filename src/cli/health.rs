//! `status --health`: one line and an exit code, for containers and other keepers that only ask whether all is well. Reads no
//! configuration but where the state is, so that it is quick and works beside a file that somebody is editing; and asks nothing of
//! the store, which may be what hangs.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::exit;
use crate::config::{self, Environment};
use crate::daemon::control::{self, Question};
use crate::daemon::vitals::{Verdict, Vitals};

/// A daemon that does not answer for this long is not well; keepers give up after 30 s (Docker's default).
const PATIENCE: Duration = Duration::from_secs(5);

/// Exits 0 or 1, as keepers of containers expect, whatever is wrong.
pub(super) fn run(path: &Path) -> u8 {
    let state = config::state_folder(path, &Environment::of_process());
    match ask(&state) {
        Ok(words) => {
            outln!("ok: {words}");
            exit::OK
        }
        Err(why) => {
            outln!("not ok: {why}");
            exit::NEGATIVE
        }
    }
}

fn ask(state: &Path) -> Verdict {
    let answer = control::ask_within(PATIENCE, state, &Question::Vitals, |_, _| {});
    let answer = answer.ok_or_else(|| format!("no daemon answers in {}, or not yet", state.display()))?;
    let vitals: Vitals = serde_json::from_value(answer?)
        .map_err(|error| format!("the daemon is of another version ({error}); restart it"))?;
    vitals.well(Timestamp::now())
}
