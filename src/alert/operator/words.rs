//! Names and times as these mails write them.

use jiff::Timestamp;

use super::Setting;
use super::labels::Words;
use crate::alert::labels::Labels;
use crate::alert::line::Line;
use crate::alert::moment::{delay, short};
use crate::model::{Gap, Matter, SourceId, Subject};
use crate::text::display;

const MAX_NAME: usize = 60;

/// Writes the parts of a mail.
pub(super) struct Writer<'a> {
    pub(super) setting: &'a Setting<'a>,
}

impl Writer<'_> {
    pub(super) fn labels(&self) -> &'static Labels {
        self.setting.labels()
    }

    pub(super) fn words(&self) -> &'static Words {
        self.setting.words()
    }

    pub(super) fn state(&self, matter: &Matter) -> &'static str {
        match self.words().affair(&matter.subject) {
            Some(affair) => affair.word,
            None => self.words().state(matter.health).word,
        }
    }

    pub(super) fn name(&self, subject: &Subject) -> Line {
        match (subject, self.words().affair(subject)) {
            (Subject::Source(id), _) => self.source(id),
            (Subject::Floor(name) | Subject::Recipient(name), Some(affair)) => {
                Line::fill(affair.title, &[("name", self.foreign(name))])
            }
            (Subject::Flood(id), Some(flood)) => Line::fill(flood.title, &[("name", self.source(id))]),
            (_, affair) => Line::ours(affair.map_or("", |affair| affair.title)),
        }
    }

    /// A source by its name, and by its id where that is another word.
    pub(super) fn source(&self, id: &SourceId) -> Line {
        let shown = self.id(id);
        match self.setting.source(id).filter(|source| *source.name != *id.as_str()) {
            Some(source) => Line::fill(self.words().source, &[("name", self.foreign(&source.name)), ("id", shown)]),
            None => shown,
        }
    }

    pub(super) fn id(&self, id: &SourceId) -> Line {
        self.foreign(id.as_str())
    }

    pub(super) fn foreign(&self, name: &str) -> Line {
        self.labels().foreign(&begin(name, MAX_NAME), MAX_NAME)
    }

    pub(super) fn lang(&self, subject: &Subject) -> &str {
        match subject {
            Subject::Source(id) => self.setting.source(id).and_then(|source| source.lang.as_deref()).unwrap_or("und"),
            _ => "und",
        }
    }

    pub(super) fn number(&self, n: usize) -> Line {
        Line::ours(self.labels().number(n))
    }

    pub(super) fn time(&self, at: Timestamp) -> Line {
        short(at, self.setting.now, self.setting.zone, self.labels())
    }

    pub(super) fn delay(&self, from: Timestamp, to: Timestamp) -> Line {
        let shown = delay(from, to, self.labels()).unwrap_or_else(|| "–".to_owned());
        Line::ours(shown.replace(' ', "\u{a0}"))
    }

    /// `{from}` and `{until}` of a label.
    pub(super) fn span(&self, gap: Gap) -> [(&'static str, Line); 2] {
        [("from", self.time(gap.from)), ("until", self.time(gap.to))]
    }
}

/// The beginning of a text, safe to show; a page of a megabyte is not read to its end.
pub(super) fn begin(text: &str, max: usize) -> String {
    let shown: String = display::chars(text).take(max + 1).map(|(_, c)| c).collect();
    display::cut(&shown, max)
}
