//! The plain text of an element, as a reader sees it: white space folded, blocks apart.

use scraper::{ElementRef, Node};

/// The text of an element, cut after `max` characters. Where a block begins or ends stands a space; scripts and styles are left out.
pub(in crate::extract) fn plain(element: ElementRef<'_>, max: usize) -> String {
    let mut text = Folded { text: String::new(), space: false, left: max };
    text.children(element);
    text.text
}

/// A text with its white space folded, cut after `max` characters.
pub(in crate::extract) fn folded(raw: &str, max: usize) -> String {
    let mut text = Folded { text: String::new(), space: false, left: max };
    text.push(raw);
    text.text
}

struct Folded {
    text: String,
    /// White space stands before the next character.
    space: bool,
    left: usize,
}

impl Folded {
    /// Recursion is safe: `crate::extract::depth` bounds the tree.
    fn children(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            if self.left == 0 {
                return;
            }
            match child.value() {
                Node::Text(text) => self.push(text),
                Node::Element(_) => {
                    if let Some(element) = ElementRef::wrap(child) {
                        self.element(element);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if matches!(name, "script" | "style" | "template" | "noscript" | "iframe" | "svg" | "math") {
            return;
        }
        self.space |= !is_inline(name);
        self.children(element);
        self.space |= !is_inline(name);
    }

    fn push(&mut self, raw: &str) {
        for c in raw.chars() {
            if c.is_whitespace() {
                self.space = true;
                continue;
            }
            if self.space && !self.text.is_empty() && self.left > 0 {
                self.text.push(' ');
                self.left -= 1;
            }
            self.space = false;
            if self.left == 0 {
                return;
            }
            self.text.push(c);
            self.left -= 1;
        }
    }
}

/// Elements that run on in the line (HTML §4.5, phrasing content); all others stand apart.
pub(in crate::extract) fn is_inline(name: &str) -> bool {
    matches!(
        name,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdi"
            | "bdo"
            | "big"
            | "cite"
            | "code"
            | "data"
            | "del"
            | "dfn"
            | "em"
            | "font"
            | "i"
            | "ins"
            | "kbd"
            | "label"
            | "mark"
            | "nobr"
            | "q"
            | "rp"
            | "rt"
            | "ruby"
            | "s"
            | "samp"
            | "small"
            | "span"
            | "strike"
            | "strong"
            | "sub"
            | "sup"
            | "time"
            | "tt"
            | "u"
            | "var"
            | "wbr"
            | "img"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use scraper::Html;

    fn text(html: &str, max: usize) -> String {
        plain(Html::parse_fragment(html).root_element(), max)
    }

    #[test]
    fn text_as_a_reader_sees_it() {
        let table = [
            ("  Attaque \n à\u{A0}<b>Dji</b>bo ", "Attaque à Djibo"),
            ("<p>Bamako</p><p>Gao</p>", "Bamako Gao"),
            ("Bamako<br>Gao<div>Kidal</div>Mopti", "Bamako Gao Kidal Mopti"),
            ("<table><tr><td>40<td>morts</table>", "40 morts"),
            ("M&eacute;naka &amp; Gao &#x647;", "Ménaka & Gao ه"),
            ("a<script>b</script><style>c</style><!-- d --><noscript><img src=x></noscript>e", "ae"),
            ("1 <template>x</template>2", "1 2"),
        ];
        for (html, want) in table {
            assert_eq!(text(html, 100), want, "{html}");
        }
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(text("<p>هجوم</p><p>مسلح</p>", 6), "هجوم م");
        assert_eq!(folded(" a \t b c ", 3), "a b");
    }
}
