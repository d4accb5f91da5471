//! Keys in listings. XML 1.0 carries neither control characters nor U+FFFE and U+FFFF (§2.2), keys may have them; so
//! listings are asked with `encoding-type=url`, and one such key fails none of them.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use aws_sdk_s3::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::BeforeDeserializationInterceptorContextMut,
    },
    error::BoxError,
    primitives::SdkBody,
    types::EncodingType,
};
use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};
use percent_encoding::percent_decode_str;

/// How keys are written in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// As they are, from a store that knows no encoding.
    Plain,
    /// As in a query string.
    Encoded,
}

impl Names {
    /// What the answer says of itself.
    pub(crate) fn of(encoding: Option<&EncodingType>) -> Self {
        match encoding {
            Some(EncodingType::Url) => Self::Encoded,
            _ => Self::Plain,
        }
    }

    /// A key; the empty one if it is missing.
    pub(crate) fn read(self, written: Option<&str>) -> String {
        let written = written.unwrap_or_default();
        match self {
            Self::Plain => written.to_owned(),
            Self::Encoded => {
                let spaced = written.replace('+', " ");
                percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
            }
        }
    }
}

/// For stores that write keys as they are: what XML cannot carry arrives as U+FFFD.
#[derive(Debug)]
pub(crate) struct CarriedNames;

impl Intercept for CarriedNames {
    fn name(&self) -> &'static str {
        "CarriedNames"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let plain = std::mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Carried {
            plain,
            held: Bytes::new(),
        });
        Ok(())
    }
}

/// A body without what XML cannot carry.
struct Carried {
    plain: SdkBody,
    /// The begin of a character whose rest is in the next frame.
    held: Bytes,
}

impl Body for Carried {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let frame = match ready!(Pin::new(&mut self.plain).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                None if !self.held.is_empty() => {
                    let held = std::mem::take(&mut self.held);
                    return Poll::Ready(Some(Ok(Frame::data(held))));
                }
                end => return Poll::Ready(end),
            };
            let Ok(data) = frame.into_data() else {
                // Trailers of a listing say nothing.
                continue;
            };
            let mut bytes = BytesMut::from(self.held.as_ref());
            bytes.extend_from_slice(&data);
            replace(&mut bytes);
            let whole = bytes.len() - unfinished(&bytes);
            let whole = bytes.split_to(whole).freeze();
            self.held = bytes.freeze();
            if !whole.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(whole))));
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

/// How many bytes at the end may be the begin of U+FFFE or U+FFFF (`EF BF BE`, `EF BF BF`).
fn unfinished(bytes: &[u8]) -> usize {
    match bytes {
        [.., 0xEF, 0xBF] => 2,
        [.., 0xEF] => 1,
        _ => 0,
    }
}

/// U+FFFE, U+FFFF and control characters become U+FFFD, or `?` where only one byte has room.
fn replace(bytes: &mut [u8]) {
    for at in 0..bytes.len() {
        match bytes[at] {
            b'\t' | b'\n' | b'\r' => {}
            0..0x20 => bytes[at] = b'?',
            0xBE | 0xBF if at >= 2 && bytes[at - 2..at] == [0xEF, 0xBF] => bytes[at] = 0xBD,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_were_put() {
        let read = |written| Names::Encoded.read(Some(written));
        assert_eq!(read("a+b%2Bc/%C3%A5%EF%BF%BE%01"), "a b+c/å\u{fffe}\u{1}");
        assert_eq!(Names::Plain.read(Some("a+b%2B")), "a+b%2B");
    }

    #[test]
    fn what_xml_cannot_carry_is_replaced_wherever_frames_end() {
        let text = "<Key>\u{fffe}/å\u{1}\u{ffff}\u{fffd}ﾾ</Key>";
        for cut in 0..text.len() {
            let (mut out, mut held) = (Vec::new(), Vec::new());
            for frame in [&text.as_bytes()[..cut], &text.as_bytes()[cut..]] {
                held.extend_from_slice(frame);
                replace(&mut held);
                let whole = held.len() - unfinished(&held);
                out.extend(held.drain(..whole));
            }
            out.extend(held);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out, "<Key>\u{fffd}/å?\u{fffd}\u{fffd}ﾾ</Key>", "{cut}");
        }
    }
}
