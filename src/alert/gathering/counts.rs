//! How many stories each country had, against its mean: a day's number says little where there is little to count.

use super::CountryCount;
use super::countries::country;
use super::labels::Words;
use crate::alert::labels::Labels;
use crate::alert::line::{Line, Piece};
use crate::text::direction::Direction;

/// Lines shown; the region and its neighbours are fewer.
const MAX_COUNTRIES: usize = 25;
/// Days drawn.
const MAX_DAYS: usize = 14;
/// A change is told only above one of these: below them it is chance (ACLED Trendfinder's guard for low baselines).
const LOW_MEAN: f64 = 2.0;
const LOW_COUNT: u32 = 5;
/// A full bar stands for this many stories at least, so that one story is no tower.
const MIN_SCALE: u32 = 7;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A line for each country, most stories first. All bars have one scale.
pub(super) fn lines(counts: &[CountryCount], labels: &Labels, words: &Words) -> Vec<Line> {
    let mut counts: Vec<&CountryCount> = counts.iter().collect();
    counts.sort_by_key(|count| (std::cmp::Reverse(today(count)), count.code.as_str()));
    counts.truncate(MAX_COUNTRIES);
    let most = counts.iter().flat_map(|count| drawn(count)).copied().max().unwrap_or(0).max(MIN_SCALE);
    counts.into_iter().map(|count| line(count, most, labels, words)).collect()
}

fn today(count: &CountryCount) -> u32 {
    count.days.last().copied().unwrap_or(0)
}

fn drawn(count: &CountryCount) -> &[u32] {
    &count.days[count.days.len().saturating_sub(MAX_DAYS)..]
}

fn line(count: &CountryCount, most: u32, labels: &Labels, words: &Words) -> Line {
    let bars: String = drawn(count).iter().map(|day| bar(*day, most)).collect();
    let name = country(&count.code, Some(&count.name), labels);
    let counted = Line::fill(words.country_count, &[("country", name), ("n", Line::ours(today(count).to_string()))]);
    let bars = (!bars.is_empty()).then(|| left_to_right(bars, labels));
    let told = Line::join(bars.into_iter().chain([counted]), " ");
    Line::join([told].into_iter().chain(change(count, labels, words)), " · ")
}

/// `28-day mean 3.8 · +58 %`, where there is enough to count.
fn change(count: &CountryCount, labels: &Labels, words: &Words) -> Vec<Line> {
    let (today, mean) = (today(count), count.mean);
    let tells = mean.is_finite() && mean >= 0.0 && (mean > LOW_MEAN || today > LOW_COUNT);
    if !tells {
        return Vec::new();
    }
    let shown = format!("{mean:.1}").replace('.', words.decimal);
    let mut lines = vec![Line::fill(words.mean, &[("mean", Line::ours(shown))])];
    // A percentage of less than one story a day would frighten and say nothing.
    if mean >= 1.0 {
        let percent = (f64::from(today) / mean - 1.0) * 100.0;
        // A hyphen would let the line break behind it.
        lines.push(left_to_right(format!("{percent:+.0}\u{a0}%").replace('-', "−"), labels));
    }
    lines
}

/// The height of a day; only a day without any story has the lowest.
fn bar(stories: u32, most: u32) -> char {
    let top = BARS.len() - 1;
    let height = (u64::from(stories) * 7).div_ceil(u64::from(most.max(1)));
    BARS[usize::try_from(height).unwrap_or(top).min(top)]
}

/// Signs without a direction of their own, which an Arabic line would turn around.
fn left_to_right(text: String, labels: &Labels) -> Line {
    let isolated = (labels.direction == Direction::Rtl).then_some(Direction::Ltr);
    Line { pieces: vec![Piece { text, isolated, strong: false }] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tongue;

    fn check(tongue: Tongue, days: &[u32], mean: f64, shown: &str) {
        let count = CountryCount { code: "BF".into(), name: "Burkina Faso".into(), days: days.to_vec(), mean };
        let lines = lines(&[count], Labels::of(tongue), Words::of(tongue));
        assert_eq!(lines[0].bare(), shown);
    }

    #[test]
    fn a_change_is_told_where_there_is_enough_to_count() {
        check(Tongue::En, &[0, 1, 7, 6], 3.8, "▁▂█▇ Burkina Faso: 6 · 28-day mean 3.8 · +58\u{a0}%");
        check(Tongue::Fr, &[2], 4.0, "▃ Burkina Faso\u{a0}: 2 · moyenne sur 28 jours 4,0 · −50\u{a0}%");
        check(Tongue::En, &[6], 0.2, "▇ Burkina Faso: 6 · 28-day mean 0.2");
        check(Tongue::En, &[5], 2.0, "▆ Burkina Faso: 5");
        check(Tongue::En, &[9], f64::NAN, "█ Burkina Faso: 9");
        check(Tongue::En, &[], 0.0, "Burkina Faso: 0");
    }

    #[test]
    fn only_an_empty_day_has_the_lowest_bar() {
        for (stories, most, shown) in [(0, 7, '▁'), (1, 1_000, '▂'), (1_000, 1_000, '█'), (u32::MAX, u32::MAX, '█')]
        {
            assert_eq!(bar(stories, most), shown);
        }
    }
}
