//! Whose mail it is: what a link scanner may do (S23), and how a forged mail is told from ours (S26).

use mail_parser::MessageParser;
use url::Url;

use crate::bed::{Bed, attack, everyday};
use crate::peers::http::{HttpPeer, Reply};
use crate::trials;

/// S23: a scanner that opens every link of a mail changes nothing, since none of them leads to us: one goes to the publisher,
/// the others are mails to the desk. There is no link to an address of ours, and no header of RFC 8058. Seen failing with a
/// `List-Unsubscribe` of ours, with the header of RFC 8058, and with links that go by way of us.
#[test]
fn whoever_opens_all_links_changes_nothing() {
    let trial = trials::of("S23");
    let publisher = HttpPeer::start();
    publisher.on("/article", [Reply::ok("<p>x")]);
    let bed = Bed::new().alerting_at_once();
    let item = attack(1).replace("https://outlet.example/attack-1", publisher.url("/article").as_str());
    bed.serve(&[item]);
    bed.once();
    let asked = bed.http.all_requests().len();
    let stands = || {
        let said = bed.run(&["stories", "--json"]).stdout + &bed.run(&["sources", "--json"]).stdout;
        // How far back was looked, which is so long before now.
        said.lines().filter(|line| !line.contains("\"since\":")).collect::<Vec<_>>().join("\n")
    };
    let before = stands();
    let accepted = bed.smtp.accepted();
    let mail = MessageParser::default().parse(&accepted[0].message).unwrap();
    let html = scraper::Html::parse_document(&mail.body_html(0).unwrap());
    let mut links: Vec<String> =
        html.select(&scraper::Selector::parse("[href]").unwrap()).map(|a| a.attr("href").unwrap().to_owned()).collect();
    let unsubscribe = mail.header_raw("List-Unsubscribe").unwrap().trim().to_owned();
    links.extend(unsubscribe.split(',').map(|link| link.trim().trim_matches(['<', '>']).to_owned()));
    assert!(links.len() >= 4, "{links:?}");
    assert_eq!(mail.header_raw("List-Unsubscribe-Post"), None);
    for link in &links {
        let link = Url::parse(link).unwrap();
        assert!(link.scheme() == "mailto" || link == publisher.url("/article"), "{link}");
        if link.scheme() == "http" {
            let mut scanner = std::net::TcpStream::connect(("127.0.0.1", publisher.port())).unwrap();
            std::io::Write::write_all(&mut scanner, b"GET /article HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            publisher.wait_for("/article", 1);
        }
    }
    assert_eq!((before, asked), (stands(), bed.http.all_requests().len()));
    trial.passed(links.len());
}

/// S26: each reader's mails carry their own key word and nobody else's, in text, HTML and plain mails; `mail test` shows what
/// the other side saw. Fails where another word than theirs is shown.
#[test]
fn a_reader_knows_our_mail_by_its_key_word() {
    let trial = trials::of("S26");
    let readers = ["amina@example.org", "jb@example.org", "plain@example.org", "none@example.org"];
    let bed = Bed::new().to(&readers).alerting_at_once().with(
        "[[reader]]\nwho = [\"amina@example.org\"]\nkeyword = \"blue tamarin\"\n\
         [[reader]]\nwho = [\"jb@example.org\"]\nkeyword = \"<b>baobab\"\nlang = \"fr\"\n\
         [[reader]]\nwho = [\"plain@example.org\"]\nkeyword = \"acacia\"\nprofile = \"plain\"\nsubject = \"neutral\"",
    );
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    let words = ["blue tamarin", "<b>baobab", "acacia"];
    let accepted = bed.smtp.accepted();
    assert_eq!(accepted.len(), readers.len());
    for mail in &accepted {
        let read = MessageParser::default().parse(&mail.message).unwrap();
        let own = readers.iter().position(|reader| mail.to == [*reader]).unwrap();
        let text = read.body_text(0).unwrap().replace(['\n', '\r'], " ");
        for (n, word) in words.iter().enumerate() {
            assert_eq!(text.contains(word), n == own, "{word}: {text}");
            let html = read.body_html(0).unwrap();
            assert!(!html.contains("<b>baobab"), "{html}");
            assert!(!String::from_utf8_lossy(&mail.message).split("\r\n\r\n").next().unwrap().contains(word));
        }
    }
    let ended = bed.run(&["mail", "test", "amina@example.org"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for part in [
        "what the mail server saw:",
        "MAIL FROM -> 250",
        "what the receiver sees (envelope sender alerts@example.org):",
        "From: Sahelwatch <alerts@example.org>",
        "Subject: Test mail of sahelwatch",
        "dmarc=pass for example.org",
    ] {
        assert!(ended.stdout.contains(part), "no {part} in {}", ended.stdout);
    }
    let accepted = bed.smtp.accepted();
    let read = MessageParser::default().parse(&accepted.last().unwrap().message).unwrap();
    assert!(read.body_text(0).unwrap().contains("blue tamarin"));
    // A mistake beside it does not show it.
    let typed = bed.configured().replace("lang = \"fr\"", "lang = \"xx\"").replace("\"acacia\"", "\"acacia\u{7}\"");
    bed.rewrite(&typed);
    let ended = bed.run(&["check"]);
    assert!(ended.code == Some(78) && !(ended.stdout + &ended.stderr).contains("acacia"));
    trial.passed(readers.len() * words.len());
}
