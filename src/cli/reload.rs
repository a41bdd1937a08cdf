//! `reload`: the running daemon reads its configuration again, and its verdict is waited for.

use std::path::Path;

use super::{exit, setup};
use crate::config::Config;
use crate::daemon::control::{self, Question, Reloaded};

pub(super) fn run(path: &Path) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => {
            errln!("not reloaded: the daemon keeps its configuration");
            return code;
        }
    };
    tell(&config).unwrap_or_else(|| {
        errln!("error: no daemon runs on {}; start one with `sahelwatch run`", config.storage.path.display());
        exit::UNAVAILABLE
    })
}

/// Has the running daemon read its configuration again, and says what changed or what is wrong with it. None when no daemon runs.
pub(super) fn tell(config: &Config) -> Option<u8> {
    let answer = control::ask(&config.storage.path, &Question::Reload, |_, _| {})?;
    Some(match setup::understood(answer) {
        Ok(Reloaded::Changed(lines)) if lines.is_empty() => {
            outln!("reloaded: nothing changed");
            exit::OK
        }
        Ok(Reloaded::Changed(lines)) => {
            outln!("reloaded: {}", lines.join("; "));
            exit::OK
        }
        Ok(Reloaded::Refused(problems)) => {
            errln!("{problems}\nnot reloaded: the daemon keeps its configuration until this is mended");
            exit::CONFIG
        }
        Err(code) => code,
    })
}
