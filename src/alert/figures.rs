//! Casualty figures and claims of responsibility in words, each beside who printed it. Different figures are never made one:
//! which of them is true is not ours to say.

use super::coverage::Coverage;
use super::labels::Labels;
use super::limits::Limits;
use super::line::Line;
use crate::model::{Report, SourceId, Toll, TollKind, TollQualifier};

/// The order in which kinds are told: deaths first.
const KINDS: [TollKind; 5] =
    [TollKind::Killed, TollKind::Kidnapped, TollKind::Casualties, TollKind::Wounded, TollKind::Displaced];

/// `at least 40 dead`.
pub(crate) fn toll(toll: &Toll, labels: &Labels) -> String {
    if toll.qualifier == TollQualifier::Vague {
        let size = usize::from(toll.min >= 100) + usize::from(toll.min >= 1_000);
        return labels.kind(toll.kind).vague.replace("{n}", labels.vague[size]);
    }
    let (min, max) = (toll.min, toll.figure());
    let figure = figure(toll.kind, min.min(max), max, labels);
    match toll.qualifier {
        TollQualifier::AtLeast => labels.at_least,
        TollQualifier::MoreThan => labels.more_than,
        TollQualifier::Approx => labels.about,
        TollQualifier::UpTo => labels.up_to,
        TollQualifier::Exact | TollQualifier::Range | TollQualifier::Vague => "{figure}",
    }
    .replace("{figure}", &figure)
}

/// `40–55 dead`.
pub(crate) fn figure(kind: TollKind, min: u32, max: u32, labels: &Labels) -> String {
    let number = |n: u32| labels.number(n as usize);
    let shown = match min == max {
        true => number(max),
        false => labels.range.replace("{min}", &number(min)).replace("{max}", &number(max)),
    };
    let form = labels.form(labels.kind(kind).counted, max as usize);
    form.replace("{n}", &shown)
}

/// The spread of the most telling kind of figure over all reports: `40–55 dead`. A vague one counts only where there is no
/// other.
pub(crate) fn spread(coverage: &Coverage<'_>, labels: &Labels) -> Option<String> {
    let standing = coverage.standing();
    let tolls = |kind| {
        let tolls = standing.iter().flat_map(|original| &original.report.tolls).filter(move |toll| toll.kind == kind);
        let (vague, told): (Vec<_>, Vec<_>) = tolls.partition(|toll| toll.qualifier == TollQualifier::Vague);
        if told.is_empty() { vague } else { told }
    };
    let (kind, tolls) = KINDS.into_iter().map(|kind| (kind, tolls(kind))).find(|(_, tolls)| !tolls.is_empty())?;
    let same =
        |other: &&Toll| (other.min, other.max, other.qualifier) == (tolls[0].min, tolls[0].max, tolls[0].qualifier);
    if tolls.iter().all(same) {
        return Some(toll(tolls[0], labels));
    }
    let min = tolls.iter().map(|toll| toll.min).min()?;
    let max = tolls.iter().map(|toll| toll.figure()).max()?;
    let shown = figure(kind, min, max, labels);
    let is_open = |toll: &&Toll| matches!(toll.qualifier, TollQualifier::AtLeast | TollQualifier::MoreThan);
    let open = tolls.iter().filter(|toll| toll.figure() == max).any(is_open);
    Some(if open && min == max { labels.at_least.replace("{figure}", &shown) } else { shown })
}

/// What the reports say, by kind: `Reported toll: 40 dead (RFI, AFP) · 55 dead (aBamako)`, who claims it, and that nobody
/// verified either. Empty where nothing is said.
pub(crate) fn claims(coverage: &Coverage<'_>, labels: &Labels, limits: &Limits) -> Vec<Line> {
    let kind = |kind: TollKind| {
        let tolls = |report: &Report| -> Vec<(u32, Line)> {
            let tolls = report.tolls.iter().filter(|toll| toll.kind == kind);
            tolls.map(|figure| (figure.figure(), Line::ours(toll(figure, labels)))).collect()
        };
        let mut said = said(coverage, tolls);
        said.sort_by_key(|said| said.figure);
        (!said.is_empty()).then(|| attributed(coverage, &said, labels, limits))
    };
    let mut lines: Vec<Line> = KINDS.into_iter().filter_map(kind).take(limits.kinds).collect();
    if let Some(first) = lines.first_mut() {
        *first = Line::fill(labels.toll, &[("figures", std::mem::take(first))]);
    }
    let claimants = |report: &Report| {
        let claimants = report.claimed_by.iter();
        claimants.map(|by| (0, labels.foreign(by, limits.name))).collect::<Vec<_>>()
    };
    let claimed = said(coverage, claimants);
    if !claimed.is_empty() {
        lines.push(Line::fill(labels.claimed, &[("by", attributed(coverage, &claimed, labels, limits))]));
    }
    lines
}

/// One thing that is said, and in which reports.
struct Said<'a> {
    figure: u32,
    words: Line,
    originals: Vec<&'a Report>,
    /// Those of copies of the above; a copy that says something else than its original is named with the originals.
    copies: Vec<&'a Report>,
}

/// Each thing said once, with all who say it.
fn said<'a>(coverage: &Coverage<'a>, words: impl Fn(&Report) -> Vec<(u32, Line)>) -> Vec<Said<'a>> {
    let mut all: Vec<Said<'a>> = Vec::new();
    for original in &coverage.originals {
        for report in [original.report].into_iter().chain(original.copies.iter().copied()) {
            for (figure, words) in words(report) {
                let at = all.iter().position(|said| said.words == words).unwrap_or_else(|| {
                    all.push(Said { figure, words, originals: Vec::new(), copies: Vec::new() });
                    all.len() - 1
                });
                let repeats = all[at].originals.iter().any(|other| other.item == original.report.item);
                if repeats { all[at].copies.push(report) } else { all[at].originals.push(report) }
            }
        }
    }
    all
}

fn attributed(coverage: &Coverage<'_>, said: &[Said<'_>], labels: &Labels, limits: &Limits) -> Line {
    // The highest figures stay where not all fit.
    let left_out = said.len().saturating_sub(limits.claims);
    let shown = said.iter().skip(left_out).map(|said| {
        let originals = names(coverage, &said.originals, labels, limits.named, limits);
        let copies = names(coverage, &said.copies, labels, limits.copies.min(2), limits);
        let sources = match copies.is_empty() {
            true => originals,
            false => Line::join([originals, Line::fill(labels.also_in, &[("sources", copies)])], labels.semicolon),
        };
        Line::fill(labels.attributed, &[("words", said.words.clone().strong()), ("sources", sources)])
    });
    let more = (left_out > 0).then(|| Line::fill(labels.more, &[("n", Line::ours(left_out.to_string()))]));
    Line::join(shown.chain(more), " · ")
}

/// The names of the reports' sources, each once, at most `max` of them and the number of the others.
pub(crate) fn names(
    coverage: &Coverage<'_>,
    reports: &[&Report],
    labels: &Labels,
    max: usize,
    limits: &Limits,
) -> Line {
    let mut sources: Vec<&SourceId> = Vec::new();
    for report in reports.iter().filter(|_| max > 0) {
        if !sources.contains(&&report.source) {
            sources.push(&report.source);
        }
    }
    let shown = sources.iter().take(max).map(|id| labels.foreign(coverage.name(id), limits.name.min(40)));
    let more = sources.len().checked_sub(max).filter(|n| *n > 0);
    let more = more.map(|n| Line::fill(labels.more, &[("n", Line::ours(n.to_string()))]));
    Line::join(shown.chain(more), labels.comma)
}

#[cfg(test)]
mod tests {
    use super::super::golden::stories::{dead, item, report, source, toll as record};
    use super::super::labels::{ARABIC, ENGLISH, FRENCH};
    use super::super::limits::FULL;
    use super::*;
    use TollQualifier::*;

    #[test]
    fn a_figure_is_worded_as_it_was_printed() {
        let table = [
            (dead(40, Exact), "40 dead", "40 morts", "40 قتيلا"),
            (dead(40, AtLeast), "at least 40 dead", "au moins 40 morts", "40 قتيلا على الأقل"),
            (dead(100, MoreThan), "more than 100 dead", "plus de 100 morts", "أكثر من 100 قتيل"),
            (dead(7, Approx), "about 7 dead", "environ 7 morts", "7 قتلى تقريبا"),
            (dead(2, UpTo), "up to 2 dead", "jusqu’à 2 morts", "قتيلان على الأكثر"),
            (dead(1, Exact), "1 dead", "1 mort", "قتيل واحد"),
            (dead(10, Vague), "dozens dead", "des dizaines de morts", "عشرات القتلى"),
            (dead(100, Vague), "hundreds dead", "des centaines de morts", "مئات القتلى"),
            (dead(1000, Vague), "thousands dead", "des milliers de morts", "آلاف القتلى"),
            (record(TollKind::Killed, 10, Some(15), Range), "10–15 dead", "10–15 morts", "10–15 قتيلا"),
            (record(TollKind::Killed, 9, Some(3), Range), "3 dead", "3 morts", "3 قتلى"),
            (
                record(TollKind::Displaced, 12_500, Some(12_500), Exact),
                "12,500 displaced",
                "12\u{a0}500 déplacés",
                "12,500 نازح",
            ),
            (record(TollKind::Kidnapped, 3, Some(3), Exact), "3 abducted", "3 personnes enlevées", "3 مخطوفين"),
            (
                record(TollKind::Casualties, 30, None, Vague),
                "dozens of casualties",
                "des dizaines de victimes",
                "عشرات الضحايا",
            ),
        ];
        for (record, en, fr, ar) in table {
            assert_eq!([&ENGLISH, &FRENCH, &ARABIC].map(|labels| toll(&record, labels)), [en, fr, ar]);
        }
    }

    /// Reports of the outlets a, b, c... with these figures; `Some(n)` is a copy of the n-th.
    fn reports(told: &[(Toll, Option<u64>)]) -> Vec<Report> {
        let one = |(n, (toll, copy_of)): (usize, &(Toll, Option<u64>))| {
            let outlet = char::from(b'a' + u8::try_from(n).unwrap()).to_string();
            let mut report = report(n as u64, &outlet, "fr", "14:00:00", "");
            report.tolls = vec![toll.clone()];
            report.copy_of = copy_of.map(item);
            report
        };
        told.iter().enumerate().map(one).collect()
    }

    #[test]
    fn figures_are_told_by_who_printed_them_and_never_made_one() {
        let table = [
            (
                vec![(dead(55, Exact), None), (dead(40, Exact), None), (dead(40, Exact), None)],
                "40–55 dead",
                "Reported toll: 40 dead (b, c) · 55 dead (a)",
            ),
            (
                vec![(dead(40, Exact), None), (dead(40, Exact), Some(0))],
                "40 dead",
                "Reported toll: 40 dead (a; also in b)",
            ),
            (
                vec![(dead(40, Exact), None), (dead(41, Exact), Some(0))],
                "40 dead",
                "Reported toll: 40 dead (a) · 41 dead (b)",
            ),
            (
                vec![(dead(40, AtLeast), None), (dead(40, Approx), None)],
                "at least 40 dead",
                "Reported toll: at least 40 dead (a) · about 40 dead (b)",
            ),
            (
                vec![(dead(10, Vague), None), (dead(40, Exact), None)],
                "40 dead",
                "Reported toll: dozens dead (a) · 40 dead (b)",
            ),
            (
                vec![(record(TollKind::Wounded, 3, Some(3), Exact), None), (dead(1, Exact), None)],
                "1 dead",
                "Reported toll: 1 dead (b)\n3 wounded (a)",
            ),
        ];
        for (told, brief, full) in table {
            let reports = reports(&told);
            let coverage = Coverage::of(&reports, &[]);
            assert_eq!(spread(&coverage, &ENGLISH).as_deref(), Some(brief));
            let lines: Vec<_> = claims(&coverage, &ENGLISH, &FULL[0]).iter().map(Line::to_string).collect();
            assert_eq!(lines.join("\n"), full);
        }
    }

    #[test]
    fn what_was_taken_back_is_no_part_of_the_brief_figure_and_the_highest_are_kept() {
        let told: Vec<_> = (1..=9).map(|n| (dead(n * 10, Exact), None)).collect();
        let mut reports = reports(&told);
        reports[8].notice = Some(crate::model::Notice::Withdrawal);
        let sources = [source("h", "صحراء", "ar", 2)];
        let coverage = Coverage::of(&reports, &sources);
        assert_eq!(spread(&coverage, &ENGLISH).as_deref(), Some("10–80 dead"));
        let lines = claims(&coverage, &ENGLISH, &FULL[2]);
        assert_eq!(
            lines[0].to_string(),
            "Reported toll: 70 dead (g) · 80 dead (\u{2068}صحراء\u{2069}) · 90 dead (i) · +6 more"
        );
    }
}
