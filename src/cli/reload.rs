//! `reload`: the running daemon reads its configuration again, and its verdict is waited for.

use std::path::Path;

use super::{exit, setup};
use crate::daemon::control::{self, Question};

pub(super) fn run(path: &Path) -> u8 {
    let config = match setup::configuration_without_secrets(path) {
        Ok(config) => config,
        Err(code) => {
            eprintln!("not reloaded: the daemon keeps its configuration");
            return code;
        }
    };
    match control::ask(&config.storage.path, &Question::Reload, |_, _| {}) {
        None => {
            eprintln!("error: no daemon runs on {}; start one with `sahelwatch run`", config.storage.path.display());
            exit::UNAVAILABLE
        }
        Some(Err(problems)) => {
            eprintln!("{problems}\nnot reloaded: the daemon keeps its configuration");
            exit::CONFIG
        }
        Some(Ok(changes)) => {
            let lines: Vec<String> = serde_json::from_value(changes).unwrap_or_default();
            println!(
                "{}",
                if lines.is_empty() {
                    "reloaded: nothing changed".to_owned()
                } else {
                    format!("reloaded: {}", lines.join("; "))
                }
            );
            exit::OK
        }
    }
}
