//! Stories: where each item stands among them. An item that is alone has no row, and a story of one item neither; most are of
//! that kind, so that stories cost the store little.

use std::collections::BTreeMap;

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Table, Tables, item_key};
use super::{Store, StoreError, decisions};
use crate::model::{ItemId, Placement, StoryId};

impl Store {
    /// Where an item stands.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn placement(&self, item: ItemId) -> Result<Placement, StoreError> {
        self.read(|tables| placement(tables, item))
    }

    /// The items of a story, oldest first; itself alone when nothing else is known of it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn story(&self, story: StoryId) -> Result<Vec<ItemId>, StoreError> {
        self.read(|tables| members(tables, story))
    }

    /// Puts items into other stories because a person said so, in one transaction; durable. What their readers were told of the
    /// stories they leave, they count as told of the one they come to.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn move_items(&self, moves: &[(ItemId, Placement)]) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let tables = &engine.tables;
            let mut lists: BTreeMap<StoryId, Vec<ItemId>> = BTreeMap::new();
            let mut changes = Changes::default();
            for (item, placement) in moves {
                let before = self::placement(tables, *item)?.story;
                for story in [before, placement.story] {
                    if let std::collections::btree_map::Entry::Vacant(list) = lists.entry(story) {
                        list.insert(members(tables, story)?);
                    }
                }
                if let Some(left) = lists.get_mut(&before) {
                    left.retain(|member| member != item);
                }
                if let Some(joined) = lists.get_mut(&placement.story) {
                    joined.push(*item);
                }
                put(&mut changes, *item, placement);
            }
            for (story, mut list) in lists {
                list.retain(|member| *member != story);
                list.sort_unstable();
                list.dedup();
                put_members(&mut changes, story, &list);
            }
            for (from, to) in stories_left(tables, moves)? {
                decisions::tell_of_merged(&mut changes, tables, from, to)?;
            }
            writer.apply(engine, &changes)?;
            writer.sync_all(engine, durable)
        })
    }
}

/// The stories whose first item moves: whoever was told of one knows of the story it went to.
fn stories_left(tables: &Tables, moves: &[(ItemId, Placement)]) -> Result<Vec<(StoryId, StoryId)>, StoreError> {
    let mut left = Vec::new();
    for (item, to) in moves {
        let before = placement(tables, *item)?.story;
        if before == *item && to.story != before {
            left.push((before, to.story));
        }
    }
    Ok(left)
}

/// Places new items; each joins at most one story.
pub(super) fn place(
    changes: &mut Changes,
    tables: &Tables,
    placements: &[(ItemId, Placement)],
) -> Result<(), StoreError> {
    let mut joined: BTreeMap<StoryId, Vec<ItemId>> = BTreeMap::new();
    for (item, placement) in placements {
        put(changes, *item, placement);
        if placement.story != *item {
            joined.entry(placement.story).or_default().push(*item);
        }
    }
    for (story, new) in joined {
        let mut list = members(tables, story)?;
        list.retain(|member| *member != story);
        list.extend(new);
        put_members(changes, story, &list);
    }
    Ok(())
}

fn put(changes: &mut Changes, item: ItemId, placement: &Placement) {
    let key = item_key(item);
    if *placement == Placement::alone(item) {
        changes.remove(Table::Placements, key);
    } else {
        changes.put(Table::Placements, key.clone(), Row::plain(Table::Placements, &key, placement));
    }
}

fn put_members(changes: &mut Changes, story: StoryId, further: &[ItemId]) {
    let key = item_key(story);
    if further.is_empty() {
        changes.remove(Table::Stories, key);
    } else {
        changes.put(Table::Stories, key.clone(), Row::plain(Table::Stories, &key, &further));
    }
}

fn placement(tables: &Tables, item: ItemId) -> Result<Placement, StoreError> {
    Ok(tables.get(Table::Placements, &item_key(item))?.unwrap_or_else(|| Placement::alone(item)))
}

fn members(tables: &Tables, story: StoryId) -> Result<Vec<ItemId>, StoreError> {
    let further: Vec<ItemId> = tables.get(Table::Stories, &item_key(story))?.unwrap_or_default();
    // Its first item may have been moved elsewhere by a person.
    let first = (placement(tables, story)?.story == story).then_some(story);
    let mut all: Vec<ItemId> = first.into_iter().chain(further).collect();
    // An older story may have been merged into it.
    all.sort_unstable();
    Ok(all)
}
