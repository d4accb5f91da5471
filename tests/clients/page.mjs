// Runs in the browser: reads a region by igv.js and by what JBrowse reads VCF with, and gives the positions of its records.

import { TabixIndexedFile } from "@gmod/tabix";
import VCF from "@gmod/vcf";
import { RemoteFile } from "generic-filehandle2";
import igv from "igv/dist/igv.esm.js";

// JBrowse's VcfTabixAdapter: lines by @gmod/tabix with a CSI, parsed by @gmod/vcf.
window.readByJBrowse = async ({ url, index, scaffold, start, end }) => {
  const file = new TabixIndexedFile({ filehandle: new RemoteFile(url), csiFilehandle: new RemoteFile(index) });
  const parser = new VCF({ header: await file.getHeader() });
  const sites = [];
  await file.getLines(scaffold, start, end, {
    lineCallback: (line) => {
      const { POS, REF, ALT } = parser.parseLine(line);
      sites.push(`${POS} ${REF} ${(ALT ?? ["."]).join()}`);
    },
  });
  return sites;
};

// The track is as a page tells users, an expression in these names.
window.readByIgv = async ({ track, names, reference, scaffold, start, end }) => {
  const told = new Function(...Object.keys(names), `return (${track})`)(...Object.values(names));
  const browser = await igv.createBrowser(document.getElementById("igv"), {
    loadDefaultGenomes: false,
    reference: { id: "test", name: "test", fastaURL: reference, indexURL: `${reference}.fai`, wholeGenomeView: false },
    locus: `${scaffold}:${start + 1}-${end}`,
    tracks: [{ name: "variants", ...told }],
  });
  const [shown] = browser.findTracks((one) => one.name === "variants");
  const features = await shown.getFeatures(scaffold, start, end, 1);
  // As bcftools sees it: from POS, as long as REF. What igv shows leaves out bases that alleles share.
  const inside = features.filter(({ pos, referenceBases }) => pos - 1 < end && pos - 1 + referenceBases.length > start);
  // igv.js has them in the order of what it shows.
  inside.sort((one, other) => one.pos - other.pos);
  const sites = inside.map(({ pos, referenceBases, alternateBases }) => `${pos} ${referenceBases} ${alternateBases}`);
  igv.removeBrowser(browser);
  return sites;
};
