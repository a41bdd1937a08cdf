//! Any bytes read as a web page by ordinary selectors: read or refused, and every link can be followed by the daemon.

use std::sync::LazyLock;

use sahelwatch::extract::{Document, Reader};
use sahelwatch::model::{PageSelectors, SourceKind};

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let selectors = PageSelectors {
        item: "article, li".to_owned(),
        title: "h2, a".to_owned(),
        link: Some("a@href".to_owned()),
        date: Some("time@datetime".to_owned()),
        summary: Some("p".to_owned()),
    };
    Reader::compile(&SourceKind::Page(Box::new(selectors))).expect("good selectors")
});

pub(crate) fn holds(bytes: &[u8]) {
    let url = "https://outlet.example/news/".parse().ok();
    for content_type in [None, Some("text/html; charset=windows-1256")] {
        let document = Document { bytes, content_type, url: url.as_ref() };
        if let Ok(parsed) = READER.read(&document) {
            let links = parsed.items.iter().filter_map(|item| item.link.as_ref());
            links.for_each(|link| assert!(matches!(link.scheme(), "http" | "https"), "{link}"));
        }
    }
}
