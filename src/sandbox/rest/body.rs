//! Reading a request: percent-encoding, query, JSON and multipart bodies.
//! Invariant: pure; takes what the well-known clients send and refuses the rest, never guesses.

use std::collections::HashMap;

use axum::http::{HeaderMap, header};
use serde_json::Value;

/// One uploaded file.
#[derive(Debug, Clone)]
pub struct File {
    /// The number in `files[N]`.
    pub index: u64,
    /// File name.
    pub name: String,
    /// MIME type.
    pub content_type: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// `%C3%A4` to `ä`; what is no valid text stays as it is.
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digits = (byte == b'%').then(|| (ahead.next(), ahead.next()));
        if let Some((Some(high), Some(low))) = digits
            && let (Some(high), Some(low)) = ((high as char).to_digit(16), (low as char).to_digit(16))
        {
            bytes.push((high * 16 + low) as u8);
            rest = ahead;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// A query string.
pub fn query(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(key, value)| (percent_decoded(key), percent_decoded(&value.replace('+', " ")))).collect()
}

/// Body and files of a request; `Err` if it is neither empty, JSON nor a form.
pub fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<(Value, Vec<File>), ()> {
    if bytes.is_empty() {
        return Ok((Value::Null, Vec::new()));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if let Some((_, boundary)) = kind.split_once("boundary=")
        && kind.starts_with("multipart/form-data")
    {
        return form(bytes, boundary.split(';').next().unwrap_or_default().trim_matches('"'));
    }
    serde_json::from_slice(bytes).map(|body| (body, Vec::new())).map_err(|_| ())
}

fn position(of: &[u8], in_bytes: &[u8]) -> Option<usize> {
    in_bytes.windows(of.len()).position(|window| window == of)
}

fn form(bytes: &[u8], boundary: &str) -> Result<(Value, Vec<File>), ()> {
    let mark = format!("--{boundary}");
    let (mut body, mut files) = (Value::Null, Vec::new());
    let mut rest = bytes.get(position(mark.as_bytes(), bytes).ok_or(())? + mark.len()..).ok_or(())?;
    let end = format!("\r\n{mark}");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let stop = position(end.as_bytes(), part).ok_or(())?;
        let head_end = position(b"\r\n\r\n", &part[..stop]).ok_or(())?;
        let head = String::from_utf8_lossy(&part[..head_end]).into_owned();
        let content = &part[head_end + 4..stop];
        rest = &part[stop + end.len()..];
        let name = attribute(&head, "name").unwrap_or_default();
        if name == "payload_json" {
            body = serde_json::from_slice(content).map_err(|_| ())?;
            continue;
        }
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let kind = head
            .lines()
            .find_map(|line| line.to_lowercase().strip_prefix("content-type:").map(|it| it.trim().to_owned()));
        let file_name = attribute(&head, "filename").unwrap_or_else(|| "file".to_owned());
        files.push(File {
            index: digits.parse().unwrap_or(files.len() as u64),
            content_type: kind.unwrap_or_else(|| guessed(&file_name).to_owned()),
            name: file_name,
            bytes: content.to_vec(),
        });
    }
    Ok((body, files))
}

fn attribute(head: &str, key: &str) -> Option<String> {
    let open = format!(" {key}=\"");
    let line = head.lines().find(|line| line.to_lowercase().starts_with("content-disposition"))?;
    let (_, rest) = line.split_once(&open)?;
    Some(rest.split('"').next().unwrap_or_default().to_owned())
}

fn guessed(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "png" => "image/png",
        "html" => "text/html",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_form_gives_its_payload_and_its_files() {
        let text = "--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\n\r\nhello\r\nyou\r\n\
                    --b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"x\"}\r\n--b--\r\n";
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=b"));
        let (body, files) = read(&headers, text.as_bytes()).unwrap();
        assert_eq!(body["content"], "x");
        assert_eq!((files[0].name.as_str(), files[0].bytes.as_slice()), ("a.txt", &b"hello\r\nyou"[..]));
    }

    #[test]
    fn paths_and_queries_are_decoded() {
        assert_eq!(percent_decoded("%F0%9F%91%8D"), "👍");
        assert_eq!(percent_decoded("100%"), "100%");
        assert_eq!(query("a=b%20c&limit=5")["a"], "b c");
    }
}
