//! Whether a story is due for a reader, which `alert::life` says: what it is asked about is brought together here, and
//! what it answers is held, ended, or due. Knows nothing of how much a reader can bear.

use std::rc::Rc;
use std::time::Duration;

use super::dossier::Dossier;
use super::fate;
use super::round::Round;
use crate::alert::life::{Known, Step, WaitingAlert, step};
use crate::alert::pace::{DueStory, DueWatch};
use crate::model::{Held, News, Reason, SourceId, StoryId, Timing, Told, Waiting, Watch};
use crate::store::StoreError;

/// What waits, with the watch that asked for it.
pub(super) type Asked<'w> = (&'w Watch, &'w Waiting);

/// A story that is due for one reader. Its dossier is read when it is told, not while it is held.
#[derive(Debug)]
pub(super) struct Due<'w> {
    pub(super) story: StoryId,
    /// What waits, with its watch, most severe first.
    pub(super) alerts: Vec<Asked<'w>>,
    /// What a mail on it alone would be: new, an update, found looking back.
    reason: Reason,
    news: Vec<News>,
    told: Option<Told>,
}

/// A story that one reader is told of.
#[derive(Debug)]
pub(super) struct Telling<'w> {
    pub(super) dossier: Rc<Dossier>,
    /// What waits, with its watch, most severe first.
    pub(super) alerts: Vec<Asked<'w>>,
    /// What the reader does not know of a story they were told of.
    pub(super) news: Vec<News>,
    /// What they know.
    pub(super) told: Option<Told>,
}

impl Telling<'_> {
    /// The group through which its reader was found.
    pub(super) fn through(&self) -> Option<&str> {
        self.alerts.first().and_then(|(_, waiting)| waiting.through.as_deref())
    }
}

impl Round<'_> {
    /// What is to be told of a story, or None when nothing is, now or at all. When there will be no later round, the
    /// first minutes of a story are not waited for.
    pub(super) fn consider<'w>(
        &mut self,
        story: StoryId,
        recipient: u64,
        alerts: Vec<Asked<'w>>,
    ) -> Result<Option<Due<'w>>, StoreError> {
        let once = self.moment.once;
        self.weigh(story, recipient, alerts, |timing| {
            if once {
                timing.wait = Duration::ZERO;
            }
        })
    }

    fn weigh<'w>(
        &mut self,
        story: StoryId,
        recipient: u64,
        alerts: Vec<Asked<'w>>,
        hurry: impl Fn(&mut Timing),
    ) -> Result<Option<Due<'w>>, StoreError> {
        let now = self.moment.now;
        let told = self.told(story, recipient)?;
        // What it reports counts only against what was told of it.
        let dossier = told.as_ref().map(|_| self.dossiers.of(story)).transpose()?;
        let reports = dossier.as_ref().map_or(&[][..], |dossier| &dossier.reports);
        let severity = |told: &Told| {
            let severities = told.watches.iter().filter_map(|watch| self.live.watch(watch));
            severities.map(|watch| watch.severity).max()
        };
        let known = told.as_ref().map(|told| Known { told, severity: severity(told) });
        let pending: Vec<WaitingAlert<'_>> = alerts.iter().map(|asked| pending(asked, &hurry)).collect();
        match step(now, known, &pending, reports) {
            Step::Send { reason, mut news, urgent } => {
                if let Some(watch) = urgent.and_then(|watch| self.live.watch(&watch)) {
                    let (watch, name, severity) = (watch.id.clone(), watch.name.clone(), watch.severity);
                    news.insert(0, News::Urgent { watch, name, severity });
                }
                Ok(Some(Due { story, alerts, reason, news, told }))
            }
            Step::Wait { why, until } => {
                let held = Held { why, since: now, until: Some(until) };
                alerts.iter().for_each(|(_, alert)| self.hold(alert, held));
                self.wake_at(until);
                Ok(None)
            }
            Step::Drop(reason) => {
                self.decisions.fates.extend(alerts.iter().map(|(_, alert)| fate(alert, reason, now)));
                Ok(None)
            }
        }
    }

    /// The same when its time has come anyway: nothing is waited for.
    pub(super) fn at_last<'w>(
        &mut self,
        story: StoryId,
        recipient: u64,
        alerts: Vec<Asked<'w>>,
    ) -> Result<Option<Telling<'w>>, StoreError> {
        let due = self.weigh(story, recipient, alerts, |timing| {
            (timing.wait, timing.update_every) = (Duration::ZERO, Duration::ZERO);
        })?;
        due.map(|due| self.telling(due)).transpose()
    }

    pub(super) fn telling<'w>(&mut self, due: Due<'w>) -> Result<Telling<'w>, StoreError> {
        let Due { story, alerts, news, told, reason: _ } = due;
        Ok(Telling { dossier: self.dossiers.of(story)?, alerts, news, told })
    }

    /// The same story as it is planned.
    pub(super) fn due_story(&self, due: &Due<'_>) -> Result<DueStory, StoreError> {
        let (watches, waiting) =
            (due.alerts.iter().map(|(watch, _)| *watch), due.alerts.iter().map(|(_, alert)| *alert));
        Ok(DueStory {
            story: due.story,
            reason: due.reason,
            raised: waiting.clone().map(|alert| alert.raised).min().unwrap_or_default(),
            held: waiting.filter_map(|alert| alert.held).min_by_key(|held| held.since),
            severity: watches.clone().map(|watch| watch.severity).max().unwrap_or_default(),
            watches: watches
                .map(|watch| DueWatch {
                    watch: watch.id.clone(),
                    throttle: watch.timing.throttle,
                    ignore_quiet: watch.ignore_quiet_hours,
                })
                .collect(),
            sources: self.sources(&due.alerts)?,
        })
    }

    /// Who printed the items that raised these alerts.
    pub(super) fn sources(&self, alerts: &[Asked<'_>]) -> Result<Vec<SourceId>, StoreError> {
        let mut sources = Vec::new();
        for (_, alert) in alerts {
            sources.extend(self.store.source_of(alert.alert.item)?);
        }
        sources.sort();
        sources.dedup();
        Ok(sources)
    }
}

fn pending<'p>((watch, alert): &Asked<'p>, hurry: &impl Fn(&mut Timing)) -> WaitingAlert<'p> {
    let mut timing = watch.timing;
    hurry(&mut timing);
    WaitingAlert { item: alert.alert.item, watch, timing, raised: alert.raised, reason: alert.reason }
}
