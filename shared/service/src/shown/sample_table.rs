//! A project's metadata table as its page shows it: columns, a page of the rows that fit a filter, places, and what is wrong with it.

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

use divbase_db::PresentMark;
use divbase_metadata::{
    Checks, Filter, Finding, Kind, Mode, Table, UnknownSamples, query, validate,
};
use divbase_tasks::Meter;

use super::{
    Matrix, Place, ProjectFacts,
    places::{columns, places},
};
use crate::{
    Result, ServiceError, Services,
    query::{TableAt, table},
};

/// Columns that are shown.
const MOST_COLUMNS: usize = 40;

/// Characters of a cell that are shown.
const MOST_LETTERS: usize = 120;

/// Values of a column that are offered while a filter is typed.
const MOST_WORDS: usize = 60;

/// Findings that are shown of each kind.
const MOST_FINDINGS: usize = 50;

/// Which rows of which table.
#[derive(Clone, Copy, Debug)]
pub struct AskedTable<'a> {
    /// The project.
    pub project_id: i64,
    /// Its bucket.
    pub bucket: &'a str,
    /// The key of the table.
    pub key: &'a str,
    /// In the metadata language; empty for all rows.
    pub filter: &'a str,
    /// Rows that fit and are left out before the first one.
    pub from: usize,
    /// Rows that are shown.
    pub most: usize,
}

/// A table as it is shown.
#[derive(Debug)]
pub struct SampleTable {
    /// The first of its columns.
    pub columns: Vec<ShownColumn>,
    /// Columns that are not shown.
    pub columns_left_out: usize,
    /// Rows of the table.
    pub rows: usize,
    /// What has to be mended, the first of it.
    pub errors: Vec<Finding>,
    /// What should be looked at, the first of it.
    pub warnings: Vec<Finding>,
    /// What fits the filter, or why it has no answer; a fault of the filter is shown with carets below the place.
    pub answer: Result<Fitting, String>,
}

/// A column.
#[derive(Debug)]
pub struct ShownColumn {
    /// As filters write it.
    pub name: String,
    /// Whether its cells are numbers.
    pub is_number: bool,
    /// Its values, if they are few.
    pub words: Vec<String>,
}

/// The samples that fit.
#[derive(Debug, Default)]
pub struct Fitting {
    /// How many samples fit.
    pub samples: usize,
    /// How many files have one of them.
    pub files: usize,
    /// Cells of those on this page.
    pub rows: Vec<Vec<String>>,
    /// What is to be said of the filter.
    pub warnings: Vec<String>,
    /// Where all of them come from; nothing if the table does not say.
    pub places: Option<Vec<Place>>,
    /// How many have no place.
    pub without_place: usize,
    /// What a page draws of the places, made when it is first shown.
    pub drawn: OnceLock<String>,
    /// Which files have the samples of this page.
    pub matrix: Matrix,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    project_id: i64,
    mark: PresentMark,
    key: String,
    version: String,
    filter: String,
    from: usize,
    most: usize,
}

impl SampleTable {
    /// The table as it is now; nothing if the project has none of this name.
    ///
    /// # Errors
    /// If the table is no text or too large, or the store fails. Faults of cells and of the filter are part of the answer.
    pub async fn of(
        services: &Services,
        facts: &Arc<ProjectFacts>,
        asked: AskedTable<'_>,
    ) -> Result<Option<Arc<Self>>> {
        let place = (asked.bucket.to_owned(), asked.key.to_owned());
        let read = || services.store.head(asked.bucket, asked.key);
        let Some(head) = services.shown.heads.ask(&place, read).await? else {
            return Ok(None);
        };
        let version = head.version_id;
        let key = Key {
            project_id: asked.project_id,
            mark: facts.mark,
            key: asked.key.to_owned(),
            // In a store without versions nothing tells whether it is still the same.
            version: version.clone().unwrap_or_default(),
            filter: asked.filter.to_owned(),
            from: asked.from,
            most: asked.most,
        };
        let make = || Self::asked(services, facts, asked, version.as_deref());
        if version.is_none() {
            return make().await.map(Some);
        }
        if let Some(kept) = services.shown.table(&key) {
            return Ok(Some(kept));
        }
        // It is made once, and those who waited find it kept.
        let make = || async {
            if let Some(kept) = services.shown.table(&key) {
                return Ok(kept);
            }
            let made = make().await?;
            services.shown.keep_table(key.clone(), &made);
            Ok::<_, ServiceError>(made)
        };
        services.shown.answers.ask(&key, make).await.map(Some)
    }

    /// Asks the table itself.
    async fn asked(
        services: &Services,
        facts: &Arc<ProjectFacts>,
        asked: AskedTable<'_>,
        version_id: Option<&str>,
    ) -> Result<Arc<Self>> {
        let at = TableAt {
            bucket: asked.bucket,
            key: asked.key,
            version_id,
        };
        let meter = Meter::default();
        let (read, _admitted) = table(services, at, &meter).await?;
        let (filter, from, most) = (asked.filter.to_owned(), asked.from, asked.most);
        let of_files = Arc::clone(facts);
        let made = meter.blocking(move || Self::made(&read, &of_files, &filter, (from, most)));
        Ok(Arc::new(made.await?))
    }

    fn made(
        table: &Table,
        facts: &ProjectFacts,
        filter: &str,
        (from, most): (usize, usize),
    ) -> Self {
        let checks = Checks {
            project_samples: Some(&facts.samples),
            unknown_samples: UnknownSamples::Warn,
            ..Checks::default()
        };
        let mut report = validate(table, Mode::Strict, &checks);
        report.errors.truncate(MOST_FINDINGS);
        report.warnings.truncate(MOST_FINDINGS);
        let all = table.columns().count();
        let columns = table.columns().take(MOST_COLUMNS).enumerate();
        let columns = columns.map(|(at, (name, kind))| ShownColumn {
            name: name.to_owned(),
            is_number: kind == Kind::Numeric,
            words: table.words(at, MOST_WORDS).into_iter().map(short).collect(),
        });
        Self {
            columns: columns.collect(),
            columns_left_out: all.saturating_sub(MOST_COLUMNS),
            rows: table.row_count(),
            errors: report.errors,
            warnings: report.warnings,
            answer: fitting(table, facts, filter, &checks, (from, most)),
        }
    }
}

fn fitting(
    table: &Table,
    facts: &ProjectFacts,
    filter: &str,
    checks: &Checks<'_>,
    (from, most): (usize, usize),
) -> Result<Fitting, String> {
    let filter = Filter::parse(filter, Mode::Strict).map_err(|error| error.to_string())?;
    // What is said of the table stands beside it.
    let checks = Checks {
        project_samples: None,
        ..*checks
    };
    let found = query(table, &filter, &checks).map_err(|error| error.to_string())?;
    let rows: Vec<(usize, &str)> = found
        .sample_ids
        .iter()
        .filter_map(|name| table.row_of(name).map(|row| (row, *name)))
        .collect();
    let shown = rows.iter().skip(from).take(most).map(|(row, _)| {
        let columns = 0..table.columns().count().min(MOST_COLUMNS);
        columns.map(|at| short(table.cell(at, *row))).collect()
    });
    let (places, without_place) = match columns(table) {
        Some(at) => {
            let (places, without) = places(table, at, &rows);
            (Some(places), without)
        }
        None => (None, 0),
    };
    let on_page = found.sample_ids.iter().skip(from).take(most).copied();
    Ok(Fitting {
        matrix: Matrix::of(facts, &on_page.collect::<Vec<_>>()),
        samples: rows.len(),
        files: files_with(facts, &found.sample_ids),
        rows: shown.collect(),
        warnings: found.warnings,
        places,
        without_place,
        drawn: OnceLock::new(),
    })
}

/// How many files have one of these samples. A list is looked at once, however many files share it.
fn files_with(facts: &ProjectFacts, samples: &[&str]) -> usize {
    let wanted: HashSet<&str> = samples.iter().copied().collect();
    let mut known = std::collections::HashMap::new();
    let has = |file: &&divbase_db::VcfVersion| {
        *known.entry(Arc::as_ptr(&file.samples)).or_insert_with(|| {
            file.samples
                .iter()
                .any(|name| wanted.contains(name.as_str()))
        })
    };
    facts.files.iter().filter(has).count()
}

/// A cell, cut where it is too long to be shown.
fn short(cell: &str) -> String {
    match cell.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}
