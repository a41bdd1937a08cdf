//! Tokens: a text as folded words, each with its bytes in the original, its position, and whether a phrase may run into it. How a
//! text is cut into them is in [`super::cut`]; knows nothing of languages.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word or number.
    Word,
    /// A web or mail address or an `@handle`: matched whole or not at all.
    Opaque,
    /// A whole hashtag, beside its parts: found only by a keyword written as one word.
    Fused,
}

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// First byte in the original.
    pub start: u32,
    /// One past the last byte in the original.
    pub end: u32,
    /// What it is.
    pub kind: Kind,
    /// Number of the word in the text, from 0.
    pub position: u32,
    /// Whether only spaces, hyphens, apostrophes or quotation marks lie between this word and the one before.
    pub follows: bool,
    pub(super) folded: (u32, u32),
}

/// The tokens of a text.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    pub(super) letters: String,
    pub(super) words: Vec<Token>,
    pub(super) fused: Vec<Token>,
}

impl Tokens {
    /// Cuts a text into tokens. Texts beyond 4 GiB are read up to there.
    #[must_use]
    pub fn of(text: &str) -> Self {
        super::cut::cut(text)
    }

    /// Words and opaque tokens, in order; the index is the position.
    #[must_use]
    pub fn words(&self) -> &[Token] {
        &self.words
    }

    /// Whole hashtags; each carries the position of its first part.
    #[must_use]
    pub fn fused(&self) -> &[Token] {
        &self.fused
    }

    /// The folded form of one of these tokens.
    #[must_use]
    pub fn folded(&self, token: &Token) -> &str {
        &self.letters[token.folded.0 as usize..token.folded.1 as usize]
    }

    /// All folded words, in order.
    pub fn folded_words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|token| self.folded(token))
    }
}
