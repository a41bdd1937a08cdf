//! Invented news, the same at every run: feeds of 30 items and some 75 kB in French, English and Arabic. A third of the words is
//! made of syllables, so that no two items resemble each other and the text is not easier to compress than news. The others are
//! words of security news, far denser than in print, or everyday words with one of those in ten ([`Density`]).

use std::fmt::Write as _;

/// Items of a feed.
pub(crate) const ITEMS: usize = 30;
/// Letters, not words, make an article long: an Arabic letter has two bytes.
const BODY_BYTES: usize = 1500;

const FRENCH: &str = "le la les de des du un une et à dans pour sur avec par contre selon après avant entre depuis vers armée \
    soldats civils attaque embuscade village région poste convoi route marché population déplacés blessés tués groupe armés \
    terroristes jihadistes forces sécurité défense opération militaire gouvernement ministre président transition autorités \
    communiqué source locale sources nuit matin dimanche lundi mardi jeudi frontière nord sud centre est ouest Burkina Mali \
    Niger Tchad Mauritanie Djibo Ménaka Gao Tombouctou Kidal Mopti Tillabéri Diffa humanitaire aide école santé eau l'attaque \
    d'armes qu'ils n'ont s'est été revendiqué annoncé déclaré indiqué mené tué brûlé fui";
const ENGLISH: &str = "the of and to in on for with by from after before near at has have been was were said told reported army \
    soldiers civilians attack ambush village region convoy road market people displaced wounded killed armed group militants \
    jihadists security forces operation military government minister president junta officials statement local sources night \
    morning Sunday Monday Tuesday Thursday border north south central east west Burkina Mali Niger Chad Mauritania Djibo Menaka \
    Gao Timbuktu Kidal Mopti Tillaberi Diffa humanitarian aid school health water insurgents drone strike claimed announced";
const ARABIC: &str = "في من على إلى عن مع بعد قبل بين منذ ضد أن التي الذي هذا هذه الجيش جنود مدنيين هجوم كمين قرية منطقة موقع \
    قافلة طريق سوق السكان النازحين جرحى قتلى جماعة مسلحة إرهابيين قوات الأمن الدفاع عملية عسكرية الحكومة وزير الرئيس السلطات بيان \
    مصدر محلي مصادر ليلة صباح الأحد الاثنين الثلاثاء الخميس الحدود شمال جنوب وسط شرق غرب بوركينا مالي النيجر تشاد موريتانيا \
    جيبو ميناكا غاو تمبكتو كيدال موبتي تيلابيري ديفا إنسانية مساعدات مدرسة صحة مياه وأعلن وقال وأكدت";
const EVERYDAY_FRENCH: &str = "le la les de des du un une et à dans pour sur avec par ce cette qui que dont plus moins très aussi \
    encore déjà toujours année saison prix récolte champ arachide mil pluie famille enfant femme maison travail musique fête match \
    équipe projet fonds nouvelle réunion atelier bois bouteille couleur rire chanter parler grandir l'année d'abord aujourd'hui";
const EVERYDAY_ENGLISH: &str = "the of and to in on for with by from this that which who more less very also still already always \
    year season price harvest field groundnut millet rain family child woman house work music feast match team project fund \
    meeting workshop wood bottle colour laugh sing speak grow it's today first second long small great";
const EVERYDAY_ARABIC: &str = "في من على إلى عن مع هذا هذه التي الذي أكثر أقل جدا أيضا لا يزال دائما سنة موسم سعر حصاد حقل فول مطر \
    عائلة طفل امرأة بيت عمل موسيقى عيد مباراة فريق مشروع صندوق اجتماع ورشة خشب زجاجة لون يضحك يغني يتكلم ينمو والسنة اليوم أولا \
    كبير صغير طويل بالعمل للعائلة";
const SYLLABLES: [&str; 24] = [
    "ba", "dou", "ga", "kou", "lé", "ma", "ni", "sa", "ti", "wa", "zo", "fa", "gou", "ri", "ten", "bou", "kan", "dé",
    "mo", "yé", "tou", "lam", "sé", "ker",
];
const ARABIC_SYLLABLES: [&str; 16] =
    ["با", "دو", "غا", "كو", "لي", "ما", "ني", "سا", "تي", "وا", "زو", "فا", "ري", "تن", "بو", "كا"];

/// The languages, one after the other by feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    French,
    English,
    Arabic,
}

/// How often a word of security news comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "not every benchmark asks for both")]
pub(crate) enum Density {
    /// At two words of three: the most work that a matcher can meet.
    Dense,
    /// At one word of ten, as a page of ordinary news has it; of the others two in three are everyday words.
    Ordinary,
}

/// An endless supply of words.
pub(crate) struct Pen {
    seed: u64,
    language: Language,
    density: Density,
    words: Vec<&'static str>,
    everyday: Vec<&'static str>,
}

impl Pen {
    /// Writes dense text.
    pub(crate) fn new(seed: u64, language: Language) -> Self {
        Self::with_density(seed, language, Density::Dense)
    }

    pub(crate) fn with_density(seed: u64, language: Language, density: Density) -> Self {
        let (words, everyday) = match language {
            Language::French => (FRENCH, EVERYDAY_FRENCH),
            Language::English => (ENGLISH, EVERYDAY_ENGLISH),
            Language::Arabic => (ARABIC, EVERYDAY_ARABIC),
        };
        let list = |words: &'static str| words.split_whitespace().collect();
        Self { seed, language, density, words: list(words), everyday: list(everyday) }
    }

    /// A number below `end` (splitmix64).
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn word(&mut self, out: &mut String) {
        let from_news = match self.density {
            Density::Dense => self.below(3) > 0,
            Density::Ordinary => self.below(10) == 0,
        };
        let from_life = self.density == Density::Ordinary && self.below(3) > 0;
        if from_news {
            let word = self.below(self.words.len());
            out.push_str(self.words[word]);
        } else if from_life {
            let word = self.below(self.everyday.len());
            out.push_str(self.everyday[word]);
        } else {
            out.push_str(&self.name());
        }
    }

    /// A word of two to four syllables.
    pub(crate) fn name(&mut self) -> String {
        let syllables: &[&str] = if self.language == Language::Arabic { &ARABIC_SYLLABLES } else { &SYLLABLES };
        (0..2 + self.below(3)).map(|_| syllables[self.below(syllables.len())]).collect()
    }

    pub(crate) fn words(&mut self, count: usize) -> String {
        let mut out = String::new();
        for n in 0..count {
            if n > 0 {
                out.push(' ');
            }
            self.word(&mut out);
        }
        out
    }

    /// Sentences, until there are `bytes` of them.
    pub(crate) fn prose(&mut self, bytes: usize) -> String {
        let mut out = String::with_capacity(bytes + 256);
        while out.len() < bytes {
            let words = 8 + self.below(14);
            let sentence = self.words(words);
            let end = if self.below(4) == 0 { ", " } else { ". " };
            out.push_str(&sentence);
            out.push_str(end);
        }
        out
    }
}

/// The feed of this number as RSS 2.0 with teasers and whole articles, as WordPress prints it.
pub(crate) fn feed(number: u64) -> String {
    let language = [Language::French, Language::English, Language::Arabic][(number % 3) as usize];
    let mut pen = Pen::new(number.wrapping_mul(0x5851_F42D_4C95_7F2D), language);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Outlet {number}</title>\
         <link>https://outlet-{number}.example/</link><description>{}</description>\n",
        pen.words(8)
    );
    for item in 0..ITEMS {
        let (title, teaser) = (pen.words(10), pen.prose(220));
        let paragraphs: String = (0..3).map(|_| format!("<p>{}</p>\n", pen.prose(BODY_BYTES / 3))).collect();
        // English outlets escape their markup here, the others wrap it.
        let body = if language == Language::English {
            paragraphs.replace('<', "&lt;").replace('>', "&gt;")
        } else {
            format!("<![CDATA[{paragraphs}]]>")
        };
        writeln!(
            xml,
            "<item><title>{title}</title><link>https://outlet-{number}.example/2026/09/{item}/?utm_source=rss</link>\
             <dc:creator><![CDATA[Rédaction]]></dc:creator><pubDate>Mon, 07 Sep 2026 {:02}:{item:02}:00 +0000</pubDate>\
             <category><![CDATA[Actualités]]></category>\
             <guid isPermaLink=\"false\">https://outlet-{number}.example/?p={item}</guid>\
             <description><![CDATA[<p>{teaser}</p>]]></description><content:encoded>{body}</content:encoded></item>",
            item % 24
        )
        .expect("a string takes all");
    }
    xml + "</channel></rss>"
}
