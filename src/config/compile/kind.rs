//! What kind of source it is, and the keys that only some kinds have: `url` or `command`, `select`, `timeout`.

use std::path::Path;

use url::Url;

use super::Context;
use super::values::Measure;
use crate::config::problem::{Place, Typed};
use crate::config::raw::{RawSelect, RawSource};
use crate::config::{files, guard};
use crate::extract::{Reader, telegram};
use crate::model::{JsonPaths, PageSelectors, Program, SourceKind};

/// A program fetches several pages at most; what takes longer belongs on a timer of its own.
const TIMEOUT: Measure = Measure { key: "timeout", default: "30s", low: "1s", high: "5m" };

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Feed,
    Page,
    Sitemap,
    Json,
    Telegram,
    Exec,
}

const KINDS: [(&str, Kind); 6] = [
    ("feed", Kind::Feed),
    ("page", Kind::Page),
    ("sitemap", Kind::Sitemap),
    ("json", Kind::Json),
    ("telegram", Kind::Telegram),
    ("exec", Kind::Exec),
];

/// The kind with what it needs, and where the source is polled.
pub(super) fn kind(raw: &RawSource, context: &Context<'_>) -> Option<(SourceKind, Url)> {
    let Some(kind) = raw.kind.as_ref().and_then(|typed| context.choice(typed, "kind", &KINDS)) else {
        // What is wrong with the address is wrong whatever the kind.
        raw.url.as_ref().and_then(|typed| address(typed, context));
        return None;
    };
    report_strangers(kind, raw, context);
    if kind == Kind::Exec {
        let program = program(raw, context)?;
        let url = exec_url(&program)?;
        return Some((SourceKind::Exec(Box::new(program)), url));
    }
    let url = raw.url.as_ref().and_then(|typed| match kind {
        Kind::Telegram => preview(typed, context),
        _ => address(typed, context),
    });
    let kind = match (kind, &raw.select) {
        (Kind::Feed, _) => SourceKind::Feed,
        (Kind::Sitemap, _) => SourceKind::Sitemap,
        (Kind::Telegram | Kind::Exec, _) => SourceKind::Telegram,
        (Kind::Page, None) => SourceKind::Links,
        (Kind::Page, Some(select)) => SourceKind::Page(Box::new(selectors(select)?)),
        (Kind::Json, Some(select)) => SourceKind::Json(Box::new(paths(select)?)),
        (Kind::Json, None) => {
            let at = raw.kind.as_ref().map_or(&raw.at, |typed| &typed.at);
            let hint =
                "say where the items are: select = { item = \"$.data[*]\", title = \"$.title\", link = \"$.url\" }";
            context.error(at, "a JSON source needs `select`", hint);
            return None;
        }
    };
    Some((kind, url?))
}

/// Reports the keys of other kinds.
fn report_strangers(kind: Kind, raw: &RawSource, context: &Context<'_>) {
    let word = KINDS.iter().find(|(_, other)| *other == kind).map_or("", |(word, _)| word);
    let report = |at: &Place, key: &str, hint: &str| {
        context.error(at, format!("`{key}` is not for sources of kind `{word}`"), hint);
    };
    if let (Some(select), Kind::Feed | Kind::Sitemap | Kind::Telegram | Kind::Exec) = (&raw.select, kind) {
        report(&select.at, "select", "remove it, or write kind = \"page\" (CSS) or kind = \"json\" (JSONPath)");
    }
    if kind == Kind::Exec {
        if let Some(typed) = &raw.url {
            report(&typed.at, "url", "remove it: `command` says what is run");
        }
        return;
    }
    if let Some(typed) = &raw.command {
        report(&typed.at, "command", "remove it, or write kind = \"exec\"");
    }
    if let Some(typed) = &raw.timeout {
        report(&typed.at, "timeout", "it bounds a program; for polls it stands in [http]");
    }
}

fn address(typed: &Typed<String>, context: &Context<'_>) -> Option<Url> {
    let text = typed.value.trim();
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(problem) => {
            let hint = match text.starts_with('@') {
                true => "for a Telegram channel, write kind = \"telegram\"",
                false => "write the whole address, with https://",
            };
            context.error(&typed.at, format!("`url` cannot be read: {problem}"), hint);
            return None;
        }
    };
    if let Some((problem, hint)) = unusable(&url) {
        context.error(&typed.at, problem, hint);
        return None;
    }
    Some(url)
}

/// Why a URL is not polled, and what to do.
fn unusable(url: &Url) -> Option<(String, &'static str)> {
    if !matches!(url.scheme(), "http" | "https") {
        let problem = format!("`url` has the scheme `{}`", url.scheme());
        return Some((problem, "only http and https are polled; a program is run by kind = \"exec\""));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let problem = "`url` contains a user name or password".to_owned();
        return Some((problem, "remove the part before @: it would end in logs and in mail"));
    }
    None
}

fn preview(typed: &Typed<String>, context: &Context<'_>) -> Option<Url> {
    let hint =
        "write it like \"@name\" or \"t.me/name\"; channels that only members see have no public preview to read";
    let found = telegram::address(&typed.value);
    if found.is_none() {
        context.error(&typed.at, "`url` names no public Telegram channel", hint);
    }
    found
}

fn program(raw: &RawSource, context: &Context<'_>) -> Option<Program> {
    let timeout = context.duration(raw.timeout.as_ref(), &TIMEOUT);
    let typed = raw.command.as_ref()?;
    let Some(path) = typed.value.first() else {
        let hint = "what is run? command = [\"/usr/local/bin/our-feed\", \"--recent\"]";
        context.error(&typed.at, "`command` is empty", hint);
        return None;
    };
    let command: Vec<String> = typed.value.iter().map(|part| part.value.clone()).collect();
    if let Some(part) = typed.value.iter().find(|part| part.value.contains('\0')) {
        context.error(&part.at, "`command` contains a NUL character", "remove it: no program can be told of it");
        return None;
    }
    is_runnable(path, context).then_some(Program { command, timeout })
}

/// Whether the program is there, ours to run, and nobody else's to change. Who only looks on will not run it and may not see it.
fn is_runnable(typed: &Typed<String>, context: &Context<'_>) -> bool {
    let path = Path::new(&typed.value);
    if !path.is_absolute() {
        let message = format!("`{}` is not an absolute path", typed.value);
        let hint = "write the whole path of the program: it is run without a shell and without $PATH";
        context.error(&typed.at, message, hint);
        return false;
    }
    if context.environment.leaves_secrets {
        return true;
    }
    let judged = guard::judge_program(path).map_err(|refused| (path, refused)).and_then(|()| {
        let folder = files::folder_of(path);
        guard::judge_folder(folder).map_err(|refused| (folder, refused))
    });
    let Err((judged, refused)) = judged else { return true };
    let message = format!("cannot run {}: {refused}", path.display());
    let hint = refused.hint(judged).unwrap_or_else(|| "it must be a program that this user may run".to_owned());
    context.error(&typed.at, message, hint);
    false
}

/// An address that stands for a program. Its arguments are the query, which no text shows.
fn exec_url(program: &Program) -> Option<Url> {
    let (path, arguments) = program.command.split_first()?;
    let mut url = Url::parse("exec:/").ok()?;
    url.set_path(path);
    if !arguments.is_empty() {
        url.query_pairs_mut().extend_keys_only::<_, String>(arguments);
    }
    Some(url)
}

fn text(typed: &Option<Typed<String>>) -> Option<String> {
    typed.as_ref().map(|typed| typed.value.clone())
}

fn selectors(raw: &RawSelect) -> Option<PageSelectors> {
    Some(PageSelectors {
        item: text(&raw.item)?,
        title: text(&raw.title)?,
        link: text(&raw.link),
        date: text(&raw.date),
        summary: text(&raw.summary),
    })
}

fn paths(raw: &RawSelect) -> Option<JsonPaths> {
    Some(JsonPaths {
        item: text(&raw.item)?,
        title: text(&raw.title)?,
        link: text(&raw.link),
        id: text(&raw.id),
        date: text(&raw.date),
        summary: text(&raw.summary),
        body: text(&raw.body),
    })
}

/// What reads its documents; what is wrong with a part of `select` is a finding there.
pub(super) fn reader(kind: &SourceKind, raw: &RawSource, context: &Context<'_>) -> Option<Reader> {
    let (what, hint) = match kind {
        SourceKind::Json(_) => ("a JSONPath query", "RFC 9535, like \"$.articles[*]\" or \"$.title\""),
        _ => ("a selector", "CSS, like \"h3 a\" or \"a@href\""),
    };
    let report = |key: &str, problem: &str| {
        let at = raw.select.as_ref().and_then(|select| select.place_of(key)).unwrap_or(&raw.at);
        context.error(at, format!("`{key}` is not {what}: {problem}"), hint);
    };
    Reader::compile(kind).map_err(|all| all.iter().for_each(|bad| report(bad.key, &bad.problem))).ok()
}

impl RawSelect {
    fn place_of(&self, key: &str) -> Option<&Place> {
        let typed = match key {
            "item" => &self.item,
            "title" => &self.title,
            "link" => &self.link,
            "id" => &self.id,
            "date" => &self.date,
            "summary" => &self.summary,
            "body" => &self.body,
            _ => &None,
        };
        typed.as_ref().map(|typed| &typed.at)
    }
}
