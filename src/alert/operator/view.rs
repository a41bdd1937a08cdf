//! What a mail to the operator says, once for both of its parts: the templates only lay it out. Every text from
//! elsewhere is made safe and cut here, before the rest of it is looked at.

use super::Setting;
use super::card::Card;
use super::fit::Room;
use super::labels::Words;
use super::order::Ordered;
use super::title::Title;
use super::words::Writer;
use crate::alert::labels::Labels;
use crate::alert::line::Line;
use crate::alert::moment::moment;
use crate::alert::view::{Action, keyword};
use crate::model::{Bulletin, Gap, SignOfLife, SourceId};

const MAX_VERSION: usize = 60;
const MAX_HOST: usize = 64;
/// Matters that an inbox shows beside the subject.
const IN_PREHEADER: usize = 3;

/// What a mail says, in the order it says it.
pub(super) struct View {
    pub(super) labels: &'static Labels,
    pub(super) words: &'static Words,
    pub(super) title: String,
    pub(super) preheader: Line,
    pub(super) kicker: &'static str,
    pub(super) heading: Line,
    /// How many matters of each kind there are.
    pub(super) tally: Option<Line>,
    /// A sign of life.
    pub(super) facts: Vec<Line>,
    pub(super) sections: Vec<Section>,
    /// How to see everything.
    pub(super) see_all: Action,
    pub(super) why: &'static str,
    pub(super) colophon: Vec<Line>,
}

/// Matters under one heading.
pub(super) struct Section {
    pub(super) heading: &'static str,
    pub(super) cards: Vec<Card>,
    pub(super) briefs: Vec<Line>,
    pub(super) rest: Option<Line>,
}

impl View {
    pub(super) fn of_bulletin(bulletin: &Bulletin, setting: &Setting<'_>, title: &Title, room: Room) -> Self {
        let (ordered, write) = (Ordered::of(bulletin), Writer { setting });
        let counts = [ordered.begun.len(), ordered.changed.len(), ordered.ended.len(), ordered.standing.len()];
        let told = counts.iter().zip(setting.words().tally).filter(|(n, _)| **n > 0);
        let told: Vec<_> = told.map(|(n, words)| Line::fill(words, &[("n", write.number(*n))])).collect();
        let fresh = ordered.fresh().into_iter().map(|matter| write.brief(matter));
        let preheader = fresh.chain(ordered.ended.iter().map(|recovery| write.over(recovery))).take(IN_PREHEADER);
        let preheader = Line::join(preheader, " · ");
        Self {
            tally: (told.len() > 1).then(|| Line::join(told, " · ").capital()),
            sections: write.sections(&ordered, room),
            ..write.view(title, preheader, 0)
        }
    }

    pub(super) fn of_sign_of_life(sign: &SignOfLife, setting: &Setting<'_>, title: &Title, room: Room) -> Self {
        let write = Writer { setting };
        let facts = write.sign_of_life(sign, room);
        let preheader = Line::join(facts.iter().take(IN_PREHEADER).cloned(), " ");
        let why = setting.words().why_sign_of_life;
        Self { facts, why, ..write.view(title, preheader, 1) }
    }

    /// How a matter stands, in the text part, where a state has no colour to stand apart by.
    pub(super) fn stands(&self, card: &Card) -> Line {
        let state = card.state.map(|(word, _)| Line::ours(word));
        Line::join(state.into_iter().chain([card.time.clone()]), " · ")
    }
}

impl Writer<'_> {
    /// What all of these mails say.
    fn view(&self, title: &Title, preheader: Line, kind: usize) -> View {
        let (labels, words, setting) = (self.labels(), self.words(), self.setting);
        // A locked screen shows the beginning of a mail, unless something invisible fills its place.
        let neutral = || Line::ours(format!("{}{}", title.subject, "\u{a0}\u{200c}".repeat(100)));
        let written = moment(setting.now, setting.now, setting.zone, labels);
        let written = Line::fill(labels.written, &[("time", written)]);
        let keyword = setting.keyword.map(|word| keyword(word, labels));
        let origin = [
            ("program", labels.foreign(&format!("sahelwatch {}", setting.version), MAX_VERSION)),
            ("host", labels.foreign(setting.host, MAX_HOST)),
            ("time", self.time(setting.started)),
        ];
        View {
            labels,
            words,
            title: title.subject.clone(),
            preheader: if setting.is_discreet { neutral() } else { preheader },
            kicker: words.kinds[kind],
            heading: title.heading.clone(),
            tally: None,
            facts: Vec::new(),
            sections: Vec::new(),
            see_all: Action { label: Line::ours(words.see_all), target: "sahelwatch sources".to_owned() },
            why: words.why,
            colophon: keyword.into_iter().chain([written, Line::fill(words.origin, &origin)]).collect(),
        }
    }

    fn sections(&self, ordered: &Ordered<'_>, room: Room) -> Vec<Section> {
        let [new, changed, over, gaps, standing] = self.words().headings;
        let gap = |(id, gap): &&(SourceId, Gap)| self.gap(self.source(id), *gap);
        let after_new = room.full.saturating_sub(ordered.begun.len());
        let after_changed = after_new.saturating_sub(ordered.changed.len());
        let all = [
            self.section(new, &ordered.begun, room.full, |matter| self.standing(matter)),
            self.section(changed, &ordered.changed, after_new, |(before, now)| self.changed(before, now)),
            self.section(over, &ordered.ended, after_changed, |recovery| self.ended(recovery)),
            self.lines(gaps, &ordered.gaps, room.brief, gap),
            self.lines(standing, &ordered.standing, room.brief, |matter| self.brief(matter)),
        ];
        all.into_iter().filter(|one| !one.cards.is_empty() || !one.briefs.is_empty() || one.rest.is_some()).collect()
    }

    fn section<T>(&self, heading: &'static str, of: &[&T], room: usize, card: impl Fn(&T) -> Card) -> Section {
        let cards = of.iter().take(room).map(|one| card(one)).collect();
        Section { heading, cards, briefs: Vec::new(), rest: self.rest(of.len(), room) }
    }

    fn lines<T>(&self, heading: &'static str, of: &[T], room: usize, line: impl Fn(&T) -> Line) -> Section {
        let briefs = of.iter().take(room).map(line).collect();
        Section { heading, cards: Vec::new(), briefs, rest: self.rest(of.len(), room) }
    }

    fn rest(&self, all: usize, shown: usize) -> Option<Line> {
        let rest = all.saturating_sub(shown);
        (rest > 0).then(|| Line::ours(self.labels().count(self.words().rest, rest)))
    }
}
