//! What the items of a document look like beside being items: links of a menu where a redesign left a selector hanging,
//! or teasers that are cut. Counts only; whether the counts are a fault is decided with the habit of the source.

use std::ops::AddAssign;

use super::Parsed;
use super::links::address::{self, Shape};
use super::links::words::is_menu;
use crate::model::Item;

/// What the items of a document look like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// All of them.
    pub items: usize,
    /// Those that look like links of a menu.
    pub navigation: usize,
    /// Those whose text is cut, and that carry no full text.
    pub cut: usize,
}

impl AddAssign for Signs {
    fn add_assign(&mut self, more: Self) {
        self.items += more.items;
        self.navigation += more.navigation;
        self.cut += more.cut;
    }
}

/// Counts what the items of a document look like.
#[must_use]
pub fn signs(parsed: &Parsed) -> Signs {
    let count = |is: fn(&Item) -> bool| parsed.items.iter().filter(|item| is(item)).count();
    Signs { items: parsed.items.len(), navigation: count(is_navigation), cut: count(is_cut) }
}

/// Most words of an entry of a menu.
const MENU_WORDS: usize = 3;

/// Fewest characters of a text beyond which it is the article, wherever it ends: the longest teasers of feeds, which
/// WordPress cuts at 55 words, have under 600.
const FULL: usize = 1200;

/// Bytes at the end of a text in which the words of a cut stand.
const END: usize = 300;

/// Whether an item looks like a link of a menu. Headlines are short, too, and then lead to an article or have a date:
/// only what has none of these is an entry, and only if its words or its address are those of one.
fn is_navigation(item: &Item) -> bool {
    let has_text = !item.summary.is_empty() || !item.body.is_empty();
    if item.published.is_some() || has_text {
        return false;
    }
    let leads_to = item.link.as_ref().map(address::shape);
    let is_named = is_menu(&item.title);
    if leads_to == Some(Shape::Article) {
        return is_named;
    }
    let is_short = item.title.split_whitespace().take(MENU_WORDS + 1).count() <= MENU_WORDS;
    is_named || (is_short && leads_to == Some(Shape::Section))
}

/// Whether the text of an item is only its beginning.
fn is_cut(item: &Item) -> bool {
    if item.summary.is_empty() && item.body.is_empty() {
        // A feed of headlines promises no text.
        return false;
    }
    let text = if item.body.len() > item.summary.len() { &item.body } else { &item.summary };
    text.chars().take(FULL).count() < FULL && (ends_cut(text) || (item.body.is_empty() && is_signed(text)))
}

/// The end of a text in small letters.
fn end(text: &str) -> String {
    let text = text.trim_end();
    text[text.ceil_char_boundary(text.len().saturating_sub(END))..].to_lowercase()
}

/// What stands before the sentence in which WordPress signs its feeds, with the headline and the name of the site.
fn before_signature(end: &str) -> Option<&str> {
    SIGNATURES.iter().find_map(|(from, to)| {
        let at = end.rfind(from)?;
        end[at..].contains(to).then(|| end[..at].trim_end())
    })
}

/// Whether WordPress signed a text. Signed summaries are excerpts, even those that end with their sentence.
fn is_signed(text: &str) -> bool {
    before_signature(&end(text)).is_some()
}

/// Whether a text says that it goes on elsewhere.
fn ends_cut(text: &str) -> bool {
    let end = end(text);
    let end = before_signature(&end).unwrap_or(&end).trim_end_matches(['»', '›', '→', '←', '«', '>', ' ', '\u{a0}']);
    ELLIPSES.iter().any(|ellipsis| end.ends_with(ellipsis))
        || leads_on(end.trim_end_matches(['.', '…', ']', ')', ' ', ':']))
}

/// Whether a text ends in words that lead on. They stand alone behind a sentence: `… des blessés. Lire la suite`.
fn leads_on(end: &str) -> bool {
    let line = end.lines().next_back().unwrap_or_default();
    LEADS_ON.iter().any(|words| {
        // `Continue reading "Headline"` names the article behind the words, at the beginning of a line or sentence.
        let behind = line.rfind(words).map(|at| (&line[..at], &line[at + words.len()..]));
        behind.is_some_and(|(before, behind)| {
            let before = before.trim_end();
            let begins = before.is_empty() || before.ends_with(|c: char| !c.is_alphanumeric() && c != ',' && c != '’');
            begins && (behind.trim().is_empty() || behind.trim_start().starts_with(['"', '“', '«', ':', '→']))
        })
    })
}

const ELLIPSES: [&str; 9] = ["…", "...", "[…]", "[...]", "(…)", "(...)", "[ ...]", "[ …]", "[&hellip;]"];

/// The sentence WordPress writes below each item of a feed, as a beginning and what follows the headline.
const SIGNATURES: [(&str, &str); 5] = [
    ("the post ", "appeared first on"),
    ("the post ", "first appeared on"),
    ("l’article ", "est apparu en premier sur"),
    ("l'article ", "est apparu en premier sur"),
    ("ظهرت المقالة ", "أولاً على"),
];

const LEADS_ON: [&str; 20] = [
    "lire la suite",
    "lire la suite de l'article",
    "lire la suite de l’article",
    "lire plus",
    "lire l'article",
    "lire l’article",
    "en savoir plus",
    "suite",
    "read more",
    "continue reading",
    "read the full story",
    "read full article",
    "full story",
    "continuer la lecture",
    "continuer à lire",
    "اقرأ المزيد",
    "أكمل القراءة",
    "قراءة المزيد",
    "للمزيد",
    "karanta",
];

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::model::PrintedDate;

    fn item(title: &str, link: &str, summary: &str) -> Item {
        let base = Url::parse("https://o.example/").expect("an address");
        let link = Some(link).filter(|link| !link.is_empty()).map(|link| base.join(link).expect("an address"));
        Item { title: title.to_owned(), link, summary: summary.to_owned(), ..Item::default() }
    }

    #[test]
    fn links_of_menus_and_honest_short_headlines() {
        let table = [
            (true, "Accueil", "/"),
            (true, "Politique", "/politique"),
            (true, "Économie", "/category/economie/"),
            (true, "Faits divers", "/faits-divers"),
            (true, "Nous contacter", "/contact"),
            (true, "Mali", "/tag/mali"),
            (true, "Home", "/#"),
            (true, "About us", "/about-us"),
            (true, "الرئيسية", "/"),
            (true, "اتصل بنا", "/contact"),
            (true, "دول الجوار", "/جوار"),
            (true, "Babban shafi", "/"),
            (true, "Wasanni", "/wasanni"),
            (true, "Actualités", ""),
            (true, "Sport", "/spip.php?rubrique4"),
            (true, "Contact", "/node/12"),
            (false, "Djibo attaquée", "/2026/03/djibo-attaquee/"),
            (false, "Kidal tombe", "/spip.php?article812"),
            (false, "Deux morts", "/actu/deux-morts"),
            (false, "Coup d’État à Sikoro", "/coup-d-etat"),
            (false, "Gunmen strike", "/news/5512-gunmen-strike"),
            (false, "هجوم مسلح", "/archives/7012"),
            (false, "مقتل جنديين", "/?p=81"),
            (false, "An kashe takwas", "/labarai/an-kashe-takwas-a-sabon-gari"),
            (false, "Harin Sabon Gari", ""),
        ];
        for (want, title, link) in table {
            assert_eq!(is_navigation(&item(title, link, "")), want, "{title} {link}");
        }
        let dated = Item {
            published: Some(PrintedDate { printed: "hier".to_owned(), at: None }),
            ..item("Djibo", "/djibo", "")
        };
        assert!(!is_navigation(&dated), "a menu has no dates");
        assert!(!is_navigation(&item("Djibo", "/djibo", "Des hommes armés ont attaqué le marché.")), "nor summaries");
    }

    #[test]
    fn texts_that_are_cut_and_texts_that_are_short() {
        let table = [
            (true, "Des hommes armés ont attaqué le marché […]"),
            (true, "Des hommes armés ont attaqué le marché..."),
            (true, "Des hommes armés (…)"),
            (true, "Des hommes armés ont attaqué. Lire la suite"),
            (true, "Des hommes armés ont attaqué.\nLire la suite »"),
            (true, "Des hommes armés ont attaqué. Lire la suite…"),
            (true, "Gunmen attacked the market. Read more"),
            (true, "Gunmen attacked the market.\nContinue reading “Market attacked in Goudel” →"),
            (true, "Gunmen attacked the […]\nThe post Market attacked appeared first on Sahel Wire."),
            (true, "Des hommes […]\nL’article Marché attaqué est apparu en premier sur Le Fleuve."),
            (true, "هاجم مسلحون السوق صباح اليوم. اقرأ المزيد"),
            (true, "هاجم مسلحون السوق […]"),
            (true, "Yan bindiga sun kai hari kasuwa..."),
            (false, "Des hommes armés ont attaqué le marché."),
            (false, "Bilan : douze morts"),
            (true, "Gunmen attacked the market.\nThe post Market attacked appeared first on Sahel Wire."),
            (false, "Il invite chacun à lire la suite"),
            (false, "Les autorités promettent une suite"),
            (false, "هاجم مسلحون السوق صباح اليوم."),
            (false, "Yan bindiga sun kai hari kasuwa."),
            (false, ""),
        ];
        for (want, summary) in table {
            assert_eq!(is_cut(&item("Titre", "/a", summary)), want, "{summary}");
        }
        let full = "Une phrase de l’article. ".repeat(100);
        let whole = Item { body: full.clone() + "Et maintenant…", ..item("T", "/a", "Une phrase…") };
        assert!(!is_cut(&whole), "the whole text may end as it likes");
        let signed = "Gunmen attacked.\nThe post Market attacked appeared first on Sahel Wire.";
        assert!(!is_cut(&Item { body: signed.to_owned(), ..item("T", "/a", "") }), "WordPress signs full texts, too");
        let teaser = Item { body: "Une phrase de plus […]".to_owned(), ..item("T", "/a", "Une phrase") };
        assert!(is_cut(&teaser), "a body may be cut, too");
    }

    #[test]
    fn counted_together() {
        let items = vec![
            item("Accueil", "/", ""),
            item("Contact", "/contact", ""),
            item("Djibo : le marché rouvre", "/2026/03/djibo/", "Trois semaines après…"),
            item("Kidal tombe", "/spip.php?article8", ""),
        ];
        let parsed = Parsed { items, ..Parsed::default() };
        assert_eq!(signs(&parsed), Signs { items: 4, navigation: 2, cut: 1 });
        assert_eq!(signs(&Parsed::default()), Signs::default());
    }
}
