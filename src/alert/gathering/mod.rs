//! The mails that tell of several stories: a digest, a roundup of what was over a limit, what quiet hours held, and
//! what waited while mail was down. Pure, like the alert mail it looks like. Knows nothing of why a story is in one of
//! them and of when they go out; a gathering of one story alone is better told by an alert mail, which its caller
//! decides.

mod card;
mod claims;
mod countries;
mod counts;
mod envelope;
mod fit;
mod labels;
mod order;
mod short;
pub(super) mod times;
mod view;

use std::time::Duration;

use askama::Template;
use jiff::Timestamp;
use url::Url;

use super::compose::Letter;
use super::excerpt::Passage;
use super::line::Line;
use super::{plain, sizes};
use crate::model::{
    DigestId, News, NotificationId, Profile, Reader, Reason, Report, Severity, Source, StoredItem, StoryId, Watch,
    WatchId,
};
use view::View;

/// Everything a mail on several stories is made of.
#[derive(Clone, Copy)]
pub struct Gathering<'a> {
    /// The notification's name: its thread is a number of its own, its `seq` 0.
    pub id: &'a NotificationId,
    /// To whom.
    pub reader: &'a Reader,
    /// The group in which the reader was found, if any.
    pub through: Option<&'a str>,
    /// Which kind of mail.
    pub kind: Gathered<'a>,
    /// The stories, in any order.
    pub stories: &'a [StoryEntry<'a>],
    /// Further stories that are counted only.
    pub also: usize,
    /// Stories told in full at most; others take a line, or are counted.
    pub max_stories: usize,
    /// Of a digest: stories the reader had a mail of their own about in the same time.
    pub already_sent: &'a [SentEntry<'a>],
    /// Of a digest: stories per country.
    pub counts: &'a [CountryCount],
    /// Of a digest: sources that fail or are silent.
    pub ailing: &'a [Ailing<'a>],
    /// How many sources there are, the ailing ones among them.
    pub sources: usize,
    /// When the mail is written.
    pub now: Timestamp,
    /// Domain of `List-Id` and Message-IDs.
    pub list_id: &'a str,
    /// The desk's address, if configured.
    pub reply_to: Option<&'a str>,
    /// The address mail is sent from.
    pub from_address: &'a str,
    /// The machine that writes.
    pub host: &'a str,
    /// The program's version.
    pub version: &'a str,
}

/// Why several stories come in one mail.
#[derive(Debug, Clone, Copy)]
pub enum Gathered<'a> {
    /// A digest came due.
    Digest {
        /// Which.
        id: &'a DigestId,
        /// Its name; its id when it has none.
        name: &'a str,
        /// When the one before was written.
        since: Timestamp,
    },
    /// A limit held them back.
    Roundup {
        /// [`Reason::Throttled`], [`Reason::SourceThrottled`] or [`Reason::Overload`]; [`Reason::Recovered`] where no limit did, but the
        /// store was lost.
        why: Reason,
        /// The watch whose limit it was, and its name.
        watch: Option<(&'a WatchId, &'a str)>,
        /// When the first of them was held back.
        since: Timestamp,
        /// How often roundups come.
        every: Duration,
    },
    /// The reader's quiet hours are over.
    Held {
        /// When they began.
        since: Timestamp,
    },
    /// Mail works again.
    Outage {
        /// The first time it failed.
        from: Timestamp,
        /// When it worked again.
        until: Timestamp,
    },
}

impl Gathered<'_> {
    /// Why the mail exists, as its header says it.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Digest { .. } => Reason::Digest,
            Self::Roundup { .. } => Reason::Roundup,
            Self::Held { .. } => Reason::Held,
            Self::Outage { .. } => Reason::Outage,
        }
    }

    /// Where its words stand in the labels.
    fn number(&self) -> usize {
        match self {
            Self::Digest { .. } => 0,
            Self::Roundup { .. } => 1,
            Self::Held { .. } => 2,
            Self::Outage { .. } => 3,
        }
    }
}

/// One story.
#[derive(Clone, Copy)]
pub struct StoryEntry<'a> {
    /// Its number.
    pub story: StoryId,
    /// The item whose headline stands for it.
    pub lead: &'a StoredItem,
    /// What its items report.
    pub reports: &'a [Report],
    /// What the reader, who was told of it before, does not know; empty when the whole story is new to them.
    pub news: &'a [News],
    /// The watches that matched, most severe first.
    pub watches: &'a [&'a Watch],
    /// The sources of the reports; one that is missing is shown by its id.
    pub sources: &'a [Source],
}

/// A story the reader had a mail of its own about.
#[derive(Debug, Clone, Copy)]
pub struct SentEntry<'a> {
    /// Its headline.
    pub title: &'a str,
    /// The headline's language (BCP 47).
    pub lang: &'a str,
    /// Where it can be read.
    pub link: Option<&'a Url>,
    /// When its last mail was sent.
    pub sent: Timestamp,
}

/// How many stories a country had.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryCount {
    /// ISO 3166-1 alpha-2.
    pub code: String,
    /// Its name, for countries that the labels do not name.
    pub name: String,
    /// Stories per day, the oldest first; the last one is the day told of.
    pub days: Vec<u32>,
    /// Their mean over the 28 days before.
    pub mean: f64,
}

/// A source from which nothing comes.
#[derive(Debug, Clone, Copy)]
pub struct Ailing<'a> {
    /// Its name.
    pub name: &'a str,
    /// Since when.
    pub since: Timestamp,
    /// Whether it answers and is only quieter than its habit. What else is wrong is for whoever runs this.
    pub is_silent: bool,
}

impl Gathering<'_> {
    fn is_digest(&self) -> bool {
        matches!(self.kind, Gathered::Digest { .. })
    }

    /// Stories told of, those among them that are only counted included.
    fn total(&self) -> usize {
        self.stories.len().saturating_add(self.also)
    }

    /// Where a reader's answer goes.
    fn desk(&self) -> &str {
        self.reply_to.unwrap_or(self.from_address)
    }
}

/// Composes the mail for a gathering. Its HTML part is at most 80 kB whatever it tells of; a reader who wants text
/// alone gets none, and 2 kB in all.
#[must_use]
pub fn gather(gathering: &Gathering<'_>) -> Letter {
    let envelope = envelope::of(gathering);
    let (text, html) = match gathering.reader.profile {
        Profile::Plain => (short::text(gathering), None),
        Profile::Full => {
            let (view, html) = fit::fitting(gathering, &envelope);
            (TextPart { view: &view }.render().expect("rendering to a string cannot fail"), Some(html))
        }
    };
    Letter {
        subject: envelope.subject,
        title: envelope.title,
        text,
        html,
        headers: envelope.headers,
        message_id: envelope.message_id,
    }
}

#[derive(Template)]
#[template(path = "gathering.html")]
struct HtmlPart<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "gathering.txt", escape = "none")]
struct TextPart<'a> {
    view: &'a View,
}

impl HtmlPart<'_> {
    fn style(&self, margin: &str, colour: &str) -> String {
        format!("margin:{margin};{};color:{colour}", self.small())
    }

    fn title_size(&self) -> &'static str {
        sizes::headline(self.view.labels.direction)
    }

    fn large(&self) -> &'static str {
        sizes::large(self.view.labels.direction)
    }

    fn small(&self) -> &'static str {
        sizes::small(self.view.labels.direction)
    }

    fn headline_size(&self, headline: &Passage) -> &'static str {
        sizes::among_many(headline.direction)
    }

    fn brief_size(&self, headline: &Passage) -> &'static str {
        sizes::brief(headline.direction)
    }
}

impl TextPart<'_> {
    fn wrap(&self, line: &Line) -> String {
        plain::wrap(line, self.view.labels.direction)
    }

    fn label(&self, label: &str) -> String {
        self.wrap(&Line::ours(label))
    }

    /// A heading of ours: a line that no source's words can look like, since those are indented.
    fn heading(&self, label: &str) -> String {
        self.label(&format!("-- {label} --"))
    }

    fn quote(&self, passage: &Passage) -> String {
        plain::quote(passage)
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod golden;
