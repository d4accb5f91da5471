//! From what a user asks to a plan, the same for a dry run, at submission and in the task.

use std::time::Duration;

use divbase_contract::{
    FailureClass,
    plan::{PinnedInput, QueryPlan},
    query::{QueryOptions, SampleSelection},
};
use divbase_tasks::{Meter, Queue};
use divbase_vcf::command::{self, Pipeline, Selection};

use super::{
    candidates::{Candidates, ProjectVersionFiles},
    choose::{Chosen, Wanted, nothing_selected, with_samples},
    digest::digest,
    estimate::estimate,
    metadata::{TableAt, metadata_mode, select_by_metadata, table_version},
    pin::pinned,
    plan::{Plan, Purpose},
    read_first::read_first,
    refused::{no_file, require_usable, too_heavy},
    report::report,
    warnings::bounded,
};
use crate::{Context, Result, ServiceError, Services, tasks::MakeSampleGroupsKwargs};

/// Files of which one query has sample groups made at most.
const MOST_GROUPS_AT_ONCE: usize = 16;

/// A query as it was asked.
#[derive(Clone, Debug)]
pub struct Request<'a> {
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
}

/// What a query is about: versions that are fixed when it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// The file versions to choose from.
    pub files: Vec<PinnedInput>,
    /// The version of the metadata table, if one is asked.
    pub table_version: Option<String>,
    /// What the table and the files that are left out give cause to say.
    pub warnings: Vec<String>,
}

/// A query that can be submitted.
pub struct Planned {
    /// What it is about.
    pub pins: Pins,
    /// Where it should run.
    pub queue: Queue,
    /// How long it may take.
    pub estimate: Duration,
    /// What the user should know.
    pub warnings: Vec<String>,
    /// Absent if every file that is needed has to be read first.
    plan: Option<Plan>,
}

/// An answered selection.
struct Selected {
    wanted: Wanted,
    warnings: Vec<String>,
    note: Option<String>,
}

impl Request<'_> {
    /// The command, parsed.
    ///
    /// # Errors
    /// A user error.
    pub fn pipeline(&self) -> Result<Pipeline> {
        let mode = match self.selection {
            SampleSelection::All => Selection::AllSamples,
            SampleSelection::Named(_) | SampleSelection::Metadata { .. } => Selection::Named,
        };
        command::parse_service(self.command, mode)
            .map_err(|error| ServiceError::user(error.to_string()))
    }

    /// Plans the query over the files of now, or of the project version that was asked for, and fixes their versions.
    /// Nothing is read of them. What cannot work is refused here.
    ///
    /// # Errors
    /// A user error, or store or database fail.
    pub async fn plan(&self, services: &Services) -> Result<Planned> {
        let pipeline = self.pipeline()?;
        let (mut candidates, table_version) = self.files(services).await?;
        let is_by_metadata = matches!(self.selection, SampleSelection::Metadata { .. });
        let project_samples = is_by_metadata.then(|| candidates.samples());
        candidates.narrow(&self.options)?;
        let selected = self
            .select(
                services,
                table_version.as_deref(),
                project_samples,
                &Meter::default(),
            )
            .await?;
        let wanted = &selected.wanted;
        require_usable(&candidates, wanted)?;
        self.require_files(&candidates)?;
        let mut warnings = selected.warnings;
        warnings.extend(candidates.warnings());
        let of_files = bounded(warnings.clone());
        if !candidates.unread.is_empty() {
            warnings.push(format!(
                "These files changed since they were indexed and are read before the query runs; the plan may change \
                 then: {}.",
                candidates.unread_keys()
            ));
        }
        let unread: Vec<PinnedInput> = candidates
            .unread
            .iter()
            .map(|unread| unread.pin.clone())
            .collect();
        if let (true, Wanted::Ordered(names)) = (unread.is_empty(), wanted) {
            candidates.require_known(names)?;
        }
        let chosen = with_samples(candidates.usable, wanted);
        let mut pins = Pins {
            files: chosen.iter().map(|chosen| pinned(&chosen.file)).collect(),
            table_version,
            warnings: of_files,
        };
        if unread.is_empty() && chosen.is_empty() {
            return Err(no_file());
        }
        let plan = if chosen.is_empty() {
            None
        } else {
            let made = self.make(services, chosen, pipeline, wanted, Purpose::Preview);
            match made.await {
                Ok(plan) => Some(plan),
                // What is read first may be what was asked for.
                Err(ServiceError::Refused { .. }) if !unread.is_empty() => None,
                Err(error) => return Err(error),
            }
        };
        let expected = match &plan {
            Some(plan) if unread.is_empty() => plan.estimate,
            _ => {
                let all = pins.files.iter().chain(&unread);
                let bytes = all.clone().map(|pin| pin.size_bytes).sum();
                estimate(bytes, all.count(), self.options.engine, 1)
            }
        };
        self.require_affordable(services, expected)?;
        let queue = expected.queue;
        if queue == Queue::Heavy && !services.settings.heavy_workers {
            return Err(too_heavy(plan.as_ref()));
        }
        let mut plan = plan;
        if let Some(plan) = &mut plan {
            warnings.append(&mut plan.warnings);
            warnings = bounded(warnings);
            plan.warnings.clone_from(&warnings);
        }
        pins.files.extend(unread);
        pins.files.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Planned {
            pins,
            queue,
            estimate: Duration::try_from_secs_f64(expected.seconds).unwrap_or_default(),
            warnings,
            plan,
        })
    }

    /// Plans for the task, over the versions that were fixed: what it needs and nobody has looked at is read first.
    /// `note` is told what happens.
    ///
    /// # Errors
    /// A user error, or store or database fail.
    pub(crate) async fn plan_to_run(
        &self,
        ctx: &Context,
        pins: Pins,
        mut note: impl FnMut(String),
    ) -> Result<Plan> {
        let services = &*ctx.services;
        let pipeline = self.pipeline()?;
        let table_version = pins.table_version.as_deref();
        let mut candidates = Candidates::pinned(services, self.project_id, pins.files).await?;
        // The project's other samples were looked at when the query was submitted.
        let selected = self
            .select(services, table_version, None, &ctx.meter)
            .await?;
        if !candidates.unread.is_empty() {
            note(format!(
                "Read before the query runs, for nobody had looked at them: {}",
                candidates.unread_keys()
            ));
            let (bucket, project_id) = (self.bucket, self.project_id);
            read_first(ctx, bucket, project_id, &mut candidates, &selected.wanted).await?;
        }
        let wanted = &selected.wanted;
        require_usable(&candidates, wanted)?;
        self.require_files(&candidates)?;
        let mut warnings = pins.warnings;
        warnings.extend(candidates.warnings());
        selected.note.into_iter().for_each(note);
        if let Wanted::Ordered(names) = wanted {
            candidates.require_known(names)?;
        }
        let chosen = with_samples(candidates.usable, wanted);
        if chosen.is_empty() {
            return Err(no_file());
        }
        let made = self.make(services, chosen, pipeline, wanted, Purpose::Run);
        let mut plan = made.await?;
        warnings.append(&mut plan.warnings);
        plan.warnings = bounded(warnings);
        Ok(plan)
    }

    async fn make(
        &self,
        services: &Services,
        chosen: Vec<Chosen>,
        pipeline: Pipeline,
        wanted: &Wanted,
        purpose: Purpose,
    ) -> Result<Plan> {
        let project = (self.project_id, self.bucket);
        let options = &self.options;
        Plan::make(
            services, project, chosen, pipeline, wanted, options, purpose,
        )
        .await
    }

    /// The files that are asked, and the version of the metadata table.
    async fn files(&self, services: &Services) -> Result<(Candidates, Option<String>)> {
        let table = match &self.selection {
            SampleSelection::Metadata { table, .. } => Some(table.as_str()),
            SampleSelection::Named(_) | SampleSelection::All => None,
        };
        match &self.options.project_version {
            Some(name) => {
                let files = ProjectVersionFiles::read(services, self.project_id, name).await?;
                let candidates =
                    Candidates::pinned(services, self.project_id, files.vcf_files()).await?;
                let missing = |table| ServiceError::Refused {
                    class: FailureClass::ObjectDoesNotExist,
                    message: format!(
                        "The project version '{name}' has no sample metadata file '{table}'."
                    ),
                };
                let version = match table {
                    Some(table) => Some(files.version_of(table).ok_or_else(|| missing(table))?),
                    None => None,
                };
                Ok((candidates, version.map(str::to_owned)))
            }
            None => {
                let version = match table {
                    Some(table) => table_version(services, self.bucket, table).await?,
                    None => None,
                };
                let candidates =
                    Candidates::present(services, self.bucket, self.project_id).await?;
                Ok((candidates, version))
            }
        }
    }

    async fn select(
        &self,
        services: &Services,
        table_version: Option<&str>,
        project_samples: Option<Vec<String>>,
        meter: &Meter,
    ) -> Result<Selected> {
        let mut selected = Selected {
            wanted: Wanted::All,
            warnings: Vec::new(),
            note: None,
        };
        match &self.selection {
            SampleSelection::All => {}
            SampleSelection::Named(names) => selected.wanted = Wanted::Ordered(names.clone()),
            SampleSelection::Metadata { filter, table } => {
                let at = TableAt {
                    bucket: self.bucket,
                    key: table,
                    version_id: table_version,
                };
                let mode = metadata_mode(self.options.compat);
                let answer =
                    select_by_metadata(services, at, filter, mode, project_samples, meter).await?;
                selected.note = Some(format!("Metadata query: {}", answer.message));
                selected.warnings = answer.warnings;
                selected.wanted = Wanted::Unordered(answer.samples);
            }
        }
        match selected.wanted.names() {
            Some([]) => Err(nothing_selected(&self.selection)),
            _ => Ok(selected),
        }
    }
}

impl Planned {
    /// The tasks that make sample groups of files of which few samples are asked, for those that have none: of the first few, as a
    /// submission does not wait for more. Later queries have the others made.
    #[must_use]
    pub fn sample_groups_to_make(&self, query: &Request<'_>) -> Vec<MakeSampleGroupsKwargs> {
        let unmade = self.plan.iter().flat_map(|plan| &plan.unmade);
        unmade
            .take(MOST_GROUPS_AT_ONCE)
            .map(|(id, file)| MakeSampleGroupsKwargs {
                project_id: query.project_id,
                bucket_name: query.bucket.to_owned(),
                file_version_id: *id,
                object_key: file.key.clone(),
                version_id: file.version_id.clone(),
                etag: file.etag.clone(),
                size_bytes: file.size_bytes,
            })
            .collect()
    }

    /// The plan for the user.
    ///
    /// # Errors
    /// A user error if there is no plan yet, or the database fails.
    pub async fn report(&self, services: &Services, request: &Request<'_>) -> Result<QueryPlan> {
        let Some(plan) = &self.plan else {
            return Err(ServiceError::user(
                "The files that this query needs are not indexed yet, so that it cannot be planned. Run \
                 'divbase-cli dimensions update' first, or submit the query, which reads them by itself.",
            ));
        };
        let cached = if request.options.no_cache {
            None
        } else {
            let digest = digest(plan, request, self.pins.table_version.as_deref());
            let results = services.db.query_results(request.project_id, &digest, 1);
            results.await?.first().map(|result| result.task_id)
        };
        Ok(report(
            plan,
            request.options.project_version.clone(),
            cached,
        ))
    }
}
