//! One round of deciding: what every reader is told, and of what. Gathers decisions, and keeps them at its end, or
//! earlier when they are many; never between two decisions on one reader.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use super::addressing::digest_for;
use super::dossier::Dossiers;
use super::letters::{self, Beside};
use super::past::Past;
use super::weighing::{Asked, Due, Telling};
use super::{Composed, Moment, Relay, fate};
use crate::alert::gathering::Gathered;
use crate::alert::pace::{Outage, PastMail, Planned, plan};
use crate::alert::{learn, recipient_hash};
use crate::daemon::live::Live;
use crate::model::{Held, Mute, Muted, Notification, NotificationId, Reader, Reason, StoryId, Told, Waiting, WatchId};
use crate::store::{Decisions, OutboxEntry, Store, StoreError};

/// Mails of the ledger that are looked through for what was sent already.
const RECENT: usize = 5_000;
/// Rows of one transaction, give or take one reader's: a few megabytes in memory, which 192 MiB for everything allow.
const MUCH: usize = 4_096;

/// What a round has come to so far.
pub(super) struct Round<'a> {
    pub(super) store: &'a Store,
    pub(super) live: &'a Live,
    pub(super) moment: &'a Moment,
    pub(super) dossiers: Dossiers<'a>,
    pub(super) decisions: Decisions,
    /// What readers, by the hash of their address, were told of stories in this round.
    told: BTreeMap<(StoryId, u64), Told>,
    /// The latest mails by recipient, once somebody asked for them.
    mails: Option<HashMap<u64, Vec<OutboxEntry>>>,
    wake: Option<Timestamp>,
    decided: Vec<Reason>,
    /// For a preview: how far the conversation on its story is.
    pub(super) as_if: Option<(u32, Option<String>)>,
}

impl<'a> Round<'a> {
    pub(super) fn new(store: &'a Store, live: &'a Live, moment: &'a Moment) -> Self {
        let dossiers = Dossiers::new(store, live);
        let (decisions, told) = (Decisions::default(), BTreeMap::new());
        Self {
            store,
            live,
            moment,
            dossiers,
            decisions,
            told,
            mails: None,
            wake: None,
            decided: Vec::new(),
            as_if: None,
        }
    }

    /// How many mails a reader has had on a story, and the subject of the first.
    pub(super) fn conversation(&self, thread: StoryId, recipient: u64) -> Result<(u32, Option<String>), StoreError> {
        if let Some(as_if) = &self.as_if {
            return Ok(as_if.clone());
        }
        let mails = self.store.mails_on(thread, recipient)?;
        let first = NotificationId { thread, seq: 0, recipient };
        let subject = if mails == 0 { None } else { self.store.subject(&first)? };
        Ok((mails, subject))
    }

    /// Keeps what was decided so far, if that is as much as one transaction should hold. Only between readers: what one
    /// of them is told in a round belongs together.
    pub(super) fn keep_much(&mut self) -> Result<(), StoreError> {
        if self.told.len() + self.decisions.fates.len() + self.decisions.held.len() < MUCH {
            return Ok(());
        }
        self.keep()
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        let mut decisions = std::mem::take(&mut self.decisions);
        let told = std::mem::take(&mut self.told).into_iter();
        decisions.told.extend(told.map(|((story, recipient), told)| (story, recipient, told)));
        self.decided.extend(decisions.fates.iter().map(|fate| fate.reason));
        self.store.decide(decisions)
    }

    /// Keeps what was decided, and says what it came to.
    pub(super) fn end(mut self) -> Result<Composed, StoreError> {
        self.keep()?;
        Ok(Composed { wake: self.wake, decided: self.decided })
    }

    /// The latest mails to a recipient, open or settled.
    pub(super) fn mails_to(&mut self, recipient: u64) -> Result<&[OutboxEntry], StoreError> {
        if self.mails.is_none() {
            let mut by_recipient: HashMap<u64, Vec<OutboxEntry>> = HashMap::new();
            for mail in self.store.open_notifications()?.into_iter().chain(self.store.ledger(RECENT)?) {
                by_recipient.entry(mail.id.recipient).or_default().push(mail);
            }
            self.mails = Some(by_recipient);
        }
        Ok(self.mails.as_ref().and_then(|mails| mails.get(&recipient)).map_or(&[], Vec::as_slice))
    }

    /// What a reader knows of a story by now.
    pub(super) fn told(&self, story: StoryId, recipient: u64) -> Result<Option<Told>, StoreError> {
        match self.told.get(&(story, recipient)) {
            Some(told) => Ok(Some(told.clone())),
            None => self.store.told(story, recipient),
        }
    }

    pub(super) fn wake_at(&mut self, at: Timestamp) {
        self.wake = Some(self.wake.map_or(at, |wake| wake.min(at)));
    }

    /// Ends what is muted, and what tells people who are told of it no more. The rest is wanted.
    pub(super) fn wanted(&mut self, waiting: Vec<Waiting>) -> Result<Vec<Waiting>, StoreError> {
        let mutes = self.store.mutes()?;
        let mut wanted = Vec::with_capacity(waiting.len());
        for mut alert in waiting {
            let Some(watch) = self.live.told_to(&alert.alert.watch, &alert.reader) else {
                self.decisions.fates.push(fate(&alert, Reason::Withdrawn, self.moment.now));
                continue;
            };
            if let Some(mute) = self.mute_over(&mutes, &alert)? {
                *self.decisions.hidden.entry(mute.id).or_default() += 1;
                let hidden = fate(&alert, Reason::Muted, self.moment.now);
                self.decisions.fates.push(crate::model::Fate { mute: Some(mute.id), ..hidden });
                continue;
            }
            if alert.digest.is_some() {
                // A digest that left the configuration must not take along what waits for it.
                let digest = digest_for(watch, &alert.reader, &self.live.config.digests);
                alert.digest = digest.map(|digest| digest.id.clone());
            }
            wanted.push(alert);
        }
        Ok(wanted)
    }

    fn mute_over<'m>(&self, mutes: &'m [Mute], alert: &Waiting) -> Result<Option<&'m Mute>, StoreError> {
        for mute in mutes.iter().filter(|mute| mute.holds(self.moment.now) && mute.is_for(&alert.reader.address)) {
            let covered = match &mute.what {
                Muted::Watch(watch) => *watch == alert.alert.watch,
                Muted::Story(story) => self.store.placement(alert.alert.item)?.story == *story,
                Muted::Source(source) => self.store.source_of(alert.alert.item)?.as_ref() == Some(source),
            };
            if covered {
                return Ok(Some(mute));
            }
        }
        Ok(None)
    }

    /// Alerts of one reader by story, with their watches.
    pub(super) fn by_story<'w>(
        &self,
        waiting: impl Iterator<Item = &'w Waiting>,
    ) -> Result<BTreeMap<StoryId, Vec<Asked<'w>>>, StoreError>
    where
        'a: 'w,
    {
        let mut by_story: BTreeMap<StoryId, Vec<Asked<'w>>> = BTreeMap::new();
        for alert in waiting {
            let story = self.store.placement(alert.alert.item)?.story;
            if let Some(watch) = self.live.watch(&alert.alert.watch) {
                by_story.entry(story).or_default().push((watch, alert));
            }
        }
        for alerts in by_story.values_mut() {
            alerts.sort_by_key(|(watch, _)| std::cmp::Reverse(watch.severity));
        }
        Ok(by_story)
    }

    /// Everything that waits for a reader and for no digest.
    pub(super) fn tell<'w>(
        &mut self,
        reader: &Reader,
        waiting: impl Iterator<Item = &'w Waiting>,
        past: &mut Past,
    ) -> Result<(), StoreError>
    where
        'a: 'w,
    {
        let recipient = recipient_hash(&reader.mailbox.address);
        let mut due: BTreeMap<StoryId, Due<'w>> = BTreeMap::new();
        for (story, alerts) in self.by_story(waiting)? {
            if let Some(found) = self.consider(story, recipient, alerts)? {
                due.insert(story, found);
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        let stories = due.values().map(|due| self.due_story(due)).collect::<Result<_, _>>()?;
        let outage = match self.moment.relay {
            Relay::Recovered { from, to } => Some(Outage { from, until: Some(to) }),
            Relay::Stuck { since } => Some(Outage { from: since, until: None }),
            Relay::Usable => None,
        };
        let mut pace = self.live.config.pace;
        if self.moment.once {
            pace.recovery = Duration::ZERO;
        }
        let plan = plan(self.moment.now, reader, &pace, stories, past.of(recipient), outage);
        for (story, held) in plan.held {
            if let Some(due) = due.get(&story) {
                due.alerts.iter().for_each(|(_, alert)| self.hold(alert, held));
            }
        }
        if let Some(wake) = plan.wake {
            self.wake_at(wake);
        }
        for planned in plan.mails {
            self.carry_out(reader, recipient, planned, &mut due, past)?;
        }
        Ok(())
    }

    /// Remembers what an alert waits for, when that is something else than before.
    pub(super) fn hold(&mut self, alert: &Waiting, held: Held) {
        let before = alert.held.filter(|before| before.why == held.why);
        let held = Held { since: before.map_or(held.since, |before| before.since.min(held.since)), ..held };
        if alert.held != Some(held) {
            self.decisions.held.push((alert.clone(), held));
        }
    }

    fn carry_out(
        &mut self,
        reader: &Reader,
        recipient: u64,
        planned: Planned,
        due: &mut BTreeMap<StoryId, Due<'_>>,
        past: &mut Past,
    ) -> Result<(), StoreError> {
        let (stories, written) = match planned {
            Planned::Story(story, reason) => {
                let Some(due) = due.remove(&story) else { return Ok(()) };
                let telling = self.telling(due)?;
                let written = letters::alert(self, reader, &telling, reason)?;
                (vec![telling], written)
            }
            Planned::Gathered { why, since, stories } => {
                let due = stories.iter().filter_map(|story| due.remove(story));
                let told: Vec<_> = due.map(|due| self.telling(due)).collect::<Result<_, _>>()?;
                let kind = self.kind(why, since, &told);
                let written = letters::gathering(self, reader, kind, &told, &Beside::default())?;
                (told, written)
            }
        };
        // What could not be written waits: a later version, or a mended key, may manage; the journal says why.
        let Some(mail) = written else { return Ok(()) };
        let alerts: Vec<_> = stories.iter().flat_map(|telling| telling.alerts.iter().copied()).collect();
        let (watches, sources) = (mail.watches.clone(), self.sources(&alerts)?);
        past.add(recipient, PastMail { at: self.moment.now, watches, sources, kind: mail.reason });
        self.record(recipient, mail, &stories);
        Ok(())
    }

    /// Which kind of mail tells of several stories. A throttle is that of their one watch, where they have only one.
    fn kind<'t>(&self, why: Reason, since: Timestamp, told: &'t [Telling<'_>]) -> Gathered<'t> {
        match (why, self.moment.relay) {
            (Reason::Outage, Relay::Recovered { from, to }) => Gathered::Outage { from, until: to },
            // Every mail before it was given up, so that this one is the next to knock.
            (Reason::Outage, _) => Gathered::Outage { from: since, until: self.moment.now },
            (Reason::Held, _) => Gathered::Held { since },
            _ => {
                let mut watches = told.iter().flat_map(|telling| &telling.alerts).map(|(watch, _)| *watch);
                let first = watches.next();
                let only = first.filter(|first| watches.all(|watch| watch.id == first.id));
                let only = only.filter(|_| why != Reason::Recovered);
                let watch = only.map(|watch| (&watch.id, watch.name.as_str()));
                Gathered::Roundup { why, watch, since, every: self.live.config.pace.roundup }
            }
        }
    }

    /// Puts down that a mail tells its reader of these stories.
    pub(super) fn record(&mut self, recipient: u64, mail: Notification, stories: &[Telling<'_>]) {
        let now = self.moment.now;
        for telling in stories {
            let watches: Vec<WatchId> = telling.alerts.iter().map(|(watch, _)| watch.id.clone()).collect();
            let mut told = telling.told.clone().unwrap_or_default();
            learn(&mut told, &telling.dossier.reports, &watches, mail.id.clone(), now);
            self.told.insert((telling.dossier.story, recipient), told);
            let fates = telling.alerts.iter().map(|(_, alert)| {
                let told = fate(alert, mail.reason, now);
                crate::model::Fate { mail: Some(mail.id.clone()), ..told }
            });
            self.decisions.fates.extend(fates);
        }
        self.decisions.notifications.push(mail);
    }
}
