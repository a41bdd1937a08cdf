//! Due alerts become notifications: one per recipient and item, frozen in the store before its first attempt.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::live::Live;
use crate::alert::{self, Letter, Occasion};
use crate::mail::{self, Draft};
use crate::model::{Alert, ItemId, Mailbox, Notification, NotificationId, Reason, Severity, Source, StoredItem, Watch};
use crate::store::{Store, StoreError};

/// Composes every alert that waits and queues the notifications in one transaction. Returns how many were queued.
///
/// # Errors
/// The store's; then the alerts still wait.
pub(crate) fn compose_due(store: &Store, live: &Live) -> Result<usize, StoreError> {
    let mut by_item: BTreeMap<ItemId, Vec<Alert>> = BTreeMap::new();
    for alert in store.due_alerts()? {
        by_item.entry(alert.id.item).or_default().push(alert);
    }
    let (mut notifications, mut done) = (Vec::new(), Vec::new());
    for (id, alerts) in by_item {
        let ids = alerts.iter().map(|alert| alert.id.clone());
        match store.item(id)? {
            Some(item) => match compose_item(store, live, &item, &alerts)? {
                Ok(composed) => {
                    notifications.extend(composed);
                    done.extend(ids);
                }
                // Left waiting: a later version may manage, and the person at the journal knows.
                Err(error) => tracing::error!(item = %id, %error, "alert cannot be composed and waits"),
            },
            None => done.extend(ids.inspect(|alert| tracing::info!(?alert, "alert dropped: its item was pruned"))),
        }
    }
    let count = notifications.len();
    if !done.is_empty() {
        store.queue(notifications, done)?;
    }
    Ok(count)
}

/// What one recipient is told of one item.
struct Telling<'a> {
    to: &'a Mailbox,
    through: Option<&'a str>,
    /// Most severe first.
    alerts: Vec<(&'a Watch, &'a Alert)>,
}

impl Telling<'_> {
    /// Leaves out what was found by looking back, for a reader who was mailed about the item before, and says whether anything is
    /// left: another watch that would have told of it too is no news about it.
    fn keeps_news(&mut self) -> bool {
        self.alerts.retain(|(_, alert)| alert.reason != Reason::Backfilled);
        !self.alerts.is_empty()
    }

    /// Why the mail exists; `seq` counts the mails on this item before it.
    fn reason(&self, seq: u32) -> Reason {
        match seq {
            0 if self.alerts.iter().all(|(_, alert)| alert.reason == Reason::Backfilled) => Reason::Backfilled,
            0 => Reason::New,
            _ => Reason::Changed,
        }
    }
}

type Composed = Result<Vec<Notification>, mail::MailError>;

fn compose_item(store: &Store, live: &Live, item: &StoredItem, alerts: &[Alert]) -> Result<Composed, StoreError> {
    let source = live.source(&item.source).cloned().unwrap_or_else(|| unknown_source(item));
    let mut notifications = Vec::new();
    for mut telling in tellings(live, alerts) {
        let recipient = alert::recipient_hash(&telling.to.address);
        let id = NotificationId { item: item.id, seq: store.mails_on(item.id, recipient)?, recipient };
        if id.seq > 0 && !telling.keeps_news() {
            tracing::info!(item = %item.id, reason = %Reason::Known, "not mailed again: its reader was mailed about it before");
            continue;
        }
        let first_subject = if id.seq == 0 { None } else { store.subject(&NotificationId { seq: 0, ..id.clone() })? };
        match freeze(live, id, first_subject, item, &source, &telling) {
            Ok(notification) => notifications.push(notification),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(notifications))
}

/// Groups alerts by recipient. A watch that left the configuration since tells nobody any more.
fn tellings<'a>(live: &'a Live, alerts: &'a [Alert]) -> Vec<Telling<'a>> {
    let mut by_address: BTreeMap<&str, Telling<'a>> = BTreeMap::new();
    for alert in alerts {
        let Some(watch) = live.watch(&alert.id.watch) else {
            tracing::info!(watch = %alert.id.watch, "alert withdrawn: its watch left the configuration");
            continue;
        };
        for (to, through) in watch.to.iter().zip(&watch.through) {
            let telling = by_address.entry(&to.address).or_insert_with(|| Telling {
                to,
                through: through.as_deref(),
                alerts: Vec::new(),
            });
            telling.alerts.push((watch, alert));
        }
    }
    let mut tellings: Vec<Telling<'_>> = by_address.into_values().collect();
    for telling in &mut tellings {
        telling.alerts.sort_by_key(|(watch, _)| std::cmp::Reverse(watch.severity));
    }
    tellings
}

fn freeze(
    live: &Live,
    id: NotificationId,
    first_subject: Option<String>,
    item: &StoredItem,
    source: &Source,
    telling: &Telling<'_>,
) -> Result<Notification, mail::MailError> {
    let settings = &live.config.mail;
    let now = Timestamp::now();
    let reason = telling.reason(id.seq);
    let letter = alert::compose(&Occasion {
        id: &id,
        to: telling.to,
        through: telling.through,
        reason,
        item,
        source,
        alerts: &telling.alerts,
        now,
        zone: &live.config.timezone,
        list_id: &settings.list_id,
        reply_to: settings.reply_to.as_ref().map(|to| to.address.as_str()),
        from_address: &settings.from.address,
        first_subject: first_subject.as_deref(),
        host: &live.host,
        version: env!("CARGO_PKG_VERSION"),
    });
    let Letter { subject, text, html, headers, message_id } = letter;
    let draft = Draft {
        from: settings.from.clone(),
        to: telling.to.clone(),
        reply_to: settings.reply_to.clone(),
        subject: subject.clone(),
        date: now,
        message_id: message_id.trim_matches(['<', '>']).to_owned(),
        headers,
        text,
        html,
    };
    Ok(Notification {
        message: mail::assemble(&draft)?,
        id,
        to: telling.to.clone(),
        reason,
        watches: telling.alerts.iter().map(|(watch, _)| watch.id.clone()).collect(),
        severity: telling.alerts.iter().map(|(watch, _)| watch.severity).max().unwrap_or(Severity::Low),
        subject,
        queued: now,
    })
}

/// A source that left the configuration between the alert and its mail still has an id.
fn unknown_source(item: &StoredItem) -> Source {
    Source {
        id: item.source.clone(),
        name: item.source.to_string(),
        kind: crate::model::SourceKind::Feed,
        url: item
            .item
            .link
            .clone()
            .unwrap_or_else(|| url::Url::parse("https://unknown.invalid/").expect("a constant address")),
        lang: None,
        tier: 3,
        tags: Vec::new(),
        interval: std::time::Duration::ZERO,
        first_poll: crate::model::FirstPoll::Skip,
        allow_private: false,
    }
}
