// What a first visit loads, in brotli bytes, without photographs: HTML, CSS, WASM and JavaScript, fonts.
import { brotliCompressSync, constants } from "node:zlib";

const [base, ...paths] = process.argv.slice(2);
const best = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const load = async (path) => Buffer.from(await (await fetch(base + path, { headers: { "accept-encoding": "identity" } })).arrayBuffer());
const size = async (path) => (path.endsWith(".woff2") ? (await load(path)).length : best(await load(path)));

for (const path of paths) {
  const html = (await load(path)).toString();
  const sizes = { html: best(html), css: 0, fonts: 0, "wasm+js": 0 };
  for (const [, href] of html.matchAll(/href="(\/pkg\/[^"]+\.css|\/fonts\/[^"]+)"/g)) sizes[href.endsWith(".css") ? "css" : "fonts"] += await size(href);
  for (const [, loader] of html.matchAll(/<script type="module" src="([^"]+)"/g)) {
    const source = (await load(loader)).toString();
    sizes["wasm+js"] += await size(loader);
    for (const [, part] of source.matchAll(/["'`](\/pkg\/app\.[^"'`]+)["'`]/g)) sizes["wasm+js"] += await size(part);
  }
  const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
  console.log(`${path.padEnd(34)} ${Object.entries(sizes).map(([name, bytes]) => `${name} ${bytes}`).join("  ")}  = ${total}`);
}
