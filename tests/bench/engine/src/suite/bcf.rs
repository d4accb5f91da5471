//! Reading and writing BCF.

use super::{Bench, bcftools, text};
use crate::comparison::{Comparison, Ratio};

/// Reading and writing are to take half the CPU, with whatever they are put together.
const GOAL: f64 = 2.0;

impl Bench<'_> {
    pub(super) fn bcf_views(&self) -> Vec<Comparison> {
        let data = self.data;
        let files = [
            ("reads", &data.reads_bcf, &data.reads_rewritten),
            ("genotypes", &data.genotypes_bcf, &data.genotypes_rewritten),
        ];
        let mut all = Vec::new();
        for (name, bcf, vcf) in files {
            let (bcf, vcf) = (text(bcf), text(vcf));
            all.push(self.bcf(&format!("bcf to text, {name}"), &["-Ov"], &bcf));
            all.push(self.bcf(&format!("bcf to bgzip, {name}"), &["-Oz"], &bcf));
            all.push(self.bcf(&format!("bgzip to bcf, {name}"), &["-Ob"], &vcf));
            let filter = ["-Ob", "-i", "QUAL>30"];
            all.push(self.bcf(&format!("bcf to bcf QUAL>30, {name}"), &filter, &bcf));
        }
        all
    }

    fn bcf(&self, name: &str, options: &[&str], file: &str) -> Comparison {
        let (theirs, ours) = (text(&self.out("their-bcf")), text(&self.out("our-bcf")));
        let words = |out: &str| {
            let fixed = ["-o", out, file].map(str::to_owned);
            let options = options.iter().map(|word| (*word).to_owned());
            let view = ["view".to_owned()].into_iter();
            view.chain(options).chain(fixed).collect::<Vec<_>>()
        };
        let (their_words, our_words) = (words(&theirs), words(&ours));
        Comparison {
            name: name.to_owned(),
            theirs: vec![bcftools(&[&as_words(&their_words)])],
            ours: self.ours(&as_words(&our_words)),
            outputs: Some((theirs.into(), ours.into())),
            ratios: vec![Ratio::Cpu { goal: GOAL }, Ratio::Size { allowed: 1.06 }],
        }
    }
}

fn as_words(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}
