//! Documents that are gzipped as such: `.xml.gz` handed out as a file, and feeds compressed by their site whose server then forgets
//! to say so. Knows nothing of codings that are named in a header, which `fetch` undoes.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Most bytes a document may unfold to: as many as a body may have when it is fetched. A bomb gives no more than that.
const MAX_BYTES: u64 = 10 << 20;

/// The bytes without gzip, and what was wrong with it: then they are its beginning.
pub(super) fn unfolded(bytes: &[u8]) -> (Cow<'_, [u8]>, Option<String>) {
    // RFC 1952 §2.3.1
    if !bytes.starts_with(&[0x1F, 0x8B]) {
        return (Cow::Borrowed(bytes), None);
    }
    let mut out = Vec::new();
    let mut decoder = MultiGzDecoder::new(bytes);
    let problem = match decoder.by_ref().take(MAX_BYTES).read_to_end(&mut out) {
        Err(_) => Some("its gzip is cut off or damaged; what came before is used".to_owned()),
        Ok(_) if out.len() as u64 == MAX_BYTES => {
            Some(format!("it unfolds to more than {} MiB; what came before is used", MAX_BYTES >> 20))
        }
        Ok(_) => None,
    };
    (Cow::Owned(out), problem)
}
