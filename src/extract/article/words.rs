//! What elements say of themselves: the words in their classes and ids, their roles and their names. The lists come
//! from readability.js, trafilatura and the themes of the outlets; words are compared whole, so that `shareholder`
//! shares nothing.

use scraper::node::Element;

/// What an element says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Hint {
    /// Nothing.
    None,
    /// It is the text of an article: `articleBody`, `entry-content`.
    Body,
    /// It is the paragraph that stands over the text: `chapo`, `standfirst`.
    Lead,
    /// It seems to stand beside the text: sharing, names of authors, advertising. Themes name whole pages so, too.
    Beside,
    /// It stands beside the text for sure: navigation, comments, related links.
    Aside,
}

/// What an element says of itself.
pub(in crate::extract) fn hint(element: &Element) -> Hint {
    let name = element.name();
    if matches!(name, "html" | "body" | "main" | "p" | "blockquote" | "h1") && !is_body_property(element) {
        return if name == "p" && element.attr("class").is_some_and(|class| named(class, "") == Hint::Lead) {
            Hint::Lead
        } else {
            Hint::None
        };
    }
    if is_body_property(element) {
        return Hint::Body;
    }
    if matches!(name, "nav" | "footer" | "aside" | "menu") {
        return Hint::Aside;
    }
    if element.attr("role").is_some_and(is_aside_role) {
        return Hint::Aside;
    }
    match (element.attr("class"), element.attr("id")) {
        (None, None) => Hint::None,
        (class, id) => named(class.unwrap_or_default(), id.unwrap_or_default()),
    }
}

fn is_body_property(element: &Element) -> bool {
    element.attr("itemprop").is_some_and(|property| property.split_whitespace().any(|p| p == "articleBody"))
}

fn is_aside_role(role: &str) -> bool {
    matches!(role, "navigation" | "complementary" | "contentinfo" | "search" | "banner" | "dialog" | "alert" | "menu")
}

/// Most bytes of a class or id that are looked at: those of honest elements have under 300.
const LOOKED_AT: usize = 400;

fn named(class: &str, id: &str) -> Hint {
    let names = [class, id].map(|names| &names[..names.floor_char_boundary(LOOKED_AT)]);
    let mut hint = Hint::None;
    for name in names.into_iter().flat_map(str::split_ascii_whitespace) {
        let mut before = Word::default();
        for word in words(name) {
            if is_body(before.as_str(), word.as_str()) {
                return Hint::Body;
            }
            hint = stronger(hint, hint_of(word.as_str()));
            before = word;
        }
        if is_body(before.as_str(), "") && name.len() == before.as_str().len() {
            return Hint::Body;
        }
    }
    hint
}

fn stronger(one: Hint, other: Hint) -> Hint {
    let rank = |hint| match hint {
        Hint::None => 0,
        Hint::Lead => 1,
        Hint::Beside => 2,
        Hint::Aside => 3,
        Hint::Body => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

/// A word of a name in small letters, cut where no word of the lists goes on.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::extract) struct Word {
    letters: [u8; 16],
    len: usize,
}

impl Word {
    pub(in crate::extract) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.letters[..self.len]).unwrap_or_default()
    }
}

/// The words of a name: `relatedPosts`, `related-posts` and `RELATED_POSTS` alike.
pub(in crate::extract) fn words(name: &str) -> impl Iterator<Item = Word> + '_ {
    let bytes = name.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().take_while(|byte| !byte.is_ascii_alphabetic()).count();
        let from = at;
        let mut word = Word::default();
        while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_alphabetic()) {
            if at > from && byte.is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase() {
                break;
            }
            if word.len < word.letters.len() {
                word.letters[word.len] = byte.to_ascii_lowercase();
                word.len += 1;
            }
            at += 1;
        }
        (word.len > 0).then_some(word)
    })
}

/// Names that themes and content management systems give to the text of an article, as two words or written as one.
fn is_body(first: &str, second: &str) -> bool {
    match second {
        "body" | "text" => {
            matches!(first, "article" | "post" | "story" | "news" | "entry" | "node" | "blog" | "content")
        }
        "content" | "contents" => matches!(first, "article" | "post" | "story" | "entry" | "news" | "single" | "blog"),
        "copy" => matches!(first, "body" | "article" | "story"),
        "article" => matches!(first, "texte" | "contenu" | "corps"),
        "entry" => first == "post",
        "" => matches!(
            first,
            "articlebody"
                | "articlecontent"
                | "articletext"
                | "postcontent"
                | "postbody"
                | "entrycontent"
                | "storybody"
                | "storytext"
                | "newsbody"
                | "newstext"
                | "bodytext"
                | "articlecopy"
                | "articlebodytext"
        ),
        _ => false,
    }
}

fn hint_of(word: &str) -> Hint {
    match word {
        "related" | "comment" | "comments" | "disqus" | "respond" | "sidebar" | "footer" | "nav" | "navbar"
        | "navigation" | "menu" | "breadcrumb" | "breadcrumbs" | "outbrain" | "taboola" | "recirc" | "recommended"
        | "recommendations" | "sharedaddy" | "addtoany" | "newsletter" | "pagination" | "pager" | "cookie"
        | "cookies" | "consent" | "gdpr" | "privacy" | "onetrust" | "didomi" | "relacionadas" | "similaires" => {
            Hint::Aside
        }
        "share" | "sharing" | "sharebar" | "social" | "subscribe" | "subscription" | "promo" | "promos" | "sponsor"
        | "sponsored" | "advert" | "advertisement" | "advertising" | "ad" | "ads" | "pub" | "publicite"
        | "adsbygoogle" | "banner" | "popup" | "modal" | "recommend" | "widget" | "widgets" | "tags" | "taglist"
        | "tagcloud" | "byline" | "caption" | "credit" | "credits" | "toolbar" | "tooltip" | "masthead"
        | "trending" | "popular" | "similar" | "teaser" | "login" | "signin" | "signup" | "register" | "copyright"
        | "author" | "authors" | "auteur" | "bio" | "rating" | "ratings" | "voting" | "meta" | "metadata"
        | "timestamp" | "dateline" | "skip" | "sr" | "offscreen" | "facebook" | "whatsapp" | "slideshow"
        | "carousel" | "gallery" | "player" | "topics" | "ticker" | "crumbs" | "also" | "readmore" | "morefrom"
        | "infobox" | "legende" | "prev" | "previous" | "next" => Hint::Beside,
        "summary" | "standfirst" | "chapo" | "chapeau" | "lead" | "lede" | "dek" | "subtitle" | "intro" => Hint::Lead,
        _ => Hint::None,
    }
}
