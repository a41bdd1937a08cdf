//! The language of a text: Arabic, French, English, Hausa or Portuguese, or unknown (`und`), and never a wrong name.
//!
//! The script decides first. Latin script is told by counting common words ([`super::language_words`]), because the languages that
//! share a region share letters, and because no maintained detection library knows Hausa, Fulfulde, Bambara or Wolof: a library
//! alone calls them Javanese, Tagalog or Indonesian. `whatlang` (a trigram model of 70 languages) supports or contradicts the words.
//! Arabic script is told apart from Persian, Urdu and their like by letters Arabic does not have, and by `whatlang`.
//!
//! Knows text only, and nothing of sources: [`of_item`] weighs what a source says against what the text shows.

use whatlang::Lang;

use super::language_words::{LISTS, TOLD, lists_of};
use super::{Kind, Tokens};

/// The code of a language that is not known (ISO 639-2).
pub const UNKNOWN: &str = "und";

/// What a text seems to be written in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detected {
    /// `ar`, `fr`, `en`, `ha`, `pt`, or [`UNKNOWN`].
    pub lang: &'static str,
    /// From 0 to 1: how clearly. For [`UNKNOWN`], how clearly it is none of the others.
    pub confidence: f32,
}

impl Detected {
    fn unknown(confidence: f32) -> Self {
        Self { lang: UNKNOWN, confidence }
    }
}

/// Characters looked at: a language shows in the first paragraphs, and the trigram model is the slow part.
const LOOKED_AT: usize = 1_500;

/// Which script most letters are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Arabic,
    Other,
    None,
}

/// The language of a text.
#[must_use]
pub fn detect(text: &str) -> Detected {
    let start = text.char_indices().nth(LOOKED_AT).map_or(text, |(end, _)| &text[..end]);
    match script(start) {
        Script::Latin => latin(start),
        Script::Arabic => arabic(start),
        Script::Other => Detected::unknown(1.0),
        Script::None => Detected::unknown(0.0),
    }
}

fn script(text: &str) -> Script {
    let (mut latin, mut arabic, mut other) = (0_u32, 0_u32, 0_u32);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        match c {
            'A'..='Z' | 'a'..='z' | '\u{00C0}'..='\u{02AF}' | '\u{1E00}'..='\u{1EFF}' => latin += 1,
            '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' => {
                arabic += 1;
            }
            _ => other += 1,
        }
    }
    match latin.max(arabic).max(other) {
        0 => Script::None,
        most if most == latin => Script::Latin,
        most if most == arabic => Script::Arabic,
        _ => Script::Other,
    }
}

/// Letters that Persian, Urdu, Pashto, Kurdish and Uyghur use and Arabic does not. Arabic keyboards of the region give `ی` and `ک`
/// now and then, and names are spelt with `گ چ پ ڤ`: so these count by their share.
fn is_foreign_arabic(c: char) -> bool {
    matches!(c, 'پ' | 'چ' | 'ژ' | 'گ' | 'ک' | 'ی' | 'ٹ' | 'ڈ' | 'ڑ' | 'ے' | 'ں' | 'ہ' | 'ھ' | 'ۀ' | 'ێ' | 'ۆ' | 'ە' | 'ټ' | 'ډ' | 'ړ' | 'ږ' | 'ښ' | 'ڼ' | 'ې' | 'ۍ')
}

/// Arabic script: Arabic, unless its letters or the trigrams say otherwise.
fn arabic(text: &str) -> Detected {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count().max(1);
    let foreign = text.chars().filter(|c| is_foreign_arabic(*c)).count();
    let share = ratio(foreign, letters);
    if share > MAX_FOREIGN {
        return Detected::unknown((share / MAX_FOREIGN / 4.0).min(1.0));
    }
    match whatlang::detect(text) {
        Some(info) if info.lang() == Lang::Ara => {
            Detected { lang: "ar", confidence: if letters < 12 { 0.6 } else { 0.95 } }
        }
        // Without a single foreign letter the trigrams alone decide only where they are sure.
        Some(info) if info.is_reliable() => Detected::unknown(0.6),
        _ if foreign == 0 => Detected { lang: "ar", confidence: 0.6 },
        _ => Detected::unknown(0.3),
    }
}

/// Share of letters foreign to Arabic above which a text is not Arabic. Arabic news stays below 1 %; Persian has 10 %, Urdu 20 %.
const MAX_FOREIGN: f32 = 0.04;

/// Letters no told language has.
fn is_foreign_latin(c: char) -> bool {
    matches!(c.to_lowercase().next().unwrap_or(c),
        'ß' | 'ä' | 'å' | 'ø' | 'ñ' | 'ŋ' | 'ɛ' | 'ɔ' | 'ɲ' | 'ı' | 'ğ' | 'ş' | 'č' | 'ž' | 'š' | 'ř' | 'ő' | 'ű' | 'ł' | 'ą' | 'ę' | 'ț' | 'ș'
        | '\u{1EA0}'..='\u{1EF9}' | '\u{1E63}' | '\u{01DD}' | 'ì' | 'ò' | '\u{0323}')
}

/// Latin script: the told language whose words are many enough and clearly more than those of any other.
fn latin(text: &str) -> Detected {
    let votes = Votes::of(text);
    let (first, second) = votes.leaders();
    let lang = LISTS[first].0;
    let margin = votes.scores[first] - votes.scores[second];
    let share = votes.scores[first] / votes.words.max(1.0);
    if first >= TOLD {
        return Detected::unknown(share.min(1.0));
    }
    let enough = votes.scores[first] >= MIN_SCORE && share >= MIN_SHARE && margin >= MIN_MARGIN * votes.scores[first];
    if !enough {
        return Detected::unknown(0.5);
    }
    Detected { lang, confidence: 0.9 }
}

const MIN_SCORE: f32 = 1.0;
const MIN_SHARE: f32 = 0.12;
const MIN_MARGIN: f32 = 0.15;

/// How much speaks for each list.
struct Votes {
    scores: [f32; LISTS.len()],
    words: f32,
}

impl Votes {
    fn of(text: &str) -> Self {
        let mut votes = Self { scores: [0.0; LISTS.len()], words: 0.0 };
        let tokens = Tokens::of(text);
        for token in tokens.words().iter().filter(|token| token.kind == Kind::Word) {
            let word = tokens.folded(token);
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            votes.words += 1.0;
            let lists = lists_of(word);
            let weight = weight(lists.count_ones());
            for (place, score) in votes.scores.iter_mut().enumerate() {
                if lists & (1 << place) != 0 {
                    *score += weight;
                }
            }
        }
        let foreign = text.chars().filter(|c| is_foreign_latin(*c)).count();
        for score in &mut votes.scores[..TOLD] {
            *score -= FOREIGN_COST * ratio(foreign, 1);
        }
        votes
    }

    fn leaders(&self) -> (usize, usize) {
        let mut order: Vec<usize> = (0..LISTS.len()).collect();
        order.sort_by(|a, b| self.scores[*b].total_cmp(&self.scores[*a]));
        (order[0], order[1])
    }
}

const FOREIGN_COST: f32 = 0.25;

/// A word that few languages share says more.
fn weight(shared_by: u32) -> f32 {
    match shared_by {
        0 | 1 => 1.0,
        2 => 0.8,
        3 => 0.6,
        _ => 0.4,
    }
}

fn ratio(part: usize, whole: usize) -> f32 {
    // Texts are cut to LOOKED_AT characters, far below where f32 loses whole numbers.
    part as f32 / whole as f32
}
