//! Routing requests by the path after the token.

use std::string::{String, ToString as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::super::frames::Kind;
use super::super::input;
use super::answer::{self, Answer};
use super::guard::{self, Refused};
use super::search::Search;
use super::{Explorer, declaration, events, files, line, make, shown, sources};

/// The maximum size of a request body, which may be a capture.
const BODY: usize = 64 << 20;

/// The time limit for a request body.
const BODY_TIME: Duration = Duration::from_secs(60);

type Outcome = Result<Answer, Refused>;

pub(super) async fn answer(explorer: Arc<Explorer>, request: Request<Incoming>) -> Answer {
    match admitted(explorer, request).await {
        Ok(answer) => answer,
        Err(refused) => answer::refused(refused),
    }
}

async fn admitted(explorer: Arc<Explorer>, request: Request<Incoming>) -> Outcome {
    let (head, body) = request.into_parts();
    let path = guard::admitted(&explorer.token, explorer.address.port(), &head.headers, head.uri.path())?;
    let asked = Asked::new(head.uri.query().unwrap_or_default());
    if head.method == Method::GET {
        if let Some((file, media_type)) = files::file(path) {
            return Ok(answer::text(media_type, file));
        }
        if path == "events" {
            let last = head.headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
            let search = Search::new(asked.get("search").unwrap_or_default());
            return Ok(events::events(&explorer, search, last.unwrap_or(0)));
        }
    }
    let body = match head.method {
        Method::GET => Bytes::new(),
        Method::POST => whole(body).await?,
        _ => return Err((StatusCode::METHOD_NOT_ALLOWED, "expected GET or POST".into())),
    };
    if head.method == Method::POST && matches!(path, "send" | "hang-up") {
        return talk(&explorer, path, &asked, &body).await;
    }
    // Work that grows with the input must not block the thread that forwards frames.
    let path = String::from(path);
    tokio::task::spawn_blocking(move || work(&explorer, &head.method, &path, &asked, &body))
        .await
        .unwrap_or(Err((StatusCode::INTERNAL_SERVER_ERROR, "the request failed".into())))
}

/// Answers a request without waiting for anything.
fn work(explorer: &Explorer, method: &Method, path: &str, asked: &Asked, body: &Bytes) -> Outcome {
    match (method, path) {
        (&Method::GET, "about") => Ok(answer::data(&about(explorer))),
        (&Method::GET, "frame") => frame(explorer, asked),
        (&Method::GET, "diagram.svg") => declaration::diagram(explorer.asked(asked)?),
        (&Method::GET, "markdown") => declaration::markdown(explorer.asked(asked)?),
        (&Method::GET, "download") => declaration::download(explorer, asked),
        (&Method::POST, "make") => Ok(answer::data(&make::shown(explorer.asked(asked)?, body)?)),
        (&Method::POST, "compare") => declaration::compare(explorer.asked(asked)?, body),
        (&Method::POST, "open") => open(explorer, asked, body),
        (&Method::POST, "clear") => {
            explorer.store.clear();
            Ok(answer::data(&json!({})))
        }
        _ => Err((StatusCode::NOT_FOUND, "there is nothing here".into())),
    }
}

/// Sends a value on the page's own connection, or closes the connection.
async fn talk(explorer: &Arc<Explorer>, path: &str, asked: &Asked, body: &Bytes) -> Outcome {
    if path == "hang-up" {
        line::hang_up(explorer).await;
        return Ok(answer::data(&json!({})));
    }
    let to = asked.get("to").unwrap_or_default();
    if to.is_empty() {
        return Err((
            StatusCode::BAD_REQUEST,
            "which server? Give its address, such as 127.0.0.1:8888".into(),
        ));
    }
    let (kind, body) = (explorer.asked(asked)?.clone(), body.clone());
    let frame = tokio::task::spawn_blocking(move || make::bytes(&kind, &body)).await;
    let frame = frame.unwrap_or(Err((StatusCode::INTERNAL_SERVER_ERROR, "the request failed".into())))?;
    let len = frame.len();
    line::send(explorer, to, frame.into())
        .await
        .map_err(|error| (StatusCode::BAD_GATEWAY, std::format!("{to}: {error}").into()))?;
    let plural = if len == 1 { "" } else { "s" };
    Ok(answer::data(&json!({ "said": std::format!("{len} byte{plural} sent to {to}") })))
}

/// Returns a frame in full.
fn frame(explorer: &Explorer, asked: &Asked) -> Outcome {
    let entry = asked.get("id").and_then(|id| explorer.store.get(id.parse().ok()?));
    match entry {
        Some(entry) => Ok(answer::data(&shown::seen(&entry.record))),
        None => Err((StatusCode::NOT_FOUND, "the frame has been dropped".into())),
    }
}

/// Opens a file or pasted hex. Pasted hex has no name.
fn open(explorer: &Explorer, asked: &Asked, body: &Bytes) -> Outcome {
    let input = match asked.get("name").filter(|name| !name.is_empty()) {
        Some(_) => input::dropped(body.to_vec(), explorer.port),
        None => input::pasted(&String::from_utf8_lossy(body)),
    };
    let input = input.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string().into()))?;
    Ok(answer::data(&json!({ "said": sources::read(explorer, input) })))
}

/// Returns the whole body of a request.
async fn whole(body: Incoming) -> Result<Bytes, Refused> {
    let body = tokio::time::timeout(BODY_TIME, Limited::new(body, BODY).collect())
        .await
        .map_err(|_| (StatusCode::REQUEST_TIMEOUT, "the body took too long".into()))?;
    body.map(|body| body.to_bytes())
        .map_err(|error| (StatusCode::PAYLOAD_TOO_LARGE, std::format!("the body: {error}").into()))
}

/// Returns the initial data for the page.
fn about(explorer: &Explorer) -> Value {
    let kind = |kind: &Kind| json!({ "name": kind.name, "doc": kind.schema.doc.trim(), "shape": crate::json::shapes(kind.schema) });
    json!({ "types": explorer.kinds.iter().map(kind).collect::<Value>(), "to": explorer.to, "source": explorer.source })
}

/// The parameters of a URL.
pub(super) struct Asked(std::vec::Vec<(String, String)>);

impl Asked {
    fn new(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| &**value)
    }
}

impl Explorer {
    /// Returns the type that a request names, or the first type if it names none.
    pub(super) fn asked(&self, asked: &Asked) -> Result<&Kind, Refused> {
        let name = asked.get("type");
        let named = |kind: &&Kind| name.is_none_or(|name| kind.name == name);
        self.kinds.iter().find(named).ok_or_else(|| {
            (StatusCode::NOT_FOUND, std::format!("unknown type `{}`", name.unwrap_or_default()).into())
        })
    }
}
