//! What was typed about who runs this and how it is reached: `[operator]`, `[[coverage]]`, `[web]`.

use crate::config::fields::{Fields, Texts};
use crate::config::problem::{Place, Typed};

#[derive(Default)]
pub(in crate::config) struct RawOperator {
    pub(in crate::config) lang: Option<Typed<String>>,
    pub(in crate::config) sign_of_life: Option<Typed<String>>,
    pub(in crate::config) ping_file: Option<Typed<String>>,
    pub(in crate::config) ping_credential: Option<Typed<String>>,
    pub(in crate::config) ping_every: Option<Typed<String>>,
}

pub(in crate::config) struct RawFloor {
    pub(in crate::config) at: Place,
    pub(in crate::config) name: Option<Typed<String>>,
    pub(in crate::config) at_least: Option<Typed<i64>>,
    pub(in crate::config) lang: Option<Typed<String>>,
    pub(in crate::config) tags: Texts,
    pub(in crate::config) owner: Option<Typed<String>>,
    pub(in crate::config) tier: Option<Typed<i64>>,
}

pub(in crate::config) struct RawWeb {
    pub(in crate::config) listen: Option<Typed<String>>,
    pub(in crate::config) public_url: Option<Typed<String>>,
}

impl RawOperator {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        let raw = Self {
            lang: fields.text("lang"),
            sign_of_life: fields.text("sign_of_life"),
            ping_file: fields.text("ping_file"),
            ping_credential: fields.text("ping_credential"),
            ping_every: fields.measure("ping_every", "5m"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawFloor {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["name"], "what is to be covered? name = \"Mali in Arabic\"");
        fields.require(&["at_least"], "how many live sources must there be? at_least = 3");
        let raw = Self {
            at: fields.at.clone(),
            name: fields.text("name"),
            at_least: fields.whole("at_least"),
            lang: fields.text("lang"),
            tags: fields.texts("tags").map(|tags| tags.value).unwrap_or_default(),
            owner: fields.text("owner"),
            tier: fields.whole("tier"),
        };
        fields.finish(&[]);
        raw
    }
}

impl RawWeb {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(
            &["public_url"],
            "under which address do others reach it? public_url = \"https://watch.example.org/\"",
        );
        let raw = Self { listen: fields.text("listen"), public_url: fields.text("public_url") };
        // Of the dashboard to come.
        fields.finish(&["enabled", "hosts", "auth_file"]);
        raw
    }
}
