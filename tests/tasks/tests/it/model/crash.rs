//! A process that dies in the middle.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// Polls a future until it has waited so many times, then gives it up: what it had sent is on its way, what it
/// would have done next is never done.
pub(crate) struct CrashAfter<F> {
    inner: Pin<Box<F>>,
    waits: u32,
}

impl<F: Future> CrashAfter<F> {
    /// `waits` is the await point, from 0, at which it dies.
    pub(crate) fn new(waits: u32, inner: F) -> Self {
        Self {
            inner: Box::pin(inner),
            waits,
        }
    }
}

impl<F: Future> Future for CrashAfter<F> {
    /// Nothing if it died.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.inner.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.waits == 0 => Poll::Ready(None),
            Poll::Pending => {
                self.waits -= 1;
                Poll::Pending
            }
        }
    }
}
