//! Exactly what was typed: one structure per table of the schema, every value with its place. The names of the keys stand here
//! and nowhere else. Knows no defaults and no bounds (`compile`).

mod concept;
mod delivery;
mod mail;
mod metrics;
mod operator;
mod source;

use super::fields::{Fields, NamedList, Texts};
use super::problem::{Place, Typed};

pub(super) use concept::{RawConcept, RawNames};
pub(super) use delivery::{RawDelivery, RawDigest, RawPace, RawQuiet, RawReader};
pub(super) use mail::{RawMail, RawSmtp};
pub(super) use metrics::RawMetrics;
pub(super) use operator::{RawFloor, RawOperator, RawWeb};
pub(super) use source::{RawAccess, RawPolling, RawSelect, RawSource};

const CONTACT_HINT: &str = "publishers must be able to reach you: http = { contact = \"you@example.org\" }";

/// The merged configuration as typed, without `version` and `include`, which `files` needs first.
pub(super) struct Raw {
    pub(super) timezone: Option<Typed<String>>,
    pub(super) storage: RawStorage,
    pub(super) http: RawHttp,
    pub(super) groups: Vec<NamedList>,
    pub(super) defaults: RawDefaults,
    pub(super) mail: Option<RawMail>,
    pub(super) operator: RawOperator,
    pub(super) web: Option<RawWeb>,
    pub(super) metrics: Option<RawMetrics>,
    pub(super) quiet: Option<RawQuiet>,
    pub(super) pace: RawPace,
    pub(super) sources: Vec<RawSource>,
    pub(super) floors: Vec<RawFloor>,
    pub(super) watches: Vec<RawWatch>,
    pub(super) digests: Vec<RawDigest>,
    pub(super) readers: Vec<RawReader>,
    pub(super) concepts: Vec<RawConcept>,
}

#[derive(Default)]
pub(super) struct RawStorage {
    pub(super) path: Option<Typed<String>>,
    pub(super) keep_items: Option<Typed<String>>,
    pub(super) keep_bodies: Option<Typed<String>>,
    pub(super) cache: Option<Typed<String>>,
    pub(super) max_size: Option<Typed<String>>,
    pub(super) low_space: Option<Typed<String>>,
}

#[derive(Default)]
pub(super) struct RawHttp {
    pub(super) contact: Option<Typed<String>>,
    pub(super) timeout: Option<Typed<String>>,
    pub(super) connect_timeout: Option<Typed<String>>,
    pub(super) read_timeout: Option<Typed<String>>,
    pub(super) max_body: Option<Typed<String>>,
    pub(super) concurrency: Option<Typed<i64>>,
    pub(super) per_host: Option<Typed<i64>>,
    pub(super) per_host_delay: Option<Typed<String>>,
    pub(super) ports: Vec<Typed<i64>>,
    pub(super) ca_file: Option<Typed<String>>,
    pub(super) proxy: Option<Typed<String>>,
    pub(super) respect_robots: Option<Typed<bool>>,
}

#[derive(Default)]
pub(super) struct RawDefaults {
    pub(super) source: RawPolling,
    pub(super) watch: RawDelivery,
}

pub(super) struct RawWatch {
    pub(super) id: Option<Typed<String>>,
    pub(super) name: Option<Typed<String>>,
    pub(super) severity: Option<Typed<String>>,
    pub(super) query: Option<Typed<String>>,
    pub(super) any: Option<Typed<Texts>>,
    pub(super) all: Option<Typed<Texts>>,
    pub(super) none: Option<Typed<Texts>>,
    pub(super) to: Option<Typed<Texts>>,
    pub(super) delivery: RawDelivery,
    pub(super) ignore_quiet_hours: bool,
    pub(super) backfill: Option<Typed<String>>,
    pub(super) tests: Vec<RawTest>,
}

pub(super) struct RawTest {
    pub(super) at: Place,
    pub(super) title: Option<Typed<String>>,
    pub(super) text: Option<Typed<String>>,
    pub(super) lang: Option<Typed<String>>,
    pub(super) expect: Option<Typed<String>>,
}

impl Raw {
    pub(super) fn read(mut top: Fields<'_>) -> Self {
        top.require(&["http"], CONTACT_HINT);
        top.require(&["mail"], "alerts need a sender: mail = { from = \"alerts@example.org\" }");
        top.advise("source", "there is no source: nothing will be polled", "add a [[source]] with id, kind and url");
        top.advise("watch", "there is no watch: nobody will be told", "add a [[watch]] with id, any and to");
        let raw = Self {
            timezone: top.text("timezone"),
            storage: top.table("storage", "[storage]").map(RawStorage::read).unwrap_or_default(),
            http: top.table("http", "[http]").map(RawHttp::read).unwrap_or_default(),
            groups: top.table("group", "[group]").map(Fields::named_lists).unwrap_or_default(),
            defaults: top.table("defaults", "[defaults]").map(RawDefaults::read).unwrap_or_default(),
            mail: top.table("mail", "[mail]").map(RawMail::read),
            operator: top.table("operator", "[operator]").map(RawOperator::read).unwrap_or_default(),
            web: top.table("web", "[web]").map(RawWeb::read),
            metrics: top.table("metrics", "[metrics]").map(RawMetrics::read),
            quiet: top.table("quiet_hours", "quiet_hours").map(RawQuiet::read),
            pace: top.table("pace", "[pace]").map(RawPace::read).unwrap_or_default(),
            sources: top.tables("source", "[[source]]").into_iter().map(RawSource::read).collect(),
            floors: top.tables("coverage", "[[coverage]]").into_iter().map(RawFloor::read).collect(),
            watches: top.tables("watch", "[[watch]]").into_iter().map(RawWatch::read).collect(),
            digests: top.tables("digest", "[[digest]]").into_iter().map(RawDigest::read).collect(),
            readers: top.tables("reader", "[[reader]]").into_iter().map(RawReader::read).collect(),
            concepts: top.tables("concept", "[[concept]]").into_iter().map(RawConcept::read).collect(),
        };
        top.finish(&["exclude"]);
        raw
    }
}

impl RawStorage {
    fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self {
            path: fields.text("path"),
            keep_items: fields.measure("keep_items", "400d"),
            keep_bodies: fields.measure("keep_bodies", "90d"),
            cache: fields.measure("cache", "16MB"),
            max_size: fields.measure("max_size", "500MB"),
            low_space: fields.measure("low_space", "256MB"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawHttp {
    fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["contact"], CONTACT_HINT);
        let raw = Self {
            contact: fields.text("contact"),
            timeout: fields.measure("timeout", "30s"),
            connect_timeout: fields.measure("connect_timeout", "10s"),
            read_timeout: fields.measure("read_timeout", "15s"),
            max_body: fields.measure("max_body", "10MB"),
            concurrency: fields.whole("concurrency"),
            per_host: fields.whole("per_host"),
            per_host_delay: fields.measure("per_host_delay", "1s"),
            ports: fields.wholes("ports"),
            ca_file: fields.text("ca_file"),
            proxy: fields.text("proxy"),
            respect_robots: fields.flag("respect_robots"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawDefaults {
    fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self {
            source: fields.table("source", "[defaults.source]").map(RawPolling::read).unwrap_or_default(),
            watch: fields.table("watch", "[defaults.watch]").map(RawDelivery::read).unwrap_or_default(),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawWatch {
    fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["id"], "a short name, like id = \"bf-attacks\"");
        fields.require(&["query", "any", "all"], "say what to look for: any = [\"attaque*\", \"هجوم\"], or a query");
        fields.require(&["to"], "who is to be told? to = [\"@group\", \"amina@example.org\"]");
        let raw = Self {
            id: fields.text("id"),
            name: fields.text("name"),
            severity: fields.text("severity"),
            query: fields.text("query"),
            any: fields.texts("any"),
            all: fields.texts("all"),
            none: fields.texts("none"),
            to: fields.texts("to"),
            delivery: RawDelivery::take(&mut fields),
            ignore_quiet_hours: fields.flag("ignore_quiet_hours").is_some_and(|flag| flag.value),
            backfill: fields.measure("backfill", "24h"),
            tests: fields.tables("test", "test").into_iter().map(RawTest::read).collect(),
        };
        fields.finish(&["sources"]);
        raw
    }
}

impl RawTest {
    fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["text", "title"], "an example to try the watch on: { text = \"…\", expect = \"match\" }");
        fields.require(&["expect"], "expect = \"match\" or \"no-match\"");
        let raw = Self {
            at: fields.at.clone(),
            title: fields.text("title"),
            text: fields.text("text"),
            lang: fields.text("lang"),
            expect: fields.text("expect"),
        };
        fields.finish(&[]);
        raw
    }
}
