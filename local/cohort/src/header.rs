//! The header of a generated file.

use crate::Cohort;
use crate::info;
use crate::scaffold::Scaffold;

/// FILTER lines for every filter that sites use.
const FILTERS: [(&str, &str); 4] = [
    ("PASS", "All filters passed"),
    ("LowQual", "Low quality"),
    ("q10", "Quality below 10"),
    ("strand_bias", "Reads of one strand only"),
];

/// The header up to and including the column line.
///
/// Scaffolds without records in the file are declared too, as callers do.
pub(crate) fn text(cohort: &Cohort, scaffolds: &[Scaffold], samples: &[String]) -> String {
    let mut text = String::from("##fileformat=VCFv4.2\n##source=divbase-cohort\n");
    for (id, description) in FILTERS {
        text += &format!("##FILTER=<ID={id},Description=\"{description}\">\n");
    }
    for scaffold in scaffolds {
        text += &format!(
            "##contig=<ID={},length={}>\n",
            scaffold.name, scaffold.length
        );
    }
    text += info::DECLARATIONS;
    for field in &cohort.fields {
        let (number, kind, description) = field.declaration();
        text += &format!(
            "##FORMAT=<ID={field},Number={number},Type={kind},Description=\"{description}\">\n"
        );
    }
    text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
    if !cohort.fields.is_empty() {
        text += "\tFORMAT";
        for sample in samples {
            text.push('\t');
            text += sample;
        }
    }
    text.push('\n');
    text
}
