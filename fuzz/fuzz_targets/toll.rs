//! See `laws/toll.rs`.
#![no_main]

#[path = "../laws/toll.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|text: &str| law::holds(text));
