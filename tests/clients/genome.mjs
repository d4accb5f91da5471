// Reads a region of a large file in headless Chromium: by igv.js and by what JBrowse reads VCF with, from a page of another
// site, and by our own page with igv.js. What is to be read comes as JSON on standard input; what was found goes as JSON to
// standard output.

import { createServer } from "node:http";
import { createRequire } from "node:module";

const asked = JSON.parse(await new Response(process.stdin).text());
const require = createRequire(`${process.env.DIVBASE_GENOME}/package.json`);
const { chromium } = createRequire(`${process.env.DIVBASE_WEB}/package.json`)("playwright-core");
const { build } = require("esbuild");

const { outputFiles } = await build({
  entryPoints: [`${import.meta.dirname}/page.mjs`],
  bundle: true,
  write: false,
  format: "iife",
  nodePaths: [`${process.env.DIVBASE_GENOME}/node_modules`],
});
const bundle = outputFiles[0].text;
const pages = {
  "/": ["text/html", '<!doctype html><meta charset="utf-8"><div id="igv"></div><script src="/page.js"></script>'],
  "/page.js": ["text/javascript", bundle],
  "/favicon.ico": ["image/x-icon", ""],
  // A reference of which nothing but names and lengths is ever read.
  "/reference.fa": ["text/plain", ""],
  "/reference.fa.fai": ["text/plain", asked.sizes.map(([name, length]) => `${name}\t${length}\t0\t60\t61\n`).join("")],
};
const site = createServer((request, response) => {
  const [type, text] = pages[request.url] ?? ["text/plain", ""];
  response.writeHead(pages[request.url] ? 200 : 404, { "content-type": type });
  response.end(text);
});
await new Promise((done) => site.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${site.address().port}`;

const browser = await chromium.launch({ executablePath: `${process.env.DIVBASE_WEB}/chromium`, args: ["--no-sandbox", "--disable-dev-shm-usage"] });

async function onAnotherSite(page, call, what) {
  await page.goto(`${origin}/`);
  return page.evaluate(([call, what]) => window[call](what), [call, { ...what, reference: `${origin}/reference.fa` }]);
}

// What it draws has no names that could be read: its bytes are told, and no sites.
async function onOurPage(page, { service, email, password, path }) {
  await page.goto(`${service}/login`);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(({ pathname }) => pathname !== "/login");
  await page.goto(`${service}${path}`);
  await page.locator('#browser[data-ready="yes"]').waitFor({ timeout: 60000 });
  await page.waitForLoadState("networkidle");
  return [];
}

const found = {};
for (const [name, call, what] of asked.readings) {
  const page = await browser.newPage();
  const errors = [];
  const fetched = [];
  page.on("pageerror", (error) => errors.push(error.stack));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.hostname !== "127.0.0.1") errors.push(`asked ${url}`);
  });
  page.on("response", async (response) => {
    if (!response.url().startsWith(asked.store) || response.request().method() !== "GET") return;
    const headers = response.headers();
    fetched.push({ status: response.status(), bytes: Number(headers["content-length"]), range: headers["content-range"] });
  });
  const sites = call === "onOurPage" ? await onOurPage(page, what) : await onAnotherSite(page, call, what);
  found[name] = { sites, errors, fetched };
  await page.close();
}
await browser.close();
site.close();
console.log(JSON.stringify(found));
