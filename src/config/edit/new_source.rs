//! A source that is to be added, and how its lines read: the keys in the order of the sample configuration, one a line.

/// What is known of a new source. Empty lists, false and None are not written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewSource {
    /// Its id.
    pub id: String,
    /// Its name as shown in mail.
    pub name: Option<String>,
    /// The word for its kind: `feed`, `page`, …
    pub kind: String,
    /// Where it is polled; None for a program.
    pub url: Option<String>,
    /// The program and its arguments, for the kind `exec`.
    pub command: Vec<String>,
    /// Its language (BCP 47).
    pub lang: Option<String>,
    /// 1 trusted to 3 unverified.
    pub tier: Option<u8>,
    /// Words to group by.
    pub tags: Vec<String>,
    /// The word for whose voice it is: `state`, `private`, …
    pub owner: Option<String>,
    /// Parts of an item by name, with the selector of each: `item`, `title`, `link`, …
    pub select: Vec<(String, String)>,
    /// Whether articles are fetched.
    pub full_text: bool,
    /// Whether private addresses may be dialled for it.
    pub allow_private: bool,
    /// Time between polls as typed: `15m`.
    pub interval: Option<String>,
    /// For people.
    pub note: Option<String>,
}

impl NewSource {
    /// Its lines, without their ends.
    pub(super) fn lines(&self) -> Vec<String> {
        let text = |key: &str, value: &Option<String>| value.as_deref().map(|v| format!("{key} = {}", quoted(v)));
        let list = |key: &str, values: &[String]| {
            let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            (!values.is_empty()).then(|| format!("{key} = [{}]", quoted.join(", ")))
        };
        let given = [
            Some("[[source]]".to_owned()),
            Some(format!("id = {}", quoted(&self.id))),
            text("name", &self.name),
            Some(format!("kind = {}", quoted(&self.kind))),
            text("url", &self.url),
            list("command", &self.command),
            text("lang", &self.lang),
            self.tier.map(|tier| format!("tier = {tier}")),
            list("tags", &self.tags),
            text("owner", &self.owner),
            self.selectors(),
            self.full_text.then(|| "full_text = true".to_owned()),
            self.allow_private.then(|| "allow_private = true".to_owned()),
            text("interval", &self.interval),
            text("note", &self.note),
        ];
        given.into_iter().flatten().collect()
    }

    fn selectors(&self) -> Option<String> {
        let parts: Vec<String> =
            self.select.iter().map(|(part, css)| format!("{} = {}", key(part), quoted(css))).collect();
        (!parts.is_empty()).then(|| format!("select = {{ {} }}", parts.join(", ")))
    }
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { name.to_owned() } else { basic(name) }
}

/// On one line; as it is in single quotation marks where double ones would need backslashes.
fn quoted(text: &str) -> String {
    let literal = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(must_be_escaped);
    if literal { format!("'{text}'") } else { basic(text) }
}

/// A basic string (TOML 1.0, "String").
fn basic(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if must_be_escaped(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn must_be_escaped(c: char) -> bool {
    c.is_ascii_control()
}
