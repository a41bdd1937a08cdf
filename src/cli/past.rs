//! What the commands that look back have in common: how far, whom to ask, a progress bar while it takes, and how a hit is shown.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::de::DeserializeOwned;

use super::{exit, setup};
use crate::alert::Run;
use crate::config::Config;
use crate::daemon::control::{self, Question};
use crate::daemon::lookback::{self, Hit, Job, Refusal, Request};
use crate::text::display::terminal;

/// Time between two looks at how far a job is.
const LOOK: Duration = Duration::from_millis(100);

/// How far back: `36h`, `7d`, `2w`. A day is 24 hours.
pub(super) fn how_long(text: &str) -> Result<SignedDuration, String> {
    let wrong = "write a length of time such as 36h, 7d or 2w";
    let span: Span = text.parse().map_err(|_| wrong.to_owned())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours());
    let length = length.map_err(|_| "months and years differ in length: count in days or weeks".to_owned())?;
    if length.is_negative() { Err(wrong.to_owned()) } else { Ok(length) }
}

/// The moment so long ago; the beginning of time where there was none.
pub(super) fn ago(length: SignedDuration) -> Timestamp {
    Timestamp::now().checked_sub(length).unwrap_or(Timestamp::MIN)
}

/// Asks the running daemon, or where none runs the store itself, and shows how far it is where somebody watches.
pub(super) fn ask<T: DeserializeOwned>(config: &Config, request: &Request) -> Result<T, u8> {
    let bar = bar();
    let answer = match control::ask(&config.storage.path, &Question::LookBack(request.clone()), |done, of| {
        show(&bar, done, of);
    }) {
        Some(answer) => answer.map_err(|error| {
            bar.finish_and_clear();
            errln!("error: {error}");
            exit::UNAVAILABLE
        }),
        None => setup::rested(config, |store| {
            let job = Job::default();
            thread::scope(|scope| {
                let (done, ended) = channel::<()>();
                let (bar, job) = (&bar, &job);
                scope.spawn(move || {
                    while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
                        let (done, of) = job.progress();
                        show(bar, done, of);
                    }
                });
                let answer = lookback::answer(store, config, request, job);
                drop(done);
                answer
            })
        }),
    };
    bar.finish_and_clear();
    understood(answer?)
}

pub(super) fn understood<T: DeserializeOwned>(answer: serde_json::Value) -> Result<T, u8> {
    match serde_json::from_value::<Result<T, Refusal>>(answer) {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(refusal)) => Err(refused(&refusal)),
        Err(error) => {
            errln!("error: the daemon is of another version ({error}); restart it");
            Err(exit::UNAVAILABLE)
        }
    }
}

/// Says why a question has no answer, and gives the exit code.
pub(super) fn refused(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::Mistaken(why) => {
            errln!("{why}");
            exit::USAGE
        }
        Refusal::Unknown(why) => {
            errln!("{why}");
            exit::NEGATIVE
        }
    }
}

/// Shown on a terminal only; indicatif sees to that.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("  looking back {bar:32} {percent} %  {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

fn show(bar: &ProgressBar, done: u64, of: u64) {
    bar.set_length(of.max(1));
    bar.set_position(done);
}

/// How marked words look: bold on a terminal that may be coloured, else in quotation marks that news texts do not use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    before: &'static str,
    after: &'static str,
}

impl Marks {
    /// For stdout.
    pub(super) fn for_stdout() -> Self {
        let stdout = std::io::stdout();
        if stdout.is_terminal() && setup::colors(&stdout) { Self::BOLD } else { Self::PLAIN }
    }

    const BOLD: Self = Self { before: "\u{1b}[1m", after: "\u{1b}[0m" };
    const PLAIN: Self = Self { before: "‹", after: "›" };

    /// Words with their marks; safe for a terminal.
    pub(super) fn line(self, runs: &[Run]) -> String {
        let shown = runs.iter().map(|run| match run.marked {
            // A run begins or ends with the space between words, which `terminal` would trim.
            false => spaced(&run.text),
            true => format!("{}{}{}", self.before, spaced(&run.text), self.after),
        });
        shown.collect()
    }

    /// An item in a list: headline, facts, the words around the match, where to read on.
    pub(super) fn hit(self, hit: &Hit, zone: &TimeZone) -> String {
        let title = if hit.title.is_empty() { "(no headline)".to_owned() } else { self.line(&hit.title) };
        let primed = if hit.reason == "primed" { " · primed" } else { "" };
        let (source, lang) = (terminal(&hit.source), terminal(&hit.lang));
        let mut lines = vec![
            title,
            format!("  {} · {source} · {lang}{primed} · {}", moment(hit.first_seen, zone), terminal(&hit.id)),
        ];
        if !hit.excerpt.is_empty() {
            lines.push(format!("  {}", self.line(&hit.excerpt)));
        }
        lines.extend(hit.link.as_ref().map(|link| format!("  {}", terminal(link))));
        lines.join("\n")
    }
}

fn spaced(text: &str) -> String {
    let space = |is: bool| if is { " " } else { "" };
    let all_space = text.trim().is_empty();
    format!("{}{}{}", space(text.starts_with(' ')), terminal(text), space(text.ends_with(' ') && !all_space))
}

/// `2026-11-22 14:05 GMT`, in the configured zone.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let offset = zone.to_offset_info(at);
    format!("{} {}", zone.to_datetime(at).strftime("%Y-%m-%d %H:%M"), offset.abbreviation())
}

/// `1 item`, `3 items`, and thousands apart.
pub(super) fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `1 234 567`, with spaces that do not break (ISO 80000-1).
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut apart = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push('\u{202f}');
        }
        apart.push(digit);
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_units() {
        for (text, hours) in [("36h", 36), ("7d", 168), ("2w", 336), ("1d12h", 36), ("0s", 0)] {
            assert_eq!(how_long(text), Ok(SignedDuration::from_hours(hours)), "{text}");
        }
        for wrong in ["7", "", "7 parsecs", "-7d", "1mo"] {
            assert!(how_long(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn marks_leave_the_spaces_where_they_were() {
        let run = |text: &str, marked| Run { text: text.to_owned(), marked };
        let runs = [
            run("une ", false),
            run("attaque", true),
            run(" à ", false),
            run("Gao", true),
            run(" ", false),
            run("hier", true),
        ];
        assert_eq!(Marks::PLAIN.line(&runs), "une ‹attaque› à ‹Gao› ‹hier›");
        assert_eq!(Marks::BOLD.line(&runs[1..2]), "\u{1b}[1mattaque\u{1b}[0m");
        assert_eq!(Marks::PLAIN.line(&[run("\u{1b}[31mred", true)]), "‹\u{fffd}[31mred›");
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(
            [0, 1, 999, 1000, 1_234_567].map(|n| count(n, "item")),
            ["0 items", "1 item", "999 items", "1\u{202f}000 items", "1\u{202f}234\u{202f}567 items"]
        );
    }
}
