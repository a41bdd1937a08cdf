//! Loading configurations: every class of problem with its place, caret and hint, and (below) what a good one means.
//!
//! `tests/golden/config/NAME.toml` holds the files of one configuration, each after a line `#### path`; `NAME.txt` is the
//! report people see. `UPDATE_GOLDEN=1` writes the reports anew; read the difference before you keep it.

mod commands;
mod coverage;
mod meaning;
mod pack;
mod people;
mod sources;
mod trust;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use proptest::prelude::{ProptestConfig, proptest};
use sahelwatch::cli::check;
use sahelwatch::config::{self, Config, Environment, Loaded};
use tempfile::TempDir;

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
        let folder = self.folder.path().display().to_string();
        self.load().report.render(false).replace(&format!("{folder}/"), "").replace(&folder, "FOLDER")
    }
}

const HEAD: &str = r#"version = 1
http = { contact = "ops@example.org" }
mail = { from = "alerts@example.org", ops_to = ["ops@example.org"] }
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
    source_kinds,
    source_programs,
    source_access,
    source_proxies,
    source_headers,
    operator,
    nobody_runs_it,
    coverage,
    web,
    selectors,
    watches,
    queries,
    concepts,
    timing,
    pace,
    digests,
    digest_watches,
    left_to_no_digest,
    quiet_hours,
    readers,
    openpgp_keys,
    mailboxes,
    metrics,
    metrics_nowhere,
    metrics_to_strangers,
    mail,
    mail_protection,
    mail_without_server,
    given_twice,
    inline_secrets,
    warnings,
    more_than_twenty,
);

#[test]
fn ten_mistakes_give_ten_problems() {
    let input = include_str!("golden/config/ten_mistakes_in_one_file.toml");
    let bed = Bed::new(&[("sahelwatch.toml", input.split_once('\n').unwrap().1)]);
    let loaded = bed.load();
    assert!(loaded.config.is_none() && loaded.report.has_errors());
    assert_eq!(loaded.report.problems.len(), 10, "{}", loaded.report.render(false));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_loading_panic(
        which in 0..4_usize, at in 0..2000_usize, cut in 0..40_usize, typed in "([\\[\\]{}=\"'.#\n]|[a-z]|\\PC)*"
    ) {
        let files = [
            include_str!("golden/config/watches.toml"),
            include_str!("golden/config/timing.toml"),
            include_str!("golden/config/digests.toml"),
            include_str!("golden/config/readers.toml"),
        ];
        let good = files[which].replace("#### sahelwatch.toml\n", "");
        let (before, rest): (String, String) = (good.chars().take(at).collect(), good.chars().skip(at + cut).collect());
        let bed = Bed::new(&[("sahelwatch.toml", &format!("{before}{typed}{rest}"))]);
        let loaded = bed.load();
        let code = if loaded.report.has_errors() { 78 } else { 0 };
        assert_eq!([check::for_people(&loaded, false, true).code, check::as_json(&loaded).code], [code, code]);
    }
}
