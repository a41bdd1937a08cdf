//! Whoever runs this is told what went dark, what came back, and that we live. `health` decides what they should know,
//! `alert::operator` writes it; here is when, and what happened beside the sources. Readers get none of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::composing::freezing::{Envelope, freeze};
use super::delivery::Courier;
use super::floods;
use super::health::{BEAT, Health as Heartbeats, Pulse, every};
use super::live::{Live, Shared, SharedClient};
use super::outbox::News;
use super::report;
use super::scheduler::Notice;
use super::undelivered;
use crate::alert::operator::{self as letters, Setting};
use crate::alert::{Letter, recipient_hash};
use crate::health::life::{self, Counts};
use crate::health::network::own_network;
use crate::health::notice::{self, Addressee, Incident, View};
use crate::model::{
    Bulletin, Health, ItemId, Mailbox, Notification, NotificationId, OperatorTold, Ping, Reader, Reason, Severity,
    SignOfLife, Source, SourceId, Standing, Subject,
};
use crate::store::{OutboxEntry, Store, StoreError};

/// Time between two looks at how things stand.
const LOOK: Duration = Duration::from_secs(60);
/// Settled mails looked through: for the last one that left, and for those that were lost since the last look.
const LEDGER: usize = 500;
/// For how long a store that was made anew is told of, in case that mail does not leave at once.
const LOST: SignedDuration = SignedDuration::from_hours(72);

/// What the loop is told.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    /// The configuration was read again: it is in force, or was refused.
    Reload {
        /// Whether it was refused.
        refused: bool,
    },
    /// The disk was looked at.
    Disk(Option<Incident>),
    /// The size of the store was looked at.
    Size(Option<Incident>),
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
    /// What is wrong with the disk, and with the size of the store; None outside while nobody has looked.
    pub(crate) disk: Option<Option<Incident>>,
    pub(crate) size: Option<Option<Incident>>,
    /// Since when, and why, no mail leaves until a person sees to it.
    pub(crate) stopped: Option<(Timestamp, String)>,
}

impl Moment {
    /// A moment of which nothing is known beside the store.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { now, started: now, back: None, refused: None, disk: None, size: None, stopped: None }
    }

    fn unsure(&self) -> Vec<Subject> {
        let looked_at = [(Subject::Disk, &self.disk), (Subject::Size, &self.size)];
        looked_at.into_iter().filter(|(_, known)| known.is_none()).map(|(subject, _)| subject).collect()
    }
}

/// What a look came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Mails queued.
    pub(crate) queued: usize,
    /// Whether our own network is out.
    pub(crate) is_cut_off: bool,
    /// Since when mail is stuck, if it is.
    pub(crate) stuck: Option<Timestamp>,
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
    courier: Arc<Courier>,
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
        courier: Arc<Courier>,
        started: Timestamp,
    ) -> Self {
        let moment = Moment::new(started);
        Self { store, live, client, news, notices, courier, moment, last: None, pinged: None }
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
        let mut look = every(LOOK);
        let mut beat = every(BEAT);
        loop {
            pulse.beat();
            tokio::select! {
                // What is known is not looked past.
                biased;
                () = stop.cancelled() => return Ok(()),
                word = words.recv() => match word {
                    Some(Word::Reload { refused: false }) => self.moment.refused = None,
                    Some(Word::Reload { refused: true }) => {
                        self.moment.refused.get_or_insert_with(Timestamp::now);
                    }
                    Some(Word::Disk(found)) => self.moment.disk = Some(found),
                    Some(Word::Size(found)) => self.moment.size = Some(found),
                    None => return Ok(()),
                },
                _ = look.tick() => self.look().await?,
                _ = beat.tick() => self.ping(&heartbeats).await,
            }
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        self.moment.now = Timestamp::now();
        self.moment.stopped = self.courier.stopped();
        let (store, live, moment) = (self.store.clone(), self.live.load_full(), self.moment.clone());
        let seen = live.clone();
        let looked = match tokio::task::spawn_blocking(move || look(&store, &seen, &moment)).await {
            Ok(looked) => looked?,
            Err(panicked) => {
                tracing::error!(error = %panicked, "the operator cannot be told; please report this");
                return Ok(());
            }
        };
        self.courier.counters.looked(looked);
        let last = self.last.replace(looked).unwrap_or_default();
        if last.is_cut_off && !looked.is_cut_off {
            self.moment.back = Some(self.moment.now);
            self.poll_again(&live)?;
        }
        if looked.stuck.is_some() && last.stuck.is_none() && self.moment.stopped.is_none() {
            let minutes = undelivered::STUCK.as_mins();
            tracing::error!("mail has not left for {minutes} min: nobody is told; see `sahelwatch status`");
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
        let cut_off = self.store.standings_by(|standing| standing.local && standing.health == Health::Failing)?;
        let cut_off = cut_off.into_iter().filter(|(id, is_cut_off)| *is_cut_off && live.source(id).is_some());
        for (id, _) in cut_off {
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
        let leaves = self.last.is_some_and(|looked| looked.stuck.is_none());
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
    let ledger = store.ledger(LEDGER)?;
    let mail = stopped(moment).or_else(|| undelivered::stuck(&open, &ledger, now));
    let addressees = undelivered::addressees(config, &ledger, now);
    let is_failing = |health| matches!(health, Health::Failing | Health::Blocked);
    let looked = Looked {
        queued: 0,
        is_cut_off: outage.is_some(),
        stuck: mail.as_ref().map(|mail| mail.since),
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
    let floods = floods::floods(store, now)?;
    let (disk, size) = (moment.disk.clone().flatten(), moment.size.clone().flatten());
    let (floors, addressees, back) = (config.floors.as_slice(), addressees.as_slice(), moment.back);
    let view = View {
        sources: &sources,
        floors,
        outage,
        back,
        mail,
        addressees,
        configuration,
        floods,
        disk,
        size,
        lost: lost(store, now),
        unsure: moment.unsure(),
    };
    let before = store.operator_told()?;
    let (bulletin, mut told) = notice::bulletin(&known(&before, addressees), &notice::matters(&view, now), now);
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

/// A store that was lost of late. Whoever restored one by hand knows.
fn lost(store: &Store, now: Timestamp) -> Option<Incident> {
    let recovery = store.recovery().filter(|recovery| !recovery.by_hand && now.duration_since(recovery.at) < LOST)?;
    let advice = Some("`sahelwatch status` names what was set aside; see docs/recover.md".to_owned());
    Some(Incident { since: recovery.at, what: recovery.told(), advice })
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

/// Mail that waits for a person, which is told without waiting to see whether it passes.
fn stopped(moment: &Moment) -> Option<Incident> {
    let (since, what) = moment.stopped.clone()?;
    Some(Incident { since, what, advice: Some("sahelwatch mail test".to_owned()) })
}

/// What they know, without people who left the configuration: that mail to those is not taken any more is over, and no news.
fn known(told: &OperatorTold, addressees: &[Addressee]) -> OperatorTold {
    let mut known = told.clone();
    known.matters.retain(|matter| match &matter.subject {
        Subject::Recipient(address) => addressees.iter().any(|addressee| addressee.address == *address),
        _ => true,
    });
    known
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
        let (letter, reason) = compose(live, moment, told, &id, &sources, reader);
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
    reader: Option<&Reader>,
) -> (Letter, Reason) {
    let (config, settings) = (&live.config, &live.config.mail);
    let setting = Setting {
        id,
        tongue: config.operator.lang,
        zone: &config.timezone,
        is_discreet: reader.is_some_and(Reader::is_discreet),
        keyword: reader.and_then(|reader| reader.keyword.as_ref()),
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
