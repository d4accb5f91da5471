//! The mirror of the schedules in EventBridge Scheduler.
//!
//! The table is what counts. The cloud has a copy, so that runs begin on the second and do not depend on the call of
//! every minute; that call makes all runs that are due all the same, and a run that both find due is made once. So the
//! copy may lag behind, and nothing here may keep a run from being made.

mod drift;
mod entry;
mod expression;
mod settings;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
};

use aws_config::SdkConfig;
use aws_sdk_scheduler::{
    Client,
    error::{BuildError, DisplayErrorContext, SdkError},
    operation::{
        create_schedule::CreateScheduleError, delete_schedule::DeleteScheduleError,
        get_schedule::GetScheduleError,
    },
};
use divbase_db::Schedule;

pub use drift::{Drift, OnDrift};
use entry::Entry;
pub use expression::Inexpressible;
pub use settings::MirrorSettings;

/// A call of EventBridge Scheduler failed.
#[derive(Debug, thiserror::Error)]
#[error("EventBridge Scheduler: {0}")]
pub struct MirrorError(String);

impl<E, R> From<SdkError<E, R>> for MirrorError
where
    E: std::error::Error + 'static,
    R: Debug,
{
    fn from(error: SdkError<E, R>) -> Self {
        Self(DisplayErrorContext(error).to_string())
    }
}

impl From<BuildError> for MirrorError {
    fn from(error: BuildError) -> Self {
        Self(error.to_string())
    }
}

/// What was answered; nothing if the service refused for the reason that is expected.
fn but_for<T, E, R>(
    answer: Result<T, SdkError<E, R>>,
    is_expected: fn(&E) -> bool,
) -> Result<Option<T>, MirrorError>
where
    E: std::error::Error + 'static,
    R: Debug,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.as_service_error().is_some_and(is_expected) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Sends what an entry says: making and changing one are calls of different types with the same fields.
macro_rules! described {
    ($mirror:expr, $entry:expr, $call:ident) => {
        $mirror
            .client
            .$call()
            .group_name(&$mirror.settings.group)
            .name(&$entry.name)
            .schedule_expression(&$entry.expression)
            .schedule_expression_timezone(&$entry.time_zone)
            .state($entry.state.clone())
            .flexible_time_window($entry.window()?)
            .target($entry.target()?)
            .set_kms_key_arn($entry.key_arn.clone())
            .send()
            .await
    };
}

/// One group of schedules in the cloud.
#[derive(Clone, Debug)]
pub struct Mirror {
    client: Client,
    settings: MirrorSettings,
}

impl Mirror {
    /// Prepares the client; nothing is sent yet.
    #[must_use]
    pub fn new(sdk: &SdkConfig, settings: MirrorSettings) -> Self {
        Self {
            client: Client::new(sdk),
            settings,
        }
    }

    /// Compares the cloud with the table, and mends it if asked to. A schedule that cannot be mended does not keep the
    /// others from it. Any number may run at once.
    ///
    /// # Errors
    /// If the cloud does not tell what it has.
    pub async fn reconcile(
        &self,
        schedules: &[Schedule],
        on_drift: OnDrift,
    ) -> Result<Drift, MirrorError> {
        let mut drift = Drift::default();
        let mut wanted = BTreeMap::new();
        for schedule in schedules {
            match Entry::wanted(schedule, &self.settings) {
                Ok(entry) => {
                    wanted.insert(entry.name.clone(), entry);
                }
                Err(why) => {
                    drift
                        .not_mirrored
                        .insert(schedule.key.clone(), why.to_string());
                }
            }
        }
        let there = self.names().await?;
        for (name, entry) in &wanted {
            let found = match there.contains(name) {
                true => self.find(name).await?,
                false => None,
            };
            let mended = match found {
                None => {
                    drift.missing.push(name.clone());
                    self.mend(on_drift, self.create(entry)).await
                }
                Some(found) => {
                    let differences = entry.differences(&found);
                    if differences.is_empty() {
                        continue;
                    }
                    drift.changed.insert(name.clone(), differences);
                    self.mend(on_drift, self.update(entry)).await
                }
            };
            drift.note(name, mended);
        }
        for name in there.iter().filter(|name| !wanted.contains_key(*name)) {
            drift.extra.push(name.clone());
            let mended = self.mend(on_drift, self.delete(name)).await;
            drift.note(name, mended);
        }
        Ok(drift)
    }

    async fn mend(
        &self,
        on_drift: OnDrift,
        call: impl Future<Output = Result<(), MirrorError>>,
    ) -> Result<(), MirrorError> {
        match on_drift {
            OnDrift::Report => Ok(()),
            OnDrift::Mend => call.await,
        }
    }

    async fn names(&self) -> Result<BTreeSet<String>, MirrorError> {
        let mut pages = self
            .client
            .list_schedules()
            .group_name(&self.settings.group)
            .into_paginator()
            .items()
            .send();
        let mut names = BTreeSet::new();
        while let Some(summary) = pages.next().await {
            names.extend(summary?.name().map(str::to_owned));
        }
        Ok(names)
    }

    async fn find(&self, name: &str) -> Result<Option<Entry>, MirrorError> {
        let answer = self
            .client
            .get_schedule()
            .group_name(&self.settings.group)
            .name(name)
            .send()
            .await;
        let there = but_for(answer, GetScheduleError::is_resource_not_found_exception)?;
        Ok(there.map(|there| Entry::found(name, &there)))
    }

    /// One that somebody else has made meanwhile is compared in the next round.
    async fn create(&self, entry: &Entry) -> Result<(), MirrorError> {
        let answer = described!(self, entry, create_schedule);
        but_for(answer, CreateScheduleError::is_conflict_exception).map(drop)
    }

    async fn update(&self, entry: &Entry) -> Result<(), MirrorError> {
        described!(self, entry, update_schedule)?;
        Ok(())
    }

    /// One that is gone is well deleted.
    async fn delete(&self, name: &str) -> Result<(), MirrorError> {
        let answer = self
            .client
            .delete_schedule()
            .group_name(&self.settings.group)
            .name(name)
            .send()
            .await;
        but_for(answer, DeleteScheduleError::is_resource_not_found_exception).map(drop)
    }
}
