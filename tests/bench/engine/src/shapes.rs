//! Shapes that are large in one way, as programs: time and memory at half the size and at the whole, beside bcftools where it can do
//! the same. `RATIO` lines: how much less than 2.2 times as long twice the size takes, and bcftools' memory over ours; 1 is the goal.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use divbase_cohort::write_bgzf;

use crate::error::Error;
use crate::runner::{Runner, Used, Work};

/// By how much time may grow when a dimension doubles.
const GROWTH: f64 = 2.2;
/// Repetitions; the fastest counts.
const REPEAT: usize = 3;
/// Open files that a process is allowed.
const DESCRIPTORS: usize = 1_024;

/// One shape at one size.
struct Shape {
    /// What we do.
    ours: Vec<String>,
    /// What bcftools does, if it can.
    theirs: Option<Vec<String>>,
}

/// Makes the data of a size, if it is not there, and says what to do with it.
type Make = fn(&Path, usize) -> Result<Shape, Error>;

/// What is large, its size, and how it is made.
const SHAPES: [(&str, usize, Make); 6] = [
    ("scaffolds", 1_000_000, scaffolds),
    ("samples", 100_000, samples),
    ("files-concatenated", 10_000, concatenated),
    ("regions", 10_000, regions),
    ("files-merged-1024-descriptors", 5_000, merged),
    ("megabytes-of-one-line", 60, line),
];

/// A row of the table.
struct Row {
    name: String,
    size: usize,
    ours: Used,
    theirs: Option<Used>,
}

/// Measures all shapes, or those whose name contains `only`; whether all goals are reached.
pub(crate) fn measure(folder: &Path, cli: &Path, only: Option<&str>) -> Result<bool, Error> {
    let folder = folder.join("shapes");
    fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
    let mut runner = Runner::start(&folder)?;
    let (mut rows, mut reached) = (Vec::new(), true);
    for (name, size, make) in SHAPES {
        if only.is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let mut seconds = Vec::new();
        for size in [size / 2, size] {
            let shape = make(&folder, size)?;
            let ours = fastest(&mut runner, &our_work(cli, &shape.ours))?;
            let theirs = shape.theirs.map(|words| Work::Bcftools(vec![words]));
            let theirs = theirs.map(|work| fastest(&mut runner, &work)).transpose()?;
            seconds.push(ours.cpu.max(0.01));
            rows.push(Row {
                name: name.to_owned(),
                size,
                ours,
                theirs,
            });
        }
        let mut ratio = |what: &str, value: f64| {
            println!("RATIO shape-{name}-{what} {value:.2} 1.00");
            reached &= value >= 1.0;
        };
        if let [half, whole] = seconds[..] {
            ratio("growth", GROWTH * half / whole);
        }
        if let Some(Row {
            ours,
            theirs: Some(theirs),
            ..
        }) = rows.last()
        {
            ratio("memory", theirs.memory as f64 / ours.memory.max(1) as f64);
        }
    }
    println!(
        "| shape | size | CPU s | memory MiB | bcftools: CPU s | memory MiB |\n|---|---|---|---|---|---|"
    );
    for Row {
        name,
        size,
        ours,
        theirs,
    } in rows
    {
        let told = |used: Used| format!("{:.2} | {}", used.cpu, used.memory >> 20);
        let theirs = theirs.map_or_else(|| "– | –".to_owned(), told);
        println!("| {name} | {size} | {} | {theirs} |", told(ours));
    }
    Ok(reached)
}

fn our_work(cli: &Path, words: &[String]) -> Work {
    let limited = format!("ulimit -n {DESCRIPTORS}; exec \"$@\"");
    let head = [
        "/bin/sh",
        "-c",
        &limited,
        "sh",
        &cli.display().to_string(),
        "local",
    ]
    .map(str::to_owned);
    Work::Program([&head[..], words].concat())
}

fn fastest(runner: &mut Runner, work: &Work) -> Result<Used, Error> {
    let mut best: Option<Used> = None;
    for _ in 0..REPEAT {
        let used = runner.run(work)?;
        if best.is_none_or(|best| used.cpu < best.cpu) {
            best = Some(used);
        }
    }
    best.ok_or_else(|| Error::Engine("nothing was run".to_owned()))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

const HEAD: &str =
    "##fileformat=VCFv4.3\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"g\">\n";
const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

/// A file of this text, made once, bgzipped.
fn file(folder: &Path, name: &str, content: impl FnOnce() -> String) -> Result<PathBuf, Error> {
    let path = folder.join(name);
    if !path.exists() {
        write_bgzf(&path, content().as_bytes())?;
    }
    Ok(path)
}

fn both(arguments: &[&str]) -> Shape {
    Shape {
        ours: words(arguments),
        theirs: Some(words(arguments)),
    }
}

fn scaffolds(folder: &Path, count: usize) -> Result<Shape, Error> {
    let path = file(folder, &format!("scaffolds-{count}.vcf.gz"), || {
        let mut content = HEAD.to_owned();
        for number in 0..count {
            content.push_str(&format!("##contig=<ID=scaffold_{number},length=1000>\n"));
        }
        content.push_str(COLUMNS);
        content.push('\n');
        for number in 0..count {
            content.push_str(&format!("scaffold_{number}\t5\t.\tA\tC\t50\tPASS\t.\n"));
        }
        content
    })?;
    let index = folder.join("scaffolds.csi");
    Ok(both(&["index", "-f", "-o", &text(&index), &text(&path)]))
}

/// A line with the genotypes of so many samples.
fn record(position: usize, samples: usize) -> String {
    let mut line = format!("1\t{position}\t.\tA\tC\t50\tPASS\t.\tGT");
    for sample in 0..samples {
        line.push_str(["\t0/0", "\t0/1", "\t0/0", "\t1/1"][(sample + position) % 4]);
    }
    line.push('\n');
    line
}

fn header(samples: impl Iterator<Item = String>) -> String {
    let mut header = format!("{HEAD}##contig=<ID=1,length=100000000>\n{COLUMNS}\tFORMAT");
    for sample in samples {
        header.push('\t');
        header.push_str(&sample);
    }
    header.push('\n');
    header
}

fn samples(folder: &Path, count: usize) -> Result<Shape, Error> {
    let path = file(folder, &format!("samples-{count}.vcf.gz"), || {
        let mut content = header((0..count).map(|sample| format!("sample_{sample}")));
        (1..=200).for_each(|position| content.push_str(&record(position, count)));
        content
    })?;
    let few: Vec<String> = (0..10).map(|nth| format!("sample_{}", nth * 97)).collect();
    Ok(both(&["view", "-s", &few.join(","), &text(&path)]))
}

fn regions(folder: &Path, count: usize) -> Result<Shape, Error> {
    let path = file(folder, "regions.vcf.gz", || {
        let mut content = header((0..4).map(|sample| format!("sample_{sample}")));
        (1..=200_000).for_each(|nth| content.push_str(&record(nth * 100, 4)));
        content
    })?;
    if !folder.join("regions.vcf.gz.csi").exists() {
        let mut runner = Runner::start(folder)?;
        runner.run(&Work::Bcftools(vec![words(&[
            "index",
            "-f",
            "-c",
            &text(&path),
        ])]))?;
    }
    let list = folder.join(format!("regions-{count}.txt"));
    if !list.exists() {
        let step = 20_000_000 / count;
        let lines = (0..count).map(|nth| format!("1\t{}\t{}\n", nth * step + 1, nth * step + 500));
        fs::write(&list, lines.collect::<String>()).map_err(Error::io(&list))?;
    }
    Ok(both(&["view", "-R", &text(&list), &text(&path)]))
}

/// So many small files; `own` says that each has a sample of its own, and otherwise each lies behind the one before.
fn many(folder: &Path, count: usize, own: bool) -> Result<PathBuf, Error> {
    let kind = if own { "merged" } else { "concatenated" };
    let list = folder.join(format!("{kind}-{count}.txt"));
    if list.exists() {
        return Ok(list);
    }
    let below = folder.join(format!("{kind}-{count}"));
    fs::create_dir_all(&below).map_err(Error::io(&below))?;
    let unfinished = list.with_extension("unfinished");
    let names = File::create(&unfinished).map_err(Error::io(&unfinished))?;
    let mut names = BufWriter::new(names);
    for nth in 0..count {
        let sample = if own { nth } else { 0 };
        let path = file(&below, &format!("{nth}.vcf.gz"), || {
            let mut content = header(std::iter::once(format!("sample_{sample}")));
            for record_number in 0..10 {
                let position = if own {
                    1 + record_number * 100
                } else {
                    1 + nth * 1_000 + record_number
                };
                content.push_str(&record(position, 1));
            }
            content
        })?;
        writeln!(names, "{}", path.display()).map_err(Error::io(&unfinished))?;
    }
    names.flush().map_err(Error::io(&unfinished))?;
    fs::rename(&unfinished, &list).map_err(Error::io(&list))?;
    Ok(list)
}

fn concatenated(folder: &Path, count: usize) -> Result<Shape, Error> {
    let list = many(folder, count, false)?;
    Ok(both(&["concat", "-f", &text(&list)]))
}

/// bcftools keeps all files open, and has an index for each.
fn merged(folder: &Path, count: usize) -> Result<Shape, Error> {
    let list = many(folder, count, true)?;
    Ok(Shape {
        ours: words(&["merge", "-l", &text(&list)]),
        theirs: None,
    })
}

fn line(folder: &Path, megabytes: usize) -> Result<Shape, Error> {
    let path = file(folder, &format!("line-{megabytes}.vcf.gz"), || {
        let note = "ACGT".repeat(megabytes * 250_000);
        format!(
            "{HEAD}##INFO=<ID=NOTE,Number=1,Type=String,Description=\"n\">\n##contig=<ID=1,length=1000>\n{COLUMNS}\n\
             1\t5\t.\tA\tC\t50\tPASS\tNOTE={note}\n"
        )
    })?;
    Ok(both(&["view", &text(&path)]))
}
