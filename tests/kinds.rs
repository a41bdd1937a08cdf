//! Every kind of source in whole runs: what its first poll finds is only remembered, what is new alerts once, what is known
//! brings nothing, and a document that cannot be read loses nothing and is told of. How each kind is read is tested beside its
//! code; pages with selectors are in `whole`.

mod exec;
mod json;
mod pace;
mod page;
mod sitemap;
mod telegram;
mod ways;

use serde_json::Value;

use crate::bed::{Bed, everyday, headline};
use crate::peers::smtp::Accepted;

/// A bed whose feed brings nothing, so that what comes is from the source under test.
fn quiet() -> Bed {
    let bed = Bed::new();
    bed.serve(&[everyday(1)]);
    bed
}

/// The text of a mail.
fn text(mail: &Accepted) -> String {
    let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
    parsed.body_text(0).unwrap().into_owned()
}

/// A source under test: how it shows reports of attacks by their numbers, where each leads, and how its document breaks.
struct Kind<'a> {
    id: &'a str,
    show: &'a dyn Fn(&[usize]),
    link: &'a dyn Fn(usize) -> String,
    breaks: &'a dyn Fn(),
    /// Whether it shows more than headlines.
    has_text: bool,
    /// How it stands then, and a part of why.
    state: &'a str,
    why: &'a str,
}

impl Kind<'_> {
    /// Lives through what every source owes its readers. Three polls are broken, since a page is believed to be when it
    /// was so three times.
    #[track_caller]
    fn lives(&self, bed: &Bed) {
        (self.show)(&[2, 1]);
        bed.once();
        let primed = bed.stands(self.id);
        assert_eq!((&primed["primed"], &primed["state"]), (&primed["items"], &"ok".into()), "{primed}");
        assert_eq!(bed.subjects(), [""; 0], "primed, not alerted");

        (self.show)(&[3, 2, 1]);
        bed.once();
        bed.once();
        assert_eq!(bed.headlines(), [headline(3)]);
        let mail = text(&bed.smtp.accepted()[0]);
        assert!(mail.contains(&(self.link)(3)), "{mail}");
        assert_eq!(mail.contains("Le bilan numéro 3 est de 6 morts"), self.has_text, "{mail}");

        (self.breaks)();
        (0..3).for_each(|_| drop(bed.run(&["run", "--once"])));
        let broken = bed.stands(self.id);
        assert_eq!(broken["state"], self.state, "{broken}");
        assert!(why(&broken).contains(self.why), "{broken}");

        (self.show)(&[4, 3, 2, 1]);
        bed.once();
        assert_eq!(bed.headlines(), [3, 4].map(headline), "nothing was forgotten, and nothing repeated");
        assert_eq!(bed.stands(self.id)["state"], "ok");
    }
}

/// What shows how a source stands.
fn why(line: &Value) -> &str {
    line["evidence"]["what"].as_str().unwrap_or_default()
}

/// The text of an attack's report.
fn report(n: usize) -> String {
    format!("Le bilan numéro {n} est de {} morts selon des sources locales", n + 3)
}
