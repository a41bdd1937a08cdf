//! `lab extract`: the article of a page from a file or stdin, as the fetching of full texts would read it.

use std::path::PathBuf;

use serde_json::{Value, json};
use url::Url;

use super::super::{exit, show};
use super::parse::{date, read};
use crate::extract::Document;
use crate::extract::article::{self, Article};

/// Options of `lab extract`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the page was found: the base of its links
    #[arg(long, value_name = "U")]
    url: Option<Url>,
    /// The `Content-Type` header it came with
    #[arg(long, value_name = "H")]
    content_type: Option<String>,
    /// The file; `-` is stdin
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> u8 {
    let file = &arguments.file;
    let bytes = match read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            errln!("error: read {}: {error}", file.display());
            return exit::IO;
        }
    };
    let document =
        Document { bytes: &bytes, content_type: arguments.content_type.as_deref(), url: arguments.url.as_ref() };
    match article::read(&document) {
        Ok(article) => {
            if let Some(wall) = article.cut_by {
                errln!("warning: extract the article of {}: {wall}", file.display());
            }
            show::json(&understood(&article))
        }
        Err(error) => {
            errln!("error: extract the article of {}: {error}", file.display());
            exit::NEGATIVE
        }
    }
}

fn understood(article: &Article) -> Value {
    json!({
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "published": date(article.published.as_ref()),
        "canonical": article.canonical,
    })
}
