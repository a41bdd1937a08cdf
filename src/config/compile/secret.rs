//! Secrets: read from a file of their own or from a systemd credential. Messages name the file and what is wrong with it,
//! never what is in it.

use std::path::{Component, Path};

use super::Context;
use crate::config::guard;
use crate::config::problem::{Finding, Typed};
use crate::model::Secret;

/// Where one secret may come from: the keys `NAME_file` and `NAME_credential`.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    /// The beginning of the keys, and what the secret is called.
    pub(super) name: &'static str,
    pub(super) file: Option<&'a Typed<String>>,
    pub(super) credential: Option<&'a Typed<String>>,
}

impl<'a> Sources<'a> {
    /// The key that is given, and where.
    pub(super) fn given(&self) -> Option<&'a Typed<String>> {
        self.file.or(self.credential)
    }
}

impl Context<'_> {
    /// The secret; None when no key is given, or when it cannot be had, which then is a finding.
    pub(super) fn secret(&self, sources: &Sources<'_>) -> Option<Secret> {
        let name = sources.name;
        match (sources.file, sources.credential) {
            (Some(file), None) => self.secret_in(file, &self.path(file), true),
            (None, Some(credential)) => self.secret_credential(name, credential),
            (None, None) => None,
            (Some(file), Some(credential)) => {
                let message = match name.ends_with('s') {
                    true => format!("the {name} are given twice"),
                    false => format!("the {name} is given twice"),
                };
                let finding = Finding::error(&credential.at, message).first_at(&file.at);
                self.findings.push(finding.hint(format!("keep `{name}_file` or `{name}_credential`")));
                None
            }
        }
    }

    /// What stands for a secret that is not read.
    fn unread(&self) -> Option<Secret> {
        self.environment.leaves_secrets.then(|| Secret::new(String::new()))
    }

    /// The secret in the systemd credential that `typed` names.
    fn secret_credential(&self, key: &str, typed: &Typed<String>) -> Option<Secret> {
        let name = Path::new(&typed.value);
        if !matches!(name.components().collect::<Vec<_>>()[..], [Component::Normal(part)] if part == name) {
            let message = format!("`{}` is not the name of a credential", typed.value);
            let hint = format!("give the name in LoadCredential=NAME:…; for a path there is `{key}_file`");
            self.error(&typed.at, message, hint);
            return None;
        }
        if let Some(unread) = self.unread() {
            return Some(unread);
        }
        let Some(folder) = &self.environment.credentials_directory else {
            let message = format!("credential `{}` cannot be read: $CREDENTIALS_DIRECTORY is not set", typed.value);
            let hint = "systemd sets it for a service with LoadCredential=; to check by hand, set it to a folder that holds \
                        a file of that name";
            self.error(&typed.at, message, hint);
            return None;
        };
        // systemd lets the service in by an access list, which shows as a mode that the group can read.
        self.secret_in(typed, &folder.join(name), false)
    }

    fn secret_in(&self, typed: &Typed<String>, path: &Path, judge_mode: bool) -> Option<Secret> {
        if let Some(unread) = self.unread() {
            return Some(unread);
        }
        let trusted = match guard::read(path) {
            Ok(trusted) => trusted,
            Err(refused) => {
                let hint = refused.hint(path).unwrap_or_else(|| "it must be a file with the secret alone".to_owned());
                self.error(&typed.at, format!("cannot read the secret in {}: {refused}", path.display()), hint);
                return None;
            }
        };
        if judge_mode && trusted.is_shared() {
            let message =
                format!("others can read the secret in {} (mode {:04o})", path.display(), trusted.mode & 0o7777);
            self.warn(&typed.at, message, format!("chmod 600 {}", path.display()));
        }
        let mut text = trusted.text;
        // Editors and `echo` end a file with a newline that is no part of the secret.
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        if text.is_empty() {
            self.error(&typed.at, format!("the secret in {} is empty", path.display()), "write it into that file");
            return None;
        }
        Some(Secret::new(text))
    }
}
