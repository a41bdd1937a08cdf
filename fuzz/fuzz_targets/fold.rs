//! See `laws/fold.rs`.
#![no_main]

#[path = "../laws/fold.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|text: &str| law::holds(text));
