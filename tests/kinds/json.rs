//! JSON whose items are picked by JSONPath.

use serde_json::json;

use super::{Kind, quiet, report};
use crate::bed::headline;
use crate::peers::http::Reply;

#[test]
fn a_json_document_lives_by_its_paths() {
    let select = "select = { item = \"$.data.articles[*]\", title = \"$.headline\", link = \"$.path\", \
                  id = \"$.n\", summary = \"$.lead\" }";
    let bed = quiet().source("api", "json", "/api?page=1", select);
    let show = |numbers: &[usize]| {
        let articles = numbers.iter().map(|&n| {
            json!({ "n": n, "headline": headline(n), "path": format!("/attaque-{n}"), "lead": format!("<p>{}</p>", report(n)) })
        });
        let document = json!({ "data": { "articles": articles.collect::<Vec<_>>(), "total": 9 } });
        bed.http.on("/api?page=1", [Reply::ok(document.to_string()).header("Content-Type", "application/json")]);
    };
    Kind {
        id: "api",
        show: &show,
        link: &|n| bed.http.url(&format!("/attaque-{n}")).into(),
        breaks: &|| bed.http.on("/api?page=1", [Reply::ok("{\"data\": {\"articles\": [{\"n\": 5,")]),
        has_text: true,
        state: "failing",
        why: "read the answer",
    }
    .lives(&bed);
}
