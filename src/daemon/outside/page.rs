//! Every metric: its name, what it means and where its value comes from. Pure. `docs/monitoring.md` lists them, and a test compares.
//!
//! Names follow prometheus.io/docs/practices/naming. Labels hold what is known of the public: ids of sources, names of coverage floors,
//! words of this program. Who watches what is nobody else's business, so that no watch, query, reader or address is ever one of them.
//! The most series there can be is seven for each source and a hundred beside.

use std::fmt;

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, prometheus_text};
use prometheus_client::registry::Registry;

use super::figures::{Figures, Stored};
use super::sheet::Sheet;
use crate::daemon::report::SourceLine;

/// The type of the page.
pub(super) const CONTENT_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// Writes the page.
pub(super) fn write(figures: Figures) -> String {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Page(figures)));
    let mut page = String::new();
    prometheus_text::encode(&mut page, &registry).expect("a text takes everything");
    page
}

#[derive(Debug)]
struct Page(Figures);

impl Collector for Page {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (mut sheet, figures) = (Sheet(encoder), &self.0);
        program(&mut sheet, figures)?;
        polls(&mut sheet, figures)?;
        alerts(&mut sheet, figures)?;
        disk(&mut sheet, figures)?;
        let Some(stored) = &figures.stored else { return Ok(()) };
        mail(&mut sheet, stored, figures.now)?;
        store(&mut sheet, stored)?;
        sources(&mut sheet, &stored.sources)?;
        lags(&mut sheet, figures, &stored.sources)?;
        coverage(&mut sheet, stored)
    }
}

/// The program itself and its configuration.
fn program(sheet: &mut Sheet<'_>, figures: &Figures) -> fmt::Result {
    let (process, configuration) = (&figures.process, &figures.configuration);
    sheet.gauges(
        "sahelwatch_build_info",
        "1, with the version of the program.",
        "version",
        [(env!("CARGO_PKG_VERSION"), 1u32)],
    )?;
    sheet.gauge("process_start_time_seconds", "When the daemon was started.", seconds(figures.started))?;
    sheet.gauge_if("process_resident_memory_bytes", "Memory in use.", process.resident)?;
    sheet.gauge_if("process_open_fds", "Open files and sockets.", process.files)?;
    let hangs = figures.loops.iter().map(|(name, hangs)| (*name, u32::from(*hangs)));
    sheet.gauges("sahelwatch_loop_hanging", "1 when a loop did not move for a minute.", "loop", hangs)?;
    sheet.gauge(
        "sahelwatch_config_last_reload_successful",
        "0 while the configuration on disk is refused and the one before is in force.",
        u32::from(!configuration.refused),
    )?;
    sheet.gauge(
        "sahelwatch_config_last_reload_success_timestamp_seconds",
        "When the configuration in force was read.",
        seconds(configuration.read),
    )
}

/// From a due source to items.
fn polls(sheet: &mut Sheet<'_>, figures: &Figures) -> fmt::Result {
    let counted = &figures.counted;
    sheet.counters("sahelwatch_polls", "Polls, by how they went.", "outcome", counted.polls.rows())?;
    sheet.histogram(
        "sahelwatch_poll_duration_seconds",
        "From asking a source to having read its answer, the wait for its host's turn included.",
        &counted.poll_time,
    )?;
    sheet.counter("sahelwatch_fetched_bytes", "Bytes of the documents that were read, decompressed.", counted.bytes)?;
    sheet.counters(
        "sahelwatch_articles",
        "Articles fetched for their full text, by how that went.",
        "outcome",
        counted.articles.rows(),
    )?;
    sheet.histogram(
        "sahelwatch_ingest_duration_seconds",
        "From a group of polls to its items identified, matched and stored.",
        &counted.ingest_time,
    )?;
    sheet.counters(
        "sahelwatch_items",
        "New items, by whether they were put before the watches (new) or found by a first poll (primed).",
        "reason",
        counted.items.rows(),
    )?;
    sheet.counter("sahelwatch_items_copied", "New items that print the text of another.", counted.copies)
}

/// From items to mail, as far as the store need not be asked.
fn alerts(sheet: &mut Sheet<'_>, figures: &Figures) -> fmt::Result {
    let counted = &figures.counted;
    sheet.counters(
        "sahelwatch_alerts_raised",
        "Alerts raised: a watch that matched an item, by why it was asked.",
        "reason",
        counted.raised.rows(),
    )?;
    sheet.counters(
        "sahelwatch_alerts_decided",
        "What became of alerts, once for each reader: why there was a mail, or why there was none.",
        "reason",
        counted.decided.rows(),
    )?;
    sheet.counters(
        "sahelwatch_notifications",
        "Mails that came to an end, by which end.",
        "outcome",
        counted.notifications.rows(),
    )?;
    sheet.counter(
        "sahelwatch_mail_postponed",
        "Attempts to send a mail after which it waits on.",
        counted.postponed,
    )?;
    let stuck = counted.looked.map(|looked| u32::from(looked.stuck.is_some()));
    sheet.gauge_if("sahelwatch_mail_broken", "1 when no mail has left for 15 minutes although some was tried.", stuck)
}

/// What the disk does, and whether the store answers.
fn disk(sheet: &mut Sheet<'_>, figures: &Figures) -> fmt::Result {
    sheet.gauge(
        "sahelwatch_store_up",
        "1 when the store was open and answered this time.",
        u32::from(figures.stored.is_some()),
    )?;
    let Some(latencies) = &figures.latencies else { return Ok(()) };
    sheet.histogram(
        "sahelwatch_store_fsync_duration_seconds",
        "How long the disk took for an fsync of the store.",
        &latencies.sync,
    )?;
    sheet.histogram(
        "sahelwatch_store_commit_duration_seconds",
        "How long it took to make a commit durable, its fsync included.",
        &latencies.commit,
    )
}

/// What waits, and since when.
fn mail(sheet: &mut Sheet<'_>, stored: &Stored, now: Timestamp) -> fmt::Result {
    let (mail, alerts) = (&stored.status.mail, &stored.status.alerts);
    sheet.gauge("sahelwatch_mail_queue", "Mails that wait for the mail server.", mail.queued)?;
    let age = mail.oldest.map_or(0.0, |oldest| now.duration_since(oldest).as_secs_f64().max(0.0));
    sheet.gauge(
        "sahelwatch_mail_oldest_age_seconds",
        "How long the oldest mail that waits has waited; 0 without any.",
        age,
    )?;
    sheet.gauge_if(
        "sahelwatch_mail_last_sent_timestamp_seconds",
        "When the last mail was accepted.",
        mail.last_sent.map(seconds),
    )?;
    let waiting = alerts.by_reason.iter().map(|held| (held.reason.map_or("unlooked", |why| why.as_str()), held.count));
    sheet.gauges(
        "sahelwatch_alerts_waiting",
        "Alerts that wait, once for each reader, by what they wait for.",
        "reason",
        waiting,
    )?;
    sheet.gauge("sahelwatch_stories_open", "Stories with an alert in the last 72 hours.", alerts.stories_open)?;
    sheet.gauge("sahelwatch_mutes", "Mutes in force.", alerts.mutes.len())
}

/// How large the store is, and how much may come.
fn store(sheet: &mut Sheet<'_>, stored: &Stored) -> fmt::Result {
    let stats = &stored.stats;
    sheet.gauge("sahelwatch_store_size_bytes", "Bytes of the store on disk.", stats.bytes)?;
    let rows = [
        ("sources", stats.sources),
        ("items", stats.items),
        ("due_alerts", stats.due_alerts),
        ("waiting_alerts", stats.waiting),
        ("open_notifications", stats.open_notifications),
        ("settled_notifications", stats.settled_notifications),
    ];
    sheet.gauges("sahelwatch_store_rows", "Rows of the store's larger tables.", "table", rows)?;
    sheet.gauge_if("sahelwatch_store_free_bytes", "Bytes left on the disk of the state folder.", stored.free)?;
    sheet.gauge(
        "sahelwatch_store_set_aside",
        "Damaged stores that were set aside and wait for a person.",
        stored.status.set_aside.len(),
    )
}

/// Each source by itself.
fn sources(sheet: &mut Sheet<'_>, lines: &[SourceLine]) -> fmt::Result {
    let moments = |of: fn(&SourceLine) -> Option<Timestamp>| {
        lines.iter().filter_map(move |line| Some((line.id.as_str(), seconds(of(line)?))))
    };
    sheet.states(
        "sahelwatch_source_state",
        "1, with the state the source is in.",
        "source",
        lines.iter().map(|line| (line.id.as_str(), line.state.as_str())),
    )?;
    sheet.gauges(
        "sahelwatch_source_last_success_timestamp_seconds",
        "When the source was last asked, answered and was read.",
        "source",
        moments(|line| line.last_ok),
    )?;
    sheet.gauges(
        "sahelwatch_source_last_new_timestamp_seconds",
        "When the source last brought a new item.",
        "source",
        moments(|line| line.last_new),
    )?;
    sheet.gauges(
        "sahelwatch_source_next_poll_timestamp_seconds",
        "When the source is due.",
        "source",
        moments(|line| line.next_poll),
    )?;
    sheet.gauges(
        "sahelwatch_source_failures",
        "Failed polls of the source in a row.",
        "source",
        lines.iter().map(|line| (line.id.as_str(), line.failures)),
    )?;
    let last = lines.iter().filter_map(|line| line.last_new).max().map(seconds);
    sheet.gauge_if("sahelwatch_last_new_item_timestamp_seconds", "When any source last brought a new item.", last)
}

/// How late news are, by what their sources print. Of sources that are configured still.
fn lags(sheet: &mut Sheet<'_>, figures: &Figures, lines: &[SourceLine]) -> fmt::Result {
    let lag = |line: &SourceLine| figures.counted.lags.get(line.id.as_str()).map(|lag| lag.as_secs_f64());
    sheet.gauges(
        "sahelwatch_source_lag_seconds",
        "From the printed time of the newest item of the source's last news to its being stored.",
        "source",
        lines.iter().filter_map(|line| Some((line.id.as_str(), lag(line)?))),
    )
}

/// All sources together.
fn coverage(sheet: &mut Sheet<'_>, stored: &Stored) -> fmt::Result {
    let counts = stored.status.sources;
    let states = [
        ("ok", counts.ok),
        ("failing", counts.failing),
        ("blocked", counts.blocked),
        ("degraded", counts.degraded),
        ("silent", counts.silent),
        ("overflowing", counts.overflowing),
        ("moved", counts.moved),
        ("cutoff", counts.cutoff),
        ("waiting", counts.waiting),
    ];
    sheet.gauges("sahelwatch_sources", "Sources by state.", "state", states)?;
    let floors = &stored.floors;
    let live = floors.iter().map(|floor| (floor.name.as_str(), floor.live));
    sheet.gauges("sahelwatch_coverage_live_sources", "Live sources that count for a coverage floor.", "floor", live)?;
    let wanted = floors.iter().map(|floor| (floor.name.as_str(), floor.at_least));
    sheet.gauges(
        "sahelwatch_coverage_floor_sources",
        "Live sources that a coverage floor asks for.",
        "floor",
        wanted,
    )?;
    sheet.gauge(
        "sahelwatch_network_outage",
        "1 while our own network fails, and no source is to blame.",
        u32::from(stored.status.outage.is_some()),
    )
}

/// Seconds since 1970, as Prometheus counts.
fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}
