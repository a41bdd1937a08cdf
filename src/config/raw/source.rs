//! `[[source]]` and `[defaults.source]` as typed. What `select` may hold follows from the kind.

use crate::config::fields::{Fields, Texts};
use crate::config::problem::{Place, Typed};

/// The kind whose `url` is not asked for: it has a `command`.
const EXEC: &str = "exec";
/// The kind whose `select` holds JSONPath instead of CSS.
const JSON: &str = "json";

/// The keys that a `[[source]]` and `[defaults.source]` share.
#[derive(Default)]
pub(in crate::config) struct RawPolling {
    pub(in crate::config) interval: Option<Typed<String>>,
    pub(in crate::config) on_first_run: Option<Typed<String>>,
    pub(in crate::config) full_text: Option<Typed<bool>>,
    pub(in crate::config) stale_after: Option<Typed<String>>,
    pub(in crate::config) heal: Option<Typed<String>>,
}

pub(in crate::config) struct RawSource {
    pub(in crate::config) at: Place,
    pub(in crate::config) id: Option<Typed<String>>,
    pub(in crate::config) name: Option<Typed<String>>,
    pub(in crate::config) kind: Option<Typed<String>>,
    pub(in crate::config) url: Option<Typed<String>>,
    pub(in crate::config) command: Option<Typed<Texts>>,
    pub(in crate::config) timeout: Option<Typed<String>>,
    pub(in crate::config) select: Option<RawSelect>,
    pub(in crate::config) lang: Option<Typed<String>>,
    pub(in crate::config) tier: Option<Typed<i64>>,
    pub(in crate::config) owner: Option<Typed<String>>,
    pub(in crate::config) tags: Texts,
    pub(in crate::config) polling: RawPolling,
    pub(in crate::config) url_include: Option<Typed<Texts>>,
    pub(in crate::config) url_exclude: Option<Typed<Texts>>,
    pub(in crate::config) access: RawAccess,
    pub(in crate::config) allow_private: bool,
    pub(in crate::config) enabled: bool,
}

/// How a source is asked.
pub(in crate::config) struct RawAccess {
    pub(in crate::config) user_agent: Option<Typed<String>>,
    pub(in crate::config) proxy: Option<Typed<String>>,
    pub(in crate::config) headers_file: Option<Typed<String>>,
    pub(in crate::config) headers_credential: Option<Typed<String>>,
    pub(in crate::config) robots: Option<Typed<bool>>,
}

pub(in crate::config) struct RawSelect {
    /// Where the key stands.
    pub(in crate::config) at: Place,
    pub(in crate::config) item: Option<Typed<String>>,
    pub(in crate::config) title: Option<Typed<String>>,
    pub(in crate::config) link: Option<Typed<String>>,
    pub(in crate::config) id: Option<Typed<String>>,
    pub(in crate::config) date: Option<Typed<String>>,
    pub(in crate::config) summary: Option<Typed<String>>,
    pub(in crate::config) body: Option<Typed<String>>,
}

impl RawPolling {
    /// Takes the shared keys out of a table that has others.
    fn take(fields: &mut Fields<'_>) -> Self {
        Self {
            interval: fields.measure("interval", "15m"),
            on_first_run: fields.text("on_first_run"),
            full_text: fields.flag("full_text"),
            stale_after: fields.measure("stale_after", "3d"),
            heal: fields.text("heal"),
        }
    }

    /// `[defaults.source]`, which has no other keys.
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self::take(&mut fields);
        fields.finish(&[]);
        raw
    }
}

impl RawSource {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["id"], "a short name, like id = \"rfi-afrique\"");
        fields
            .require(&["kind"], "kind = \"feed\" for RSS, Atom and JSON Feed; or page, sitemap, json, telegram, exec");
        let (id, name, kind) = (fields.text("id"), fields.text("name"), fields.text("kind"));
        let is = |word| kind.as_ref().is_some_and(|kind| kind.value == word);
        match is(EXEC) {
            true => fields.require(&["command"], "what is run: command = [\"/usr/local/bin/our-feed\", \"--recent\"]"),
            false => fields.require(&["url"], "where to poll: url = \"https://…\""),
        }
        let is_json = is(JSON);
        let raw = Self {
            at: fields.at.clone(),
            id,
            name,
            kind,
            url: fields.text("url"),
            command: fields.texts("command"),
            timeout: fields.measure("timeout", "30s"),
            select: fields.table("select", "select").map(|select| RawSelect::read(select, is_json)),
            lang: fields.text("lang"),
            tier: fields.whole("tier"),
            owner: fields.text("owner"),
            tags: fields.texts("tags").map(|tags| tags.value).unwrap_or_default(),
            polling: RawPolling::take(&mut fields),
            url_include: fields.texts("url_include"),
            url_exclude: fields.texts("url_exclude"),
            access: RawAccess::take(&mut fields),
            allow_private: fields.flag("allow_private").is_some_and(|flag| flag.value),
            enabled: fields.flag("enabled").is_none_or(|flag| flag.value),
        };
        // For people, such as known weaknesses of the source.
        fields.text("note");
        fields.finish(&[]);
        raw
    }
}

impl RawAccess {
    fn take(fields: &mut Fields<'_>) -> Self {
        Self {
            user_agent: fields.text("user_agent"),
            proxy: fields.text("proxy"),
            headers_file: fields.text("headers_file"),
            headers_credential: fields.text("headers_credential"),
            robots: fields.flag("robots"),
        }
    }
}

impl RawSelect {
    fn read(mut fields: Fields<'_>, is_json: bool) -> Self {
        let [items, titles] = match is_json {
            true => ["where are the items? item = \"$.data[*]\"", "where in an item is its title? title = \"$.title\""],
            false => [
                "which elements are items: item = \"article.post\"",
                "which part of an item is its title: title = \"h2 a\"",
            ],
        };
        fields.require(&["item"], items);
        fields.require(&["title"], titles);
        let raw = Self {
            at: fields.at.clone(),
            item: fields.text("item"),
            title: fields.text("title"),
            link: fields.text("link"),
            id: is_json.then(|| fields.text("id")).flatten(),
            date: fields.text("date"),
            summary: fields.text("summary"),
            body: is_json.then(|| fields.text("body")).flatten(),
        };
        fields.finish(&[]);
        raw
    }
}
