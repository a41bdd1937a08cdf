//! The steps of a poll, one by one, each beside what it cannot be faster than, measured in the same run.
//! `cargo bench --bench pipeline`, or `-- parse` for one group.
#![allow(missing_docs)]

#[path = "../desk.rs"]
mod desk;
#[path = "../text.rs"]
mod text;

mod commit;
mod identify;
mod parse;
mod search;

use criterion::{criterion_group, criterion_main};
use sahelwatch::extract::{Document, Reader};
use sahelwatch::model::Item;

/// The items of a feed, as they come out of the reader.
fn items(number: u64) -> Vec<Item> {
    let xml = text::feed(number);
    let document = Document { bytes: xml.as_bytes(), content_type: None, url: None };
    Reader::Feed.read(&document).expect("the invented feeds are good").items
}

criterion_group!(steps, parse::bench, search::bench, identify::bench, commit::bench);
criterion_main!(steps);
