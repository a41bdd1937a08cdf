//! What an update brings that its reader was not told, in words. Which things are new was decided before; here they are only
//! said, the gravest first.

use super::coverage::Coverage;
use super::figures::figure;
use super::labels::Labels;
use super::limits::Limits;
use super::line::Line;
use super::places;
use crate::model::{News, Notice, SourceId};

/// One line for each piece of news, and one for all new sources together.
pub(crate) fn changes(news: &[News], coverage: &Coverage<'_>, labels: &Labels, limits: &Limits) -> Vec<Line> {
    let mut ordered: Vec<&News> = news.iter().filter(|news| !matches!(news, News::Source { .. })).collect();
    ordered.sort_by_key(|news| weight(news));
    let left_out = ordered.len().saturating_sub(limits.claims);
    let mut lines: Vec<Line> =
        ordered.iter().take(limits.claims).filter_map(|news| change(news, coverage, labels, limits)).collect();
    if left_out > 0 {
        lines.push(Line::fill(labels.more, &[("n", Line::ours(left_out.to_string()))]));
    }
    lines.extend(new_sources(news, coverage, labels, limits));
    lines
}

/// What a reader must know first: that a report was taken back, then how many died.
fn weight(news: &News) -> u8 {
    match news {
        News::Urgent { .. } | News::Correction { notice: Notice::Withdrawal, .. } => 0,
        News::Toll { .. } => 1,
        News::Correction { .. } => 2,
        News::Claim { .. } => 3,
        News::Place { .. } => 4,
        News::Edited { .. } => 5,
        News::Source { .. } => 6,
    }
}

fn change(news: &News, coverage: &Coverage<'_>, labels: &Labels, limits: &Limits) -> Option<Line> {
    let named = |id: &SourceId| labels.foreign(coverage.name(id), limits.name.min(40));
    Some(match news {
        News::Urgent { name, severity, .. } => {
            let severity = Line::ours(labels.severity(*severity)).strong();
            Line::fill(labels.news_urgent, &[("severity", severity), ("watch", labels.foreign(name, limits.name))])
        }
        News::Toll { from, to, source } => {
            let shown = Line::ours(figure(to.kind, to.min.min(to.max), to.max, labels)).strong();
            let source = named(source);
            match from {
                Some(from) => Line::fill(
                    labels.news_toll,
                    &[("from", Line::ours(labels.number(*from as usize))), ("to", shown), ("source", source)],
                ),
                None => Line::fill(labels.news_first_toll, &[("to", shown), ("source", source)]),
            }
        }
        News::Correction { source, notice, .. } => {
            let label = match notice {
                Notice::Correction => labels.news_correction,
                Notice::Withdrawal => labels.news_withdrawal,
            };
            Line::fill(label, &[("source", named(source))])
        }
        News::Claim { by, source } => {
            let by = labels.foreign(by, limits.name).strong();
            Line::fill(labels.news_claim, &[("by", by), ("source", named(source))])
        }
        News::Place { place, source } => {
            let place = places::named(place, labels, limits).strong();
            Line::fill(labels.news_place, &[("place", place), ("source", named(source))])
        }
        News::Edited { source, .. } => Line::fill(labels.news_edited, &[("source", named(source))]),
        News::Source { .. } => return None,
    })
}

fn new_sources(news: &[News], coverage: &Coverage<'_>, labels: &Labels, limits: &Limits) -> Option<Line> {
    let mut sources = news.iter().filter_map(|news| match news {
        News::Source { source } => Some(source),
        _ => None,
    });
    let shown = sources.by_ref().take(limits.named).map(|id| labels.foreign(coverage.name(id), limits.name.min(40)));
    let mut shown: Vec<Line> = shown.collect();
    let left_out = sources.count();
    if shown.is_empty() {
        return None;
    }
    if left_out > 0 {
        shown.push(Line::fill(labels.more, &[("n", Line::ours(left_out.to_string()))]));
    }
    Some(Line::fill(labels.news_sources, &[("sources", Line::join(shown, labels.comma))]))
}

#[cfg(test)]
mod tests {
    use super::super::golden::stories::{djibo, id, item};
    use super::super::labels::{ARABIC, ENGLISH, FRENCH};
    use super::super::limits::FULL;
    use super::*;
    use crate::model::{Figure, Severity, TollKind, WatchId};

    #[test]
    fn every_kind_of_news_has_words_in_every_language() {
        let source = || id("rfi");
        let toll =
            |from| News::Toll { from, to: Figure { kind: TollKind::Killed, min: 50, max: 55 }, source: source() };
        let corrected = |notice| News::Correction { item: item(0), source: source(), notice };
        let urgent =
            News::Urgent { watch: WatchId::new("w").unwrap(), name: "Ménaka".into(), severity: Severity::High };
        let table = [
            (
                urgent,
                "now HIGH: watch Ménaka matches as well",
                "désormais ÉLEVÉ : la veille Ménaka correspond aussi",
                "أصبح مرتفع: ينطبق الرصد Ménaka أيضا",
            ),
            (
                toll(Some(40)),
                "toll 40 → 50–55 dead (rfi)",
                "bilan 40 → 50–55 morts (rfi)",
                "الحصيلة من 40 إلى 50–55 قتيلا (rfi)",
            ),
            (
                toll(None),
                "first figure: 50–55 dead (rfi)",
                "premier bilan : 50–55 morts (rfi)",
                "أول حصيلة: 50–55 قتيلا (rfi)",
            ),
            (corrected(Notice::Correction), "rfi corrected its report", "rfi a rectifié son article", "تصحيح من rfi"),
            (corrected(Notice::Withdrawal), "rfi withdrew its report", "rfi a retiré son article", "سحب الخبر من rfi"),
            (
                News::Claim { by: "JNIM".into(), source: source() },
                "claimed by JNIM (rfi)",
                "revendication : JNIM (rfi)",
                "إعلان المسؤولية: JNIM (rfi)",
            ),
            (
                News::Place { place: djibo(), source: source() },
                "new place: Djibo, Soum, Burkina Faso (rfi)",
                "nouveau lieu : Djibo, Soum, Burkina Faso (rfi)",
                "موقع جديد: Djibo، Soum، Burkina Faso (rfi)",
            ),
            (
                News::Edited { item: item(0), source: source() },
                "rfi changed its text in substance",
                "rfi a modifié son article sur le fond",
                "تعديل جوهري في نص rfi",
            ),
            (News::Source { source: source() }, "also reported by rfi", "nouvelles sources : rfi", "مصادر جديدة: rfi"),
        ];
        let coverage = Coverage::of(&[], &[]);
        for (news, en, fr, ar) in table {
            let shown = [&ENGLISH, &FRENCH, &ARABIC].map(|labels| {
                let lines = changes(std::slice::from_ref(&news), &coverage, labels, &FULL[0]);
                lines.iter().map(|line| line.bare().replace('\u{a0}', " ")).collect::<Vec<_>>().join("\n")
            });
            assert_eq!(shown, [en, fr, ar]);
        }
    }

    #[test]
    fn a_withdrawal_comes_first_and_new_sources_share_the_last_line() {
        let corrected = |notice| News::Correction { item: item(0), source: id("a"), notice };
        let news = [
            News::Source { source: id("b") },
            News::Claim { by: "X".into(), source: id("a") },
            News::Source { source: id("c") },
            corrected(Notice::Correction),
            corrected(Notice::Withdrawal),
        ];
        let lines = changes(&news, &Coverage::of(&[], &[]), &ENGLISH, &FULL[2]);
        let lines: Vec<_> = lines.iter().map(Line::bare).collect();
        let expected = ["a withdrew its report", "a corrected its report", "claimed by X (a)", "also reported by b, c"];
        assert_eq!(lines, expected);
    }
}
