//! Rows B12 and B13: what mails are made of, for servers that can little and for programs that answer by themselves.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{FROM, Offer, TO, assert_sent, mailbox, plain};
use crate::bed::{Bed, attack, entry};
use crate::health::vigil::Vigil;
use crate::peers::smtp::Accepted;
use crate::trials;
use sahelwatch::mail::{Draft, assemble};

/// Python's own reader of mail, as a stranger to our libraries: subject, text and HTML as it understands them.
const READER: &str = "import email, email.policy, json, sys
read = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
part = lambda kind: (lambda found: found and found.get_content())(read.get_body((kind,)))
print(json.dumps({'subject': str(read['subject']), 'text': part('plain'), 'html': part('html'), 'wrong': [str(d) for d in read.defects]}))";

/// What Python reads in a message; None without Python.
pub fn read_by_python(message: &[u8]) -> Option<Value> {
    let mut command = Command::new("python3");
    let command = command.args(["-c", READER]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    child.stdin.take().unwrap().write_all(message).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// What every server takes, whatever it can (RFC 5321 §4.5.3.1.6, RFC 5322 §2.1.1).
#[track_caller]
fn is_fit_for_any_server(message: &[u8]) {
    assert!(message.is_ascii(), "7-bit");
    let text = std::str::from_utf8(message).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 998), "a line is too long");
    assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']), "CRLF only");
}

/// B12. Seen failing with bodies as they are (8bit).
#[tokio::test]
async fn a_server_that_can_nothing_takes_long_lines_and_every_script() {
    let trial = trials::of("B12");
    let long = "une attaque à Ménaka ".repeat(200);
    let texts = [
        "Une attaque.\n.\n..\nFrom here\n".to_owned(),
        format!("{long}\n{}\n", "x".repeat(5_000)),
        "هجوم على قافلة في منكا ".repeat(300) + "\n",
        format!("{}\n", "a".repeat(998)),
    ];
    let peer = Offer { extensions: Vec::new(), ..Offer::default() }.start();
    let transport = plain(&peer);
    for (number, text) in texts.iter().enumerate() {
        let subject =
            format!("[HIGH] هجوم {}", &text.trim()[..text.trim().floor_char_boundary(900)].replace('\n', " "));
        let draft = Draft {
            from: mailbox(FROM),
            to: mailbox(TO),
            reply_to: None,
            subject: subject.clone(),
            date: "2026-11-23T04:05:06Z".parse().unwrap(),
            message_id: format!("{number}@sahelwatch.example.org"),
            headers: Vec::new(),
            text: text.clone(),
            html: Some(format!("<p>{text}</p>\n")),
        };
        assert_sent(&transport.send(FROM, TO, &number.to_string(), &assemble(&draft).unwrap()).await);
        let taken = peer.accepted().pop().unwrap().message;
        is_fit_for_any_server(&taken);
        let Some(read) = read_by_python(&taken) else { return trial.skipped("python3 is not installed") };
        let plain = |value: &Value| value.as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(read["wrong"], serde_json::json!([]));
        assert_eq!((plain(&read["text"]), plain(&read["html"])), (text.clone(), format!("<p>{text}</p>\n")));
        let words = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(words(&plain(&read["subject"])), words(&subject), "number {number}");
    }
    trial.passed(texts.len());
}

/// B12 with what sources write: the alert on a headline of a thousand letters.
/// Seen failing with bodies as they are (8bit).
#[test]
fn alerts_are_fit_for_any_server() {
    let trial = trials::of("B12");
    let bed = Bed::with_smtp(Offer { extensions: Vec::new(), ..Offer::default() }.start()).alerting_at_once();
    let long = format!("Attaque {}", "à Ménaka هجوم ".repeat(100));
    bed.serve(&[entry("long", &long, &"mot".repeat(2_000)), attack(1)]);
    bed.once();
    let accepted = bed.smtp.accepted();
    assert_eq!(accepted.len(), 2);
    for mail in &accepted {
        is_fit_for_any_server(&mail.message);
        let Some(read) = read_by_python(&mail.message) else { return trial.skipped("python3 is not installed") };
        assert_eq!(read["subject"].as_str(), Some(crate::bed::subject(mail).as_str()));
    }
    trial.passed(accepted.len());
}

/// The values of a header in a message as it stands on the wire.
fn values(mail: &Accepted, name: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(&mail.message).into_owned();
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).collect()
}

/// B13: every kind of mail says that no program should answer it (RFC 3834 §5), and bounces go to an address of ours.
/// Seen failing with that header called otherwise.
#[test]
fn no_mail_provokes_an_answer() {
    let trial = trials::of("B13");
    let settings = "[operator]\nsign_of_life = \"06:00\"\n\
                    [[watch]]\nid = \"later\"\nany = [\"attaque*\"]\nto = [\"digest@example.org\"]\ndeliver = \"digest\"\n\
                    [[digest]]\nid = \"morning\"\nschedule = { at = [\"07:00\"] }\nwatches = [\"later\"]\nto = [\"digest@example.org\"]\n";
    let mut vigil = Vigil::new().settings(settings).source("outlet", "feed", "").source("gone", "feed", "");
    vigil.bed.http.on("/gone", [crate::peers::http::Reply::status(404)]);
    vigil.serve("outlet", &[]);
    vigil.rounds(1);
    let attacks: Vec<String> = (1..=9).map(attack).collect();
    vigil.serve("outlet", &attacks);
    vigil.hours(9);
    let accepted = vigil.bed.smtp.accepted();
    let kinds: std::collections::BTreeSet<String> =
        accepted.iter().flat_map(|mail| values(mail, "X-Sahelwatch-Reason")).collect();
    for kind in ["new", "roundup", "digest", "ops", "sign_of_life"] {
        assert!(kinds.contains(kind), "no mail of the kind {kind} among {kinds:?}");
    }
    for mail in &accepted {
        assert_eq!(values(mail, "Auto-Submitted"), ["auto-generated"], "{}", crate::bed::subject(mail));
        assert_eq!(values(mail, "X-Auto-Response-Suppress"), ["All"], "{}", crate::bed::subject(mail));
        assert_eq!(mail.from, "alerts@example.org", "the envelope sender");
    }
    let test = vigil.bed.run(&["mail", "test", "desk@example.org"]);
    assert_eq!(test.code, Some(0), "{test:?}");
    assert_eq!(values(vigil.bed.smtp.accepted().last().unwrap(), "Auto-Submitted"), ["auto-generated"]);
    trial.passed(accepted.len() + 1);
}

/// B14 and P5: at most five mails of one source and a roundup in an hour, and every item of them can be found.
/// Seen failing with no limit for a source: twelve mails in the first hour.
#[test]
fn five_hundred_items_at_once_make_six_mails_an_hour_and_all_are_found() {
    let trial = trials::of("B14");
    let items = 500;
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    vigil.serve("outlet", &[]);
    vigil.rounds(1);
    vigil.serve("outlet", &(0..items).map(attack).collect::<Vec<_>>());
    vigil.rounds(4);
    let first = vigil.headlines().len();
    assert!((2..=6).contains(&first), "{first} mails in the first hour");
    vigil.hours(1);
    vigil.rounds(4);
    let second = vigil.headlines().len();
    assert!(second <= 6, "{second} mails in the second hour");
    let found = vigil.bed.run(&["search", "attaque*", "--since", "365d", "--limit", "1000", "--json"]);
    assert_eq!(found.code, Some(0), "{found:?}");
    let shown = found.stdout.matches("https://outlet.example/attack-").count();
    assert!(shown >= items, "{shown} of {items} found");
    assert_eq!(vigil.bed.status()["alerts"]["waiting"], 0, "everything was told");
    trial.passed(items);
}
