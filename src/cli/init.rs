//! `init`: writes a first configuration, commented and complete, into a folder. Overwrites nothing and asks nothing.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::config;

/// A file of the sample configuration, as it stands in the folder `config` of the project.
macro_rules! sample {
    ($name:literal) => {
        ($name, include_str!(concat!("../../config/", $name)))
    };
}

/// What is enough to start from: all settings, the sources that see the whole region, and the watches. Fewer watches would
/// leave a group of the main file without any.
const MINIMAL: [(&str, &str); 4] = [
    sample!("sahelwatch.toml"),
    sample!("conf.d/20-region.toml"),
    sample!("conf.d/40-watches-countries.toml"),
    sample!("conf.d/41-watches-themes.toml"),
];

/// The rest of the Sahel pack.
const PACK: [(&str, &str); 9] = [
    sample!("conf.d/10-mali.toml"),
    sample!("conf.d/11-burkina-faso.toml"),
    sample!("conf.d/12-niger.toml"),
    sample!("conf.d/13-chad.toml"),
    sample!("conf.d/14-mauritania.toml"),
    sample!("conf.d/21-neighbours.toml"),
    sample!("conf.d/22-humanitarian.toml"),
    sample!("conf.d/23-analysis.toml"),
    sample!("conf.d/50-coverage.toml"),
];

/// Who watches what is nobody else's business; the group is let in for the account of a service.
const FILE_MODE: u32 = 0o640;
const FOLDER_MODE: u32 = 0o750;

/// Why no configuration was written.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// One of the files is there already.
    #[error("write {}: the file is there already, and `init` overwrites nothing; give another folder, or remove it", .0.display())]
    Exists(PathBuf),
    /// The disk or its permissions said no.
    #[error("write {}: {cause}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// Writes the configuration into `folder`, or where it is looked for by default; with `minimal` without most of the Sahel
/// pack. Returns what to print: the files written and the next three commands.
///
/// # Errors
/// [`InitError`]; when a file is there already, nothing at all is written.
pub fn run(folder: Option<&Path>, minimal: bool) -> Result<String, InitError> {
    let default = config::default_path();
    let folder = folder.unwrap_or_else(|| default.parent().unwrap_or(Path::new(".")));
    let rest = if minimal { &[][..] } else { &PACK };
    let files = MINIMAL.iter().chain(rest);
    let paths: Vec<(PathBuf, &str)> = files.map(|(name, text)| (folder.join(name), *text)).collect();
    if let Some((path, _)) = paths.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(InitError::Exists(path.clone()));
    }
    for (path, text) in &paths {
        write(path, text)?;
    }
    let main = folder.join(MINIMAL[0].0);
    Ok(told(&paths, Some(&main).filter(|main| **main != default)))
}

fn write(path: &Path, text: &str) -> Result<(), InitError> {
    let failed = |path: &Path, cause: io::Error| match cause.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists(path.to_owned()),
        _ => InitError::Io { path: path.to_owned(), cause },
    };
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder).map_err(|cause| failed(folder, cause))?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|cause| failed(path, cause))
}

fn told<T>(paths: &[(PathBuf, T)], main: Option<&PathBuf>) -> String {
    let mut text: String = paths.iter().map(|(path, _)| format!("wrote {}\n", path.display())).collect();
    let option = main.map_or(String::new(), |main| format!("--config {} ", main.display()));
    text.push_str("\nPut your own addresses into the first, delete of the others what you do not need, then:\n");
    for command in ["check", "run --once", "mail test you@example.org"] {
        text.push_str(&format!("  sahelwatch {option}{command}\n"));
    }
    text
}
