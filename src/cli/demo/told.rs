//! What the demo says on the terminal, as text. Knows nothing of how it came about.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::mails::{Kind, Mail};
use crate::cli::show::counted;
use crate::cli::words::inline;
use crate::config::Config;
use crate::text::display::terminal;

/// Weeks that `stories` is told to look back: the demo's clock stands still, that of its user does not.
const WEEKS: &str = "520w";

/// What a round came to.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) at: Timestamp,
    pub(super) items: usize,
    pub(super) copies: usize,
    /// Stories that began in it.
    pub(super) stories: usize,
    /// The mails it sent.
    pub(super) mails: Vec<Kind>,
}

/// `7 outlets (ar 2, en 1, fr 3, ha 1) · 3 watches · 4 readers`.
pub(super) fn cast(config: &Config) -> String {
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    for plan in &config.sources {
        *languages.entry(plan.source.lang.as_deref().unwrap_or("und")).or_default() += 1;
    }
    let languages: Vec<String> = languages.iter().map(|(lang, count)| format!("{lang} {count}")).collect();
    let outlets = counted(config.sources.len(), "outlet", "outlets");
    let watches = counted(config.watches.len(), "watch", "watches");
    let readers = counted(config.readers.len(), "reader", "readers");
    format!("{outlets} ({}) · {watches} · {readers}", languages.join(", "))
}

/// `22 Nov 14:00 GMT  48 items · 1 copy folded · 37 stories → 3 alerts`.
pub(super) fn act(act: &Act) -> String {
    let mut parts = vec![counted(act.items, "new item", "new items")];
    if act.copies > 0 {
        parts.push(counted(act.copies, "copy folded", "copies folded"));
    }
    if act.stories > 0 {
        parts.push(counted(act.stories, "new story", "new stories"));
    }
    format!("{}   {:<50} → {}", act.at.strftime("%-d %b %H:%M GMT"), parts.join(" · "), sent(&act.mails))
}

fn sent(mails: &[Kind]) -> String {
    let of = |kind: Kind| mails.iter().filter(|mail| **mail == kind).count();
    let kinds = [(Kind::Alert, "alerts"), (Kind::Update, "updates"), (Kind::Digest, "digests")];
    let sent: Vec<String> = kinds
        .into_iter()
        .filter(|(kind, _)| of(*kind) > 0)
        .map(|(kind, many)| counted(of(kind), kind.name(), many))
        .collect();
    if sent.is_empty() { "no mail".to_owned() } else { sent.join(", ") }
}

/// Every mail in two lines: who, what, and where it lies.
pub(super) fn list(mails: &[Mail]) -> String {
    let width = mails.iter().map(|mail| mail.to.chars().count()).max().unwrap_or(0);
    let lines = mails.iter().map(|mail| {
        let file = mail.path.file_name().unwrap_or_default().to_string_lossy();
        format!(
            "  {:<6}  {:<width$}  {}\n  {:<6}  {:<width$}  mail/{}",
            mail.kind.name(),
            terminal(&mail.to),
            inline(&mail.subject),
            "",
            "",
            terminal(&file)
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A text set in from the left.
pub(super) fn indented(text: &str) -> String {
    let lines = text.trim_end().lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// What was written to be read, and what can be tried with it.
pub(super) fn next(out: &Path, story: &str, copies: &[String]) -> String {
    let (out, story) = (out.display(), terminal(story));
    let command = format!("  sahelwatch -c {out}/sahelwatch.toml");
    format!(
        "to read under {out}: {}\n\nnext:\n{command} stories --since {WEEKS}\n{command} stories show {story}\n\
         {command} explain {story}\n  sahelwatch init ~/watch",
        copies.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_one_line() {
        let at = "2026-11-22T14:00:00Z".parse().expect("a test instant");
        let full = Act { at, items: 44, copies: 1, stories: 27, mails: vec![Kind::Alert, Kind::Digest, Kind::Alert] };
        let line = "22 Nov 14:00 GMT   44 new items · 1 copy folded · 27 new stories      → 2 alerts, 1 digest";
        assert_eq!(act(&full), line);
        let idle = act(&Act { at, items: 0, copies: 0, stories: 0, mails: Vec::new() });
        assert_eq!(idle.split_whitespace().collect::<Vec<_>>().join(" "), "22 Nov 14:00 GMT 0 new items → no mail");
    }
}
