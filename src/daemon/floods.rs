//! Sources that drown their readers: counted by what matched, wherever it was told. What is worth a mail is for `health::notice`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::health::notice::Incident;
use crate::model::{ItemId, SourceId};
use crate::store::{Store, StoreError};

/// Items of one source that match within an hour from which on the operator is told: ten times what `[pace]` lets through by
/// itself.
const FLOOD: usize = 50;

/// The sources of which more matched within the last hour than people can be told one by one: a publisher that copies an
/// archive, a watch that is too wide, or somebody who wants to drown what others report.
pub(super) fn floods(store: &Store, now: Timestamp) -> Result<Vec<(SourceId, Incident)>, StoreError> {
    let from = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let mut items: Vec<ItemId> = store.alerted_since(ItemId::at(from))?.into_iter().map(|alert| alert.item).collect();
    items.dedup();
    let mut by_source: BTreeMap<SourceId, Vec<ItemId>> = BTreeMap::new();
    for item in items {
        if let Some(source) = store.source_of(item)? {
            by_source.entry(source).or_default().push(item);
        }
    }
    let flood = |(source, items): (SourceId, Vec<ItemId>)| {
        let n = items.len();
        let what = format!("{n} of its items matched within an hour; readers get most of them gathered in roundups");
        let advice = Some(format!("sahelwatch mute source {source} --for 1d"));
        (n >= FLOOD).then(|| (source, Incident { since: items[0].moment(), what, advice }))
    };
    Ok(by_source.into_iter().filter_map(flood).collect())
}
