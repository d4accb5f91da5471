//! Cuts and changes VCF texts without interpreting more than their columns.

/// Header lines, including the column line, and records.
pub(super) fn header_and_records(text: &str) -> (Vec<&str>, Vec<&str>) {
    text.lines().partition(|line| line.starts_with('#'))
}

/// Pieces of neighbouring records, each with the whole header. A position is never torn apart.
pub(super) fn pieces(text: &str, wanted: usize) -> Vec<String> {
    let (header, records) = header_and_records(text);
    let place = |line: &str| {
        line.split('\t')
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let size = records.len().div_ceil(wanted).max(1);
    let mut pieces: Vec<Vec<&str>> = vec![Vec::new()];
    for (nth, record) in records.iter().enumerate() {
        let full = pieces.last().is_some_and(|piece| piece.len() >= size);
        if full && place(record) != place(records[nth - 1]) {
            pieces.push(Vec::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(record);
        }
    }
    pieces
        .iter()
        .map(|piece| [header.join("\n"), piece.join("\n"), String::new()].join("\n"))
        .collect()
}

/// The same text with a suffix on every sample name.
pub(super) fn with_sample_suffix(text: &str, suffix: &str) -> String {
    let rename = |line: &str| {
        let columns = line.split('\t').enumerate();
        let renamed = columns.map(|(nth, name)| match nth {
            0..=8 => name.to_owned(),
            _ => format!("{name}{suffix}"),
        });
        renamed.collect::<Vec<_>>().join("\t")
    };
    let lines = text.lines();
    let lines = lines.map(|line| {
        if line.starts_with("#CHROM") {
            rename(line)
        } else {
            line.to_owned()
        }
    });
    lines.map(|line| line + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_every_record_once() {
        let text = "##a\n#CHROM\tPOS\n1\t5\tx\n1\t6\ty\n1\t6\tz\n1\t7\tw\n";
        let pieces = pieces(text, 2);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0], "##a\n#CHROM\tPOS\n1\t5\tx\n1\t6\ty\n1\t6\tz\n");
        assert_eq!(pieces[1], "##a\n#CHROM\tPOS\n1\t7\tw\n");
    }

    #[test]
    fn only_samples_are_renamed() {
        let text = "##a\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n";
        assert!(with_sample_suffix(text, "_2").ends_with("FORMAT\ta_2\tb_2\n"));
    }
}
