//! Whoever runs this is told what went dark, what came back, and that we live. `health` decides what they should know,
//! `alert::operator` writes it; here is when, and what happened beside the sources. Readers get none of it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::composing::freezing::{Envelope, freeze};
use super::health::{BEAT, Health as Heartbeats, Pulse};
use super::live::{Live, Shared, SharedClient};
use super::outbox::News;
use super::report;
use super::scheduler::Notice;
use crate::alert::operator::{self as letters, Setting};
use crate::alert::{Letter, recipient_hash};
use crate::health::life::{self, Counts};
use crate::health::network::own_network;
use crate::health::notice::{self, Incident, View};
use crate::model::{
    Bulletin, Health, ItemId, Mailbox, Notification, NotificationId, OperatorTold, Outcome, Ping, Reason, Severity,
    SignOfLife, Source, SourceId, Standing,
};
use crate::store::{OutboxEntry, Store, StoreError};

/// Time between two looks at how things stand.
const LOOK: Duration = Duration::from_secs(60);
/// Mail that leaves no more for this long is an incident, and the dead man's switch is not asked (P9 of the promises).
const STUCK: SignedDuration = SignedDuration::from_mins(15);

/// Settled mails looked through for the last one that left.
const LEDGER: usize = 50;

/// What the loop is told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Word {
    /// The configuration was read again: it is in force, or was refused.
    Reload {
        /// Whether it was refused.
        refused: bool,
    },
}

/// What is known of a moment beside the store.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    /// When the program was started.
    pub(crate) started: Timestamp,
    /// When the last outage of our own network was seen to end.
    pub(crate) back: Option<Timestamp>,
    /// Since when a configuration waits on disk that was refused.
    pub(crate) refused: Option<Timestamp>,
}

/// What a look came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Mails queued.
    pub(crate) queued: usize,
    /// Whether our own network is out.
    pub(crate) is_cut_off: bool,
    /// Whether mail is stuck.
    pub(crate) is_stuck: bool,
    /// Sources that do not answer or keep us out.
    pub(crate) failing: usize,
    /// Mails that wait.
    pub(crate) open: usize,
}

/// The loop.
pub(crate) struct Keeper {
    store: Store,
    live: Shared,
    client: SharedClient,
    news: mpsc::UnboundedSender<News>,
    notices: mpsc::UnboundedSender<Notice>,
    moment: Moment,
    /// None before the first look.
    last: Option<Looked>,
    pinged: Option<Instant>,
}

impl Keeper {
    pub(crate) fn new(
        store: Store,
        live: Shared,
        client: SharedClient,
        news: mpsc::UnboundedSender<News>,
        notices: mpsc::UnboundedSender<Notice>,
        started: Timestamp,
    ) -> Self {
        let moment = Moment { now: started, started, back: None, refused: None };
        Self { store, live, client, news, notices, moment, last: None, pinged: None }
    }

    /// Runs until stopped.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn run(
        mut self,
        mut words: mpsc::UnboundedReceiver<Word>,
        stop: CancellationToken,
        pulse: Pulse,
        heartbeats: Heartbeats,
    ) -> Result<(), StoreError> {
        let mut look = tokio::time::interval(LOOK);
        let mut beat = tokio::time::interval(BEAT);
        loop {
            pulse.beat();
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                word = words.recv() => match word {
                    Some(Word::Reload { refused: false }) => self.moment.refused = None,
                    Some(Word::Reload { refused: true }) => {
                        self.moment.refused.get_or_insert_with(Timestamp::now);
                    }
                    None => return Ok(()),
                },
                _ = look.tick() => self.look().await?,
                _ = beat.tick() => self.ping(&heartbeats).await,
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        self.moment.now = Timestamp::now();
        let (store, live, moment) = (self.store.clone(), self.live.load_full(), self.moment.clone());
        let seen = live.clone();
        let looked = match tokio::task::spawn_blocking(move || look(&store, &seen, &moment)).await {
            Ok(looked) => looked?,
            Err(panicked) => {
                tracing::error!(error = %panicked, "the operator cannot be told; please report this");
                return Ok(());
            }
        };
        let last = self.last.replace(looked).unwrap_or_default();
        if last.is_cut_off && !looked.is_cut_off {
            self.moment.back = Some(self.moment.now);
            self.poll_again(&live)?;
        }
        if looked.is_stuck && !last.is_stuck {
            tracing::error!("mail has not left for {} min: nobody is told; see `sahelwatch status`", STUCK.as_mins());
        }
        let (sources, open) = (live.config.sources.len(), looked.open + looked.queued);
        super::systemd::status(&format!("{sources} sources, {} failing, {open} queued", looked.failing));
        if looked.queued > 0 {
            // Gone only when the daemon is stopping: then it is sent at the next start.
            self.news.send(News::Alerts).ok();
        }
        Ok(())
    }

    /// After an outage of our own, what still fails with it is not left to its backoff.
    fn poll_again(&self, live: &Live) -> Result<(), StoreError> {
        let cut_off = |(id, standing): (SourceId, Standing)| {
            (standing.local && standing.health == Health::Failing && live.source(&id).is_some()).then_some(id)
        };
        for id in self.store.standings()?.into_iter().filter_map(cut_off) {
            // Gone only when the daemon is stopping.
            self.notices.send(Notice::News(id)).ok();
        }
        Ok(())
    }

    /// Asks the dead man's switch while every loop moves and mail leaves.
    async fn ping(&mut self, heartbeats: &Heartbeats) {
        let live = self.live.load_full();
        let Some(Ping { url, every }) = &live.config.operator.ping else { return };
        let is_due = self.pinged.is_none_or(|at| at.elapsed() >= *every);
        // Not known before the first look: mail may have been stuck since before a restart.
        let leaves = self.last.is_some_and(|looked| !looked.is_stuck);
        let is_well = leaves && heartbeats.hanging(Instant::now()).is_empty();
        let Some(url) = url.expose().parse().ok().filter(|_| is_due && is_well) else { return };
        self.pinged = Some(Instant::now());
        if let Err(error) = self.client.load_full().ping(&url).await {
            tracing::warn!(%error, "the dead man's switch was not reached");
        }
    }
}

/// Looks at how things stand, and freezes the mails that are due.
///
/// # Errors
/// The store's; then nobody was told.
pub(crate) fn look(store: &Store, live: &Live, moment: &Moment) -> Result<Looked, StoreError> {
    let (config, now) = (&live.config, moment.now);
    let standings: HashMap<SourceId, Standing> = store.standings()?.into_iter().collect();
    let unknown = Standing::default();
    let sources: Vec<(&Source, &Standing)> =
        config.sources.iter().map(|plan| (&plan.source, standings.get(&plan.source.id).unwrap_or(&unknown))).collect();
    let outage = own_network(sources.iter().copied());
    let open = store.open_notifications()?;
    let mail = stuck_mail(store, &open, now)?;
    let is_failing = |health| matches!(health, Health::Failing | Health::Blocked);
    let looked = Looked {
        queued: 0,
        is_cut_off: outage.is_some(),
        is_stuck: mail.is_some(),
        failing: sources.iter().filter(|(_, standing)| is_failing(standing.health)).count(),
        open: open.len(),
    };
    let operator = &config.operator;
    if nobody_hears(&open, &operator.to) {
        return Ok(looked);
    }
    let configuration = moment.refused.map(|since| Incident {
        since,
        what: "the configuration on disk was refused, and the one before is in force".to_owned(),
        advice: Some("sahelwatch check".to_owned()),
    });
    let view = View { sources: &sources, floors: &config.floors, outage, back: moment.back, mail, configuration };
    let before = store.operator_told()?;
    let (bulletin, mut told) = notice::bulletin(&before, &notice::matters(&view, now), now);
    let mut mails = Vec::new();
    if let Some(bulletin) = &bulletin {
        mails.extend(write(store, live, moment, &Told::Bulletin(bulletin)));
        if mails.is_empty() {
            // The journal says why none can be written. They know no more than before, and are told when that is mended.
            told = before.clone();
        }
    }
    // The first one is due after this moment, not for the day that was over before anybody asked.
    told.sign_of_life = operator.sign_of_life.map(|_| before.sign_of_life.unwrap_or(now));
    let due = operator.sign_of_life.and_then(|at| life::due(at, &config.timezone, told.sign_of_life, now, now));
    if let Some(due) = due {
        let sign = life::sign_of_life(&sources, counts(store, now)?, now);
        mails.extend(write(store, live, moment, &Told::SignOfLife(&sign)));
        told.sign_of_life = Some(due);
    }
    tell(store, &before, &told, mails, looked)
}

fn tell(
    store: &Store,
    before: &OperatorTold,
    told: &OperatorTold,
    mails: Vec<Notification>,
    looked: Looked,
) -> Result<Looked, StoreError> {
    let queued = mails.len();
    if queued > 0 || told != before {
        store.tell_operator(mails, told)?;
    }
    Ok(Looked { queued, ..looked })
}

/// Mail that was tried and has not left for long, while none that was written later did: a mailbox that is full holds up
/// its own mail only.
fn stuck_mail(store: &Store, open: &[OutboxEntry], now: Timestamp) -> Result<Option<Incident>, StoreError> {
    if open.iter().all(|entry| entry.delivery.attempts == 0) {
        return Ok(None);
    }
    let sent =
        store.ledger(LEDGER)?.into_iter().filter(|entry| matches!(entry.delivery.outcome, Some(Outcome::Sent { .. })));
    let left = sent.map(|entry| entry.queued).max();
    let waits = open.iter().filter(|entry| entry.delivery.attempts > 0 && Some(entry.queued) > left);
    let oldest = waits.min_by_key(|entry| entry.queued);
    let stuck = oldest.filter(|entry| now.duration_since(entry.queued) > STUCK);
    Ok(stuck.map(|entry| Incident {
        since: entry.queued,
        what: entry.delivery.last_error.clone().unwrap_or_else(|| "mail does not leave".to_owned()),
        advice: Some("sahelwatch mail queue".to_owned()),
    }))
}

/// Whether what was written to every operator before waits still. What happens meanwhile is told together when it is gone:
/// an outage that takes the mail along leaves two mails behind, and not one for each of its days.
fn nobody_hears(open: &[OutboxEntry], to: &[Mailbox]) -> bool {
    let waits =
        |entry: &OutboxEntry| matches!(entry.reason, Reason::Ops | Reason::SignOfLife) && entry.delivery.attempts > 0;
    to.iter().all(|to| open.iter().any(|entry| waits(entry) && entry.to.address.eq_ignore_ascii_case(&to.address)))
}

fn counts(store: &Store, now: Timestamp) -> Result<Counts, StoreError> {
    let yesterday = ItemId::at(now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN));
    let mail = report::mail(store, now)?;
    Ok(Counts {
        items: store.items_since(yesterday)?,
        alerts: store.alerted_since(yesterday)?.len(),
        sent: mail.sent_today,
        queued: mail.queued,
    })
}

/// What a mail to the operator tells.
enum Told<'a> {
    Bulletin(&'a Bulletin),
    SignOfLife(&'a SignOfLife),
}

/// One mail for each of those who run this.
fn write(store: &Store, live: &Live, moment: &Moment, told: &Told<'_>) -> Vec<Notification> {
    let thread = store.next_item_id(moment.now);
    let config = &live.config;
    let sources: Vec<Source> = config.sources.iter().map(|plan| plan.source.clone()).collect();
    let mail = |to: &Mailbox| {
        let reader = config.readers.get(&to.address.to_ascii_lowercase());
        let id = NotificationId { thread, seq: 0, recipient: recipient_hash(&to.address) };
        let (letter, reason) = compose(live, moment, told, &id, &sources, reader.is_some_and(|r| r.is_discreet()));
        let key = reader.and_then(|reader| reader.openpgp.as_deref());
        let (severity, watches) = (Severity::Low, Vec::new());
        freeze(letter, Envelope { settings: &config.mail, to, key, id, reason, severity, watches, now: moment.now })
    };
    config.operator.to.iter().filter_map(mail).collect()
}

fn compose(
    live: &Live,
    moment: &Moment,
    told: &Told<'_>,
    id: &NotificationId,
    sources: &[Source],
    is_discreet: bool,
) -> (Letter, Reason) {
    let (config, settings) = (&live.config, &live.config.mail);
    let setting = Setting {
        id,
        tongue: config.operator.lang,
        zone: &config.timezone,
        is_discreet,
        sources,
        now: moment.now,
        started: moment.started,
        list_id: &settings.list_id,
        reply_to: settings.reply_to.as_ref().map(|to| to.address.as_str()),
        from_address: &settings.from.address,
        host: &live.host,
        version: env!("CARGO_PKG_VERSION"),
    };
    match told {
        Told::Bulletin(bulletin) => (letters::bulletin(bulletin, &setting), Reason::Ops),
        Told::SignOfLife(sign) => (letters::sign_of_life(sign, &setting), Reason::SignOfLife),
    }
}
