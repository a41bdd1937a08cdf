//! Pages whose articles are found without selectors.

use super::{Kind, quiet, report};
use crate::bed::headline;
use crate::peers::http::Reply;

/// A front page as content systems make it: a menu, then the reports, then everyday news that stay.
fn front(numbers: &[usize]) -> Reply {
    let block = |link: &str, title: &str, text: &str| {
        format!("<article class='post'><h2><a href='/2026/11/{link}'>{title}</a></h2><p>{text}</p></article>")
    };
    let reports = numbers.iter().map(|&n| block(&format!("attaque-{n}"), &headline(n), &report(n)));
    let rest = (1..6).map(|n| {
        block(
            &format!("marche-{n}"),
            &format!("Le marché numéro {n} rouvre ses portes aux commerçants"),
            "Les commerçants s'en réjouissent.",
        )
    });
    let menu =
        ["Accueil", "Politique", "Économie", "Contact"].map(|name| format!("<li><a href='/{name}'>{name}</a></li>"));
    let listed: String = reports.chain(rest).collect();
    Reply::ok(format!(
        "<!doctype html><html lang=fr><title>Le Journal</title><body><nav><ul>{}</ul></nav><main>{listed}</main></html>",
        menu.concat()
    ))
    .header("Content-Type", "text/html; charset=utf-8")
}

#[test]
fn a_page_without_selectors_lives_by_its_headlines() {
    let bed = quiet().source("front", "page", "/front", "");
    Kind {
        id: "front",
        show: &|numbers| bed.http.on("/front", [front(numbers)]),
        link: &|n| bed.http.url(&format!("/2026/11/attaque-{n}")).into(),
        breaks: &|| bed.http.on("/front", [Reply::ok("<!doctype html><title>Maintenance</title><p>Site en travaux.")]),
        has_text: true,
        state: "degraded",
        why: "no item",
    }
    .lives(&bed);
}
