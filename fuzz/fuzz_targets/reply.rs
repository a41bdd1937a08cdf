//! See `laws/reply.rs`.
#![no_main]

#[path = "../laws/reply.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| law::holds(bytes));
