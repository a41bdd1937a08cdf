//! `[mail]` as typed.

use crate::config::fields::{Fields, Texts};
use crate::config::problem::{Place, Typed};

pub(in crate::config) struct RawMail {
    pub(in crate::config) at: Place,
    pub(in crate::config) from: Option<Typed<String>>,
    pub(in crate::config) reply_to: Option<Typed<String>>,
    pub(in crate::config) list_id: Option<Typed<String>>,
    pub(in crate::config) ops_to: Option<Typed<Texts>>,
    pub(in crate::config) transport: Option<Typed<String>>,
    pub(in crate::config) folder: Option<Typed<String>>,
    pub(in crate::config) sendmail: Option<Typed<String>>,
    pub(in crate::config) smtp: Option<RawSmtp>,
    pub(in crate::config) expire: Option<Typed<String>>,
    pub(in crate::config) lang: Option<Typed<String>>,
}

pub(in crate::config) struct RawSmtp {
    pub(in crate::config) at: Place,
    pub(in crate::config) host: Option<Typed<String>>,
    pub(in crate::config) port: Option<Typed<i64>>,
    pub(in crate::config) tls: Option<Typed<String>>,
    pub(in crate::config) username: Option<Typed<String>>,
    pub(in crate::config) password_file: Option<Typed<String>>,
    pub(in crate::config) password_credential: Option<Typed<String>>,
    pub(in crate::config) ca_file: Option<Typed<String>>,
}

impl RawMail {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["from"], "the sender of all mail: from = \"alerts@example.org\"");
        let raw = Self {
            at: fields.at.clone(),
            from: fields.text("from"),
            reply_to: fields.text("reply_to"),
            list_id: fields.text("list_id"),
            ops_to: fields.texts("ops_to"),
            transport: fields.text("transport"),
            folder: fields.text("folder"),
            sendmail: fields.text("sendmail"),
            smtp: fields.table("smtp", "[mail.smtp]").map(RawSmtp::read),
            expire: fields.measure("expire", "5d"),
            lang: fields.text("lang"),
        };
        fields.finish(&["dkim"]);
        raw
    }
}

impl RawSmtp {
    pub(super) fn read(mut fields: Fields<'_>) -> Self {
        fields.require(&["host"], "the name of the mail server: host = \"smtp.example.org\"");
        let raw = Self {
            at: fields.at.clone(),
            host: fields.text("host"),
            port: fields.whole("port"),
            tls: fields.text("tls"),
            username: fields.text("username"),
            password_file: fields.text("password_file"),
            password_credential: fields.text("password_credential"),
            ca_file: fields.text("ca_file"),
        };
        fields.finish(&[]);
        raw
    }
}
