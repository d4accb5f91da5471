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
use http::{HeaderMap, HeaderValue, header};
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

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! ours {
    ($($(#[$doc:meta])* $name:ident = $file:literal $ending:literal $kind:ident;)*) => {
        $($(#[$doc])*
        pub(super) static $name: LazyLock<Asset> = LazyLock::new(|| {
            let plain = include_bytes!(concat!("assets/", $file, ".", $ending));
            Asset::new($file, $ending, $kind, plain)
        });)*

        static OURS: &[&LazyLock<Asset>] = &[$(&$name),*];
    };
}

ours! {
    /// How all pages look.
    STYLE = "style" "css" CSS;
    /// What is quicker with a script.
    SCRIPT = "app" "js" JS;
    /// The sign in a browser's tab.
    ICON = "icon" "svg" SVG;
    /// Land, for maps.
    COAST = "coast" "svg" SVG;
    /// The genome browser's page.
    BROWSE = "browse" "js" JS;
    /// The page of the API's document.
    API_DOCS = "api-docs" "js" JS;
}

macro_rules! fetched {
    ($($(#[$doc:meta])* $name:ident = $file:literal $ending:literal $kind:ident;)*) => {
        $($(#[$doc])*
        pub(super) static $name: LazyLock<Option<Asset>> = LazyLock::new(|| {
            let compressed = include_bytes!(concat!(env!("OUT_DIR"), "/", $file, ".", $ending, ".gz"));
            Asset::fetched($file, $ending, $kind, compressed)
        });)*

        static FETCHED: &[&LazyLock<Option<Asset>>] = &[$(&$name),*];
    };
}

fetched! {
    /// igv.js, if this program was built with it.
    IGV = "igv" "js" JS;
    /// Swagger UI, if this program was built with it.
    SWAGGER = "swagger-ui" "js" JS;
    /// How Swagger UI looks, if this program was built with it.
    SWAGGER_STYLE = "swagger-ui" "css" CSS;
}

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
    let ours = OURS.iter().map(|asset| &***asset);
    let fetched = FETCHED.iter().filter_map(|asset| asset.as_ref());
    match ours.chain(fetched).find(|asset| asset.path == path) {
        Some(asset) => asset.answer(&headers),
        None => ApiError::not_found("Not Found").into_response(),
    }
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
