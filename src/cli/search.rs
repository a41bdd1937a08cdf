//! `search`: stored items that a query matches, the newest first.

use std::path::Path;

use jiff::SignedDuration;

use super::past::{self, Marks, ago, count, how_long};
use super::{exit, setup, show};
use crate::daemon::lookback::{Request, search};

/// Most items shown.
const MOST: u64 = 1000;

/// Options of `search`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The query, as in a watch
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// How far back, by when items were first seen
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = how_long)]
    since: SignedDuration,
    /// Only items in this language (ar, en, fr, ha, pt; und: unknown)
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// Only items of this source; `rfi*` for all that begin so
    #[arg(long, value_name = "ID")]
    source: Option<String>,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=MOST))]
    limit: u64,
    /// One JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(path: &Path, options: &Arguments) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => return code,
    };
    let request = Request::Search(search::Search {
        query: options.query.clone(),
        since: ago(options.since),
        lang: options.lang.clone(),
        source: options.source.clone(),
        limit: usize::try_from(options.limit).unwrap_or(usize::MAX),
    });
    let found: search::Found = match past::ask(&config, &request) {
        Ok(found) => found,
        Err(code) => return code,
    };
    let code = if found.hits.is_empty() { exit::NEGATIVE } else { exit::OK };
    if options.json {
        return show::json(&found).max(code);
    }
    found.warnings.iter().for_each(|warning| errln!("{warning}"));
    let marks = Marks::for_stdout();
    found.hits.iter().for_each(|hit| outln!("{}\n", marks.hit(hit, &config.timezone)));
    errln!("{}", summary(&found));
    code
}

fn summary(found: &search::Found) -> String {
    let looked_at =
        format!("{} looked at, first seen since {}", count(found.looked_at, "item"), found.since.strftime("%Y-%m-%d"));
    match (found.hits.len() as u64, found.more) {
        (0, _) if found.looked_at == 0 => {
            format!("nothing found: no item was first seen since {}", found.since.strftime("%Y-%m-%d"))
        }
        (0, _) => format!("nothing found ({looked_at}); `sahelwatch explain QUERY` says how the query is understood"),
        (shown, true) => {
            format!("the newest {} ({looked_at}); older ones match too: --limit shows more", count(shown, "item"))
        }
        (shown, false) => format!("{} ({looked_at})", count(shown, "item")),
    }
}
