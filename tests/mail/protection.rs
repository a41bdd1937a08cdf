//! TLS and logins: what may never happen in clear.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::peers::certificates::Authority;

const LOGIN: (&str, &str) = ("sahelwatch", "correct horse");

struct Trust {
    folder: TempDir,
    authority: Authority,
}

impl Trust {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), authority: Authority::new() }
    }

    fn ca_file(&self) -> Option<PathBuf> {
        Some(self.authority.write(self.folder.path()))
    }
}

#[tokio::test]
async fn login_and_mail_go_over_tls() {
    let trust = Trust::new();
    let certificate = trust.authority.issue("localhost");
    for mechanisms in ["PLAIN", "LOGIN", "GSSAPI LOGIN PLAIN"] {
        for tls in [Tls::Starttls, Tls::Implicit] {
            let offer = Offer { mechanisms, ..Offer::default() }.login(LOGIN.0, LOGIN.1);
            let peer = match tls {
                Tls::Starttls => offer.starttls(certificate.clone()),
                _ => offer.implicit_tls(certificate.clone()),
            }
            .start();
            let transport = Transport::new(&smtp(&peer, tls, Some(LOGIN), trust.ca_file())).unwrap();
            assert_sent(&send(&transport, "1").await);
            assert_eq!(peer.accepted()[0].message, message("1"));
            assert_in_clear(&peer, if tls == Tls::Starttls { &["EHLO", "STARTTLS"] } else { &[] });
        }
    }
}

/// B10: without protection nothing is sent, and the operator is told why.
/// Seen failing with any certificate taken, and with STARTTLS only where it is offered.
#[tokio::test]
async fn nothing_is_sent_to_a_stranger_or_in_clear() {
    let trial = trials::of("B10");
    let (trust, other) = (Trust::new(), Trust::new());
    let good = trust.authority.issue("localhost");
    let offer = || Offer::default().login(LOGIN.0, LOGIN.1);
    let cases = [
        ("does not offer STARTTLS", Tls::Starttls, offer()),
        ("expired", Tls::Starttls, offer().starttls(trust.authority.issue_expired("localhost"))),
        ("not valid for name", Tls::Starttls, offer().starttls(trust.authority.issue("mail.example.com"))),
        ("UnknownIssuer", Tls::Starttls, offer().starttls(other.authority.issue("localhost"))),
        ("expired", Tls::Implicit, offer().implicit_tls(trust.authority.issue_expired("localhost"))),
        ("UnknownIssuer", Tls::Implicit, offer().implicit_tls(other.authority.issue("localhost"))),
        ("corrupt", Tls::Implicit, offer().starttls(good)),
    ];
    for (wanted, tls, offer) in cases {
        let peer = offer.start();
        let transport = Transport::new(&smtp(&peer, tls, Some(LOGIN), trust.ca_file())).unwrap();
        let verdict = send(&transport, "1").await;
        assert_retry(&verdict, RetryKind::Insecure);
        let Verdict::Retry { error, .. } = verdict else { unreachable!() };
        assert!(error.contains(wanted), "{error}, not {wanted}");
        assert_in_clear(&peer, &["EHLO", "STARTTLS", "QUIT"]);
        assert_eq!(peer.accepted(), []);
    }
    trial.passed(7);
}

/// Answers appended in clear to the one that starts TLS must not count as given inside it.
/// Seen failing with more than one byte read at a time.
#[tokio::test]
async fn answers_injected_before_tls_are_not_believed() {
    let trial = trials::of("B10");
    let trust = Trust::new();
    let peer = Offer::default().starttls(trust.authority.issue("localhost")).start();
    let forged = ["220 go ahead", "250 evil", "250 2.1.0 Ok", "250 2.1.5 Ok", "354 go", "250 2.0.0 queued as nothing"];
    peer.reply(Step::Starttls, &forged.join("\n"));
    let transport = Transport::new(&smtp(&peer, Tls::Starttls, None, trust.ca_file())).unwrap();
    assert_retry(&send(&transport, "1").await, RetryKind::Insecure);
    assert_eq!(peer.accepted(), []);
    trial.passed(1);
}

/// Seen failing with the answer to STARTTLS ignored.
#[tokio::test]
async fn a_refused_starttls_is_no_reason_to_go_on() {
    let trial = trials::of("B10");
    let trust = Trust::new();
    let peer = Offer::default().login(LOGIN.0, LOGIN.1).starttls(trust.authority.issue("localhost")).start();
    peer.reply(Step::Starttls, "454 4.7.0 TLS not available");
    let transport = Transport::new(&smtp(&peer, Tls::Starttls, Some(LOGIN), trust.ca_file())).unwrap();
    assert_retry(&send(&transport, "1").await, RetryKind::Unreachable);
    assert_in_clear(&peer, &["EHLO", "STARTTLS", "QUIT"]);
    trial.passed(1);
}

/// Seen failing with the address not looked at.
#[tokio::test]
async fn without_tls_only_this_machine_is_talked_to() {
    let trial = trials::of("B10");
    let relay = SmtpSettings { host: "192.0.2.1".to_owned(), port: 25, tls: Tls::None, login: None, ca_file: None };
    let transport = Transport::new(&settings(TransportSettings::Smtp(relay))).unwrap();
    assert_retry(&send(&transport, "1").await, RetryKind::Insecure);
    trial.passed(1);
}

/// B11: a wrong login is an operator's matter, and is not tried again and again.
/// Seen failing with no pause after a refused login.
#[tokio::test]
async fn a_refused_login_is_not_repeated_at_once() {
    let trial = trials::of("B11");
    let trust = Trust::new();
    let peer = Offer::default().login(LOGIN.0, LOGIN.1).starttls(trust.authority.issue("localhost")).start();
    let wrong = smtp(&peer, Tls::Starttls, Some((LOGIN.0, "wrong horse")), trust.ca_file());
    let transport = Transport::new(&wrong).unwrap();
    let (verdict, transcript) = transport.send_traced(FROM, TO, "1", &message("1")).await;
    assert_retry(&verdict, RetryKind::Login);
    assert!(transcript.iter().any(|line| line == "AUTH -> 535 5.7.8 authentication failed"), "{transcript:?}");
    assert!(!format!("{verdict:?}{transcript:?}").contains("wrong horse"));
    for id in ["1", "2", "3"] {
        assert_eq!(send(&transport, id).await, verdict);
    }
    assert_eq!((peer.connections(), peer.count("AUTH")), (1, 1));

    let hasty = Timeouts { login_pause: Duration::ZERO, ..Timeouts::default() };
    let transport = Transport::with_timeouts(&wrong, hasty).unwrap();
    for id in ["1", "2"] {
        assert_retry(&send(&transport, id).await, RetryKind::Login);
    }
    assert_eq!(peer.count("AUTH"), 3);
    trial.passed(4);
}

#[tokio::test]
async fn a_server_that_takes_no_login_is_an_operators_matter() {
    let peer = SmtpPeer::start();
    let transport = Transport::new(&smtp(&peer, Tls::None, Some(LOGIN), None)).unwrap();
    assert_retry(&send(&transport, "1").await, RetryKind::Login);
}

#[test]
fn a_ca_file_that_holds_no_certificate_is_refused_by_name() {
    let (trust, peer) = (Trust::new(), SmtpPeer::start());
    let path = trust.folder.path().join("empty.pem");
    std::fs::write(&path, "not a certificate\n").unwrap();
    for path in [path, trust.folder.path().join("missing.pem")] {
        let error = Transport::new(&smtp(&peer, Tls::Starttls, None, Some(path.clone()))).err().unwrap();
        assert!(error.to_string().starts_with(&format!("ca_file {}: ", path.display())), "{error}");
    }
}

#[track_caller]
fn assert_in_clear(peer: &SmtpPeer, allowed: &[&str]) {
    for heard in peer.heard().iter().filter(|heard| !heard.encrypted) {
        assert!(allowed.contains(&heard.line.split(' ').next().unwrap()), "in clear: {}", heard.line);
    }
}
