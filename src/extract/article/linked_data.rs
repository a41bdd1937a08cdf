//! What a page says of its article in JSON-LD (schema.org): the first `NewsArticle`, `Article` or `BlogPosting` of
//! its scripts, wherever in a `@graph` it stands. Broken JSON is passed over: the page is read without it.

use serde_json::{Map, Value};

use crate::extract::html;

/// Longest script that is read, in bytes; honest ones have under 100 kB.
const LONGEST: usize = 1_000_000;

/// Most nodes of one document that are looked at.
const MAX_NODES: usize = 2000;

/// An article as its page describes it; None where it does not.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct LinkedArticle {
    pub(super) headline: Option<String>,
    pub(super) body: Option<String>,
    pub(super) published: Option<String>,
    pub(super) language: Option<String>,
    pub(super) authors: Vec<String>,
    pub(super) site: Option<String>,
    /// Whether it says that the whole text is for subscribers.
    pub(super) is_locked: bool,
}

/// Reads a `<script type="application/ld+json">`. None when it describes no article.
pub(super) fn read(script: &str) -> Option<LinkedArticle> {
    if script.len() > LONGEST || !(script.contains("Article") || script.contains("Posting")) {
        return None;
    }
    let value = parse(script.trim().trim_start_matches("<!--").trim_end_matches("-->"))?;
    let mut open = vec![&value];
    for _ in 0..MAX_NODES {
        match open.pop()? {
            Value::Array(values) => open.extend(values.iter().rev()),
            Value::Object(object) if is_article(object) => return Some(article(object)),
            Value::Object(object) => {
                open.extend(["mainEntity", "mainEntityOfPage", "@graph"].iter().filter_map(|&key| object.get(key)));
            }
            _ => {}
        }
    }
    None
}

/// JSON as pages print it: line breaks stand bare in strings, since templates paste the article's text.
fn parse(script: &str) -> Option<Value> {
    serde_json::from_str(script).ok().or_else(|| {
        let mended: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(mended.trim().trim_end_matches(';')).ok()
    })
}

fn is_article(object: &Map<String, Value>) -> bool {
    let is_one = |kind: &Value| {
        let kind = kind.as_str().unwrap_or_default();
        kind.ends_with("Article") || kind.ends_with("BlogPosting") || kind == "Report"
    };
    match object.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_one),
        Some(kind) => is_one(kind),
        None => false,
    }
}

fn article(object: &Map<String, Value>) -> LinkedArticle {
    let text = |key: &str| object.get(key).and_then(name);
    LinkedArticle {
        headline: text("headline").or_else(|| text("name")).map(html::single_line),
        body: object.get("articleBody").and_then(Value::as_str).map(paragraphs).filter(|body| !body.is_empty()),
        published: text("datePublished").or_else(|| text("dateCreated")),
        language: text("inLanguage"),
        authors: match object.get("author") {
            Some(Value::Array(authors)) => authors.iter().filter_map(name).collect(),
            Some(author) => name(author).into_iter().collect(),
            None => Vec::new(),
        },
        site: text("publisher"),
        is_locked: object.get("isAccessibleForFree").is_some_and(|free| match free {
            Value::Bool(free) => !free,
            Value::String(free) => free.eq_ignore_ascii_case("false"),
            _ => false,
        }),
    }
}

/// A text, a paragraph a line, whether it is HTML or plain.
fn paragraphs(body: &str) -> String {
    if html::looks_like_markup(body) {
        return html::text(body);
    }
    let lines: Vec<String> = body.lines().map(html::plain).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// A text, or the name of what is described.
fn name(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text,
        Value::Array(values) => return values.first().filter(|first| !first.is_array()).and_then(name),
        Value::Object(object) => object.get("name")?.as_str()?,
        _ => return None,
    };
    Some(html::text(text)).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_found_wherever_they_stand() {
        let table = [
            (r#"{"@type":"NewsArticle","headline":"A &amp; B"}"#, Some("A & B")),
            (r#"[{"@type":"WebPage"},{"@type":["Thing","Article"],"headline":"B"}]"#, Some("B")),
            (r#"{"@graph":[{"@type":"Organization","name":"x"},{"@type":"BlogPosting","headline":"C"}]}"#, Some("C")),
            (r#"{"@type":"WebPage","mainEntity":{"@type":"ReportageNewsArticle","name":"D"}}"#, Some("D")),
            ("<!-- {\"@type\":\"Article\",\"headline\":\"two\nlines\"}; -->", Some("two lines")),
            (r#"{"@type":"Organization","name":"Article"}"#, None),
            (r#"{"@type":"Article","headline":"cut"#, None),
        ];
        for (script, want) in table {
            assert_eq!(read(script).and_then(|article| article.headline).as_deref(), want, "{script}");
        }
    }

    #[test]
    fn what_an_article_says_of_itself() {
        let script = r#"{"@type":"NewsArticle","articleBody":"<p>Un.</p><p>Deux.</p>","datePublished":"2025-04-22",
            "inLanguage":{"@type":"Language","name":"fr"},"author":[{"name":"A. Maïga"},"B. Ag"],
            "publisher":{"name":"Le Journal"},"isAccessibleForFree":"False"}"#;
        let want = LinkedArticle {
            headline: None,
            body: Some("Un.\nDeux.".into()),
            published: Some("2025-04-22".into()),
            language: Some("fr".into()),
            authors: vec!["A. Maïga".into(), "B. Ag".into()],
            site: Some("Le Journal".into()),
            is_locked: true,
        };
        assert_eq!(read(script), Some(want));
    }

    #[test]
    fn documents_without_end_are_left() {
        let many = format!("[{}{{\"@type\":\"Article\"}}]", "{},".repeat(MAX_NODES));
        assert_eq!(read(&many), None);
        assert_eq!(read(&format!("{}\"Article\"", "[".repeat(100_000))), None);
    }
}
