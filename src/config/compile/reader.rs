//! Everybody who is told becomes a reader, with what the `[[reader]]` entries for their address and their groups say. The entry
//! for the address wins over those for groups key by key, so that who is given a key of their own does not lose the neutral
//! subjects of their group.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::Context;
use super::recipients::Groups;
use super::wishes::{self, Wishes};
use crate::config::problem::{Finding, Place, Typed};
use crate::config::raw::{Raw, RawReader};
use crate::config::suggest;
use crate::model::{Digest, Mailbox, QuietHours, Reader, Tongue, Watch};

/// Everybody told by a watch or digest, by address in lower case; and those operators of whom an entry says how they are
/// told, such as with which key.
pub(super) fn readers(
    raw: &Raw,
    told: (&[Watch], &[Digest]),
    operators: &[Mailbox],
    groups: &Groups<'_>,
    lang: Tongue,
    zone: &TimeZone,
    context: &Context<'_>,
) -> BTreeMap<String, Reader> {
    let usual =
        Usual { lang, zone: zone.clone(), quiet: raw.quiet.as_ref().and_then(|quiet| wishes::quiet(quiet, context)) };
    let mut entries = Entries { context, wishes: Vec::new(), own: BTreeMap::new(), groups: BTreeMap::new() };
    let mut named = BTreeMap::new();
    raw.readers.iter().for_each(|entry| entries.add(entry, groups, &mut named));
    let mut readers: BTreeMap<String, Reader> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    let (watches, digests) = told;
    let told = watches.iter().flat_map(|watch| &watch.to).chain(digests.iter().flat_map(|digest| &digest.to));
    let told = told.chain(operators.iter().filter(|operator| entries.describe(&operator.address)));
    for mailbox in told {
        let address = mailbox.address.to_ascii_lowercase();
        let reader = readers
            .entry(address)
            .or_insert_with_key(|address| entries.reader(address, mailbox, &usual, &mut reported));
        // Whichever way they are named first, a name that was given is shown.
        if reader.mailbox.name.is_none() {
            reader.mailbox.name.clone_from(&mailbox.name);
        }
    }
    if groups.resolved() {
        entries.warn_of_untold(&readers);
    }
    readers
}

/// What counts for who wishes nothing else.
struct Usual {
    lang: Tongue,
    zone: TimeZone,
    quiet: Option<QuietHours>,
}

/// The keys of which a conflict was reported, with the two entries: told of once, however many are in both groups.
type Reported = BTreeSet<(&'static str, usize, usize)>;

/// What the entries of one configuration say, and about whom. Entries are named by their number.
struct Entries<'a> {
    context: &'a Context<'a>,
    wishes: Vec<Wishes>,
    /// The entry that names an address, and where.
    own: BTreeMap<String, (usize, Place)>,
    /// The entries that name a group an address is in.
    groups: BTreeMap<String, BTreeSet<usize>>,
}

impl Entries<'_> {
    /// Reads an entry. `named` remembers where each group was named first.
    fn add(&mut self, raw: &RawReader, groups: &Groups<'_>, named: &mut BTreeMap<String, Place>) {
        let number = self.wishes.len();
        self.wishes.push(Wishes::read(raw, self.context));
        let Some(who) = &raw.who else { return };
        if who.value.is_empty() {
            self.context.error(&who.at, "`who` names nobody", "whom is it about? [\"amina@example.org\", \"@group\"]");
        }
        for typed in &who.value {
            match typed.value.strip_prefix('@') {
                Some(group) => {
                    let Some(members) = groups.named(group, typed) else { continue };
                    if self.is_new(typed, named.get(group)) {
                        named.insert(group.to_owned(), typed.at.clone());
                        for mailbox in members {
                            self.groups.entry(mailbox.address.to_ascii_lowercase()).or_default().insert(number);
                        }
                    }
                }
                None => {
                    let Some(mailbox) = self.context.mailbox(typed) else { continue };
                    let address = mailbox.address.to_ascii_lowercase();
                    if self.is_new(typed, self.own.get(&address).map(|(_, first)| first)) {
                        self.own.insert(address, (number, typed.at.clone()));
                    }
                }
            }
        }
    }

    /// Whether it is named for the first time; that it is not is a finding.
    fn is_new(&self, typed: &Typed<String>, first: Option<&Place>) -> bool {
        let Some(first) = first else { return true };
        let message = format!("there are two [[reader]] entries for `{}`", typed.value);
        let finding = Finding::error(&typed.at, message).first_at(first);
        self.context.findings.push(finding.hint("put everything into one of them"));
        false
    }

    fn reader(&self, address: &str, mailbox: &Mailbox, usual: &Usual, reported: &mut Reported) -> Reader {
        let of = Of { entries: self, address, own: self.own.get(address).map(|(number, _)| *number) };
        let lang = of.wish("lang", |wishes| &wishes.lang, reported);
        let zone = of.wish("timezone", |wishes| &wishes.zone, reported);
        let quiet = of.wish("quiet_hours", |wishes| &wishes.quiet, reported);
        Reader {
            mailbox: mailbox.clone(),
            lang: lang.unwrap_or(usual.lang),
            profile: of.wish("profile", |wishes| &wishes.profile, reported).unwrap_or_default(),
            subject: of.wish("subject", |wishes| &wishes.subject, reported).unwrap_or_default(),
            zone: zone.unwrap_or_else(|| usual.zone.clone()),
            quiet: quiet.unwrap_or(usual.quiet),
            openpgp: of.wish("openpgp_key", |wishes| &wishes.openpgp, reported),
            keyword: of.wish("keyword", |wishes| &wishes.keyword, reported),
        }
    }

    /// Whether an entry is about this address.
    fn describe(&self, address: &str) -> bool {
        let address = address.to_ascii_lowercase();
        self.own.contains_key(&address) || self.groups.contains_key(&address)
    }

    /// Warns of the addresses that are described, but told by nothing.
    fn warn_of_untold(&self, readers: &BTreeMap<String, Reader>) {
        for (address, (_, at)) in self.own.iter().filter(|(address, _)| !readers.contains_key(*address)) {
            let hint = match suggest::nearest(address, readers.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name the address in the `to` of a watch or digest, or remove it here".to_owned(),
            };
            let finding = Finding::warning(at, format!("no watch or digest tells {address}"));
            self.context.findings.push_absence(finding.hint(hint));
        }
    }
}

/// The entries about one address.
struct Of<'a> {
    entries: &'a Entries<'a>,
    address: &'a str,
    own: Option<usize>,
}

impl Of<'_> {
    /// What is wished under one key: by the address's own entry, else by those of its groups, which must agree.
    fn wish<T: Clone + PartialEq>(
        &self,
        key: &'static str,
        get: fn(&Wishes) -> &Option<Typed<T>>,
        reported: &mut Reported,
    ) -> Option<T> {
        let Self { entries, address, own } = self;
        let of = |number: usize| get(&entries.wishes[number]).as_ref().map(|typed| (number, typed));
        if let Some((_, typed)) = own.and_then(of) {
            return Some(typed.value.clone());
        }
        let groups = entries.groups.get(*address);
        let mut wishes = groups.into_iter().flatten().copied().filter_map(of);
        let (first, chosen) = wishes.next()?;
        if let Some((second, other)) = wishes.find(|(_, other)| other.value != chosen.value)
            && reported.insert((key, first, second))
        {
            let message = format!("`{key}` differs between two groups that {address} is in");
            let hint = format!("say it for the address itself: who = [\"{address}\"]");
            entries.context.findings.push(Finding::error(&other.at, message).first_at(&chosen.at).hint(hint));
        }
        Some(chosen.value.clone())
    }
}
