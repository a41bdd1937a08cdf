//! `explain`: what became of an item and why, or how a query is understood.

mod item;
mod query;

use std::path::Path;

use jiff::SignedDuration;

use super::past::{self, how_long};
use super::{exit, setup, show};
use crate::config::Config;
use crate::daemon::lookback::Target;
use crate::daemon::lookback::{Request, understood};
use crate::store::Store;

/// Options of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// An item's number as mails and `search` print it (eight digits are enough), an article's address, or a query
    #[arg(value_name = "ITEM|URL|QUERY", allow_hyphen_values = true)]
    what: String,
    /// How far back a query is counted, by when items were first seen
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = how_long)]
    since: SignedDuration,
    /// One JSON document; of an item with every clause of every watch
    #[arg(long)]
    json: bool,
}

pub(super) fn run(path: &Path, options: &Arguments) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let told = match Target::of(&options.what) {
        Some(target) => tell_item(&config, target, options.json),
        None => tell_query(&config, options),
    };
    told.unwrap_or_else(|code| code)
}

fn tell_item(config: &Config, target: Target, json: bool) -> Result<u8, u8> {
    let life = past::ask(config, &Request::Life(target))?;
    if json {
        return Ok(show::json(&life));
    }
    out!("{}", item::told(&life, &config.timezone));
    Ok(exit::OK)
}

fn tell_query(config: &Config, options: &Arguments) -> Result<u8, u8> {
    let understood = if Store::exists(&config.storage) {
        let ask = understood::Explain { query: options.what.clone(), since: past::ago(options.since) };
        past::ask(config, &Request::Query(ask))?
    } else {
        understood::alone(config, &options.what).map_err(|refusal| past::refused(&refusal))?
    };
    if options.json {
        return Ok(show::json(&understood));
    }
    understood.warnings.iter().for_each(|warning| errln!("{warning}"));
    out!("{}", query::told(&understood, &config.timezone));
    if understood.found.is_none() {
        errln!("nothing was ever polled here, so nothing is counted: no store in {}", config.storage.path.display());
    }
    Ok(exit::OK)
}
