// The goods and the questions of scripts/bench-search:
//   node scripts/bench-search.mjs goods FROM TO               rows of COPY, the same each time
//   node scripts/bench-search.mjs measure ADDRESS SIZE ENGINE FOLDER
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const data = (path) => readFileSync(fileURLToPath(new URL(`../data/${path}`, import.meta.url)), "utf8");

/** Numbers from 0 to 1, the same for the same seed. */
const seeded = (seed) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d").replaceAll("Đ", "D").toLowerCase();

/** The words of names and descriptions in the sample catalogue, the commonest first. */
const words = (() => {
  const counts = new Map();
  for (const line of data("catalogue/products.csv").split("\n").slice(1)) {
    const [, name = ""] = line.split(",");
    const [, description = ""] = /"([^"]*)"/.exec(line) ?? [];
    for (const word of `${name} ${description}`.toLowerCase().normalize("NFC").match(/\p{L}{2,}/gu) ?? []) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word);
})();
/** Zipf: the word of rank r comes 1/(r + 2) as often. */
const shares = words.reduce((sums, _, rank) => [...sums, (sums.at(-1) ?? 0) + 1 / (rank + 2)], []);
const word = (random) => {
  const at = random() * shares.at(-1);
  let [low, high] = [0, shares.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (shares[middle] < at) low = middle + 1;
    else high = middle;
  }
  return words[low];
};

const one = (random, list) => list[Math.floor(random() * list.length)];
const groups = [["food", 1, 14], ["drink", 15, 18], ["herbal", 19, 20], ["craft", 21, 23], ["ornamental", 24, 25], ["tourism", 26, 26]];
const communes = data("places/communes_after.csv").split("\n").map((line) => line.split(",")).filter((cells) => cells[4] === "92").map(([code, name]) => [Number(code), name]);

/** A line of COPY. */
const good = (number) => {
  const random = seeded(number * 7919 + 1);
  const name = Array.from({ length: 2 + Math.floor(random() * 4) }, () => word(random));
  const shop = Math.floor(random() ** 2 * 20_000);
  const owner = seeded(shop + 17);
  const seller = ["cơ", "sở", word(owner), word(owner)];
  const [commune, place] = one(owner, communes);
  const rest = Array.from({ length: 12 }, () => word(random));
  const [group, first, last] = one(random, [groups[0], groups[0], groups[0], ...groups]);
  const lexemes = [];
  let at = 0;
  for (const [weight, list] of [["A", name], ["B", seller], ["C", place.toLowerCase().split(" ")], ["D", rest]]) {
    for (const it of list) {
      at += 1;
      lexemes.push(`'${folded(it)}':${at}${weight}`);
      if (folded(it) !== it) lexemes.push(`'${it}':${at}${weight}`);
    }
    at += 10;
  }
  const hex = (value, length) => value.toString(16).padStart(length, "0");
  const id = `${hex(Math.floor(random() * 2 ** 32), 8)}-0000-4000-8000-${hex(number, 12)}`;
  const stars = random() < 0.3 ? 3 + Math.floor(random() * 3) : null;
  const month = 1 + Math.floor(random() * 12);
  const fact = group === "food" ? `{keeping=${one(random, ["cool", "frozen", "normal"])}}` : "{}";
  const inStock = random() < 0.9;
  // As `ranking::WEIGHTS` sums it up, in November: few values, each of many goods.
  const standing = 0.5 * inStock + 0.3 * [month, (month % 12) + 1].includes(11) + 0.05 * (stars ?? 0) + (random() < 0.1 ? 0.2 * random() : 0);
  const published = new Date(Date.UTC(2026, 10, 1) - Math.floor(random() * 3e10)).toISOString();
  return [
    id, `G${number}`, `g-${number}`, name.join(" "), name.map(folded).join(" "), lexemes.join(" "), `00000000-0000-4000-8000-${hex(shop, 12)}`,
    `shop-${shop}`, seller.join(" "), one(owner, ["household", "household", "cooperative", "enterprise"]), group,
    first + Math.floor(random() * (last - first + 1)), 100_000 + commune, commune, place, stars ?? "\\N", stars ? "2025-01-01" : "\\N",
    stars ? "2028-01-01" : "\\N", 5_000 + Math.floor(random() ** 3 * 400) * 1_000, "kg", "", inStock, `{${month},${(month % 12) + 1}}`,
    Math.floor(random() ** 6 * 500), standing.toFixed(4), published, fact,
  ].join("\t");
};

const write = async (from, to) => {
  const lines = [];
  for (let number = from; number < to; number += 1) {
    lines.push(good(number));
    if (lines.length === 5_000 || number === to - 1) {
      if (!process.stdout.write(`${lines.splice(0).join("\n")}\n`)) await new Promise((done) => process.stdout.once("drain", done));
    }
  }
};

/** Telex as it stays where no program reads it: the tone's key behind the word. */
const telex = (text) => {
  const keys = { "\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j" };
  return [...text].map((letter) => {
    const [base, ...marks] = letter.normalize("NFD");
    return base.replace("đ", "dd") + marks.map((mark) => keys[mark] ?? "").join("");
  }).join("");
};
const slipped = (random, text) => {
  const at = 1 + Math.floor(random() * (text.length - 2));
  return text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
};
/** The name of something that is there. */
const named = (random, size) => good(Math.floor(random() * size)).split("\t")[3].split(" ");
const long = (random, size) => named(random, size).map(folded).find((it) => it.length > 4) ?? "trai";

/** How each kind is asked, so that no question comes twice. */
const kinds = {
  "one word": (random) => ({ q: word(random) }),
  "two words": (random, size) => ({ q: named(random, size).slice(0, 2).join(" ") }),
  "a whole name": (random, size) => ({ q: named(random, size).join(" ") }),
  "without marks": (random, size) => ({ q: folded(named(random, size).slice(0, 2).join(" ")) }),
  "Telex left over": (random, size) => ({ q: telex(named(random, size).slice(0, 2).join(" ")) }),
  "a slip": (random, size) => ({ q: slipped(random, long(random, size)) }),
  "part of a word": (random, size) => ({ q: `${folded(named(random, size)[0])} ${long(random, size).slice(0, 3)}` }),
  "run together": (random, size) => ({ q: named(random, size).slice(0, 2).map(folded).join("") }),
  "nothing like it": (random) => ({ q: `zzq${Math.floor(random() * 1e6)}` }),
  // Nothing is as cheap: all goods, and yet another question.
  "no text": (random) => ({ min_vnd: 1 + Math.floor(random() * 4_000) }),
  "no text, page 50": (random) => ({ page: 30 + Math.floor(random() * 40), min_vnd: 1 + Math.floor(random() * 4_000) }),
  "facets, no text": (random) => ({ group: one(random, groups)[0], commune: one(random, communes)[0], seller_kind: "household", stars: "3,4" }),
  "facets of a word": (random) => ({ q: word(random), group: one(random, groups)[0], min_vnd: 10_000 + Math.floor(random() * 50) * 1_000 }),
  "by price": (random) => ({ sort: "price", min_vnd: 6_000 + Math.floor(random() * 90) * 1_000 }),
};

const measure = async (address, size, engine, folder) => {
  const file = join(folder, `${engine}.json`);
  const smallest = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
  const told = {};
  for (const [kind, question] of Object.entries(kinds)) {
    const random = seeded(kind.length * 31 + size);
    const times = [];
    const others = new Set();
    const before = new Set();
    for (let round = 0; round < 42; round += 1) {
      let asked = question(random, size);
      // What is remembered would be measured otherwise.
      for (let tries = 0; tries < 1_000 && before.has(JSON.stringify(asked)); tries += 1) asked = question(random, size);
      before.add(JSON.stringify(asked));
      const begun = performance.now();
      const answer = await fetch(`${address}/api/v1/products?${new URLSearchParams(asked)}`);
      const body = await answer.json();
      // The first find the caches of the database empty.
      if (round > 1) times.push(performance.now() - begun);
      if (body.engine !== engine) others.add(body.engine ?? answer.status);
    }
    times.sort((a, b) => a - b);
    const [p50, p99] = [times[Math.floor(times.length / 2)], times.at(-1)];
    told[kind] = p50;
    const ratio = smallest ? `  ${(p50 / smallest[kind]).toFixed(1).padStart(6)} ×` : "";
    console.log(`${engine.padEnd(12)} ${kind.padEnd(20)} p50 ${p50.toFixed(1).padStart(8)} ms  p99 ${p99.toFixed(1).padStart(8)} ms${ratio}${others.size ? `  answered by ${[...others]}` : ""}`);
  }
  if (!smallest) writeFileSync(file, JSON.stringify(told));
};

const [task, ...rest] = process.argv.slice(2);
if (task === "goods") await write(Number(rest[0]), Number(rest[1]));
else await measure(rest[0], Number(rest[1]), rest[2], rest[3]);
