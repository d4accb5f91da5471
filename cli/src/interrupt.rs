//! Ctrl-C: the command ends at once, and says what goes on, what is kept and how to come back to it.

use std::sync::{Mutex, PoisonError};

use crate::failure::Failure;

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

/// Waits for Ctrl-C, and says what it means for what is under way.
pub async fn awaited() -> Failure {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the system ends the program as it always did.
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
