//! See `laws/page.rs`.
#![no_main]

#[path = "../laws/page.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| law::holds(bytes));
