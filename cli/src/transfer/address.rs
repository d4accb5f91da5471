//! The signed URL of an object while it is fetched. URLs end, with their time or with the session that signed them; a long
//! download goes on with a new one.

use tokio::sync::Mutex;

use super::{
    TransferError,
    download::{Wanted, urls},
};
use crate::app::ProjectApi;

/// New URLs that one request may ask for. A store that refuses a new one refuses for another reason.
pub(super) const RENEWALS: u32 = 2;

/// The URL that is used now.
pub(super) struct Address<'a> {
    at: &'a ProjectApi,
    wanted: &'a Wanted,
    current: Mutex<Numbered>,
}

/// The URL, and how many there were before.
#[derive(Clone)]
pub(super) struct Numbered {
    number: u32,
    pub(super) url: String,
}

impl<'a> Address<'a> {
    pub(super) fn new(at: &'a ProjectApi, wanted: &'a Wanted, url: &str) -> Self {
        Self {
            at,
            wanted,
            current: Mutex::new(Numbered {
                number: 0,
                url: url.to_owned(),
            }),
        }
    }

    pub(super) async fn current(&self) -> Numbered {
        self.current.lock().await.clone()
    }

    /// Asks for another URL, unless another request has done so since this one was given.
    ///
    /// # Errors
    /// What the API says, for example that the file is gone or who asks is no member any more.
    pub(super) async fn renew(&self, refused: &Numbered) -> Result<(), TransferError> {
        let mut current = self.current.lock().await;
        if current.number != refused.number {
            return Ok(());
        }
        let given = urls(self.at, std::slice::from_ref(self.wanted)).await?;
        if let Some(given) = given.into_iter().next() {
            current.number += 1;
            current.url = given.pre_signed_url;
        }
        Ok(())
    }
}
