//! Rows B7 and B8: a server that says nothing any more holds up one mail, and a connection that died none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sahelwatch::alert::recipient_hash;

use super::{FROM, assert_sent, message, plain, send};
use crate::bed::{Bed, attack};
use crate::peers::smtp::{SmtpPeer, Step};
use crate::trials;

/// Who waits for a server that stalls, and who must not notice.
const STALLED: &str = "stalled@example.org";
const OTHERS: [&str; 3] = ["amina@example.org", "desk@example.org", "moussa@example.org"];
/// How much later mail to others may come (docs/promises.md P7).
const LATE: Duration = Duration::from_secs(1);

/// Longest time a mail may be handed over.
const PATIENCE: Duration = Duration::from_secs(60);

/// B7: each phase stalls for one mail, and others are handed over beside it. Seen failing with one mail at a time.
#[tokio::test]
async fn a_stall_in_any_phase_makes_no_other_mail_late() {
    let phases = [Step::Greeting, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Dot, Step::Accepted];
    for step in phases {
        let trial = trials::of("B7");
        let peer = SmtpPeer::start();
        peer.stall_at(step).once();
        let transport = Arc::new(plain(&peer));
        let hands_over = |to: &'static str, id: &'static str| {
            let transport = transport.clone();
            tokio::spawn(async move { transport.send(FROM, to, id, &message(id)).await })
        };
        let stalled = hands_over(STALLED, "1");
        peer.until_stalled(1).await;
        let began = Instant::now();
        for (to, id) in OTHERS.into_iter().zip(["2", "3", "4"]) {
            let handed_over = tokio::time::timeout(PATIENCE, hands_over(to, id)).await;
            assert_sent(&handed_over.unwrap_or_else(|_| panic!("{step:?}: held up")).unwrap());
        }
        assert!(began.elapsed() <= LATE, "{step:?}: others came {:?} later", began.elapsed());
        assert!(!stalled.is_finished(), "{step:?}");
        peer.release();
        assert_sent(&stalled.await.unwrap());
        assert_eq!(peer.accepted().len(), 4, "{step:?}: each once");
        trial.passed(1);
    }
}

/// B7 by the daemon: readers have lanes of their own. Seen failing with one lane, now that the mail that stalls goes first.
#[tokio::test]
async fn a_reader_whose_server_stalls_makes_no_other_reader_wait() {
    let trial = trials::of("B7");
    // Of what was written together, the reader with the least hash goes first.
    let others = OTHERS.map(recipient_hash);
    let first = (0..).map(|n| format!("stalled-{n}@example.org"));
    let stalled =
        first.into_iter().find(|address| others.iter().all(|other| recipient_hash(address) < *other)).unwrap();
    let bed = Bed::new().alerting_at_once().to(&[&stalled, OTHERS[0], OTHERS[1], OTHERS[2]]);
    bed.serve(&[attack(1)]);
    bed.smtp.stall_at(Step::Rcpt).to(&stalled);
    let daemon = bed.daemon();
    bed.smtp.until_stalled(1).await;
    let began = Instant::now();
    bed.smtp.until_accepted(3).await;
    let last = bed.smtp.accepted().iter().map(|mail| mail.at).max().unwrap();
    let late = last.saturating_duration_since(began);
    assert!(late <= LATE, "others came {late:?} later");
    bed.smtp.release();
    bed.smtp.until_accepted(4).await;
    assert_eq!(daemon.stop(), Some(0));
    trial.passed(1);
}

/// B8: as 421, FIN and RST; the next mail goes out at once and counts no attempt. Seen failing with a RSET that fails counted as one.
#[tokio::test]
async fn a_connection_that_died_between_two_mails_costs_nothing() {
    let deaths: [fn(&SmtpPeer); 3] = [
        |peer| {
            peer.reply(Step::Answered, "421 4.4.2 idle for too long").once();
        },
        |peer| {
            peer.close_at(Step::Answered).once();
        },
        |peer| {
            peer.reset_at(Step::Answered).once();
        },
    ];
    for death in deaths {
        let trial = trials::of("B8");
        let rounds = trials::count(3, 30);
        for _ in 0..rounds {
            let peer = SmtpPeer::start();
            death(&peer);
            let transport = plain(&peer);
            assert_sent(&send(&transport, "1").await);
            let began = Instant::now();
            assert_sent(&send(&transport, "2").await);
            assert!(began.elapsed() <= Duration::from_secs(2), "{:?}", began.elapsed());
            assert_eq!((peer.accepted().len(), peer.connections()), (2, 2));
        }
        trial.passed(rounds);
    }
}
