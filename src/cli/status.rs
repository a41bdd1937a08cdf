//! `status`: the whole picture on one screen.

use std::path::Path;

use jiff::Timestamp;

use super::{exit, setup, show, words};
use crate::daemon::control::Question;
use crate::daemon::desk::pending::Pending;
use crate::daemon::report::{self, Status};
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
    let sick =
        status.daemon.as_ref().is_some_and(|daemon| daemon.reload_refused.is_some() || !daemon.hanging.is_empty());
    stuck || sick || status.mail.lost_today > 0 || !status.set_aside.is_empty()
}

fn print(status: &Status, now: Timestamp, code: u8) -> u8 {
    match &status.daemon {
        Some(daemon) => {
            let (up, configured) = (show::age(now, daemon.started), show::moment(now, Some(daemon.configured)));
            println!(
                "● sahelwatch {}   up {up}   pid {}   configuration read {configured}",
                status.version, daemon.pid
            );
        }
        None => println!("○ sahelwatch {}   not running", status.version),
    }
    let (sources, mail) = (status.sources, &status.mail);
    println!(
        "  sources  {}   {} ok · {} failing · {} not polled yet",
        sources.configured, sources.ok, sources.failing, sources.waiting
    );
    println!("  items    {}", status.items);
    pending(&status.alerts, now).iter().for_each(|line| println!("  {line}"));
    let last = show::moment(now, mail.last_sent);
    println!("  mail     {} sent in 24 h · {} queued · last {last}", mail.sent_today, mail.queued);
    println!("  store    {}", show::bytes(status.store_bytes));
    for line in troubles(status, now) {
        println!("  {line}");
    }
    code
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
        lines.extend(
            daemon
                .reload_refused
                .iter()
                .map(|problems| format!("RELOAD   refused, the old configuration is in force:\n{problems}")),
        );
    }
    lines.extend(status.set_aside.iter().map(|folder| {
        format!(
            "DAMAGED  an earlier store was set aside; mail queued in it was not sent, and what it had seen is primed again:\n           \
             {}; remove it when it was looked into",
            folder.display()
        )
    }));
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
    lines.extend(status.failing.iter().map(|source| {
        let error = source.last_error.as_deref().unwrap_or("unknown");
        let since = source.failing_since.map(|since| show::age(now, since)).unwrap_or_default();
        format!("failing  {}   for {since}: {}", source.id, terminal(error))
    }));
    lines
}
