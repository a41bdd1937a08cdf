//! `mute`: what somebody does not want to hear of for a time. Kept in the store, never in the configuration.

use std::path::Path;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::past::{count, how_long, moment, number};
use super::{desk, exit, setup, show, words};
use crate::config::Config;
use crate::daemon::desk::Request;
use crate::daemon::desk::muting::{Ask, Ended, Found, Line, Muting, Object};
use crate::model::MuteId;
use crate::text::display::terminal;

pub(super) const EXAMPLES: &str = "\
Examples:
  sahelwatch mute story 19ab3c --for 7d       one story and its updates
  sahelwatch mute watch floods --for 12h --for-recipient amina@example.org
  sahelwatch mute source outlet --for ever --reason 'reprints old news'
  sahelwatch mute list                        what is muted, and what that has hidden
  sahelwatch mute rm m3                       hear of it again
What is hidden stays visible in `explain` and `status`.";

/// What `mute` can do.
#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(super) enum Command {
    /// Hear no more of a story
    Story(Muted),
    /// Hear no more of what a watch finds
    Watch(Muted),
    /// Hear no more of what a source reports
    Source(Muted),
    /// List the mutes in force
    List {
        /// Those that are over as well
        #[arg(long)]
        all: bool,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// End a mute now; it stays in the list, with what it hid
    Rm {
        /// Its name, as `mute` printed it
        #[arg(value_parser = name)]
        mute: MuteId,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
}

/// What is muted, and for how long.
#[derive(Debug, clap::Args)]
pub(super) struct Muted {
    /// A story by its number (the first digits are enough), a watch or a source by its id
    id: String,
    /// For how long: 12h, 7d, 2w, or ever
    #[arg(long = "for", value_name = "TIME", default_value = "7d", value_parser = lasts)]
    lasts: Lasts,
    /// For this reader only
    #[arg(long, value_name = "ADDRESS")]
    for_recipient: Option<String>,
    /// Why, for those who find it in the list
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Print its name alone
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// How long a mute lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasts {
    Ever,
    For(SignedDuration),
}

fn lasts(text: &str) -> Result<Lasts, String> {
    if text == "ever" {
        return Ok(Lasts::Ever);
    }
    let long = how_long(text).map_err(|why| format!("{why}, or `ever`"))?;
    let ends = Timestamp::now().checked_add(long);
    match ends {
        _ if long.is_zero() => Err("a mute must last: write a time above zero, or `ever`".to_owned()),
        Ok(_) => Ok(Lasts::For(long)),
        Err(_) => Err("that is longer than dates reach: write `ever`".to_owned()),
    }
}

fn name(text: &str) -> Result<MuteId, String> {
    let number = text.strip_prefix('m').unwrap_or(text);
    number.parse().map(MuteId).map_err(|_| "a mute is named like m3; `sahelwatch mute list` shows them".to_owned())
}

pub(super) fn run(path: &Path, command: &Command) -> u8 {
    setup::configuration_without_secrets(path).and_then(|config| decide(&config, command)).unwrap_or_else(|code| code)
}

fn decide(config: &Config, command: &Command) -> Result<u8, u8> {
    match command {
        Command::Story(muted) => mute(config, Object::Story(desk::target(&muted.id)?), muted),
        Command::Watch(muted) => mute(config, Object::Watch(muted.id.clone()), muted),
        Command::Source(muted) => mute(config, Object::Source(muted.id.clone()), muted),
        Command::List { all, json } => {
            let found: Found = desk::ask(config, Request::Mutes { all: *all })?;
            if *json {
                return Ok(show::json(&found));
            }
            out!("{}", listed(&found.mutes, *all, &config.timezone));
            Ok(exit::OK)
        }
        Command::Rm { mute, json } => {
            let ended: Ended = desk::ask(config, Request::Unmute(*mute))?;
            if *json {
                return Ok(show::json(&ended));
            }
            let (mute, was_over) = (&ended.mute, ended.was_over);
            let over = if was_over { "was over already" } else { "is over" };
            outln!("{} {over}: {}{}", mute.id, object(mute), hid(mute.hidden));
            Ok(exit::OK)
        }
    }
}

fn mute(config: &Config, what: Object, muted: &Muted) -> Result<u8, u8> {
    let until = match muted.lasts {
        Lasts::Ever => None,
        Lasts::For(long) => Timestamp::now().checked_add(long).ok(),
    };
    let (reader, reason) = (muted.for_recipient.clone(), muted.reason.clone().unwrap_or_default());
    let done: Muting = desk::ask(config, Request::Mute(Ask { what, until, reader, reason }))?;
    if !done.high.is_empty() {
        let watches: Vec<String> = done.high.iter().map(|watch| terminal(watch)).collect();
        errln!("warning: this hides alerts of high severity: {}", watches.join(", "));
    }
    if muted.quiet {
        outln!("{}", done.mute.id);
        return Ok(exit::OK);
    }
    if muted.json {
        return Ok(show::json(&done));
    }
    out!("{}", after(&done, &config.timezone));
    Ok(exit::OK)
}

/// What was done, what it hides, and how to take it back.
fn after(done: &Muting, zone: &TimeZone) -> String {
    let mut lines = vec![format!("{}", line(&done.mute, zone))];
    lines.push(format!(
        "it would have hidden {} of the last {} days",
        count(done.would_have_hidden, "alert"),
        done.preview_days
    ));
    lines.extend(done.beside.iter().map(|other| format!("the same is muted already: {}", line(other, zone))));
    lines.push(format!("take it back: sahelwatch mute rm {}", done.mute.id));
    lines.join("\n") + "\n"
}

/// A mute in a line: `m3  story 19ab… (headline), for everybody, until …`.
pub(super) fn line(mute: &Line, zone: &TimeZone) -> String {
    let until = match mute.until {
        Some(until) if mute.in_force => format!("until {}", moment(until, zone)),
        Some(until) => format!("over since {}", moment(until, zone)),
        None => "for ever".to_owned(),
    };
    let reader = mute.reader.as_deref().map_or_else(|| "everybody".to_owned(), terminal);
    let reason = if mute.reason.is_empty() { String::new() } else { format!(" · {}", words::inline(&mute.reason)) };
    format!("{}  {} · for {reader} · {until}{}{reason}", mute.id, object(mute), hid(mute.hidden))
}

fn hid(hidden: u64) -> String {
    if hidden == 0 { String::new() } else { format!(" · hid {}", count(hidden, "alert")) }
}

fn object(mute: &Line) -> String {
    let name = if mute.name.is_empty() || mute.name == mute.target {
        String::new()
    } else {
        format!(" ({})", words::inline(&mute.name))
    };
    format!("{} {}{name}", terminal(&mute.what), terminal(&mute.target))
}

fn listed(mutes: &[Line], all: bool, zone: &TimeZone) -> String {
    if mutes.is_empty() {
        let told = if all { "nothing was ever muted" } else { "nothing is muted" };
        return format!("{told}\n");
    }
    let hidden: u64 = mutes.iter().map(|mute| mute.hidden).sum();
    let lines: String = mutes.iter().map(|mute| line(mute, zone) + "\n").collect();
    format!("{lines}\n{}, {} hidden so far\n", count(mutes.len() as u64, "mute"), number(hidden))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mute_lasts_for_a_time_or_ever() {
        assert_eq!(lasts("7d"), Ok(Lasts::For(SignedDuration::from_hours(168))));
        assert_eq!(lasts("ever"), Ok(Lasts::Ever));
        for (wrong, told) in [("0s", "above zero"), ("7", "or `ever`"), ("99999999h", "dates reach"), ("1mo", "weeks")]
        {
            let said = lasts(wrong).expect_err("no length");
            assert!(said.contains(told), "{wrong}: {said}");
        }
    }

    #[test]
    fn a_mute_is_named_with_or_without_its_letter() {
        assert_eq!((name("m3"), name("12")), (Ok(MuteId(3)), Ok(MuteId(12))));
        assert!(name("story").is_err() && name("m").is_err() && name("m-1").is_err());
    }

    #[test]
    fn a_mute_is_one_line() {
        let at = |second| Timestamp::from_second(second).expect("a test instant");
        let mute = Line {
            id: "m3".to_owned(),
            what: "story".to_owned(),
            target: "19ab000000000000".to_owned(),
            name: "هجوم".to_owned(),
            reader: None,
            since: at(0),
            until: Some(at(60)),
            in_force: true,
            reason: "known".to_owned(),
            hidden: 2,
        };
        assert_eq!(
            line(&mute, &TimeZone::UTC),
            "m3  story 19ab000000000000 (\u{2068}هجوم\u{2069}) · for everybody · until 1970-01-01 00:01 UTC · hid 2 alerts · known"
        );
        let over = Line {
            what: "watch".to_owned(),
            target: "attacks".to_owned(),
            name: "attacks".to_owned(),
            reader: Some("amina@example.org".to_owned()),
            in_force: false,
            reason: String::new(),
            hidden: 0,
            ..mute.clone()
        };
        assert_eq!(
            line(&over, &TimeZone::UTC),
            "m3  watch attacks · for amina@example.org · over since 1970-01-01 00:01 UTC"
        );
        assert!(line(&Line { until: None, ..mute }, &TimeZone::UTC).contains("· for ever ·"));
    }
}
