// VCF files for the tests: bgzipped, as large as is wanted.

import { crc32, deflateRawSync } from "node:zlib";

const BLOCK = 65280;
const END = Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex");

// BGZF (SAM specification, section 4.1).
function bgzip(text, level) {
  const bytes = Buffer.from(text);
  const blocks = [];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const plain = bytes.subarray(at, at + BLOCK);
    const packed = deflateRawSync(plain, { level });
    const head = Buffer.from("1f8b08040000000000ff060042430200", "hex");
    const rest = Buffer.alloc(10);
    rest.writeUInt16LE(packed.length + 25, 0);
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(crc32(plain), 0);
    tail.writeUInt32LE(plain.length, 4);
    blocks.push(head, rest.subarray(0, 2), packed, tail);
  }
  return Buffer.concat([...blocks, END]);
}

// A file of two samples with this many records on `chr1`, 10 apart.
export function vcf(records, { note = "", level = 6, samples = ["s1", "s2"] } = {}) {
  const lines = [
    "##fileformat=VCFv4.2",
    "##contig=<ID=chr1,length=100000000>",
    '##INFO=<ID=NOTE,Number=1,Type=String,Description="Words">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    `#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t${samples.join("\t")}`,
  ];
  const genotypes = samples.map((_, n) => (n % 2 ? "1/1" : "0/1")).join("\t");
  for (let n = 1; n <= records; n++) {
    lines.push(`chr1\t${n * 10}\t.\tA\tC\t50\tPASS\t${note ? `NOTE=${note}` : "."}\tGT\t${genotypes}`);
  }
  return bgzip(`${lines.join("\n")}\n`, level);
}
