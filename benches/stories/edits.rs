//! Which edits of syndication are found, by our rule and by those it was chosen over: resemblance (Jaccard) of
//! three-word runs, and SimHash (Manku 2007: 64 bits, within 3; and within 10).

use std::collections::BTreeSet;

use jiff::Timestamp;
use sahelwatch::identity::{Copies, Sketch};
use sahelwatch::model::{Item, ItemId};
use sahelwatch::text::Tokens;
use xxhash_rust::xxh3::xxh3_64;

use crate::text::{Density, Language, Pen};

/// Texts that are edited.
const TEXTS: usize = 400;
/// Texts that are no copies of each other: 121,771 pairs.
const OTHERS: usize = 494;
/// Words that one in four of those quotes from another: reports of one speech.
const QUOTED: usize = 40;

type Words = Vec<String>;
type Edit = fn(&[String], &mut Pen) -> Words;

const EDITS: [(&str, Edit); 7] = [
    ("another site's 60 words around it", |text, pen| [words(pen, 30), text.to_vec(), words(pen, 30)].concat()),
    ("5 % of the words edited", |text, pen| edited(text, 5, pen)),
    ("15 % of the words edited", |text, pen| edited(text, 15, pen)),
    ("cut to 35 %", |text, _| text[..text.len() * 35 / 100].to_vec()),
    ("its first 60 words", |text, _| text[..60].to_vec()),
    ("35 % new copy added", |text, pen| [text.to_vec(), words(pen, text.len() * 35 / 100)].concat()),
    ("a new lead of 25 %", |text, pen| [words(pen, text.len() / 4), text[text.len() / 4..].to_vec()].concat()),
];

/// A text as each of the rules sees it.
struct Seen {
    sketch: Sketch,
    runs: BTreeSet<u64>,
    simhash: u64,
}

/// What each of five rules says of a pair, in the order of the table.
type Said = [bool; 5];

pub(crate) fn table() {
    println!("{:36}{:>12}{:>12}{:>12}{:>12}{:>14}", "", "Jaccard .8", "Jaccard .5", "SimHash 3", "SimHash 10", "ours");
    let mut pen = pen(0);
    let texts: Vec<Words> = (0..TEXTS).map(article).collect();
    let seen: Vec<Seen> = texts.iter().map(|text| see(text)).collect();
    for (name, edit) in EDITS {
        let mut found = [0; 5];
        for (text, seen) in texts.iter().zip(&seen) {
            count(&mut found, compare(seen, &see(&edit(text, &mut pen))));
        }
        let shares = found.map(|found| format!("{:12.3}", f64::from(found) / TEXTS as f64));
        println!("{name:36}{}", shares.concat());
    }
    let mut others: Vec<Words> = (TEXTS..TEXTS + OTHERS).map(article).collect();
    for n in (4..OTHERS).step_by(4) {
        let quoted = others[n - 3][50..50 + QUOTED].to_vec();
        others[n].splice(80..80, quoted);
    }
    let others: Vec<Seen> = others.iter().map(|text| see(text)).collect();
    let mut wrong = [0; 5];
    for (n, one) in others.iter().enumerate() {
        others[..n].iter().for_each(|other| count(&mut wrong, compare(other, one)));
    }
    let wrong = wrong.map(|wrong| format!("{wrong:12}")).concat();
    println!("{:36}{wrong}", format!("false pairs of {}", OTHERS * (OTHERS - 1) / 2));
}

fn count(counts: &mut [u32; 5], said: Said) {
    counts.iter_mut().zip(said).for_each(|(count, said)| *count += u32::from(said));
}

fn compare(one: &Seen, other: &Seen) -> Said {
    let shared = one.runs.intersection(&other.runs).count() as f64;
    let jaccard = shared
        / (one.runs.len() + other.runs.len()) as f64
        / (1.0 - shared / (one.runs.len() + other.runs.len()) as f64);
    let bits = (one.simhash ^ other.simhash).count_ones();
    let mut copies = Copies::default();
    copies.insert(ItemId(0), Timestamp::UNIX_EPOCH, "one", &one.sketch, true);
    let ours = !copies.of(&other.sketch, "other", Timestamp::UNIX_EPOCH).is_empty();
    [jaccard >= 0.8, jaccard >= 0.5, bits <= 3, bits <= 10, ours]
}

fn see(text: &[String]) -> Seen {
    let tokens = Tokens::of(&text.join(" "));
    let hashes: Vec<u64> = tokens.folded_words().map(|word| xxh3_64(word.as_bytes())).collect();
    let run = |run: &[u64]| {
        run.iter().fold(0_u64, |hash, word| (hash.rotate_left(21) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    };
    let mut votes = [0_i32; 64];
    for hash in &hashes {
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    let simhash = votes.iter().enumerate().fold(0, |hash, (bit, vote)| hash | u64::from(*vote > 0) << bit);
    Seen {
        sketch: Sketch::of(&Item { body: text.join(" "), ..Item::default() }),
        runs: hashes.windows(3).map(run).collect(),
        simhash,
    }
}

fn pen(number: usize) -> Pen {
    let language = [Language::French, Language::English, Language::Arabic][number % 3];
    Pen::with_density(number as u64 * 77 + 5, language, Density::Ordinary)
}

/// An article of 200 to 450 words.
fn article(number: usize) -> Words {
    let mut pen = pen(number);
    let length = 200 + pen.below(250);
    words(&mut pen, length)
}

fn words(pen: &mut Pen, count: usize) -> Words {
    pen.words(count).split(' ').map(str::to_owned).collect()
}

fn edited(text: &[String], percent: usize, pen: &mut Pen) -> Words {
    text.iter().map(|word| if pen.below(100) < percent { pen.words(1) } else { word.clone() }).collect()
}
