// The variants of a file in igv.js. igv comes from here, the file by ranges from the store.

const frame = document.getElementById("browser");
const said = document.getElementById("said");
const { igv: path, url, index, scaffolds, region, name } = frame.dataset;

// Bases of the widest view that shows variants.
const WINDOW = 200_000;

function tell(text) {
  said.textContent = text;
}

async function show() {
  tell("The genome browser is loading …");
  const { default: igv } = await import(path);
  const browser = await igv.createBrowser(document.getElementById("igv"), {
    // Nothing comes from igv's own servers.
    loadDefaultGenomes: false,
    queryParametersSupported: false,
    showSVGButton: false,
    reference: { id: "file", name, format: "chromsizes", url: scaffolds, wholeGenomeView: false },
    locus: region,
    tracks: [{
      type: "variant", format: "vcf", name, url, indexURL: index,
      // What is in view is read, and no more.
      visibilityWindow: WINDOW, expandQuery: false,
    }],
  });
  const form = document.getElementById("go");
  const place = document.getElementById("region");
  const choice = document.getElementById("scaffold");
  const where = (shown) => {
    place.value = shown;
    choice.value = shown.slice(0, shown.lastIndexOf(":"));
    const address = new URL(location);
    address.searchParams.set("region", shown);
    history.replaceState(null, "", address);
  };
  const current = () => {
    const [frame] = browser.referenceFrameList;
    return `${frame.chr}:${Math.round(frame.start) + 1}-${Math.round(frame.end)}`;
  };
  browser.on("locuschange", () => where(current()));
  choice.addEventListener("change", () => browser.search(choice.value));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await browser.search(place.value.replaceAll(",", "").trim());
    if (!found) tell(`There is no ${place.value} in the file.`);
  });
  form.hidden = false;
  where(current());
  tell(`Variants are shown in views of up to ${WINDOW / 1000} kb.`);
  const inside = document.getElementById("igv").shadowRoot ?? document;
  for (const slider of inside.querySelectorAll('input[type="range"]')) slider.setAttribute("aria-label", "Zoom");
  frame.dataset.ready = "yes";
}

show().catch((error) => tell(`The genome browser could not show the file: ${error.message ?? error}`));
