//! The files that are measured: generated once, kept between runs.

use std::fs;
use std::path::{Path, PathBuf};

use divbase_cohort::{Cohort, Field, Layout, Phasing, SplitSites};

use crate::error::Error;
use crate::runner::{Runner, Work};

/// Sizes of the data: the whole, or a tenth to try the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Full,
    Small,
}

/// Paths and sample names.
#[derive(Debug)]
pub(crate) struct Data {
    /// 1,000 samples, GT:AD:DP:GQ:PL, as of a short-read caller.
    pub(crate) reads: PathBuf,
    /// 2,500 samples, GT only, phased.
    pub(crate) genotypes: PathBuf,
    /// As `reads`, above 100 MB, and as bcftools writes it, so that nothing needs to be spelled anew.
    pub(crate) large: PathBuf,
    /// `reads` and `genotypes` as bcftools writes them: most files here have been through it.
    pub(crate) reads_rewritten: PathBuf,
    pub(crate) genotypes_rewritten: PathBuf,
    /// The same as BCF.
    pub(crate) reads_bcf: PathBuf,
    pub(crate) genotypes_bcf: PathBuf,
    /// About a hundredth of `large`.
    pub(crate) region: String,
    /// Half of the first scaffold of `reads` and of `genotypes`.
    pub(crate) reads_region: String,
    pub(crate) genotypes_region: String,
    /// The samples of `reads` in two halves, with the same sites.
    pub(crate) halves: Vec<PathBuf>,
    /// gVCF of one sample each, with other blocks and variants.
    pub(crate) gvcf: Vec<PathBuf>,
    /// `reads` by scaffold, in genomic order.
    pub(crate) scaffolds: Vec<PathBuf>,
    /// Files with a record on each of so many scaffolds.
    pub(crate) fragmented: Vec<(usize, PathBuf)>,
    pub(crate) reads_samples: Vec<String>,
    pub(crate) genotypes_samples: Vec<String>,
}

impl Data {
    /// Generates what is not there yet, with an index beside every file.
    pub(crate) fn prepare(folder: &Path, scale: Scale, runner: &mut Runner) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::io(folder))?;
        let part = match scale {
            Scale::Full => 1,
            Scale::Small => 10,
        };
        let reads = Cohort {
            samples: 1_000,
            records: 8_000 / part,
            scaffolds: 2,
            ..Cohort::default()
        };
        let genotypes = Cohort {
            samples: 2_500,
            records: 24_000 / part,
            fields: vec![Field::Gt],
            phasing: Phasing::Phased,
            missing: 0.0,
            ..reads.clone()
        };
        let large = Cohort {
            records: 40_000 / part,
            scaffolds: 4,
            seed: 2,
            ..reads.clone()
        };
        let halves = Cohort {
            split_sites: SplitSites::All,
            ..reads.clone()
        };
        let made = |cohort: &Cohort, layout, name: &str| -> Result<Vec<PathBuf>, Error> {
            let marker = folder.join(format!("{name}.files"));
            if let Ok(list) = fs::read_to_string(&marker) {
                return Ok(list.lines().map(PathBuf::from).collect());
            }
            let written = cohort.write(layout, folder, name)?;
            let paths: Vec<PathBuf> = written.files.into_iter().map(|file| file.path).collect();
            let list: Vec<String> = paths
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            fs::write(&marker, list.join("\n")).map_err(Error::io(&marker))?;
            Ok(paths)
        };
        let reads_file = first(made(&reads, Layout::Whole, "reads")?);
        let genotypes_file = first(made(&genotypes, Layout::Whole, "genotypes")?);
        let caller = first(made(&large, Layout::Whole, "caller")?);
        let large_file = rewritten(&caller, folder, "large.vcf.gz", runner)?;
        if caller.exists() {
            // The file as the caller wrote it is not kept.
            fs::remove_file(&caller).map_err(Error::io(&caller))?;
        }
        let data = Self {
            reads_rewritten: rewritten(&reads_file, folder, "reads-rewritten.vcf.gz", runner)?,
            genotypes_rewritten: rewritten(
                &genotypes_file,
                folder,
                "genotypes-rewritten.vcf.gz",
                runner,
            )?,
            reads_bcf: rewritten(&reads_file, folder, "reads.bcf", runner)?,
            genotypes_bcf: rewritten(&genotypes_file, folder, "genotypes.bcf", runner)?,
            reads: reads_file,
            genotypes: genotypes_file,
            large: large_file,
            region: hundredth(&large),
            reads_region: half(&reads),
            genotypes_region: half(&genotypes),
            halves: made(&halves, Layout::BySamples(2), "halves")?,
            gvcf: [1, 2]
                .into_iter()
                .map(|sample| gvcf(sample, 300_000 / part, folder, runner))
                .collect::<Result<_, _>>()?,
            scaffolds: made(&reads, Layout::ByScaffold, "scaffolds")?,
            fragmented: [100_000 / part, 200_000 / part, 1_000_000 / part]
                .into_iter()
                .map(|count| Ok((count, fragmented(count, folder, runner)?)))
                .collect::<Result<_, Error>>()?,
            reads_samples: reads.sample_names(),
            genotypes_samples: genotypes.sample_names(),
        };
        let all = [
            &data.reads,
            &data.genotypes,
            &data.large,
            &data.reads_bcf,
            &data.genotypes_bcf,
        ];
        let fragmented = data.fragmented.iter().map(|(_, path)| path);
        let all = all.into_iter().chain(&data.halves).chain(&data.scaffolds);
        for path in all.chain(&data.gvcf).chain(fragmented) {
            let index = PathBuf::from(format!("{}.csi", path.display()));
            if !index.exists() {
                let words = ["index", "-f", "-c", &path.display().to_string()].map(str::to_owned);
                runner.run(&Work::Bcftools(vec![words.to_vec()]))?;
            }
        }
        Ok(data)
    }
}

/// The file as bcftools writes it, under another name, whose ending says in which format.
fn rewritten(
    file: &Path,
    folder: &Path,
    name: &str,
    runner: &mut Runner,
) -> Result<PathBuf, Error> {
    let path = folder.join(name);
    if !path.exists() {
        let kind = if name.ends_with(".bcf") { "-Ob" } else { "-Oz" };
        let words = ["view", "--no-version", kind, "-o"]
            .map(str::to_owned)
            .to_vec();
        let files = [&path, file].map(|path| path.display().to_string());
        runner.run(&Work::Bcftools(vec![[words, files.to_vec()].concat()]))?;
    }
    Ok(path)
}

/// The gVCF file of one sample.
fn gvcf(sample: u64, records: usize, folder: &Path, runner: &mut Runner) -> Result<PathBuf, Error> {
    let name = format!("gvcf-{sample}.vcf.gz");
    let text = folder.join(format!("gvcf-{sample}.vcf"));
    if !folder.join(&name).exists() {
        fs::write(&text, crate::gvcf::text(sample, records)).map_err(Error::io(&text))?;
    }
    rewritten(&text, folder, &name, runner)
}

/// A file with one record on each of `count` scaffolds.
fn fragmented(count: usize, folder: &Path, runner: &mut Runner) -> Result<PathBuf, Error> {
    let name = format!("fragmented-{count}");
    let text = folder.join(format!("{name}.vcf"));
    if !folder.join(format!("{name}.vcf.gz")).exists() {
        let mut content = String::from("##fileformat=VCFv4.3\n");
        for number in 0..count {
            content.push_str(&format!("##contig=<ID=scaffold_{number},length=1000>\n"));
        }
        content.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
        for number in 0..count {
            content.push_str(&format!("scaffold_{number}\t5\t.\tA\tC\t50\tPASS\t.\n"));
        }
        fs::write(&text, content).map_err(Error::io(&text))?;
    }
    rewritten(&text, folder, &name, runner)
}

fn first(paths: Vec<PathBuf>) -> PathBuf {
    paths.into_iter().next().unwrap_or_default()
}

/// A stretch of the first scaffold whose expected number of sites is a hundredth of all.
fn hundredth(cohort: &Cohort) -> String {
    let length = cohort.records as u64 / 100 * cohort.spacing;
    let from = 5 * length;
    format!("{}1:{}-{}", cohort.scaffold_prefix, from, from + length - 1)
}

/// The middle of the first scaffold, which holds about half of its sites.
fn half(cohort: &Cohort) -> String {
    let length = (cohort.records / cohort.scaffolds) as u64 * cohort.spacing;
    let prefix = &cohort.scaffold_prefix;
    format!("{prefix}1:{}-{}", length / 4, length * 3 / 4)
}
