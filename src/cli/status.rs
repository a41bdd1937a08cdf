//! `status`: the whole picture on one screen.

use std::path::Path;

use jiff::Timestamp;

use super::{exit, setup, show, words};
use crate::daemon::care::DiskLine;
use crate::daemon::control::Question;
use crate::daemon::desk::pending::Pending;
use crate::daemon::report::{self, SourceCounts, SourceLine, Status};
use crate::text::display::terminal;

/// A queue this old means that mail does not leave.
const STUCK: i64 = 15 * 60;

pub(super) fn run(path: &Path, json: bool) -> u8 {
    let now = Timestamp::now();
    let answer = setup::configuration_without_secrets(path)
        .and_then(|config| setup::ask(&config, Question::Status, |store| report::status(store, &config, None, now)));
    match answer {
        Ok(status) => {
            let code = if needs_a_person(&status, now) { exit::NEGATIVE } else { exit::OK };
            if json { show::json(&status).max(code) } else { print(&status, now, code) }
        }
        Err(code) => code,
    }
}

fn needs_a_person(status: &Status, now: Timestamp) -> bool {
    let stuck = status.mail.oldest.is_some_and(|oldest| now.duration_since(oldest).as_secs() > STUCK);
    let sick = status.daemon.as_ref().is_some_and(|daemon| {
        daemon.reload_refused.is_some() || daemon.mail_stopped.is_some() || !daemon.hanging.is_empty()
    });
    stuck || sick || status.mail.lost_today > 0 || status.disk.low || !status.set_aside.is_empty()
}

fn print(status: &Status, now: Timestamp, code: u8) -> u8 {
    match &status.daemon {
        Some(daemon) => {
            let (up, configured) = (show::age(now, daemon.started), show::moment(now, Some(daemon.configured)));
            outln!("● sahelwatch {}   up {up}   pid {}   configuration read {configured}", status.version, daemon.pid);
        }
        None => outln!("○ sahelwatch {}   not running", status.version),
    }
    let (sources, mail) = (status.sources, &status.mail);
    outln!("  sources  {}   {}", sources.configured, by_state(&sources));
    outln!("  items    {}", status.items);
    pending(&status.alerts, now).iter().for_each(|line| outln!("  {line}"));
    let last = show::moment(now, mail.last_sent);
    outln!("  mail     {} sent in 24 h · {} queued · last {last}", mail.sent_today, mail.queued);
    outln!(
        "  store    {} · {} free on its disk · exported {}",
        show::bytes(status.store_bytes),
        show::bytes(status.disk.free),
        show::moment(now, status.exported)
    );
    for line in troubles(status, now) {
        outln!("  {line}");
    }
    code
}

/// How many sources are in which state; those that are in none are not named.
fn by_state(counts: &SourceCounts) -> String {
    let states = [
        (counts.ok, "ok"),
        (counts.failing, "failing"),
        (counts.blocked, "blocked"),
        (counts.degraded, "degraded"),
        (counts.silent, "silent"),
        (counts.overflowing, "overflowing"),
        (counts.moved, "moved"),
        (counts.cutoff, "cut off"),
        (counts.waiting, "not polled yet"),
    ];
    let named = states.iter().filter(|(count, state)| *count > 0 || *state == "ok");
    named.map(|(count, state)| format!("{count} {state}")).collect::<Vec<_>>().join(" · ")
}

/// Stories, and what waits or is hidden, a line each.
fn pending(alerts: &Pending, now: Timestamp) -> Vec<String> {
    let mut lines = vec![format!("stories  {} with an alert in 72 h", alerts.stories_open)];
    if alerts.waiting > 0 {
        lines.push(format!("alerts   {} waiting, each for one reader", alerts.waiting));
    }
    lines.extend(alerts.by_reason.iter().map(|held| {
        let why = held.reason.map_or("looked at shortly", words::reason);
        let until = held.until.map(|until| format!(", the first {}", show::moment(now, Some(until.max(now)))));
        format!("         {} · {why}{}", held.count, until.unwrap_or_default())
    }));
    lines.extend(alerts.next_digest.iter().map(|digest| {
        let at = show::moment(now, Some(digest.at));
        format!(
            "digest   {} {at} · {} waiting for it",
            terminal(&digest.id),
            show::counted(digest.waiting, "alert", "alerts")
        )
    }));
    lines.extend(alerts.mutes.iter().map(|mute| {
        let until = mute
            .until
            .map_or_else(|| "for ever".to_owned(), |until| format!("ends {}", show::moment(now, Some(until))));
        let reader = mute.reader.as_deref().map(|reader| format!(" for {}", terminal(reader))).unwrap_or_default();
        let (what, target) = (terminal(&mute.what), terminal(&mute.target));
        format!("muted    {} {what} {target}{reader} · {until} · hid {}", mute.id, mute.hidden)
    }));
    lines
}

/// What is wrong, a line each.
fn troubles(status: &Status, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(daemon) = &status.daemon {
        lines.extend(daemon.hanging.iter().map(|name| format!("HANGS    {name}")));
        lines.extend(daemon.mail_stopped.iter().map(|why| format!("STOPPED  no mail leaves: {}", terminal(why))));
        lines.extend(
            daemon
                .reload_refused
                .iter()
                .map(|problems| format!("RELOAD   refused, the old configuration is in force:\n{problems}")),
        );
    }
    lines.extend(status.set_aside.iter().map(|folder| {
        format!("DAMAGED  an earlier store was set aside: {}; remove it when it was looked into", folder.display())
    }));
    if !status.set_aside.is_empty() {
        lines.extend(status.made_anew.iter().map(|told| format!("         {told}")));
    }
    lines.extend(disk(&status.disk));
    let mail = &status.mail;
    if mail.lost_today > 0 {
        lines.push(format!(
            "LOST     {} mails refused or expired in 24 h: nobody was told; see the journal",
            mail.lost_today
        ));
    }
    if let Some(error) = &mail.last_error {
        lines.push(format!("mail     waits: {}", terminal(error)));
    }
    if let Some(outage) = &status.outage {
        lines.push(format!(
            "NETWORK  {} of {} sources fail at once, for {}: it is our own line; no source is to blame",
            outage.failing,
            outage.of,
            show::age(now, outage.since)
        ));
    }
    lines.extend(status.short.iter().map(|floor| {
        let down = if floor.down.is_empty() { String::new() } else { format!("; not live: {}", floor.down.join(", ")) };
        format!("COVERAGE {}: {} of at least {} live sources{down}", terminal(&floor.name), floor.live, floor.at_least)
    }));
    lines.extend(status.failing.iter().chain(&status.troubled).map(|source| trouble(source, now)));
    lines
}

fn disk(disk: &DiskLine) -> Option<String> {
    let (free, low) = (show::bytes(disk.free), show::bytes(disk.low_below));
    if disk.full {
        let done = "nothing is polled until there is room; queued mail is still sent";
        return Some(format!("DISK     full, {free} free: {done}"));
    }
    disk.low.then(|| format!("DISK     {free} free, less than {low}; see `sahelwatch db stats`"))
}

/// How one source stands, and what to do next.
fn trouble(source: &SourceLine, now: Timestamp) -> String {
    let since = source.since.map(|since| show::age(now, since)).unwrap_or_default();
    format!("{:<8} {}   for {since}: {}", source.state, source.id, terminal(source.shown_by().unwrap_or("unknown")))
}
