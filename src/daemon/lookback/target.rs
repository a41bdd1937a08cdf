//! How people name an item or a story: by its number as mails and commands print it, by the first digits of one, by a mail on it,
//! or by an article's address. A story is named by any of its items.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Refusal, Stop};
use crate::identity;
use crate::model::{Item, ItemId, StoredItem, StoryId};
use crate::store::{Store, StoreError, Stretch};
use crate::text::display::terminal;

/// Digits of a whole number.
const WHOLE: usize = 16;
/// Fewest digits that name an item: numbers count milliseconds, and those of fewer digits reach over a month.
const FEWEST: usize = 4;
/// Fewest digits that are no word of a query, such as `decade`.
const NO_WORD: usize = 8;
/// Items looked at, and named, where the digits are those of several.
const SEVERAL: usize = 64;
const NAMED: usize = 5;

/// Which item is asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// By its number.
    Item(ItemId),
    /// By the first digits of it.
    Begins(String),
    /// By its address, in any of the forms that name the same article.
    Address(Url),
}

impl Target {
    /// An item's number or its first digits, a Message-ID or notification that begins with one, or an address; None for what is
    /// none of them.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches('<');
        if text.starts_with("https://") || text.starts_with("http://") {
            return Url::parse(text).ok().map(Self::Address);
        }
        let number = text.strip_prefix("story-").unwrap_or(text);
        let number = number.split_once(['.', '@']).map_or(number, |(number, _)| number);
        let is_number = number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match number.len() {
            WHOLE if is_number => u64::from_str_radix(number, 16).ok().map(|number| Self::Item(ItemId(number))),
            FEWEST..WHOLE if is_number => Some(Self::Begins(number.to_owned())),
            _ => None,
        }
    }

    /// The same where a query may stand as well.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::named(text).filter(|target| match target {
            Self::Begins(digits) => digits.len() >= NO_WORD && digits.bytes().any(|digit| digit.is_ascii_digit()),
            Self::Item(_) | Self::Address(_) => true,
        })
    }
}

/// The item that is meant.
pub(in crate::daemon) fn item(store: &Store, target: &Target) -> Result<StoredItem, Stop> {
    if let Target::Begins(digits) = target {
        let mut found = beginning(store, digits)?;
        return match found.len() {
            1 => Ok(found.remove(0)),
            0 => Err(unknown(target).into()),
            _ => Err(several("items", digits, &found).into()),
        };
    }
    exactly(store, target)?.ok_or_else(|| unknown(target).into())
}

/// The story that is meant.
pub(in crate::daemon) fn story(store: &Store, target: &Target) -> Result<StoryId, Stop> {
    match target {
        // Its first item may be older than `keep_items`; the others still tell of it.
        Target::Item(id) if store.item(*id)?.is_none() => {
            let rest = store.story(*id)?;
            let kept = rest.into_iter().any(|member| member != *id);
            if kept { Ok(*id) } else { Err(unknown(target).into()) }
        }
        Target::Begins(digits) => {
            let mut stories: Vec<(StoryId, StoredItem)> = Vec::new();
            for item in beginning(store, digits)? {
                let story = store.placement(item.id)?.story;
                if stories.iter().all(|(known, _)| *known != story) {
                    stories.push((story, item));
                }
            }
            match stories.as_slice() {
                [(story, _)] => Ok(*story),
                [] => Err(unknown(target).into()),
                _ => {
                    let stories = stories.into_iter().map(|(id, item)| StoredItem { id, ..item });
                    Err(several("stories", digits, &stories.collect::<Vec<_>>()).into())
                }
            }
        }
        Target::Item(_) | Target::Address(_) => Ok(store.placement(item(store, target)?.id)?.story),
    }
}

fn exactly(store: &Store, target: &Target) -> Result<Option<StoredItem>, StoreError> {
    let id = match target {
        Target::Item(id) => Some(*id),
        Target::Begins(_) => None,
        Target::Address(url) => {
            let (face, _) = identity::face(&Item { link: Some(url.clone()), ..Item::default() });
            face.link.map(|link| store.item_at(link)).transpose()?.flatten()
        }
    };
    id.map(|id| store.item(id)).transpose().map(Option::flatten)
}

/// The newest items whose numbers begin so.
fn beginning(store: &Store, digits: &str) -> Result<Vec<StoredItem>, StoreError> {
    let bits = 4 * WHOLE.saturating_sub(digits.len()) as u32;
    let Some(first) = u64::from_str_radix(digits, 16).ok().and_then(|number| number.checked_shl(bits)) else {
        return Ok(Vec::new());
    };
    let after = first.saturating_add(1 << bits);
    store.newest_items(Stretch { from: ItemId(first), before: ItemId(after) }, SEVERAL)
}

fn several(what: &str, digits: &str, found: &[StoredItem]) -> Refusal {
    let lines = found.iter().take(NAMED).map(|item| format!("\n  {}  {}", item.id, terminal(&item.item.title)));
    let more = if found.len() > NAMED { "\n  and others" } else { "" };
    Refusal::Mistaken(format!(
        "error: several {what} begin with {digits}; give more digits of one:{}{more}",
        lines.collect::<String>()
    ))
}

fn unknown(target: &Target) -> Refusal {
    Refusal::Unknown(match target {
        Target::Item(id) => format!("no item {id} is stored: it was never seen, or is older than `keep_items`"),
        Target::Begins(digits) => {
            format!("no stored item begins with {digits}: it was never seen, or is older than `keep_items`")
        }
        Target::Address(url) => format!(
            "no stored item has the address {url}: no source showed it, or under another address, or longer ago than \
             `keep_items`; try `sahelwatch search` with words of its headline"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_about_is_told_by_its_form() {
        let item = Some(Target::Item(ItemId(0x19ab_cdef_0123_4567)));
        let begins = |digits: &str| Some(Target::Begins(digits.to_owned()));
        let address = |url: &str| Some(Target::Address(url.parse().expect("a test address")));
        for (text, expected) in [
            ("19abcdef01234567", item.clone()),
            (" 19abcdef01234567\n", item.clone()),
            ("<19abcdef01234567.0.00ff@example.org>", item.clone()),
            ("<story-19abcdef01234567@example.org>", item),
            ("https://rfi.fr/a?b=1", address("https://rfi.fr/a?b=1")),
            ("http://rfi.fr", address("http://rfi.fr/")),
            ("19abcdef0123456", begins("19abcdef0123456")),
            ("19abcdef", begins("19abcdef")),
            ("19ABCDEF01234567", None),
            ("+9abcdef01234567", None),
            ("deadface", None),
            ("decade", None),
            ("1234567", None),
            ("attaque* AND Gao", None),
            ("https://", None),
            ("", None),
        ] {
            assert_eq!(Target::of(text), expected, "{text}");
        }
    }

    #[test]
    fn where_no_query_can_stand_fewer_digits_do() {
        for (text, expected) in [("19ab", true), ("decade", true), ("19a", false), ("attaque", false)] {
            assert_eq!(Target::named(text).is_some(), expected, "{text}");
        }
    }
}
