//! Bytes to text.

/// Decodes a document.
pub(crate) fn decode(bytes: &[u8], _content_type: Option<&str>) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
