//! `backtest`: what a watch would have found, and what a change to it would gain and lose.

use std::path::Path;

use jiff::SignedDuration;

use super::past::{self, Marks, ago, count, how_long};
use super::{exit, setup, show};
use crate::config::Config;
use crate::daemon::lookback::{Day, Hit, Request, Share, backtest, nearest};
use crate::model::{Asks, Watch};
use crate::text::display::terminal;

/// Matches shown, and with `--list`.
const SAMPLES: usize = 5;
const LISTED: usize = 1000;

/// Languages and sources named.
const SHARES: usize = 8;

/// Widest bar of a day, in characters.
const WIDTH: u64 = 40;

/// Options of `backtest`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The watch, as it stands in the files
    #[arg(required_unless_present = "query")]
    watch: Option<String>,
    /// How far back, by when items were first seen
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = how_long)]
    since: SignedDuration,
    /// This query instead of the watch's own
    #[arg(long, allow_hyphen_values = true)]
    query: Option<String>,
    /// Say what is gained and lost against the watch in force: with --query, or after its file was changed and before `reload`
    #[arg(long, requires = "watch")]
    compare: bool,
    /// Show every match, up to a thousand, not only the newest five
    #[arg(long)]
    list: bool,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(path: &Path, options: &Arguments) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let watch = match options.watch.as_deref().map(|id| find(&config, id)).transpose() {
        Ok(watch) => watch,
        Err(error) => {
            errln!("error: {error}");
            return exit::USAGE;
        }
    };
    let asks = options.query.clone().map(Asks::Query).or_else(|| watch.map(|watch| watch.asks.clone()));
    let request = backtest::Backtest {
        watch: watch.map(|watch| watch.id.clone()),
        asks: asks.unwrap_or_else(|| unreachable!("the arguments name a watch or a query")),
        compare: options.compare,
        since: ago(options.since),
        samples: if options.list { LISTED } else { SAMPLES },
    };
    let found: backtest::Found = match past::ask(&config, &Request::Backtest(Box::new(request))) {
        Ok(found) => found,
        Err(code) => return code,
    };
    if options.json {
        return show::json(&found);
    }
    found.warnings.iter().for_each(|warning| errln!("{warning}"));
    print(&found, &config);
    exit::OK
}

fn find<'a>(config: &'a Config, id: &str) -> Result<&'a Watch, String> {
    let ids = || config.watches.iter().map(|watch| watch.id.as_str());
    config.watches.iter().find(|watch| watch.id.as_str() == id).ok_or_else(|| {
        let hint = match nearest(id, ids()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("watches: {}", ids().collect::<Vec<_>>().join(", ")),
        };
        format!("there is no watch `{}`; {hint}", terminal(id))
    })
}

fn print(found: &backtest::Found, config: &Config) {
    let volume = &found.volume;
    outln!("{}", terminal(&found.query));
    outln!(
        "{} of {} match, first seen since {}",
        past::number(volume.items),
        count(found.looked_at, "item"),
        found.since.strftime("%Y-%m-%d")
    );
    outln!("{}", alerts(found));
    if volume.items > 0 {
        outln!("\n{}", days(&volume.days));
        let some = match volume.languages_of {
            told if told < volume.items => format!(" (of {} looked at)", past::number(told)),
            _ => String::new(),
        };
        outln!("languages  {}{some}", shares(&volume.languages));
        outln!("sources    {}", shares(&volume.sources));
    }
    let marks = Marks::for_stdout();
    let list = |title: String, hits: &[Hit]| {
        if !hits.is_empty() {
            outln!("\n{title}");
            hits.iter().for_each(|hit| outln!("\n{}", marks.hit(hit, &config.timezone)));
        }
    };
    list(format!("the newest {} of {}", found.samples.len(), past::number(volume.items)), &found.samples);
    if let Some(compared) = &found.compared {
        outln!("\n{}", against(compared));
        list(format!("gained, the newest {}", compared.gained_samples.len()), &compared.gained_samples);
        list(format!("lost, the newest {}", compared.lost_samples.len()), &compared.lost_samples);
    }
}

/// What would have been mailed.
fn alerts(found: &backtest::Found) -> String {
    let alerts = count(found.volume.alerts, "alert");
    let stories = match found.stories {
        1 => "1 story".to_owned(),
        n => format!("{} stories", past::number(n)),
    };
    let to = match found.recipients {
        0 => String::new(),
        people => format!(", each story one mail to {}, and updates", count(people as u64, "recipient")),
    };
    let primed = match found.volume.items - found.volume.alerts {
        0 => String::new(),
        primed => format!("; {} only remembered by the first poll of its source", was(primed)),
    };
    format!("{alerts} on {stories} would have been raised{to}{primed}")
}

fn was(n: u64) -> String {
    format!("{} {}", past::number(n), if n == 1 { "was" } else { "were" })
}

fn against(compared: &backtest::Compared) -> String {
    let changes = format!("{} gained, {} lost", past::number(compared.gained), past::number(compared.lost));
    match &compared.live {
        Some(live) => {
            format!(
                "against the watch in force, which matches {}: {changes}\n  {}",
                past::number(compared.live_items),
                terminal(live)
            )
        }
        None => format!("no watch of this id is in force yet: {changes}"),
    }
}

/// A line for each day, with a bar.
fn days(days: &[Day]) -> String {
    let most = days.iter().map(|day| day.matched).max().unwrap_or(0).max(1);
    let line = |day: &Day| {
        let width = usize::try_from((day.matched * WIDTH).div_ceil(most)).unwrap_or(0);
        format!("{} {:>7}  {}", day.day, day.matched, "█".repeat(width)).trim_end().to_owned() + "\n"
    };
    days.iter().map(line).collect()
}

/// `fr 120 · ar 40 · 3 more`.
fn shares(shares: &[Share]) -> String {
    let named =
        shares.iter().take(SHARES).map(|share| format!("{} {}", terminal(&share.name), past::number(share.items)));
    let more = shares.len().checked_sub(SHARES).filter(|more| *more > 0).map(|more| format!("{more} more"));
    named.chain(more).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_drawn_to_the_busiest() {
        let day = |on, matched| Day { day: jiff::civil::date(2026, 11, on), items: 100, matched };
        assert_eq!(
            days(&[day(1, 0), day(2, 1), day(3, 80)]),
            format!("2026-11-01       0\n2026-11-02       1  █\n2026-11-03      80  {}\n", "█".repeat(40))
        );
    }

    #[test]
    fn few_are_named() {
        let share = |n: u64| Share { name: format!("s{n}"), items: n };
        assert_eq!(shares(&[share(2), share(1)]), "s2 2 · s1 1");
        assert_eq!(shares(&(1..=10).map(share).collect::<Vec<_>>()).rsplit(" · ").next(), Some("2 more"));
    }
}
