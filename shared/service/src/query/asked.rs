//! From what a user asks to a plan, the same for a dry run and for the task.

use std::collections::HashSet;

use divbase_contract::{
    FailureClass,
    plan::{PinnedInput, QueryPlan},
    query::{QueryOptions, SampleSelection},
};
use divbase_tasks::{Context, Meter};
use divbase_vcf::command::{self, Pipeline, Selection};

use super::{
    choose::{Wanted, nothing_selected},
    digest::digest,
    known::{Known, Unread, known},
    metadata::{TableAt, metadata_mode, select_by_metadata},
    pins::Snapshot,
    plan::Plan,
    report::report,
};
use crate::{
    ServiceError, Services,
    index::{Read, index_version},
};

/// A query as it was asked, with the versions that it is about.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The project.
    pub project_id: i64,
    /// Its name.
    pub project_name: &'a str,
    /// Its bucket.
    pub bucket: &'a str,
    /// The stages, as text.
    pub command: &'a str,
    /// How samples are chosen.
    pub selection: SampleSelection,
    /// What else was asked.
    pub options: QueryOptions,
    /// The file versions to choose from.
    pub inputs: Vec<PinnedInput>,
    /// The version of the metadata table, if it was there.
    pub table_version: Option<String>,
}

impl Asked<'_> {
    /// Fixes the versions, those of now or of the project version that was asked for.
    ///
    /// # Errors
    /// A user error if there is no such project version, or store or database fail.
    pub async fn pin(&mut self, services: &Services) -> Result<(), ServiceError> {
        let version = self.options.project_version.as_deref();
        let snapshot = Snapshot::take(services, self.bucket, self.project_id, version).await?;
        self.inputs = snapshot.vcf_files();
        match &self.selection {
            SampleSelection::Metadata { table, .. } => {
                self.table_version = snapshot.version_of(table).map(str::to_owned);
            }
            SampleSelection::Named(samples) => {
                let keys: Vec<String> = self.inputs.iter().map(|pin| pin.key.clone()).collect();
                let versions: Vec<String> = self
                    .inputs
                    .iter()
                    .map(|pin| pin.version_id.clone())
                    .collect();
                let without = services
                    .db
                    .vcf_versions_without(self.project_id, &keys, &versions, samples)
                    .await?;
                let without: HashSet<String> = without.into_iter().collect();
                self.inputs.retain(|pin| !without.contains(&pin.key));
            }
            SampleSelection::All => {}
        }
        Ok(())
    }

    /// The command, parsed.
    ///
    /// # Errors
    /// A user error.
    pub fn pipeline(&self) -> Result<Pipeline, ServiceError> {
        let mode = match self.selection {
            SampleSelection::All => Selection::AllSamples,
            SampleSelection::Named(_) | SampleSelection::Metadata { .. } => Selection::Named,
        };
        command::parse_service(self.command, mode)
            .map_err(|error| ServiceError::user(error.to_string()))
    }

    /// Plans without doing anything: what the task would do.
    ///
    /// # Errors
    /// What the task would fail with.
    pub async fn dry_run(&self, services: &Services) -> Result<QueryPlan, ServiceError> {
        let pipeline = self.pipeline()?;
        let known = known(services, self.project_id, &self.inputs).await?;
        let mut found = self.wanted(services, &known, &Meter::default()).await?;
        let first: Vec<String> = needed(&known.unread, &found.wanted)
            .map(|unread| format!("'{}'", unread.pin.key))
            .collect();
        if !first.is_empty() {
            found.warnings.push(format!(
                "These files changed since they were indexed and will be indexed first; the plan may change then: {}.",
                first.join(", ")
            ));
        }
        self.require_files(&known)?;
        let mut plan = Plan::make(services, known, pipeline, &found.wanted, &self.options).await?;
        plan.warnings.splice(0..0, found.warnings);
        let cached = if self.options.no_cache {
            None
        } else {
            let results = services
                .db
                .query_results(self.project_id, &digest(&plan), 1)
                .await?;
            results.first().map(|result| result.task_id)
        };
        Ok(report(&plan, self.options.project_version.clone(), cached))
    }

    /// Plans for the task: what it needs and nobody has looked at is indexed first. `note` is told what happens.
    ///
    /// # Errors
    /// A user error, or store or database fail.
    pub(crate) async fn plan(
        &self,
        ctx: &Context<Services>,
        mut note: impl FnMut(String),
    ) -> Result<Plan, ServiceError> {
        let services = &*ctx.services;
        let pipeline = self.pipeline()?;
        let mut known = known(services, self.project_id, &self.inputs).await?;
        if self.options.project_version.is_some() {
            // The index shows the newest files; what a file held then only the file can tell.
            known.read_rest(ctx, self.bucket, self.project_id).await?;
        }
        let mut found = self.wanted(services, &known, &ctx.meter).await?;
        let unread: Vec<&Unread> = needed(&known.unread, &found.wanted).collect();
        if !unread.is_empty() {
            for unread in unread {
                ctx.stop.check()?;
                note(format!("Indexing '{}' first: it changed.", unread.pin.key));
                let pin = &unread.pin;
                match index_version(ctx, self.bucket, self.project_id, pin).await? {
                    Read::Indexed | Read::Generated => {}
                    Read::Faulty(reason) if found.wanted == Wanted::All => {
                        found
                            .warnings
                            .push(format!("'{}' is left out: {reason}", pin.key));
                    }
                    Read::Faulty(reason) => {
                        return Err(ServiceError::user(format!(
                            "The file '{}', which this query needs, was replaced by a version that cannot be used: \
                             {reason}",
                            pin.key
                        )));
                    }
                }
            }
            known = super::known::known(services, self.project_id, &self.inputs).await?;
        }
        self.require_files(&known)?;
        for message in found.notes {
            note(message);
        }
        let mut plan = Plan::make(services, known, pipeline, &found.wanted, &self.options).await?;
        plan.warnings.splice(0..0, found.warnings);
        Ok(plan)
    }

    fn require_files(&self, known: &Known) -> Result<(), ServiceError> {
        if !known.files.is_empty() {
            return Ok(());
        }
        Err(ServiceError::Refused {
            class: FailureClass::NoDimensions,
            message: format!(
                "No VCF file of the project '{}' is indexed. Run 'divbase-cli dimensions update' first.",
                self.project_name
            ),
        })
    }

    async fn wanted(
        &self,
        services: &Services,
        known: &Known,
        meter: &Meter,
    ) -> Result<Found, ServiceError> {
        let mut found = Found {
            wanted: Wanted::All,
            warnings: Vec::new(),
            notes: Vec::new(),
        };
        match &self.selection {
            SampleSelection::All => {}
            SampleSelection::Named(names) => found.wanted = Wanted::Ordered(names.clone()),
            SampleSelection::Metadata { filter, table } => {
                let at = TableAt {
                    bucket: self.bucket,
                    key: table,
                    version_id: self.table_version.as_deref(),
                };
                let mode = metadata_mode(self.options.compat);
                let samples = known.samples();
                let answer =
                    select_by_metadata(services, at, filter, mode, &samples, meter).await?;
                found
                    .notes
                    .push(format!("Metadata query: {}", answer.message));
                found.warnings = answer.warnings;
                found.wanted = Wanted::Unordered(answer.samples);
            }
        }
        match found.wanted.names() {
            Some([]) => Err(nothing_selected(&self.selection)),
            _ => Ok(found),
        }
    }
}

/// An answered selection.
struct Found {
    wanted: Wanted,
    warnings: Vec<String>,
    notes: Vec<String>,
}

/// Versions that must be indexed before the query is planned: of files that the index says have one of the samples; of
/// all files if all samples are asked for.
fn needed<'k>(unread: &'k [Unread], wanted: &'k Wanted) -> impl Iterator<Item = &'k Unread> {
    unread.iter().filter(|unread| match wanted.names() {
        None => true,
        Some(names) => unread
            .other
            .as_ref()
            .is_some_and(|file| names.iter().any(|name| file.samples.contains(name))),
    })
}
