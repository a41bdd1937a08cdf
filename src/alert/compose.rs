//! One mail to one reader on one story: its subject, its headers and its parts. Pure: the same occasion gives the same bytes,
//! which is what lets a repeat after a crash be recognised. Knows nothing of MIME; `mail` builds the message.

use askama::Template;
use jiff::Timestamp;

use super::coverage::Coverage;
use super::excerpt::Passage;
use super::labels::Labels;
use super::limits::{self, FULL, MAX_HTML, MAX_PLAIN, PLAIN};
use super::line::Line;
use super::view::View;
use super::{plain, sizes, subject};
use crate::model::{
    Alert, News, NotificationId, Profile, Reader, Reason, Report, Severity, Source, SourceId, StoredItem, Watch,
};
use crate::text::direction::Direction;

/// Everything a mail is made of.
#[derive(Clone, Copy)]
pub struct Occasion<'a> {
    /// The notification's name: the story, and a `seq` that tells a first mail from a follow-up.
    pub id: &'a NotificationId,
    /// To whom, and how they want it.
    pub reader: &'a Reader,
    /// The group in which the reader was found, if any.
    pub through: Option<&'a str>,
    /// [`Reason::New`], [`Reason::Changed`] for an update, [`Reason::Held`], [`Reason::Backfilled`] or [`Reason::Outage`].
    pub reason: Reason,
    /// The subject of the first mail on this story to this reader, as stored; None when this is the first.
    pub first_subject: Option<&'a str>,
    /// The article whose headline and words are shown.
    pub lead: &'a StoredItem,
    /// What all items of the story report, oldest first, copies included.
    pub reports: &'a [Report],
    /// What the reader does not know yet, on an update.
    pub news: &'a [News],
    /// The sources of the reports; one that left the configuration may be missing.
    pub sources: &'a [Source],
    /// What matched, most severe first; not empty. The matches are those in the text of the alert's own item.
    pub alerts: &'a [(&'a Watch, &'a Alert)],
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

/// A composed mail, without `From`, `To`, `Reply-To` and `Date`, which `mail` knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The decoded subject of the envelope: one line, no control characters. It names nothing where the reader wants it
    /// neutral or mail is encrypted to them; the one to store as the story's first subject.
    pub subject: String,
    /// The subject as it would be if it could be seen: severity, place, headline. The same as `subject` for most; where they
    /// differ, it opens the body, and is the one to protect inside an encrypted message.
    pub title: String,
    /// The text part, `\n` line ends.
    pub text: String,
    /// The HTML part, at most 20 kB, or 80 kB where it tells of many stories; None where the reader wants text alone.
    pub html: Option<String>,
    /// Further headers in order; names and values are ASCII on one line.
    pub headers: Vec<(String, String)>,
    /// The Message-ID, with its angle brackets.
    pub message_id: String,
}

/// Composes the mail for an occasion.
#[must_use]
pub fn compose(occasion: &Occasion<'_>) -> Letter {
    let title = subject::title(occasion);
    let (text, html) = match occasion.reader.profile {
        Profile::Full => {
            let view = limits::fit(
                &FULL,
                |limits| {
                    let view = View::of(occasion, &title, limits);
                    let html = render(&HtmlPart { view: &view });
                    (view, html)
                },
                |(_, html)| html.len() <= MAX_HTML,
            );
            (render(&TextPart { view: &view.0 }), Some(view.1))
        }
        Profile::Plain => {
            let write = |limits: &_| render(&PlainPart { view: &View::of(occasion, &title, limits) });
            (limits::fit(&PLAIN, write, |text| limits::as_sent(text) <= MAX_PLAIN), None)
        }
    };
    Letter {
        subject: subject::subject(occasion, &title),
        title,
        text,
        html,
        headers: subject::headers(occasion),
        message_id: format!("<{}@{}>", occasion.id, subject::ascii(occasion.list_id)),
    }
}

fn render(part: &impl Template) -> String {
    part.render().expect("rendering to a string cannot fail")
}

#[derive(Template)]
#[template(path = "alert.html")]
struct HtmlPart<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "alert.txt", escape = "none")]
struct TextPart<'a> {
    view: &'a View,
}

/// What fits into 2 kB.
#[derive(Template)]
#[template(path = "alert-plain.txt", escape = "none")]
struct PlainPart<'a> {
    view: &'a View,
}

impl HtmlPart<'_> {
    fn headline_size(&self) -> &'static str {
        sizes::headline(self.view.headline.direction)
    }

    fn style(&self, margin: &str, size: &str, colour: &str) -> String {
        format!("margin:{margin};{size};color:{colour}")
    }

    fn small(&self) -> &'static str {
        sizes::small(self.view.labels.direction)
    }

    fn large(&self) -> &'static str {
        sizes::large(self.view.labels.direction)
    }

    fn size(&self, direction: &Direction) -> &'static str {
        sizes::quoted(*direction)
    }
}

/// The two text parts say a line alike.
macro_rules! lines {
    ($($part:ident),*) => {$(
        impl $part<'_> {
            fn wrap(&self, line: &Line) -> String {
                plain::wrap(line, self.view.labels.direction)
            }

            fn label(&self, label: &str) -> String {
                self.wrap(&Line::ours(label))
            }

            fn label_before(&self, label: &Line) -> String {
                self.wrap(&Line::join([label.clone(), Line::ours(self.view.labels.colon.trim_end_matches(' '))], ""))
            }

            fn item(&self, line: &Line) -> String {
                plain::item(line, self.view.labels.direction)
            }

            fn quote(&self, passage: &Passage) -> String {
                plain::quote(passage)
            }
        }
    )*};
}

lines!(TextPart, PlainPart);

impl<'a> Occasion<'a> {
    pub(super) fn labels(&self) -> &'static Labels {
        Labels::of(self.reader.lang)
    }

    pub(super) fn coverage(&self) -> Coverage<'a> {
        Coverage::of(self.reports, self.sources)
    }

    /// The watches, each once, most severe first.
    pub(super) fn watches(&self) -> Vec<&'a Watch> {
        let mut watches: Vec<&'a Watch> = Vec::new();
        for (watch, _) in self.alerts {
            if !watches.iter().any(|other| other.id == watch.id) {
                watches.push(watch);
            }
        }
        watches
    }

    pub(super) fn severity(&self) -> Severity {
        self.alerts.iter().map(|(watch, _)| watch.severity).max().unwrap_or_default()
    }

    /// The language of the article shown, by its report, or else as the item or its source declares; `und` when none of them
    /// does so in the form of BCP 47.
    pub(super) fn lang(&self) -> &'a str {
        let report = self.reports.iter().find(|report| report.item == self.lead.id).map(|report| report.lang.as_str());
        let source = self.sources.iter().find(|source| source.id == self.lead.source);
        let declared = self.lead.item.lang.as_deref().or(source.and_then(|source| source.lang.as_deref()));
        let known = |lang: &&str| *lang != "und" && !lang.is_empty();
        subject::well_formed(report.filter(known).or(declared).unwrap_or_default())
    }

    /// When the article shown says it was published.
    pub(super) fn published(&self) -> Option<Timestamp> {
        self.lead.item.published.as_ref().and_then(|date| date.at)
    }

    /// Where a reader's answer goes.
    pub(super) fn desk(&self) -> &'a str {
        self.reply_to.unwrap_or(self.from_address)
    }

    /// Whether an update is about what this source reports.
    pub(super) fn is_news(&self, id: &SourceId) -> bool {
        self.news.iter().any(|news| match news {
            News::Source { source }
            | News::Toll { source, .. }
            | News::Correction { source, .. }
            | News::Claim { source, .. }
            | News::Place { source, .. }
            | News::Edited { source, .. } => source == id,
            News::Urgent { .. } => false,
        })
    }
}
