//! What of the matters is told now: what is new to the operator, together, once, and again when it is over. One mail
//! about a power cut that took ten sources is read; ten are not.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::Matters;
use crate::model::{Bulletin, Gap, Matter, OperatorTold, Recovery, SourceId, Subject};

/// What comes soon after the first news of trouble comes with it: a round of polls at the usual interval.
const GATHER: SignedDuration = SignedDuration::from_mins(15);
/// Shortest time between two bulletins.
const SPACING: SignedDuration = SignedDuration::from_hours(1);
/// A source, a floor or a recipient is told of once in this time, whatever it does; that it is well again is told besides.
const ONCE_IN: SignedDuration = SignedDuration::from_hours(24);
/// A gap is worth a mail of its own from this length on, which is that of a failure that is told.
const LONG_GAP: SignedDuration = SignedDuration::from_hours(6);

/// What to tell now, and what the operator knows then. The second is to be stored when it differs from `told`, together
/// with the mail if there is one.
#[must_use]
pub fn bulletin(told: &OperatorTold, matters: &Matters, now: Timestamp) -> (Option<Bulletin>, OperatorTold) {
    let news = news(told, matters, now);
    let is_worth_it = !news.begun.is_empty()
        || !news.changed.is_empty()
        || !news.ended.is_empty()
        || news.gaps.iter().any(|(_, gap)| gap.to.duration_since(gap.from) >= LONG_GAP);
    if !is_worth_it {
        return (None, OperatorTold { waiting: None, ..told.clone() });
    }
    // A moment in the future was written before the clock was put back.
    let waiting = told.waiting.unwrap_or(now).min(now);
    let has_gathered = now.duration_since(waiting) >= GATHER;
    let has_space = told.last.is_none_or(|last| last > now || now.duration_since(last) >= SPACING);
    if !has_gathered || !has_space {
        return (None, OperatorTold { waiting: Some(waiting), ..told.clone() });
    }
    let knows = after(told, &news, now);
    (Some(news), knows)
}

/// What the operator does not know yet.
fn news(told: &OperatorTold, matters: &Matters, now: Timestamp) -> Bulletin {
    let current: HashMap<&Subject, &Matter> = matters.ripe.iter().map(|matter| (&matter.subject, matter)).collect();
    let known: HashSet<&Subject> = told.matters.iter().map(|matter| &matter.subject).collect();
    let unripe: HashSet<&Subject> = matters.unripe.iter().collect();
    let gaps: HashMap<&SourceId, Gap> = matters.gaps.iter().map(|(source, gap)| (source, *gap)).collect();
    let is_dark = current.contains_key(&Subject::Network);
    let mut news = Bulletin::default();
    for before in &told.matters {
        match current.get(&before.subject) {
            Some(after) if after.health != before.health && may_tell(told, &before.subject, now) => {
                news.changed.push((before.clone(), (*after).clone()));
            }
            Some(_) => news.standing.push(before.clone()),
            // What happened once is told once, and never over.
            None if matches!(before.subject, Subject::Store(_)) => {}
            // Nothing is known of it: what failed anew may pass, and behind a dead line nobody sees.
            None if unripe.contains(&before.subject) || (is_dark && is_beyond(&before.subject)) => {
                news.standing.push(before.clone());
            }
            None => news.ended.push(recovery(before, &gaps, now)),
        }
    }
    let begun = matters.ripe.iter().filter(|matter| !known.contains(&matter.subject));
    news.begun = begun.filter(|matter| may_tell(told, &matter.subject, now)).cloned().collect();
    news.gaps = other_gaps(told, &news, matters, now);
    news
}

fn recovery(matter: &Matter, gaps: &HashMap<&SourceId, Gap>, now: Timestamp) -> Recovery {
    let gap = match &matter.subject {
        Subject::Network => Some(Gap { from: matter.since, to: now }),
        Subject::Source(source) => gaps.get(source).copied().filter(|gap| gap.to >= matter.since),
        _ => None,
    };
    Recovery { matter: matter.clone(), at: now, gap }
}

/// Gaps since the last bulletin of sources that it does not name.
fn other_gaps(told: &OperatorTold, news: &Bulletin, matters: &Matters, now: Timestamp) -> Vec<(SourceId, Gap)> {
    let day_ago = now.checked_sub(ONCE_IN).unwrap_or(Timestamp::MIN);
    let since = told.last.map_or(day_ago, |last| last.max(day_ago).min(now));
    let changed = news.changed.iter().map(|(_, after)| after);
    let named =
        news.begun.iter().chain(changed).chain(&news.standing).chain(news.ended.iter().map(|over| &over.matter));
    let named: HashSet<&SourceId> = named
        .filter_map(|matter| match &matter.subject {
            Subject::Source(source) => Some(source),
            _ => None,
        })
        .collect();
    matters.gaps.iter().filter(|(source, gap)| gap.to > since && !named.contains(source)).cloned().collect()
}

/// What the operator knows once this is told.
fn after(told: &OperatorTold, news: &Bulletin, now: Timestamp) -> OperatorTold {
    let changed = news.changed.iter().map(|(_, after)| after);
    let said: Vec<&Matter> = news.begun.iter().chain(changed).collect();
    let mut recent: Vec<(Subject, Timestamp)> =
        told.recent.iter().filter(|(_, at)| is_recent(*at, now)).cloned().collect();
    recent.extend(said.iter().filter(|matter| is_beyond(&matter.subject)).map(|matter| (matter.subject.clone(), now)));
    OperatorTold {
        matters: said.into_iter().chain(&news.standing).cloned().collect(),
        last: Some(now),
        waiting: None,
        recent,
        sign_of_life: told.sign_of_life,
    }
}

fn may_tell(told: &OperatorTold, subject: &Subject, now: Timestamp) -> bool {
    !told.recent.iter().any(|(other, at)| other == subject && is_recent(*at, now))
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at <= now && now.duration_since(at) < ONCE_IN
}

/// Whether it lies beyond our own network.
fn is_beyond(subject: &Subject) -> bool {
    matches!(subject, Subject::Source(_) | Subject::Floor(_) | Subject::Flood(_) | Subject::Recipient(_))
}
