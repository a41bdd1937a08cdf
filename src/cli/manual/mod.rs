//! `man` and `completions`: what packages ship beside the program, made by the program itself, so that it cannot tell of options or
//! keys that are not there.

mod commands;
mod configuration;
mod page;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;

use super::exit;

/// Where pages are written.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The folder; it is made when it is not there
    dir: PathBuf,
}

/// Writes every page: the program and its commands (section 1), the configuration (section 5).
pub(super) fn run(command: Command, options: &Arguments) -> u8 {
    let pages = commands::pages(command).chain([("sahelwatch.toml.5".to_owned(), configuration::page())]);
    match pages.map(|(name, text)| write(&options.dir, &name, &text)).collect::<io::Result<Vec<()>>>() {
        Ok(written) => {
            outln!("wrote {} pages to {}", written.len(), options.dir.display());
            exit::OK
        }
        Err(error) => {
            errln!("error: write the manual to {}: {error}", options.dir.display());
            exit::IO
        }
    }
}

fn write(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    fs::write(dir.join(name), text)
}

/// Prints the completions for a shell.
pub(super) fn completions(mut command: Command, shell: Shell) -> u8 {
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    out!("{}", String::from_utf8_lossy(&script));
    exit::OK
}
