//! `reload`: the running daemon reads its configuration again, and its verdict is waited for.

use std::path::Path;

use super::{exit, setup};
use crate::config::Config;
use crate::daemon::control::{self, Question};

pub(super) fn run(path: &Path) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => {
            errln!("not reloaded: the daemon keeps its configuration");
            return code;
        }
    };
    match ask(&config) {
        None => {
            errln!("error: no daemon runs on {}; start one with `sahelwatch run`", config.storage.path.display());
            exit::UNAVAILABLE
        }
        Some(Err(problems)) => {
            errln!("{problems}\nnot reloaded: the daemon keeps its configuration");
            exit::CONFIG
        }
        Some(Ok(said)) => {
            outln!("{said}");
            exit::OK
        }
    }
}

/// Asks the running daemon to read its configuration again: what changed, for people, or what is wrong with it. None when no
/// daemon runs.
pub(super) fn ask(config: &Config) -> Option<Result<String, String>> {
    let answer = control::ask(&config.storage.path, &Question::Reload, |_, _| {})?;
    Some(answer.map(|changes| {
        let lines: Vec<String> = serde_json::from_value(changes).unwrap_or_default();
        if lines.is_empty() {
            "reloaded: nothing changed".to_owned()
        } else {
            format!("reloaded: {}", lines.join("; "))
        }
    }))
}
