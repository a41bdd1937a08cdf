//! What stands where an article should be: a paywall, a consent wall, a challenge, a login, a page that is gone, a
//! page that only a script can fill. Known by structure and by words of French, English and Arabic pages, and only
//! where there is no text to speak of: an article about cookies is an article. Also tells what a page is that stands
//! where a feed should be.

use super::head::Head;
use super::outline::Outline;
use crate::extract::{depth, encoding};

/// Why a page holds no article, or only its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wall {
    /// A service checks whether a person reads.
    #[error("a challenge page stands where the article should be")]
    Challenge,
    /// The page is gone, although the server answered with success.
    #[error("the page says that there is no such article")]
    Gone,
    /// Cookies are to be accepted first.
    #[error("a consent wall stands where the article should be")]
    Consent,
    /// An account is asked for.
    #[error("a login stands where the article should be")]
    Login,
    /// A network asks for a login before it lets anything through.
    #[error("the login page of a network stands where the article should be")]
    Portal,
    /// Subscribers read the rest.
    #[error("the article is for subscribers only")]
    Paywall,
    /// The text is written by a script.
    #[error("the page is empty without JavaScript")]
    Script,
    /// The page shows the beginning and leads elsewhere for the rest.
    #[error("only the beginning of the article stands on the page")]
    Teaser,
}

impl Wall {
    /// Whether it is there to keep programs, or everybody without an account, out.
    #[must_use]
    pub fn keeps_out(self) -> bool {
        matches!(self, Self::Challenge | Self::Consent | Self::Login | Self::Paywall)
    }

    /// Its name with an article, as in "a login".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Challenge => "a challenge page",
            Self::Gone => "an error page",
            Self::Consent => "a consent wall",
            Self::Login => "a login",
            Self::Portal => "the login page of a network",
            Self::Paywall => "a paywall",
            Self::Script => "a page that is empty without JavaScript",
            Self::Teaser => "the beginning of an article",
        }
    }
}

/// Fewest characters of an article that no wall is looked for behind; the shortest of 181 measured articles have 150,
/// and the texts of consent walls reach 700.
const SHORT: usize = 800;

/// Fewest characters of a text that is one, when nothing speaks against it.
pub(super) const LEAST: usize = 120;

/// Bytes of a page's text in which words are looked for.
const LOOKED_AT: usize = 8000;

/// What stands before an article of `chars` characters, on a page that shows `shown`. `text` is the article's.
///
/// Short news must not be taken for a wall, since what is taken for one is not read: so titles count only as a whole,
/// words of consent only in the text itself, and a login or a challenge's script, which stand on honest pages too,
/// only without a text.
pub(super) fn of(head: &Head, shown: &str, text: &str, chars: usize) -> Option<Wall> {
    // Metered articles call themselves locked and are shown whole.
    if chars >= 2 * SHORT {
        return None;
    }
    let names = [head.title.as_deref(), head.h1.as_deref()].map(|name| name.unwrap_or_default().to_lowercase());
    let is_named = |titles: &[&str]| names.iter().any(|name| titles.iter().any(|title| is_whole(name, title)));
    let shown = shown[..shown.floor_char_boundary(LOOKED_AT)].to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| shown.contains(word));
    let is_empty = chars < LEAST;
    if chars < SHORT {
        if is_named(&CHALLENGE_TITLES)
            || (is_empty && head.signs.has_challenge)
            || (chars < 3 * LEAST && says(&CHALLENGE))
        {
            return Some(Wall::Challenge);
        }
        if is_named(&GONE_TITLES) || (chars < 3 * LEAST && says(&GONE)) {
            return Some(Wall::Gone);
        }
        if is_named(&CONSENT_TITLES) || asks_consent(if is_empty { &shown } else { text }) {
            return Some(Wall::Consent);
        }
    }
    if head.linked.is_locked || says(&PAYWALL) || (is_empty && head.signs.has_paywall) {
        return Some(Wall::Paywall);
    }
    if is_empty && head.signs.has_password && says(&LOGIN) {
        return Some(Wall::Login);
    }
    if shown.trim().len() < LEAST && head.signs.scripts > 0 {
        return Some(Wall::Script);
    }
    (chars < SHORT && is_cut(text)).then_some(Wall::Teaser)
}

/// What kind of wall a page is that stands where a feed should be, or that came with a refusal (403, 503). None for other
/// pages, such as a front page, and for what is no page.
#[must_use]
pub fn wall_on(bytes: &[u8], content_type: Option<&str>) -> Option<Wall> {
    on_page(&encoding::decode(bytes, content_type))
}

/// See [`wall_on`].
pub(in crate::extract) fn on_page(page: &str) -> Option<Wall> {
    /// Characters that only a page with content shows; walls, their lists of partners folded, have under 1,500.
    const MUCH: usize = 2 * SHORT;
    // The words stand early; what a hostile page has behind them need not be read.
    const LONGEST: usize = 500_000;
    let html = depth::parse(&page[..page.floor_char_boundary(LONGEST)]).ok()?;
    let head = Head::of(&html);
    let outline = Outline::of(&html);
    let chars = outline.text.chars().filter(|c| !c.is_whitespace()).take(MUCH).count();
    if chars >= MUCH {
        return None;
    }
    let names = [head.title.as_deref(), head.h1.as_deref()].map(|name| name.unwrap_or_default().to_lowercase());
    let is_named = |titles: &[&str]| names.iter().any(|name| titles.iter().any(|title| is_whole(name, title)));
    let shown = outline.text[..outline.text.floor_char_boundary(LOOKED_AT)].to_lowercase();
    let says =
        |words: &[&str]| words.iter().any(|word| shown.contains(word) || names.iter().any(|name| name.contains(word)));
    if head.signs.has_challenge || is_named(&CHALLENGE_TITLES) || says(&CHALLENGE) || says(&BLOCKED) {
        return Some(Wall::Challenge);
    }
    if says(&PORTAL) {
        return Some(Wall::Portal);
    }
    if is_named(&GONE_TITLES) || says(&GONE) {
        return Some(Wall::Gone);
    }
    if is_named(&CONSENT_TITLES) || asks_consent(&shown) {
        return Some(Wall::Consent);
    }
    if head.signs.has_password && says(&LOGIN) {
        return Some(Wall::Login);
    }
    (chars < LEAST && shown.trim().len() < LEAST && head.signs.scripts > 0).then_some(Wall::Script)
}

/// Whether a title is this one, perhaps with the name of the site: `404 - Le Journal`, but not `404 migrants secourus`.
fn is_whole(name: &str, title: &str) -> bool {
    let rest = name.trim_start().strip_prefix(title).map(str::trim_start);
    rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// Whether a text speaks of cookies and asks for leave to set them.
fn asks_consent(text: &str) -> bool {
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    says(&COOKIES) && says(&CONSENT)
}

/// Whether a text breaks off.
fn is_cut(text: &str) -> bool {
    let text = text.trim_end();
    ["…", "...", "[…]", "[...]", "(...)", "(…)"].iter().any(|end| text.ends_with(end))
}

const CHALLENGE_TITLES: [&str; 9] = [
    "just a moment",
    "attention required",
    "un instant",
    "checking your browser",
    "ddos-guard",
    "access denied",
    "are you a robot",
    "security check",
    "لحظة",
];

const CHALLENGE: [&str; 12] = [
    "checking your browser",
    "verify you are human",
    "verifying you are human",
    "enable javascript and cookies to continue",
    "unusual traffic from",
    "vérification de votre navigateur",
    "vérifiez que vous êtes humain",
    "vous n'êtes pas un robot",
    "vérifier que vous êtes humain",
    "i'm not a robot",
    "التحقق من أنك إنسان",
    "لست روبوت",
];

/// What firewalls say when they do not even ask: Cloudflare, Imperva, Sucuri, Wordfence, Imunify360, SiteGround.
const BLOCKED: [&str; 10] = [
    "you have been blocked",
    "cloudflare ray id",
    "incapsula incident id",
    "access to this page has been denied",
    "sucuri website firewall",
    "generated by wordfence",
    "imunify360",
    "bot-protection",
    "robot challenge",
    "checking the site connection security",
];

/// What the gateways of hotels, camps and airports say before they let anything through.
const PORTAL: [&str; 12] = [
    "captive portal",
    "portail captif",
    "hotspot",
    "wi-fi login",
    "wifi login",
    "guest wi-fi",
    "guest wifi",
    "wifi gratuit",
    "connect to the internet",
    "accéder à internet",
    "network login",
    "شبكة الواي فاي",
];

const GONE_TITLES: [&str; 9] = [
    "404",
    "error 404",
    "erreur 404",
    "not found",
    "page not found",
    "page introuvable",
    "page non trouvée",
    "introuvable",
    "الصفحة غير موجودة",
];

const GONE: [&str; 9] = [
    "page not found",
    "page you are looking for",
    "page introuvable",
    "page non trouvée",
    "cette page n'existe",
    "cette page n’existe",
    "la page que vous cherchez",
    "الصفحة غير موجودة",
    "الصفحة التي تبحث عنها",
];

const CONSENT_TITLES: [&str; 6] = [
    "before you continue",
    "avant de continuer",
    "we value your privacy",
    "nous respectons votre vie privée",
    "votre vie privée",
    "قبل المتابعة",
];

const COOKIES: [&str; 2] = ["cookie", "ملفات تعريف الارتباط"];

const CONSENT: [&str; 12] = [
    "your privacy",
    "accept all",
    "your consent",
    "you consent",
    "our partners",
    "votre vie privée",
    "tout accepter",
    "votre consentement",
    "nos partenaires",
    "votre accord",
    "خصوصيتك",
    "موافقتك",
];

const PAYWALL: [&str; 19] = [
    "subscribe to continue",
    "subscribe to read",
    "subscribers only",
    "for subscribers",
    "to continue reading",
    "already a subscriber",
    "become a subscriber",
    "réservé aux abonnés",
    "réservée aux abonnés",
    "réservé à nos abonnés",
    "déjà abonné",
    "pour lire la suite",
    "il vous reste",
    "abonnez-vous pour lire",
    "pour les abonnés",
    "للمشتركين فقط",
    "خاص بالمشتركين",
    "اشترك لمتابعة",
    "اشترك الآن لقراءة",
];

const LOGIN: [&str; 11] = [
    "log in",
    "login",
    "sign in",
    "connectez-vous",
    "se connecter",
    "connexion",
    "mot de passe",
    "identifiez-vous",
    "تسجيل الدخول",
    "كلمة المرور",
    "كلمة السر",
];
