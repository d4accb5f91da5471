//! gVCF files of other samples: blocks of reference bases between variants, as three kinds of callers write them,
//! with the faults that files have: gaps, overlaps, variants within blocks, blocks without END.

use divbase_cohort::Rng;

/// Bases of each scaffold.
const LENGTH: usize = 160;

/// Which caller wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// `bcftools mpileup -g`: `<*>`, and what it counts in INFO.
    Pileup,
    /// GATK HaplotypeCaller: `<NON_REF>`.
    Haplotypes,
    /// Blocks without ALT.
    Plain,
}

/// The scaffolds and their bases.
pub(super) fn reference() -> Vec<(&'static str, String)> {
    let mut rng = Rng::stream(7, &[]);
    let mut bases = || -> String {
        let base = |_| char::from(b"ACGTacgtN"[rng.index(9)]);
        (0..LENGTH).map(base).collect()
    };
    vec![("1", bases()), ("2", bases())]
}

/// As FASTA, on lines of 60 bases.
pub(super) fn fasta(reference: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, bases) in reference {
        text.push_str(&format!(">{name}\n"));
        let mut rest = bases.as_str();
        while !rest.is_empty() {
            let (line, others) = rest.split_at(rest.len().min(60));
            text.push_str(line);
            text.push('\n');
            rest = others;
        }
    }
    text
}

fn header(caller: Caller, samples: &[String]) -> String {
    let mut text = String::from("##fileformat=VCFv4.2\n##FILTER=<ID=q10,Description=\"q\">\n");
    for name in ["1", "2"] {
        text.push_str(&format!("##contig=<ID={name},length={LENGTH}>\n"));
    }
    let mut declare = |column: &str, tags: &[(&str, &str, &str)]| {
        for (id, number, kind) in tags {
            let line =
                format!("##{column}=<ID={id},Number={number},Type={kind},Description=\"d\">\n");
            text.push_str(&line);
        }
    };
    declare("INFO", &[("END", "1", "Integer"), ("DP", "1", "Integer")]);
    declare(
        "FORMAT",
        &[
            ("GT", "1", "String"),
            ("DP", "1", "Integer"),
            ("PL", "G", "Integer"),
            ("AD", "R", "Integer"),
        ],
    );
    match caller {
        Caller::Pileup => declare(
            "INFO",
            &[
                ("QS", "R", "Float"),
                ("I16", "16", "Float"),
                ("MinDP", "1", "Integer"),
                ("IDV", "1", "Integer"),
                ("IMF", "1", "Float"),
            ],
        ),
        Caller::Haplotypes => {
            declare(
                "FORMAT",
                &[("GQ", "1", "Integer"), ("MIN_DP", "1", "Integer")],
            );
            declare(
                "INFO",
                &[
                    ("AC", "A", "Integer"),
                    ("AN", "1", "Integer"),
                    ("MLEAF", "A", "Float"),
                ],
            );
        }
        Caller::Plain => declare("INFO", &[("MIN_DP", "1", "Integer")]),
    }
    text.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t");
    text.push_str(&samples.join("\t"));
    text.push('\n');
    text
}

/// The text of one file with samples that have this prefix.
pub(super) fn text(
    rng: &mut Rng,
    prefix: &str,
    caller: Caller,
    reference: &[(&str, String)],
) -> String {
    let samples: Vec<String> = (0..1 + rng.index(3))
        .map(|nth| format!("{prefix}{nth}"))
        .collect();
    let mut text = header(caller, &samples);
    for (scaffold, bases) in reference {
        let mut at = 0;
        while at + 4 < LENGTH {
            let length = 1 + rng.index(14).min(LENGTH - at - 4);
            match rng.index(12) {
                // A gap.
                0 => at += length,
                1..=7 => {
                    let line = block(rng, caller, scaffold, bases, at, length, samples.len());
                    text.push_str(&line);
                    // Now and then the next record lies within.
                    at += if rng.chance(0.06) {
                        1 + rng.index(length)
                    } else {
                        length
                    };
                }
                _ => {
                    let lines = 1 + usize::from(rng.chance(0.12));
                    for _ in 0..lines {
                        text.push_str(&variant(rng, caller, scaffold, bases, at, samples.len()));
                    }
                    if rng.chance(0.03) {
                        // A block beside a variant.
                        let line = block(rng, caller, scaffold, bases, at, length, samples.len());
                        text.push_str(&line);
                    }
                    at += 1;
                }
            }
        }
    }
    text
}

fn unseen(caller: Caller) -> Option<&'static str> {
    match caller {
        Caller::Pileup => Some("<*>"),
        Caller::Haplotypes => Some("<NON_REF>"),
        Caller::Plain => None,
    }
}

fn line(columns: &[&str], alleles: usize, samples: usize, rng: &mut Rng, caller: Caller) -> String {
    let mut tags = vec!["GT"];
    if caller != Caller::Plain || rng.chance(0.7) {
        tags.push("PL");
    }
    for tag in ["DP", "AD"] {
        if rng.chance(0.7) {
            tags.push(tag);
        }
    }
    if caller == Caller::Haplotypes && rng.chance(0.5) {
        tags.push("MIN_DP");
    }
    let mut line = columns.join("\t");
    line.push('\t');
    line.push_str(&tags.join(":"));
    for _ in 0..samples {
        let number = |rng: &mut Rng| match rng.index(9) {
            0 => "0".to_owned(),
            1 => "1000".to_owned(),
            _ => rng.below(120).to_string(),
        };
        let list = |rng: &mut Rng, length: usize| -> String {
            let values: Vec<String> = (0..length).map(|_| number(rng)).collect();
            values.join(",")
        };
        let values: Vec<String> = tags
            .iter()
            .map(|tag| match *tag {
                "GT" if rng.chance(0.1) => "./.".to_owned(),
                "GT" => {
                    let allele = |rng: &mut Rng| rng.index(alleles.min(2)).to_string();
                    format!("{}/{}", allele(rng), allele(rng))
                }
                _ if rng.chance(0.08) => ".".to_owned(),
                "PL" => list(rng, alleles * (alleles + 1) / 2),
                "AD" => list(rng, alleles),
                _ => number(rng),
            })
            .collect();
        line.push('\t');
        line.push_str(&values.join(":"));
    }
    line.push('\n');
    line
}

fn info(rng: &mut Rng, caller: Caller, alleles: usize) -> Vec<String> {
    let float = |rng: &mut Rng| match rng.index(4) {
        0 => "0".to_owned(),
        1 => format!("0.{:07}", rng.below(9_999_999)),
        _ => format!("{}.{}", rng.below(9), rng.below(99)),
    };
    let mut entries = Vec::new();
    if rng.chance(0.6) {
        entries.push(format!("DP={}", rng.below(60)));
    }
    match caller {
        Caller::Pileup => {
            let floats = |rng: &mut Rng, length: usize| -> String {
                let values: Vec<String> = (0..length).map(|_| float(rng)).collect();
                values.join(",")
            };
            entries.push(format!("QS={}", floats(rng, alleles)));
            if rng.chance(0.5) {
                entries.push(format!("I16={}", floats(rng, 16)));
            }
            for tag in ["MinDP", "IDV"] {
                if rng.chance(0.5) {
                    entries.push(format!("{tag}={}", rng.below(40)));
                }
            }
            if rng.chance(0.4) {
                entries.push(format!("IMF={}", float(rng)));
            }
        }
        Caller::Haplotypes => {
            if alleles > 2 && rng.chance(0.5) {
                let values: Vec<String> = (1..alleles).map(|_| float(rng)).collect();
                entries.push(format!("MLEAF={}", values.join(",")));
            }
        }
        Caller::Plain => {
            if rng.chance(0.7) {
                let value = match rng.index(6) {
                    0 => ".".to_owned(),
                    _ => rng.below(40).to_string(),
                };
                entries.push(format!("MIN_DP={value}"));
            }
        }
    }
    entries
}

fn block(
    rng: &mut Rng,
    caller: Caller,
    scaffold: &str,
    bases: &str,
    at: usize,
    length: usize,
    samples: usize,
) -> String {
    let alt = unseen(caller).unwrap_or(".");
    let alleles = 1 + usize::from(alt != ".");
    let mut entries = info(rng, caller, alleles);
    // One in forty blocks forgets where it ends.
    if !rng.chance(0.025) {
        let end = format!("END={}", at + length);
        entries.insert(rng.index(entries.len() + 1), end);
    }
    let info = if entries.is_empty() {
        ".".to_owned()
    } else {
        entries.join(";")
    };
    let position = (at + 1).to_string();
    let quality = [".", ".", "17.5"][rng.index(3)];
    let filter = [".", "PASS", "q10"][rng.index(3)];
    let columns = [
        scaffold,
        &position,
        ".",
        &bases[at..=at],
        alt,
        quality,
        filter,
        &info,
    ];
    line(&columns, alleles, samples, rng, caller)
}

fn variant(
    rng: &mut Rng,
    caller: Caller,
    scaffold: &str,
    bases: &str,
    at: usize,
    samples: usize,
) -> String {
    let length = [1, 1, 1, 2, 3][rng.index(5)];
    let reference = &bases[at..at + length];
    let mut alts: Vec<String> = Vec::new();
    for _ in 0..[1, 1, 1, 2][rng.index(4)] {
        let base = char::from(b"ACGT"[rng.index(4)]);
        let alt = match rng.index(4) {
            0 => format!("{reference}{base}"),
            1 if length > 1 => reference[..1].to_owned(),
            _ => format!("{base}{}", &reference[1..]),
        };
        if !alt.eq_ignore_ascii_case(reference) && !alts.contains(&alt) {
            alts.push(alt);
        }
    }
    if let Some(unseen) = unseen(caller)
        && rng.chance(0.85)
    {
        alts.push(unseen.to_owned());
    }
    let alleles = alts.len() + 1;
    let alt = if alts.is_empty() {
        ".".to_owned()
    } else {
        alts.join(",")
    };
    let entries = info(rng, caller, alleles);
    let info = if entries.is_empty() {
        ".".to_owned()
    } else {
        entries.join(";")
    };
    let position = (at + 1).to_string();
    let id = [".", ".", "rs1", "rs2"][rng.index(4)];
    let quality = [".", "10", "30.5", "99"][rng.index(4)];
    let columns = [
        scaffold, &position, id, reference, &alt, quality, "PASS", &info,
    ];
    line(&columns, alleles, samples, rng, caller)
}
