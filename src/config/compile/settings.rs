//! The settings of the whole: time zone, storage, retention, fetching.

use std::path::PathBuf;
use std::time::Duration;

use jiff::tz::TimeZone;
use url::Url;

use super::values::Measure;
use super::{Context, access};
use crate::config::mailbox;
use crate::config::problem::Typed;
use crate::config::raw::{Raw, RawHttp, RawStorage};
use crate::{fetch, store};

/// Where the state is kept when neither the configuration nor systemd says (FHS 3.0 §5.8).
const DEFAULT_STORAGE: &str = "/var/lib/sahelwatch";

/// A seen item that is forgotten while its feed still shows it would be alerted again, so forgetting begins late.
const KEEP_ITEMS: Measure = Measure { key: "keep_items", default: "400d", low: "30d", high: "3650d" };
const KEEP_BODIES: Measure = Measure { key: "keep_bodies", default: "90d", low: "1d", high: "3650d" };
/// 64 MB took 40 MiB more of memory with 1,000 feeds, and no less processor time (`docs/performance.md`).
const CACHE: Measure = Measure { key: "cache", default: "16MB", low: "1MB", high: "4GB" };

/// Of rows; the file takes more (`docs/store.md`). Nothing is forgotten by size unless somebody asks for it: ages bound it already.
const MAX_SIZE: Measure = Measure { key: "max_size", default: "500MB", low: "10MB", high: "1000GB" };
const LOW_SPACE: Measure = Measure { key: "low_space", default: "256MB", low: "1MB", high: "1000GB" };

const TIMEOUT: Measure = Measure { key: "timeout", default: "30s", low: "1s", high: "10m" };
const CONNECT_TIMEOUT: Measure = Measure { key: "connect_timeout", default: "10s", low: "1s", high: "2m" };
const READ_TIMEOUT: Measure = Measure { key: "read_timeout", default: "15s", low: "1s", high: "5m" };
const MAX_BODY: Measure = Measure { key: "max_body", default: "10MB", low: "64KB", high: "100MB" };
const PER_HOST_DELAY: Measure = Measure { key: "per_host_delay", default: "1s", low: "0s", high: "10m" };

pub(super) fn timezone(raw: &Raw, context: &Context<'_>) -> TimeZone {
    raw.timezone.as_ref().and_then(|typed| context.zone(typed)).unwrap_or(TimeZone::UTC)
}

pub(super) fn storage(raw: &RawStorage, context: &Context<'_>) -> store::Settings {
    let of_user = || context.environment.user_state.as_ref().map(|state| state.join("sahelwatch"));
    let found = || context.environment.state_directory.clone().or_else(of_user);
    let path = match &raw.path {
        Some(typed) => context.path(typed),
        None => found().unwrap_or_else(|| PathBuf::from(DEFAULT_STORAGE)),
    };
    store::Settings { path, cache: context.size(raw.cache.as_ref(), &CACHE), patience: store::PATIENCE }
}

pub(super) fn keep_items(raw: &RawStorage, context: &Context<'_>) -> Duration {
    context.duration(raw.keep_items.as_ref(), &KEEP_ITEMS)
}

pub(super) fn keep_bodies(raw: &RawStorage, context: &Context<'_>) -> Duration {
    context.duration(raw.keep_bodies.as_ref(), &KEEP_BODIES)
}

pub(super) fn max_size(raw: &RawStorage, context: &Context<'_>) -> Option<u64> {
    raw.max_size.as_ref().map(|typed| context.size(Some(typed), &MAX_SIZE))
}

pub(super) fn low_space(raw: &RawStorage, context: &Context<'_>) -> Option<u64> {
    raw.low_space.as_ref().map(|typed| context.size(Some(typed), &LOW_SPACE))
}

pub(super) fn http(raw: &RawHttp, context: &Context<'_>) -> fetch::Settings {
    fetch::Settings {
        contact: contact(raw, context),
        connect_timeout: context.duration(raw.connect_timeout.as_ref(), &CONNECT_TIMEOUT),
        read_timeout: context.duration(raw.read_timeout.as_ref(), &READ_TIMEOUT),
        timeout: context.duration(raw.timeout.as_ref(), &TIMEOUT),
        max_body: context.size(raw.max_body.as_ref(), &MAX_BODY),
        concurrency: number(raw.concurrency.as_ref(), "concurrency", 16, 256, context),
        per_host: number(raw.per_host.as_ref(), "per_host", 2, 16, context),
        per_host_delay: context.duration(raw.per_host_delay.as_ref(), &PER_HOST_DELAY),
        ports: raw.ports.iter().map(|port| context.number(Some(port), "ports", 1, 1..=u16::MAX)).collect(),
        ca_file: raw.ca_file.as_ref().map(|typed| context.path(typed)),
        proxy: raw.proxy.as_ref().and_then(|typed| access::proxy(typed, context)),
        respect_robots: raw.respect_robots.as_ref().is_none_or(|typed| typed.value),
    }
}

fn number(typed: Option<&Typed<i64>>, key: &str, default: usize, most: usize, context: &Context<'_>) -> usize {
    context.number(typed, key, default, 1..=most)
}

/// An address or URL; it goes into every request, so that a publisher can complain instead of blocking.
fn contact(raw: &RawHttp, context: &Context<'_>) -> String {
    let Some(typed) = &raw.contact else { return String::new() };
    let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    let usable = mailbox::parse(&typed.value).is_ok_and(|m| m.name.is_none())
        || (typed.value.is_ascii() && Url::parse(&typed.value).is_ok_and(is_web));
    if !usable {
        let message = format!("`{}` is neither a mail address nor a web address", typed.value);
        context.error(&typed.at, message, "it is sent to every publisher: give one that a person reads");
    }
    typed.value.trim().to_owned()
}
