//! `story split` and `story merge`: a person knows better which items report one event.
//!
//! Who was told of the items that move knows of them where they are now, and of no more than of them: a figure of the other event
//! must not hide a rise in this one. What was not told because its story had nothing new waits again.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::SCHEMA;
use crate::alert::{learn, recipient_hash};
use crate::daemon::composing::{Dossier, digest_for_alert};
use crate::daemon::live::Live;
use crate::daemon::lookback::{Refusal, Stop, Target, target};
use crate::model::{Fate, ItemId, Link, Placement, Reason, Report, Rule, StoryId, Told, Waiting};
use crate::store::{Decisions, Store, StoreError};

/// How long ago an alert may have been raised that waits again: what is older is no news, as for linking (`story`).
const STILL_NEWS: SignedDuration = SignedDuration::from_hours(72);

/// What a person says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// This item, with its copies, is a story of its own.
    Split(Target),
    /// Two stories are one.
    Merge {
        /// The one that ends.
        story: Target,
        /// The one it becomes a part of.
        into: Target,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The story that the items are in now.
    pub story: Part,
    /// The story they were in.
    pub from: Part,
    /// The items that moved.
    pub moved: Vec<String>,
    /// Alerts and readers that wait again.
    pub reopened: usize,
    /// The mutes of the story that ended, which hold no more.
    pub mutes_lost: Vec<String>,
    /// The mutes of the story that goes on, which hide what came to it.
    pub mutes_over: Vec<String>,
}

/// A story that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its number.
    pub id: String,
    /// The headline of its first item.
    pub title: String,
    /// Its items.
    pub items: usize,
}

/// Corrects, and remembers it.
pub(in crate::daemon) fn correct(
    store: &Store,
    live: &Live,
    correction: &Correction,
    now: Timestamp,
) -> Result<Corrected, Stop> {
    match correction {
        Correction::Split(item) => split(store, live, target::item(store, item)?.id, now),
        Correction::Merge { story, into } => {
            merge(store, target::story(store, story)?, target::story(store, into)?, now)
        }
    }
}

const BY_HAND: Option<Link> = Some(Link { rule: Rule::ByHand, score: 1.0 });

fn split(store: &Store, live: &Live, item: ItemId, now: Timestamp) -> Result<Corrected, Stop> {
    let story = store.placement(item)?.story;
    let members = placed(store, story)?;
    if members.len() < 2 {
        let told = format!("{item} is the only item of its story: there is nothing to split it from");
        return Err(Refusal::Mistaken(format!("error: {told}")).into());
    }
    let Split { new, moves } = parted(story, item, &members).ok_or_else(|| {
        let told = format!("every other item of the story {story} prints the text of {item}: they would move together");
        Refusal::Mistaken(format!("error: {told}"))
    })?;
    store.move_items(&moves)?;
    let moved: BTreeSet<ItemId> = moves.iter().filter(|(_, to)| to.story == new).map(|(id, _)| *id).collect();
    share_what_was_told(store, live, story, new)?;
    let reopened = reopen(store, live, &[story, new], item, now)?;
    let mutes = store.mutes()?;
    let of = |id: StoryId| super::card::muted(&mutes, id, now);
    Ok(Corrected {
        schema: SCHEMA,
        story: part(store, if moved.contains(&item) { new } else { story })?,
        from: part(store, if moved.contains(&item) { story } else { new })?,
        moved: moved.iter().map(ToString::to_string).collect(),
        reopened,
        mutes_lost: Vec::new(),
        mutes_over: of(story).into_iter().chain(of(new)).collect(),
    })
}

/// How a story comes apart.
#[derive(Debug, PartialEq)]
struct Split {
    /// The new story.
    new: StoryId,
    moves: Vec<(ItemId, Placement)>,
}

/// The item with its copies on one side, the rest on the other. A story is named by its first item, so that the side without it
/// moves. None when one side would be empty.
fn parted(story: StoryId, item: ItemId, members: &[(ItemId, Placement)]) -> Option<Split> {
    let mut own: BTreeSet<ItemId> = BTreeSet::from([item]);
    // Oldest first: what a copy was copied from was seen before it.
    for (id, placement) in members {
        if placement.copy_of.is_some_and(|of| own.contains(&of)) {
            own.insert(*id);
        }
    }
    let stays = own.contains(&story);
    let moving: Vec<&(ItemId, Placement)> = members.iter().filter(|(id, _)| own.contains(id) != stays).collect();
    let first = moving.first().map(|(id, _)| *id)?;
    let new = first;
    let mut moves = Vec::new();
    for (id, placement) in moving {
        let link = if *id == new { None } else { placement.link };
        moves.push((*id, Placement { story: new, copy_of: placement.copy_of, link }));
    }
    // That a person said so stays readable at the item itself, which from now on prints nobody's text.
    moves.retain(|(id, _)| *id != item);
    let own_story = if stays { story } else { new };
    moves.push((item, Placement { story: own_story, copy_of: None, link: BY_HAND }));
    (members.len() > own.len()).then_some(Split { new, moves })
}

fn merge(store: &Store, story: StoryId, into: StoryId, now: Timestamp) -> Result<Corrected, Stop> {
    if story == into {
        let told = format!("error: both are of the story {story} already");
        return Err(Refusal::Mistaken(told).into());
    }
    let from = part(store, story)?;
    let moves: Vec<(ItemId, Placement)> = placed(store, story)?
        .into_iter()
        .map(|(id, placement)| (id, Placement { story: into, copy_of: placement.copy_of, link: BY_HAND }))
        .collect();
    store.move_items(&moves)?;
    let mutes = store.mutes()?;
    Ok(Corrected {
        schema: SCHEMA,
        story: part(store, into)?,
        from: Part { items: 0, ..from },
        moved: moves.iter().map(|(id, _)| id.to_string()).collect(),
        reopened: 0,
        mutes_lost: super::card::muted(&mutes, story, now),
        mutes_over: super::card::muted(&mutes, into, now),
    })
}

/// The items of a story with where each stands, oldest first.
fn placed(store: &Store, story: StoryId) -> Result<Vec<(ItemId, Placement)>, StoreError> {
    let mut members = store.story(story)?;
    members.sort_unstable();
    members.into_iter().map(|id| Ok((id, store.placement(id)?))).collect()
}

fn part(store: &Store, story: StoryId) -> Result<Part, StoreError> {
    let members = store.story(story)?;
    let first = members.first().map(|first| store.item(*first)).transpose()?.flatten();
    let title = first.map(|item| item.item.title).unwrap_or_default();
    Ok(Part { id: story.to_string(), title, items: members.len() })
}

/// Every reader who was told of the story before knows of each side what they were told of its items.
fn share_what_was_told(store: &Store, live: &Live, old: StoryId, new: StoryId) -> Result<(), StoreError> {
    let sides = [Dossier::read(store, live, old)?, Dossier::read(store, live, new)?];
    let mut decisions = Decisions::default();
    for reader in live.config.readers.values() {
        let recipient = recipient_hash(&reader.mailbox.address);
        let Some(told) = store.told(old, recipient)? else { continue };
        for side in &sides {
            if let Some(known) = share(&told, &side.reports) {
                decisions.told.push((side.story, recipient, known));
            }
        }
    }
    store.decide(decisions)
}

/// What somebody who was told of a story knows of those of its items; None when nothing.
fn share(told: &Told, reports: &[Report]) -> Option<Told> {
    let revision = |item: ItemId| told.items.iter().find(|(known, _)| *known == item).map(|(_, revision)| *revision);
    let known: Vec<Report> = reports.iter().filter(|report| revision(report.item).is_some()).cloned().collect();
    let (mail, at) = told.mails.last()?;
    if known.is_empty() {
        return None;
    }
    let mut share = Told::default();
    learn(&mut share, &known, &told.watches, mail.clone(), *at);
    share.mails.clone_from(&told.mails);
    for (item, seen) in &mut share.items {
        *seen = revision(*item).unwrap_or(*seen);
    }
    Some(share)
}

/// What was not told, since its story had nothing new, waits again; of the item itself also what was not told as a copy.
fn reopen(store: &Store, live: &Live, stories: &[StoryId], item: ItemId, now: Timestamp) -> Result<usize, StoreError> {
    let oldest = now.checked_sub(STILL_NEWS).unwrap_or(Timestamp::MIN);
    let mut waiting = Vec::new();
    for story in stories {
        for member in store.story(*story)? {
            for fate in store.fates_on(member)? {
                let again = fate.reason == Reason::NothingNew || (fate.reason == Reason::Copy && member == item);
                if again && fate.mail.is_none() {
                    waiting.extend(again_for(store, live, &fate)?.filter(|alert| alert.raised >= oldest));
                }
            }
        }
    }
    store.address(&waiting, &[])?;
    Ok(waiting.len())
}

/// An alert as it waits again for its reader; None when its watch does not tell them any more.
fn again_for(store: &Store, live: &Live, fate: &Fate) -> Result<Option<Waiting>, StoreError> {
    let Some(watch) = live.watch(&fate.alert.watch) else { return Ok(None) };
    let reader = watch.to.iter().zip(&watch.through).find(|(to, _)| to.address.eq_ignore_ascii_case(&fate.reader));
    let Some((reader, through)) = reader else { return Ok(None) };
    Ok(store.alert(&fate.alert)?.map(|alert| Waiting {
        alert: alert.id,
        reader: reader.clone(),
        through: through.clone(),
        digest: digest_for_alert(watch, reader, &live.config.digests),
        reason: alert.reason,
        raised: alert.raised,
        held: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Figure, Notice, NotificationId, SourceId, Toll, TollKind, TollQualifier};

    const WORDS: Option<Link> = Some(Link { rule: Rule::Words, score: 0.7 });

    /// A story of items 1 to 5: 2 prints the text of 1, and 4 that of 3.
    fn members() -> Vec<(ItemId, Placement)> {
        let copies = [(1, None), (2, Some(1)), (3, None), (4, Some(3)), (5, None)];
        let placement = |id, copy_of: Option<u64>| Placement {
            story: ItemId(1),
            copy_of: copy_of.map(ItemId),
            link: if id == 1 { None } else { WORDS },
        };
        copies.map(|(id, copy_of)| (ItemId(id), placement(id, copy_of))).to_vec()
    }

    /// Where each item of the story is after a split: item, story, what it is a copy of, whether it says that a person did it.
    fn after(item: u64) -> Vec<(u64, u64, Option<u64>, bool)> {
        let mut members = members();
        let split = parted(ItemId(1), ItemId(item), &members).expect("both sides have items");
        for (id, to) in split.moves {
            members.iter_mut().filter(|(known, _)| *known == id).for_each(|(_, placement)| *placement = to);
        }
        let shown = |(id, to): (ItemId, Placement)| (id.0, to.story.0, to.copy_of.map(|of| of.0), to.link == BY_HAND);
        members.into_iter().map(shown).collect()
    }

    #[test]
    fn an_item_leaves_with_its_copies() {
        let expected = [
            (1, 1, None, false),
            (2, 1, Some(1), false),
            (3, 3, None, true),
            (4, 3, Some(3), false),
            (5, 1, None, false),
        ];
        assert_eq!(after(3), expected);
    }

    #[test]
    fn a_copy_that_leaves_is_a_copy_no_more() {
        let expected =
            [(1, 1, None, false), (2, 1, Some(1), false), (3, 1, None, false), (4, 4, None, true), (5, 1, None, false)];
        assert_eq!(after(4), expected);
    }

    #[test]
    fn from_the_item_that_names_the_story_the_others_leave() {
        let expected = [
            (1, 1, None, true),
            (2, 1, Some(1), false),
            (3, 3, None, false),
            (4, 3, Some(3), false),
            (5, 3, None, false),
        ];
        assert_eq!(after(1), expected);
    }

    #[test]
    fn what_has_only_copies_beside_it_cannot_leave_them() {
        assert_eq!(parted(ItemId(1), ItemId(1), &members()[..2]), None);
    }

    fn report(item: u64, source: &str, killed: u32) -> Report {
        let toll = Toll {
            kind: TollKind::Killed,
            min: killed,
            max: Some(killed),
            qualifier: TollQualifier::Exact,
            start: 0,
            end: 1,
        };
        Report {
            item: ItemId(item),
            source: SourceId::new(source).expect("a test id"),
            seen: Timestamp::UNIX_EPOCH,
            published: None,
            lang: "fr".to_owned(),
            title: String::new(),
            link: None,
            places: Vec::new(),
            tolls: vec![toll],
            claimed_by: Vec::new(),
            notice: None::<Notice>,
            copy_of: None,
            revision: 2,
        }
    }

    #[test]
    fn a_reader_knows_of_each_side_what_they_were_told_of_its_items() {
        let mail = NotificationId { thread: ItemId(1), seq: 0, recipient: 7 };
        let reports = [report(1, "rfi", 40), report(2, "afp", 12)];
        let mut told = Told::default();
        learn(&mut told, &reports, &[], mail.clone(), Timestamp::UNIX_EPOCH);
        told.items[1].1 = 1;
        let known = share(&told, &reports[1..]).expect("they were told of the second item");
        assert_eq!(known.figures, [Figure { kind: TollKind::Killed, min: 12, max: 12 }]);
        assert_eq!((known.items, known.mails), (vec![(ItemId(2), 1)], vec![(mail, Timestamp::UNIX_EPOCH)]));
        assert_eq!(share(&told, &[report(3, "rfi", 40)]), None);
    }
}
