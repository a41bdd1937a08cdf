//! What the fuzz targets look for, on their seeds and some changes of each: a short run of what `tests/fuzz` does without end.

#[path = "../fuzz/laws/mod.rs"]
mod laws;

use std::path::Path;

use crate::trials;

/// The same changes in every run; runs without end have their own chance.
const SEED: u64 = 12;

/// Runs a law on every seed of a target, and on changes of each.
fn tries(target: &str, law: fn(&[u8])) {
    let trial = trials::of("S12");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut tried = 0;
    for seed in &seeds {
        law(seed);
        tried += 1;
        for _ in 0..trials::count(200, 20_000) / seeds.len() {
            law(&changed(seed, &seeds, &mut random));
            tried += 1;
        }
    }
    trial.passed(tried);
}

/// A seed with a part cut out, repeated, overwritten, or replaced by a part of another.
fn changed(seed: &[u8], seeds: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..4) {
        let from = random.usize(..=bytes.len());
        let to = random.usize(from..=bytes.len().min(from + 40));
        let other = &seeds[random.usize(..seeds.len())];
        let start = random.usize(..=other.len());
        let piece = match random.u8(..4) {
            0 => Vec::new(),
            1 => bytes[from..to].repeat(random.usize(2..20)),
            2 => (from..to).map(|_| random.u8(..)).collect(),
            _ => other[start..other.len().min(start + 40)].to_vec(),
        };
        bytes.splice(from..to, piece);
    }
    bytes
}

/// For laws on text: what is none is made one.
macro_rules! on_text {
    ($law:path) => {
        |bytes| $law(&String::from_utf8_lossy(bytes))
    };
}

#[test]
fn any_bytes_are_read_as_a_feed_or_refused() {
    tries("feed", laws::feed::holds);
}

#[test]
fn any_bytes_are_read_as_a_page_or_refused() {
    tries("page", laws::page::holds);
}

#[test]
fn any_entities_become_folded_text() {
    tries("entities", on_text!(laws::entities::holds));
}

#[test]
fn any_text_is_cut_and_folded_in_order() {
    tries("fold", on_text!(laws::fold::holds));
}

#[test]
fn any_query_is_read_or_refused() {
    tries("query", on_text!(laws::query::holds));
}

#[test]
fn any_answers_of_a_mail_server_come_to_a_verdict() {
    tries("reply", laws::reply::holds);
}

#[test]
fn any_configuration_is_used_or_refused() {
    tries("config", on_text!(laws::config::holds));
}

#[test]
fn any_text_is_read_for_figures() {
    tries("toll", on_text!(laws::toll::holds));
}
