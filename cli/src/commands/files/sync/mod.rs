//! `files sync`: makes a local folder and a folder of the project alike, by checksums.

mod compare;
mod here;
mod plan;
mod report;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use clap::Args;
use divbase_contract::{files::FileEntry, names::UploadName};

use here::{Contents, Folder, is_hidden};
use plan::{Direction, Plan};
use report::{Report, Told};

use crate::{
    app::{App, ProjectApi},
    arguments::{JsonFormat, ProjectArg},
    failure::{Failure, Outcome},
    files_api::Depth,
    output,
    settings::expand_home,
    transfer::{
        Narration,
        download::{self, Checks, Wanted},
        keys,
        upload::{self, Upload},
    },
};

/// `files sync LOCAL_DIR`
#[derive(Args)]
pub struct SyncArgs {
    /// Folder of this machine; symbolic links below it are not followed, and hidden files are left out
    local_dir: String,
    /// Make the project like the local folder
    #[arg(long, conflicts_with = "from_project")]
    to_project: bool,
    /// Make the local folder like the project
    #[arg(long)]
    from_project: bool,
    /// Folder of the project [default: all of it]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<String>,
    /// Delete what only the side has that is changed; asks first, and in the project it can be restored for 30 days
    #[arg(long)]
    delete: bool,
    /// Do not ask before files are deleted
    #[arg(long, short = 'y')]
    yes: bool,
    /// Only tell what would be done
    #[arg(long, short = 'n')]
    dry_run: bool,
    #[command(flatten)]
    project: ProjectArg,
    #[command(flatten)]
    format: JsonFormat,
}

impl SyncArgs {
    const fn direction(&self) -> Direction {
        match (self.to_project, self.from_project) {
            (true, _) => Direction::ToProject,
            (_, true) => Direction::FromProject,
            _ => Direction::Both,
        }
    }
}

pub(super) async fn run(args: SyncArgs, app: &App) -> Outcome {
    let direction = args.direction();
    if args.delete && direction == Direction::Both {
        return Err(Failure::Usage(
            "--delete needs --to-project or --from-project: they say on which side files are deleted.".to_owned(),
        ));
    }
    let prefix = keys::folder_prefix(args.folder.as_deref().unwrap_or_default())?;
    let at = app.project(args.project.project.as_deref())?;
    let folder = open(&args, direction)?;
    let contents = folder.contents()?;
    let (there, mut left_out) = listed(&at, &prefix, &contents).await?;
    let pairs = contents.files.iter().filter_map(|(name, here)| {
        let there = there.get(name)?;
        Some((name.clone(), here, there))
    });
    let compared = compare::all(&at, pairs.collect()).await?;
    let here_names: BTreeSet<&str> = contents.files.keys().map(String::as_str).collect();
    let there_names: BTreeSet<&str> = there.keys().map(String::as_str).collect();
    let mut plan = plan::plan(&here_names, &there_names, &compared, direction, args.delete);
    left_out.extend(without_unsupported(&mut plan, &prefix));
    left_out.extend(
        contents
            .left_out
            .iter()
            .map(|(name, reason)| Told::of(name, reason)),
    );
    let report = Report::of(direction, &plan, left_out);
    if args.dry_run {
        return report.foreseen(plan).show(args.format.json);
    }
    let sync = Sync {
        at: &at,
        folder: &folder,
        contents: &contents,
        prefix: &prefix,
        narration: args.format.narration(),
    };
    sync.run(plan, args.yes, report)
        .await?
        .show(args.format.json)
}

fn open(args: &SyncArgs, direction: Direction) -> Outcome<Folder> {
    let dir: PathBuf = expand_home(&args.local_dir);
    if direction != Direction::ToProject && !args.dry_run {
        fs::create_dir_all(&dir).map_err(|error| Failure::io("create", &dir, error))?;
    }
    Folder::open(&dir)
}

/// Files of the project below the prefix, by name, and those of them that have no place here.
async fn listed(
    at: &ProjectApi,
    prefix: &str,
    contents: &Contents,
) -> Outcome<(BTreeMap<String, FileEntry>, Vec<Told>)> {
    let (mut files, mut left_out) = (BTreeMap::new(), Vec::new());
    let links: BTreeSet<&str> = contents.left_out.iter().map(|(name, _)| &**name).collect();
    for file in at.list(Some(prefix), Depth::Everything).await?.files {
        let Some(name) = file.name.strip_prefix(prefix) else {
            continue;
        };
        // Folders, and the results of queries.
        if name.is_empty()
            || name.ends_with('/')
            || divbase_contract::vcf_keys::is_reserved(&file.name)
        {
            continue;
        }
        // It is told already that the local one is left out.
        if links.contains(name) {
            continue;
        }
        if is_hidden(name) {
            let reason = "its name begins with a dot, as those of hidden files do";
            left_out.push(Told::of(&file.name, reason));
            continue;
        }
        files.insert(name.to_owned(), file);
    }
    Ok((files, left_out))
}

/// Takes files out of the plan that the project does not take.
fn without_unsupported(plan: &mut Plan, prefix: &str) -> Vec<Told> {
    let mut left_out = Vec::new();
    plan.send.retain(|name| {
        let key = format!("{prefix}{name}").parse::<UploadName>();
        let reason = match &key {
            Ok(key) => key.writable().err().map(|error| error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        let is_taken = reason.is_none();
        left_out.extend(reason.map(|reason| Told::of(name, reason.trim_end_matches('.'))));
        is_taken
    });
    left_out
}

struct Sync<'a> {
    at: &'a ProjectApi,
    folder: &'a Folder,
    contents: &'a Contents,
    prefix: &'a str,
    narration: Narration,
}

impl Sync<'_> {
    async fn run(&self, plan: Plan, yes: bool, mut report: Report) -> Outcome<Report> {
        let deletions = plan.delete_there.len() + plan.delete_here.len();
        if deletions > 0 && !yes {
            ask(&plan)?;
        }
        self.send(&plan.send, &mut report).await?;
        self.fetch(&plan.fetch, &mut report).await?;
        if deletions > 0 && !report.failed.is_empty() {
            output::warn("nothing is deleted, because not everything was transferred.");
            return Ok(report);
        }
        let keys: Vec<String> = plan
            .delete_there
            .iter()
            .map(|name| format!("{}{name}", self.prefix))
            .collect();
        if !keys.is_empty() {
            self.at.delete(&keys).await?;
            report.deleted_in_project = plan.delete_there;
        }
        for name in plan.delete_here {
            match self.folder.delete(&name, &self.contents.files[&name]) {
                Ok(()) => report.deleted_here.push(name),
                Err(reason) => report.failed(&name, reason),
            }
        }
        Ok(report)
    }

    async fn send(&self, names: &[String], report: &mut Report) -> Outcome {
        let mut uploads = Vec::new();
        for name in names {
            let here = &self.contents.files[name];
            let upload = Upload {
                path: here.path.clone(),
                named: here.path.clone(),
                key: Failure::checked("the name of the file", format!("{}{name}", self.prefix))?,
                size: here.size,
                modified: here.modified,
                sums: None,
            };
            if upload.size == 0 {
                report.failed(name, "it is empty, and empty files cannot be uploaded");
                continue;
            }
            match super::upload::fault_of(&upload).await? {
                Some(fault) => report.failed(name, fault),
                None => uploads.push(upload),
            }
        }
        if uploads.is_empty() {
            return Ok(());
        }
        let uploads = super::upload::with_checksums(uploads).await?;
        let interrupted = "what has been sent or fetched stays so. The same `divbase-cli files sync` does the rest, and of a \
                           file above 96 MiB sends only the parts that are missing; nothing was deleted.";
        let sent = upload::all(self.at, uploads, self.narration, interrupted).await?;
        for upload in sent.done {
            report.sent.push(self.name_of(upload.key.as_str()));
        }
        for (upload, error) in sent.failed {
            report.failed(&self.name_of(upload.key.as_str()), error);
        }
        Ok(())
    }

    async fn fetch(&self, names: &[String], report: &mut Report) -> Outcome {
        let mut wanted = Vec::new();
        for name in names {
            match self.folder.place(name) {
                Ok(path) => wanted.push(Wanted::newest(format!("{}{name}", self.prefix), path)),
                Err(reason) => report.failed(name, reason),
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let received = download::all(self.at, wanted, Checks::Verify, self.narration).await?;
        report.fetched = received.names().map(|key| self.name_of(key)).collect();
        for (key, error) in received.failures() {
            report.failed(&self.name_of(key), error);
        }
        Ok(())
    }

    fn name_of(&self, key: &str) -> String {
        key.strip_prefix(self.prefix).unwrap_or(key).to_owned()
    }
}

/// Shows what would be deleted and asks whether it may be.
fn ask(plan: &Plan) -> Outcome {
    for (heading, names) in [
        (
            "These files of the project will be deleted:",
            &plan.delete_there,
        ),
        (
            "These files of this machine will be deleted, for good:",
            &plan.delete_here,
        ),
    ] {
        if !names.is_empty() {
            output::note(heading);
            output::note_list(names);
        }
    }
    if output::confirm("Go on?")? {
        return Ok(());
    }
    Err(Failure::Refused(
        "nothing was transferred or deleted.".to_owned(),
    ))
}
