//! Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF, and JSON Feed, as they are found in the wild.
//!
//! Bytes become text (`encoding`), text of any dialect becomes clean Atom (`xml`, `json`), and clean Atom becomes items (`item`,
//! through feed-rs). Knows nothing of HTTP beyond the `Content-Type`, and nothing of which items are new.

mod atom;
mod dialect;
mod inside;
mod item;
mod json;
mod offer;
mod vocabulary;
mod xml;

pub use dialect::dialect;
pub use item::derived_id;

use super::{Document, ParseError, Parsed, encoding};

/// Most entries that are read. An empty `<item>` of 13 bytes takes a kilobyte and more once it is read: 300,000 of them took 400 MB.
/// The longest honest feeds, archives of a site, have ten thousand.
const MAX_ENTRIES: usize = 20_000;

fn too_many() -> String {
    format!("there are more than {MAX_ENTRIES} entries; the first {MAX_ENTRIES} are used")
}

/// Reads a feed.
///
/// # Errors
/// [`ParseError`] when it is none.
pub fn read(document: &Document<'_>) -> Result<Parsed, ParseError> {
    let text = encoding::decode(document.bytes, document.content_type);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    let rewritten = match text.chars().next() {
        None => return Err(ParseError::Empty),
        Some('{') => json::rewrite(text)?,
        Some(_) => xml::rewrite(text, document.url)?,
    };
    item::read(rewritten, document.url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Reader;
    use crate::model::Item;
    use url::Url;

    fn parse(bytes: &[u8], url: &str) -> Result<Parsed, ParseError> {
        let url = Url::parse(url).unwrap();
        Reader::Feed.read(&Document { bytes, content_type: None, url: Some(&url) })
    }

    fn items(xml: &str) -> Vec<Item> {
        parse(xml.as_bytes(), "https://site.example/rss/feed.xml").unwrap().items
    }

    fn rss(item: &str) -> Item {
        items(&format!("<rss version='2.0'><channel><item>{item}</item></channel></rss>")).remove(0)
    }

    fn atom(entry: &str) -> Item {
        items(&format!("<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>")).remove(0)
    }

    #[test]
    fn entries_without_end_are_read_in_part_and_that_is_said() {
        let more = MAX_ENTRIES + 1;
        let xml = ["<rss><channel>", &"<item><title>a</title></item>".repeat(more), "</channel></rss>"].concat();
        let json = [r#"{"items":["#, &r#"{"title":"a"},"#.repeat(more - 1), r#"{"title":"a"}]}"#].concat();
        for feed in [xml, json] {
            let parsed = parse(feed.as_bytes(), "https://site.example/feed").unwrap();
            assert_eq!((parsed.items.len(), parsed.complete), (MAX_ENTRIES, false));
            assert_eq!(parsed.problems, [too_many()]);
        }
        let values = [r#"{"items":["#, &"0,".repeat(300_000), "0]}"].concat();
        assert!(matches!(parse(values.as_bytes(), "https://site.example/feed"), Err(ParseError::TooLarge)));
    }

    fn link(item: &Item) -> &str {
        item.link.as_ref().map_or("", Url::as_str)
    }

    #[test]
    fn a_sloppy_french_feed_is_read_whole() {
        let bytes = include_bytes!("../../../tests/fixtures/feeds/fr-sloppy-latin1.xml");
        let parsed = parse(bytes, "https://voix-azawagh.example/rss/index.xml").unwrap();
        assert_eq!(parsed.head.title, "La Voix de l'Azawagh – Actualités");
        assert_eq!((parsed.problems.len(), parsed.complete), (0, true));
        let [menaka, gao] = &parsed.items[..] else { panic!("{:?}", parsed.items) };
        assert_eq!(menaka.title, "Attaque à Ménaka : 4 civils tués & 12 blessés");
        assert_eq!(link(menaka), "https://voix-azawagh.example/articles/menaka?id=12&lang=fr");
        assert_eq!(menaka.summary, "Des hommes armés ont attaqué Tidermène.\nLe bilan est provisoire.");
        assert_eq!(menaka.entry_id.as_deref(), Some("va-12"));
        assert_eq!(menaka.lang.as_deref(), Some("fr-ML"));
        assert_eq!(menaka.published.as_ref().unwrap().printed, "lundi 7 septembre 2026");
        assert_eq!(gao.title, "Marché de Gao : reprise");
        assert_eq!(gao.summary, "Le marché a rouvert mardi\n&secret;", "an external entity stays a word");
        assert_eq!(gao.categories, ["Économie"]);
    }

    #[test]
    fn an_arabic_feed_in_windows_1256_is_read() {
        let bytes = include_bytes!("../../../tests/fixtures/feeds/ar-windows-1256.xml");
        let parsed = parse(bytes, "https://sawt-sahel.example/feed").unwrap();
        assert_eq!(parsed.items[0].title, "هجوم مسلح على قرية قرب ميناكا");
        assert_eq!(parsed.items[0].lang.as_deref(), Some("ar"));
    }

    #[test]
    fn a_json_feed_loses_only_what_is_wrong_in_it() {
        let bytes = include_bytes!("../../../tests/fixtures/feeds/ha-json-feed.json");
        let parsed = parse(bytes, "https://muryar-sahel.example/feed.json").unwrap();
        let [first, second] = &parsed.items[..] else { panic!("{:?}", parsed.items) };
        assert_eq!(parsed.problems, ["item 2 is not an object and is left out"]);
        assert_eq!(link(first), "https://muryar-sahel.example/labarai/7");
        assert_eq!(first.body, "An kashe mutane huɗu a ƙauyen.\nSojoji sun isa wurin.");
        assert_eq!(
            (&first.authors[..], &first.categories[..]),
            (&["Muryar Sahel".into()][..], &["tsaro".into(), "Nijar".into()][..])
        );
        let date = first.published.as_ref().unwrap();
        assert_eq!(
            (date.printed.as_str(), date.at.unwrap().to_string().as_str()),
            ("2026-09-07T10:00:00+01:00", "2026-09-07T09:00:00Z")
        );
        assert_eq!((second.entry_id.as_deref(), second.title.as_str(), second.body.as_str()), (Some("8"), "", "1 < 2"));
        assert_eq!((second.authors[0].as_str(), second.lang.as_deref()), ("A. Moussa", Some("fr")));
    }

    #[test]
    fn every_dialect_and_misspelling_gives_the_same_entry() {
        let entry = "<title>T</title><link>https://x.example/1</link>";
        let atom_entry = "<entry><title>T</title><link href='https://x.example/1'/></entry>";
        for xml in [
            format!("<rss version='2.0'><channel><item>{entry}</item></channel></rss>"),
            format!("<rss version='7'><item>{entry}</item></rss>"),
            format!("<Channel><Item>{entry}</Item></Channel>"),
            format!("<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel></channel><item>{entry}</item></rdf:RDF>"),
            format!("<RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item>{entry}</item></RDF>"),
            "<CHANNEL><ITEM HREF='https://x.example/1'><TITLE>T</TITLE></ITEM></CHANNEL>".into(),
            format!("<feed version='0.3' xmlns='http://purl.org/atom/ns#'>{atom_entry}</feed>"),
            format!("<feed xmlns='http://wrong.example/'>{atom_entry}</feed>"),
            "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>T</a:title><a:link href='https://x.example/1'/></a:entry></a:feed>".into(),
            atom_entry.to_owned(),
            format!("Warning: mysql_connect()<br />\n<rss><channel><item>{entry}</item></channel></rss>"),
            format!("<rss><channel><item>{entry}<item><title>2</title></channel></rss>"),
        ] {
            let items = items(&xml);
            assert_eq!((items[0].title.as_str(), link(&items[0])), ("T", "https://x.example/1"), "{xml}");
            assert_eq!(items[0].entry_id, None, "{xml}");
        }
    }

    #[test]
    fn texts_are_plain_whatever_they_were() {
        for (entry, title) in [
            ("<title>1 &lt; 2 &amp;&amp; 3 &gt; 2</title>", "1 < 2 && 3 > 2"),
            ("<title type='text'>1 &lt; 2</title>", "1 < 2"),
            ("<title type='html'>AT&amp;amp;T &lt;b>Mali&lt;/b></title>", "AT&T Mali"),
            (
                "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>AT&amp;T <b>Mali</b></div></title>",
                "AT&T Mali",
            ),
            ("<title>Attaque &amp;agrave; M&amp;eacute;naka</title>", "Attaque à Ménaka"),
            ("<title>&lt;b&gt;Mali&lt;/b&gt;</title>", "Mali"),
            ("<title type='image/png'>iVBORw0KGgo=</title>", ""),
        ] {
            assert_eq!(atom(entry).title, title, "{entry}");
        }
        for (item, title) in [
            ("<title><![CDATA[Attaque &agrave; <b>M&eacute;naka</b>]]></title>", "Attaque à Ménaka"),
            ("<title>Attaque &agrave; M&#233;naka</title>", "Attaque à Ménaka"),
            ("<title>L\u{92}arm\u{e9}e &#146;\u{1}</title>", "L’armée ’"),
            ("<title>\n  Deux\n  lignes </title>", "Deux lignes"),
            ("<title>Mali &amp; Niger & Tchad</title>", "Mali & Niger & Tchad"),
            ("<title>a</title><dc:title>b</dc:title><media:title>c</media:title>", "a"),
            ("<image><title>logo</title></image><dc:title>b</dc:title>", "b"),
        ] {
            assert_eq!(rss(item).title, title, "{item}");
        }
        let both = rss("<description>short</description><content:encoded><![CDATA[<p>long]]></content:encoded>");
        assert_eq!((both.summary.as_str(), both.body.as_str()), ("short", "long"));
    }

    #[test]
    fn people_keep_their_names_and_break_nothing() {
        for (author, name) in [
            ("<author>redaction@x.example (Awa Traoré)</author>", "Awa Traoré"),
            ("<dc:creator>Awa Traoré (redaction@x.example)</dc:creator>", "Awa Traoré"),
            ("<author><name>Awa</name><email>a@x.example</email></author>", "Awa"),
            ("<author>“awa@x.example”—é</author>", "“awa@x.example”—é"),
        ] {
            assert_eq!(rss(author).authors, [name], "{author}");
        }
    }

    #[test]
    fn links_are_absolute_against_the_right_base() {
        let feed = |attributes: &str, head: &str, entry: &str| {
            let xml = format!("<feed {attributes}>{head}<entry>{entry}</entry></feed>");
            link(&items(&xml)[0]).to_owned()
        };
        let relative = "<link href='a?x=1&amp;y=2'/>";
        assert_eq!(feed("", "", relative), "https://site.example/rss/a?x=1&y=2", "the document");
        assert_eq!(
            feed("", "<link href='https://www.example/n/'/>", relative),
            "https://www.example/n/a?x=1&y=2",
            "the site"
        );
        assert_eq!(feed("xml:base='https://b.example/c/'", "", relative), "https://b.example/c/a?x=1&y=2");
        assert_eq!(
            feed("xml:base='/c/'", "", "<link xml:base='d/' href='a'/>"),
            "https://site.example/c/d/a",
            "base on base"
        );
        assert_eq!(feed("xml:base='http://['", "", "<link href='/a'/>"), "https://site.example/a", "a broken base");
        assert_eq!(
            feed("", "", "<link rel='enclosure' href='/a.mp3'/><link rel='alternate' href='/b'/>"),
            "https://site.example/b"
        );
        assert_eq!(feed("", "", "<link href='javascript:alert(1)'/>"), "");
        assert_eq!(link(&rss("<guid>https://x.example/g</guid>")), "https://x.example/g");
        assert_eq!(link(&rss("<guid isPermaLink='false'>https://x.example/g</guid>")), "");
        assert_eq!(
            link(&rss("<guid>https://x.example/g</guid><link>https://x.example/l</link>")),
            "https://x.example/l"
        );
    }

    #[test]
    fn a_feed_names_its_hub_in_every_dialect() {
        let hub = |feed: &str| {
            let hub = parse(feed.as_bytes(), "https://site.example/rss/feed.xml").unwrap().head.hub?;
            Some((hub.hub.to_string(), hub.topic.to_string()))
        };
        let rss =
            |links: &str| format!("<rss version='2.0'><channel>{links}<item><title>t</title></item></channel></rss>");
        let json = |head: &str| format!("{{{head}, \"items\": []}}");
        for feed in [
            rss(
                "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://site.example/f'/>",
            ),
            rss(
                "<atom10:link REL='Self' HREF='https://site.example/f'/><link rel='HUB' href='https://hub.example'></link>",
            ),
            rss("<link>https://site.example/</link><atom:link rel='self hub' href='ftp://x/'/><atom:link rel='hub' \
                 href='https://hub.example/'/><atom:link rel='hub' href='https://second.example/'/><atom:link rel='self' href='/f'/>"),
            "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://site.example/a/'><link rel='hub' \
             href='https://hub.example/'/><link rel='self' href='../f'/><link rel='alternate' href='/'/></feed>"
                .to_owned(),
            json(
                r#""feed_url": "https://site.example/f", "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"},
                7, {"type": "WebSub"}, {"type": "WebSub", "url": "https://hub.example/"}]"#,
            ),
        ] {
            let expected = ("https://hub.example/".to_owned(), "https://site.example/f".to_owned());
            assert_eq!(hub(&feed), Some(expected), "{feed}");
        }
        for feed in [
            rss("<atom:link rel='hub' href='https://hub.example/'/>"),
            rss("<atom:link rel='self' href='https://site.example/f'/>"),
            rss("<item><atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='/f'/></item>"),
            rss("<image><atom:link rel='hub' href='https://hub.example/'/></image><atom:link rel='self' href='/f'/>"),
            json(r#""feed_url": "/f", "hubs": [{"type": "WebSub", "url": "https://hub.example/"}]"#),
            json(r#""feed_url": "https://site.example/f", "hubs": {"type": "WebSub", "url": "https://hub.example/"}"#),
        ] {
            assert_eq!(hub(&feed), None, "{feed}");
        }
    }

    #[test]
    fn a_relative_link_of_an_unknown_document_is_kept_as_printed() {
        let read = |attributes: &str| {
            let xml = format!(
                "<feed {attributes}><link href='https://www.example/n/'/><entry><title>t</title><link href='a'/></entry></feed>"
            );
            read(&Document { bytes: xml.as_bytes(), content_type: None, url: None }).unwrap()
        };
        let parsed = read("");
        assert_eq!((link(&parsed.items[0]), &parsed.relative_links[&0][..]), ("", "a"));
        assert_eq!(parsed.problems, ["the links of 1 of 1 entries are relative, to an unknown address"]);
        let parsed = read("xml:base='https://b.example/c/'");
        assert_eq!((link(&parsed.items[0]), parsed.relative_links.len()), ("https://b.example/c/a", 0));
    }

    /// Scripts hold on to these ids: a change here makes every entry look new to them.
    #[test]
    fn derived_ids_are_pinned_and_tell_entries_apart() {
        let id = |entry: &str| derived_id(&rss(entry));
        let linked =
            "<title>Syndication discussions hot up</title><link>http://writetheweb.com/read.php?item=23</link>";
        assert_eq!(id(linked).as_deref(), Some("5b3104d7a7fc52768e9ddb03c21be8b"), "as feed-rs derives it");
        let same = "<link>http://writetheweb.com/read.php?item=23</link><title>Syndication  discussions hot up</title>";
        assert_eq!(id(linked), id(&format!("{same}<description>a new text</description>")));
        let distinct = ["<title>a</title>", "<title>b</title>", "<description>c</description>", linked].map(id);
        assert!(
            distinct.iter().all(|id| id.as_ref().is_some_and(|id| distinct
                .iter()
                .filter(|o| o.as_ref() == Some(id))
                .count()
                == 1))
        );
        assert_eq!(id("<category>x</category>"), None);
        assert_eq!(rss(linked).entry_id, None, "what is derived has no vote");
    }

    #[test]
    fn a_cut_document_gives_the_entries_before_the_break() {
        let whole =
            "<rss version='2.0'><channel><item><title>a</title></item><item><title>b</title></item></channel></rss>";
        let (second, end) = (whole.find("<title>b").unwrap(), whole.find("</channel>").unwrap());
        for cut in second..end {
            let parsed = parse(&whole.as_bytes()[..cut], "https://site.example/").unwrap();
            // Only the last `>` of the second `</item>` completes it, and even without it the tag is clear.
            let expected = if cut > whole.rfind("</item").unwrap() + "</item".len() - 1 { 2 } else { 1 };
            assert_eq!((parsed.items.len(), parsed.complete), (expected, false), "{}", &whole[..cut]);
            assert_eq!(parsed.problems.len(), 1);
        }
        let parsed = parse(whole.as_bytes(), "https://site.example/").unwrap();
        assert_eq!((parsed.items.len(), parsed.complete, parsed.problems.len()), (2, true, 0));
    }

    #[test]
    fn what_is_no_feed_says_what_it_is() {
        let error = |text: &str| parse(text.as_bytes(), "https://site.example/").unwrap_err();
        assert_eq!(error(" \r\n"), ParseError::Empty);
        let page = "<!DOCTYPE html><html><head><title>Connexion\n requise</title></head><body>feed</body></html>";
        assert_eq!(error(page), ParseError::PageForFeed { title: Some("Connexion requise".into()), wall: None });
        assert_eq!(error("<html><body>x"), ParseError::PageForFeed { title: None, wall: None });
        let bare = "<!doctype html><title>Portail</title><p>x";
        assert_eq!(error(bare), ParseError::PageForFeed { title: Some("Portail".into()), wall: None });
        let challenge = "<!doctype html><title>Just a moment...</title><p>x";
        let want = "a challenge page stands where a feed should be (\"Just a moment...\")";
        assert_eq!(error(challenge).to_string(), want);
        for (text, why) in [
            ("<urlset><url/></urlset>", "not a feed: its first element is <urlset>"),
            ("Service unavailable", "not a feed: it has neither XML elements nor a JSON object"),
            ("{\"a\": 1}", "not a feed: JSON without a list of items"),
        ] {
            assert_eq!(error(text).to_string(), why);
        }
    }

    #[test]
    fn hostile_documents_cost_no_more_than_honest_ones() {
        let entry = |inside: &str| {
            format!("<rss><channel><item><title>t</title><description>{inside}</description></item></channel></rss>")
        };
        let laughs = (1..12).fold("<!DOCTYPE l [<!ENTITY l0 'lol'>".to_owned(), |dtd, i| {
            format!("{dtd}<!ENTITY l{i} '{}'>", format!("&l{};", i - 1).repeat(10))
        });
        let deep = entry(&format!("{}{}", "<a>".repeat(200_000), "</a>".repeat(200_000)));
        let attributes: String = (0..200_000).map(|i| format!(" a{i}='1'")).collect();
        for xml in [
            format!("{laughs}]>{}", entry("&l11;")),
            deep,
            entry(&"<![CDATA[".repeat(100_000)) + "]]></description></item></channel></rss>",
            entry(&format!("&lt;a{attributes}>")),
            entry(&"&".repeat(500_000)),
            format!("<rss{attributes}><channel><item><title>t</title></item></channel></rss>"),
            format!(
                "<rss><channel><item><title>t</title><link href='{}'/></item></channel></rss>",
                "x".repeat(1_000_000)
            ),
        ] {
            let items = items(&xml);
            assert_eq!((items.len(), items[0].title.as_str()), (1, "t"), "{}", &xml[..100]);
            assert!(items[0].summary.len() <= xml.len());
        }
        let deep_json = "{\"items\":".repeat(200_000);
        assert!(matches!(parse(deep_json.as_bytes(), "https://x.example/"), Err(ParseError::NotAFeed(_))));
    }
}
