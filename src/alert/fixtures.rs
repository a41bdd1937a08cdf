//! Invented reports and watches for the tests of what is new and what is due.

use jiff::Timestamp;

use super::learn;
use crate::model::{
    Asks, Deliver, ItemId, NotificationId, Report, Severity, SourceId, Timing, Told, UpdateOn, Watch, WatchId,
};

pub(super) fn source(name: &str) -> SourceId {
    SourceId::new(name).expect("an id")
}

pub(super) fn id(seq: u32) -> NotificationId {
    NotificationId { thread: ItemId(1), seq, recipient: 7 }
}

pub(super) fn watch(name: &str) -> Watch {
    Watch {
        id: WatchId::new(name).expect("an id"),
        name: name.to_owned(),
        severity: Severity::Medium,
        asks: Asks::Query("attaque".to_owned()),
        to: Vec::new(),
        through: Vec::new(),
        timing: Timing::default(),
        deliver: Deliver::Instant,
        updates: UpdateOn::ALL.to_vec(),
        ignore_quiet_hours: false,
        backfill: std::time::Duration::ZERO,
        tests: Vec::new(),
    }
}

/// A report without particulars.
pub(super) fn report(item: u64, by: &str) -> Report {
    Report {
        item: ItemId(item),
        source: source(by),
        seen: Timestamp::from_second(1_800_000_000 + item as i64).expect("in range"),
        published: None,
        lang: "fr".to_owned(),
        title: "Attaque près de Djibo".to_owned(),
        link: None,
        places: Vec::new(),
        tolls: Vec::new(),
        claimed_by: Vec::new(),
        notice: None,
        copy_of: None,
        revision: 0,
    }
}

/// What a reader of a mail on these reports knows.
pub(super) fn told(reports: &[Report], watches: &[&str], at: Timestamp) -> Told {
    let watches: Vec<WatchId> = watches.iter().map(|name| WatchId::new(name).expect("an id")).collect();
    let mut told = Told::default();
    learn(&mut told, reports, &watches, id(0), at);
    told
}
