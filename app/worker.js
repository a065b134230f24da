// The service worker of the sellers' desk and of the collectors' round: for each it keeps one page, on which goods are
// written down or parcels marked while there is no network, and what that page loads. It looks after addresses below
// /ban-hang/ and after /to-so/gom-hang alone, so that buyers never meet it; of those it answers nothing that the network
// can answer. The page that it keeps tells nothing of anybody: drafts themselves are kept by drafts.js, the round and its
// marks by round.js.
//
// BUILD names what xtask built; with another one this file is another worker.

const CACHE = `desk-${BUILD}`;
const ROUND = "/to-so/gom-hang";
const isRound = new URL(self.registration.scope).pathname === ROUND;
/** Where a listing begins, and where one is written without a network; a round begins where it goes on. */
const BEGIN = isRound ? ROUND : "/ban-hang/dang-ban";
const AHEAD = isRound ? ROUND : "/ban-hang/dang-ban/viet-san";
/** The latter as phones keep it. */
const COPY = `${AHEAD}?luu`;
/** A page that takes longer has no network worth the name, milliseconds. */
const PATIENCE = 8000;

/** Keeps the page as it is now, with all that it loads. */
const keep = async () => {
  const answer = await fetch(COPY, { cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(`the page to keep answers ${answer.status}`);
  const text = await answer.clone().text();
  const parts = [...text.matchAll(/(?:href|src)="(\/[^"#?]+\.(?:css|js|svg|woff2))/g)].map(([, path]) => path);
  const cache = await caches.open(CACHE);
  await cache.addAll(new Set([...parts, "/icons.svg"]));
  // Last: a page is kept only with what it needs.
  await cache.put(COPY, answer);
};

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const dropOthers = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("desk-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(dropOthers());
});

self.addEventListener("message", (event) => {
  // Without a network the old copy stays.
  if (event.data === "keep") event.waitUntil(keep().catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (pathname === BEGIN || pathname === AHEAD) event.respondWith(page(request, pathname));
  } else if (/\.(?:css|js|svg|woff2)$/.test(pathname)) {
    event.respondWith(part(request));
  }
});

const page = async (request, pathname) => {
  try {
    return await Promise.race([fetch(request), late()]);
  } catch (fault) {
    if (pathname !== AHEAD) return Response.redirect(AHEAD);
    const kept = await (await caches.open(CACHE)).match(COPY, { ignoreVary: true });
    if (!kept) throw fault;
    return kept;
  }
};

const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), PATIENCE));

const part = async (request) => {
  try {
    return await fetch(request);
  } catch (fault) {
    const kept = await (await caches.open(CACHE)).match(request, { ignoreVary: true });
    if (!kept) throw fault;
    return kept;
  }
};
