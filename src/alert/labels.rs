//! Our own words in a mail, all in one place, so that a language is one more table. `{name}` marks what is filled in; a
//! translation may move it.

use crate::model::Severity;
use crate::text::direction::Direction;

/// One language's words.
pub(super) struct Labels {
    pub(super) lang: &'static str,
    pub(super) direction: Direction,
    /// Low, medium, high; stands in the subject's bracket.
    pub(super) severities: [&'static str; 3],
    pub(super) new: &'static str,
    pub(super) update: &'static str,
    /// Of an article that is older than the watch.
    pub(super) earlier: &'static str,
    /// `{name}` of the most severe watch, `{n}` others.
    pub(super) and_other_watches: &'static str,
    pub(super) no_headline: &'static str,
    pub(super) no_link: &'static str,
    /// What the tiers 1 to 3 of a source mean.
    pub(super) tiers: [&'static str; 3],
    pub(super) published: &'static str,
    pub(super) published_as_printed: &'static str,
    pub(super) seen: &'static str,
    pub(super) change_seen: &'static str,
    pub(super) changed_preheader: &'static str,
    pub(super) matched_preheader: &'static str,
    pub(super) earlier_preheader: &'static str,
    pub(super) why: &'static str,
    pub(super) watch_matched: &'static str,
    /// Of a watch that asks for a source, a language or a country alone.
    pub(super) watch_matched_no_words: &'static str,
    /// `{name}` and `{id}` of a watch that has both.
    pub(super) watch: &'static str,
    /// `{term}` and `{places}`.
    pub(super) term: &'static str,
    /// The same with the `{words}` of the text, where the term is a concept or a figure.
    pub(super) term_as: &'static str,
    pub(super) more_terms: &'static str,
    pub(super) more_watches: &'static str,
    /// Title, summary, body.
    pub(super) fields: [&'static str; 3],
    pub(super) through_group: &'static str,
    pub(super) directly: &'static str,
    pub(super) actions: &'static str,
    pub(super) not_relevant: &'static str,
    pub(super) unsubscribe: &'static str,
    /// `{version}`, `{host}`, `{item}`.
    pub(super) origin: &'static str,
    pub(super) delay: &'static str,
    pub(super) written: &'static str,
    pub(super) months: [&'static str; 12],
    /// Day, hour, minute, second.
    pub(super) units: [&'static str; 4],
}

impl Labels {
    pub(super) fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Low => self.severities[0],
            Severity::Medium => self.severities[1],
            Severity::High => self.severities[2],
        }
    }

    /// What a tier means; configuration allows 1 to 3.
    pub(super) fn tier(&self, tier: u8) -> &'static str {
        self.tiers[usize::from(tier.clamp(1, 3)) - 1]
    }
}

/// English.
pub(super) const ENGLISH: Labels = Labels {
    lang: "en",
    direction: Direction::Ltr,
    severities: ["LOW", "MEDIUM", "HIGH"],
    new: "NEW",
    update: "UPDATE",
    earlier: "EARLIER",
    and_other_watches: "{name} and {n} more",
    no_headline: "(no headline)",
    no_link: "The source gave no address that can be opened for this article.",
    tiers: ["tier 1 (trusted)", "tier 2", "tier 3 (unverified)"],
    published: "published {time}",
    published_as_printed: "published “{printed}” (as printed)",
    seen: "seen {time}",
    change_seen: "change seen {time}",
    changed_preheader: "Update: the source changed its text",
    matched_preheader: "matched {terms}",
    earlier_preheader: "found looking back: {terms}",
    why: "Why you got this",
    watch_matched: "Watch {watch} matched {terms}.",
    watch_matched_no_words: "Watch {watch} matched by source, language or country.",
    watch: "{name} ({id})",
    term: "\"{term}\" ({places})",
    term_as: "\"{term}\" as \"{words}\" ({places})",
    more_terms: "{n} more",
    more_watches: "{n} more watches matched.",
    fields: ["title", "summary", "text"],
    through_group: "Sent to you through group {group}.",
    directly: "Sent to you directly, as {address}.",
    actions: "What you can do",
    not_relevant: "Tell us it is not relevant",
    unsubscribe: "Unsubscribe from {watch}",
    origin: "sahelwatch {version} on {host} · item {item}",
    delay: "seen {delay} after publication",
    written: "mail written {time}",
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    units: ["d", "h", "min", "s"],
};
