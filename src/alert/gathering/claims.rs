//! What a story's reports claim, and what of it is new to the reader, each on one line. Figures that differ stand side
//! by side; which one is true is not decided here.

use super::order::Ranked;
use crate::alert::changes::changes;
use crate::alert::figures;
use crate::alert::labels::Labels;
use crate::alert::limits::{FULL, Limits};
use crate::alert::line::Line;
use crate::model::{Notice, Report};

/// Room of one story among many: four different figures of a kind, each with three sources, are what two lines hold.
pub(super) const LIMITS: Limits = Limits { claims: 4, named: 3, copies: 1, name: 40, ..FULL[FULL.len() - 1] };
/// Corrections and withdrawals shown of one story.
const MAX_NOTICES: usize = 2;
/// News shown of one story.
const MAX_NEWS: usize = 3;

/// The claims of a story; none when its reports make none.
pub(super) fn claims(story: &Ranked<'_>, labels: &Labels) -> Option<Line> {
    let mut parts = figures::claims(&story.coverage, labels, &LIMITS);
    let noticed = story.entry.reports.iter().filter_map(|report| Some(notice(report, report.notice?, story, labels)));
    parts.extend(noticed.take(MAX_NOTICES));
    (!parts.is_empty()).then(|| Line::join(parts, " · "))
}

fn notice(report: &Report, notice: Notice, story: &Ranked<'_>, labels: &Labels) -> Line {
    let label = match notice {
        Notice::Correction => labels.news_correction,
        Notice::Withdrawal => labels.news_withdrawal,
    };
    Line::fill(label, &[("source", labels.foreign(story.coverage.name(&report.source), LIMITS.name))]).strong()
}

/// `Update: toll 40 → 55 dead (aBamako)`; none for a story that the reader does not know.
pub(super) fn news(story: &Ranked<'_>, labels: &Labels) -> Option<Line> {
    let news = changes(story.entry.news, &story.coverage, labels, &LIMITS);
    let news = Line::join(news.into_iter().take(MAX_NEWS), " · ");
    (!news.is_empty()).then(|| Line::fill(labels.update_preheader, &[("news", news)]))
}

/// `40–55 dead reported`.
pub(super) fn toll(story: &Ranked<'_>, labels: &Labels) -> Option<Line> {
    let figures = figures::spread(&story.coverage, labels)?;
    Some(Line::fill(labels.reported, &[("figures", Line::ours(figures).strong())]))
}
