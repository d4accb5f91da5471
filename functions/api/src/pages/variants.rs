//! `/projects/{project_name}/variants`: the scaffolds of a project, and which files have records in a region; ways on to the genome
//! browser and to a query.

use std::sync::Arc;

use askama::Template;
use axum::{Router, response::Response, routing::get};
use divbase_db::VcfVersion;
use divbase_service::shown::{ProjectFacts, ScaffoldFacts};

use super::{asked::Asked, frame::Frame, head::Head, samples::refused, show};
use crate::{
    AppState,
    error::ApiError,
    extract::{Project, ReadRole},
};

/// Files and scaffolds that are shown.
const MOST: usize = 200;

/// Bases that the genome browser shows of a whole scaffold at first.
const WINDOW: u64 = 10_000;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{project_name}/variants", get(view))
}

/// A part of a scaffold, 1-based with both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Region {
    scaffold: String,
    from: u64,
    to: u64,
    is_whole: bool,
}

impl Region {
    /// `chr1`, `chr1:100` or `chr1:1-2,000`; a name may be in braces, as bcftools takes those with colons.
    fn parse(text: &str, facts: &ProjectFacts) -> Result<Self, String> {
        let known = |name: &str| facts.scaffolds().iter().any(|one| one.name == name);
        let whole = |scaffold: &str| Self {
            scaffold: scaffold.to_owned(),
            from: 1,
            to: u64::MAX,
            is_whole: true,
        };
        let text = text.trim();
        if known(text) {
            return Ok(whole(text));
        }
        let (name, place) = match text.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, rest)) => (name, rest.strip_prefix(':')),
            None => match text.rsplit_once(':') {
                Some((name, place)) => (name, Some(place)),
                None => (text, None),
            },
        };
        if !known(name) {
            return Err(format!("No file has records on a scaffold '{name}'."));
        }
        let Some(place) = place else {
            return Ok(whole(name));
        };
        let number = |text: &str| text.replace([',', ' '], "").parse::<u64>().ok();
        let ends = match place.split_once('-') {
            Some((from, "")) => number(from).map(|from| (from, u64::MAX)),
            Some((from, to)) => number(from).zip(number(to)),
            None => number(place).map(|at| (at, at)),
        };
        match ends {
            Some((from, to)) if from <= to => Ok(Self {
                scaffold: name.to_owned(),
                from: from.max(1),
                to,
                is_whole: false,
            }),
            _ => Err(format!(
                "'{place}' is no part of a scaffold. Write it as {name}:1-2,000."
            )),
        }
    }
}

#[derive(Template)]
#[template(path = "variants.html")]
struct Variants {
    frame: Frame,
    head: Head,
    asked: Asked,
    facts: Arc<ProjectFacts>,
    region: Option<Region>,
}

impl Variants {
    fn scaffolds(&self) -> &[ScaffoldFacts] {
        let all = self.facts.scaffolds();
        &all[..all.len().min(MOST)]
    }

    fn scaffolds_left_out(&self) -> usize {
        self.facts.scaffolds().len() - self.scaffolds().len()
    }

    fn files(&self, region: &Region) -> Vec<&VcfVersion> {
        let files = self
            .facts
            .files_at(&region.scaffold, region.from, region.to);
        files.take(MOST).collect()
    }

    fn count(&self, region: &Region) -> usize {
        let files = self
            .facts
            .files_at(&region.scaffold, region.from, region.to);
        files.count()
    }

    /// As bcftools and igv take it.
    fn written(&self, region: &Region) -> String {
        match region {
            Region {
                is_whole: true,
                scaffold,
                ..
            } => scaffold.clone(),
            Region {
                to: u64::MAX,
                scaffold,
                from,
                ..
            } => format!("{scaffold}:{from}-"),
            Region {
                scaffold, from, to, ..
            } => format!("{scaffold}:{from}-{to}"),
        }
    }

    /// Where the genome browser opens a file.
    fn view(&self, region: &Region, file: &VcfVersion) -> String {
        let first = file
            .scaffolds
            .get(&region.scaffold)
            .map_or(1, |extent| extent.first);
        let from = region.from.max(if region.is_whole { first } else { 1 });
        let to = if region.to == u64::MAX {
            from + WINDOW
        } else {
            region.to
        };
        format!("{}:{from}-{to}", region.scaffold)
    }

    fn records(&self, region: &Region, file: &VcfVersion) -> String {
        let extent = file.scaffolds.get(&region.scaffold);
        extent.map_or_else(String::new, |extent| show::count(&extent.records))
    }

    fn extent(&self, region: &Region, file: &VcfVersion) -> String {
        let extent = file.scaffolds.get(&region.scaffold);
        extent.map_or_else(String::new, |extent| {
            format!(
                "{} to {}",
                show::count(&extent.first),
                show::count(&extent.last)
            )
        })
    }
}

async fn view(
    state: AppState,
    mut frame: Frame,
    asked: Asked,
    call: Project<ReadRole>,
) -> Result<Response, ApiError> {
    let services = state.runner.services();
    let facts = ProjectFacts::of(services, call.project.project_id)
        .await
        .map_err(refused)?;
    let mut region = None;
    if !asked.get("region").is_empty() {
        match Region::parse(asked.get("region"), &facts) {
            Ok(parsed) => region = Some(parsed),
            Err(text) => frame.problems.push(text),
        }
    }
    Ok(frame.page(|frame| Variants {
        frame,
        head: Head::of(&call.project, "variants"),
        asked,
        facts,
        region,
    }))
}
