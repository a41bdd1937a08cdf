//! The mails to the person who runs the program: a bulletin of what stopped working and works again, and a daily sign
//! of life. Pure. Knows nothing of how a source is judged, of when these mails are due and of how they are sent.

mod card;
mod fit;
mod labels;
mod life;
mod order;
mod title;
mod view;
mod words;

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::compose::Letter;
use super::excerpt::Passage;
use super::labels::Labels;
use super::line::Line;
use super::link::mailto;
use super::subject::{ascii, standing};
use super::{plain, sizes};
use crate::model::{Bulletin, NotificationId, Reason, Secret, SignOfLife, Source, SourceId, Tongue};
use card::Weight;
use fit::fitting;
use labels::Words;
use title::Title;
use view::View;

/// What these mails are filed under, and the place of `mail.ops_to` in a `List-Id`.
const LIST: &str = "operator";

/// What a mail to the operator needs besides what it tells.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The notification's name: its thread is a number of its own, its `seq` 0.
    pub id: &'a NotificationId,
    /// The language of our own words.
    pub tongue: Tongue,
    /// The zone of the times shown.
    pub zone: &'a TimeZone,
    /// Whether nothing outside the body may tell what it is about: where mail to this address is encrypted.
    pub is_discreet: bool,
    /// The word by which the operator knows that a mail is ours.
    pub keyword: Option<&'a Secret>,
    /// The sources of the configuration; one that is missing is shown by its id.
    pub sources: &'a [Source],
    /// When the mail is written.
    pub now: Timestamp,
    /// When the program was started.
    pub started: Timestamp,
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

impl<'a> Setting<'a> {
    fn labels(&self) -> &'static Labels {
        Labels::of(self.tongue)
    }

    fn words(&self) -> &'static Words {
        Words::of(self.tongue)
    }

    fn source(&self, id: &SourceId) -> Option<&'a Source> {
        self.sources.iter().find(|source| source.id == *id)
    }

    fn headers(&self, reason: Reason) -> Vec<(String, String)> {
        let desk = self.reply_to.unwrap_or(self.from_address);
        let unsubscribe = mailto(desk, &format!("unsubscribe {LIST}"));
        let headers = standing(Some(LIST), self.list_id, &unsubscribe, reason);
        headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn letter(&self, title: &Title, reason: Reason, text: String, html: String) -> Letter {
        Letter {
            subject: title.subject.clone(),
            title: title.whole.clone(),
            text,
            html: Some(html),
            headers: self.headers(reason),
            message_id: format!("<{}@{}>", self.id, ascii(self.list_id)),
        }
    }
}

/// Composes the mail for a bulletin: what is new, what is different, what is over, and in short what stands as it was
/// told.
#[must_use]
pub fn bulletin(bulletin: &Bulletin, setting: &Setting<'_>) -> Letter {
    let title = Title::of_bulletin(bulletin, setting);
    let (view, html) = fitting(|room| View::of_bulletin(bulletin, setting, &title, room));
    setting.letter(&title, Reason::Ops, render(&TextPart { view: &view }), html)
}

/// Composes the daily sign of life: five lines.
#[must_use]
pub fn sign_of_life(sign: &SignOfLife, setting: &Setting<'_>) -> Letter {
    let title = Title::of_sign_of_life(sign, setting);
    let (view, html) = fitting(|room| View::of_sign_of_life(sign, setting, &title, room));
    setting.letter(&title, Reason::SignOfLife, render(&TextPart { view: &view }), html)
}

fn render(part: &impl Template) -> String {
    part.render().expect("rendering to a string cannot fail")
}

#[derive(Template)]
#[template(path = "operator.html")]
struct HtmlPart<'a> {
    view: &'a View,
}

#[derive(Template)]
#[template(path = "operator.txt", escape = "none")]
struct TextPart<'a> {
    view: &'a View,
}

impl HtmlPart<'_> {
    fn title_size(&self) -> &'static str {
        sizes::headline(self.view.labels.direction)
    }

    fn large(&self) -> &'static str {
        sizes::large(self.view.labels.direction)
    }

    fn small(&self) -> &'static str {
        sizes::small(self.view.labels.direction)
    }

    /// Of a block whose direction is its own.
    fn block_size(&self, passage: &Passage) -> &'static str {
        sizes::small(passage.direction)
    }
}

impl TextPart<'_> {
    fn wrap(&self, line: &Line) -> String {
        plain::wrap(line, self.view.labels.direction)
    }

    fn label(&self, label: &str) -> String {
        self.wrap(&Line::ours(label))
    }

    /// A label before what it labels.
    fn label_before(&self, label: &str) -> String {
        self.label(&format!("{label}{}", self.view.labels.colon.trim_end_matches(' ')))
    }

    /// A heading of ours: a line that no source's words can look like, since those are indented.
    fn heading(&self, label: &str) -> String {
        self.label(&format!("-- {label} --"))
    }

    fn item(&self, line: &Line) -> String {
        plain::item(line, self.view.labels.direction)
    }

    fn quote(&self, passage: &Passage) -> String {
        plain::quote(passage)
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod golden;
