//! See `laws/feed.rs`.
#![no_main]

#[path = "../laws/feed.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| law::holds(bytes));
