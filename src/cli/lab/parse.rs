//! `lab parse`: a feed, or another kind of document, from a file or stdin, read as a poll would read it.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use url::Url;

use super::super::{exit, show};
use crate::extract::feed::derived_id;
use crate::extract::{BadPick, Document, Parsed, Reader};
use crate::model::{Item, JsonPaths, PrintedDate, SourceKind};

/// What the file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// RSS, Atom or JSON Feed
    Feed,
    /// A sitemap, or an index of sitemaps
    Sitemap,
    /// JSON, its items picked by --select
    Json,
    /// The preview page of a Telegram channel
    Telegram,
    /// What a program prints: a feed, or one JSON object a line
    Lines,
}

/// Options of `lab parse`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The `Content-Type` header it came with
    #[arg(long, value_name = "H")]
    content_type: Option<String>,
    /// Where it was found: the base of relative links
    #[arg(long, value_name = "U")]
    base_url: Option<Url>,
    /// What it is
    #[arg(long, value_enum, default_value = "feed")]
    kind: Kind,
    /// For JSON, what is picked by which JSONPath query: item=$.a[*], title=$.t; also link, id, date, summary, body
    #[arg(long, value_name = "KEY=QUERY", value_parser = selection)]
    select: Vec<(String, String)>,
    /// The file; `-` is stdin
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let bytes = match read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            errln!("error: read {}: {error}", arguments.file.display());
            return exit::IO;
        }
    };
    let document =
        Document { bytes: &bytes, content_type: arguments.content_type.as_deref(), url: arguments.base_url.as_ref() };
    let reader = match reader(arguments) {
        Ok(reader) => reader,
        Err(problems) => {
            problems.iter().for_each(|problem| errln!("error: {problem}"));
            return exit::USAGE;
        }
    };
    match reader.read(&document) {
        Ok(parsed) => show::json(&understood(&parsed)),
        Err(error) => {
            let nothing = json!({ "ok": false, "error": error.to_string(), "feed": Value::Null, "items": [] });
            show::json(&nothing).max(exit::NEGATIVE)
        }
    }
}

/// `key=query`, where the key is one of [`JsonPaths`].
fn selection(typed: &str) -> Result<(String, String), String> {
    let (key, query) = typed.split_once('=').ok_or("write it like title=$.headline")?;
    match key {
        "item" | "title" | "link" | "id" | "date" | "summary" | "body" => Ok((key.to_owned(), query.to_owned())),
        _ => Err("its key is one of item, title, link, id, date, summary, body".to_owned()),
    }
}

/// What reads this kind of document, or every query that is none.
fn reader(arguments: &Arguments) -> Result<Reader, Vec<String>> {
    match arguments.kind {
        Kind::Feed => Ok(Reader::Feed),
        Kind::Sitemap => Ok(Reader::Sitemap),
        Kind::Telegram => Ok(Reader::Telegram),
        Kind::Lines => Ok(Reader::Lines),
        Kind::Json => {
            let picked = |key: &str| arguments.select.iter().find(|(k, _)| k == key).map(|(_, query)| query.clone());
            let paths = JsonPaths {
                item: picked("item").unwrap_or_default(),
                title: picked("title").unwrap_or_default(),
                link: picked("link"),
                id: picked("id"),
                date: picked("date"),
                summary: picked("summary"),
                body: picked("body"),
            };
            let report =
                |bad: Vec<BadPick>| bad.iter().map(|bad| format!("--select {}: {}", bad.key, bad.problem)).collect();
            Reader::compile(&SourceKind::Json(Box::new(paths))).map_err(report)
        }
    }
}

/// The content of a file; `-` is stdin.
pub(super) fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(file)
}

fn understood(parsed: &Parsed) -> Value {
    let head = &parsed.head;
    json!({
        "ok": true,
        "error": parsed.problems.first(),
        "feed": { "title": head.title, "link": head.link, "language": head.language },
        "further": parsed.further.iter().map(Url::as_str).collect::<Vec<_>>(),
        "items": parsed.items.iter().enumerate().map(|(n, item)| shown(item, parsed.relative_links.get(&n))).collect::<Vec<_>>(),
    })
}

/// An entry without an id goes by a derived one, and a link without a base stays as printed: a blank would hide both.
fn shown(item: &Item, relative_link: Option<&String>) -> Value {
    json!({
        "title": item.title,
        "link": item.link.as_ref().map(Url::as_str).or(relative_link.map(String::as_str)),
        "id": item.entry_id.clone().or_else(|| derived_id(item)),
        "summary": item.summary,
        "content": item.body,
        "published": date(item.published.as_ref()),
        // What never changed was last changed when it was published.
        "updated": date(item.updated.as_ref().or(item.published.as_ref())),
        "author": item.authors.join(", "),
        "categories": item.categories,
    })
}

/// The instant where it could be told, else the text as printed.
pub(super) fn date(date: Option<&PrintedDate>) -> Value {
    date.map_or(Value::Null, |date| date.at.map_or_else(|| json!(date.printed), |at| json!(at.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(kind: Kind, select: &[&str]) -> Arguments {
        let select = select.iter().map(|typed| selection(typed).unwrap()).collect();
        Arguments { content_type: None, base_url: None, kind, select, file: PathBuf::from("-") }
    }

    #[test]
    fn json_is_read_by_the_queries_given() {
        let reader = reader(&arguments(Kind::Json, &["item=$.a[*]", "title=$.t", "link=$['u']"])).unwrap();
        let json = "{\"a\": [{\"t\": \"T\", \"u\": \"https://x.example/1\"}]}";
        let document = Document { bytes: json.as_bytes(), content_type: None, url: None };
        let shown = understood(&reader.read(&document).unwrap());
        assert_eq!(
            (&shown["items"][0]["title"], &shown["items"][0]["link"]),
            (&json!("T"), &json!("https://x.example/1"))
        );
        let problems = super::reader(&arguments(Kind::Json, &["item=a"])).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert_eq!(problems[0], "--select item: a query begins with `$`, as in `$.a`");
        assert!(selection("author=$.a").is_err() && selection("title").is_err());
    }

    #[test]
    fn what_an_entry_lacks_is_shown_as_near_as_can_be() {
        let xml =
            "<rss><channel><item><title>t</title><link>/a</link></item><item><guid>g</guid></item></channel></rss>";
        let document = Document { bytes: xml.as_bytes(), content_type: None, url: None };
        let shown = understood(&Reader::Feed.read(&document).unwrap());
        assert_eq!(shown["items"][0]["link"], "/a");
        assert_eq!(shown["items"][0]["id"].as_str().map(str::len), Some(32), "derived");
        assert_eq!((&shown["items"][1]["link"], &shown["items"][1]["id"]), (&Value::Null, &json!("g")));
    }
}
