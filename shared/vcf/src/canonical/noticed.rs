//! What one thread has noticed, so that it tells everything once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use crate::notices::{Column, Matter, Notices};

/// Tells [`Notices`] what is new to this thread; nobody, if there are none.
#[derive(Debug, Default)]
pub(super) struct Noticed {
    told: Option<Arc<Notices>>,
    seen: RefCell<HashSet<(Column, Matter, Box<[u8]>)>>,
}

/// More is told again and again rather than remembered.
const MOST: usize = 1_000;

impl Noticed {
    pub(super) fn tell(notices: &Arc<Notices>) -> Self {
        Self {
            told: Some(notices.clone()),
            seen: RefCell::default(),
        }
    }

    pub(super) fn note(&self, column: Column, matter: Matter, name: &[u8]) {
        let Some(told) = &self.told else {
            return;
        };
        let mut seen = self.seen.borrow_mut();
        let fresh = seen.len() >= MOST || seen.insert((column, matter, name.into()));
        if fresh {
            told.note(column, matter, name);
        }
    }
}
