//! What was typed about who may look at the daemon: `[metrics]`.

use crate::config::fields::{Fields, Texts};
use crate::config::problem::Typed;

pub(in crate::config) struct RawMetrics {
    pub(in crate::config) listen: Option<Typed<String>>,
    pub(in crate::config) exposed: bool,
    pub(in crate::config) hosts: Option<Typed<Texts>>,
}

impl RawMetrics {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["listen"], "where do monitors ask? listen = \"127.0.0.1:8629\"");
        let raw = Self {
            listen: fields.text("listen"),
            exposed: fields.flag("exposed").is_some_and(|flag| flag.value),
            hosts: fields.texts("hosts"),
        };
        fields.finish(&[]);
        raw
    }
}
