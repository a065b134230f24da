// Memory of the whole process while 32 people send photographs of 12 megapixels at once, and what refusals cost:
//   node scripts/bench-photos.mjs ADDRESS PID TOKEN
// Linux alone tells the most memory that a process had since it was last asked to forget it.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

const [address, pid, token] = process.argv.slice(2);
const people = 32;
const folder = fileURLToPath(new URL("../market/tests/it/media/", import.meta.url));

const most = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const now = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
const forget = () => writeFileSync(`/proc/${pid}/clear_refs`, "5");

/** As a phone takes it, coded by Chromium: 4000 × 3000 pixels with the grain of a camera. */
const photograph = async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  const page = await browser.newPage();
  const text = await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [4000, 3000];
    const context = canvas.getContext("2d");
    const image = context.createImageData(4000, 3000);
    for (let at = 0; at < image.data.length; at += 4) {
      const grain = Math.random() * 40;
      image.data.set([120 + grain, ((at / 16000) % 200) + grain, 40 + grain, 255], at);
    }
    context.putImageData(image, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
  });
  await browser.close();
  return Buffer.from(text, "base64");
};

const call = (path, init) => fetch(`${address}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

const product = async (number) => {
  const body = JSON.stringify({ name: `Hình thử ${number}`, group: "food", unit: "kg", price_vnd: 10000, stock: 1 });
  const answer = await call("/seller/products", { method: "POST", body, headers: { "content-type": "application/json" } });
  return (await answer.json()).id;
};

const send = async (id, bytes, name) => {
  const form = new FormData();
  form.append("photo", new Blob([bytes]), name);
  const begun = performance.now();
  const answer = await call(`/seller/products/${id}/photos`, { method: "POST", body: form, headers: {} });
  const { code } = await answer.json();
  return { status: answer.status, code, milliseconds: performance.now() - begun };
};

const products = [];
for (let number = 0; number < people / 8; number += 1) products.push(await product(number));

const whole = await photograph();
// What comes behind the end of a picture makes another file of it, not another picture.
const files = Array.from({ length: people }, (_, number) => Buffer.concat([whole, Buffer.from(`${number}`)]));
forget();
const before = now();
const begun = performance.now();
const answers = await Promise.all(files.map((file, number) => send(products[number % products.length], file, "hinh.jpg")));
const taken = answers.filter((answer) => answer.status === 201).length;
const others = new Set(answers.filter((answer) => answer.status !== 201).map(({ status, code }) => `${status} ${code}`));
if (others.size > 0) console.log(`not taken: ${[...others].join(", ")}`);
const seconds = (performance.now() - begun) / 1000;
console.log(`${people} × 12 megapixels, ${(whole.length / 1024 / 1024).toFixed(1)} MiB each: ${taken} taken in ${seconds.toFixed(1)} s, process ${most().toFixed(0)} MiB at most (before: ${before.toFixed(0)})`);

const id = await product("sai");
await send(id, readFileSync(join(folder, "random_bytes.jpg")), "warm.jpg");
for (const name of readdirSync(folder).filter((name) => /\.(jpg|png|webp|svg)$/.test(name))) {
  forget();
  const before = now();
  const { status, code, milliseconds } = await send(id, readFileSync(join(folder, name)), name);
  if (status !== 201) {
    console.log(`${name.padEnd(34)} ${String(code).padEnd(26)} ${milliseconds.toFixed(0).padStart(5)} ms  +${Math.max(0, most() - before).toFixed(0)} MiB`);
  }
}
