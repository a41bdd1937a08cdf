//! `openpgp_key`: the file with a reader's public key. Messages name the file and what is wrong with it, never what is in it,
//! since what lies there by mistake may be a private key.

use std::sync::Arc;

use jiff::Timestamp;

use super::Context;
use crate::config::guard;
use crate::config::problem::Typed;
use crate::mail;
use crate::model::KeyFile;

const EXPORT: &str = "gpg --armor --export amina@example.org > amina.asc";

impl Context<'_> {
    /// The file that `typed` names, when what is in it is a public key. One that was good and has expired is a warning only: it must
    /// not keep everybody else's mail from a restart. Mail to its reader waits until it is mended.
    pub(super) fn openpgp_key(&self, typed: &Typed<String>) -> Option<Arc<KeyFile>> {
        if typed.value.contains("-----BEGIN") {
            let message = "`openpgp_key` takes the name of a file, not the key itself";
            self.error(&typed.at, message, "put the public key into a file beside this one: keys/amina.asc");
            return None;
        }
        let path = self.path(typed);
        let armoured = match guard::read(&path) {
            Ok(trusted) => trusted.text,
            Err(refused) => {
                let hint = refused.hint(&path).unwrap_or_else(|| format!("it must be a public key: {EXPORT}"));
                self.error(&typed.at, format!("cannot read the OpenPGP key in {}: {refused}", path.display()), hint);
                return None;
            }
        };
        let now = Timestamp::now();
        let message = |problem: &dyn std::fmt::Display| {
            format!("the OpenPGP key in {} cannot be used: {problem}", path.display())
        };
        match mail::check_key(&armoured, now) {
            Ok(certificate) => {
                if let Some(soon) = certificate.expires_soon(now) {
                    self.warn(&typed.at, soon.to_string(), "ask its owner to extend it, and export it again");
                }
            }
            Err(problem) if problem.came_with_time() => {
                self.warn(&typed.at, message(&problem), "until then, mail to this reader waits");
            }
            Err(problem) => {
                self.error(&typed.at, message(&problem), EXPORT);
                return None;
            }
        }
        Some(Arc::new(KeyFile { path, armoured }))
    }
}
