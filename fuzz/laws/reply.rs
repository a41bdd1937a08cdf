//! Any bytes as the answers of a mail server, over a real connection: the sender comes to a verdict, takes a mail for sent only
//! when every step was answered as it must be, and says what happened in one printable line.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};

use sahelwatch::mail::{Settings, SmtpSettings, Tls, Transport, TransportSettings, Verdict};
use sahelwatch::model::Mailbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// How the answers to MAIL, RCPT, DATA and the final dot begin when a mail is taken (RFC 5321 §4.2.1). Those before them, to greeting and
/// EHLO, are judged by lettre, which takes a 3xx for a yes as well.
const YES: [u8; 4] = *b"2232";

pub(crate) fn holds(answers: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let verdict = runtime.block_on(verdict(answers));
    let said = match &verdict {
        Verdict::Sent { answer } => {
            let first = first_digits(answers);
            assert_eq!(
                first.get(2..2 + YES.len()),
                Some(&YES[..]),
                "taken for sent: {:?}",
                String::from_utf8_lossy(answers)
            );
            answer
        }
        Verdict::Refused { answer, .. } => {
            assert!(first_digits(answers).contains(&b'5'), "{verdict:?}");
            answer
        }
        Verdict::Retry { error, .. } => error,
    };
    assert!(!said.is_empty() && !said.contains(char::is_control), "{said:?}");
}

/// What a mail comes to whose server says all this, and then no more.
async fn verdict(answers: &[u8]) -> Verdict {
    let address = next_address();
    let listener = TcpListener::bind((address, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let host = address.to_string();
    let relay = SmtpSettings { host, port, tls: Tls::None, login: None, ca_file: None };
    let settings = Settings {
        from: Mailbox { name: None, address: "alerts@example.org".to_owned() },
        reply_to: None,
        list_id: "sahelwatch.example.org".to_owned(),
        transport: TransportSettings::Smtp(relay),
    };
    let sending = async {
        let transport = Transport::new(&settings).expect("a transport without TLS");
        let verdict = transport.send("alerts@example.org", "desk@example.net", "1", b"Subject: x\r\n\r\nx\r\n").await;
        transport.close().await;
        verdict
    };
    let serving = async {
        let Ok((mut server, _)) = listener.accept().await else { return };
        // Fails when the sender has heard enough. It is read to its end, lest the system throws away what it has not read yet.
        server.write_all(answers).await.ok();
        server.shutdown().await.ok();
        server.read_to_end(&mut Vec::new()).await.ok();
    };
    tokio::join!(sending, serving).0
}

/// The addresses of the loopback network in turn. The port of a connection that ended stays taken for a minute on its address (RFC 9293
/// §3.6.1): a thousand inputs a second on one of them would soon leave no port, to nobody on this machine.
fn next_address() -> Ipv4Addr {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed) & 0xffff;
    Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 0).to_bits() | number)
}

/// The first digit of each answer, by its last line. A line feed alone ends no line (RFC 5321 §2.3.8).
fn first_digits(answers: &[u8]) -> Vec<u8> {
    let (mut digits, mut rest) = (Vec::new(), answers);
    while !rest.is_empty() {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").map_or(rest.len(), |at| at + 2);
        let (line, after) = rest.split_at(end);
        if line.get(3) != Some(&b'-') {
            digits.extend(line.first());
        }
        rest = after;
    }
    digits
}
