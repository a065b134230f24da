// Wakes the islands of a page. The page has been complete and usable before: this only makes some of its
// parts react without a journey to the server, so it waits until the browser has nothing better to do.
//
// APP_JS and APP_WASM are the addresses, with content hashes, that xtask puts in when it builds the site.

/** What to call before a part of the page that an island took in as its children wakes up, innermost last. */
const owners = [];

const load = async () => {
  const app = await import(APP_JS);
  await app.default({ module_or_path: APP_WASM });
  app.start();
  await wake(document.body, app);
  document.documentElement.dataset.awake = "";
};

/** Goes through the page from the top, so that an outer island is awake before those inside it. */
const wake = async (element, app) => {
  const is_island = element.localName === "leptos-island";
  const is_children = element.localName === "leptos-children";
  if (is_island) {
    await wakeIsland(element, app);
  } else if (is_children) {
    owners.push(element.$$on_hydrate);
  }
  for (const child of [...element.children]) {
    await wake(child, app);
  }
  if (is_children) {
    owners.pop();
  }
};

/** One island: the program exports a function of its name. Inside another's children, their owner comes first. */
const wakeIsland = async (element, app) => {
  const hydrate = app[element.dataset.component];
  if (!hydrate) {
    console.error(`The program knows no island called ${element.dataset.component}`);
    return;
  }
  owners.at(-1)?.();
  await hydrate(element);
};

// A page that never rests must not keep its islands asleep for ever.
if ("requestIdleCallback" in window) {
  window.requestIdleCallback(load, { timeout: 2000 });
} else {
  load();
}
