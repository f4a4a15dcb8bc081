//! HTTP responses, with headers that restrict the page to its own content.

use std::borrow::Cow;
use std::string::{String, ToString as _};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

pub(super) type Body = UnsyncBoxBody<Bytes, std::convert::Infallible>;
pub(super) type Answer = Response<Body>;

/// The content policy of the page: only the page's own files are loaded and run, the page cannot
/// connect to other hosts, and text cannot become markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The content policy of a drawing, which has its own style and no scripts.
const DRAWING: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// Creates a response with a body of a media type.
pub(super) fn of(status: StatusCode, media_type: &'static str, body: Body) -> Answer {
    let policy = if media_type == SVG { DRAWING } else { POLICY };
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    let set = |name: HeaderName, value: &'static str| (name, HeaderValue::from_static(value));
    answer.headers_mut().extend([
        set(header::CONTENT_TYPE, media_type),
        set(header::CONTENT_SECURITY_POLICY, policy),
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        set(header::X_FRAME_OPTIONS, "DENY"),
        set(header::REFERRER_POLICY, "no-referrer"),
        set(header::CACHE_CONTROL, "no-store"),
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]);
    answer
}

pub(super) const SVG: &str = "image/svg+xml";

/// Creates a response with text of a media type.
pub(super) fn text(media_type: &'static str, text: impl Into<Bytes>) -> Answer {
    of(StatusCode::OK, media_type, Full::new(text.into()).boxed_unsync())
}

pub(super) fn data(value: &Value) -> Answer {
    with_data(StatusCode::OK, value)
}

fn with_data(status: StatusCode, value: &Value) -> Answer {
    of(status, "application/json", Full::new(Bytes::from(value.to_string())).boxed_unsync())
}

/// Creates a response that says why a request cannot be answered.
pub(super) fn refused((status, why): (StatusCode, Cow<'static, str>)) -> Answer {
    with_data(status, &json!({ "error": why }))
}

/// Creates a response that the browser saves as a file.
pub(super) fn download(name: &str, text: impl Into<Bytes>) -> Answer {
    let mut answer = self::text("text/plain; charset=utf-8", text);
    // Type names are identifiers, so only non-ASCII characters must be replaced.
    let name: String = name
        .chars()
        .map(|each| if each.is_ascii_alphanumeric() || ".-_".contains(each) { each } else { '_' })
        .collect();
    let disposition = std::format!("attachment; filename=\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}
