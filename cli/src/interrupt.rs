//! Ctrl-C: the command ends at once, and says what goes on, what is kept and how to come back to it.

use std::{
    io::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::oneshot;

use crate::failure::Failure;

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
pub async fn awaited() -> Failure {
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        // Without a handler the system ends the program as it always did.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        if ASKING.load(Ordering::SeqCst) {
            // The cursor stands behind the question. Nobody can be told if this fails.
            let _ = writeln!(std::io::stderr());
            std::process::exit(EXIT_CODE.into());
        }
        let _ = tell.send(());
    });
    if told.await.is_err() {
        std::future::pending::<()>().await;
    }
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    Failure::Interrupted(
        told.last()
            .cloned()
            .unwrap_or_else(|| "nothing was changed after this point.".to_owned()),
    )
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
