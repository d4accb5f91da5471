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

window.readByIgv = async ({ track, sizes, scaffold, start, end }) => {
  const browser = await igv.createBrowser(document.getElementById("igv"), {
    loadDefaultGenomes: false,
    reference: { id: "test", name: "test", chromSizesURL: sizes, wholeGenomeView: false },
    locus: `${scaffold}:${start + 1}-${end}`,
    tracks: [{ type: "variant", name: "variants", visibilityWindow: -1, ...track }],
  });
  const [shown] = browser.findTracks((one) => one.name === "variants");
  const features = await shown.getFeatures(scaffold, start, end, 1);
  const inside = features.filter((feature) => feature.start < end && feature.end > start);
  const sites = inside.map(({ pos, referenceBases, alternateBases }) => `${pos} ${referenceBases} ${alternateBases}`);
  igv.removeBrowser(browser);
  return sites;
};
