//! Words of front pages in French, English, Arabic, Portuguese and Hausa: what reads like a headline, what only leads
//! on, what stands over a list of the most read, and what menus say.

/// Fewest words of a text that reads like a headline.
const TITLE_WORDS: usize = 4;
/// Fewest characters of one.
const TITLE_CHARS: usize = 20;
/// Most characters of one; beyond it stands a summary.
pub(super) const LONGEST_TITLE: usize = 300;

/// Whether a text is as long as headlines are, and does not only lead on.
pub(in crate::extract) fn is_title_like(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).take(LONGEST_TITLE).count();
    let words = text.split_whitespace().take(TITLE_WORDS).count();
    ((words >= TITLE_WORDS && letters >= TITLE_CHARS / 2) || letters >= TITLE_CHARS) && !leads_on(text)
}

/// Whether a text only leads on to the article: `Lire la suite`, `3 commentaires`.
pub(in crate::extract) fn leads_on(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    LEADS_ON.iter().any(|start| bare.starts_with(start) && bare.len() <= start.len() + 60)
        || (bare.starts_with(|c: char| c.is_ascii_digit()) && COMMENTS.iter().any(|end| bare.ends_with(end)))
}

/// Whether words stand over a list of the most read.
pub(super) fn is_most_read(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    !bare.is_empty() && MOST_READ.iter().any(|words| bare.starts_with(words) && bare.len() <= words.len() + 24)
}

/// Whether a text is an entry of a menu that nearly every outlet has.
pub(in crate::extract) fn is_menu(text: &str) -> bool {
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    MENU.contains(&bare)
}

const LEADS_ON: [&str; 26] = [
    "lire la suite",
    "lire plus",
    "lire l'article",
    "lire l’article",
    "lire aussi",
    "en savoir plus",
    "voir plus",
    "voir tout",
    "voir tous",
    "la suite",
    "plus d'infos",
    "read more",
    "read the",
    "continue reading",
    "continuer la lecture",
    "continuer à lire",
    "learn more",
    "view all",
    "see more",
    "see all",
    "more news",
    "full story",
    "اقرأ المزيد",
    "المزيد",
    "leia mais",
    "karanta",
];

const COMMENTS: [&str; 6] = ["comments", "comment", "commentaires", "commentaire", "تعليقات", "تعليق"];

const MOST_READ: [&str; 26] = [
    "les plus lus",
    "plus lus",
    "les plus lues",
    "articles les plus",
    "les articles les plus",
    "le plus lu",
    "les plus vus",
    "les plus commentés",
    "les plus populaires",
    "articles populaires",
    "populaires",
    "most read",
    "most popular",
    "most viewed",
    "most commented",
    "popular posts",
    "popular articles",
    "popular",
    "trending",
    "tendances",
    "الأكثر قراءة",
    "الأكثر مشاهدة",
    "الاكثر قراءة",
    "الأكثر تعليقا",
    "الأكثر شعبية",
    "mais lidas",
];

/// Entries of menus, lower case.
const MENU: [&str; 110] = [
    "accueil",
    "à la une",
    "a la une",
    "actualité",
    "actualités",
    "actu",
    "politique",
    "économie",
    "economie",
    "société",
    "societe",
    "sport",
    "sports",
    "culture",
    "santé",
    "éducation",
    "education",
    "environnement",
    "international",
    "afrique",
    "monde",
    "sécurité",
    "securite",
    "justice",
    "faits divers",
    "opinion",
    "opinions",
    "tribune",
    "tribunes",
    "éditorial",
    "vidéos",
    "videos",
    "vidéo",
    "photos",
    "podcasts",
    "dossiers",
    "interviews",
    "reportages",
    "contact",
    "contacts",
    "contactez-nous",
    "nous contacter",
    "à propos",
    "a propos",
    "qui sommes-nous",
    "mentions légales",
    "publicité",
    "abonnement",
    "s'abonner",
    "connexion",
    "se connecter",
    "inscription",
    "newsletter",
    "recherche",
    "archives",
    "plan du site",
    "home",
    "news",
    "politics",
    "business",
    "economy",
    "world",
    "africa",
    "society",
    "health",
    "science",
    "technology",
    "tech",
    "entertainment",
    "lifestyle",
    "contact us",
    "about",
    "about us",
    "privacy policy",
    "terms of use",
    "advertise",
    "subscribe",
    "login",
    "log in",
    "sign in",
    "register",
    "search",
    "opinión",
    "الرئيسية",
    "اتصل بنا",
    "من نحن",
    "سياسة",
    "السياسة",
    "اقتصاد",
    "الاقتصاد",
    "رياضة",
    "الرياضة",
    "ثقافة",
    "الثقافة",
    "مجتمع",
    "المجتمع",
    "أخبار",
    "الأخبار",
    "آراء",
    "مقالات",
    "فيديو",
    "صور",
    "تسجيل الدخول",
    "بحث",
    "babban shafi",
    "labarai",
    "siyasa",
    "wasanni",
    "tuntube mu",
    "game da mu",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headlines_and_what_is_none() {
        let table = [
            (true, "Attaque à Djibo : douze morts"),
            (true, "هجوم مسلح على قرية قرب ميناكا"),
            (true, "Djibo: l’armée reprend le"),
            (true, "Gouvernement démissionnaire"),
            (false, "Politique"),
            (false, "Djibo attaquée"),
            (false, "Lire la suite : Attaque à Djibo"),
            (false, "En savoir plus"),
            (false, "12 commentaires"),
            (false, "1 2 3 4 5 6"),
            (false, ""),
        ];
        for (want, text) in table {
            assert_eq!(is_title_like(text), want, "{text}");
        }
    }

    #[test]
    fn words_over_the_most_read() {
        for (want, text) in [
            (true, "Les plus lus"),
            (true, "» Les plus lus de la semaine"),
            (true, "الأكثر قراءة"),
            (true, "Most read"),
            (false, "Popular uprising in Bamako: what we know so far of the night"),
            (false, ""),
            (false, "À la une"),
        ] {
            assert_eq!(is_most_read(text), want, "{text}");
        }
    }
}
