//! Our own words that only the mails to the operator need, one table for each language; `alert::labels` has the others.
//! `{name}` marks what is filled in; a translation may move it.

mod ar;
mod en;
mod fr;

use ar::ARABIC;
use en::ENGLISH;
use fr::FRENCH;

use crate::alert::labels::Counted;
use crate::model::{Health, Subject, Tongue};

/// How a source stands, in words.
pub(super) struct State {
    /// The word `sahelwatch sources` uses, or its translation.
    pub(super) word: &'static str,
    /// Of one `{source}`, in a title.
    pub(super) one: &'static str,
    /// `{n}` of them.
    pub(super) many: Counted,
}

/// A matter that is not about a source.
pub(super) struct Affair {
    /// What it is about; a coverage floor, a flood and a recipient fill in their `{name}`.
    pub(super) title: &'static str,
    /// How it stands while it lasts.
    pub(super) word: &'static str,
    /// That it began, in a title: `{since}`, and a `{name}` as above.
    pub(super) begun: &'static str,
    /// That it is over, in a title: `{from}`, `{until}`, `{name}`.
    pub(super) ended: &'static str,
}

/// One language's words.
pub(super) struct Words {
    /// Before a title, in a subject: `{title}`.
    pub(super) subject: &'static str,
    /// Behind it, so that no two mails become one conversation: `{title}`, `{date}`.
    pub(super) dated: &'static str,
    /// Where a subject may tell nothing: `{date}`.
    pub(super) neutral: &'static str,
    /// What kind of mail this is: of matters, and a sign of life.
    pub(super) kinds: [&'static str; 2],
    /// Ok, moved, overflowing, silent, degraded, blocked, failing.
    pub(super) states: [State; 7],
    /// Network, mail, configuration, floor, flood, disk, size, recipient, store.
    pub(super) affairs: [Affair; 9],
    /// A `{time}` on another day, after "since".
    pub(super) since_day: &'static str,

    /// Sources from which nothing comes any more, in a title.
    pub(super) dark: Counted,
    /// Sources of which some still bring news.
    pub(super) troubled: Counted,
    pub(super) well: Counted,
    /// Sources whose news may have been missed.
    pub(super) gapped: Counted,
    pub(super) all_well: &'static str,
    /// `{source}` alone.
    pub(super) one_well: &'static str,
    /// `{title}` and the `{names}` it is about.
    pub(super) named: &'static str,
    /// `{title}`, and further matters.
    pub(super) and_more: Counted,
    /// `{title}`, and matters that are over.
    pub(super) and_over: Counted,

    /// How many matters began, changed, are over, and stand as told: `{n}`.
    pub(super) tally: [&'static str; 4],
    /// Headings: what began, changed, is over, may have been missed, and stands as told.
    pub(super) headings: [&'static str; 5],
    /// `{name}` and `{id}` of a source that has both.
    pub(super) source: &'static str,
    /// `{time}` and, in brackets, how long ago that is: `{delay}`.
    pub(super) since: &'static str,
    /// How a matter stood before: `{state}`, `{time}`.
    pub(super) before: &'static str,
    /// Of a matter that is over: `{state}`, `{from}`, `{until}`, `{delay}`.
    pub(super) was: &'static str,
    /// `{from}`, `{until}`.
    pub(super) missed: &'static str,
    /// Before a source's own words.
    pub(super) answered: &'static str,
    /// Before a command or a setting.
    pub(super) advice: &'static str,
    /// A matter on one line: `{name}`, `{state}`, `{time}`.
    pub(super) brief: &'static str,
    /// Matters that are not shown.
    pub(super) rest: Counted,

    /// In the title of a sign of life.
    pub(super) watched: Counted,
    pub(super) matches: Counted,
    /// Sources that are not live, of more than two kinds.
    pub(super) not_live: Counted,
    pub(super) all_live: &'static str,
    /// `{n}` of `{total}`.
    pub(super) live: &'static str,
    /// `{names}`, each with its `{state}`.
    pub(super) not_live_named: &'static str,
    pub(super) name_state: &'static str,
    /// `{items}`, `{alerts}`, `{sent}`.
    pub(super) day: &'static str,
    pub(super) items: Counted,
    pub(super) alerts: Counted,
    pub(super) sent: Counted,
    pub(super) queued: Counted,
    /// `{gaps}`, each a `{name}` with `{from}` and `{until}`.
    pub(super) gaps: &'static str,
    pub(super) gap: &'static str,
    pub(super) no_gaps: &'static str,

    /// Followed by a command.
    pub(super) see_all: &'static str,
    pub(super) why: &'static str,
    pub(super) why_sign_of_life: &'static str,
    /// `{program}` with its version, `{host}`, `{time}` since which it runs.
    pub(super) origin: &'static str,
}

impl Words {
    /// The words of a language.
    pub(super) fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::En => &ENGLISH,
            Tongue::Fr => &FRENCH,
            Tongue::Ar => &ARABIC,
        }
    }

    pub(super) fn state(&self, health: Health) -> &State {
        &self.states[match health {
            Health::Ok => 0,
            Health::Moved => 1,
            Health::Overflowing => 2,
            Health::Silent => 3,
            Health::Degraded => 4,
            Health::Blocked => 5,
            Health::Failing => 6,
        }]
    }

    /// The words of a matter that is not about a source.
    pub(super) fn affair(&self, subject: &Subject) -> Option<&Affair> {
        let number = match subject {
            Subject::Network => 0,
            Subject::Mail => 1,
            Subject::Configuration => 2,
            Subject::Floor(_) => 3,
            Subject::Flood(_) => 4,
            Subject::Disk => 5,
            Subject::Size => 6,
            Subject::Recipient(_) => 7,
            Subject::Store(_) => 8,
            Subject::Source(_) => return None,
        };
        Some(&self.affairs[number])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values a label asks for, each once, in alphabetical order; a plural form may spell its number out.
    fn values(label: &str) -> Vec<&str> {
        let mut values: Vec<_> = label.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    fn labels(w: &'static Words) -> Vec<&'static str> {
        let affairs = w.affairs.iter().flat_map(|affair| [affair.title, affair.begun, affair.ended]);
        let one = [
            w.subject,
            w.dated,
            w.neutral,
            w.since_day,
            w.one_well,
            w.named,
            w.source,
            w.since,
            w.before,
            w.was,
            w.missed,
            w.brief,
            w.live,
            w.not_live_named,
            w.name_state,
            w.day,
            w.gaps,
            w.gap,
            w.origin,
        ];
        w.states.iter().map(|state| state.one).chain(affairs).chain(one).chain(w.tally).collect()
    }

    fn counted(w: &'static Words) -> Vec<Counted> {
        let others = [
            w.dark, w.troubled, w.well, w.gapped, w.and_more, w.and_over, w.rest, w.watched, w.matches, w.not_live,
            w.items, w.alerts, w.sent, w.queued,
        ];
        w.states.iter().map(|state| state.many).chain(others).collect()
    }

    #[test]
    fn a_translation_asks_for_the_same_values() {
        for (tongue, forms) in [(Tongue::En, 2), (Tongue::Fr, 2), (Tongue::Ar, 5)] {
            let other = Words::of(tongue);
            for (ours, theirs) in labels(&ENGLISH).into_iter().zip(labels(other)) {
                assert_eq!(values(ours), values(theirs), "{ours} / {theirs}");
            }
            for (ours, theirs) in counted(&ENGLISH).into_iter().zip(counted(other)) {
                assert!([1, forms].contains(&theirs.len()), "{theirs:?}");
                let all = values(ours[ours.len() - 1]);
                assert_eq!(all, values(theirs[theirs.len() - 1]), "{ours:?} / {theirs:?}");
                for form in theirs {
                    let lost = all.iter().find(|value| **value != "n" && !values(form).contains(value));
                    assert_eq!(lost, None, "{form}");
                }
            }
        }
    }

    #[test]
    fn a_state_has_the_word_of_reports() {
        use Health::{Blocked, Degraded, Failing, Moved, Ok, Overflowing, Silent};
        for health in [Ok, Moved, Overflowing, Silent, Degraded, Blocked, Failing] {
            assert_eq!(ENGLISH.state(health).word, health.as_str());
        }
    }
}
