//! Invented pages of the kinds outlets have, with their articles as a reader would copy them; walls; and pages made
//! to hurt.

use proptest::prelude::*;

use super::*;

/// A page of `tests/fixtures/articles`.
fn page(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/articles/{name}", ROOT);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

const SENTENCE: &str =
    "<p>Une phrase assez longue pour être un article, avec une virgule ou deux, et un point à la fin.</p>";

/// Where the project lies.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read_page(bytes: &[u8]) -> Result<Article, NoArticle> {
    let url = Url::parse("https://outlet.example/2025/04/a").expect("an URL");
    read(&Document { bytes, content_type: Some("text/html"), url: Some(&url) })
}

#[test]
fn articles_of_every_kind_of_page() {
    let table = [
        // (name, title, language, published, canonical, site)
        (
            "wordpress-fr",
            "Ansongo : un convoi attaqué, douze morts",
            "fr",
            "2025-04-22T21:35:00Z",
            "https://outlet.example/2025/04/convoi-ansongo/",
            "Le Fleuve Info",
        ),
        ("blogger-ar", "هجوم مسلح قرب ميناكا يوقع سبعة قتلى", "ar", "2025-04-22T00:00:00Z", "", ""),
        ("table-en", "Nine soldiers killed near Tillaberi", "en", "2025-04-22T21:35:00Z", "", ""),
        ("jsonld-ha", "An kashe mutane takwas a Tillaberi", "ha", "2025-04-22T08:05:00Z", "", "Muryar Sahel"),
        ("windows-1256", "هجوم مسلح", "ar", "", "", ""),
    ];
    for (name, title, lang, published, canonical, site) in table {
        let article = read_page(&page(&format!("{name}.html"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        let text = String::from_utf8(page(&format!("{name}.txt"))).expect("UTF-8");
        assert_eq!(article.text, text.trim_end(), "{name}");
        let at = article.published.and_then(|date| date.at).map(|at| at.to_string()).unwrap_or_default();
        let found = (article.title.as_str(), article.language.as_str(), at.as_str());
        assert_eq!(found, (title, lang, published), "{name}");
        assert_eq!(article.canonical.map(String::from).unwrap_or_default(), canonical, "{name}");
        assert_eq!((article.site.unwrap_or_default().as_str(), article.cut_by), (site, None), "{name}");
    }
}

#[test]
fn what_stands_instead_of_an_article_is_named() {
    let table: [(&str, NoArticle); 6] = [
        ("consent", Wall::Consent.into()),
        ("challenge", Wall::Challenge.into()),
        ("gone", Wall::Gone.into()),
        ("login", Wall::Login.into()),
        ("shell", Wall::Script.into()),
        ("front", NoArticle::NoText),
    ];
    for (name, want) in table {
        assert_eq!(read_page(&page(&format!("{name}.html"))).map(|article| article.text), Err(want), "{name}");
    }
    assert_eq!(read_page(b" \n"), Err(ParseError::Empty.into()));
}

#[test]
fn a_beginning_is_an_article_that_says_so() {
    for (name, wall) in [("teaser", Wall::Teaser), ("paywall", Wall::Paywall)] {
        let article = read_page(&page(&format!("{name}.html"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(article.cut_by, Some(wall), "{name}");
        assert!(article.text.starts_with("Au moins douze personnes"), "{name}: {}", article.text);
        assert!(!article.text.contains("abonn"), "{name}: {}", article.text);
    }
}

#[test]
fn an_article_about_cookies_is_an_article() {
    let about =
        "Les cookies déposés sans consentement coûtent cher : la vie privée des lecteurs est protégée par la loi. ";
    let page =
        format!("<title>Les cookies devant le juge</title><article>{}</article>", format!("<p>{about}</p>").repeat(12));
    assert_eq!(read_page(page.as_bytes()).map(|article| article.cut_by), Ok(None));
}

#[test]
fn short_news_is_no_wall() {
    let around = "<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script><form>Connexion <input type=password></form>";
    let texts = [
        (
            "404 migrants secourus",
            "Les secours ont recueilli 404 personnes en mer au large de Nouadhibou, dont des enfants. La page est tournée, dit le chef du port, et tout le monde a été conduit à terre mardi matin.",
        ),
        (
            "Un instant de panique",
            "Une explosion a été entendue près du marché de Gao mardi matin, et les habitants ont fui. Une fille a été mariée sans son consentement, dit un témoin, et la police a ouvert une enquête.",
        ),
        (
            "لحظة الهجوم على القرية",
            "قتل ثلاثة أشخاص في هجوم مسلح على قرية قرب ميناكا، ولم يتم العثور على مفقودين آخرين حتى مساء الثلاثاء، وفق ما أفادت به مصادر محلية في المنطقة، والتحقيق مستمر في ملابسات الحادث.",
        ),
    ];
    for (title, text) in texts {
        let page = format!("<title>{title}</title>{around}<h1>{title}</h1><p>{text}</p>");
        let article = read_page(page.as_bytes()).map(|article| (article.title, article.text, article.cut_by));
        assert_eq!(article, Ok((title.to_owned(), text.to_owned(), None)));
    }
}

#[test]
fn a_canonical_link_to_the_front_page_is_none() {
    let text = SENTENCE.repeat(3);
    let canonical = |href: &str| {
        let page = format!("<link rel=canonical href='{href}'>{text}");
        read_page(page.as_bytes()).map(|article| article.canonical.map(String::from))
    };
    assert_eq!(canonical("/b?x=1"), Ok(Some("https://outlet.example/b?x=1".to_owned())));
    for href in ["/", "javascript:alert(1)", "https://outlet.example/"] {
        assert_eq!(canonical(href), Ok(None), "{href}");
    }
}

#[test]
fn hostile_pages_cost_little() {
    let links = "<a href=x>un lien vers une page</a> ".repeat(30_000);
    let long = format!("<article>{}</article>", "<p>Un mot, et encore un autre, puis un point. ".repeat(20_000));
    assert_eq!(read_page("<div>".repeat(20_000).as_bytes()), Err(ParseError::TooDeep.into()));
    assert_eq!(read_page(links.as_bytes()), Err(NoArticle::NoText));
    let text = read_page(long.as_bytes()).expect("an article").text;
    assert!(text.len() <= MAX_TEXT && text.len() > MAX_TEXT / 2, "{}", text.len());
    let class = format!("<div class='{}'>x</div>", "related ".repeat(100_000));
    assert_eq!(read_page(class.as_bytes()), Err(NoArticle::NoText));
}

proptest! {
    #[test]
    fn never_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        markup in "(<(p|div|h1|a href=x|li|article|br|/p|/div|span class=share)>|[a-zé،. ]{0,40}){0,60}",
    ) {
        for page in [bytes.as_slice(), markup.as_bytes()] {
            prop_assert!(read_page(page).map_or(0, |article| article.text.len()) <= MAX_TEXT);
        }
    }

    /// What stands beside an article changes nothing of it.
    #[test]
    fn menus_change_nothing(entries in proptest::collection::vec("[a-zA-Zéè ]{1,30}", 1..30)) {
        let text = SENTENCE.repeat(4);
        let menu: String = entries.iter().map(|entry| format!("<li><a href=/x>{entry}</a></li>")).collect();
        let alone = read_page(format!("<div>{text}</div>").as_bytes()).map(|article| article.text);
        let page = format!("<ul>{menu}</ul><div>{text}</div><nav>{menu}</nav>");
        let beside = read_page(page.as_bytes()).map(|article| article.text);
        prop_assert!(alone.is_ok());
        prop_assert_eq!(alone, beside);
    }
}
