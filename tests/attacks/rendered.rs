//! S13 as a browser sees it: two hundred mails in a headless Chromium, each in a frame of its own, with scripts allowed. Without
//! Chromium the test says that it was skipped.

use std::process::Command;

use super::letters::{parsed, run};
use super::payloads::Aim;
use crate::health::vigil::{OPERATOR, Vigil};
use crate::peers::http::{HttpPeer, Reply};
use crate::peers::smtp::Accepted;
use crate::trials;

/// Elements that the templates have; a browser adds none to those.
const OURS: &str = "html,head,meta,title,style,body,table,tbody,tr,td,div,p,h1,h2,h3,a,b,span,br";

/// Counts in every frame what is not ours, and whether a script reached the window around it.
const JUDGE: &str = "<script>
let hits = 0; window.alert = () => { hits++ };
addEventListener('load', () => setTimeout(() => {
  let foreign = [];
  for (const frame of document.querySelectorAll('iframe')) {
    const inside = frame.contentDocument;
    if (inside.defaultView.name.includes('pwned')) hits++;
    for (const element of inside.querySelectorAll('*')) {
      const handlers = [...element.attributes].some(a => a.name.startsWith('on') || a.name === 'src');
      if (!ALLOWED.includes(element.localName) || handlers) foreign.push(element.outerHTML.slice(0, 80));
    }
  }
  if (window.name.includes('pwned')) hits++;
  const frames = document.querySelectorAll('iframe').length;
  document.body.innerHTML = '';
  document.body.append(`VERDICT frames=${frames} foreign=${foreign.length} hits=${hits} END ` + foreign.slice(0, 3).join(' | '));
}, 1000));
</script>";

/// Renders these documents, each in a frame; says how many frames there were, how many foreign elements, and how often a script
/// ran. None where there is no Chromium.
fn rendered(documents: &[String]) -> Option<(usize, usize, usize, String)> {
    let program = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()))?;
    let folder = tempfile::tempdir().unwrap();
    let escaped = |html: &String| html.replace('&', "&amp;").replace('"', "&quot;");
    // Dialogs of a frame are counted too: each gets the counting one before its own scripts run.
    let frame = |html: &String| {
        let html = format!("<script>window.alert = () => parent.alert()</script>{html}");
        format!("<iframe srcdoc=\"{}\"></iframe>\n", escaped(&html))
    };
    let allowed: Vec<&str> = OURS.split(',').chain(["script"]).collect();
    let judge = JUDGE.replace("ALLOWED", &serde_json::to_string(&allowed).unwrap());
    // The script that counts is the only one; a second script in a frame is foreign.
    let judge =
        judge.replace("const handlers", "const scripts = inside.querySelectorAll('script').length > 1; const handlers");
    let judge = judge.replace("|| handlers)", "|| handlers || (scripts && element.localName === 'script'))");
    let page =
        format!("<!doctype html><meta charset=utf-8><body>{}{judge}", documents.iter().map(frame).collect::<String>());
    let path = folder.path().join("mails.html");
    std::fs::write(&path, page).unwrap();
    let output = Command::new(program)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--virtual-time-budget=60000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", path.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let verdict = said.split("VERDICT ").nth(1).unwrap_or_else(|| panic!("{output:?}"));
    let number = |name: &str| {
        let value = verdict.split(&format!("{name}=")).nth(1).and_then(|rest| rest.split(' ').next());
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{verdict}"))
    };
    Some((number("frames"), number("foreign"), number("hits"), verdict.to_owned()))
}

fn html(mail: &Accepted) -> Option<String> {
    parsed(mail).body_html(0).map(std::borrow::Cow::into_owned)
}

/// What a page in the place of a feed says in its title ends in mails to the operator (CVE-2023-27592 was such an error text).
fn operators_mails(hit: &str) -> Vec<Accepted> {
    let titles = [
        format!("<script src={hit}></script>"),
        format!("</title><img src={hit} onerror=alert(1)>"),
        format!("&lt;img src={hit} onerror=alert(1)&gt;"),
        format!("\"><svg onload=alert(1)><image href={hit} />"),
    ];
    let mut vigil = (0..titles.len()).fold(Vigil::new(), |vigil, n| vigil.source(&format!("s{n}"), "feed", ""));
    vigil = vigil.settings("[operator]\nsign_of_life = \"06:00\"\n");
    for n in 0..titles.len() {
        vigil.serve(&format!("s{n}"), &[crate::bed::everyday(n)]);
    }
    vigil.hours(2);
    for (n, title) in titles.iter().enumerate() {
        let page = format!("<!doctype html><title>Portail {title}</title><p>{title}");
        vigil.bed.http.on(&format!("/s{n}"), [Reply::ok(page).header("Content-Type", "text/html")]);
    }
    vigil.hours(12);
    vigil.bed.smtp.accepted().into_iter().filter(|mail| mail.to == [OPERATOR]).collect()
}

/// Fails where a template takes a text as `safe`. That scripts, dialogs and requests would be noticed is shown first, by payloads
/// that stand in a page as they are.
#[test]
fn no_mail_does_anything_in_a_browser() {
    let trial = trials::of("S13");
    let control = HttpPeer::start();
    control.on("/hit", [Reply::ok("")]);
    let hit = control.url("/hit").to_string();
    let raw = format!("<p>x</p><script>alert(1)</script><img src=\"{hit}\">");
    let Some((frames, foreign, hits, verdict)) = rendered(&[raw]) else {
        return trial.skipped("no Chromium on this machine");
    };
    assert!(frames == 1 && foreign >= 2 && hits >= 1, "{verdict}");
    assert_eq!(control.requests("/hit").len(), 1);

    let run = run();
    let markup = run.payloads.iter().zip(&run.mails).filter(|(payload, _)| payload.aim == Aim::Markup);
    let mut mails: Vec<String> = markup.filter_map(|(_, mail)| html(mail)).collect();
    let operators = operators_mails(run.trap.url("/hit").as_str());
    assert!(
        operators.len() >= 2 && operators.iter().any(|mail| html(mail).unwrap().contains("Portail")),
        "{operators:?}"
    );
    mails.extend(operators.iter().filter_map(html));
    let (frames, foreign, hits, verdict) = rendered(&mails).unwrap();
    assert_eq!((frames, foreign, hits), (mails.len(), 0, 0), "{verdict}");
    assert_eq!(run.trap.connections(), 0);
    trial.passed(mails.len());
}
