#![allow(missing_docs)]
use sahelwatch::extract::{Document, feed};
use serde_json::{Value, json};
fn main() {
    let man = std::fs::read_to_string("/work/shared/data/feeds/manifest.jsonl").unwrap();
    for line in man.lines() {
        let m: Value = serde_json::from_str(line).unwrap();
        let file = m["file"].as_str().unwrap();
        let bytes = std::fs::read(format!("/tmp/feedfix/{file}")).unwrap_or_default();
        let headers = m["headers"].as_object().unwrap();
        let h = |n: &str| {
            headers.iter().find(|(k, _)| k.eq_ignore_ascii_case(n)).map(|(_, v)| v.as_str().unwrap().to_owned())
        };
        let suite = m["suite"].as_str().unwrap();
        let base = if suite == "feedparser" {
            let p = file.split_once("tests/").unwrap().1;
            Some(format!("http://127.0.0.1:8097/{p}"))
        } else {
            None
        };
        let base = h("content-location")
            .and_then(|c| base.as_ref().and_then(|b| url::Url::parse(b).unwrap().join(&c).ok()).map(String::from))
            .or(base)
            .map(|b| url::Url::parse(&b).unwrap());
        let ct = h("content-type");
        let r = feed::read(&Document { bytes: &bytes, content_type: ct.as_deref(), url: base.as_ref() });
        let out = match r {
            Err(e) => json!({"ok": false, "error": e.to_string()}),
            Ok(p) => {
                let d =
                    |d: &Option<sahelwatch::model::PrintedDate>| d.as_ref().and_then(|d| d.at.map(|a| a.to_string()));
                let items: Vec<Value> = p.items.iter().map(|i| json!({
                    "title": i.title, "link": i.link.as_ref().map(|l| l.to_string()), "id": i.entry_id, "summary": i.summary, "content": i.body,
                    "published": d(&i.published), "updated": d(&i.updated).or_else(|| d(&i.published)), "author": i.authors.join(", "), "categories": i.categories,
                    "printed": i.published.as_ref().map(|d| d.printed.clone()), "printed_updated": i.updated.as_ref().map(|d| d.printed.clone()),
                })).collect();
                json!({"ok": true, "error": null, "feed": {"title": p.head.title, "link": p.head.link, "language": p.head.language}, "items": items, "problems": p.problems, "complete": p.complete})
            }
        };
        println!("{out}");
    }
}
