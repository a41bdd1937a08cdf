//! A matter as a mail tells it: in full, or on one line.

use super::words::{Writer, begin};
use crate::alert::excerpt::Passage;
use crate::alert::line::Line;
use crate::alert::subject::well_formed;
use crate::model::{Gap, Health, Matter, Recovery, Subject};

const MAX_WHAT: usize = 400;
const MAX_SAMPLE: usize = 300;
const MAX_ADVICE: usize = 200;

/// A matter in full.
pub(super) struct Card {
    pub(super) name: Line,
    /// How it stands; None when it is over.
    pub(super) state: Option<(&'static str, Weight)>,
    pub(super) time: Line,
    /// How it stood before, or what it may have cost.
    pub(super) notes: Vec<Line>,
    pub(super) what: Option<Passage>,
    pub(super) sample: Option<Passage>,
    pub(super) advice: Option<Passage>,
}

/// How much a state weighs; its word has the colour of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Nothing comes in.
    Grave,
    /// Less comes in than should.
    Serious,
    /// News still come in.
    Slight,
}

impl Writer<'_> {
    /// A matter as it stands now.
    pub(super) fn standing(&self, matter: &Matter) -> Card {
        let delay = self.delay(matter.since, self.setting.now);
        Card {
            name: self.name(&matter.subject),
            state: Some((self.state(matter), weight(matter))),
            time: Line::fill(self.words().since, &[("time", self.time(matter.since)), ("delay", delay)]),
            notes: Vec::new(),
            what: passage(&matter.what, MAX_WHAT, "en"),
            sample: matter.sample.as_deref().and_then(|text| passage(text, MAX_SAMPLE, self.lang(&matter.subject))),
            advice: matter.advice.as_deref().and_then(|text| passage(text, MAX_ADVICE, "en")),
        }
    }

    pub(super) fn changed(&self, before: &Matter, now: &Matter) -> Card {
        let values = [("state", Line::ours(self.state(before))), ("time", self.time(before.since))];
        Card { notes: vec![Line::fill(self.words().before, &values)], ..self.standing(now) }
    }

    pub(super) fn ended(&self, recovery: &Recovery) -> Card {
        let matter = &recovery.matter;
        let missed = recovery.gap.map(|gap| Line::fill(self.words().missed, &self.span(gap)));
        Card {
            name: self.name(&matter.subject),
            state: None,
            time: self.was(recovery).capital(),
            notes: missed.into_iter().collect(),
            what: passage(&matter.what, MAX_WHAT, "en"),
            sample: None,
            advice: None,
        }
    }

    /// How a matter stood, and for how long.
    fn was(&self, recovery: &Recovery) -> Line {
        let since = recovery.matter.since;
        let values = [
            ("state", Line::ours(self.state(&recovery.matter))),
            ("from", self.time(since)),
            ("until", self.time(recovery.at)),
            ("delay", self.delay(since, recovery.at)),
        ];
        Line::fill(self.words().was, &values)
    }

    /// A matter that is over, on one line.
    pub(super) fn over(&self, recovery: &Recovery) -> Line {
        Line::join([self.name(&recovery.matter.subject), self.was(recovery)], self.labels().colon)
    }

    /// A source whose news may have been missed, on one line.
    pub(super) fn gap(&self, name: Line, gap: Gap) -> Line {
        let [from, until] = self.span(gap);
        Line::fill(self.words().gap, &[("name", name), from, until])
    }

    /// A matter on one line.
    pub(super) fn brief(&self, matter: &Matter) -> Line {
        let values = [
            ("name", self.name(&matter.subject)),
            ("state", Line::ours(self.state(matter))),
            ("time", self.time(matter.since)),
        ];
        Line::fill(self.words().brief, &values)
    }
}

fn weight(matter: &Matter) -> Weight {
    match (&matter.subject, matter.health) {
        (Subject::Store(_) | Subject::Network | Subject::Mail | Subject::Disk | Subject::Recipient(_), _)
        | (Subject::Source(_), Health::Failing | Health::Blocked) => Weight::Grave,
        (Subject::Source(_), health) if health.is_live() => Weight::Slight,
        _ => Weight::Serious,
    }
}

/// The beginning of a text from elsewhere, as a block; None when nothing of it can be seen.
fn passage(text: &str, max: usize, lang: &str) -> Option<Passage> {
    let shown = begin(text, max);
    (!shown.is_empty()).then(|| Passage::unmarked(&shown, well_formed(lang)))
}
