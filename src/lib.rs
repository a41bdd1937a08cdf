//! Sahelwatch polls feeds and web pages for Sahel security news and e-mails alerts to the people whose watches match.
//!
//! The whole program is one sentence:
//!
//! > A **source** is due, so it is *fetched* politely; the bytes are *parsed* into **items**; each item is *identified*
//! > (new, changed, or known), *read* (language, **concepts**, **tolls**), placed in a **story** and *matched* against every
//! > **watch**; what matches becomes an **alert**, written in the same transaction that marks the item as seen; due alerts are
//! > *composed* into one **notification** per reader and story and *sent* by e-mail; only then are they recorded as sent.
//!
//! Beside it stand two more. Where a source asks for **full text**, the article behind a new item is fetched and put before
//! the watches as well (`daemon::articles`). How each source **stands** is judged at every poll, so that whoever runs this is
//! told when one goes dark (`health`, `daemon::operator`).
//!
//! `daemon::poll` reads like its first half, `daemon::ingest` like its second, `daemon::outbox` like its end. The modules below
//! stand in reading order, and imports go one way only: model ← pure ← edges ← config ← daemon ← cli ← main. Edges do not
//! import each other; `sled`, `reqwest`, `lettre`, `scraper` and `feed_rs` are each named in one module (`tests/house.rs` checks).
//!
//! # Invariants
//!
//! 1. One commit writes an item as seen, its alerts and its source's validators, or none of them; of a document too long for one,
//!    the last one has the validators. They never run ahead of the items they cover: a crash between costs a second fetch, never an
//!    item.
//! 2. A notification is frozen in the store before its first attempt and marked sent only after the server accepted it. A
//!    crash in between repeats the same bytes under the same Message-ID.
//! 3. A store error is never read as "new" or as "seen".
//! 4. What was seen stays seen although it leaves the feed; pruning is by age only.
//! 5. A bad item, source, watch, recipient or transport never stops another one.
//! 6. Bad configuration never starts the daemon and never replaces a good one at reload; every problem is listed at once.
//! 7. Pure modules do no IO, read no clock, spawn nothing.
//! 8. Nothing is dropped without a [`model::Reason`] that `explain` can show.
//! 9. The first poll of a source primes it: it alerts on nothing older than the configured window.
//! 10. In-memory indexes (recent texts, open stories, recent mails, open notifications, compiled watches) are derived: they are
//!     rebuilt at start.

// They panic where the reader went away; `cli::out` has those that do not.
#![warn(clippy::print_stdout, clippy::print_stderr)]

// -- the nouns
pub mod model;

// -- pure: no IO, no clock (now is an argument), no async
pub mod text;

pub mod query;

pub mod lexicon;

pub mod extract;

pub mod identity;

pub mod story;

pub mod alert;

pub mod health;

pub mod schedule;

// -- edges: one module for one outside thing
pub mod fetch;

pub mod program;

pub mod store;

pub mod mail;

// -- configuration
pub mod config;

// -- loops: the only spawned tasks
pub mod daemon;

// -- faces
pub mod cli;
