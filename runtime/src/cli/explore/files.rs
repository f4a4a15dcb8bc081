//! The files of the page, which are built into the program.

/// Returns a file of the page and its media type.
pub(super) fn file(path: &str) -> Option<(&'static str, &'static str)> {
    const HTML: &str = "text/html; charset=utf-8";
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    Some(match path {
        "" => (include_str!("page/page.html"), HTML),
        "icon.svg" => (include_str!("page/icon.svg"), "image/svg+xml"),
        "page.css" => (include_str!("page/page.css"), CSS),
        "parts.css" => (include_str!("page/parts.css"), CSS),
        "main.js" => (include_str!("page/main.js"), JS),
        "dom.js" => (include_str!("page/dom.js"), JS),
        "server.js" => (include_str!("page/server.js"), JS),
        "rows.js" => (include_str!("page/rows.js"), JS),
        "frames.js" => (include_str!("page/frames.js"), JS),
        "parts.js" => (include_str!("page/parts.js"), JS),
        "bytes.js" => (include_str!("page/bytes.js"), JS),
        "bits.js" => (include_str!("page/bits.js"), JS),
        "fields.js" => (include_str!("page/fields.js"), JS),
        "inspector.js" => (include_str!("page/inspector.js"), JS),
        "json.js" => (include_str!("page/json.js"), JS),
        "complete.js" => (include_str!("page/complete.js"), JS),
        "editor.js" => (include_str!("page/editor.js"), JS),
        "make.js" => (include_str!("page/make.js"), JS),
        "markdown.js" => (include_str!("page/markdown.js"), JS),
        "declaration.js" => (include_str!("page/declaration.js"), JS),
        _ => return None,
    })
}
