//! Reading and writing BCF.

use super::views::every;
use super::{Bench, bcftools, text};
use crate::comparison::{Comparison, Ratio};

/// Reading and writing are to take half the CPU, with whatever they are put together.
const GOAL: f64 = 2.0;

/// A file in both formats, and what is asked of it.
struct Cohort<'d> {
    name: &'d str,
    bcf: String,
    vcf: String,
    samples: &'d [String],
    /// Half of its first scaffold.
    region: &'d str,
}

impl Bench<'_> {
    pub(super) fn bcf_views(&self) -> Vec<Comparison> {
        let data = self.data;
        let cohorts = [
            Cohort {
                name: "reads",
                bcf: text(&data.reads_bcf),
                vcf: text(&data.reads_rewritten),
                samples: &data.reads_samples,
                region: &data.reads_region,
            },
            Cohort {
                name: "genotypes",
                bcf: text(&data.genotypes_bcf),
                vcf: text(&data.genotypes_rewritten),
                samples: &data.genotypes_samples,
                region: &data.genotypes_region,
            },
        ];
        cohorts.iter().flat_map(|cohort| self.of(cohort)).collect()
    }

    fn of(&self, cohort: &Cohort<'_>) -> Vec<Comparison> {
        let half = every(2, cohort.samples);
        let few = every(50, cohort.samples);
        let cases: [(&str, &[&str], &str); 13] = [
            ("bcf to text", &["-Ov"], &cohort.bcf),
            (
                "bcf to text QUAL>30",
                &["-Ov", "-i", "QUAL>30"],
                &cohort.bcf,
            ),
            (
                "bcf to text 2% of samples",
                &["-Ov", "-s", &few],
                &cohort.bcf,
            ),
            ("bcf to bgzip", &["-Oz"], &cohort.bcf),
            ("bgzip to bcf", &["-Ob"], &cohort.vcf),
            (
                "bgzip to bcf QUAL>30",
                &["-Ob", "-i", "QUAL>30"],
                &cohort.vcf,
            ),
            (
                "bgzip to bcf half of samples",
                &["-Ob", "-s", &half],
                &cohort.vcf,
            ),
            ("bcf to bcf", &["-Ob"], &cohort.bcf),
            ("bcf to bcf QUAL>30", &["-Ob", "-i", "QUAL>30"], &cohort.bcf),
            (
                "bcf to bcf MAF>=0.05",
                &["-Ob", "-i", "MAF>=0.05"],
                &cohort.bcf,
            ),
            (
                "bcf to bcf half of samples",
                &["-Ob", "-s", &half],
                &cohort.bcf,
            ),
            (
                "bcf to bcf 2% of samples",
                &["-Ob", "-s", &few],
                &cohort.bcf,
            ),
            (
                "bcf to bcf region",
                &["-Ob", "-r", cohort.region],
                &cohort.bcf,
            ),
        ];
        let cases = cases.iter();
        cases
            .map(|(name, options, file)| {
                self.bcf(&format!("{name}, {}", cohort.name), options, file)
            })
            .collect()
    }

    fn bcf(&self, name: &str, options: &[&str], file: &str) -> Comparison {
        let (theirs, ours) = (text(&self.out("their-bcf")), text(&self.out("our-bcf")));
        let words = |out| [&["view"], options, &["-o", out, file]].concat();
        Comparison {
            name: name.to_owned(),
            theirs: vec![bcftools(&[&words(&theirs)])],
            ours: self.ours(&words(&ours)),
            outputs: Some((theirs.clone().into(), ours.clone().into())),
            ratios: vec![Ratio::Cpu { goal: GOAL }, Ratio::Size { allowed: 1.06 }],
        }
    }
}
