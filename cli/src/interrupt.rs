//! Ctrl-C: the command ends at once, and says what goes on, what is kept and how to come back to it.

use std::{
    io::{IsTerminal as _, Write as _, stderr, stdin},
    pin::Pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use tokio::sync::oneshot;

use crate::{
    failure::{Failure, Outcome},
    output,
};

/// What shells tell of a program that Ctrl-C ended: 128 and the number of the signal.
pub const EXIT_CODE: u8 = 130;

/// Whether the program waits for somebody to type.
static ASKING: AtomicBool = AtomicBool::new(false);

/// What to say if the program is interrupted now, the innermost work last.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// While it lives, an interruption tells its text.
#[must_use]
pub struct Remark {
    depth: usize,
}

impl Remark {
    /// From now on, `text` is what an interrupted user reads.
    pub fn new(text: String) -> Self {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        told.push(text);
        Self { depth: told.len() }
    }
}

impl Drop for Remark {
    fn drop(&mut self) {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        told.truncate(self.depth.saturating_sub(1));
    }
}

/// What an interrupted user may want done besides: a question, and what is done if the answer is yes, which tells how it went.
struct Offered {
    question: String,
    deed: Deed,
}

type Deed = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = Outcome<String>> + Send>> + Send>;

static OFFERED: Mutex<Option<Offered>> = Mutex::new(None);

/// While it lives, a user who interrupts on a terminal is asked.
#[must_use]
pub struct Offer(());

impl Offer {
    /// From now on.
    pub fn new<F>(question: String, deed: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = Outcome<String>> + Send + 'static,
    {
        let deed: Deed = Box::new(move || Box::pin(deed()));
        *offered() = Some(Offered { question, deed });
        Self(())
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        *offered() = None;
    }
}

fn offered() -> MutexGuard<'static, Option<Offered>> {
    OFFERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An interruption, and what may be done besides.
pub struct Interruption {
    failure: Failure,
    offered: Option<Offered>,
}

impl Interruption {
    /// Asks what is to be asked, does it, and answers with what to tell. The work must have been dropped.
    pub async fn settled(self) -> Failure {
        let Some(Offered { question, deed }) = self.offered else {
            return self.failure;
        };
        if !(stdin().is_terminal() && stderr().is_terminal()) {
            return self.failure;
        }
        end_if_interrupted_while_asking();
        let _ = writeln!(stderr());
        let yes = tokio::task::spawn_blocking(move || output::confirm_apart(&question)).await;
        if !yes.unwrap_or_default() {
            return self.failure;
        }
        match deed().await {
            Ok(told) => Failure::Interrupted(told),
            Err(failure) => failure,
        }
    }
}

fn end_if_asking() {
    if ASKING.load(Ordering::SeqCst) {
        // The cursor stands behind the question. Nobody can be told if this fails.
        let _ = writeln!(stderr());
        std::process::exit(EXIT_CODE.into());
    }
}

fn end_if_interrupted_while_asking() {
    tokio::spawn(async {
        while tokio::signal::ctrl_c().await.is_ok() {
            end_if_asking();
        }
    });
}

/// While it lives, somebody is asked something. That blocks the thread, and with it whoever waits for an interruption: the
/// program ends without them.
#[must_use]
pub struct Asking(());

impl Asking {
    /// From now on.
    pub fn begin() -> Self {
        ASKING.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        ASKING.store(false, Ordering::SeqCst);
    }
}

/// Waits for Ctrl-C beside the work, on another thread, and says what it means for what is under way.
pub async fn awaited() -> Interruption {
    let (tell, told) = oneshot::channel();
    // The first poll installs the handler: from here on, not from when another thread has time.
    let mut pressed = Box::pin(tokio::signal::ctrl_c());
    let early = futures::poll!(&mut pressed);
    tokio::spawn(async move {
        let pressed = match early {
            Poll::Ready(pressed) => pressed,
            Poll::Pending => pressed.await,
        };
        // Without a handler the system ends the program as it always did.
        if pressed.is_err() {
            std::future::pending::<()>().await;
        }
        end_if_asking();
        let _ = tell.send(());
    });
    if told.await.is_err() {
        std::future::pending::<()>().await;
    }
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    Interruption {
        failure: Failure::Interrupted(
            told.last()
                .cloned()
                .unwrap_or_else(|| "nothing was changed after this point.".to_owned()),
        ),
        offered: offered().take(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Remark, TOLD};

    #[test]
    fn the_innermost_remark_is_told_and_goes_with_its_work() {
        let outer = Remark::new("outer".to_owned());
        {
            let _inner = Remark::new("inner".to_owned());
            assert_eq!(TOLD.lock().unwrap().last().unwrap(), "inner");
        }
        assert_eq!(TOLD.lock().unwrap().last().unwrap(), "outer");
        drop(outer);
        assert!(TOLD.lock().unwrap().is_empty());
    }
}
