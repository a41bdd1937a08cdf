//! `lab parse`: a feed from a file or stdin, read as a poll would read it.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use url::Url;

use super::super::{exit, show};
use crate::extract::feed::derived_id;
use crate::extract::{Document, Parsed, Reader};
use crate::model::{Item, PrintedDate};

/// Options of `lab parse`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The `Content-Type` header it came with
    #[arg(long, value_name = "H")]
    content_type: Option<String>,
    /// Where it was found: the base of relative links
    #[arg(long, value_name = "U")]
    base_url: Option<Url>,
    /// The file; `-` is stdin
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let bytes = match read(&arguments.file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("error: read {}: {error}", arguments.file.display());
            return exit::IO;
        }
    };
    let document =
        Document { bytes: &bytes, content_type: arguments.content_type.as_deref(), url: arguments.base_url.as_ref() };
    match Reader::Feed.read(&document) {
        Ok(parsed) => show::json(&understood(&parsed)),
        Err(error) => {
            let nothing = json!({ "ok": false, "error": error.to_string(), "feed": Value::Null, "items": [] });
            show::json(&nothing).max(exit::NEGATIVE)
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
