//! The drawings of the declaration, and the files for other programs.

use std::string::{String, ToString as _};
use std::vec::Vec;

use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Value, json};

use super::super::draw;
use super::super::frames::Kind;
use super::Explorer;
use super::answer::{self, Answer};
use super::guard::Refused;
use super::route::Asked;

pub(super) fn diagram(kind: &Kind) -> Result<Answer, Refused> {
    Ok(answer::text(answer::SVG, kind.schema.svg().to_string()))
}

/// Returns the tables of the declaration, as text.
pub(super) fn markdown(kind: &Kind) -> Result<Answer, Refused> {
    Ok(answer::data(&json!({ "text": kind.schema.markdown().to_string() })))
}

/// Returns the changes since an earlier schema. `body` is the output of `schema --json`. If it has
/// several schemas, the one with the name of the type is used.
pub(super) fn compare(kind: &Kind, body: &Bytes) -> Result<Answer, Refused> {
    let refuse = |why: String| (StatusCode::UNPROCESSABLE_ENTITY, why.into());
    let values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let values: Vec<Value> =
        values.collect::<Result<_, _>>().map_err(|error| refuse(std::format!("invalid JSON: {error}")))?;
    let is_it = |value: &&Value| value.get("frame").and_then(Value::as_str) == Some(kind.schema.name);
    let old = values.iter().find(is_it).or(values.first());
    let old = old.ok_or_else(|| refuse(String::from("the file is empty")))?.to_string();
    let report = kind.schema.compatible_with_json(&old).map_err(|error| refuse(error.to_string()))?;
    Ok(answer::data(&json!({ "text": report.to_string(), "compatible": report.is_compatible() })))
}

/// Returns the output of the command in the parameter `what`, as a file to download.
pub(super) fn download(explorer: &Explorer, asked: &Asked) -> Result<Answer, Refused> {
    let kind = explorer.asked(asked)?;
    let mut out = Vec::new();
    let what = asked.get("what").unwrap_or_default();
    let (ending, written) = match what {
        "schema" => ("json", draw::print(&mut out, kind.schema.json())),
        "markdown" => ("md", draw::print(&mut out, kind.schema.markdown())),
        "svg" => ("svg", draw::print(&mut out, kind.schema.svg())),
        "kaitai" => ("ksy", draw::print(&mut out, kind.schema.kaitai())),
        "python" => ("py", draw::python(&[kind.schema], &[], &mut out)),
        "typescript" => ("ts", draw::typescript(&[kind.schema], &[], false, &mut out)),
        // Frames of the first type are sent to the port, and frames of the second come from it.
        "wireshark" => (
            "lua",
            draw::wireshark(
                &explorer.kinds.iter().map(|kind| kind.schema).collect::<Vec<_>>(),
                port(asked)?,
                &mut out,
            ),
        ),
        _ => return Err((StatusCode::NOT_FOUND, "there is no such file".into())),
    };
    written.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string().into()))?;
    Ok(answer::download(&std::format!("{}.{ending}", kind.name), out))
}

fn port(asked: &Asked) -> Result<u16, Refused> {
    let port = asked.get("port").and_then(|port| port.parse().ok()).filter(|port| *port > 0);
    port.ok_or((StatusCode::BAD_REQUEST, "the port must be a number from 1 to 65535".into()))
}
