// Search: the index lies in small files, and a question reads only those that it needs. How
// they are made, and why words are folded like this, stands in pages/search.py and documents/vocabulary.py.

const form = document.querySelector("form[data-shards]");
const [field, choice] = [form.q, form.lang];
const [status, list] = document.querySelectorAll(".found");
const more = document.querySelector("main button[hidden]");
const reader = document.documentElement.lang;
const { documents, shards, language, own } = form.dataset;
const index = new URL(form.dataset.index, location);
const SHOWN = 10;
const WEIGHTS = { "%": 6, "$": 4, "#": 3, "!": 2 };

// Words, folded

const DENSE = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3005\\u3007\\u3040-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const INDIC = "\\u0900-\\u0963\\u0966-\\u0dff\\u0f71-\\u0fbc";
const HIDDEN = "\\u00ad\\u200b-\\u200d\\u2060\\ufeff";
const dense = new RegExp(`[${DENSE}]+`, "gu");
const marks = new RegExp(`[\\u0300-\\u036f\\u0591-\\u05c7\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670${HIDDEN}]`, "gu");
const word = new RegExp(`[\\p{L}\\p{N}][\\p{L}\\p{N}${INDIC}]*`, "gu");
const written = new RegExp(`[${DENSE}]+|(?:(?![${DENSE}])[\\p{L}\\p{N}\\p{M}${INDIC}${HIDDEN}])+`, "gu");
const LETTERS = { ß: "ss", ς: "σ", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", _: " " };

const fold = (text) =>
  text.normalize("NFKD").toLowerCase().replace(marks, "")
    .replace(/[ßςæœøłđðþı_]/g, (letter) => LETTERS[letter]).normalize("NFC");

function pairs(run) {
  const letters = [...run];
  return letters.length < 2 ? [run] : letters.slice(1).map((letter, at) => letters[at] + letter);
}

export const wordsOf = (text) => fold(text).replace(dense, (run) => ` ${pairs(run).join(" ")} `).match(word) ?? [];
const isDense = (one) => one.search(dense) === 0;
const begins = (one) => isDense(one) || [...one].length > 3;
const meets = (found, asked) => found === asked || (begins(asked) && found.startsWith(asked));

// The index

const kept = new Map();

function read(path, how) {
  if (!kept.has(path)) {
    const reading = fetch(new URL(path, index), { cache: "no-cache" }).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer[how]();
    });
    reading.catch(() => kept.delete(path));
    kept.set(path, reading);
  }
  return kept.get(path);
}

function shardOf(one) {
  let number = 2166136261;
  for (const letter of [...one].slice(0, isDense(one) ? 1 : 4)) {
    number = Math.imul(number ^ letter.codePointAt(0), 16777619);
  }
  return ((number ^ (number >>> 15)) >>> 0) % shards;
}

// Which documents have a word or one that begins with it, and what it counts there; null: most of them.
async function lookUp(asked) {
  const found = new Map();
  for (const line of (await read(`words/${shardOf(asked)}.txt`, "text")).split("\n")) {
    const gap = line.indexOf(" ");
    const one = line.slice(0, gap);
    if (!meets(one, asked)) continue;
    if (line.endsWith("*")) return null;
    const exact = one === asked ? 1 : 0.5;
    let volume;
    for (const [, number, lot, place, mark] of line.slice(gap).matchAll(/(\d*)([@-~])([@-~])([!-/]?)/g)) {
      if (number) volume = Number(number);
      const id = (volume * 64 + lot.charCodeAt() - 64) * 64 + place.charCodeAt() - 64;
      found.set(id, Math.max(found.get(id) ?? 0, exact * (WEIGHTS[mark] ?? 1)));
    }
  }
  return found;
}

// The documents that have all words: those in the languages of this page first, then the best, then the newest.
async function search(asked, only) {
  const entries = (await Promise.all(asked.map(lookUp))).filter(Boolean);
  if (!entries.length) return null;
  const [fewest, ...others] = entries.sort((one, other) => one.size - other.size);
  const fits = await filter(only);
  const near = only || !choice || !own ? [] : await Promise.all(own.split(" ").map(filter));
  const isNear = (id) => near.some((one) => one(id));
  const worth = entries.map((one) => Math.log(1 + documents / one.size));
  return [...fewest.keys()]
    .filter((id) => others.every((one) => one.has(id)) && fits(id))
    .map((id) => [isNear(id), entries.reduce((sum, one, at) => sum + worth[at] * one.get(id), 0), id])
    .sort((one, other) => other[0] - one[0] || other[1] - one[1] || other[2] - one[2])
    .map(([, , id]) => id);
}

async function filter(only) {
  if (!only) return () => true;
  if (only !== language) {
    const those = await lookUp(`:${only}`);
    return (id) => those.has(id);
  }
  const codes = [...choice.options].map((one) => one.value).filter((code) => code && code !== language);
  const others = await Promise.all(codes.map((code) => lookUp(`:${code}`)));
  return (id) => others.every((one) => !one.has(id));
}

// What is shown: texts are put in as texts, never as HTML

function spans(text, asked) {
  const found = [];
  for (const { 0: run, index } of text.matchAll(written)) {
    if (isDense(run)) {
      for (const one of asked) {
        for (let at = run.indexOf(one); at >= 0; at = run.indexOf(one, at + 1)) found.push([index + at, index + at + one.length, one]);
      }
    } else {
      const folded = fold(run);
      const one = asked.find((one) => meets(folded, one));
      if (one) found.push([index, index + run.length, one]);
    }
  }
  return found.sort((one, other) => one[0] - other[0]);
}

function fill(element, text, found) {
  let at = 0;
  element.replaceChildren();
  for (const [start, end] of found) {
    if (end <= at) continue;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(Math.max(at, start), end);
    element.append(text.slice(at, Math.max(at, start)), mark);
    at = end;
  }
  element.append(text.slice(at));
}

// The passage of a long text in which most of the words stand.
function passage(text, asked) {
  const found = spans(text, asked);
  let [best, most] = [0, 0];
  for (const [start] of found) {
    const near = new Set(found.filter((one) => one[0] >= start && one[1] < start + 140).map((one) => one[2]));
    if (near.size > most) [best, most] = [start, near.size];
  }
  if (!most) return null;
  const from = best < 50 ? 0 : text.indexOf(" ", best - 50) + 1 || best;
  const start = Math.min(from, best);
  const end = text.length > start + 200 ? Math.max(text.lastIndexOf(" ", start + 200), start + 150) : text.length;
  return (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
}

async function snippet(element, address, asked) {
  const page = new DOMParser().parseFromString(await read(address, "text"), "text/html");
  for (const one of page.querySelectorAll(".content nav")) one.remove();
  for (const one of page.querySelectorAll(".content :is(h2, h3, h4)")) one.append(" ·");
  const text = (page.querySelector(".content") ?? page.querySelector("main"))?.textContent.replace(/\s+/g, " ").trim();
  const found = text && passage(text, asked);
  if (found) fill(element, found, spans(found, asked));
}

// A text is read when its result has been in view for a moment, and not while somebody is typing.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    const [address, asked] = waiting.get(target);
    setTimeout(() => target.isConnected && snippet(target, address, asked).catch(() => {}), 300);
  }
});
const waiting = new WeakMap();

function item([address, title, date, code, summary], asked) {
  const [result, heading, link, text] = ["li", "h2", "a", "p"].map((name) => document.createElement(name));
  if (code !== reader) result.lang = code;
  link.href = address;
  fill(link, title, spans(title, asked));
  heading.append(link);
  result.append(heading);
  if (date) {
    const [facts, time] = ["p", "time"].map((name) => document.createElement(name));
    time.dateTime = date;
    time.textContent = new Date(date).toLocaleDateString(reader === "en" ? "en-GB" : reader, { dateStyle: "long", timeZone: "UTC" });
    facts.className = "facts";
    facts.append(time);
    result.append(facts);
  }
  text.className = "snippet";
  const found = spans(summary, asked);
  fill(text, summary, found);
  result.append(text);
  if (new Set(found.map((one) => one[2])).size < new Set(asked).size) {
    waiting.set(text, [address, asked]);
    seen.observe(text);
  }
  return result;
}

async function show(ids, asked) {
  const rows = await Promise.all(ids.map(async (id) => {
    const lot = await read(`pages/${id >> 12}-${(id >> 6) & 63}.json`, "json");
    return lot[id & 63];
  }));
  return rows.filter(Boolean).map((row) => item(row, asked));
}

// The question

let turn = 0;
let rest = [];

async function answer() {
  const mine = ++turn;
  const asked = [...new Set(wordsOf(field.value))];
  const address = new URL(location);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", address);
  let [told, items] = ["", []];
  if (asked.length) {
    try {
      const ids = await search(asked, choice?.value);
      const { none, short, one, many, common } = status.dataset;
      told = !ids ? common : [asked.every(begins) ? none : short, one][ids.length] ?? many.replace("{}", ids.length.toLocaleString(reader));
      items = await show((ids ?? []).slice(0, SHOWN), asked);
      if (mine === turn) rest = (ids ?? []).slice(SHOWN);
    } catch {
      [told, items] = [status.dataset.failed, []];
    }
  }
  if (mine !== turn) return;
  if (!asked.length) rest = [];
  list.ariaBusy = false;
  status.textContent = told;
  list.replaceChildren(...items);
  more.hidden = !rest.length;
}

more.addEventListener("click", async () => {
  const asked = [...new Set(wordsOf(field.value))];
  const items = await show(rest.splice(0, SHOWN), asked);
  list.append(...items);
  more.hidden = !rest.length;
  items[0]?.querySelector("a").focus();
});

// Who is in the middle of a word isn't answered: each answer reads files. A word too short to be found by its
// beginning is most likely such a middle.
let pause;
form.addEventListener("input", () => {
  list.ariaBusy = true;
  clearTimeout(pause);
  pause = setTimeout(answer, wordsOf(field.value).slice(-1).every(begins) ? 200 : 500);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(pause);
  answer();
});

// By keyboard

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const here = document.activeElement;
  if (event.key === "Escape" && (here === field || list.contains(here))) {
    field.value = "";
    field.focus();
    answer();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const stops = [field, ...list.querySelectorAll("h2 a")];
    const at = stops.indexOf(here);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !next) return;
    next.focus();
  } else return;
  event.preventDefault();
});

for (const option of choice?.options ?? []) {
  if (option.value) option.textContent = new Intl.DisplayNames(reader, { type: "language" }).of(option.value);
}
for (const [name, value] of new URLSearchParams(location.search)) {
  if (name in form.elements) form.elements[name].value = value;
}
if (field.value) answer();
