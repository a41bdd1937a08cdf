//! Stories: the items that report one event, found while they come in. `features` reads what an item says of its event,
//! `link` decides whether that is the event of a story, `index` keeps the open stories and leads an item to the few it may
//! belong to; `terms` compares words. `report` puts in words for people what an item says, and `notice` tells what it says
//! of itself. Pure: time is an argument. Knows nothing of watches, alerts or the store.

mod features;
mod index;
mod link;
mod notice;
mod report;
mod terms;

pub use features::Features;
pub use index::{Placed, Stories};
pub use report::report;

#[cfg(test)]
mod tests;
