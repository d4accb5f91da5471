"use strict";
// Pages are complete without this. It copies commands, keeps a task's page up to date, and sends files to the store.

const csrf = document.querySelector('meta[name="csrf"]').content;
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function copyButtons(part) {
  if (!navigator.clipboard) return;
  for (const block of part.querySelectorAll("pre.command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
    });
    block.append(button);
  }
}

// A task's page: its live part is fetched again, less often the longer the task takes.
async function followTask() {
  let live = document.getElementById("live");
  let pause = 500;
  while (live && live.dataset.final === "false") {
    await wait(pause);
    pause = Math.min(pause * 1.4, 15000);
    if (document.hidden) continue;
    let answer;
    try {
      answer = await fetch(location.href, { headers: { accept: "text/html" } });
    } catch {
      continue; // Offline for a moment.
    }
    if (answer.redirected || answer.status === 403) return location.reload();
    if (!answer.ok) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) return;
    if (fresh.innerHTML !== live.innerHTML) {
      live.replaceWith(fresh);
      live = fresh;
      copyButtons(live);
    }
  }
}

// Uploads. A file goes in parts; a part that fails is sent again, and an upload that was broken off goes on when the same
// file is chosen again, after a reload too.
const AT_ONCE = 4;
const TRIES = 6;

// The empty block that ends a BGZF file (SAM specification, section 4.1.2).
const BGZF_END = [
  0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

class Refused extends Error {}

// Base64 of the SHA-256 of a blob; nothing on pages without TLS, where browsers have no digests.
async function sha256(blob) {
  if (!crypto.subtle) return undefined;
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}

class Upload {
  constructor(project, prefix, file, row) {
    this.base = `/projects/${encodeURIComponent(project)}/upload`;
    this.file = file;
    this.name = prefix + file.name;
    this.key = ["upload", project, this.name, file.size, file.lastModified].join("|");
    this.row = row;
  }

  say(text, done) {
    this.row.querySelector("span").textContent = text;
    const bar = this.row.querySelector("progress");
    if (done === undefined) bar.remove();
    else bar.value = done;
  }

  async ask(what, body) {
    const answer = await fetch(`${this.base}/${what}`, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", "x-csrf-token": csrf },
      body: JSON.stringify({ name: this.name, ...body }),
    });
    if (answer.ok) return answer.json();
    const { detail } = await answer.json().catch(() => ({ detail: `The server answered ${answer.status}.` }));
    const text = [].concat(detail).join(" ");
    throw answer.status >= 500 ? new Error(text) : new Refused(text);
  }

  // The magic bytes of a BGZF block: gzip with an extra field `BC` (SAM specification, section 4.1).
  async checkBlocks() {
    if (this.file.name.endsWith(".vcf")) {
      if (!(await this.file.slice(0, 16).text()).startsWith("##fileformat=VCF")) throw new Refused("It does not begin as VCF does.");
      return;
    }
    if (!this.file.name.endsWith(".vcf.gz")) return;
    const head = new Uint8Array(await this.file.slice(0, 18).arrayBuffer());
    const isBgzf = head[0] === 0x1f && head[1] === 0x8b && head[3] & 4 && head[12] === 0x42 && head[13] === 0x43;
    if (!isBgzf) throw new Refused("It is not bgzipped. Compress it with bgzip.");
    const end = new Uint8Array(await this.file.slice(-28).arrayBuffer());
    if (BGZF_END.some((byte, at) => byte !== end[at])) {
      throw new Refused("Its end is missing: it was cut off. Copy it again, or compress it again with bgzip.");
    }
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  keep(state) {
    localStorage.setItem(this.key, JSON.stringify(state));
  }

  forget() {
    localStorage.removeItem(this.key);
  }

  // A part, from 1.
  bytes(state, number) {
    return this.file.slice((number - 1) * state.size, number * state.size);
  }

  // With those parts that the store has and that are in the file now; nothing if the upload was given up meanwhile.
  async stillOpen(state) {
    try {
      const { parts } = await this.ask("parts", { upload_id: state.id });
      const [etags, sums] = [{}, {}];
      for (const { part_number: number, etag, sha256: stored } of parts) {
        const isKnown = stored || state.etags[number]?.replaceAll('"', "") === etag;
        const sum = state.sums && isKnown ? await sha256(this.bytes(state, number)) : undefined;
        if (!isKnown || (sum && sum !== (stored ?? state.sums[number]))) continue;
        etags[number] = etag;
        sums[number] = sum;
      }
      return { ...state, etags, sums: state.sums && sums };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.forget();
      return null;
    }
  }

  async run() {
    await this.checkBlocks();
    let state = this.kept();
    if (state) {
      this.say("looking at what has come", 0);
      state = await this.stillOpen(state);
    }
    if (!state) {
      const withSums = Boolean(crypto.subtle);
      const made = await this.ask("create", { content_length: this.file.size, with_sha256: withSums });
      state = { id: made.upload_id, parts: made.number_of_parts, size: made.part_size, etags: {}, sums: withSums ? {} : undefined };
      this.keep(state);
    }
    const waiting = [];
    for (let number = 1; number <= state.parts; number++) if (!state.etags[number]) waiting.push(number);
    const sender = async () => {
      for (let number = waiting.shift(); number; number = waiting.shift()) {
        await this.part(state, number);
        this.keep(state);
        const sent = Object.keys(state.etags).length;
        this.say(`${Math.floor((100 * sent) / state.parts)} %`, sent / state.parts);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    const parts = [];
    for (let number = 1; number <= state.parts; number++) {
      parts.push({ part_number: number, etag: state.etags[number], sha256: state.sums?.[number] });
    }
    await this.ask("complete", { upload_id: state.id, parts }).catch((error) => {
      if (error instanceof Refused) this.forget();
      throw error;
    });
    this.forget();
  }

  async part(state, number) {
    const bytes = this.bytes(state, number);
    for (let attempt = 1; ; attempt++) {
      try {
        const sum = state.sums && (await sha256(bytes));
        const range = { upload_id: state.id, parts_range_start: number, parts_range_end: number, sha256_checksums: sum && [sum] };
        const [url] = await this.ask("part-urls", range);
        const answer = await fetch(url.pre_signed_url, { method: "PUT", headers: url.headers, body: bytes });
        if (answer.status === 404) {
          this.forget();
          throw new Refused("The upload was given up. Choose the file again.");
        }
        const etag = answer.headers.get("etag");
        if (answer.ok && etag) {
          state.etags[number] = etag;
          if (sum) state.sums[number] = sum;
          return;
        }
        throw new Error(`The store answered ${answer.status}.`);
      } catch (error) {
        if (error instanceof Refused || attempt === TRIES) throw error;
        this.say(`connection broken, trying again (${attempt})`, 0);
        await wait(300 * 2 ** attempt);
      }
    }
  }
}

function uploads() {
  const place = document.getElementById("upload");
  if (!place) return;
  place.hidden = false;
  const chooser = document.getElementById("upload-files");
  const list = document.getElementById("upload-list");
  const { project, prefix } = place.dataset;

  async function send(file) {
    const row = document.createElement("li");
    const name = document.createElement("code");
    name.textContent = file.name;
    const bar = document.createElement("progress");
    bar.setAttribute("aria-label", `Sent of ${file.name}`);
    row.append(name, " ", document.createElement("span"), " ", bar);
    list.append(row);
    const upload = new Upload(project, prefix, file, row);
    try {
      upload.say("waiting", 0);
      await upload.run();
      upload.say("✓ uploaded; it is indexed by itself within seconds");
      row.dataset.state = "done";
    } catch (error) {
      upload.say(`✗ ${error.message}${error instanceof Refused ? "" : " Choose the file again to go on."}`);
      row.dataset.state = "failed";
    }
  }

  async function all(files) {
    for (const file of files) await send(file);
  }

  chooser.addEventListener("change", async () => {
    await all(Array.from(chooser.files));
    chooser.value = "";
  });
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    all(Array.from(event.dataTransfer.files));
  });
}

// The filter of samples: what fits is shown while it is typed, and columns and values are offered.
function filterSamples() {
  const form = document.getElementById("sample-filter");
  if (!form) return;
  const field = document.getElementById("filter");
  const offers = document.getElementById("filter-offers");
  let turn = 0;

  async function find() {
    const mine = ++turn;
    const address = `?${new URLSearchParams(new FormData(form))}`;
    let answer;
    try {
      answer = await fetch(address, { headers: { accept: "text/html" } });
    } catch {
      return; // Offline for a moment; the button asks again.
    }
    if (answer.redirected || !answer.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("answer");
    if (!fresh || mine !== turn) return;
    document.getElementById("answer").replaceWith(fresh);
    copyButtons(fresh);
    const fault = page.getElementById("filter-fault");
    field.toggleAttribute("aria-invalid", Boolean(fault));
    if (fault) field.setAttribute("aria-describedby", "filter-fault");
    else field.removeAttribute("aria-describedby");
    history.replaceState(null, "", address);
  }

  // Each column with its values, as the list below the table says them.
  function columns() {
    const found = new Map();
    for (const name of document.querySelectorAll("#columns dt")) {
      const words = Array.from(name.nextElementSibling.querySelectorAll("code"), (word) => word.textContent);
      found.set(name.textContent, words.some((word) => word.startsWith(`${name.textContent}:`)) ? [] : words);
    }
    return found;
  }

  const quoted = (text) => (/^[\w.]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);

  // What could follow where the caret is: where it begins, and what it could be.
  function following() {
    const before = field.value.slice(0, field.selectionStart);
    const or = before.lastIndexOf(" or ");
    const from = Math.max(before.lastIndexOf(";") + 1, before.lastIndexOf("(") + 1, or < 0 ? 0 : or + 4);
    const text = before.slice(from);
    const colon = text.indexOf(":");
    const fits = (typed) => (word) => word.toLowerCase().startsWith(typed.trim().replaceAll('"', "").toLowerCase());
    if (colon < 0) {
      const names = Array.from(columns().keys()).filter(fits(text));
      return { from, words: names.map((name) => `${quoted(name)}:`) };
    }
    const values = columns().get(text.slice(0, colon).replaceAll('"', "").trim()) ?? [];
    const last = from + Math.max(colon, text.lastIndexOf(",")) + 1;
    return { from: last, words: values.filter(fits(before.slice(last))).map(quoted) };
  }

  function offer() {
    const { from, words } = following();
    const typed = field.value.slice(from, field.selectionStart);
    const buttons = words
      .filter((word) => word !== typed)
      .slice(0, 12)
      .map((word) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = word;
        button.addEventListener("click", () => {
          field.setRangeText(word, from, field.selectionStart, "end");
          field.focus();
          changed();
        });
        return button;
      });
    offers.replaceChildren(...buttons);
    offers.hidden = buttons.length === 0;
  }

  let waiting;
  function changed() {
    offer();
    clearTimeout(waiting);
    waiting = setTimeout(find, 300);
  }

  field.addEventListener("input", changed);
  field.addEventListener("focus", offer);
}

// The query's form: its plan is asked for while it is filled in.
function planQuery() {
  const form = document.getElementById("query");
  if (!form) return;
  // `form.action` is its button of that name.
  const address = form.getAttribute("action");
  let turn = 0;
  let waiting;

  async function plan() {
    const mine = ++turn;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("action", "plan");
    fields.set("live", "yes");
    let answer;
    try {
      answer = await fetch(address, { method: "POST", headers: { accept: "text/html" }, body: fields });
    } catch {
      return; // Offline for a moment; the button asks again.
    }
    if (answer.redirected || !answer.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("plan");
    if (!fresh || mine !== turn) return;
    document.getElementById("plan").replaceWith(fresh);
    copyButtons(fresh);
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(plan, 600);
  });
}

// Keys: `/` to the search of a page, `?` to what keys there are.
function keys() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      const search = document.querySelector('[role="search"] input:not([type="hidden"])');
      if (!search) return;
      event.preventDefault();
      search.focus();
    }
    if (event.key === "?") location.assign("/help/web#keys");
  });
}

// A box that ticks all boxes of a list.
function chooseAll() {
  const form = document.getElementById("choice");
  const boxes = [...(form?.querySelectorAll('tbody input[type="checkbox"]') ?? [])];
  if (!boxes.length) return;
  const all = document.createElement("input");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Choose all");
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  form.querySelector("thead th").replaceChildren(all);
}

copyButtons(document);
followTask();
uploads();
filterSamples();
planQuery();
chooseAll();
keys();
