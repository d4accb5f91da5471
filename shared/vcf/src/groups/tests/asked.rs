//! What is asked of files, at random or not, and what is told.

use std::num::NonZeroUsize;
use std::sync::Arc;

use proptest::prelude::*;

use super::File;
use crate::bgzf::tests::inflated;
use crate::command::{Pipeline, SampleChoice, parse_local};
use crate::groups::Groups;
use crate::notices::{Notice, Notices};
use crate::query::{
    Answer, Cancel, DEFAULT_LEVEL, Edge, Encoding, FilterScope, Indexing, Input, Join, Options,
    Request, answer, window,
};
use crate::reader::open;
use crate::view::Context;

/// A command, and how it is asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) command: Vec<String>,
    pub(super) selection: Vec<String>,
    pub(super) encoding: Encoding,
    pub(super) threads: usize,
    pub(super) indexed: bool,
    /// Scaffold and position from which on, and up to which, is answered.
    pub(super) window: Option<(u64, u64)>,
    pub(super) scope: FilterScope,
}

impl Asked {
    /// One command, answered as text by one thread, without the index.
    pub(super) fn of(command: &str) -> Self {
        Self {
            command: vec![command.to_owned()],
            selection: vec![],
            encoding: Encoding::Text,
            threads: 1,
            indexed: false,
            window: None,
            scope: FilterScope::File,
        }
    }
}

pub(super) type Told = Result<(Vec<u8>, u64, u64, Vec<Notice>), String>;

/// The answer of files with one name each, their samples apart.
pub(super) fn ask(files: &[&File], groups: &[Option<Groups>], asked: &Asked) -> Told {
    let opened: Vec<_> = files
        .iter()
        .map(|file| open(&file.source).unwrap())
        .collect();
    let stages = asked.command.iter().map(|stage| {
        let words: Vec<String> = stage.split_whitespace().map(str::to_owned).collect();
        parse_local(&words).unwrap().stage
    });
    let mut pipeline = Pipeline {
        stages: stages.collect(),
    };
    if let (Some(first), false) = (pipeline.stages.first_mut(), asked.selection.is_empty()) {
        first.samples = Some(SampleChoice::Selection);
    }
    let notices = Arc::new(Notices::default());
    let contexts: Vec<Context> = groups
        .iter()
        .map(|groups| Context {
            selection: asked.selection.clone(),
            notices: Arc::clone(&notices),
            groups: groups.clone(),
            ..Context::default()
        })
        .collect();
    let inputs: Vec<_> = files
        .iter()
        .zip(&opened)
        .zip(&contexts)
        .map(|((file, opened), context)| Input {
            name: "file",
            source: &file.source,
            opened,
            index: asked.indexed.then_some(&file.index),
            stages: &pipeline,
            context,
        })
        .collect();
    let options = Options {
        encoding: asked.encoding,
        threads: NonZeroUsize::new(asked.threads).unwrap(),
        indexing: match asked.encoding {
            Encoding::Text => Indexing::Off,
            _ => Indexing::Csi,
        },
        ..Options::default()
    };
    let together = [(0..files.len()).collect::<Vec<_>>()];
    let request = Request {
        join: Join {
            groups: &together,
            ..Join::default()
        },
        scope: asked.scope,
        ..Request::new(&inputs)
    };
    let mut out = Vec::new();
    let edge = |place: u64| Edge {
        scaffold: (1 + place / 10_000).to_string(),
        pos: place % 10_000,
    };
    let run = |out: &mut Vec<u8>| -> Result<Answer, crate::Error> {
        let Some((from, to)) = asked.window else {
            return answer(&request, &options, &Cancel::default(), out);
        };
        let window = window(&request, Some(&edge(from)), Some(&edge(to)))?;
        let request = Request {
            window: Some(&window),
            ..request
        };
        answer(&request, &options, &Cancel::default(), out)
    };
    let answered = run(&mut out);
    if asked.encoding != Encoding::Text {
        out = inflated(&out);
    }
    match answered {
        Ok(answer) => Ok((
            out,
            answer.summary.read,
            answer.summary.written,
            notices.take(),
        )),
        Err(error) => Err(error.to_string()),
    }
}

const FIRST: [&str; 21] = [
    "",
    "-I",
    "-i QUAL>20",
    "-i QUAL=39.5||QUAL=100",
    "-i INFO/AF>0.4&&INFO/AF<=0.5",
    "-e DP>3||FILTER=\"low\"",
    "-c 1",
    "-C 2 -I",
    "-q 0.2:nref",
    "-x",
    "-X",
    "-a",
    "-g het",
    "-p",
    "-r 1:40-900,3",
    "-r 2",
    "-t 2:1-2000",
    "-f PASS,.",
    "-i GT=\"alt\"",
    "-m 2 -M 2 -v snps",
    "-G",
];
const SECOND: [&str; 5] = [
    "-i AC>0",
    "-c 1:minor",
    "-i N_PASS(GT=\"alt\")>0",
    "-G",
    "-a -I",
];

pub(super) fn asked() -> impl Strategy<Value = Asked> {
    let options = (0..FIRST.len(), 0..2 * SECOND.len());
    let samples = proptest::collection::vec(0..23_usize, 1..7);
    let how = (0..3_usize, 1..4_usize, any::<bool>(), any::<bool>());
    let window = proptest::option::weighted(0.3, (0..30_000_u64, 0..30_000_u64));
    (options, samples, how, window).prop_map(|((first, second), samples, how, window)| {
        let (encoding, threads, indexed, selects) = how;
        let mut names: Vec<String> = Vec::new();
        for sample in samples {
            let name = format!("s{sample}");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut command = vec![FIRST[first].to_owned()];
        if !selects {
            command[0] += &format!(" -s {}", names.join(","));
        }
        command.extend(SECOND.get(second).map(|second| (*second).to_owned()));
        let window = window.filter(|_| indexed);
        Asked {
            command,
            selection: if selects { names } else { vec![] },
            encoding: [
                Encoding::Text,
                Encoding::Bgzip(DEFAULT_LEVEL),
                Encoding::Bcf(1),
            ][encoding],
            threads,
            indexed,
            window: window.map(|(a, b)| (a.min(b), a.max(b) + 1)),
            scope: FilterScope::File,
        }
    })
}
