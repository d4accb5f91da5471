//! QR codes as pictures within a page.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use crate::error::ApiError;

/// Modules of white around a code (ISO/IEC 18004 §9.1).
const QUIET: i32 = 4;

/// The text as a QR code in SVG, black on white whatever the page's colours: scanners need that.
///
/// # Errors
/// If the text is too long, some 2,000 bytes.
pub(super) fn svg(text: &str) -> Result<String, ApiError> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(ApiError::internal)?;
    let side = code.size() + 2 * QUIET;
    let mut dark = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing into a text does not fail.
            let _ = write!(dark, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Ok(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"QR code of the secret\" width=\"240\" height=\"240\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{dark}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_corners_of_a_qr_code() {
        let picture = svg("otpauth://totp/DivBase:a%40example.org?secret=ABC").unwrap();
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"));
        // The corner of a finder pattern is dark, what separates it from the rest is not.
        assert!(picture.contains("M4,4h1") && !picture.contains("M11,11h1"));
        assert!(svg(&"x".repeat(10_000)).is_err());
    }
}
