//! See `laws/entities.rs`.
#![no_main]

#[path = "../laws/entities.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|text: &str| law::holds(text));
