//! `db export`: what cannot be fetched again, in one file. The daemon makes one a day by itself (`state
//! folder/export/`).

use super::target::Target;
use crate::config::Config;
use crate::store::Kind;

pub(super) fn run(config: &Config, target: &Target) -> u8 {
    target.take(config, Kind::Export)
}
