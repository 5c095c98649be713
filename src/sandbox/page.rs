//! The chat page's files, embedded, and uploaded files.
//! Invariant: nothing is read from disk and nothing is fetched from elsewhere.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use base64::Engine as _;

use super::world::World;

macro_rules! embedded {
    ($($name:literal => $kind:literal),* $(,)?) => {
        /// Path, MIME type, content.
        const FILES: &[(&str, &str, &str)] = &[
            $((concat!("/", $name), $kind, include_str!(concat!("../../assets/sandbox/", $name)))),*
        ];
    };
}

embedded! {
    "index.html" => "text/html; charset=utf-8",
    "style.css" => "text/css; charset=utf-8",
    "api.js" => "text/javascript; charset=utf-8",
    "app.js" => "text/javascript; charset=utf-8",
    "combo.js" => "text/javascript; charset=utf-8",
    "composer.js" => "text/javascript; charset=utf-8",
    "dom.js" => "text/javascript; charset=utf-8",
    "drawer.js" => "text/javascript; charset=utf-8",
    "interact.js" => "text/javascript; charset=utf-8",
    "markdown.js" => "text/javascript; charset=utf-8",
    "menu.js" => "text/javascript; charset=utf-8",
    "message.js" => "text/javascript; charset=utf-8",
    "modal.js" => "text/javascript; charset=utf-8",
    "palette.js" => "text/javascript; charset=utf-8",
    "side.js" => "text/javascript; charset=utf-8",
    "state.js" => "text/javascript; charset=utf-8",
    "texts.js" => "text/javascript; charset=utf-8",
    "timeline.js" => "text/javascript; charset=utf-8",
    "tour.js" => "text/javascript; charset=utf-8",
    "verdict.js" => "text/javascript; charset=utf-8",
}

fn answer(status: StatusCode, kind: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// One of the page's files.
pub async fn serve(uri: Uri) -> Response<Body> {
    let path = if uri.path() == "/" { "/index.html" } else { uri.path() };
    match FILES.iter().find(|(name, ..)| *name == path) {
        Some((_, kind, text)) => answer(StatusCode::OK, kind, Body::from(*text)),
        None => answer(StatusCode::NOT_FOUND, "application/json", Body::from(r#"{"error":"There is nothing here."}"#)),
    }
}

/// An uploaded file; never shown as a page of its own, because bots may upload HTML.
pub fn attachment(world: &World, id: u64) -> Response<Body> {
    let Some(file) = world.files.get(&id) else {
        return answer(StatusCode::NOT_FOUND, "application/json", Body::from(r#"{"error":"There is no such file."}"#));
    };
    let bytes = base64::engine::general_purpose::STANDARD.decode(&file.base64).unwrap_or_default();
    let image = matches!(file.content_type.as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp");
    let mut response = answer(StatusCode::OK, &file.content_type, Body::from(bytes));
    if !image {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_is_embedded() {
        let dir = std::path::Path::new(file!()).with_file_name("../../assets/sandbox");
        let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let parts: Vec<String> = names.filter(|name| name.contains('.')).collect();
        assert!(parts.iter().any(|name| name == "index.html"));
        for name in parts {
            assert!(FILES.iter().any(|(path, ..)| path.trim_start_matches('/') == name), "{name} is not embedded");
        }
    }
}
