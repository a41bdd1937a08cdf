//! Any bytes read as a feed: read or refused, the same twice, and every link can be followed by the daemon.

use sahelwatch::extract::{Document, Reader};

pub(crate) fn holds(bytes: &[u8]) {
    let document = Document { bytes, content_type: None, url: None };
    let read = Reader::Feed.read(&document);
    assert_eq!(read, Reader::Feed.read(&document));
    let links = read.iter().flat_map(|parsed| &parsed.items).filter_map(|item| item.link.as_ref());
    links.for_each(|link| assert!(matches!(link.scheme(), "http" | "https"), "{link}"));
}
