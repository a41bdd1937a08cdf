//! Whole pages, honest and hostile.

use super::*;

fn read_page(page: &str) -> Result<Parsed, ParseError> {
    let url = Url::parse("https://t.me/s/voix_azawagh").expect("an URL");
    read(&Document { bytes: page.as_bytes(), content_type: Some("text/html; charset=utf-8"), url: Some(&url) })
}

/// A page with this post on it.
fn post(inside: &str) -> Parsed {
    read_page(&format!("<div class='x {MESSAGE}' data-post='voix_azawagh/1'>{inside}</div>")).expect("a page")
}

#[test]
fn the_posts_of_a_channel_come_latest_first() {
    let parsed = read_page(include_str!("../../../tests/fixtures/kinds/telegram-fr.html")).expect("a page");
    assert_eq!(parsed.head.title, "La Voix de l'Azawagh");
    let [poll, gao, attack] = &parsed.items[..] else { panic!("{:?}", parsed.items) };
    assert_eq!(attack.title, "🔴 Attaque à Tidermène : 4 civils tués & 12 blessés");
    assert_eq!(
        attack.body,
        "🔴 Attaque à Tidermène : 4 civils tués & 12 blessés\nDes hommes armés ont attaqué le marché lundi vers 10 h.\n\
         Le bilan est provisoire. #Ménaka"
    );
    assert_eq!(attack.entry_id.as_deref(), Some("voix_azawagh/118"));
    assert_eq!(attack.link.as_ref().map(Url::as_str), Some("https://t.me/voix_azawagh/118"));
    assert_eq!(attack.authors, ["Awa T."]);
    let date = attack.published.as_ref().expect("a date");
    assert_eq!(date.at.map(|at| at.to_string()).as_deref(), Some("2026-09-07T10:20:31Z"));
    assert_eq!(
        gao.body, "Le marché de Gao a rouvert.",
        "the quoted post is not part of it, and a text in a text is one"
    );
    assert_eq!(gao.summary, "Gao : reprise du marché\nLes commerçants ont repris mardi.");
    assert_eq!(gao.authors, ["Radio Gourma"]);
    assert_eq!(poll.title, "La route de Gao est-elle ouverte ?");
    assert_eq!(parsed.problems, ["1 posts have no text, only pictures or the like"]);
    assert!(parsed.complete);
}

#[test]
fn a_quoted_post_alone_is_no_text() {
    let quoted = "<a class='tgme_widget_message_reply'><div class='js-message_text'>cité</div>
        <i class='tgme_widget_message_forwarded_from_name'>X</i></a>";
    assert_eq!(post(quoted).items, []);
    let answered = post(&format!("{quoted}<div class='js-message_text'>réponse</div>"));
    assert_eq!((answered.items[0].body.as_str(), answered.items[0].authors.len()), ("réponse", 0));
    let preview = "<div class='link_preview_title'>Gao : reprise</div>";
    let previewed = post(preview);
    assert_eq!((previewed.items[0].title.as_str(), previewed.items[0].body.as_str()), ("Gao : reprise", ""));
}

#[test]
fn posts_without_a_number_are_counted() {
    for id in ["", "voix_azawagh", "voix_azawagh/", "voix_azawagh/1?x", "../x/1", "a/1"] {
        let page = format!("<div class='{MESSAGE}' data-post='{id}'><p class='js-message_text'>t</p></div>");
        let parsed = read_page(&page).expect("a page");
        assert_eq!((parsed.items.len(), &parsed.problems[..]), (0, &["1 posts have no number".to_owned()][..]), "{id}");
    }
}

#[test]
fn pages_without_posts_say_what_they_are() {
    let unknown = include_str!("../../../tests/fixtures/kinds/telegram-unknown.html");
    assert_eq!(read_page(unknown), Err(ParseError::NoChannel));
    let portal = "<html><head><title>Connexion requise</title></head><body>x</body></html>";
    assert_eq!(read_page(portal), Err(ParseError::PageForFeed { title: Some("Connexion requise".into()), wall: None }));
    assert_eq!(read_page(" \n"), Err(ParseError::Empty));
    let young = "<body class='tgme_page'><div class='tgme_channel_info'>
        <div class='tgme_channel_info_header_title'>Neuf</div></div>";
    let parsed = read_page(young).expect("a channel");
    assert_eq!((parsed.head.title.as_str(), parsed.items.len()), ("Neuf", 0));
}

#[test]
fn hostile_pages_cost_no_more_than_honest_ones() {
    assert_eq!(read_page(&"<div>".repeat(2000)), Err(ParseError::TooDeep));
    let message = format!("<div class='{MESSAGE}' data-post='voix_azawagh/1'><p class='js-message_text'>t</p>");
    let nested = read_page(&message.repeat(400)).expect("a page");
    assert_eq!(nested.items.len(), 1, "posts in posts are part of these");
    let many = read_page(&format!("{message}</div>").repeat(5000)).expect("a page");
    assert_eq!(many.items.len(), MAX_POSTS);
    let classes = "a ".repeat(200_000);
    let long = post(&format!("<p class='{classes} js-message_text'>{}</p>", "mot ".repeat(200_000)));
    assert!(long.items[0].title.chars().count() <= 120);
}

proptest::proptest! {
    #[test]
    fn never_panics(bytes: Vec<u8>, text in "\\PC{0,200}", id in "\\PC{0,12}") {
        let page = format!("<div class='{MESSAGE}' data-post='{id}'><p class='js-message_text'>{text}</p></div>");
        for bytes in [&bytes[..], page.as_bytes()] {
            let result = read(&Document { bytes, content_type: None, url: None });
            proptest::prop_assert!(result.is_err() || result.is_ok_and(|parsed| parsed.complete));
        }
    }
}
