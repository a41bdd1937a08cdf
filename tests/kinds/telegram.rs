//! Public previews of Telegram channels. A channel has one address, so it is served under that: through a proxy that takes
//! t.me for a server of ours, with a certificate for that name.

use super::{Kind, quiet, report};
use crate::bed::headline;
use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::peers::proxy::{ProxyPeer, Target};

/// The posts of a channel, the latest at the end, as Telegram shows them.
fn channel(numbers: &[usize]) -> Reply {
    let post = |n: usize| {
        format!(
            "<div class='tgme_widget_message_wrap'><div class='tgme_widget_message' data-post='voix_azawagh/{n}'>\
             <div class='tgme_widget_message_text js-message_text' dir='auto'>{}<br/>{}</div>\
             <a class='tgme_widget_message_date' href='https://t.me/voix_azawagh/{n}'>\
             <time datetime='2026-11-01T10:00:00+00:00'>10:00</time></a></div></div>",
            headline(n),
            report(n)
        )
    };
    let posts: String = numbers.iter().rev().map(|&n| post(n)).collect();
    let page = format!(
        "<!doctype html><html><body class='tgme_page'><div class='tgme_channel_info'>\
         <div class='tgme_channel_info_header_title'>La Voix de l'Azawagh</div></div>{posts}</body></html>"
    );
    Reply::ok(page).header("Content-Type", "text/html; charset=utf-8")
}

#[test]
fn a_telegram_channel_lives_by_its_posts() {
    let telegram = HttpPeer::start_tls(Certificate::For("t.me"));
    let proxy = ProxyPeer::towards(telegram.port());
    let bed = quiet().with(&format!(
        "[[source]]\nid = \"voix\"\nkind = \"telegram\"\nurl = \"@voix_azawagh\"\nproxy = \"{}\"",
        proxy.url("socks5h")
    ));
    let authority = bed.folder().join("authority.pem");
    std::fs::write(&authority, telegram.authority()).unwrap();
    let bed = bed.asking(&format!("ca_file = {authority:?}"));
    Kind {
        id: "voix",
        show: &|numbers| telegram.on("/s/voix_azawagh", [channel(numbers)]),
        link: &|n| format!("https://t.me/voix_azawagh/{n}"),
        breaks: &|| {
            let unknown = "<!doctype html><body><div class='tgme_page'>You can contact @voix_azawagh right away.</div>";
            telegram.on("/s/voix_azawagh", [Reply::ok(unknown).header("Content-Type", "text/html")]);
        },
        has_text: true,
        state: "failing",
        why: "channel",
    }
    .lives(&bed);
    let there = Target::Name("t.me".to_owned(), 443);
    assert!(proxy.asked().iter().all(|asked| *asked == there), "{:?}", proxy.asked());
}
