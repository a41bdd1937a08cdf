//! Our own words in a mail, one table for each language. `{name}` marks what is filled in; a translation may move it. A source's
//! words are never translated.

mod ar;
mod en;
mod fr;

pub(crate) use ar::ARABIC;
pub(crate) use en::ENGLISH;
pub(crate) use fr::FRENCH;

use super::line::Line;
use crate::model::{Severity, TollKind, Tongue};
use crate::text::direction::Direction;

/// What is said of a number, by plural form: one and other in English and French; one, two, few, many and other in Arabic
/// (CLDR, plural rules of cardinal numbers). `{n}` is the number.
pub(crate) type Counted = &'static [&'static str];

/// A kind of figure.
pub(crate) struct Kind {
    pub(crate) counted: Counted,
    /// With one of [`Labels::vague`].
    pub(crate) vague: &'static str,
}

/// One language's words.
pub(crate) struct Labels {
    pub(crate) tongue: Tongue,
    pub(crate) lang: &'static str,
    pub(crate) direction: Direction,
    /// Low, medium, high; stands in the subject's bracket.
    pub(crate) severities: [&'static str; 3],
    pub(crate) new: &'static str,
    pub(crate) update: &'static str,
    /// Of an article that is older than the watch.
    pub(crate) earlier: &'static str,
    /// Of what came at the end of quiet hours.
    pub(crate) held: &'static str,
    /// Of what could not be sent for long.
    pub(crate) late: &'static str,
    pub(crate) held_note: &'static str,
    pub(crate) late_note: &'static str,
    /// `{name}` of the most severe watch, `{n}` others.
    pub(crate) and_other_watches: &'static str,
    pub(crate) no_headline: &'static str,
    pub(crate) no_link: &'static str,
    /// Of one that is longer than a mail may be; `{host}`.
    pub(crate) long_link: &'static str,
    /// What the tiers 1 to 3 of a source mean.
    pub(crate) tiers: [&'static str; 3],
    pub(crate) published: &'static str,
    pub(crate) published_as_printed: &'static str,
    pub(crate) seen: &'static str,
    pub(crate) earlier_preheader: &'static str,
    /// Of a subject that tells nothing; `{code}` is the same for all mails on a story.
    pub(crate) neutral_subject: &'static str,
    /// Between the members of a list, and between parts that hold lists.
    pub(crate) comma: &'static str,
    pub(crate) semicolon: &'static str,
    /// Between a label and what it labels.
    pub(crate) colon: &'static str,
    /// Between the thousands of a number.
    pub(crate) thousands: &'static str,

    pub(crate) sources: Counted,
    /// `{more}` that are not named.
    pub(crate) more: &'static str,
    /// `{sources}` that print another one's text.
    pub(crate) also_in: &'static str,
    /// Of a report its source corrected, or took back.
    pub(crate) corrected: &'static str,
    pub(crate) withdrawn: &'static str,

    /// Killed, wounded, kidnapped, displaced, casualties.
    pub(crate) kinds: [Kind; 5],
    /// Tens, hundreds, thousands.
    pub(crate) vague: [&'static str; 3],
    /// `{min}` and `{max}`.
    pub(crate) range: &'static str,
    pub(crate) at_least: &'static str,
    pub(crate) more_than: &'static str,
    pub(crate) about: &'static str,
    pub(crate) up_to: &'static str,
    /// `{figures}`, in the preheader.
    pub(crate) reported: &'static str,
    /// `{figures}`, each with who printed it.
    pub(crate) toll: &'static str,
    pub(crate) claimed: &'static str,
    pub(crate) not_verified: &'static str,
    /// `{words}` with the `{sources}` they come from.
    pub(crate) attributed: &'static str,

    pub(crate) what_changed: &'static str,
    /// Opens the preheader of an update; `{news}`.
    pub(crate) update_preheader: &'static str,
    pub(crate) news_sources: &'static str,
    /// `{from}` and `{to}`, the latter with its kind.
    pub(crate) news_toll: &'static str,
    pub(crate) news_first_toll: &'static str,
    pub(crate) news_correction: &'static str,
    pub(crate) news_withdrawal: &'static str,
    pub(crate) news_claim: &'static str,
    pub(crate) news_place: &'static str,
    pub(crate) news_edited: &'static str,
    /// `{severity}` and `{watch}`.
    pub(crate) news_urgent: &'static str,

    pub(crate) why: &'static str,
    pub(crate) watch_matched: &'static str,
    /// The same of an item that is not the one shown; `{source}`.
    pub(crate) watch_matched_in: &'static str,
    /// Of a watch that asks for a source, a language or a country alone.
    pub(crate) watch_matched_no_words: &'static str,
    /// `{name}` and `{id}` of a watch that has both.
    pub(crate) watch: &'static str,
    /// `{term}` and `{places}`.
    pub(crate) term: &'static str,
    /// The same with the `{words}` of the text, where the term is a concept or a figure.
    pub(crate) term_as: &'static str,
    /// The same where some of its letters only look like those of the term.
    pub(crate) term_unusual: &'static str,
    pub(crate) more_terms: &'static str,
    pub(crate) more_watches: &'static str,
    /// Title, summary, body.
    pub(crate) fields: [&'static str; 3],
    pub(crate) through_group: &'static str,
    pub(crate) directly: &'static str,
    pub(crate) actions: &'static str,
    /// Each followed by a command.
    pub(crate) mute_story: &'static str,
    pub(crate) explain: &'static str,
    pub(crate) not_relevant: &'static str,
    pub(crate) unsubscribe: &'static str,
    /// `{program}` with its version, `{host}`, `{story}`.
    pub(crate) origin: &'static str,
    /// The `{word}` by which a reader knows that a mail is ours.
    pub(crate) keyword: &'static str,
    pub(crate) delay: &'static str,
    pub(crate) written: &'static str,
    pub(crate) months: [&'static str; 12],
    /// Day, hour, minute, second.
    pub(crate) units: [&'static str; 4],
    /// Names of languages by BCP 47 primary subtag; of others the tag is shown.
    pub(crate) languages: &'static [(&'static str, &'static str)],
}

impl Labels {
    /// The words of a language.
    pub(crate) fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::En => &ENGLISH,
            Tongue::Fr => &FRENCH,
            Tongue::Ar => &ARABIC,
        }
    }

    pub(crate) fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Low => self.severities[0],
            Severity::Medium => self.severities[1],
            Severity::High => self.severities[2],
        }
    }

    /// What a tier means; configuration allows 1 to 3.
    pub(crate) fn tier(&self, tier: u8) -> &'static str {
        self.tiers[usize::from(tier.clamp(1, 3)) - 1]
    }

    pub(crate) fn kind(&self, kind: TollKind) -> &Kind {
        &self.kinds[match kind {
            TollKind::Killed => 0,
            TollKind::Wounded => 1,
            TollKind::Kidnapped => 2,
            TollKind::Displaced => 3,
            TollKind::Casualties => 4,
        }]
    }

    /// The name of a language; its tag where we have no name for it.
    pub(crate) fn language<'a>(&self, tag: &'a str) -> &'a str {
        let primary = tag.split('-').next().unwrap_or_default();
        let named = self.languages.iter().find(|(code, _)| code.eq_ignore_ascii_case(primary));
        named.map_or(tag, |(_, name)| name)
    }

    /// A number with its thousands apart; four digits stay together, as a year does.
    pub(crate) fn number(&self, n: usize) -> String {
        let digits = n.to_string();
        if digits.len() < 5 {
            return digits;
        }
        let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(|group| String::from_utf8_lossy(group)).collect();
        groups.join(self.thousands)
    }

    /// `5 sources`.
    pub(crate) fn count(&self, forms: Counted, n: usize) -> String {
        self.form(forms, n).replace("{n}", &self.number(n))
    }

    /// The plural form for a number.
    pub(crate) fn form(&self, forms: Counted, n: usize) -> &'static str {
        let form = match (self.tongue, n) {
            (_, 1) | (Tongue::Fr, 0) => 0,
            (Tongue::En | Tongue::Fr, _) => 1,
            (Tongue::Ar, 2) => 1,
            (Tongue::Ar, n) => match n % 100 {
                3..=10 => 2,
                11..=99 => 3,
                _ => 4,
            },
        };
        forms.get(form).or(forms.last()).copied().unwrap_or_default()
    }

    /// Words from elsewhere, made safe, cut to `max_chars`, and kept from reordering our own.
    pub(crate) fn foreign(&self, text: &str, max_chars: usize) -> Line {
        Line::foreign(text, max_chars, self.direction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_the_form_of_its_language() {
        let table = [
            (Tongue::En, 0, "0 sources"),
            (Tongue::En, 1, "1 source"),
            (Tongue::En, 12, "12 sources"),
            (Tongue::Fr, 0, "0 source"),
            (Tongue::Fr, 2, "2 sources"),
            (Tongue::Ar, 1, "مصدر واحد"),
            (Tongue::Ar, 2, "مصدران"),
            (Tongue::Ar, 7, "7 مصادر"),
            (Tongue::Ar, 40, "40 مصدرا"),
            (Tongue::Ar, 100, "100 مصدر"),
            (Tongue::Ar, 103, "103 مصادر"),
        ];
        for (tongue, n, shown) in table {
            let labels = Labels::of(tongue);
            assert_eq!(labels.count(labels.sources, n), shown);
        }
    }

    #[test]
    fn thousands_stand_apart() {
        for (n, shown) in [(999, "999"), (4000, "4000"), (12_500, "12,500"), (1_000_000, "1,000,000")] {
            assert_eq!(ENGLISH.number(n), shown);
        }
        assert_eq!(FRENCH.number(12_500), "12\u{a0}500");
    }

    #[test]
    fn a_language_has_a_name_or_its_tag() {
        for (tag, name) in [("ha", "haoussa"), ("FR-bf", "français"), ("xx-Latn", "xx-Latn"), ("", "")] {
            assert_eq!(FRENCH.language(tag), name);
        }
    }

    /// The values a label asks for, in alphabetical order.
    fn values(label: &str) -> Vec<&str> {
        let mut values: Vec<_> = label.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        values.sort_unstable();
        values
    }

    #[test]
    fn a_translation_asks_for_the_same_values() {
        let labels = |l: &'static Labels| {
            [
                l.and_other_watches,
                l.published,
                l.published_as_printed,
                l.seen,
                l.earlier_preheader,
                l.neutral_subject,
                l.more,
                l.also_in,
                l.long_link,
                l.range,
                l.at_least,
                l.more_than,
                l.about,
                l.up_to,
                l.reported,
                l.toll,
                l.claimed,
                l.attributed,
                l.update_preheader,
                l.news_sources,
                l.news_toll,
                l.news_first_toll,
                l.news_correction,
                l.news_withdrawal,
                l.news_claim,
                l.news_place,
                l.news_edited,
                l.news_urgent,
                l.watch_matched,
                l.watch_matched_in,
                l.watch_matched_no_words,
                l.watch,
                l.term,
                l.term_as,
                l.term_unusual,
                l.more_terms,
                l.more_watches,
                l.through_group,
                l.directly,
                l.unsubscribe,
                l.origin,
                l.keyword,
                l.delay,
                l.written,
            ]
        };
        for other in [&FRENCH, &ARABIC] {
            for (ours, theirs) in labels(&ENGLISH).into_iter().zip(labels(other)) {
                assert_eq!(values(ours), values(theirs), "{ours} / {theirs}");
            }
            let forms = if other.tongue == Tongue::Ar { 5 } else { 2 };
            for counted in other.kinds.iter().map(|kind| kind.counted).chain([other.sources]) {
                assert_eq!(counted.len(), forms);
            }
            assert!(other.kinds.iter().all(|kind| values(kind.vague) == ["n"]));
        }
    }
}
