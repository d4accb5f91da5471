//! Files of other samples with many records at few positions: SNPs, indels, MNPs, symbolic and unseen
//! alleles beside and across each other, values per allele and genotype, any ploidy. What merging is
//! about, in small.

use divbase_cohort::Rng;

const HEADER: &str = "##fileformat=VCFv4.2\n\
    ##FILTER=<ID=q10,Description=\"q\">\n##FILTER=<ID=s50,Description=\"s\">\n\
    ##contig=<ID=1,length=100000>\n##contig=<ID=2,length=100000>\n\
    ##ALT=<ID=DEL,Description=\"d\">\n\
    ##INFO=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=DP4,Number=4,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AC,Number=A,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AN,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AF,Number=A,Type=Float,Description=\"d\">\n\
    ##INFO=<ID=RI,Number=R,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=GI,Number=G,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=AS,Number=A,Type=String,Description=\"d\">\n\
    ##INFO=<ID=RS,Number=R,Type=String,Description=\"d\">\n\
    ##INFO=<ID=VI,Number=.,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=ST,Number=1,Type=String,Description=\"d\">\n\
    ##INFO=<ID=FL,Number=0,Type=Flag,Description=\"d\">\n\
    ##INFO=<ID=MQ,Number=1,Type=Integer,Description=\"d\">\n\
    ##INFO=<ID=END,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=GL,Number=G,Type=Float,Description=\"d\">\n\
    ##FORMAT=<ID=XA,Number=A,Type=Integer,Description=\"d\">\n\
    ##FORMAT=<ID=TA,Number=A,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=TR,Number=R,Type=String,Description=\"d\">\n\
    ##FORMAT=<ID=VF,Number=.,Type=Float,Description=\"d\">\n\
    ##FORMAT=<ID=FT,Number=1,Type=String,Description=\"d\">\n\
    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

const REFERENCE: &[u8] = b"ACGTTGCAAGCTTACGGATCCATGCAACTTGGACCTAGTCAATG";

/// Which records a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mix {
    /// Sequences only.
    Plain,
    /// Also `<DEL>`, `*` and breakends.
    Symbolic,
    /// Also `<*>` and `<NON_REF>`.
    Unseen,
    /// No samples.
    Sites,
}

/// How many samples a file has.
pub(super) fn samples(rng: &mut Rng, mix: Mix) -> usize {
    match mix {
        Mix::Sites => 0,
        _ => 1 + rng.index(4),
    }
}

/// The text of one file with samples that have this prefix.
pub(super) fn text(rng: &mut Rng, prefix: &str, samples: usize, mix: Mix) -> String {
    let mut text = HEADER.to_owned();
    if samples > 0 {
        text.push_str("\tFORMAT");
    }
    for sample in 0..samples {
        text.push_str(&format!("\t{prefix}{sample}"));
    }
    text.push('\n');
    for scaffold in ["1", "2"] {
        for at in 0..REFERENCE.len() - 5 {
            for _ in 0..[0, 0, 1, 1, 1, 2, 3][rng.index(7)] {
                text.push_str(&record(rng, scaffold, at, samples, mix));
                text.push('\n');
            }
        }
    }
    text
}

fn record(rng: &mut Rng, scaffold: &str, at: usize, samples: usize, mix: Mix) -> String {
    let length = [1, 1, 1, 2, 3][rng.index(5)];
    let mut reference = String::from_utf8_lossy(&REFERENCE[at..at + length]).into_owned();
    if rng.chance(0.03) {
        reference = reference.to_lowercase();
    }
    let mut alts: Vec<String> = Vec::new();
    let wanted = [0, 1, 1, 1, 1, 2, 2, 3][rng.index(8)];
    for _ in 0..wanted {
        let alt = allele(rng, &reference, mix);
        if alt != reference && !alts.contains(&alt) {
            alts.push(alt);
        }
    }
    if mix == Mix::Unseen && rng.chance(0.5) {
        alts.push(["<*>", "<NON_REF>"][rng.index(2)].to_owned());
    }
    let alleles = alts.len() + 1;
    let id = [".", ".", "rs1", "rs2", "a;b"][rng.index(5)];
    let quality = [".", "10", "30.5", "99"][rng.index(4)];
    let filter = [".", "PASS", "PASS", "q10", "s50;q10"][rng.index(5)];
    let alt = if alts.is_empty() {
        ".".to_owned()
    } else {
        alts.join(",")
    };
    let position = 1000 + at;
    let mut info = info(rng, alleles);
    if alts.iter().any(|alt| alt == "<DEL>") && rng.chance(0.7) {
        info.push(format!("END={}", position + 5 * (1 + rng.index(2))));
    }
    let info = if info.is_empty() {
        ".".to_owned()
    } else {
        info.join(";")
    };
    let mut line =
        format!("{scaffold}\t{position}\t{id}\t{reference}\t{alt}\t{quality}\t{filter}\t{info}");
    if samples > 0 {
        let has_unseen = alts.iter().any(|alt| alt == "<*>" || alt == "<NON_REF>");
        columns(rng, alleles, samples, has_unseen, &mut line);
    }
    line
}

fn allele(rng: &mut Rng, reference: &str, mix: Mix) -> String {
    if mix == Mix::Symbolic && rng.chance(0.3) {
        return ["<DEL>", "*", "<INS>", "A[2:1010["][rng.index(4)].to_owned();
    }
    let mut bases: Vec<u8> = reference.bytes().collect();
    let base = |rng: &mut Rng| b"ACGT"[rng.index(4)];
    match rng.index(6) {
        0 | 1 => bases[0] = base(rng),
        2 => bases.extend([base(rng), base(rng)]),
        3 => bases.push(base(rng)),
        4 => bases.truncate(1),
        _ => bases.iter_mut().for_each(|b| *b = base(rng)),
    }
    String::from_utf8_lossy(&bases).into_owned()
}

fn number(rng: &mut Rng) -> String {
    match rng.index(12) {
        0 => "300".to_owned(),
        1 => "70000".to_owned(),
        _ => rng.below(100).to_string(),
    }
}

/// Values, each missing now and then but never all of them.
fn list(rng: &mut Rng, length: usize, gaps: f64, value: impl Fn(&mut Rng) -> String) -> String {
    let keep = rng.index(length.max(1));
    let values: Vec<String> = (0..length)
        .map(|n| {
            if n != keep && rng.chance(gaps) {
                ".".to_owned()
            } else {
                value(rng)
            }
        })
        .collect();
    values.join(",")
}

fn info(rng: &mut Rng, alleles: usize) -> Vec<String> {
    let mut entries = Vec::new();
    let genotypes = alleles * (alleles + 1) / 2;
    let float = |rng: &mut Rng| format!("0.{}", 1 + rng.below(99));
    let word = |rng: &mut Rng| ["x", "yy", "zzz"][rng.index(3)].to_owned();
    for tag in [
        "DP", "DP4", "AC", "AN", "AF", "RI", "GI", "AS", "RS", "VI", "ST", "FL", "MQ",
    ] {
        if rng.chance(0.6) {
            continue;
        }
        let value = match tag {
            "DP" | "MQ" if rng.chance(0.1) => ".".to_owned(),
            "DP" | "AN" | "MQ" => number(rng),
            "DP4" => list(rng, 4, 0.1, number),
            "AC" | "AF" | "AS" if alleles == 1 => continue,
            "AC" => list(rng, alleles - 1, 0.1, number),
            "AF" => list(rng, alleles - 1, 0.1, float),
            "AS" => list(rng, alleles - 1, 0.2, word),
            "RI" => list(rng, alleles, 0.1, number),
            "RS" => list(rng, alleles, 0.2, word),
            "GI" => list(rng, genotypes, 0.1, number),
            "VI" => {
                let length = 1 + rng.index(3);
                list(rng, length, 0.2, number)
            }
            "ST" => word(rng),
            _ => {
                entries.push(tag.to_owned());
                continue;
            }
        };
        entries.push(format!("{tag}={value}"));
    }
    // In any order.
    for at in (1..entries.len()).rev() {
        entries.swap(at, rng.index(at + 1));
    }
    entries
}

fn columns(rng: &mut Rng, alleles: usize, samples: usize, unseen: bool, line: &mut String) {
    let mut tags: Vec<&str> = Vec::new();
    let genotyped = rng.chance(0.85);
    if genotyped {
        tags.push("GT");
    }
    for tag in ["DP", "AD", "PL", "GL", "XA", "TA", "TR", "VF", "FT"] {
        let per_alt = matches!(tag, "XA" | "TA");
        // Which value bcftools takes for an unseen allele per ALT is no rule, it is one too far; and of
        // a site without genotypes it remembers the ploidy of the one before.
        let unclear = (tag == "XA" && unseen) || (!genotyped && matches!(tag, "PL" | "GL"));
        if rng.chance(0.35) && !(per_alt && alleles == 1) && !unclear {
            tags.push(tag);
        }
    }
    if tags.is_empty() {
        tags.push("DP");
    }
    line.push('\t');
    line.push_str(&tags.join(":"));
    let ploidies: Vec<usize> = (0..samples)
        .map(|_| [2, 2, 2, 2, 2, 1, 1, 3][rng.index(8)])
        .collect();
    for ploidy in ploidies {
        line.push('\t');
        let values: Vec<String> = tags
            .iter()
            .map(|tag| value(rng, tag, alleles, ploidy, unseen))
            .collect();
        line.push_str(&values.join(":"));
    }
}

fn value(rng: &mut Rng, tag: &str, alleles: usize, ploidy: usize, unseen: bool) -> String {
    let genotypes = if ploidy == 1 {
        alleles
    } else {
        alleles * (alleles + 1) / 2
    };
    let gaps = if unseen { 0.0 } else { 0.1 };
    if tag != "GT" && rng.chance(0.1) {
        return ".".to_owned();
    }
    let word = |rng: &mut Rng| ["x", "yy", "zzz"][rng.index(3)].to_owned();
    let float = |rng: &mut Rng| format!("-{}.5", rng.below(90));
    match tag {
        "GT" => {
            let separator = ["/", "|"][rng.index(2)];
            let alleles: Vec<String> = (0..ploidy)
                .map(|_| match rng.index(alleles + 1) {
                    0 => ".".to_owned(),
                    n => (n - 1).to_string(),
                })
                .collect();
            alleles.join(separator)
        }
        "DP" => number(rng),
        "AD" => list(rng, alleles, gaps, number),
        "PL" if ploidy < 3 => list(rng, genotypes, gaps, number),
        "GL" if ploidy < 3 => list(rng, genotypes, gaps, float),
        "XA" => list(rng, alleles - 1, gaps, number),
        "TA" => list(rng, alleles - 1, 0.1, word),
        "TR" => list(rng, alleles, 0.1, word),
        "VF" => {
            let length = 1 + rng.index(3);
            list(rng, length, 0.2, float)
        }
        "FT" => word(rng),
        _ => ".".to_owned(),
    }
}
