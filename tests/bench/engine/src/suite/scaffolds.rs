//! Files of very many scaffolds, as fragmented assemblies have: nothing may grow faster than their number, and nothing
//! may take more memory than bcftools takes.

use super::{Bench, bcftools, text};
use crate::comparison::{Comparison, Ratio};

impl Bench<'_> {
    pub(super) fn scaffolds(&self) -> Vec<Comparison> {
        let mut all = Vec::new();
        for (count, file) in &self.data.fragmented {
            let file = text(file);
            let index = text(&self.out("fragmented.csi"));
            let building = ["index", "-f", "-o", &index, &file];
            let half_as_fast = [Ratio::Cpu { goal: 0.5 }, Ratio::Memory { goal: 1.0 }];
            let compare = |name: &str, theirs: &[&str], ours: &[&str]| Comparison {
                name: format!("{count} scaffolds {name}"),
                theirs: vec![bcftools(&[theirs])],
                ours: self.ours(ours),
                outputs: None,
                ratios: half_as_fast.to_vec(),
            };
            all.push(compare("index", &building, &building));
            all.push(compare("dimensions", &building, &["dimensions", &file]));
            all.push(compare(
                "stats",
                &["index", "-s", &file],
                &["index", "-s", &file],
            ));
            all.push(compare("view", &["view", &file], &["view", &file]));
        }
        all
    }
}
