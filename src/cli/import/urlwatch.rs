//! The jobs of urlwatch (`urls.yaml`): one YAML document each. A feed is taken over as a feed; a page whose filter
//! picks elements, as a page with these as its items. All that has no counterpart here is told with its reason.
//!
//! urlwatch compares texts where we look for items, so that a selector taken over is a beginning: `sahelwatch try`
//! shows what it finds.

use serde_json::{Map, Value};

use super::candidate::{Candidate, Found, label};

/// Settings of a job without which the page is another one, or none.
const ESSENTIAL: [(&str, &str); 7] = [
    ("data", "it sends a form"),
    ("method", "it sends a form"),
    ("headers", "it sends headers of its own"),
    ("cookies", "it sends cookies"),
    ("http_proxy", "it goes through a proxy of its own"),
    ("https_proxy", "it goes through a proxy of its own"),
    ("ssl_no_verify", "it does not verify who answers"),
];

const NOTE: &str = "From urlwatch: look with `sahelwatch try` whether these selectors find items.";

/// Reads a list of jobs.
///
/// # Errors
/// Why it cannot be read, for people.
pub(super) fn read(text: &str) -> Result<Found, String> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| {
        let error = error.to_string();
        format!("this is not YAML: {}", error.lines().next().unwrap_or_default())
    })?;
    let mut found = Found::default();
    for document in &documents {
        match document {
            Value::Object(job) => take(job, &mut found),
            _ => return Err("this is not a list of urlwatch's jobs: a document in it has no keys".to_owned()),
        }
    }
    Ok(found)
}

fn take(job: &Map<String, Value>, found: &mut Found) {
    let text = |key: &str| job.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let name = text("name").map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
    let what = label(name.as_deref(), text("url").unwrap_or_default());
    let Some(url) = text("url") else {
        let why = match () {
            () if job.contains_key("navigate") => "it needs a browser to run the scripts of the page",
            () if job.contains_key("command") || job.contains_key("shell") => {
                "it runs a program; `sahelwatch source add --command` can, where that prints a feed"
            }
            () => "it has no url",
        };
        return found.skip(what, why);
    };
    let sent = |value: &Value| !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("GET");
    if let Some((_, why)) = ESSENTIAL.iter().find(|(key, _)| job.get(*key).is_some_and(sent)) {
        return found.skip(what, *why);
    }
    match items(job.get("filter")) {
        _ if is_feed(url) => found.taken.push(Candidate { name, ..Candidate::feed(url.to_owned()) }),
        Ok(item) => found.taken.push(Candidate {
            name,
            kind: "page",
            select: vec![("item".to_owned(), item), ("title".to_owned(), "a".to_owned())],
            note: Some(NOTE.to_owned()),
            ..Candidate::feed(url.to_owned())
        }),
        Err(why) => found.skip(what, why),
    }
}

/// What feeds are mostly called.
fn is_feed(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_ascii_lowercase();
    let last = path.rsplit('/').next().unwrap_or_default();
    let ends = [".rss", ".atom", ".rdf", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json"];
    matches!(last, "feed" | "rss" | "atom" | "feeds") || ends.iter().any(|end| last.ends_with(end))
}

/// The selector of the elements that the filters pick.
fn items(filters: Option<&Value>) -> Result<String, String> {
    let mut xpath = false;
    for (name, argument) in filters.map(steps).unwrap_or_default() {
        let one_word = argument.as_deref().filter(|word| is_name(word));
        match (name.as_str(), argument.as_deref(), one_word) {
            ("css", Some(css), _) => return inside(css),
            ("element-by-tag", _, Some(tag)) => return inside(tag),
            ("element-by-id", _, Some(id)) => return inside(&format!("#{id}")),
            ("element-by-class", _, Some(class)) => return inside(&format!(".{class}")),
            ("xpath", ..) => xpath = true,
            _ => {}
        }
    }
    Err(if xpath {
        "its filter is an XPath; write it as CSS with `sahelwatch source add --select`".to_owned()
    } else {
        "no filter of it picks elements; give `sahelwatch source add --select` what is an item of the page".to_owned()
    })
}

/// An item holds its link; a selector that picks links themselves is of the element around.
fn inside(css: &str) -> Result<String, String> {
    let css = css.trim();
    let last = css.rsplit([' ', '>', '+', '~']).next().unwrap_or_default();
    let is_link = last == "a" || last.starts_with("a.") || last.starts_with("a[") || last.starts_with("a:");
    match is_link {
        false => Ok(css.to_owned()),
        true if !css.contains([',', '(']) && last != css => {
            Ok(css[..css.len() - last.len()].trim_end_matches([' ', '>', '+', '~']).to_owned())
                .and_then(|outer| if outer.is_empty() { Err(LINKS.to_owned()) } else { Ok(outer) })
        }
        true => Err(LINKS.to_owned()),
    }
}

const LINKS: &str = "its filter picks links, not the elements around them; give `sahelwatch source add --select` those";

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// The filters in their order, of all three spellings: `css:ul,html2text`, a list of texts, a list of tables.
fn steps(filters: &Value) -> Vec<(String, Option<String>)> {
    match filters {
        Value::String(line) => line.split(',').map(step).collect(),
        Value::Array(list) => list.iter().flat_map(steps_of).collect(),
        Value::Object(_) => steps_of(filters),
        _ => Vec::new(),
    }
}

fn steps_of(filter: &Value) -> Vec<(String, Option<String>)> {
    match filter {
        Value::String(line) => vec![step(line)],
        Value::Object(table) => table.iter().map(|(name, value)| (name.clone(), argument(value))).collect(),
        _ => Vec::new(),
    }
}

fn step(text: &str) -> (String, Option<String>) {
    match text.trim().split_once(':') {
        Some((name, argument)) => (name.trim().to_owned(), Some(argument.trim().to_owned())),
        None => (text.trim().to_owned(), None),
    }
}

/// `css: ul`, or `css: {selector: ul}`; the element filters name theirs `id`, `class`, `tag`.
fn argument(value: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let names = ["selector", "path", "id", "class", "tag"];
    text(value).or_else(|| names.iter().find_map(|name| value.get(name).and_then(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(yaml: &str) -> Vec<(String, &'static str, String)> {
        let found = read(yaml).unwrap();
        assert!(found.skipped.is_empty(), "{:?}", found.skipped);
        let item = |c: &Candidate| c.select.first().map(|(_, css)| css.clone()).unwrap_or_default();
        found.taken.iter().map(|c| (c.label(), c.kind, item(c))).collect()
    }

    #[track_caller]
    fn check_item(filter: &str, expected: &str) {
        let yaml = format!("name: x\nurl: https://a.example/news\nfilter:\n{filter}\n");
        assert_eq!(taken(&yaml), [("x".to_owned(), "page", expected.to_owned())]);
    }

    #[test]
    fn filters_that_pick_elements_become_items() {
        check_item("  - css: ul.news > li\n  - html2text", "ul.news > li");
        check_item("  - css:\n      selector: article\n      method: html", "article");
        check_item("  - element-by-id: news", "#news");
        check_item("  - element-by-class: post", ".post");
        check_item("  - element-by-tag: article", "article");
        check_item("  css:div.list,html2text", "div.list");
        check_item("  - css: h2 > a", "h2");
    }

    #[test]
    fn feeds_are_feeds_whatever_the_filter() {
        let yaml = "url: https://a.example/rss.xml\nfilter: html2text\n---\n# none\n---\n\
                    name: B\nurl: https://b.example/feed/?x=1\n";
        let feed = |name: &str| (name.to_owned(), "feed", String::new());
        assert_eq!(taken(yaml), [feed("a.example"), feed("B")]);
    }

    #[test]
    fn the_rest_is_told_with_its_reason() {
        for (job, expected) in [
            ("url: https://a.example/\nfilter:\n- xpath: //li", "XPath"),
            ("url: https://a.example/\nfilter:\n- css: a", "picks links"),
            ("url: https://a.example/", "no filter of it picks elements"),
            ("url: https://a.example/rss\ndata: {a: b}", "sends a form"),
            ("url: https://a.example/rss\nheaders: {Cookie: secret}", "headers"),
            ("navigate: https://a.example/", "browser"),
            ("command: ls", "runs a program"),
            ("name: empty", "no url"),
        ] {
            let found = read(job).unwrap();
            assert!(found.taken.is_empty() && found.skipped.len() == 1, "{job}");
            assert!(found.skipped[0].why.contains(expected), "{job}: {}", found.skipped[0].why);
        }
        let user = read("url: https://user:hunter2@a.example/x").unwrap();
        assert!(!format!("{user:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_no_list_of_jobs_is_refused() {
        for text in ["- a\n- b\n", "a: [", "just words"] {
            assert!(read(text).is_err(), "{text}");
        }
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
            + &('b'..='j')
                .map(|c| {
                    let p = char::from(c as u8 - 1);
                    format!("{c}: &{c} [*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p}]\n")
                })
                .collect::<String>();
        assert!(read(&bomb).is_err(), "aliases that multiply are bounded");
    }

    proptest! {
        #[test]
        fn no_list_makes_reading_panic(
            text in "(url: https://a\\.b/\n|filter:|- css: |---\n|[&*{}\\[\\],:\n ]|\\PC){0,30}"
        ) {
            drop(read(&text));
        }
    }
}
