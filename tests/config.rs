//! Loading configurations: what a good one means, and every class of problem with its place, caret and hint.
//!
//! `tests/golden/config/NAME.toml` holds the files of one configuration, each after a line `#### path`; `NAME.txt` is the
//! report people see. `UPDATE_GOLDEN=1` writes the reports anew; read the difference before you keep it.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sahelwatch::cli::{check, init};
use sahelwatch::config::{self, Config, Environment, Loaded, Severity};
use sahelwatch::mail::{Tls, TransportSettings};
use sahelwatch::model::{FirstPoll, SourceKind};
use tempfile::TempDir;

/// A configuration in a folder of its own.
struct Bed {
    folder: TempDir,
    environment: Environment,
}

impl Bed {
    fn new(files: &[(&str, &str)]) -> Self {
        let bed = Self { folder: tempfile::tempdir().unwrap(), environment: Environment::default() };
        for (name, text) in files {
            bed.file(name, text);
        }
        bed
    }

    /// A main file that is complete, and more lines in it.
    fn with(lines: &str) -> Self {
        Self::new(&[("sahelwatch.toml", &format!("{HEAD}{lines}"))])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        set_mode(&path, 0o600);
        path
    }

    fn load(&self) -> Loaded {
        config::load(&self.path("sahelwatch.toml"), &self.environment)
    }

    #[track_caller]
    fn config(&self) -> Config {
        let loaded = self.load();
        loaded.config.unwrap_or_else(|| panic!("{}", loaded.report.render(false)))
    }

    /// The report, with the folder's own name left out.
    fn report(&self) -> String {
        self.load().report.render(false).replace(&format!("{}/", self.folder.path().display()), "")
    }
}

const HEAD: &str = r#"version = 1
http = { contact = "ops@example.org" }
mail = { from = "alerts@example.org" }
source = [{ id = "a", kind = "feed", url = "https://example.org/a" }]
watch = [{ id = "w", any = ["attaque"], to = ["amina@example.org"] }]
"#;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[track_caller]
fn check_golden(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/config");
    let input = fs::read_to_string(folder.join(name).with_extension("toml")).unwrap();
    let files: Vec<_> = input.split("#### ").skip(1).filter_map(|part| part.split_once('\n')).collect();
    let report = Bed::new(&files).report();
    let expected = folder.join(name).with_extension("txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&expected, &report).unwrap();
    }
    assert_eq!(report, fs::read_to_string(expected).unwrap_or_default(), "see {name}.txt");
}

macro_rules! golden {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            check_golden(stringify!($name));
        })*
    };
}

golden!(
    ten_mistakes_in_one_file,
    problems_of_several_files_in_one_run,
    a_syntax_error_hides_no_other_file,
    an_empty_file,
    unknown_keys,
    keys_of_versions_to_come,
    wrong_kinds,
    durations_and_sizes,
    sources,
    pages,
    selectors,
    watches,
    mailboxes,
    mail,
    given_twice,
    inline_secrets,
    warnings,
    more_than_twenty,
);
