//! All comparisons.

mod bcf;
mod scaffolds;
mod sequence;
mod views;

use std::fs;
use std::path::{Path, PathBuf};

use crate::comparison::{Comparison, Ratio};
use crate::data::Data;
use crate::runner::Work;

/// How our side is started and where outputs go.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) data: &'a Data,
    /// The `divbase-cli` to measure.
    pub(crate) cli: &'a Path,
    /// Words before the verb.
    pub(crate) prefix: &'a [String],
    pub(crate) folder: &'a Path,
}

impl Bench<'_> {
    pub(crate) fn comparisons(&self) -> Vec<Comparison> {
        let mut all = self.text_views();
        all.extend(self.bgzip_views());
        all.extend(self.bcf_views());
        all.extend(self.sequences());
        all.push(self.region());
        all.push(self.merge());
        all.push(self.merge_gvcf());
        all.push(self.checks());
        all.push(self.threads());
        all.extend(self.scaffolds());
        all
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn ours(&self, words: &[&str]) -> Work {
        let mut program = vec![self.cli.display().to_string()];
        program.extend_from_slice(self.prefix);
        program.extend(owned(words));
        Work::Program(program)
    }

    /// The header line that Python DivBase adds, in a file for `annotate`.
    fn created_line(&self) -> PathBuf {
        let path = self.out("created.txt");
        // Without the line `annotate` fails, and its message names the file.
        let _ = fs::write(&path, "##DivBase_created=\"by a benchmark\"\n");
        path
    }

    /// A hundredth of a large file, as the service is asked for it again and again. The other side
    /// indexes the file each time, as Python DivBase does; ours keeps its index.
    fn region(&self) -> Comparison {
        let large = text(&self.data.large);
        let (theirs, ours) = (
            text(&self.out("their-region.bcf")),
            text(&self.out("our-region.vcf.gz")),
        );
        let sorted = text(&self.out("their-region.vcf.gz"));
        let annotated = text(&self.out("their-annotated.bcf"));
        let header = text(&self.created_line());
        let region = self.data.region.as_str();
        let steps: [&[&str]; 6] = [
            &["index", "-f", &large],
            &["view", "-r", region, &large, "-Ou", "-o", &theirs],
            &["index", "-f", &theirs],
            &["query", "-l", &theirs],
            &["annotate", "-h", &header, "-Ou", "-o", &annotated, &theirs],
            &["sort", "-Oz", "-o", &sorted, &annotated],
        ];
        Comparison {
            name: "region-only".to_owned(),
            theirs: vec![bcftools(&steps)],
            ours: self.ours(&["view", "-r", region, "-O", "z", "-o", &ours, &large]),
            outputs: None,
            ratios: vec![Ratio::Cpu { goal: 30.0 }],
        }
    }

    fn merge(&self) -> Comparison {
        let (theirs, ours) = (
            text(&self.out("their-merge.vcf.gz")),
            text(&self.out("our-merge.vcf.gz")),
        );
        let (first, second) = (text(&self.data.halves[0]), text(&self.data.halves[1]));
        Comparison {
            name: "merge".to_owned(),
            theirs: vec![bcftools(&[&[
                "merge", "-Oz", "-o", &theirs, &first, &second,
            ]])],
            ours: self.ours(&["merge", "-O", "z", "-o", &ours, &first, &second]),
            outputs: Some((theirs.into(), ours.into())),
            ratios: vec![Ratio::Cpu { goal: 2.0 }, Ratio::Size { allowed: 1.06 }],
        }
    }

    fn merge_gvcf(&self) -> Comparison {
        let (theirs, ours) = (
            text(&self.out("their-gvcf.vcf.gz")),
            text(&self.out("our-gvcf.vcf.gz")),
        );
        let (first, second) = (text(&self.data.gvcf[0]), text(&self.data.gvcf[1]));
        let words = |out| ["merge", "-g", "-", "-O", "z", "-o", out];
        let files = [first.as_str(), second.as_str()];
        Comparison {
            name: "merge gvcf".to_owned(),
            theirs: vec![bcftools(&[&[&words(&theirs)[..], &files].concat()])],
            ours: self.ours(&[&words(&ours)[..], &files].concat()),
            outputs: Some((theirs.clone().into(), ours.clone().into())),
            ratios: vec![Ratio::Cpu { goal: 2.0 }, Ratio::Size { allowed: 1.06 }],
        }
    }

    /// Joining without looking whether files belong together, against looking: REF of each site, ends of scaffolds, lengths
    /// and digests. It may cost a twentieth.
    fn checks(&self) -> Comparison {
        let out = text(&self.out("our-checks.vcf.gz"));
        let (first, second) = (text(&self.data.halves[0]), text(&self.data.halves[1]));
        let join = |policy| {
            let options = ["--threads", "1", "-O", "z", "-o", &out];
            let files = [first.as_str(), second.as_str()];
            self.ours(&[&["join", "--on-conflict", policy], &options[..], &files[..]].concat())
        };
        Comparison {
            name: "checks-of-the-reference".to_owned(),
            theirs: vec![join("unchecked")],
            ours: join("error"),
            outputs: None,
            ratios: vec![Ratio::Cpu { goal: 0.95 }],
        }
    }

    /// Ours with one thread against ours with two.
    fn threads(&self) -> Comparison {
        let out = text(&self.out("our-threads.vcf.gz"));
        let file = text(&self.data.reads);
        let run = |threads| {
            let filter = ["-i", "QUAL>30"];
            self.ours(&[
                "view",
                filter[0],
                filter[1],
                "--threads",
                threads,
                "-O",
                "z",
                "-o",
                &out,
                &file,
            ])
        };
        Comparison {
            name: "two-threads".to_owned(),
            theirs: vec![run("1")],
            ours: run("2"),
            outputs: None,
            ratios: vec![Ratio::Wall { goal: 1.7 }],
        }
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn bcftools(steps: &[&[&str]]) -> Work {
    Work::Bcftools(steps.iter().map(|words| owned(words)).collect())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
