//! Single views: text out, and bgzip out at two sizes.

use super::{Bench, bcftools, text};
use crate::comparison::{Comparison, Ratio};

/// The deflate level at which our output is no larger than that of bcftools.
const EQUAL_SIZE_LEVEL: &str = "7";

impl Bench<'_> {
    pub(super) fn text_views(&self) -> Vec<Comparison> {
        let (reads, genotypes) = (text(&self.data.reads), text(&self.data.genotypes));
        let few = every(50, &self.data.reads_samples);
        let view = |name: &str, options: &[&str], file: &str| {
            let words = [&["view"], options, &[file]].concat();
            Comparison {
                name: format!("text {name}"),
                theirs: vec![bcftools(&[&words])],
                ours: self.ours(&words),
                outputs: None,
                ratios: vec![Ratio::Cpu { goal: 3.0 }],
            }
        };
        vec![
            view("all, reads", &[], &reads),
            view("2% of samples, reads", &["-s", &few], &reads),
            view("QUAL>30, reads", &["-i", "QUAL>30"], &reads),
            view("all, genotypes", &[], &genotypes),
            view("MAF>=0.05, genotypes", &["-i", "MAF>=0.05"], &genotypes),
        ]
    }

    pub(super) fn bgzip_views(&self) -> Vec<Comparison> {
        let half = every(2, &self.data.reads_samples);
        let half_genotypes = every(2, &self.data.genotypes_samples);
        let (reads, genotypes) = (text(&self.data.reads), text(&self.data.genotypes));
        let cases: [(&str, [&str; 2], &str); 5] = [
            ("half of samples, reads", ["-s", &half], &reads),
            (
                "half of samples, genotypes",
                ["-s", &half_genotypes],
                &genotypes,
            ),
            ("QUAL>30, reads", ["-i", "QUAL>30"], &reads),
            ("MAF>=0.05, reads", ["-i", "MAF>=0.05"], &reads),
            ("MAF>=0.05, genotypes", ["-i", "MAF>=0.05"], &genotypes),
        ];
        let mut all = Vec::new();
        for (name, options, file) in cases {
            all.push(self.bgzip(&format!("bgzip {name}"), options, file, "-Oz", 2.0, 1.06));
            let level = format!("-Oz{EQUAL_SIZE_LEVEL}");
            all.push(self.bgzip(
                &format!("equal size {name}"),
                options,
                file,
                &level,
                1.5,
                1.0,
            ));
        }
        // Lines left out of files that bcftools wrote, at our usual level: blocks are copied and spliced. Their
        // sizes are held to tighter bounds than where everything is deflated anew.
        let reads = text(&self.data.reads_rewritten);
        let genotypes = text(&self.data.genotypes_rewritten);
        let spliced = [
            ("QUAL>30, reads", "QUAL>30", &reads, 1.01),
            ("QUAL>10, reads", "QUAL>10", &reads, 1.01),
            ("QUAL>30, genotypes", "QUAL>30", &genotypes, 1.02),
        ];
        for (name, filter, file, allowed) in spliced {
            let name = format!("spliced {name}");
            all.push(self.bgzip(&name, ["-i", filter], file, "-Oz", 3.0, allowed));
        }
        all
    }

    fn bgzip(
        &self,
        name: &str,
        options: [&str; 2],
        file: &str,
        our_output: &str,
        goal: f64,
        allowed: f64,
    ) -> Comparison {
        let theirs = text(&self.out("their-view.vcf.gz"));
        let ours = text(&self.out("our-view.vcf.gz"));
        let [option, value] = options;
        let with = |threads: &str| {
            bcftools(&[&[
                "view",
                option,
                value,
                "--threads",
                threads,
                "-Oz",
                "-o",
                &theirs,
                file,
            ]])
        };
        Comparison {
            name: name.to_owned(),
            theirs: vec![with("0")],
            ours: self.ours(&["view", option, value, our_output, "-o", &ours, file]),
            outputs: Some((theirs.clone().into(), ours.clone().into())),
            ratios: vec![Ratio::Cpu { goal }, Ratio::Size { allowed }],
        }
    }
}

/// Every `step`-th sample, as a list for `-s`.
pub(super) fn every(step: usize, samples: &[String]) -> String {
    samples
        .iter()
        .step_by(step)
        .cloned()
        .collect::<Vec<_>>()
        .join(",")
}
