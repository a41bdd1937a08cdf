//! Items as a desk gets them, the same at every run: one in three reports an attack somewhere, the others are about
//! anything; one in ten prints an earlier one's text again; one in five is a short notice. One word in three is one of
//! 40,000 rare ones, some of which come several times as often as others, so that items have a few words in common.

use sahelwatch::model::{Concept, ConceptKind, Item};

use crate::text::{Density, Language, Pen};

/// Bytes of a text, some 350 words.
const BODY_BYTES: usize = 2_000;
/// Words that are met beside the everyday ones.
const RARE_WORDS: usize = 40_000;
/// How far back a reprinted text was first printed, in items.
const REPRINT_WITHIN: u64 = 2_000;

pub(crate) struct Wire {
    towns: Vec<String>,
}

impl Wire {
    pub(crate) fn new(lexicon: &[Concept]) -> Self {
        let towns = lexicon.iter().filter(|concept| concept.kind == ConceptKind::Place);
        Self { towns: towns.map(|town| town.name.clone()).collect() }
    }

    /// The item of this number.
    pub(crate) fn item(&self, number: u64) -> Item {
        let mut pen = pen(number);
        let original = number - pen.below(REPRINT_WITHIN as usize) as u64 % (number + 1);
        let mut body =
            if pen.below(10) == 0 { text(&mut self::pen(original ^ 1)) } else { text(&mut self::pen(number ^ 1)) };
        if number.is_multiple_of(5) {
            body.truncate(body.floor_char_boundary(300));
        }
        let title = if number.is_multiple_of(3) {
            let town = &self.towns[pen.below(self.towns.len())];
            let actor = ["Gunmen", "JNIM", "Army", "Militants"][pen.below(4)];
            format!("{actor} attack in {town}: {} killed {} {}", 1 + pen.below(60), rare(&mut pen), rare(&mut pen))
        } else {
            (0..3).map(|_| format!("{} {} ", pen.words(1), rare(&mut pen))).collect()
        };
        Item { title, body, ..Item::default() }
    }

    /// The name of the source that prints it.
    pub(crate) fn source(number: u64) -> String {
        format!("outlet-{}", pen(number ^ 2).below(40))
    }
}

fn pen(number: u64) -> Pen {
    let language = [Language::English, Language::French, Language::Arabic][(number / 3 % 3) as usize];
    Pen::with_density(number.wrapping_mul(0x5851_F42D_4C95_7F2D), language, Density::Ordinary)
}

fn text(pen: &mut Pen) -> String {
    let mut out = String::with_capacity(BODY_BYTES + 256);
    while out.len() < BODY_BYTES {
        for _ in 0..4 + pen.below(4) {
            let word = if pen.below(3) == 0 { rare(pen) } else { pen.words(1) };
            out.push_str(&word);
            out.push(' ');
        }
        out.push_str(if pen.below(3) == 0 { "\n" } else { "" });
    }
    out
}

/// A word whose number is small more often than not.
fn rare(pen: &mut Pen) -> String {
    let widest = pen.below(RARE_WORDS) + 1;
    format!("m{}x", pen.below(widest))
}
