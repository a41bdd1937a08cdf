//! Latin script: the language whose common words are most, if it is one of those that are told.
//!
//! Words are counted ([`super::words`]) rather than letters, because the languages of one region share letters, and
//! because no maintained detection library knows Hausa, Fulfulde, Bambara or Wolof: a library alone calls them
//! Javanese, Tagalog or Somali. `whatlang` is asked where the words are not clear; it knows the many languages that
//! have no list here.

use super::words::{LISTS, TOLD, lists_of};
use super::{Detected, UNKNOWN};
use crate::text::{Kind, Tokens};

/// Letters no told language has: Germanic, Spanish, Slavic, Romanian, Turkish, and those of Bambara, Fulfulde and
/// Wolof.
const FOREIGN_LETTERS: &str = "ßäåøñŋɛɔɲığşčžšřőűłąęțșǝìò";

/// Yoruba, Igbo and Vietnamese put dots below, in one character or two.
fn is_foreign(c: char) -> bool {
    let c = c.to_lowercase().next().unwrap_or(c);
    FOREIGN_LETTERS.contains(c) || matches!(c, '\u{1EA0}'..='\u{1EF9}' | '\u{1E63}' | '\u{0323}')
}

/// The place of the language whose spelling a letter is typical of, among the languages of the region's news.
fn own_letter(c: char) -> Option<usize> {
    let code = match c.to_lowercase().next().unwrap_or(c) {
        'œ' | 'è' | 'ê' | 'û' | 'î' => "fr",
        'ã' | 'õ' => "pt",
        'ƙ' => "ha",
        'ñ' | '¿' | '¡' => "es",
        _ => return None,
    };
    LISTS.iter().position(|(list, _)| *list == code)
}

/// What such a letter weighs, in words: names of the other language carry it too.
const OWN_LETTER: f32 = 0.4;

/// What a foreign letter weighs against all told languages: one in a name does no harm.
const FOREIGN_LETTER: f32 = 0.25;

/// Latin script: the told language whose words are many enough and clearly more than those of any other.
pub(super) fn detect(text: &str) -> Detected {
    let mut votes = Votes::of(text);
    if !votes.are_clear() {
        votes.add_trigrams(text);
    }
    let (first, second) = votes.leaders();
    let (score, lead) = (votes.scores[first], votes.scores[first] - votes.scores[second]);
    let share = score / votes.words.max(1.0);
    if score < MIN_SCORE || share < MIN_SHARE || lead < MIN_LEAD * score {
        return Detected::unknown(0.0);
    }
    let confidence = confidence(score, lead);
    Detected { lang: if first < TOLD { LISTS[first].0 } else { UNKNOWN }, confidence }
}

/// Grows with the words that speak for a language, and with how few of them speak for the next one as well.
fn confidence(score: f32, lead: f32) -> f32 {
    let amount = score / (score + 1.0);
    let clearness = (lead / score / CLEAR_LEAD).clamp(0.0, 1.0);
    amount * (0.5 + 0.5 * clearness)
}

/// Below these nothing is told; chosen on one half of the lines of a parallel news corpus, checked on the other.
const MIN_SCORE: f32 = 1.4;
const MIN_SHARE: f32 = 0.15;
const MIN_LEAD: f32 = 0.15;

/// From these on the words need no support of the trigrams.
const CLEAR_SCORE: f32 = 4.0;
const CLEAR_SHARE: f32 = 0.3;
const CLEAR_LEAD: f32 = 0.4;

/// What the trigram model's opinion weighs, in words.
const TRIGRAMS: f32 = 1.5;

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
        votes.count_letters(text);
        votes
    }

    fn count_letters(&mut self, text: &str) {
        let mut foreign = 0.0;
        for c in text.chars().filter(|c| !c.is_ascii()) {
            if let Some(place) = own_letter(c) {
                self.scores[place] += OWN_LETTER;
            }
            if is_foreign(c) {
                foreign += FOREIGN_LETTER;
            }
        }
        for score in &mut self.scores[..TOLD] {
            *score -= foreign;
        }
    }

    fn are_clear(&self) -> bool {
        let (first, second) = self.leaders();
        let score = self.scores[first];
        score >= CLEAR_SCORE && score >= CLEAR_SHARE * self.words && score - self.scores[second] >= CLEAR_LEAD * score
    }

    /// Lets the trigram model speak for the language it sees, or against those it knows and does not see.
    fn add_trigrams(&mut self, text: &str) {
        let Some(info) = whatlang::detect(text) else { return };
        let sure = info.is_reliable();
        let weight = if sure { TRIGRAMS } else { TRIGRAMS / 3.0 };
        match LISTS.iter().position(|(code, _)| three_letters(code) == info.lang().code()) {
            Some(place) => self.scores[place] += weight,
            None if !sure => {}
            None => {
                for (score, (code, _)) in self.scores.iter_mut().zip(LISTS) {
                    if !three_letters(code).is_empty() {
                        *score -= weight;
                    }
                }
            }
        }
    }

    fn leaders(&self) -> (usize, usize) {
        let mut order: Vec<usize> = (0..LISTS.len()).collect();
        order.sort_by(|a, b| self.scores[*b].total_cmp(&self.scores[*a]));
        (order[0], order[1])
    }
}

/// The ISO 639-3 code of a list the trigram model knows; empty for the others.
fn three_letters(code: &str) -> &'static str {
    match code {
        "en" => "eng",
        "fr" => "fra",
        "pt" => "por",
        "es" => "spa",
        "it" => "ita",
        "de" => "deu",
        "nl" => "nld",
        _ => "",
    }
}

/// A word that few languages share says more.
fn weight(shared_by: u32) -> f32 {
    match shared_by {
        0 | 1 => 1.0,
        2 => 0.8,
        3 => 0.6,
        _ => 0.4,
    }
}
