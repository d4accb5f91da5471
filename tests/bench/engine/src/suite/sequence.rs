//! The whole of a query: what Python DivBase does for two files and two stages, against one run of ours.

use super::views::every;
use super::{Bench, text};
use crate::comparison::{Comparison, Ratio};
use crate::runner::Work;

const FILTER: &str = "QUAL>30";

impl Bench<'_> {
    pub(super) fn sequences(&self) -> Vec<Comparison> {
        let samples = every(4, &self.data.reads_samples);
        let merged = text(&self.out("their-joined.bcf"));
        let part = |nth: usize| text(&self.out(&format!("their-1-{nth}.bcf")));
        let (first, second) = (part(0), part(1));
        let join_samples = owned(&["merge", "-Ou", "-o", &merged, &first, &second]);
        let join_places = owned(&["concat", "-Ou", "-o", &merged, &first, &second]);
        vec![
            self.sequence(
                "sequence, merged",
                &self.data.halves,
                &samples,
                join_samples,
            ),
            self.sequence(
                "sequence, concatenated",
                &self.data.scaffolds,
                &samples,
                join_places,
            ),
        ]
    }

    fn sequence(
        &self,
        name: &str,
        files: &[std::path::PathBuf],
        samples: &str,
        join: Vec<String>,
    ) -> Comparison {
        let files: Vec<String> = files.iter().map(|file| text(file)).collect();
        let theirs = |threads: &[&str]| self.python_divbase(&files, samples, join.clone(), threads);
        let out = text(&self.out("our-sequence.vcf.gz"));
        let command = format!("view -s {samples} ; view -i '{FILTER}'");
        let mut words = vec![
            "query",
            "--command",
            &command,
            "--force-samples",
            "-o",
            &out,
        ];
        words.extend(files.iter().map(String::as_str));
        Comparison {
            name: name.to_owned(),
            theirs: vec![theirs(&[]), theirs(&["--threads", "2"])],
            ours: self.ours(&words),
            outputs: None,
            ratios: vec![Ratio::Cpu { goal: 3.0 }, Ratio::Wall { goal: 5.0 }],
        }
    }

    /// Index and view every file and stage into temporary files, join, annotate, sort.
    fn python_divbase(
        &self,
        files: &[String],
        samples: &str,
        join: Vec<String>,
        threads: &[&str],
    ) -> Work {
        let header = text(&self.created_line());
        let stages = [["-s", samples], ["-i", FILTER]];
        let mut steps: Vec<Vec<String>> = Vec::new();
        let mut inputs = files.to_vec();
        for (stage, [option, value]) in stages.into_iter().enumerate() {
            for (nth, input) in inputs.iter_mut().enumerate() {
                let output = text(&self.out(&format!("their-{stage}-{nth}.bcf")));
                steps.push(owned(&["index", "-f", input]));
                let view = [
                    "view",
                    option,
                    value,
                    "--force-samples",
                    input,
                    "-Ou",
                    "-o",
                    &output,
                ];
                steps.push([owned(&view), owned(threads)].concat());
                steps.push(owned(&["index", "-f", &output]));
                *input = output;
            }
        }
        for input in &inputs {
            steps.push(owned(&["query", "-l", input]));
        }
        let joined = text(&self.out("their-joined.bcf"));
        let annotated = text(&self.out("their-annotated.bcf"));
        let result = text(&self.out("their-sequence.vcf.gz"));
        steps.push([join, owned(threads)].concat());
        let annotate = ["annotate", "-h", &header, "-Ou", "-o", &annotated, &joined];
        steps.push([owned(&annotate), owned(threads)].concat());
        steps.push(owned(&["sort", "-Oz", "-o", &result, &annotated]));
        Work::Bcftools(steps)
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    super::owned(words)
}
