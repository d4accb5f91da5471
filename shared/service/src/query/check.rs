//! Whether a command fits the headers of its files, asked of the engine itself before anything is queued. The index has
//! the declarations of each header, so no file is read.

use std::collections::{BTreeMap, HashMap, HashSet};

use divbase_contract::{
    FailureClass,
    plan::{FilterScope, OnConflict},
    query::QueryOptions,
};
use divbase_vcf::{
    Category, Error, Header,
    command::Pipeline,
    expr::NodeKind,
    header::LineKind,
    merge::{InfoRules, Rules},
    query::compare_scaffolds,
    view::{Context, View},
};

use super::{
    choose::{Chosen, samples_of},
    merging,
    text::{listed, nearest},
    warnings::bare,
};
use crate::{Result, ServiceError, Services, engine::in_file_order, reference::Reference};

/// What the headers say to the command.
#[derive(Debug, Default)]
pub(crate) struct Fit {
    /// Why the native engine leaves the query to bcftools, if it does.
    pub(crate) declined: Option<Error>,
    /// Whether an expression is answered from earlier records.
    pub(crate) in_order: bool,
    /// By row of the header, what looks at files by themselves if it can pass over parts of them.
    pub(crate) skipping: HashMap<i64, View>,
    /// Rows of the headers of files of which the stages look at no other samples than those that are kept.
    pub(crate) choosing: HashSet<i64>,
    /// Tags that files declare differently.
    pub(crate) warnings: Vec<String>,
}

/// A header that one or more files have, with the first of them.
struct Declared<'f> {
    chosen: &'f Chosen,
    header: Header,
}

/// Tries the command on each header, and the rules for INFO, if files are merged, on the merged one. Files with the same declarations are tried once.
///
/// # Errors
/// A user error if a file's header refuses the command, the headers are about different references, or the database fails.
pub(crate) async fn fit(
    services: &Services,
    project_id: i64,
    files: &[&Chosen],
    pipeline: &Pipeline,
    options: &QueryOptions,
    rules: Option<&Rules>,
) -> Result<Fit> {
    let mut first_of: BTreeMap<i64, &Chosen> = BTreeMap::new();
    for chosen in files {
        first_of.entry(chosen.file.header_id).or_insert(chosen);
    }
    let lists = services.db.text_lists(first_of.keys().copied()).await?;
    let mut declared = Vec::with_capacity(first_of.len());
    for (id, chosen) in first_of {
        let lines = lists.get(&id).map(|list| &list[..]).unwrap_or_default();
        let header =
            declarations(lines, &chosen.file.samples).map_err(|error| refused(&error, chosen))?;
        declared.push(Declared { chosen, header });
    }
    declared.sort_by(|a, b| a.chosen.file.object_key.cmp(&b.chosen.file.object_key));
    let mut fit = Fit {
        warnings: conflicts(&declared),
        ..Fit::default()
    };
    fit.warnings
        .extend(one_reference(&declared, options.on_conflict)?);
    fit.warnings
        .extend(of_project(services, project_id, files, &declared, options.on_conflict).await?);
    let merged = merged(&declared, files);
    if let (Some(rules), Some((header, ..))) = (rules, &merged) {
        try_rules(rules, header, &mut fit)?;
    }
    match options.filter_scope {
        FilterScope::File => {
            for Declared { chosen, header } in &declared {
                let view = try_on(header, chosen, chosen.kept(), pipeline, &mut fit)?;
                let chooses = view
                    .as_ref()
                    .is_some_and(|view| view.chosen_columns().is_some() && !view.in_order());
                if chooses {
                    fit.choosing.insert(chosen.file.header_id);
                }
                let skipping = view.filter(View::may_skip);
                fit.skipping
                    .extend(skipping.map(|view| (chosen.file.header_id, view)));
            }
        }
        FilterScope::Cohort => {
            if let Some((header, selection, first)) = &merged {
                try_on(header, first, selection, pipeline, &mut fit)?;
            }
        }
    }
    Ok(fit)
}

/// Files about different references are not joined, unless the user decides otherwise; then it is told.
fn one_reference(declared: &[Declared<'_>], policy: OnConflict) -> Result<Vec<String>> {
    let headers = declared.iter();
    let headers = headers.map(|one| (one.chosen.file.object_key.as_str(), &one.header));
    let headers: Vec<(&str, &Header)> = headers.collect();
    let found = compare_scaffolds(&headers, merging::conflicts(policy))
        .map_err(|error| ServiceError::user(format!("{error}. {}", error.remedy())))?;
    Ok(found.iter().map(ToString::to_string).collect())
}

/// Files that contradict the project's reference are not joined with others, unless the user decides otherwise. By itself
/// each is answered with a warning.
async fn of_project(
    services: &Services,
    project_id: i64,
    files: &[&Chosen],
    declared: &[Declared<'_>],
    policy: OnConflict,
) -> Result<Vec<String>> {
    let reference = Reference::of(services.db.project_reference(project_id).await?);
    let headers: HashMap<i64, &Header> = declared
        .iter()
        .map(|one| (one.chosen.file.header_id, &one.header))
        .collect();
    let contradictions = files.iter().filter_map(|chosen| {
        let file = &chosen.file;
        let header = headers.get(&file.header_id)?;
        let found = reference.contradiction(header, &file.scaffolds)?;
        Some(format!("'{}': {found}", file.object_key))
    });
    let names = files.iter().map(|chosen| {
        let file = &chosen.file;
        (file.object_key.as_str(), &**file.scaffolds.names())
    });
    let found: Vec<String> = contradictions.chain(reference.two_names(names)).collect();
    match found.first() {
        Some(first) if policy == OnConflict::Error && files.len() > 1 => {
            Err(ServiceError::user(format!(
                "{first} Or leave the file out (--exclude-file), or say with --on-conflict first, missing or keep-both \
                 what is right."
            )))
        }
        _ => Ok(found),
    }
}

/// The header as the file has it, but for what declares nothing.
pub(crate) fn declarations(lines: &[String], samples: &[String]) -> Result<Header, Error> {
    let mut text = lines.join("\n");
    text.push_str("\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO");
    if !samples.is_empty() {
        text.push_str("\tFORMAT\t");
        text.push_str(&samples.join("\t"));
    }
    text.push('\n');
    Ok(Header::parse(text.as_bytes())?)
}

/// The header of the merged files, as far as a command is concerned: each tag as the first file declares it.
fn merged<'f>(
    declared: &[Declared<'f>],
    files: &[&Chosen],
) -> Option<(Header, Vec<String>, &'f Chosen)> {
    let (first, others) = declared.split_first()?;
    let mut lines: Vec<String> = Vec::new();
    for one in std::iter::once(first).chain(others) {
        lines.extend(one.header.lines().iter().map(|line| {
            String::from_utf8_lossy(line.printed())
                .trim_end()
                .to_owned()
        }));
    }
    let samples = samples_of(files.iter().copied());
    let samples: Vec<String> = samples.into_iter().cloned().collect();
    let header = declarations(&lines, &samples).ok()?;
    Some((header, samples, first.chosen))
}

fn try_on(
    header: &Header,
    chosen: &Chosen,
    selection: &[String],
    pipeline: &Pipeline,
    fit: &mut Fit,
) -> Result<Option<View>> {
    let scaffolds = chosen.file.scaffolds.names();
    let stages = pipeline.stages.iter();
    let pipeline = Pipeline {
        stages: stages
            .map(|stage| in_file_order(stage, scaffolds))
            .collect(),
    };
    let context = Context {
        selection: selection.to_vec(),
        scaffolds: Some(
            scaffolds
                .iter()
                .map(|name| name.clone().into_bytes())
                .collect(),
        ),
        date: String::new(),
        ..Context::default()
    };
    let error = match View::new(&pipeline, header, &context) {
        Ok(view) => {
            fit.in_order |= view.in_order();
            return Ok(Some(view));
        }
        Err(error) => error,
    };
    if error.category() == Category::Declined {
        fit.declined.get_or_insert(error);
        return Ok(None);
    }
    Err(ServiceError::Refused {
        class: FailureClass::BcftoolsCommand,
        message: format!(
            "The command does not fit the file '{}': {error}.{}",
            chosen.file.object_key,
            undeclared(header, &pipeline)
        ),
    })
}

fn try_rules(rules: &Rules, header: &Header, fit: &mut Fit) -> Result<()> {
    let Err(error) = rules.check(header) else {
        return Ok(());
    };
    if error.category() == Category::Declined {
        fit.declined.get_or_insert(error);
        return Ok(());
    }
    let tags = tags(header, |kind| kind == LineKind::Info);
    let known = tags.iter().map(String::as_str);
    let hint = match &rules.info {
        InfoRules::Given(rules) => rules
            .iter()
            .filter(|(tag, _)| header.info(tag).is_none())
            .map(|(tag, _)| nearest(tag, known.clone()))
            .find(|hint| !hint.is_empty())
            .unwrap_or_default(),
        InfoRules::Default | InfoRules::First => String::new(),
    };
    Err(ServiceError::user(format!(
        "--info-rules does not fit the files: {error}.{hint}"
    )))
}

/// The names that lines of such a kind declare.
fn tags(header: &Header, is_kind: impl Fn(LineKind) -> bool) -> Vec<String> {
    let lines = header.lines().iter().filter(|line| is_kind(line.kind()));
    lines
        .filter_map(|line| line.attribute(b"ID"))
        .map(|id| String::from_utf8_lossy(id).into_owned())
        .collect()
}

fn refused(error: &Error, chosen: &Chosen) -> ServiceError {
    ServiceError::user(format!(
        "The header of '{}' cannot be used: {error}. {}",
        chosen.file.object_key,
        error.remedy()
    ))
}

/// What may have been meant by names in expressions that the header does not know.
fn undeclared(header: &Header, pipeline: &Pipeline) -> String {
    let tags = tags(header, |kind| {
        matches!(kind, LineKind::Info | LineKind::Format)
    });
    let expressions = pipeline
        .stages
        .iter()
        .filter_map(|stage| stage.expression.as_ref());
    let nodes = expressions.flat_map(|filter| filter.expression.nodes());
    let names = nodes.filter_map(|node| match &node.kind {
        NodeKind::Name(name) => Some(bare(name)),
        _ => None,
    });
    let unknown = names.filter(|name| !header.has_tag(name) && name.parse::<f64>().is_err());
    unknown
        .map(|name| nearest(name, tags.iter().map(String::as_str)))
        .find(|hint| !hint.is_empty())
        .unwrap_or_default()
}

/// A column and a tag.
type Tag = (&'static str, Vec<u8>);

/// Tags of several files that do not say the same of their values.
fn conflicts(declared: &[Declared<'_>]) -> Vec<String> {
    let mut known: HashMap<Tag, (String, &str)> = HashMap::new();
    let mut conflicts: BTreeMap<Tag, (String, Vec<&str>)> = BTreeMap::new();
    for Declared { chosen, header } in declared {
        let key = chosen.file.object_key.as_str();
        for line in header.lines() {
            let column = match line.kind() {
                LineKind::Info => "INFO",
                LineKind::Format => "FORMAT",
                _ => continue,
            };
            let Some(id) = line.attribute(b"ID") else {
                continue;
            };
            let value = |name: &[u8]| {
                let value = line.attribute(name).unwrap_or(b"?");
                String::from_utf8_lossy(value).into_owned()
            };
            let says = format!("Number={},Type={}", value(b"Number"), value(b"Type"));
            let tag = (column, id.to_vec());
            match known.get(&tag) {
                None => {
                    known.insert(tag, (says, key));
                }
                Some((first, file)) if *first != says => {
                    let text = format!(
                        "{column}/{} is declared as {first} in '{file}' and as {says} in",
                        String::from_utf8_lossy(id)
                    );
                    conflicts
                        .entry(tag)
                        .or_insert((text, Vec::new()))
                        .1
                        .push(key);
                }
                Some(_) => {}
            }
        }
    }
    let told = conflicts.into_values();
    told.map(|(text, files)| {
        format!(
            "{text} {}; the result declares it as the first file does.",
            listed(files)
        )
    })
    .collect()
}
