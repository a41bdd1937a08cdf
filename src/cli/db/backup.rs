//! `db backup`: everything, in one file.

use super::target::Target;
use crate::config::Config;
use crate::store::Kind;

pub(super) fn run(config: &Config, target: &Target) -> u8 {
    target.take(config, Kind::Backup)
}
