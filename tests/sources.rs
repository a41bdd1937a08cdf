//! Sources under the faults of the network, of their servers and of our clock, as whole runs: the rows C1 to C18 of `trials` that
//! are not told beside `health`, `fetch` and `whole`.

pub mod apart;
mod broken;
mod clock;
mod crowd;
mod edits;
mod marks;
mod names;
mod polite;
mod portal;
mod safe;
mod size;
