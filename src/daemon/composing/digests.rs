//! Digests: what waits for one is told at its times, in one mail to each of its readers.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::Timestamp;

use super::dossier::Dossier;
use super::letters::{self, Beside};
use super::round::Round;
use super::weighing::Telling;
use crate::alert::calendar::{digest_after, digest_before};
use crate::alert::gathering::{CountryCount, Gathered};
use crate::alert::recipient_hash;
use crate::model::{Digest, DigestRuns, Held, Notification, Reader, Reason, StoryId, Waiting};
use crate::store::{OutboxEntry, StoreError};

/// Gathers every digest that is due, and says of the others when they will be.
pub(super) fn gather<'a>(
    round: &mut Round<'a>,
    by_reader: &'a BTreeMap<String, Vec<Waiting>>,
) -> Result<(), StoreError> {
    let now = round.moment.now;
    let known = round.store.digests()?;
    let live = round.live;
    for digest in &live.config.digests {
        let next = digest_after(digest, now);
        round.wake_at(next);
        let waits = |alert: &&Waiting| alert.digest.as_ref() == Some(&digest.id);
        let due = digest_before(digest, now);
        match known.get(&digest.id) {
            Some(runs) if runs.last < due => run(round, digest, runs.clone(), by_reader)?,
            // A run in the future was dated by a clock that was put back since: waiting for it might take for ever.
            Some(runs) if runs.last > now => {
                round.decisions.digests.push((digest.id.clone(), DigestRuns { last: now, ..runs.clone() }));
            }
            // A digest that is met begins now: it has nothing to tell of the time before.
            None => {
                round.decisions.digests.push((digest.id.clone(), DigestRuns { last: now, ..DigestRuns::default() }))
            }
            Some(_) => {
                let held = Held { why: Reason::Digest, since: now, until: Some(next) };
                by_reader.values().flatten().filter(waits).for_each(|alert| round.hold(alert, held));
            }
        }
    }
    Ok(())
}

/// One run: a mail to each reader, and the counts against which later runs are compared.
fn run<'a>(
    round: &mut Round<'a>,
    digest: &'a Digest,
    mut runs: DigestRuns,
    by_reader: &'a BTreeMap<String, Vec<Waiting>>,
) -> Result<(), StoreError> {
    let now = round.moment.now;
    let told = told(round, digest, by_reader)?;
    let countries = countries(told.iter().flat_map(|(_, tellings)| tellings));
    for (reader, tellings) in told {
        if let Some(mail) = letter(round, digest, reader, &runs, &tellings, &countries)? {
            round.record(recipient_hash(&reader.mailbox.address), mail, &tellings);
        }
    }
    runs.ran(now, countries.into_iter().map(|(code, (_, count))| (code, count)).collect());
    round.decisions.digests.push((digest.id.clone(), runs));
    Ok(())
}

/// What waits for a digest, by its readers.
pub(super) fn told<'a>(
    round: &mut Round<'a>,
    digest: &Digest,
    by_reader: &'a BTreeMap<String, Vec<Waiting>>,
) -> Result<Vec<(&'a Reader, Vec<Telling<'a>>)>, StoreError> {
    let mut told = Vec::new();
    for to in &digest.to {
        let address = to.address.to_ascii_lowercase();
        let Some(reader) = round.live.config.readers.get(&address) else { continue };
        let waiting = by_reader.get(&address).into_iter().flatten();
        let mine = waiting.filter(|alert| alert.digest.as_ref() == Some(&digest.id));
        told.push((reader, tellings(round, reader, mine)?));
    }
    Ok(told)
}

/// The mail of a run to one reader; None when there is nothing to tell them, or it could not be written.
pub(super) fn letter(
    round: &mut Round<'_>,
    digest: &Digest,
    reader: &Reader,
    runs: &DigestRuns,
    tellings: &[Telling<'_>],
    countries: &Countries,
) -> Result<Option<Notification>, StoreError> {
    let sent = already_sent(round, digest, reader, runs.last)?;
    if tellings.is_empty() && sent.is_empty() && !digest.send_empty {
        tracing::info!(digest = %digest.id, "nothing to tell: not sent");
        return Ok(None);
    }
    let kind = Gathered::Digest { id: &digest.id, name: &digest.name, since: runs.last };
    let beside = Beside { max_stories: Some(digest.max_stories), sent, counts: counts(runs, countries) };
    letters::gathering(round, reader, kind, tellings, &beside)
}

/// The stories of each country by its code: its name, and how many.
pub(super) type Countries = BTreeMap<String, (String, u32)>;

/// The same of these, each story counted once.
pub(super) fn countries<'t>(tellings: impl Iterator<Item = &'t Telling<'t>>) -> Countries {
    let mut counted = BTreeSet::new();
    let mut countries = Countries::new();
    for telling in tellings {
        let (code, name) = letters::country(&telling.dossier);
        if counted.insert(telling.dossier.story) && !code.is_empty() {
            countries.entry(code).or_insert((name, 0)).1 += 1;
        }
    }
    countries
}

/// Today's stories of each country beside those of the runs before.
fn counts(runs: &DigestRuns, today: &Countries) -> Vec<CountryCount> {
    let count = |(code, (name, count)): (&String, &(String, u32))| {
        let before = runs.counts.iter().map(|run| run.get(code).copied().unwrap_or(0));
        CountryCount {
            code: code.clone(),
            name: name.clone(),
            days: before.chain([*count]).collect(),
            mean: runs.mean(code).unwrap_or(0.0),
        }
    };
    today.iter().map(count).collect()
}

/// What waits for one reader. A story they know by another way, and of which there is no news, is not told again.
fn tellings<'a>(
    round: &mut Round<'a>,
    reader: &Reader,
    waiting: impl Iterator<Item = &'a Waiting>,
) -> Result<Vec<Telling<'a>>, StoreError> {
    let recipient = recipient_hash(&reader.mailbox.address);
    let mut tellings = Vec::new();
    for (story, alerts) in round.by_story(waiting)? {
        tellings.extend(round.at_last(story, recipient, alerts)?);
    }
    Ok(tellings)
}

/// The stories of this digest's watches that mails of their own told its reader of since the last run.
fn already_sent(
    round: &mut Round<'_>,
    digest: &Digest,
    reader: &Reader,
    since: Timestamp,
) -> Result<Vec<(Rc<Dossier>, Timestamp)>, StoreError> {
    let recipient = recipient_hash(&reader.mailbox.address);
    let of_digest = |mail: &&OutboxEntry| mail.watches.iter().any(|watch| digest.watches.contains(watch));
    let mails = round.mails_to(recipient)?.iter().filter(|mail| mail.queued >= since).filter(of_digest);
    let mut mails: Vec<(StoryId, Timestamp)> = mails.map(|mail| (mail.id.thread, mail.queued)).collect();
    mails.sort_by_key(|(_, queued)| *queued);
    let (mut seen, mut sent) = (BTreeSet::new(), Vec::new());
    for (thread, queued) in mails {
        // A roundup's thread is no story, and its dossier empty.
        let dossier = round.dossiers.of(thread)?;
        if !dossier.items.is_empty() && seen.insert(thread) {
            sent.push((dossier, queued));
        }
    }
    Ok(sent)
}
