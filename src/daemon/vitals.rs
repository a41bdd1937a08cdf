//! Whether the daemon lives, is ready, and is well: from the few facts that need no store, so that a store that hangs hides nothing.
//! Behind `/healthz`, `/readyz` and `status --health`. Pure: says it in words, and leaves it to others what follows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known without asking the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vitals {
    /// Version of this document, [`super::report::SCHEMA`].
    pub schema: u32,
    /// Of the program that answers.
    pub version: String,
    /// How far it is between its start and its end.
    pub stage: Stage,
    /// Loops that did not move for a minute.
    pub hanging: Vec<String>,
    /// Since when mail does not leave, once that is 15 minutes ago.
    pub mail_stuck: Option<Timestamp>,
    /// Whether the configuration on disk was refused, so that the one before is in force.
    pub reload_refused: bool,
}

/// A daemon's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The store is being opened and read through.
    Opening,
    /// Configuration, store and first schedule stand.
    Running,
    /// Nothing new is begun.
    Stopping,
}

/// Yes or no, each with its reason.
pub type Verdict = Result<String, String>;

impl Vitals {
    /// Whether every loop moves. A daemon that opens its store or stops is alive.
    ///
    /// # Errors
    /// Which loops hang.
    pub fn alive(&self) -> Verdict {
        match (self.hanging.as_slice(), self.stage) {
            ([], Stage::Opening) => Ok("the store is being read".to_owned()),
            ([], Stage::Running) => Ok("every loop moves".to_owned()),
            ([], Stage::Stopping) => Ok("stopping".to_owned()),
            (hanging, _) => Err(format!("these did not move for a minute: {}", hanging.join(", "))),
        }
    }

    /// Whether it polls and mails.
    ///
    /// # Errors
    /// Why not yet, or not any more.
    pub fn ready(&self) -> Verdict {
        match self.stage {
            Stage::Opening => Err("the store is being read".to_owned()),
            Stage::Running => Ok("configuration, store and first schedule stand".to_owned()),
            Stage::Stopping => Err("stopping".to_owned()),
        }
    }

    /// Whether it does its work: loops move and mail leaves. A refused configuration is told and no illness: whoever restarts what
    /// is ill would put a daemon that does not start in place of one that works.
    ///
    /// # Errors
    /// What a person should look at.
    pub fn well(&self, now: Timestamp) -> Verdict {
        let alive = self.alive()?;
        self.ready()?;
        if let Some(since) = self.mail_stuck {
            let minutes = now.duration_since(since).as_mins();
            return Err(format!("no mail leaves for {minutes} min; see `sahelwatch mail queue`"));
        }
        let mail = "mail leaves or has none to send";
        if self.reload_refused {
            return Ok(format!("{alive}, {mail}; the configuration on disk is refused, see `sahelwatch check`"));
        }
        Ok(format!("{alive}, {mail}"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn vitals(stage: Stage) -> Vitals {
        let (hanging, mail_stuck) = (Vec::new(), None);
        Vitals { schema: 1, version: "1".to_owned(), stage, hanging, mail_stuck, reload_refused: false }
    }

    /// Seen failing with each condition of `well` left out in turn.
    #[test]
    fn alive_ready_and_well_are_three_questions() {
        let now = Timestamp::UNIX_EPOCH;
        let hangs = Vitals { hanging: vec!["sending".to_owned()], ..vitals(Stage::Running) };
        let stuck = Vitals { mail_stuck: Some(now - SignedDuration::from_mins(17)), ..vitals(Stage::Running) };
        let refused = Vitals { reload_refused: true, ..vitals(Stage::Running) };
        for (vitals, alive, ready, well) in [
            (vitals(Stage::Opening), true, false, false),
            (vitals(Stage::Running), true, true, true),
            (vitals(Stage::Stopping), true, false, false),
            (hangs, false, true, false),
            (stuck.clone(), true, true, false),
            (refused.clone(), true, true, true),
        ] {
            let found = (vitals.alive().is_ok(), vitals.ready().is_ok(), vitals.well(now).is_ok());
            assert_eq!(found, (alive, ready, well), "{vitals:?}");
        }
        assert!(stuck.well(now).is_err_and(|why| why.contains("17 min")));
        assert!(refused.well(now).is_ok_and(|words| words.contains("refused")));
    }
}
