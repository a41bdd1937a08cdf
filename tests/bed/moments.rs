//! Rounds at a time of the test's choosing, and what the program says of a source or an item afterwards; what a daemon does not say.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use sahelwatch::config::Environment;
use sahelwatch::daemon::{self, Conduct, Round};
use serde_json::Value;

use super::{Bed, Daemon};
use crate::peers::clock::Clock;

impl Bed {
    /// Everything that runs goes by this clock.
    pub fn by(mut self, clock: &Clock) -> Self {
        self.environment = clock.environment();
        self
    }

    /// One round at this time, in this process.
    pub fn once_at(&self, at: Timestamp) -> Round {
        let loaded = sahelwatch::config::load(&self.config(), &Environment::default());
        let report = loaded.report.render(false);
        let config = loaded.config.unwrap_or_else(|| panic!("{report}"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(daemon::once(config, Conduct { still: Some(at) }, |_| {})).unwrap()
    }

    /// How a source stands, as `sources --json` says it.
    #[track_caller]
    pub fn stands(&self, source: &str) -> Value {
        let ended = self.run(&["sources", "--json"]);
        let mut said: Value = serde_json::from_str(&ended.stdout).unwrap();
        let mut lines = said["sources"].as_array_mut().unwrap().iter_mut();
        lines.find(|line| line["id"] == source).unwrap_or_else(|| panic!("no {source}: {ended:?}")).take()
    }

    /// The life of an item, as `explain --json` tells it.
    #[track_caller]
    pub fn life(&self, item: &str) -> Value {
        let ended = self.run(&["explain", item, "--json"]);
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
    }
}

impl Daemon {
    /// Lets it run for a time.
    pub fn listen(&self, time: Duration) {
        self.hears_within("nothing of the kind", time);
    }

    /// Whether it tells systemd this within a time.
    pub fn hears_within(&self, notice: &str, time: Duration) -> bool {
        let end = Instant::now() + time;
        while let Ok(text) = self.notices.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if text.lines().any(|line| line == notice) {
                return true;
            }
        }
        false
    }
}
