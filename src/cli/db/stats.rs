//! `db stats`: what the store holds, in plain words.

use std::path::Path;

use jiff::Timestamp;

use super::bar;
use crate::cli::{exit, setup, show};
use crate::daemon::care::{self, DiskLine, Forecast, Request, Retention, StoreStats, TableLine};
use crate::daemon::control::{self, Question};
use crate::store::Reading;

pub(super) fn run(path: &Path, json: bool) -> u8 {
    match look(path) {
        Ok(Some(stats)) if json => show::json(&stats),
        Ok(Some(stats)) => print(&stats, Timestamp::now()),
        Ok(None) => {
            errln!("error: the daemon was stopped before it had added everything up; ask again");
            exit::UNAVAILABLE
        }
        Err(code) => code,
    }
}

fn look(path: &Path) -> Result<Option<StoreStats>, u8> {
    let config = setup::configuration_without_secrets(path)?;
    let (bar, show) = bar("adding up");
    let asked =
        control::ask(&config.storage.path, &Question::Db(Request::Stats), |read, rows| show(Reading { read, rows }));
    let stats = match asked {
        Some(answer) => setup::understood(answer),
        None => setup::rested(&config, |store| {
            care::stats(store, &config, Timestamp::now(), &mut |reading| {
                show(reading);
                true
            })
        }),
    };
    bar.finish_and_clear();
    stats
}

fn print(stats: &StoreStats, now: Timestamp) -> u8 {
    let mut table = show::table(&["WHAT", "ROWS", "BYTES"]);
    for line in &stats.tables {
        table.add_row(vec![words(line).to_owned(), line.rows.to_string(), show::bytes(line.bytes)]);
    }
    outln!("{}", table.trim_fmt());
    outln!("");
    outln!("rows      {} in {} rows", show::bytes(stats.live_bytes), stats.rows);
    let again = if stats.compaction_asked { "; the next start of the daemon compacts it" } else { "" };
    outln!("on disk   {}, {} for each byte of a row{again}", show::bytes(stats.file_bytes), stats.factor);
    outln!("items     the oldest {}, the newest {}", moment(now, stats.oldest), moment(now, stats.newest));
    outln!("growth    {}", growth(stats));
    outln!("keeps     {}", keeps(&stats.retention));
    outln!("disk      {}", disk(&stats.disk));
    exit::OK
}

fn moment(now: Timestamp, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "none".to_owned(), |at| show::moment(now, Some(at)))
}

fn growth(stats: &StoreStats) -> String {
    let Some((texts, rest)) = stats.daily else { return "none in the last week".to_owned() };
    let rate = format!("{} of rows a day in the last week", show::bytes(texts.saturating_add(rest)));
    match stats.forecast {
        Some(Forecast::FullIn { days }) => format!("{rate}: the disk is full in {}", show::counted_days(days)),
        Some(Forecast::LevelsOff { bytes }) => {
            format!("{rate}: levels off at {} of rows, when as much is forgotten as comes", show::bytes(bytes))
        }
        None => rate,
    }
}

fn keeps(retention: &Retention) -> String {
    let Retention { keep_items_days, keep_bodies_days, max_size } = *retention;
    let size = max_size.map_or_else(
        || "whatever their size (max_size is not set)".to_owned(),
        |most| format!("or less long, so that all rows have no more than {} (max_size)", show::bytes(most)),
    );
    format!("items for {keep_items_days} d, their texts for {keep_bodies_days} d, {size}")
}

fn disk(disk: &DiskLine) -> String {
    let state = match (disk.full, disk.low) {
        (true, _) => "; FULL: nothing new is taken in until there is room",
        (_, true) => "; LOW",
        _ => "",
    };
    let (free, size) = (show::bytes(disk.free), show::bytes(disk.size));
    format!("{free} of {size} free; you are told below {}{state}", show::bytes(disk.low_below))
}

/// What a table holds.
fn words(line: &TableLine) -> &str {
    match line.table.as_str() {
        "meta" => "the store's own count",
        "sources" => "sources: when asked, what answered",
        "items" => "items: headline, link, dates",
        "texts" => "summaries and full texts",
        "entries" => "seen: ids of entries",
        "links" => "seen: addresses",
        "same-texts" => "seen: texts",
        "titles" => "seen: headlines",
        "due-alerts" => "alerts that wait to be addressed",
        "done-alerts" => "alerts that were addressed",
        "outbox" => "mails that wait",
        "messages" => "mails that wait: their bytes",
        "settled" => "mails that are settled: by name",
        "ledger" => "mails that are settled: what became of them",
        "watches" => "watches ever met",
        "placements" => "stories: where items belong",
        "stories" => "stories: their items",
        "waiting" => "alerts that a reader waits for",
        "fates" => "alerts: what became of them, by reader",
        "told" => "stories: what each reader knows",
        "mutes" => "mutes",
        "digests" => "digests: when last sent",
        "standings" => "sources: how they stand",
        "wanted" => "articles to be fetched",
        "articles" => "articles: what became of them",
        "operator" => "what the operator was told",
        // Of a newer daemon.
        other => other,
    }
}
