//! `stories`: what is reported, event by event.

mod list;
mod sheet;

use std::path::Path;

use jiff::SignedDuration;

use super::past::{self, how_long};
use super::{desk, exit, setup, show};
use crate::config::Config;
use crate::daemon::desk::Request;
use crate::daemon::desk::card::{Ask, Found};
use crate::daemon::desk::sheet::Sheet;

/// Most stories listed.
const MOST: u64 = 1000;

pub(super) const EXAMPLES: &str = "\
Examples:
  sahelwatch stories                          what was reported in the last three days?
  sahelwatch stories --mailed --since 1d      what were people told of since yesterday?
  sahelwatch stories --country BF --watch attacks
  sahelwatch stories show STORY               every item, figure and mail of one story
  sahelwatch story split ITEM                 an item that is another event
  sahelwatch story merge STORY INTO           two stories that are one event";

/// Options of `stories`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// With a report first seen so long ago at most
    #[arg(long, value_name = "TIME", default_value = "3d", value_parser = how_long)]
    since: SignedDuration,
    /// Only those this watch alerted on
    #[arg(long, value_name = "ID")]
    watch: Option<String>,
    /// Only those this source reports
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// Only those in this country (ISO 3166-1: BF, ML, NE …)
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
    /// Only those somebody was told of
    #[arg(long)]
    mailed: bool,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    limit: u64,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

/// What else `stories` can do.
#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show everything that is known of one story
    Show {
        /// The number of the story, or of one of its items; the first digits are enough
        story: String,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(path: &Path, options: &Arguments) -> u8 {
    let told = setup::configuration_without_secrets(path).and_then(|config| match &options.command {
        Some(Command::Show { story, json }) => show_one(&config, story, *json),
        None => list_all(&config, options),
    });
    told.unwrap_or_else(|code| code)
}

fn show_one(config: &Config, story: &str, json: bool) -> Result<u8, u8> {
    let sheet: Sheet = desk::ask(config, Request::Story(desk::target(story)?))?;
    if json {
        return Ok(show::json(&sheet));
    }
    out!("{}", sheet::told(&sheet, &config.timezone));
    Ok(exit::OK)
}

fn list_all(config: &Config, options: &Arguments) -> Result<u8, u8> {
    let ask = Ask {
        since: past::ago(options.since),
        watch: options.watch.clone(),
        source: options.source.clone(),
        country: options.country.clone(),
        mailed: options.mailed,
        limit: usize::try_from(options.limit).unwrap_or(usize::MAX),
    };
    let found: Found = desk::ask(config, Request::Stories(ask))?;
    let code = if found.stories.is_empty() { exit::NEGATIVE } else { exit::OK };
    if options.json {
        return Ok(show::json(&found).max(code));
    }
    found.stories.iter().for_each(|card| outln!("{}\n", list::card(card, &config.timezone)));
    errln!("{}", list::summary(&found));
    Ok(code)
}
