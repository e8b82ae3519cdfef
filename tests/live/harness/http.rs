//! Requests to the API server without TLS, through the socket the control plane offers. Far cheaper than a kubectl per
//! request, which is what makes it bearable to look at a cluster many times a second.

use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// The media types of the three kinds of patches, and of everything else.
pub(super) const JSON: &str = "application/json";
pub(super) const MERGE_PATCH: &str = "application/merge-patch+json";

/// Sends one request and returns the status code and the body. HTTP/1.0, so that the body ends with the connection.
pub(super) fn request(
    socket: &Path,
    method: &str,
    path: &str,
    media_type: &str,
    body: &Value,
) -> io::Result<(u16, Value)> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: api\r\nUser-Agent: test-harness\r\nAccept: application/json\r\n\
         Content-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| io::Error::other(format!("not an HTTP answer: {head}")))?;
    Ok((status, serde_json::from_str(body).unwrap_or_else(|_| Value::from(body))))
}

/// Opens a watch and returns what comes, one JSON object each, until the server ends it, as it does with a slow reader.
pub(super) fn watch(
    socket: &Path,
    path: &str,
) -> io::Result<impl Iterator<Item = Value> + Send + use<>> {
    let mut stream = UnixStream::connect(socket)?;
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: api\r\nUser-Agent: test-harness\r\nAccept: application/json\r\n\r\n"
    )?;
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    Ok(lines.filter_map(|line| serde_json::from_str(&line).ok()))
}
