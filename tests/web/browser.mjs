// Browsers of the tests. Whatever a console complains about fails them, and so does a request to another host.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const web = process.env.DIVBASE_WEB;
const require = createRequire(`${web}/package.json`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core"), "utf8");

export const origin = process.env.DIVBASE_ORIGIN;
export const script = process.env.DIVBASE_SCRIPT === "on";
export const folder = process.env.DIVBASE_FOLDER;

const faults = [];
let forgiving = false;

export const fail = (text) => faults.push(text);
export const check = (truth, text) => {
  if (!truth) throw new Error(text);
};

// While `during` runs, the console may complain of broken connections and refused requests.
export async function forgive(during) {
  forgiving = true;
  try {
    await during();
  } finally {
    forgiving = false;
  }
}

const launched = await chromium.launch({ executablePath: `${web}/chromium`, args: ["--no-sandbox"] });

export async function person(name) {
  const context = await launched.newContext({
    javaScriptEnabled: script,
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.on("console", (message) => {
    const isNetwork = /Failed to load resource|net::ERR/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !(forgiving && isNetwork)) {
      fail(`${name}: console at ${page.url()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => fail(`${name}: ${page.url()}: ${error.stack}`));
  page.on("request", (request) => {
    const host = new URL(request.url()).hostname;
    if (host && host !== "127.0.0.1" && host !== "localhost") fail(`${name}: asked ${request.url()}`);
  });
  return page;
}

export const open = async (page, path) => {
  const answer = await page.goto(`${origin}${path}`);
  check(answer.status() === 200, `${path} answered ${answer.status()}: ${await answer.text()}`);
};

export const click = async (page, button) => {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.waitForLoadState();
};

export const shows = (page, text) => page.getByText(text).first().waitFor();

// Letters, as the test hands them over.
const letters = [];
let wake = () => {};
createInterface({ input: process.stdin }).on("line", (line) => {
  letters.push(JSON.parse(line));
  wake();
});

export async function link(address) {
  for (;;) {
    // What tells of a change of the account has no link.
    const at = letters.findIndex((letter) => letter.to.includes(address) && letter.html.includes("<a href="));
    if (at >= 0) {
      const [letter] = letters.splice(at, 1);
      const found = letter.html.match(/<a href="([^"]+)">/);
      check(found && found[1].startsWith(origin), `no link in ${letter.text}`);
      return found[1].slice(origin.length);
    }
    await new Promise((done) => (wake = done));
  }
}

// Looks at a page in both themes and at two widths: a picture of each, nothing wider than the window, and no complaint of axe.
export async function look(page, name) {
  if (!script) return;
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    for (const { id, help, nodes } of violations) {
      fail(`${name}, ${colorScheme}: ${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
    }
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) fail(`${name} is ${wide} wide in a window of ${width}`);
      await page.screenshot({ path: `${web}/pictures/${name}-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
}

export async function end() {
  await launched.close();
  for (const fault of faults) console.error(fault);
  process.exit(faults.length ? 1 : 0);
}
