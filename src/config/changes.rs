//! What a reload changed, in short lines for people.

use std::collections::BTreeMap;

use super::Config;
use crate::mail::{Settings, SmtpSettings, TransportSettings};
use crate::model::{Digest, DigestId, Floor, Source, SourceId, Watch, WatchId};

impl Config {
    /// What is different from `old`; empty when nothing is.
    #[must_use]
    pub fn changes_from(&self, old: &Self) -> Vec<String> {
        let mut lines = differences("source", &old.sources_by_id(), &self.sources_by_id());
        lines.extend(differences("watch", &old.watches_by_id(), &self.watches_by_id()));
        lines.extend(differences("digest", &old.digests_by_id(), &self.digests_by_id()));
        lines.extend(differences("coverage floor", &old.floors_by_name(), &self.floors_by_name()));
        let settings = [
            (self.treats_alike(old), "reader settings changed"),
            (self.pace == old.pace, "pace changed"),
            (self.lexicon == old.lexicon, "lexicon changed"),
            (same_mail(&self.mail, &old.mail) && self.mail_expire == old.mail_expire, "mail settings changed"),
            (self.operator == old.operator, "operator settings changed"),
            (self.http == old.http, "http settings changed"),
            (self.timezone == old.timezone, "timezone changed"),
            (self.keeps_as_long(old), "retention changed"),
            (self.low_space == old.low_space, "low_space changed"),
            (self.storage.path == old.storage.path, "storage path changed: takes effect after a restart"),
            (self.web == old.web, "web settings changed: take effect after a restart"),
            (self.metrics == old.metrics, "metrics settings changed: take effect after a restart"),
            (self.storage.cache == old.storage.cache, "storage cache changed: takes effect after a restart"),
        ];
        lines.extend(settings.into_iter().filter(|(same, _)| !same).map(|(_, line)| line.to_owned()));
        lines
    }

    fn keeps_as_long(&self, old: &Self) -> bool {
        let kept = |config: &Self| (config.keep_items, config.keep_bodies, config.max_size);
        kept(self) == kept(old)
    }

    fn sources_by_id(&self) -> BTreeMap<&SourceId, &Source> {
        self.sources.iter().map(|plan| (&plan.source.id, &plan.source)).collect()
    }

    fn watches_by_id(&self) -> BTreeMap<&WatchId, &Watch> {
        self.watches.iter().map(|watch| (&watch.id, watch)).collect()
    }

    fn digests_by_id(&self) -> BTreeMap<&DigestId, &Digest> {
        self.digests.iter().map(|digest| (&digest.id, digest)).collect()
    }

    fn floors_by_name(&self) -> BTreeMap<&String, &Floor> {
        self.floors.iter().map(|floor| (&floor.name, floor)).collect()
    }

    /// Whether everybody told before and now is told in the same way. Who came or went shows in the watches and digests.
    fn treats_alike(&self, old: &Self) -> bool {
        self.readers.iter().all(|(address, reader)| old.readers.get(address).is_none_or(|before| before == reader))
    }
}

/// `+2 sources: a, b`, `~1 source: c`, `-1 source: d`.
fn differences<K: Ord + ToString, V: PartialEq>(
    noun: &str,
    old: &BTreeMap<&K, &V>,
    new: &BTreeMap<&K, &V>,
) -> Vec<String> {
    let added = new.keys().filter(|id| !old.contains_key(*id));
    let changed = new.iter().filter(|(id, now)| old.get(*id).is_some_and(|before| before != *now)).map(|(id, _)| id);
    let removed = old.keys().filter(|id| !new.contains_key(*id));
    [line('+', noun, added), line('~', noun, changed), line('-', noun, removed)].into_iter().flatten().collect()
}

fn line<'a, K: ToString + 'a>(sign: char, noun: &str, ids: impl Iterator<Item = &'a &'a K>) -> Option<String> {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    let plural = match (ids.len(), noun) {
        (1, _) => "",
        (_, "watch") => "es",
        _ => "s",
    };
    (!ids.is_empty()).then(|| format!("{sign}{} {noun}{plural}: {}", ids.len(), ids.join(", ")))
}

/// Secrets cannot be compared by accident, so here it is done on purpose.
fn same_mail(a: &Settings, b: &Settings) -> bool {
    a.from == b.from && a.reply_to == b.reply_to && a.list_id == b.list_id && same_transport(&a.transport, &b.transport)
}

fn same_transport(a: &TransportSettings, b: &TransportSettings) -> bool {
    match (a, b) {
        (TransportSettings::File { folder: a }, TransportSettings::File { folder: b }) => a == b,
        (TransportSettings::Sendmail { command: a }, TransportSettings::Sendmail { command: b }) => a == b,
        (TransportSettings::Smtp(a), TransportSettings::Smtp(b)) => same_smtp(a, b),
        _ => false,
    }
}

fn same_smtp(a: &SmtpSettings, b: &SmtpSettings) -> bool {
    let login = |s: &SmtpSettings| s.login.as_ref().map(|l| (l.username.clone(), l.password.clone()));
    let same_login = match (login(a), login(b)) {
        (Some((user_a, password_a)), Some((user_b, password_b))) => {
            user_a == user_b && password_a.expose() == password_b.expose()
        }
        (None, None) => true,
        _ => false,
    };
    same_login && a.host == b.host && a.port == b.port && a.tls == b.tls && a.ca_file == b.ca_file
}
