//! Stories: the items that report one event; where an item stands among them, what it reports in words for people, and what a
//! reader has been told.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{ItemId, NotificationId, Severity, SourceId, Toll, TollKind, WatchId};

/// A story, by its first item.
pub type StoryId = ItemId;

/// By what an item joined a story. Stored by number: add at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// It prints the text of an item of the story.
    Copy,
    /// Its words are like the story's.
    Words,
    /// The place and the type of event are the same.
    PlaceAndEvent,
    /// One of the two names no place; country and type of event are the same, and a figure or an actor.
    CountryAndEvent,
    /// The place and two actors are the same.
    PlaceAndActors,
    /// The place and the figures are the same, and one of the two names no type of event.
    PlaceAndFigures,
    /// A person said so (`story merge`, `story split`).
    ByHand,
}

/// A link and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// By what.
    pub rule: Rule,
    /// From `story::link`'s threshold on; 1 where nothing was weighed.
    pub score: f32,
}

/// Where an item stands among the stories. An item without one is the first of its own, and a copy of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// Its story; itself when it opened one.
    pub story: StoryId,
    /// The item whose text it prints.
    pub copy_of: Option<ItemId>,
    /// Why it joined; None for the first item of a story.
    pub link: Option<Link>,
}

impl Placement {
    /// That of an item of which nothing is kept.
    #[must_use]
    pub fn alone(item: ItemId) -> Self {
        Self { story: item, copy_of: None, link: None }
    }
}

/// A place as people call it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Its concept.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The first-level division it lies in, where known and another.
    pub region: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The country's name.
    pub country_name: Option<String>,
}

/// What an outlet says about its own article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// It corrects what it printed.
    Correction,
    /// It takes it back.
    Withdrawal,
}

/// What one item reports of the event of its story, in words for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The item.
    pub item: ItemId,
    /// Who printed it.
    pub source: SourceId,
    /// When it was first seen.
    pub seen: Timestamp,
    /// When it says it was published.
    pub published: Option<Timestamp>,
    /// Its language (BCP 47), `und` where it cannot be told.
    pub lang: String,
    /// Its headline as printed.
    pub title: String,
    /// Where it can be read.
    pub link: Option<Url>,
    /// Where it happened: the most specific places of the title or else of the lead; a country where no more is known.
    pub places: Vec<Place>,
    /// Its own casualty figures.
    pub tolls: Vec<Toll>,
    /// Who claims to have done it, by name; empty where it reports no claim.
    pub claimed_by: Vec<String>,
    /// What it says of itself.
    pub notice: Option<Notice>,
    /// The item whose text it prints: then it is no independent source.
    pub copy_of: Option<ItemId>,
    /// How often its text changed.
    pub revision: u32,
}

/// A figure as told: the least and the highest printed; an open end is None.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub kind: TollKind,
    /// The lowest number printed.
    pub min: u32,
    /// The highest.
    pub max: u32,
}

/// What one reader has been told of one story; one row of the store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The mails that told of it, oldest first; a roundup or digest among them is named as well.
    pub mails: Vec<(NotificationId, Timestamp)>,
    /// The watches named in them.
    pub watches: Vec<WatchId>,
    /// The items counted in, with the revision of each.
    pub items: Vec<(ItemId, u32)>,
    /// Independent sources.
    pub sources: Vec<SourceId>,
    /// The range of each kind of figure.
    pub figures: Vec<Figure>,
    /// Places, by concept.
    pub places: Vec<String>,
    /// Who claimed it.
    pub claims: Vec<String>,
    /// Items told to be withdrawn or corrected.
    pub notices: Vec<ItemId>,
}

impl Told {
    /// What is known of two stories that turned out to be one. Mails and lists are those of both; figures the widest.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        fn add<T: PartialEq>(to: &mut Vec<T>, from: Vec<T>) {
            for value in from {
                if !to.contains(&value) {
                    to.push(value);
                }
            }
        }
        add(&mut self.mails, other.mails);
        self.mails.sort_by_key(|(_, at)| *at);
        add(&mut self.watches, other.watches);
        add(&mut self.items, other.items);
        add(&mut self.sources, other.sources);
        add(&mut self.places, other.places);
        add(&mut self.claims, other.claims);
        add(&mut self.notices, other.notices);
        for figure in other.figures {
            match self.figures.iter_mut().find(|known| known.kind == figure.kind) {
                Some(known) => (known.min, known.max) = (known.min.min(figure.min), known.max.max(figure.max)),
                None => self.figures.push(figure),
            }
        }
        self
    }
}

/// Something about a story that its reader does not know yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum News {
    /// A watch more severe than every one that told of it matches as well.
    Urgent {
        /// Which.
        watch: WatchId,
        /// Its name.
        name: String,
        /// How severe.
        severity: Severity,
    },
    /// One more independent source.
    Source {
        /// Which.
        source: SourceId,
    },
    /// A higher figure than any told, or the first of its kind.
    Toll {
        /// The highest figure told so far.
        from: Option<u32>,
        /// The new one.
        to: Figure,
        /// Who printed it.
        source: SourceId,
    },
    /// A source lowered or withdrew its own figure or story.
    Correction {
        /// The item.
        item: ItemId,
        /// Who corrects.
        source: SourceId,
        /// Whether it takes all of it back.
        notice: Notice,
    },
    /// Somebody claims to have done it.
    Claim {
        /// Who, by name.
        by: String,
        /// Who reports it.
        source: SourceId,
    },
    /// A place that was not named before.
    Place {
        /// Which.
        place: Place,
        /// Who named it.
        source: SourceId,
    },
    /// A source changed what it had printed, in substance.
    Edited {
        /// The item.
        item: ItemId,
        /// Who.
        source: SourceId,
    },
}
