//! What another program's list says of a source, before it is known whether it can be taken over.

use url::Url;

/// A source that another program watches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) name: Option<String>,
    /// As typed there.
    pub(super) url: String,
    /// The word for its kind here.
    pub(super) kind: &'static str,
    pub(super) lang: Option<String>,
    pub(super) tags: Vec<String>,
    /// Parts and their selectors.
    pub(super) select: Vec<(String, String)>,
    /// What a person should look at.
    pub(super) note: Option<String>,
}

impl Candidate {
    pub(super) fn feed(url: String) -> Self {
        Self { url, kind: "feed", ..Self::default() }
    }

    /// How it is called in a report: never by its address, which may hold a password or a token.
    pub(super) fn label(&self) -> String {
        label(self.name.as_deref(), &self.url)
    }
}

/// The name, else the host, of what a list holds.
pub(super) fn label(name: Option<&str>, url: &str) -> String {
    let host = || Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    name.map(str::to_owned).or_else(host).unwrap_or_else(|| "an entry without a name".to_owned())
}

/// What is not taken over, and why; for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Skipped {
    pub(super) what: String,
    pub(super) why: String,
}

/// What a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) taken: Vec<Candidate>,
    pub(super) skipped: Vec<Skipped>,
}

impl Found {
    pub(super) fn skip(&mut self, what: String, why: impl Into<String>) {
        self.skipped.push(Skipped { what, why: why.into() });
    }
}
