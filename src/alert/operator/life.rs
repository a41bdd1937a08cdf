//! The five lines of a sign of life. Sources have their ids here, which are what is typed to look into one.

use super::fit::Room;
use super::words::Writer;
use crate::alert::line::Line;
use crate::model::SignOfLife;

impl Writer<'_> {
    /// Five lines: who is live, who is not, what the day brought, what waits, and what may be missing.
    pub(super) fn sign_of_life(&self, sign: &SignOfLife, room: Room) -> Vec<Line> {
        let (labels, words) = (self.labels(), self.words());
        let number = |n| Line::ours(labels.number(n));
        let live = Line::fill(words.live, &[("n", number(sign.live)), ("total", number(sign.sources))]);
        let troubled = sign.troubled.iter().map(|(id, health)| {
            let state = Line::ours(words.state(*health).word);
            Line::fill(words.name_state, &[("name", self.id(id)), ("state", state)])
        });
        let troubled = self.listed(troubled, sign.troubled.len(), room);
        let counted = |forms, n| Line::ours(labels.count(forms, n));
        let day = [
            ("items", counted(words.items, sign.items)),
            ("alerts", counted(words.alerts, sign.alerts)),
            ("sent", counted(words.sent, sign.sent)),
        ];
        let gaps = sign.gaps.iter().map(|(id, gap)| self.gap(self.id(id), *gap));
        let gaps = self.listed(gaps, sign.gaps.len(), room);
        let mut lines = vec![live];
        lines.extend(troubled.map(|names| Line::fill(words.not_live_named, &[("names", names)])));
        lines.extend([Line::fill(words.day, &day), counted(words.queued, sign.queued)]);
        lines.push(gaps.map_or(Line::ours(words.no_gaps), |gaps| Line::fill(words.gaps, &[("gaps", gaps)])));
        lines
    }

    /// The members of a list, as many as there is room for; None of an empty one.
    fn listed(&self, lines: impl Iterator<Item = Line>, all: usize, room: Room) -> Option<Line> {
        let more = all.saturating_sub(room.full);
        let more = (more > 0).then(|| Line::fill(self.labels().more, &[("n", self.number(more))]));
        (all > 0).then(|| Line::join(lines.take(room.full).chain(more), self.labels().comma))
    }
}
