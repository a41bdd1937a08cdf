//! What a trial found, as values: shown as text by `told`, and as they are with `--json`. Knows nothing of fetching.

use jiff::Timestamp;
use serde::Serialize;

/// The version of the JSON document.
pub(super) const SCHEMA: u32 = 1;

/// A trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Trial {
    /// [`SCHEMA`].
    pub(super) schema: u32,
    /// What was asked for.
    pub(super) asked: String,
    /// What the server answered with; None where nobody was asked or nobody answered.
    pub(super) answer: Option<Answer>,
    /// What it is; None where that could not be told.
    pub(super) is: Option<Nature>,
    /// What robots.txt says, where it is asked.
    pub(super) robots: Option<Robots>,
    /// What its items look like.
    pub(super) items: Option<Items>,
    /// How many watches were tried; None without a configuration.
    pub(super) watches: Option<usize>,
    /// The first items.
    pub(super) first: Vec<Shown>,
    /// Where these stand, when that is not what was asked for but what is recommended.
    pub(super) first_of: Option<String>,
    /// The article behind one of them.
    pub(super) article: Option<Article>,
    /// What else was found behind a page.
    pub(super) found: Vec<Found>,
    /// What was wrong with it, but cost no more than a part.
    pub(super) problems: Vec<String>,
    /// Why nothing could be read.
    pub(super) trouble: Option<Trouble>,
    /// What is worth knowing before it is used.
    pub(super) hints: Vec<String>,
    /// The id under which the configuration polls it already.
    pub(super) configured: Option<String>,
    /// It as a `[[source]]`.
    pub(super) source: Option<String>,
    /// What to do next.
    pub(super) next: Vec<Next>,
}

/// What a server answered with.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Answer {
    /// Where it was found in the end.
    pub(super) url: String,
    /// Whether that is another place than was asked.
    pub(super) redirected: bool,
    /// Whether every redirect on the way was permanent.
    pub(super) moved: bool,
    /// The status.
    pub(super) status: Option<u16>,
    /// Decompressed.
    pub(super) bytes: u64,
    /// From the question to the last byte, waiting for our own turn included.
    pub(super) milliseconds: u64,
    /// Whether it gave an entity tag, a date of change.
    pub(super) etag: bool,
    pub(super) last_modified: bool,
    /// How long it says that nothing new is to be expected, in seconds.
    pub(super) fresh_seconds: Option<u64>,
    /// The hub that tells of its news.
    pub(super) hub: Option<String>,
}

/// What a document is.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Nature {
    /// The word for its kind in the configuration.
    pub(super) kind: String,
    /// What it is written in: `RSS 2.0`.
    pub(super) dialect: String,
    /// Its character encoding.
    pub(super) encoding: String,
    /// What it calls itself.
    pub(super) title: String,
    /// The language of most items; `und` when unknown.
    pub(super) language: String,
    /// The language it declares.
    pub(super) declared: String,
}

/// What a site's robots.txt says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Robots {
    Allows,
    Refuses,
    /// It could not be read, which counts as no.
    Unreadable,
    /// The configuration says that it is not asked.
    NotAsked,
}

/// What the items look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Items {
    pub(super) count: usize,
    /// With a date that could be read, with one that could not.
    pub(super) dated: usize,
    pub(super) dates_unread: usize,
    pub(super) newest: Option<Timestamp>,
    pub(super) oldest: Option<Timestamp>,
    /// How much text stands with them.
    pub(super) texts: Texts,
    /// Whose text is cut, and which look like links of a menu.
    pub(super) cut: usize,
    pub(super) navigation: usize,
    /// Whose link is relative, where no base is known.
    pub(super) relative_links: usize,
}

/// How much text stands with most items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Texts {
    #[default]
    None,
    Headlines,
    Teasers,
    Summaries,
    Full,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) link: Option<String>,
    pub(super) published: Option<Timestamp>,
    /// The date as printed.
    pub(super) printed: Option<String>,
    pub(super) language: String,
    /// The watches that match; with `--watch` that one, whether it does or not.
    pub(super) watches: Vec<Judged>,
}

/// A watch and an item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Judged {
    pub(super) watch: String,
    pub(super) matches: bool,
    /// By which words, or on which clause it fails.
    pub(super) because: String,
}

/// The article behind an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Article {
    pub(super) url: String,
    pub(super) title: String,
    pub(super) characters: usize,
    pub(super) language: String,
    pub(super) published: Option<Timestamp>,
    /// Why there is none, or only its beginning.
    pub(super) problem: Option<String>,
    /// The watches that match the item with this text.
    pub(super) watches: Vec<Judged>,
}

/// A feed or sitemap that a page leads to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Found {
    pub(super) url: String,
    /// The word for its kind.
    pub(super) kind: String,
    /// Completes "a feed …": `its page declares`.
    pub(super) how: String,
    pub(super) dialect: String,
    pub(super) title: String,
    pub(super) items: usize,
    pub(super) newest: Option<Timestamp>,
    /// Why nothing was read there.
    pub(super) problem: Option<String>,
}

/// Why nothing could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Trouble {
    /// What happened.
    pub(super) what: String,
    /// Whether the server, or the way to it, is out of reach.
    pub(super) unreachable: bool,
    /// Whether it, or its robots.txt, keeps programs out; whether there is no such page.
    pub(super) keeps_out: bool,
    pub(super) is_gone: bool,
    /// What that means and what can be done.
    pub(super) help: String,
}

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Next {
    /// What for.
    pub(super) to: String,
    /// The command.
    pub(super) command: String,
}
