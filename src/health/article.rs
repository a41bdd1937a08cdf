//! What the articles behind its items say of a source that asks for full text.

use jiff::Timestamp;

use super::{Saw, Sight, after, doubt, evidence};
use crate::model::{Doubt, Health, Source, Standing};

/// How a source stands after one of its articles was read, or given up for a reason; None when nothing changed.
#[must_use]
pub fn after_article(standing: &Standing, source: &Source, at: Timestamp, read: Result<(), &str>) -> Option<Standing> {
    let mut next = standing.clone();
    next.unread_articles = if read.is_ok() { 0 } else { (next.unread_articles + 1).min(doubt::ENOUGH_ARTICLES) };
    if next.unread_articles < doubt::ENOUGH_ARTICLES {
        if next.doubt == Some(Doubt::Articles) {
            (next.doubt, next.doubts) = (None, 0);
        }
    } else if source.full_text && next.doubt.is_none() {
        (next.doubt, next.doubts) = (Some(Doubt::Articles), doubt::ENOUGH);
    }
    if next == *standing {
        return None;
    }
    // A failed poll is graver, and settled by the next answer.
    if !after::has_failed(standing.health) && next.doubt != standing.doubt {
        let sight = Sight { at, last_answer: None, moved_to: None, saw: Saw::Unchanged };
        after::settle(&mut next, source, &sight, None);
        if let (Err(why), Health::Degraded) = (read, next.health) {
            next.evidence = Some(evidence::of_articles(next.unread_articles, why));
        }
    }
    Some(next)
}
