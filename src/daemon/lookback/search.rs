//! `search`: stored items that a query matches, newest first.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::reader::{Hit, Reader};
use super::walk::{Gathered, Walk};
use super::{Refusal, SCHEMA, Stop, nearest, read};
use crate::config::Config;
use crate::model::{ItemId, StoredItem};
use crate::store::{Store, Stretch};

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The query.
    pub query: String,
    /// Items first seen from then on.
    pub since: Timestamp,
    /// Only those in this language.
    pub lang: Option<String>,
    /// Only those of the source with this id, or with an id that begins so where a `*` ends it.
    pub source: Option<String>,
    /// So many at most.
    pub limit: usize,
}

/// What was found: `search --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The query as it was understood.
    pub query: String,
    /// What is probably not meant by it, for people.
    pub warnings: Vec<String>,
    /// Items first seen from then on were looked at.
    pub since: Timestamp,
    /// How many were, the newest first; fewer than there are when enough was found.
    pub looked_at: u64,
    /// The newest that match.
    pub hits: Vec<Hit>,
    /// Whether older ones match as well.
    pub more: bool,
}

#[derive(Default)]
struct Finds {
    looked_at: u64,
    items: Vec<ItemId>,
}

impl Gathered for Finds {
    fn found(&self) -> usize {
        self.items.len()
    }
}

/// Searches. Where matches abound, no more is read than it takes.
pub(super) fn search(store: &Store, config: &Config, ask: &Search, job: &Job) -> Result<Found, Stop> {
    let (tree, mut warnings) = read(config, &ask.query)?;
    let lang = ask.lang.as_deref().map(language).transpose()?;
    warnings.extend(ask.source.as_deref().and_then(|source| no_source(config, source)));
    let query = tree.to_string();
    let reader = Reader::new(config, vec![tree]);
    // One more than is shown tells whether there are more.
    let wanted = ask.limit.saturating_add(1);
    let stretch = Stretch { from: ItemId::at(ask.since), ..Stretch::ALL };
    let chunks = Walk { store, stretch, job, wanted }.run(|finds: &mut Finds, item: &StoredItem| {
        finds.looked_at += 1;
        let source = ask.source.as_deref().is_none_or(|wanted| is_source(wanted, item.source.as_str()));
        if source && finds.items.len() < wanted && !reader.hits(item).is_empty() {
            let in_language = lang.as_ref().is_none_or(|wanted| reader.lang(item) == *wanted);
            finds.items.extend(in_language.then_some(item.id));
        }
    })?;
    let looked_at = chunks.iter().map(|chunk| chunk.looked_at).sum();
    let mut items: Vec<ItemId> = chunks.into_iter().flat_map(|chunk| chunk.items).take(wanted).collect();
    let more = items.len() > ask.limit;
    items.truncate(ask.limit);
    let hits = reader.shown(store, 0, &items)?;
    Ok(Found { schema: SCHEMA, query, warnings, since: ask.since, looked_at, hits, more })
}

pub(super) fn is_source(wanted: &str, id: &str) -> bool {
    wanted.strip_suffix('*').map_or(id == wanted, |beginning| id.starts_with(beginning))
}

/// A source may have left the configuration while its items are still kept, so that an unknown one is only pointed out.
fn no_source(config: &Config, wanted: &str) -> Option<String> {
    let ids = || config.sources.iter().map(|plan| plan.source.id.as_str());
    if ids().any(|id| is_source(wanted, id)) {
        return None;
    }
    let meant = nearest(wanted, ids()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Some(format!("warning: no source `{wanted}` is configured{meant}"))
}

/// A language as items have it.
fn language(code: &str) -> Result<String, Refusal> {
    let lower = code.to_ascii_lowercase();
    if (2..=3).contains(&lower.len()) && lower.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(lower);
    }
    Err(Refusal::Mistaken(format!(
        "error: `{code}` is no language code: use ar, en, fr, ha, pt or another (`und`: unknown)"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_chosen_by_id_or_by_its_beginning() {
        for (wanted, id, expected) in [
            ("rfi", "rfi", true),
            ("rfi", "rfi-afrique", false),
            ("rfi*", "rfi-afrique", true),
            ("*", "bbc", true),
            ("RFI", "rfi", false),
        ] {
            assert_eq!(is_source(wanted, id), expected, "{wanted} {id}");
        }
    }

    #[test]
    fn a_language_is_a_code() {
        assert_eq!(language("FR"), Ok("fr".to_owned()));
        for wrong in ["french", "", "f", "é"] {
            assert!(language(wrong).is_err(), "{wrong}");
        }
    }
}
