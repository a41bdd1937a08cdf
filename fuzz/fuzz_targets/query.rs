//! See `laws/query.rs`.
#![no_main]

#[path = "../laws/query.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|text: &str| law::holds(text));
