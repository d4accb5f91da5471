//! The stub's object store, and the file routes of the API that go with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use axum::{
    body::Body,
    http::{HeaderMap, Response as HttpResponse},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use md5::{Digest, Md5};
use serde_json::{Value, json};

/// How the next request to an object goes wrong.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// It does not.
    None,
    /// This status.
    Status(u16),
    /// The body breaks off after so many bytes.
    CutAfter(usize),
    /// The last byte of the body is another.
    Corrupt,
}

/// Objects by key, and faults to come.
#[derive(Default)]
pub(crate) struct Store {
    /// Contents.
    pub objects: BTreeMap<String, Vec<u8>>,
    /// Of the next requests to `/store/…`, in turn.
    pub faults: Vec<Fault>,
    /// ETags that are not the MD5 of the whole.
    pub etags: BTreeMap<String, String>,
}

fn md5(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

impl Store {
    fn etag(&self, key: &str) -> String {
        self.etags
            .get(key)
            .cloned()
            .unwrap_or_else(|| hex::encode(md5(&self.objects[key])))
    }

    pub(super) fn answer(
        &mut self,
        route: &str,
        host: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Response> {
        if let Some(key) = route.strip_prefix("GET /store/") {
            return Some(self.get(key, headers));
        }
        if let Some(key) = route.strip_prefix("PUT /store/") {
            return Some(self.put(key, headers, body));
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let items = || body.as_array().cloned().unwrap_or_default();
        let url = |key: &str| format!("http://{host}/store/{key}");
        let answer = match route {
            "POST /api/v1/s3/list" => self.list(&body),
            "POST /api/v1/s3/checksums" => items()
                .iter()
                .filter_map(Value::as_str)
                .filter(|key| self.objects.contains_key(*key))
                .map(|key| json!({ "object_name": key, "md5_checksum": self.etag(key) }))
                .collect(),
            "POST /api/v1/s3/download" => items()
                .iter()
                .map(|item| {
                    let key = item["name"].as_str().unwrap();
                    json!({ "name": key, "version_id": item["version_id"], "pre_signed_url": url(key) })
                })
                .collect(),
            "POST /api/v1/s3/upload/single-part" => items()
                .iter()
                .map(|item| {
                    let key = item["name"].as_str().unwrap();
                    let mut put = json!({
                        "Content-Type": "application/octet-stream",
                        "Content-Length": item["content_length"].to_string(),
                    });
                    if let Some(sum) = item["md5_hash"].as_str() {
                        put["Content-MD5"] = json!(sum);
                    }
                    json!({ "name": key, "pre_signed_url": url(key), "put_headers": put })
                })
                .collect(),
            _ => return None,
        };
        Some(
            HttpResponse::builder()
                .body(Body::from(answer.to_string()))
                .unwrap(),
        )
    }

    /// One level or everything, in pages of two so that paging is seen.
    fn list(&self, request: &Value) -> Value {
        let prefix = request["prefix"].as_str().unwrap_or_default();
        let one_level = request["delimiter"] == "/";
        let mut folders = BTreeSet::new();
        let mut files = Vec::new();
        for (key, content) in self
            .objects
            .iter()
            .filter(|(key, _)| key.starts_with(prefix))
        {
            match key[prefix.len()..].split_once('/') {
                Some((folder, _)) if one_level => {
                    folders.insert(format!("{prefix}{folder}/"));
                }
                _ => files.push(json!({
                    "name": key, "size": content.len(), "etag": self.etag(key),
                    "last_modified": "2026-07-01T10:00:00Z",
                })),
            }
        }
        let start: usize = request["next_token"]
            .as_str()
            .map_or(0, |token| token.parse().unwrap());
        let end = (start + 2).min(files.len());
        json!({
            "files": files[start..end],
            "folders": if start == 0 { folders } else { BTreeSet::new() },
            "next_token": (end < files.len()).then(|| end.to_string()),
        })
    }

    fn next_fault(&mut self) -> Option<Fault> {
        (!self.faults.is_empty()).then(|| self.faults.remove(0))
    }

    fn get(&mut self, key: &str, headers: &HeaderMap) -> Response {
        let fault = self.next_fault();
        if let Some(Fault::Status(status)) = fault {
            return status_only(status);
        }
        let Some(content) = self.objects.get(key) else {
            return status_only(404);
        };
        let (size, etag) = (content.len(), format!("\"{}\"", self.etag(key)));
        let range = headers
            .get("range")
            .map_or("bytes=0-9999999999", |value| value.to_str().unwrap());
        let (start, end) = range
            .strip_prefix("bytes=")
            .unwrap()
            .split_once('-')
            .unwrap();
        let start: usize = start.parse().unwrap();
        if start >= size {
            return HttpResponse::builder()
                .status(416)
                .header("content-range", format!("bytes */{size}"))
                .body(Body::empty())
                .unwrap();
        }
        let end = end.parse::<usize>().unwrap().min(size - 1);
        let mut bytes = content[start..=end].to_vec();
        let status = if headers.contains_key("range") {
            206
        } else {
            200
        };
        let answer = HttpResponse::builder()
            .status(status)
            .header("etag", etag)
            .header("content-length", bytes.len())
            .header("content-range", format!("bytes {start}-{end}/{size}"));
        let body = match fault {
            Some(Fault::CutAfter(count)) => {
                let pieces = [Ok(bytes[..count].to_vec()), Err(io::Error::other("cut"))];
                Body::from_stream(futures::stream::iter(pieces))
            }
            Some(Fault::Corrupt) => {
                *bytes.last_mut().unwrap() ^= 1;
                Body::from(bytes)
            }
            _ => Body::from(bytes),
        };
        answer.body(body).unwrap()
    }

    fn put(&mut self, key: &str, headers: &HeaderMap, body: &[u8]) -> Response {
        if let Some(Fault::Status(status)) = self.next_fault() {
            return status_only(status);
        }
        if let Some(sum) = headers.get("content-md5") {
            assert_eq!(sum.to_str().unwrap(), BASE64_STANDARD.encode(md5(body)));
        }
        self.objects.insert(key.to_owned(), body.to_vec());
        HttpResponse::builder()
            .header("etag", format!("\"{}\"", hex::encode(md5(body))))
            .body(Body::empty())
            .unwrap()
    }
}

fn status_only(status: u16) -> Response {
    HttpResponse::builder()
        .status(status)
        .body(Body::from(
            "<Error><Code>Told</Code><Message>so</Message></Error>",
        ))
        .unwrap()
}
