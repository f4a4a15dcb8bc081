//! Access control, which admits only the page that was opened by its URL.

use std::borrow::Cow;
use std::net::IpAddr;
use std::string::String;

use hyper::StatusCode;
use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use subtle::ConstantTimeEq as _;

use crate::error::{Error, Result};

/// The secret token in the URL.
pub(super) struct Token(String);

impl Token {
    /// Creates an unguessable token: 128 random bits from the operating system.
    pub(super) fn random() -> Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|error| Error::other(std::format!("no random token: {error}")))?;
        Ok(Self(bytes.iter().map(|byte| std::format!("{byte:02x}")).collect()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part of a path after the token, or `None` if the path has another token.
    fn behind<'p>(&self, path: &'p str) -> Option<&'p str> {
        let (token, rest) = path.strip_prefix('/')?.split_once('/')?;
        bool::from(token.as_bytes().ct_eq(self.0.as_bytes())).then_some(rest)
    }
}

/// The status and the reason of a request that is refused.
pub(super) type Refused = (StatusCode, Cow<'static, str>);

/// Returns the path of a request after the token, or refuses the request.
///
/// `Host` must be `localhost` or an address, because any other name may point at this machine by
/// DNS rebinding. A page of another origin is detected by `Origin`, or by `Sec-Fetch-Site` if
/// `Origin` is missing.
pub(super) fn admitted<'p>(
    token: &Token,
    port: u16,
    headers: &HeaderMap,
    path: &'p str,
) -> std::result::Result<&'p str, Refused> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(HOST).unwrap_or_default();
    if !is_here(host, port) {
        let what = "expected the address of this machine in `Host`: open the URL that the program printed";
        return Err((StatusCode::MISDIRECTED_REQUEST, what.into()));
    }
    let foreign = text(ORIGIN).is_some_and(|origin| origin != std::format!("http://{host}"));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if foreign || site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err((StatusCode::FORBIDDEN, "requests of other pages are refused".into()));
    }
    token
        .behind(path)
        .ok_or((StatusCode::FORBIDDEN, "the token is missing: open the URL that the program printed".into()))
}

/// Returns `true` if a `Host` header is `localhost` or an address, with the port of the page.
fn is_here(host: &str, port: u16) -> bool {
    // A `Host` header without a port means the default port.
    let (name, at) = match host.rsplit_once(':') {
        Some((name, at)) if !at.ends_with(']') => (name, at.parse().ok()),
        _ => (host, Some(80)),
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    at == Some(port) && (name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(headers: &[(&'static str, &str)], path: &str) -> std::result::Result<String, u16> {
        let token = Token(String::from("secret"));
        let headers = headers.iter().map(|(name, value)| {
            (HeaderName::from_static(name), hyper::header::HeaderValue::from_str(value).unwrap())
        });
        match admitted(&token, 8000, &headers.collect(), path) {
            Ok(rest) => Ok(String::from(rest)),
            Err((status, _)) => Err(status.as_u16()),
        }
    }

    #[test]
    fn the_host_must_be_localhost_or_an_address() {
        for host in ["127.0.0.1:8000", "localhost:8000", "LocalHost:8000", "[::1]:8000", "192.0.2.1:8000"] {
            assert_eq!(asked(&[("host", host)], "/secret/a/b"), Ok("a/b".into()), "{host}");
        }
        for host in
            ["", "127.0.0.1", "127.0.0.1:8001", "evil.example:8000", "127.0.0.1.evil.example:8000", "[::1]"]
        {
            assert_eq!(asked(&[("host", host)], "/secret/"), Err(421), "{host}");
        }
        assert_eq!(asked(&[], "/secret/"), Err(421));
    }

    #[test]
    fn other_pages_are_refused() {
        let host = ("host", "127.0.0.1:8000");
        assert_eq!(asked(&[host, ("origin", "http://127.0.0.1:8000")], "/secret/"), Ok(String::new()));
        for origin in ["null", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://evil.example"] {
            assert_eq!(asked(&[host, ("origin", origin)], "/secret/"), Err(403), "{origin}");
        }
        assert_eq!(asked(&[host, ("sec-fetch-site", "none")], "/secret/"), Ok(String::new()));
        for site in ["cross-site", "same-site"] {
            assert_eq!(asked(&[host, ("sec-fetch-site", site)], "/secret/"), Err(403), "{site}");
        }
    }

    #[test]
    fn paths_without_the_token_are_refused() {
        let host = [("host", "127.0.0.1:8000")];
        for path in ["/", "/secret", "/Secret/", "/secre/", "/secrets/", "//secret/", "/x/secret/"] {
            assert_eq!(asked(&host, path), Err(403), "{path}");
        }
    }
}
