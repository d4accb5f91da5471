//! What handlers work with.

use std::{convert::Infallible, ops::Deref, sync::Arc};

use axum::extract::FromRequestParts;
use divbase_auth::password;
use divbase_db::{Db, PoolSize};
use divbase_service::{Services, StartError, Wiring};
use divbase_storage::Store;
use divbase_tasks::{Queues, Runner, Submitter};
use http::request::Parts;

use crate::{ApiSettings, middleware::Rates, passwords::Passwords, questions::Questions};

/// What all handlers share; cheap to clone, as is done for each request.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// The parts of an [`AppState`].
pub struct Shared {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// The queues, for the readiness route.
    pub queues: Arc<dyn Queues>,
    /// Submits tasks.
    pub submitter: Submitter,
    /// Runs quick tasks inline.
    pub runner: Arc<Runner<Services>>,
    /// Hashes and checks passwords.
    pub(crate) passwords: Passwords,
    /// How often callers ask.
    pub(crate) rates: Rates,
    /// What is asked once for all who ask at the same time.
    pub(crate) questions: Questions,
    /// What browsers may do on a page.
    pub(crate) page_policy: http::HeaderValue,
    /// Who letters are from, if mail is sent.
    pub letters_from: Option<String>,
    /// Settings.
    pub settings: ApiSettings,
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRequestParts<Self> for AppState {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &Self) -> Result<Self, Infallible> {
        Ok(state.clone())
    }
}

impl Shared {
    /// Whether mail is sent.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.letters_from.is_some()
    }
}

impl AppState {
    /// State over connected parts.
    #[must_use]
    pub fn new(settings: ApiSettings, wiring: &Wiring) -> Self {
        Self(Arc::new(Shared {
            db: wiring.db.clone(),
            store: wiring.store.clone(),
            queues: Arc::clone(&wiring.queues),
            submitter: Submitter::new(wiring.db.clone(), Arc::clone(&wiring.queues) as Arc<_>),
            runner: Arc::clone(&wiring.runner),
            page_policy: crate::pages::policy(wiring.store.transfer_source()),
            letters_from: wiring.letters_from.clone(),
            questions: Questions::default(),
            rates: Rates::new(settings.requests_per_second),
            passwords: Passwords::new(settings.password_hashes),
            settings,
        }))
    }

    /// Everything from the environment, for a Lambda function.
    ///
    /// # Errors
    /// If a setting is missing or wrong.
    pub async fn from_env() -> Result<Self, StartError> {
        let settings = ApiSettings::from_env()?;
        let tasks = divbase_service::submitted_tasks();
        let wiring = Wiring::from_env("api", PoolSize::LAMBDA, tasks).await?;
        Ok(Self::new(settings, &wiring))
    }

    /// Work that is due when an API starts: the first administrator, and messages that a crash left unsent.
    pub async fn on_start(&self) {
        if let Some((email, password)) = self.settings.first_admin.clone() {
            self.ensure_first_admin(&email, password).await;
        }
        if let Err(error) = self.runner.relay().flush().await {
            tracing::warn!(%error, "messages stay in the outbox for the relay");
        }
    }

    async fn ensure_first_admin(&self, email: &str, password: String) {
        // Asked first: hashing a password takes a hundred times longer.
        match self.db.has_admin().await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::error!(%error, "the first administrator could not be looked for");
            }
        }
        let address = email.to_owned();
        let hash = tokio::task::spawn_blocking(move || {
            password::check(&password, &address).and_then(|()| password::hash(&password))
        })
        .await;
        match hash {
            Ok(Ok(hash)) => match self.db.ensure_first_admin(email, &hash).await {
                Ok(true) => tracing::info!("made the first administrator"),
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "the first administrator could not be made"),
            },
            Ok(Err(error)) => tracing::error!(%error, "FIRST_ADMIN_PASSWORD is refused"),
            Err(error) => tracing::error!(%error, "the password could not be hashed"),
        }
    }
}
