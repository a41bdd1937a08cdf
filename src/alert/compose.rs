//! One mail to one recipient on one item: its subject, its headers and its two parts. Pure: the same occasion gives the same
//! bytes, which is what lets a repeat after a crash be recognised. Knows nothing of MIME; `mail` builds the message.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::excerpt::{self, Passage};
use super::labels::ENGLISH;
use super::line::Line;
use super::link::mailto;
use super::plain;
use super::view::View;
use crate::model::{Alert, Mailbox, NotificationId, Reason, Severity, Source, StoredItem, Watch};
use crate::text::direction::Direction;
use crate::text::display;

/// Longest subject of a first mail, in characters: the line length of RFC 5322 §2.1.1.
const MAX_SUBJECT: usize = 78;

/// Everything a mail is made of.
#[derive(Clone, Copy)]
pub struct Occasion<'a> {
    /// The notification's name; its `seq` tells a first mail from a follow-up.
    pub id: &'a NotificationId,
    /// To whom.
    pub to: &'a Mailbox,
    /// The group in which the recipient was found, if any.
    pub through: Option<&'a str>,
    /// [`Reason::New`], [`Reason::Changed`] or [`Reason::Backfilled`].
    pub reason: Reason,
    /// The subject of the first mail on this item to this recipient, as stored; None when this is the first. A follow-up
    /// repeats it, because Gmail threads on equal subjects and the headline may be what changed.
    pub first_subject: Option<&'a str>,
    /// The article.
    pub item: &'a StoredItem,
    /// Where it was seen.
    pub source: &'a Source,
    /// What matched, most severe first; not empty.
    pub alerts: &'a [(&'a Watch, &'a Alert)],
    /// When the mail is written.
    pub now: Timestamp,
    /// The configured time zone.
    pub zone: &'a TimeZone,
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
    /// The decoded subject: one line, no control characters.
    pub subject: String,
    /// The text part, `\n` line ends.
    pub text: String,
    /// The HTML part, at most 20 kB.
    pub html: String,
    /// Further headers in order; names and values are ASCII on one line.
    pub headers: Vec<(String, String)>,
    /// The Message-ID, with its angle brackets.
    pub message_id: String,
}

/// Composes the mail for an occasion.
#[must_use]
pub fn compose(occasion: &Occasion<'_>) -> Letter {
    let subject = subject(occasion);
    let view = View::of(occasion, &subject);
    Letter {
        text: TextPart { view: &view }.render().expect("rendering to a string cannot fail"),
        html: HtmlPart { view: &view }.render().expect("rendering to a string cannot fail"),
        headers: headers(occasion),
        message_id: format!("<{}@{}>", occasion.id, ascii(occasion.list_id)),
        subject,
    }
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

/// Arabic letters are smaller than Latin ones of the same size, and need room above and below for their vowels.
impl HtmlPart<'_> {
    fn headline_size(&self) -> &'static str {
        match self.view.headline.direction {
            Direction::Ltr => "font-size:22px;line-height:1.35",
            Direction::Rtl => "font-size:24px;line-height:1.6",
        }
    }

    fn excerpt_size(&self, excerpt: &Passage) -> &'static str {
        match excerpt.direction {
            Direction::Ltr => "font-size:16px;line-height:1.5",
            Direction::Rtl => "font-size:18px;line-height:1.7",
        }
    }
}

impl TextPart<'_> {
    fn wrap(&self, line: &Line) -> String {
        plain::wrap(&line.to_string())
    }

    fn quote(&self, passage: &Passage) -> String {
        plain::quote(passage)
    }
}

impl Occasion<'_> {
    pub(super) fn severity(&self) -> Severity {
        self.alerts.first().map(|(watch, _)| watch.severity).unwrap_or_default()
    }

    /// The language the item, or else its source, declares; `und` when neither does so in the form of BCP 47.
    pub(super) fn lang(&self) -> &str {
        let declared = self.item.item.lang.as_deref().or(self.source.lang.as_deref()).unwrap_or_default();
        let letters_first = declared.starts_with(|c: char| c.is_ascii_alphabetic());
        let well_formed = declared.len() <= 35 && declared.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if letters_first && well_formed { declared } else { "und" }
    }

    /// Where a reader's answer goes.
    pub(super) fn desk(&self) -> &str {
        self.reply_to.unwrap_or(self.from_address)
    }

    pub(super) fn unsubscribe(&self) -> String {
        let watch = self.alerts.first().map(|(watch, _)| watch.id.as_str()).unwrap_or_default();
        mailto(self.desk(), &format!("unsubscribe {watch}"))
    }
}

/// `[HIGH] headline`, and `Re: ` with the same words for a follow-up. Only the severity stands in the bracket, since Gmail
/// ignores bracketed text when it threads.
fn subject(occasion: &Occasion<'_>) -> String {
    let fresh = || {
        let headline = excerpt::headline(&occasion.item.item, &[], occasion.lang());
        let headline = headline.map_or_else(|| ENGLISH.no_headline.to_owned(), |headline| headline.words());
        let bracket = format!("[{}] ", ENGLISH.severity(occasion.severity()));
        let room = MAX_SUBJECT - bracket.len();
        bracket + &display::cut(&headline, room)
    };
    if occasion.id.seq == 0 {
        return fresh();
    }
    let first = occasion.first_subject.map_or_else(fresh, display::line);
    format!("Re: {first}")
}

fn headers(occasion: &Occasion<'_>) -> Vec<(String, String)> {
    let list = ascii(occasion.list_id);
    let watches: Vec<_> = occasion.alerts.iter().map(|(watch, _)| watch.id.as_str()).collect();
    let first = watches.first().copied().unwrap_or_default();
    // No mail has this id. All mails on the item answer it, the first one too, so that they thread in any order.
    let root = format!("<item-{}@{list}>", occasion.item.id);
    [
        ("In-Reply-To", root.clone()),
        ("References", root),
        ("List-Id", format!("\"Sahelwatch: {first}\" <{first}.{list}>")),
        ("List-Unsubscribe", format!("<{}>", occasion.unsubscribe())),
        ("List-Post", "NO".to_owned()),
        ("Precedence", "list".to_owned()),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("X-Sahelwatch-Reason", occasion.reason.to_string()),
        ("X-Sahelwatch-Watch", watches.join(", ")),
        ("X-Sahelwatch-Item", occasion.item.id.to_string()),
        ("X-Sahelwatch-Severity", occasion.severity().to_string()),
        ("X-Sahelwatch-Lang", occasion.lang().to_owned()),
        ("X-Sahelwatch-Source", occasion.source.id.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A configured word as a header takes it.
fn ascii(word: &str) -> String {
    word.chars().filter(char::is_ascii_graphic).collect()
}
