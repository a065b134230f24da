// The collector's round on a phone: the list as it was last seen, and the marks that were made on it, are kept in the
// browser's database and sent once there is a network.
//
// Each mark has a key that travels with it: the server makes one event of it, however often it arrives. List and marks
// belong to the person at the team's desk, whose mark is in a cookie that leaves with the session; others neither see nor
// send them. What is said stands in the page.
import { mustBeAnswered, post } from "./sending.js";

const ROUND = "/to-so/gom-hang";
/** After so long it is tried again, seconds; each time twice as long, up to the most. */
const FIRST_REST = 2;
const LONGEST_REST = 60;
/** What somebody else left on this phone goes after so long, milliseconds. */
const FORGOTTEN = 7 * 24 * 3600 * 1000;

/** The person at the team's desk; nobody after the sign-out. */
const owner = () => /(?:^|; )(?:__Secure-|cb_)desk=([0-9a-f]+)/.exec(document.cookie)?.[1] ?? null;

let opening;
const database = () => {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("round", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("lists", { keyPath: "owner" });
      asked.result.createObjectStore("marks", { keyPath: "key" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
};

/** Asks a store for something, and answers once what was changed is on the disk. */
const within = async (name, mode, work) => {
  const change = (await database()).transaction(name, mode);
  return new Promise((resolve, reject) => {
    const asked = work(change.objectStore(name));
    change.oncomplete = () => resolve(asked?.result);
    change.onabort = () => reject(change.error);
  });
};

/** The marks of who is here that are still to be sent, the first one first. */
const waiting = async () => {
  const all = await within("marks", "readonly", (marks) => marks.getAll());
  return all.filter((mark) => mark.owner === owner()).sort((a, b) => a.at - b.at);
};

/** What other people left here long ago goes. */
const forget = async () => {
  for (const name of ["lists", "marks"]) {
    const all = await within(name, "readonly", (store) => store.getAll());
    const old = all.filter((it) => it.owner !== owner() && it.at < Date.now() - FORGOTTEN);
    await within(name, "readwrite", (store) => old.forEach((it) => store.delete(it[store.keyPath])));
  }
};

/** One tab at a time. */
let before = Promise.resolve();
const alone = (work) => {
  if (navigator.locks) return navigator.locks.request("round", work);
  before = before.then(work, work);
  return before;
};

let panel;
let timer;
let rest = FIRST_REST;
/** Whether nobody answered when it was last tried. */
let isAway = false;

const later = () => {
  clearTimeout(timer);
  timer = setTimeout(sendAll, rest * 1000);
  rest = Math.min(rest * 2, LONGEST_REST);
};

/** What became of a parcel is said in its row, where nothing more is marked until the page is seen anew. */
const say = (parcel, words) => {
  const row = panel.querySelector(`[data-parcel="${CSS.escape(parcel)}"]`);
  if (!row) return;
  row.querySelector("[data-said]").textContent = words;
  for (const form of row.querySelectorAll("form")) form.hidden = true;
};

const show = async () => {
  const { dataset } = panel;
  const words = owner() === null ? dataset.nobody : isAway || !navigator.onLine ? dataset.offline : "";
  const net = panel.querySelector("[data-net]");
  if (net.textContent !== words) net.textContent = words;
  for (const { parcel, label } of await waiting()) say(parcel, `${label}: ${dataset.waits}`);
};

/** Sends what waits, in the order in which it was marked. */
const sendAll = () =>
  alone(async () => {
    clearTimeout(timer);
    const marks = await waiting();
    let hasSent = false;
    for (const mark of marks) {
      try {
        const answer = await post(ROUND, new URLSearchParams({ kien: mark.parcel, viec: mark.event, khoa: mark.key, luc: mark.at }), {
          accept: "application/json",
        });
        mustBeAnswered(answer);
        if (!answer.headers.get("content-type")?.startsWith("application/json")) {
          // The page of the sign-in, say: the mark stays.
          say(mark.parcel, panel.dataset.signIn);
          break;
        }
        const { message } = await answer.json();
        await within("marks", "readwrite", (store) => store.delete(mark.key));
        say(mark.parcel, `${mark.label}: ${message}`);
        [isAway, rest, hasSent] = [false, FIRST_REST, true];
      } catch {
        isAway = true;
        later();
        break;
      }
    }
    await show();
    // What can be marked next is the server's to say.
    if (hasSent && (await waiting()).length === 0) await refresh();
  });

/** Takes the list anew, and keeps it. */
const refresh = async () => {
  const answer = await fetch(ROUND, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok || new URL(answer.url).pathname !== ROUND) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-stops]");
  if (!told) return;
  panel.querySelector("[data-stops]").replaceWith(told);
  await keepList();
  await show();
};

const keepList = () => {
  const list = panel.querySelector("[data-stops]").innerHTML;
  return within("lists", "readwrite", (lists) => lists.put({ owner: owner(), list, at: Date.now() }));
};

/** The worker answers for the page without a network. */
const keepPage = async () => {
  if (!navigator.serviceWorker || !navigator.onLine) return;
  // Where it fails the next page tries again.
  const registration = await navigator.serviceWorker.register("/worker.js", { scope: ROUND }).catch(() => null);
  registration?.active?.postMessage("keep");
};

export const keepRound = async () => {
  panel = document.querySelector("[data-round]");
  // Elsewhere there are the plain forms: keys are made on encrypted pages alone.
  if (!panel || !window.isSecureContext || !(await database().catch(() => null))) return;
  await forget();
  isAway = panel.dataset.kept !== undefined;
  if (isAway && owner()) {
    const kept = await within("lists", "readonly", (lists) => lists.get(owner()));
    if (kept) panel.querySelector("[data-stops]").innerHTML = kept.list;
  } else if (owner()) {
    await keepList();
  }
  panel.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.mark === undefined || owner() === null) return;
    event.preventDefault();
    form.inert = true;
    const label = form.querySelector("button").textContent.trim();
    const { kien, viec } = form.elements;
    const mark = { key: crypto.randomUUID(), owner: owner(), parcel: kien.value, event: viec.value, label, at: Date.now() };
    await within("marks", "readwrite", (marks) => marks.put(mark));
    await show();
    await sendAll();
  });
  await show();
  document.documentElement.dataset.keeps = "";
  keepPage();
  window.addEventListener("online", () => {
    [rest, isAway] = [FIRST_REST, false];
    sendAll();
  });
  window.addEventListener("offline", show);
  await sendAll();
};
