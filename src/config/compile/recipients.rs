//! The groups, and those who are told: the `to` of watches and digests, and `ops_to`: groups become their members, and each address is told once.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::config::fields::{NamedList, Texts};
use crate::config::problem::{Finding, Typed};
use crate::config::suggest;
use crate::model::Mailbox;

/// Most recipients of a watch or digest. Every alert is one mail to each of them; a larger circle is a mailing list's work.
const MOST_RECIPIENTS: usize = 500;

/// The groups of one configuration, and what became of the attempts to find people through them.
pub(super) struct Groups<'a> {
    context: &'a Context<'a>,
    members: BTreeMap<&'a str, Vec<Mailbox>>,
    used: BTreeSet<String>,
    /// Whether a `to` is missing or names a group that is not there, so that who is told is not fully known.
    unresolved: bool,
}

impl<'a> Groups<'a> {
    pub(super) fn new(lists: &'a [NamedList], context: &'a Context<'a>) -> Self {
        let members = lists.iter().map(|list| (list.name.value.as_str(), members(list, context))).collect();
        Self { context, members, used: BTreeSet::new(), unresolved: false }
    }

    /// Whether everybody who is to be told is known.
    pub(super) fn resolved(&self) -> bool {
        !self.unresolved
    }

    /// Each address of a `to` once, with the group it was found in first. `noun` is whose `to` it is.
    pub(super) fn recipients(&mut self, to: Option<&Typed<Texts>>, noun: &str) -> Vec<(Mailbox, Option<String>)> {
        let Some(to) = to else {
            self.unresolved = true;
            return Vec::new();
        };
        if to.value.is_empty() {
            self.unresolved = true;
            self.context.error(&to.at, "`to` names nobody", "who is to be told? [\"@group\", \"amina@example.org\"]");
        }
        let recipients = self.each_once(to);
        if recipients.len() > MOST_RECIPIENTS {
            let message = format!("the {noun} has {} recipients", recipients.len());
            self.context.error(&to.at, message, format!("at most {MOST_RECIPIENTS}; for more, use a mailing list"));
        }
        recipients
    }

    /// Each address of `ops_to` once. Nobody, when it is empty, is a choice like any other.
    pub(super) fn operators(&mut self, ops_to: Option<&Typed<Texts>>) -> Vec<Mailbox> {
        let each = ops_to.map(|typed| self.each_once(typed)).unwrap_or_default();
        each.into_iter().map(|(mailbox, _)| mailbox).collect()
    }

    fn each_once(&mut self, to: &Typed<Texts>) -> Vec<(Mailbox, Option<String>)> {
        let mut seen = BTreeSet::new();
        let mut recipients = Vec::new();
        for typed in &to.value {
            for (mailbox, through) in self.resolve(typed) {
                if seen.insert(mailbox.address.to_ascii_lowercase()) {
                    recipients.push((mailbox, through));
                }
            }
        }
        recipients
    }

    fn resolve(&mut self, typed: &Typed<String>) -> Vec<(Mailbox, Option<String>)> {
        let Some(name) = typed.value.strip_prefix('@') else {
            let mailbox = self.context.mailbox(typed);
            self.unresolved |= mailbox.is_none();
            return mailbox.map(|mailbox| (mailbox, None)).into_iter().collect();
        };
        match self.named(name, typed) {
            Some(members) => {
                let found = members.iter().map(|mailbox| (mailbox.clone(), Some(name.to_owned()))).collect();
                self.used.insert(name.to_owned());
                found
            }
            None => {
                self.unresolved = true;
                Vec::new()
            }
        }
    }

    /// The members of the group that `typed` names; that there is none is a finding.
    pub(super) fn named(&self, name: &str, typed: &Typed<String>) -> Option<&[Mailbox]> {
        if let Some(members) = self.members.get(name) {
            return Some(members);
        }
        let names: Vec<&str> = self.members.keys().copied().collect();
        let hint = match names.is_empty() {
            true => format!("define it: group.{name} = [\"amina@example.org\"]"),
            false => suggest::hint(name, "groups", &names),
        };
        self.context.findings.push_absence(Finding::error(&typed.at, format!("there is no group `{name}`")).hint(hint));
        None
    }

    /// Warns of the groups that nothing tells. A mistake in a `to` may be what leaves one unused, and is told of already.
    pub(super) fn warn_of_unused(&self, lists: &[NamedList]) {
        let unused = lists.iter().map(|list| &list.name).filter(|name| !self.used.contains(&name.value));
        for name in unused.filter(|_| self.resolved()) {
            let finding = Finding::warning(&name.at, format!("no watch or digest tells group `{}`", name.value));
            let hint = format!("name it in the `to` of one: to = [\"@{}\"]", name.value);
            self.context.findings.push_absence(finding.hint(hint));
        }
    }
}

fn members(list: &NamedList, context: &Context<'_>) -> Vec<Mailbox> {
    let NamedList { name, texts } = list;
    let is_plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if name.value.is_empty() || !name.value.chars().all(is_plain) {
        context.error(&name.at, format!("a group cannot be called `{}`", name.value), "use letters, digits, - and _");
    }
    let Some(members) = texts else { return Vec::new() };
    if members.value.is_empty() {
        let message = format!("group `{}` has no address", name.value);
        context.error(&name.at, message, "who is to be told? [\"amina@example.org\"]");
    }
    members.value.iter().filter_map(|member| context.mailbox(member)).collect()
}
