//! The declaration: its drawings, and what other programs take.

use std::string::ToString as _;
use std::vec::Vec;

use hyper::StatusCode;

use super::super::draw;
use super::super::frames::Kind;
use super::Explorer;
use super::answer::{self, Answer};
use super::guard::Refused;
use super::route::Asked;

pub(super) fn diagram(kind: &Kind) -> Result<Answer, Refused> {
    Ok(answer::text(answer::SVG, kind.schema.svg().to_string()))
}

pub(super) fn schema(kind: &Kind) -> Result<Answer, Refused> {
    Ok(answer::text("application/json", kind.schema.json().to_string()))
}

/// What the commands of the same names print.
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
        // What is sent to the port is the first type, what comes from it the second.
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
