//! What pages load: our own style and script, part of the program, compressed once and named by their content, so that
//! browsers keep them for good.

use std::{
    borrow::Cow,
    io::{Read, Write},
    sync::LazyLock,
};

use axum::{
    Router,
    extract::Path,
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};

use crate::{AppState, error::ApiError};

/// A file that pages load.
pub(super) struct Asset {
    /// Where it is: the name has the first digits of its SHA-256.
    pub(super) path: String,
    plain: Cow<'static, [u8]>,
    compressed: Vec<u8>,
    kind: &'static str,
}

/// How all pages look.
pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "style",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("assets/style.css"),
    )
});

/// What is quicker with a script.
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "app",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("assets/app.js"),
    )
});

/// The sign in a browser's tab.
pub(super) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "icon",
        "svg",
        "image/svg+xml",
        include_bytes!("assets/icon.svg"),
    )
});

/// Land, for maps.
pub(super) static COAST: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "coast",
        "svg",
        "image/svg+xml",
        include_bytes!("assets/coast.svg"),
    )
});

/// The genome browser's page.
pub(super) static BROWSE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "browse",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("assets/browse.js"),
    )
});

/// The page of the API's document.
pub(super) static API_DOCS: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "api-docs",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("assets/api-docs.js"),
    )
});

/// igv.js, if this program was built with it.
pub(super) static IGV: LazyLock<Option<Asset>> = LazyLock::new(|| {
    let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/igv.js.gz"));
    Asset::fetched("igv", "js", "text/javascript; charset=utf-8", compressed)
});

/// Swagger UI, if this program was built with it.
pub(super) static SWAGGER: LazyLock<Option<Asset>> = LazyLock::new(|| {
    let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.js.gz"));
    Asset::fetched(
        "swagger-ui",
        "js",
        "text/javascript; charset=utf-8",
        compressed,
    )
});

/// How Swagger UI looks, if this program was built with it.
pub(super) static SWAGGER_STYLE: LazyLock<Option<Asset>> = LazyLock::new(|| {
    let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/swagger-ui.css.gz"));
    Asset::fetched("swagger-ui", "css", "text/css; charset=utf-8", compressed)
});

/// The name has the first digits of the content's SHA-256.
fn path_of(name: &str, ending: &str, plain: &[u8]) -> String {
    let digest = hex::encode(Sha256::digest(plain));
    format!("/assets/{name}-{}.{ending}", &digest[..16])
}

impl Asset {
    fn new(name: &str, ending: &str, kind: &'static str, plain: &'static [u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        // Writing into memory does not fail; without it the plain bytes are served.
        let compressed = encoder
            .write_all(plain)
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        Self {
            path: path_of(name, ending, plain),
            plain: plain.into(),
            compressed,
            kind,
        }
    }

    /// One that `local/scripts/igv.sh` has fetched; nothing if it had not when this was built.
    fn fetched(name: &str, ending: &str, kind: &'static str, compressed: &[u8]) -> Option<Self> {
        let mut plain = Vec::new();
        GzDecoder::new(compressed).read_to_end(&mut plain).ok()?;
        Some(Self {
            path: path_of(name, ending, &plain),
            plain: plain.into(),
            compressed: compressed.to_vec(),
            kind,
        })
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let takes_gzip = headers
            .get(header::ACCEPT_ENCODING)
            .and_then(|accepted| accepted.to_str().ok())
            .is_some_and(|accepted| accepted.contains("gzip"));
        let fixed = [
            (header::CONTENT_TYPE, self.kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (header::VARY, "accept-encoding"),
        ];
        if takes_gzip && !self.compressed.is_empty() {
            let mut response = (fixed, self.compressed.clone()).into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            return response;
        }
        (fixed, self.plain.to_vec()).into_response()
    }
}

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("/assets/{name}");
    let ours = [&STYLE, &SCRIPT, &ICON, &COAST, &BROWSE, &API_DOCS]
        .into_iter()
        .map(|asset| &**asset);
    let fetched = [&IGV, &SWAGGER, &SWAGGER_STYLE];
    for asset in ours.chain(fetched.into_iter().filter_map(|one| one.as_ref())) {
        if asset.path == path {
            return asset.answer(&headers);
        }
    }
    ApiError::http(StatusCode::NOT_FOUND, "Not Found").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes of script and style at most, uncompressed.
    const MOST: usize = 100_000;

    /// All that is ours: igv.js and Swagger UI are loaded by one page each, and the coast is a picture.
    #[test]
    fn script_and_style_are_small() {
        let all = [&STYLE, &SCRIPT, &BROWSE, &API_DOCS].map(|asset| asset.plain.len());
        assert!(all.iter().sum::<usize>() <= MOST, "{all:?}");
    }
}
