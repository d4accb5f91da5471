// The page of samples: the metadata table, its filter while it is typed, the map, and which files have which samples.

import { check, click, look, open, origin, script, shows } from "./browser.mjs";

const TABLE = [
  ["#Sample_ID", "Area", "Sex", "Length", "Latitude", "Longitude"],
  ["s1", "North Sea", "F", "43.5", "57.9", "9.6"],
  ["s2", "Baltic", "M", "38", "58.8", "19.4"],
];

export async function putTable(token, project) {
  const text = `${TABLE.map((row) => row.join("\t")).join("\n")}\n`;
  const answer = await fetch(`${origin}/api/v1/s3/upload/single-part?project_name=${project}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify([{ name: "sample_metadata.tsv", content_length: text.length }]),
  });
  check(answer.ok, await answer.clone().text());
  const [url] = await answer.json();
  const put = await fetch(url.pre_signed_url, { method: "PUT", headers: url.put_headers, body: text });
  check(put.ok, await put.text());
}

const counted = (page, count) => page.locator("#count", { hasText: new RegExp(`^${count}$`) }).waitFor();

export async function lookForSamples(page, project) {
  await open(page, `/projects/${project}/samples`);
  await counted(page, 2);
  await page.locator("#map circle").first().waitFor();
  check((await page.locator("#map circle").count()) === 2, "not two places");
  await page.locator("#matrix td.has").first().waitFor();
  await look(page, "samples");
  if (script) return filterWhileTyping(page);
  await page.getByLabel("Filter of the metadata").fill("Area:Baltic");
  await click(page, "Find");
  await counted(page, 1);
  await page.getByLabel("Filter of the metadata").fill("Area");
  await click(page, "Find");
  await shows(page, "has no ':' between column and value");
}

async function filterWhileTyping(page) {
  // The key of the search.
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.keyboard.type("Ar");
  await page.getByRole("button", { name: "Area:", exact: true }).click();
  await page.keyboard.type("Ba");
  await page.getByRole("button", { name: "Baltic", exact: true }).click();
  await counted(page, 1);
  await page.waitForFunction(() => new URL(location).searchParams.get("filter") === "Area:Baltic");
  // A fault is shown with a caret below its place, and what was typed stays.
  await page.keyboard.type(";Sex");
  const fault = page.locator("#filter-fault pre");
  await fault.waitFor();
  const lines = (await fault.textContent()).split("\n");
  check(lines.at(-1).trim() === "^^^", `no carets: ${lines}`);
  check(lines.at(-2).indexOf("Sex") === lines.at(-1).indexOf("^"), `the carets are elsewhere: ${lines}`);
  await look(page, "samples-fault");
  await page.keyboard.type(":M");
  await counted(page, 1);
}

export async function readHelp(page) {
  await open(page, "/help/");
  await look(page, "help");
  await page.getByLabel("Search").fill("filter caret");
  await click(page, "Search");
  await page.locator(".found mark").first().waitFor();
  await look(page, "help-found");
  await page.locator(".found a").first().click();
  await page.locator("article h1").waitFor();
  await open(page, "/help/metadata-filters");
  await look(page, "help-page");
}

export async function makeVersion(page, project) {
  await open(page, `/projects/${project}/versions`);
  await look(page, "versions-empty");
  await page.getByLabel("Name", { exact: true }).fill("2026 <spring>");
  await page.getByLabel("What it is").fill("As sent to the journal");
  await click(page, "Make it");
  await shows(page, "The version 2026 <spring> is made.");
  await look(page, "versions");
  await page.getByRole("link", { name: "2026 <spring>" }).click();
  await shows(page, "Nothing differs.");
  await look(page, "version");
}
