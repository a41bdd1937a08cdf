//! A trial in lines for people, 80 columns where words allow it. What comes from outside is made safe for the terminal.

use jiff::tz::TimeZone;

use super::super::past::{count, moment, number};
use super::super::{show, words};
use super::report::{Answer, Article, Found, Items, Judged, Nature, Robots, Shown, Texts, Trial};
use crate::text::display::{cut, terminal};
use crate::text::language::UNKNOWN;

/// Widest line of our own words.
const WIDTH: usize = 80;
/// Longest headline, and longest reason of a match, in characters; `--json` has all of them.
const LONGEST: usize = 76;
/// Most addresses shown of those found behind a page.
const MOST_FOUND: usize = 12;

/// The report of a trial.
pub(super) fn told(trial: &Trial, zone: &TimeZone) -> String {
    let mut lines = vec![terminal(&trial.asked), String::new()];
    lines.extend(trial.answer.as_ref().map(answered).into_iter().flatten());
    lines.extend(trial.is.as_ref().map(nature).into_iter().flatten());
    lines.extend(trial.robots.map(robots));
    let counts: Vec<String> = trial.items.iter().flat_map(|items| counted(items, zone)).collect();
    if trial.first_of.is_none() {
        lines.extend(counts.iter().cloned());
    }
    lines.extend(trial.problems.iter().take(5).flat_map(|problem| row("but", &terminal(problem))));
    if let Some(trouble) = &trial.trouble {
        lines.extend(row("failed", &terminal(&trouble.what)));
        lines.extend(row("", &trouble.help));
    }
    if !trial.found.is_empty() {
        lines.extend(["".to_owned(), "Found behind this page".to_owned()]);
        lines.extend(trial.found.iter().take(MOST_FOUND).flat_map(|found| self::found(found, zone)));
    }
    if let Some(url) = &trial.first_of {
        lines.extend(["".to_owned(), format!("Best of these: {}", terminal(url)), "".to_owned()]);
        lines.extend(counts);
    }
    if !trial.first.is_empty() {
        let all = trial.items.map_or(0, |items| items.count).max(trial.first.len());
        lines.extend(["".to_owned(), first(trial.first.len(), all)]);
        lines.extend(trial.first.iter().flat_map(|item| shown(item, trial.watches, zone)));
    }
    lines.extend(
        trial.article.as_ref().map(|article| self::article(article, trial.watches, zone)).into_iter().flatten(),
    );
    if !trial.hints.is_empty() {
        lines.extend(["".to_owned(), "Worth knowing".to_owned()]);
        lines.extend(trial.hints.iter().flat_map(|hint| wrapped("  - ", "    ", &terminal(hint))));
    }
    if let Some(source) = &trial.source {
        lines.extend(["".to_owned(), "As a source".to_owned()]);
        lines.extend(source.lines().map(|line| format!("  {}", terminal(line))));
    }
    if !trial.next.is_empty() {
        lines.extend(["".to_owned(), "Next".to_owned()]);
        // A command is not wrapped: it is to be copied.
        let step = |next: &super::report::Next| [format!("  {}", next.to), format!("    {}", terminal(&next.command))];
        lines.extend(trial.next.iter().flat_map(step));
    }
    lines.join("\n") + "\n"
}

/// A line with what it is about before it, or several.
fn row(label: &str, text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    wrapped(&format!("{label:<11}"), &" ".repeat(11), text)
}

/// Words over as many lines as they need.
fn wrapped(first: &str, next: &str, text: &str) -> Vec<String> {
    let mut lines = vec![first.to_owned()];
    let mut is_begun = false;
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if is_begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{next}{word}"));
            continue;
        }
        if is_begun {
            line.push(' ');
        }
        line.push_str(word);
        is_begun = true;
    }
    lines
}

fn answered(answer: &Answer) -> Vec<String> {
    let seconds = answer.milliseconds as f64 / 1000.0;
    let status = answer.status.map(|status| format!("{status}, ")).unwrap_or_default();
    let mut lines = Vec::new();
    if answer.redirected {
        let how = if answer.moved { "moved for good to" } else { "redirected to" };
        lines.extend(row("found", &format!("{how} {}", terminal(&answer.url))));
    }
    lines.extend(row("answered", &format!("{status}{} in {seconds:.1} s", show::bytes(answer.bytes))));
    let offers = match (answer.etag, answer.last_modified) {
        (true, true) => "ETag and Last-Modified: a poll that finds nothing new costs little",
        (true, false) => "ETag: a poll that finds nothing new costs little",
        (false, true) => "Last-Modified: a poll that finds nothing new costs little",
        (false, false) => "neither ETag nor Last-Modified: every poll fetches all of it",
    };
    lines.extend(row("offers", offers));
    let fresh =
        answer.fresh_seconds.map(|seconds| format!("not to be asked again within {} (Cache-Control)", length(seconds)));
    lines.extend(fresh.into_iter().flat_map(|fresh| row("", &fresh)));
    let hub = answer.hub.as_ref().map(|hub| format!("a hub that tells of news at once: {}", terminal(hub)));
    lines.extend(hub.into_iter().flat_map(|hub| row("", &hub)));
    lines
}

/// `15 min`.
fn length(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

fn nature(is: &Nature) -> Vec<String> {
    let mut lines = row("is", &format!("{}: {}, in {}", is.kind, terminal(&is.dialect), is.encoding));
    lines.extend(row("title", &words::inline(&cut(&is.title, LONGEST))));
    let declared = match is.declared.as_str() {
        "" => "declares none".to_owned(),
        declared => format!("declares {}", terminal(declared)),
    };
    let language = if is.language == UNKNOWN { "unknown" } else { is.language.as_str() };
    lines.extend(row("language", &format!("{language} ({declared})")));
    lines
}

fn robots(robots: Robots) -> String {
    let said = match robots {
        Robots::Allows => "allows programs to read it",
        Robots::Refuses => "asks programs to stay away",
        Robots::Unreadable => "could not be read, which counts as no",
        Robots::NotAsked => "is not asked, by the configuration",
    };
    row("robots.txt", said).concat()
}

fn counted(items: &Items, zone: &TimeZone) -> Vec<String> {
    if items.count == 0 {
        return row("items", "none");
    }
    let all = items.count;
    let undated = all - items.dated - items.dates_unread;
    let mut dates = Vec::new();
    dates.extend((items.dated == all).then(|| "all with a date".to_owned()));
    dates.extend((undated == all).then(|| "none with a date".to_owned()));
    dates.extend((undated > 0 && undated < all).then(|| format!("{} without a date", number(undated as u64))));
    dates.extend((items.dates_unread > 0).then(|| format!("{} with a date that cannot be read", items.dates_unread)));
    let mut lines = row("items", &format!("{}, {}", number(all as u64), dates.join(", ")));
    if let Some((newest, oldest)) = items.newest.zip(items.oldest) {
        let span = match newest == oldest {
            true => moment(newest, zone),
            false => format!("newest {}, oldest {}", moment(newest, zone), moment(oldest, zone)),
        };
        lines.extend(row("", &span));
    }
    let texts = match items.texts {
        Texts::None => String::new(),
        Texts::Headlines => "headlines only".to_owned(),
        Texts::Teasers => format!("teasers: {} of {} are cut", items.cut, all),
        Texts::Summaries => "summaries".to_owned(),
        Texts::Full => "full texts".to_owned(),
    };
    lines.extend(row("text", &texts));
    let menu = format!("{} of {all} look like links of a menu, not like news", items.navigation);
    lines.extend((items.navigation > 0).then(|| row("", &menu)).into_iter().flatten());
    lines
}

fn first(shown: usize, all: usize) -> String {
    match (shown, all) {
        (1, 1) => "Its one item".to_owned(),
        (shown, all) if shown == all => format!("All {all} items"),
        (shown, all) => format!("The first {shown} of {} items", number(all as u64)),
    }
}

fn shown(item: &Shown, watches: Option<usize>, zone: &TimeZone) -> Vec<String> {
    let title =
        if item.title.is_empty() { "(no headline)".to_owned() } else { words::inline(&cut(&item.title, LONGEST)) };
    let date = match (&item.published, &item.printed) {
        (Some(at), _) => moment(*at, zone),
        (None, Some(printed)) => format!("date not understood: {}", words::inline(&cut(printed, 40))),
        (None, None) => "no date".to_owned(),
    };
    let mut lines = vec![String::new(), format!("  {title}"), format!("  {date} · {}", terminal(&item.language))];
    lines.push(format!("  {}", item.link.as_ref().map_or("no link".to_owned(), |link| terminal(link))));
    lines.extend(matches(&item.watches, watches));
    lines
}

fn judged(judged: &Judged) -> String {
    let sign = if judged.matches { "✓" } else { "✗" };
    format!("  {sign} {}: {}", terminal(&judged.watch), words::inline(&cut(&judged.because, LONGEST)))
}

fn article(article: &Article, watches: Option<usize>, zone: &TimeZone) -> Vec<String> {
    let mut lines = vec![String::new(), "The article behind the first of them".to_owned()];
    let read = match (&article.problem, article.characters) {
        (Some(problem), 0) => format!("not read: {}", terminal(problem)),
        (Some(problem), read) => format!("{} read, but {}", count(read as u64, "character"), terminal(problem)),
        (None, read) => format!("{} read", count(read as u64, "character")),
    };
    if article.characters > 0 {
        lines.push(format!("  {}", words::inline(&cut(&article.title, LONGEST))));
        let date = article.published.map_or("no date".to_owned(), |at| moment(at, zone));
        lines.push(format!("  {date} · {} · {read}", terminal(&article.language)));
    } else {
        lines.extend(wrapped("  ", "  ", &read));
    }
    lines.push(format!("  {}", terminal(&article.url)));
    if article.characters > 0 {
        lines.extend(matches(&article.watches, watches));
    }
    lines
}

/// The watches that match, a line each, or that none does.
fn matches(found: &[Judged], watches: Option<usize>) -> Vec<String> {
    if found.is_empty() && watches.is_some_and(|watches| watches > 0) {
        return vec!["  - no watch matches".to_owned()];
    }
    found.iter().map(judged).collect()
}

fn found(found: &Found, zone: &TimeZone) -> Vec<String> {
    let what = match (found.kind.as_str(), found.dialect.as_str()) {
        (_, "") => format!("a {}", found.kind),
        ("telegram", dialect) => terminal(dialect),
        (kind, dialect) => format!("a {kind} ({})", terminal(dialect)),
    };
    let state = match (&found.problem, found.items) {
        (Some(problem), _) => terminal(problem),
        (None, 0) => "empty".to_owned(),
        (None, items) => {
            let newest = found.newest.map(|at| format!(", newest {}", moment(at, zone))).unwrap_or_default();
            format!("{}{newest}", count(items as u64, "item"))
        }
    };
    let mut lines = vec![String::new(), format!("  {}", terminal(&found.url))];
    let title = words::inline(&cut(&found.title, LONGEST));
    lines.extend((!title.is_empty()).then(|| format!("  {title}")));
    lines.extend(wrapped("  ", "  ", &format!("{what} {}: {state}", found.how)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_to_the_width_and_break_no_word() {
        let text = "word ".repeat(40);
        let lines = row("label", text.trim());
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
        assert_eq!(lines.concat().matches("word").count(), 40);
        let long = "a".repeat(200);
        assert_eq!(row("label", &long), [format!("label      {long}")]);
        assert!(row("label", "").is_empty());
    }

    #[test]
    fn what_comes_from_outside_moves_no_cursor() {
        let trial = Trial { asked: "https://a.example/\u{1b}[2J".to_owned(), ..Trial::default() };
        assert!(!told(&trial, &TimeZone::UTC).contains('\u{1b}'));
    }
}
