//! The files of the web page, which are part of the program.

use framewright::{Error, Layout, Result};
use framewright_examples::http::protocol::{Field, Response};

use crate::client::FILE;
use crate::hello::{HELLO, Hello, REFUSED, SERVER, TAKEN, Taken, Welcome};
use crate::protocol::{ChatMsg, ChatReply};
use crate::server::line::REPLACED;

/// The files of the web page by path.
pub struct Site([(&'static str, Asset); 6]);

pub struct Asset {
    kind: &'static str,
    pub text: String,
}

/// Allows only scripts, styles and connections of this server. The page cannot be embedded, and has
/// no inline scripts. Pictures and sounds in messages have `blob:` URLs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; \
    media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

impl Site {
    /// Returns the page for a server that accepts bodies of at most `max_body` bytes and may
    /// require passwords.
    pub fn new(max_body: usize, passwords: bool) -> Result<Self> {
        const SCRIPT: &str = "text/javascript";
        let asset = |kind, text: &str| Asset { kind, text: text.to_owned() };
        let codec = Asset { kind: SCRIPT, text: codec(max_body, passwords)? };
        Ok(Self([
            ("/", asset("text/html", include_str!("../../page/index.html"))),
            ("/style.css", asset("text/css", include_str!("../../page/style.css"))),
            ("/page.js", asset(SCRIPT, include_str!("../../page/page.js"))),
            ("/talk.js", asset(SCRIPT, include_str!("../../page/talk.js"))),
            ("/icon.svg", asset("image/svg+xml", include_str!("../../page/icon.svg"))),
            ("/codec.js", codec),
        ]))
    }

    pub fn get(&self, target: &str) -> Option<&Asset> {
        self.0.iter().find(|(name, _)| *name == target).map(|(_, asset)| asset)
    }
}

impl Asset {
    /// Returns the response head for this file.
    pub fn head(&self, len: u64) -> Response {
        let fields = vec![
            Field::new("Content-Length", len),
            Field::new("Content-Type", format!("{}; charset=utf-8", self.kind)),
            Field::new("Content-Security-Policy", POLICY),
            Field::new("X-Content-Type-Options", "nosniff"),
            Field::new("Referrer-Policy", "no-referrer"),
            Field::new("Cross-Origin-Opener-Policy", "same-origin"),
            Field::new("Cross-Origin-Resource-Policy", "same-origin"),
            Field::new("Cache-Control", "no-cache"),
        ];
        Response::new(200, "OK", fields)
    }
}

/// Returns `codec.js`: a codec generated from the frames, and the constants of the protocol.
fn codec(max_body: usize, passwords: bool) -> Result<String> {
    let frames = ChatMsg::SCHEMA.typescript().and(ChatReply::SCHEMA);
    let frames = frames.and(Hello::SCHEMA).and(Welcome::SCHEMA).and(Taken::SCHEMA);
    let mut text = frames.javascript().generate().map_err(Error::other)?;
    let numbers = [
        ("SERVER", SERVER),
        ("HELLO", u8::from(HELLO).into()),
        ("TAKEN", u8::from(TAKEN).into()),
        ("REFUSED", u8::from(REFUSED).into()),
        ("FILE", u8::from(FILE).into()),
        ("REPLACED", REPLACED.code.into()),
    ];
    for (name, number) in numbers {
        text.push_str(&format!("export const {name} = {number};\n"));
    }
    text.push_str(&format!("export const MAX_BODY = {max_body};\nexport const PASSWORDS = {passwords};\n"));
    Ok(text)
}
