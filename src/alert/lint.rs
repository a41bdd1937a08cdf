//! What mail programs drop or break, by caniemail, and what a source must not be able to write: read off the tags of a
//! mail. Used by tests.

/// Fails where a mail of at most so many bytes holds what mail programs drop or break.
pub(super) fn check(name: &str, html: &str, max_bytes: usize) {
    const TAGS: [&str; 19] = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "div", "p", "h1", "h2",
        "h3", "a", "b", "span", "br",
    ];
    const FORBIDDEN: [&str; 21] = [
        "<script",
        "<svg",
        "<img",
        "url(",
        "var(",
        "rgb(",
        "rgba(",
        "hsl(",
        "rem;",
        "rem\"",
        "margin-inline",
        "padding-inline",
        "border-inline",
        "inset-inline",
        "display:grid",
        "display:flex",
        "@import",
        "src=",
        "{{",
        "letter-spacing",
        "font-style",
    ];
    let template = tags(html);
    for tag in &template {
        let word = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        assert!(TAGS.contains(&word), "{name}: <{tag}>");
        for (key, value) in attributes(tag) {
            let is = |keys: &[&str]| keys.contains(&key);
            assert!(!key.starts_with("on") && key != "hidden" && key != "id", "{name}: <{tag}>");
            assert!(!is(&["dir"]) || !["a", "td", "table"].contains(&word), "{name}: dir on <{tag}>");
            assert!(!is(&["dir"]) || ["ltr", "rtl"].contains(&value), "{name}: <{tag}>");
            let schemes = ["http://", "https://", "mailto:"];
            assert!(!is(&["href"]) || schemes.iter().any(|scheme| value.starts_with(scheme)), "{name}: {value}");
            let padded = is(&["style"]) && value.contains("padding");
            assert!(!padded || ["td", "body"].contains(&word), "{name}: padding outside a cell: <{tag}>");
            let bounded = is(&["style"]) && value.contains("max-width");
            assert!(!bounded || word == "table", "{name}: max-width outside a table: <{tag}>");
        }
        let block = word == "div" && attributes(tag).iter().any(|(key, _)| *key == "lang");
        assert!(!block || tag.contains("dir=\""), "{name}: a foreign block without direction: <{tag}>");
        assert!(word != "table" || tag.starts_with('/') || tag.contains("role=\"presentation\""), "{name}: <{tag}>");
    }
    let markup = template.join("\n<");
    for forbidden in FORBIDDEN {
        assert!(!markup.contains(forbidden), "{name}: {forbidden}");
    }
    let style = html.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    assert!(style.len() <= 2_048, "{name}: {} bytes of style", style.len());
    assert_eq!(html.matches("<style>").count(), 1, "{name}: Gmail keeps none outside the head");
    assert!(html.len() <= max_bytes, "{name}: {} bytes", html.len());
}

/// The tags of a letter's HTML: whatever stands between `<` and `>`. Text is escaped, so that it holds neither.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).collect()
}

/// The attributes of a tag; the templates quote every value.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let rest = tag.split_once(' ').map_or("", |(_, rest)| rest);
    rest.split("\" ")
        .filter_map(|pair| pair.trim_end_matches('"').split_once("=\""))
        .map(|(k, v)| (k.trim(), v))
        .collect()
}
