//! What an address says of the page behind it: an article, a section, or neither for sure. Knows the addresses of the
//! content systems outlets use: WordPress, SPIP, Joomla, Drupal, Blogger, and pages made by hand.

use std::borrow::Cow;

use url::Url;

use crate::extract::bare_host;

/// What an address looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Shape {
    /// A long slug, a number or a date.
    Article,
    /// A front page, a section, a tag, an author, a page of the house such as its imprint.
    Section,
    /// Neither for sure.
    Unclear,
}

/// Fewest words of a slug that only a headline has; names of sections have up to three.
const SLUG_WORDS: usize = 4;
/// Fewest characters of a slug that only a headline has.
const SLUG_CHARS: usize = 25;
/// Fewest digits in a row that number an article; a year has four, but stands alone.
const ID_DIGITS: usize = 3;

/// What an address looks like.
pub(in crate::extract) fn shape(url: &Url) -> Shape {
    if let Some(shape) = url.query().and_then(of_query) {
        return shape;
    }
    let path = decoded(url.path()).to_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let Some((&last, before)) = segments.split_last() else { return Shape::Section };
    let name = last.rsplit_once('.').map_or(last, |(name, extension)| if extension.len() <= 5 { name } else { last });
    if is_media(last) || before.last().is_some_and(|parent| SECTIONS.contains(parent)) || is_of_the_house(name) {
        return Shape::Section;
    }
    let is_number = |segment: &&str| segment.bytes().all(|byte| byte.is_ascii_digit());
    let is_dated = before.iter().any(|segment| is_number(segment) && segment.len() == 4);
    if is_number(&name) {
        // `/2025/04/` is an archive, `/node/1234` an article.
        let is_archive = is_dated || (before.is_empty() && name.len() <= 4);
        return if is_archive { Shape::Section } else { Shape::Article };
    }
    if numbered_section(name) {
        return Shape::Section;
    }
    let words = name.split(['-', '_', ' ', '+', ',']).filter(|word| !word.is_empty()).count();
    if words >= SLUG_WORDS || name.chars().count() >= SLUG_CHARS || longest_number(name) >= ID_DIGITS || is_dated {
        return Shape::Article;
    }
    let is_numbered = name.starts_with("article") && longest_number(name) > 0;
    if is_numbered || before.last().is_some_and(|parent| longest_number(parent) >= ID_DIGITS) {
        return Shape::Article;
    }
    if before.is_empty() && words < SLUG_WORDS { Shape::Section } else { Shape::Unclear }
}

/// What a query says, if anything: `?p=12`, `?article12` and `?id=12:slug` name articles, `?cat=3`
/// and `?rubrique4` sections.
fn of_query(query: &str) -> Option<Shape> {
    let mut found = None;
    for part in query.split('&') {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let key = key.to_ascii_lowercase();
        if SECTION_KEYS.contains(&key.as_str()) || numbered_section(&key) {
            return Some(Shape::Section);
        }
        if matches!(value, "category" | "categories" | "section" | "tag" | "login" | "search" | "featured") {
            return Some(Shape::Section);
        }
        let names_one = value.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
            && !matches!(key.as_str(), "itemid" | "lang" | "v" | "ver");
        if names_one || (key.starts_with("article") && longest_number(&key) > 0) {
            found = Some(Shape::Article);
        }
    }
    found
}

/// `rubrique12`, `mot3`: sections of SPIP, which numbers everything.
fn numbered_section(name: &str) -> bool {
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit());
    kind.len() < name.len()
        && matches!(kind, "rubrique" | "mot" | "auteur" | "breve-rubrique" | "category" | "cat" | "page")
}

fn is_of_the_house(name: &str) -> bool {
    HOUSE.iter().any(|page| name == *page || name.strip_prefix(page).is_some_and(|rest| rest.starts_with('-')))
}

fn is_media(name: &str) -> bool {
    let ends =
        [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".mp3", ".mp4", ".xml", ".rss", ".apk", ".css", ".js"];
    ends.iter().any(|end| name.ends_with(end)) || matches!(name, "feed" | "rss" | "wp-login.php" | "xmlrpc.php")
}

fn longest_number(name: &str) -> usize {
    name.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

/// A path in letters: Arabic slugs stand percent-encoded in addresses, three bytes for each of theirs.
fn decoded(path: &str) -> Cow<'_, str> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|_| byte == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(value) => {
                bytes.push(value);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The form of an address, which the articles of one site share: `/*/#/*?id`.
pub(super) fn pattern(url: &Url) -> String {
    let mut pattern = String::new();
    for segment in url.path_segments().into_iter().flatten() {
        pattern.push('/');
        match segment {
            _ if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) => pattern.push('#'),
            _ if segment.len() >= 20 || segment.matches('-').count() >= 2 || longest_number(segment) > 0 => {
                pattern.push('*');
            }
            _ => pattern.push_str(segment),
        }
    }
    for part in url.query().into_iter().flat_map(|query| query.split('&')) {
        let key = part.split('=').next().unwrap_or(part);
        pattern.push('?');
        pattern.push_str(key.trim_end_matches(|c: char| c.is_ascii_digit()));
    }
    pattern
}

/// Whether two hosts are of one house: the same but for `www.`, or one inside the other.
pub(in crate::extract) fn is_same_house(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(bare_host);
    let is_inside = |inner: &str, outer: &str| {
        outer.contains('.') && inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'))
    };
    one == other || is_inside(one, other) || is_inside(other, one)
}

/// Path segments whose children are lists, not articles.
const SECTIONS: [&str; 26] = [
    "cat",
    "category",
    "categories",
    "categorie",
    "catégorie",
    "rubrique",
    "rubriques",
    "tag",
    "tags",
    "mot-cle",
    "etiquette",
    "author",
    "auteur",
    "auteurs",
    "authors",
    "page",
    "topic",
    "topics",
    "label",
    "search",
    "user",
    "users",
    "theme",
    "themes",
    "country",
    "تصنيف",
];

/// Keys of queries that name a list.
const SECTION_KEYS: [&str; 14] = [
    "cat",
    "tag",
    "author",
    "paged",
    "page",
    "s",
    "q",
    "search",
    "lang",
    "replytocom",
    "share",
    "start",
    "limitstart",
    "print",
];

/// Pages of the house: those that nearly every site has, in the languages of the region.
const HOUSE: [&str; 46] = [
    "contact",
    "contacts",
    "contactez",
    "contact-us",
    "nous-contacter",
    "about",
    "about-us",
    "a-propos",
    "apropos",
    "qui-sommes",
    "equipe",
    "mentions",
    "mentions-legales",
    "legal",
    "privacy",
    "politique-de-confidentialite",
    "confidentialite",
    "terms",
    "conditions",
    "cgu",
    "cookies",
    "cookie-policy",
    "sitemap",
    "plan-du-site",
    "plan",
    "login",
    "connexion",
    "register",
    "inscription",
    "abonnement",
    "abonnez",
    "abonnements",
    "subscribe",
    "newsletter",
    "publicite",
    "advertise",
    "advertising",
    "faire-un-don",
    "donate",
    "faq",
    "archives",
    "imprint",
    "acceptable-use",
    "من-نحن",
    "اتصل-بنا",
    "سياسة-الخصوصية",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse("https://o.example/").and_then(|base| base.join(text)).expect("an address")
    }

    #[test]
    fn addresses_of_articles_and_of_sections() {
        let table = [
            (Shape::Article, "/2025/04/22/attaque/ /attaque-a-djibo-douze-morts /node/4512 /a/4512-attaque.html"),
            (Shape::Article, "/spip.php?article130455 /?p=12 /post?id=7 /article88.html /news/detail.php?nid=9"),
            (Shape::Article, "/index.php?option=com_content&view=article&id=12:attaque&catid=8"),
            (Shape::Article, "/index.php/actu/812-attaque-a-djibo /mali/2025/04/attaque.html /12345/djibo"),
            (Shape::Article, "/هجوم-مسلح-على-قرية-قرب-ميناكا"),
            (
                Shape::Section,
                "/ /mali /category/mali-et-sahel-central-et-nord /tag/attaque-de-djibo-en-2025 /page/2 /2025/04/",
            ),
            (
                Shape::Section,
                "/spip.php?rubrique4 /?cat=3 /rubrique12.html /mot3.html /author/moussa-ag-acherif-le-jeune",
            ),
            (Shape::Section, "/index.php?option=com_content&view=category&id=8 /politique-de-confidentialite /contact"),
            (Shape::Section, "/uploads/2025/04/photo-attaque-djibo-22.jpg /feed/ /2025/ /a-propos-de-nous"),
            (Shape::Unclear, "/actualites/djibo /mali/securite"),
        ];
        for (want, addresses) in table {
            for address in addresses.split(' ') {
                assert_eq!(shape(&url(address)), want, "{address}");
            }
        }
    }

    #[test]
    fn articles_share_a_pattern() {
        for (address, want) in [
            ("/2025/04/attaque-a-djibo/", "/#/#/*/"),
            ("/post?id=12", "/post?id"),
            ("/spip.php?article130455", "/spip.php?article"),
            ("/mali/attaque-a-djibo", "/mali/*"),
        ] {
            assert_eq!(pattern(&url(address)), want, "{address}");
        }
    }

    #[test]
    fn one_house() {
        for (one, other, want) in [
            ("www.a.example", "a.example", true),
            ("fr.a.example", "www.a.example", true),
            ("a.example", "ba.example", false),
            ("a.example", "example", false),
            ("a.example", "b.example", false),
        ] {
            assert_eq!((is_same_house(one, other), is_same_house(other, one)), (want, want), "{one} {other}");
        }
    }
}
