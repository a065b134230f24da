// Forms that are kept on the phone while somebody types, and sent once, when there is a network.
//
// A form is kept where it says `data-draft`, the field that names it; its photographs go where `data-photos` says,
// seen from the page that the form leads to, and then the person goes where `data-then` says. Each draft has a key that
// travels with it: the server makes one thing of it, however often it arrives. It belongs to a person at a desk, whose
// mark is in a cookie that leaves with the session; others neither see nor send it. What is said stands in the page.
import { mustBeAnswered, post, sendPhoto } from "./sending.js";
import { shrunk } from "./shrink.js";

const PHOTOS = 8;
/** A question that takes longer has been lost, milliseconds. */
const SHORT_PATIENCE = 8000;
/** After so long it is tried again, seconds; each time twice as long, up to the most. */
const FIRST_REST = 2;
const LONGEST_REST = 60;
/** What somebody else left on this phone goes after so long, milliseconds. */
const FORGOTTEN = 60 * 24 * 3600 * 1000;
/** Drafts that are written on; all others are to be sent. */
const OPEN = new Set(["typing", "refused"]);

/** The person at a desk whose drafts these are; nobody after the sign-out. */
const owner = () => /(?:^|; )(?:__Secure-|cb_)desk=([0-9a-f]+)/.exec(document.cookie)?.[1] ?? null;

let opening;
const database = () => {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("drafts", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("drafts", { keyPath: "key" });
      asked.result.createObjectStore("photos", { keyPath: "number", autoIncrement: true }).createIndex("draft", "draft");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
};

/** Asks the stores for something, and answers once what was changed is on the disk. */
const within = async (mode, work) => {
  const change = (await database()).transaction(["drafts", "photos"], mode);
  return new Promise((resolve, reject) => {
    const asked = work(change.objectStore("drafts"), change.objectStore("photos"));
    change.oncomplete = () => resolve(asked?.result);
    change.onabort = () => reject(change.error);
  });
};

const keep = (draft) => within("readwrite", (drafts) => drafts.put({ ...draft, changed: Date.now() }));
const find = (key) => within("readonly", (drafts) => drafts.get(key));
const photosOf = (key) => within("readonly", (_, photos) => photos.index("draft").getAll(key));
const dropPhoto = (number) => within("readwrite", (_, photos) => photos.delete(number));

const drop = async (key) => {
  const photos = await photosOf(key);
  await within("readwrite", (drafts, stored) => {
    photos.forEach(({ number }) => stored.delete(number));
    drafts.delete(key);
  });
};

/** The drafts of who is here, the last one first. */
const own = async () => {
  const all = await within("readonly", (drafts) => drafts.getAll());
  const [mine, others] = [owner(), Date.now() - FORGOTTEN];
  for (const draft of all) {
    if (draft.owner !== mine && draft.changed < others) await drop(draft.key);
  }
  return all.filter((draft) => mine && draft.owner === mine).sort((a, b) => b.changed - a.changed);
};

/** One tab at a time. */
let before = Promise.resolve();
const alone = (work) => {
  if (navigator.locks) return navigator.locks.request("drafts", work);
  before = before.then(work, work);
  return before;
};

/** The drafts that this tab writes on: two tabs don't write on one. */
const held = new Set();
const HELD = "draft ";

/** Takes a draft for this tab as long as it stands; answers whether that went. */
const hold = (key) => {
  if (held.has(key) || !navigator.locks) return Promise.resolve(true);
  return new Promise((answer) => {
    navigator.locks.request(HELD + key, { ifAvailable: true }, (lock) => {
      if (lock) held.add(key);
      answer(lock !== null);
      // Never given back: it ends with the page.
      return lock && new Promise(() => {});
    });
  });
};

/** The drafts that other tabs write on. */
const heldElsewhere = async () => {
  const locks = (await navigator.locks?.query())?.held ?? [];
  const keys = locks.filter(({ name }) => name.startsWith(HELD)).map(({ name }) => name.slice(HELD.length));
  return new Set(keys.filter((key) => !held.has(key)));
};

let panel;
/** What is being sent, and what has been sent since the page was opened. */
const travelling = new Set();
const arrived = new Map();
let timer;
let rest = FIRST_REST;
/** Whether nobody answered when it was last tried; browsers take any network for the whole one. */
let isAway = false;

/** Asked before anything is sent: what certainly has not arrived can still be changed. */
const isThere = async () => {
  const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(SHORT_PATIENCE) }).catch(() => null);
  return answer?.ok ?? false;
};

const later = () => {
  timer = setTimeout(sendAll, rest * 1000);
  rest = Math.min(rest * 2, LONGEST_REST);
};

/** Sends what waits. */
const sendAll = () =>
  alone(async () => {
    clearTimeout(timer);
    const waiting = (await own()).filter(({ state }) => !OPEN.has(state));
    if (waiting.length === 0) return;
    isAway = !(await isThere());
    await show();
    if (isAway) {
      later();
      return;
    }
    for (const { key } of waiting) {
      // As it is now, in whichever tab that was changed.
      const draft = await find(key);
      if (!draft || OPEN.has(draft.state)) continue;
      travelling.add(key);
      await show();
      try {
        await send(draft);
        rest = FIRST_REST;
      } catch {
        later();
      }
      travelling.delete(key);
      await show();
    }
  });

/** Whether somebody has to sign in before the answer can be had, by the page that came instead. */
const asksWho = (page) => new URL(page).pathname === panel.dataset.signInAt;

/** Sends a draft, or notes why it can't be; throws where it is worth another try. */
const send = async (draft) => {
  if (!draft.at) {
    // From here on the server may have it: what was typed is no longer changed.
    await keep({ ...draft, isTried: true });
    draft = await find(draft.key);
    const body = new URLSearchParams(draft.fields);
    body.set("khoa", draft.key);
    body.set("cua", draft.owner);
    const answer = await post(draft.action, body);
    mustBeAnswered(answer);
    if (answer.status === 422) return refused(draft, await answer.text());
    if (asksWho(answer.url)) return keep({ ...draft, state: "sign_in" });
    if (!answer.ok || !answer.redirected) return keep({ ...draft, state: "other" });
    draft.at = answer.url;
    await keep(draft);
  }
  const problems = [];
  for (const photo of await photosOf(draft.key)) {
    const { isDone, message, page, status } = await sendPhoto(new URL(draft.photos, draft.at).href, photo.blob);
    if (page && asksWho(page)) return keep({ ...draft, state: "sign_in" });
    // What can't be taken stays with the person only where the file itself is not at fault.
    if (!isDone && status !== 422 && status !== 413) return keep({ ...draft, state: "other", problem: message });
    if (message) problems.push(`${photo.name}: ${message}`);
    await dropPhoto(photo.number);
    await show();
  }
  await drop(draft.key);
  arrived.set(draft.key, { title: draft.title, address: new URL(draft.then, draft.at).href, problems });
};

/** What the server finds wrong: the page with its errors, where the form stands before the person. */
const refused = async (draft, text) => {
  const told = new DOMParser().parseFromString(text, "text/html");
  const problem = [...told.querySelectorAll(".field__error")].map((it) => it.textContent.trim()).join(" ");
  // Nothing was made of it: it can be mended, and sent under the same key.
  await keep({ ...draft, state: "refused", isTried: false, problem });
  const form = document.querySelector("form[data-draft]");
  if (form?.elements.khoa.value !== draft.key) return;
  document.querySelector("main").replaceWith(told.querySelector("main"));
  panel = document.querySelector("[data-drafts]");
  await bind(document.querySelector("form[data-draft]"));
  document.querySelector(".error-summary")?.focus();
};

/** What is kept on this phone, and what becomes of it. */
const show = async () => {
  if (!panel) return;
  const { dataset } = panel;
  const current = document.querySelector("form[data-draft]")?.elements.khoa.value;
  const drafts = await own();
  const elsewhere = await heldElsewhere();
  const rows = [];
  for (const draft of drafts) {
    const isHere = draft.key === current;
    // What is being typed stands below.
    if (isHere && OPEN.has(draft.state)) continue;
    const count = (await photosOf(draft.key)).length;
    const isElsewhere = OPEN.has(draft.state) && elsewhere.has(draft.key);
    rows.push(rowOf(draft, isHere || isElsewhere, isElsewhere ? dataset.elsewhere : stateOf(draft, count)));
  }
  for (const { title, address, problems } of arrived.values()) {
    const row = blank();
    row.querySelector(".draft__name").textContent = title;
    row.querySelector(".draft__said").textContent = [dataset.sent, ...problems].join(" ");
    const link = row.querySelector("a");
    [link.href, link.textContent, link.hidden] = [address, dataset.see, false];
    rows.push(row);
  }
  const list = panel.querySelector("ul");
  const net = panel.querySelector("[role=status]");
  const isOffline = isAway || !navigator.onLine;
  const said = owner() === null ? dataset.nobody : isOffline ? dataset.offline : "";
  if (net.textContent !== said) net.textContent = said;
  list.replaceChildren(...rows);
  panel.hidden = rows.length === 0 && said === "";
  panel.querySelector("h2").hidden = rows.length === 0;
};

const stateOf = (draft, count) => {
  const { dataset } = panel;
  const isTravelling = travelling.has(draft.key);
  if (isTravelling && draft.at) return dataset.photos.replace("{count}", count);
  if (isTravelling) return dataset.sending;
  const said = { typing: dataset.typing, refused: dataset.refused, sign_in: dataset.signIn, other: dataset.other }[draft.state];
  return [said ?? dataset.ready, draft.state === "refused" && draft.problem].filter(Boolean).join(" ");
};

const blank = () => panel.querySelector("template").content.firstElementChild.cloneNode(true);

const rowOf = (draft, isOpen, said) => {
  const row = blank();
  const { dataset } = panel;
  row.dataset.state = draft.state;
  row.querySelector(".draft__name").textContent = draft.title || dataset.unnamed;
  row.querySelector(".draft__said").textContent = said;
  const [go] = row.getElementsByTagName("a");
  const [now, away] = row.getElementsByTagName("button");
  if (draft.state === "sign_in") {
    [go.href, go.textContent] = [dataset.signInAt + "?" + new URLSearchParams({ ve: draft.action }), dataset.toSignIn];
    go.hidden = false;
  } else if (!draft.isTried && !isOpen && !travelling.has(draft.key)) {
    go.href = `${draft.action}?${new URLSearchParams({ nhap: draft.key })}`;
    go.hidden = false;
  }
  now.hidden = OPEN.has(draft.state) || travelling.has(draft.key);
  now.addEventListener("click", () => sendAll());
  away.hidden = isOpen || travelling.has(draft.key);
  away.addEventListener("click", async () => {
    // What was typed goes for good: twice is meant.
    if (away.dataset.sure === undefined) {
      away.dataset.sure = "";
      away.lastElementChild.textContent = dataset.sure;
      return;
    }
    await alone(() => drop(draft.key));
    await show();
  });
  return row;
};

/** Keeps what is typed into a form, and sends it where the form would. */
const bind = async (form) => {
  const mine = owner();
  if (!mine) {
    // The page comes from the phone, and nobody is signed in.
    form.hidden = true;
    return;
  }
  const { pathname } = new URL(form.action);
  let draft = await chosen(form, pathname);
  form.elements.khoa.value = draft.key;
  const chosenPhotos = form.querySelector("[data-chosen]");
  let preparing = Promise.resolve();

  const note = async (state) => {
    if (owner() !== mine) {
      window.location.reload();
      return;
    }
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "khoa" && name !== "cua");
    const title = form.elements[form.dataset.draft].value.trim();
    draft = { ...draft, fields, title, state };
    await keep(draft);
  };

  const showPhotos = async () => {
    const photos = await photosOf(draft.key);
    chosenPhotos.replaceChildren(
      ...photos.map(({ number, blob }) => {
        const item = form.querySelector("template[data-photo]").content.firstElementChild.cloneNode(true);
        const picture = item.querySelector("img");
        picture.src = URL.createObjectURL(blob);
        picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
        item.querySelector("button").addEventListener("click", async () => {
          await dropPhoto(number);
          await showPhotos();
        });
        return item;
      }),
    );
  };

  const status = form.querySelector("[data-preparing]");
  const take = async (field) => {
    const files = [...field.files];
    field.value = "";
    status.textContent = status.dataset.preparing;
    await note("typing");
    for (const file of files) {
      if ((await photosOf(draft.key)).length >= PHOTOS) {
        status.textContent = status.dataset.full;
        break;
      }
      const blob = await shrunk(file);
      await within("readwrite", (_, photos) => photos.add({ draft: draft.key, name: file.name, blob }));
      await showPhotos();
      status.textContent = "";
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.type !== "file") note("typing");
  });
  for (const field of form.querySelectorAll("input[type=file]")) {
    field.addEventListener("change", () => {
      preparing = preparing
        .then(() => take(field))
        .catch(() => {
          status.textContent = status.dataset.noRoom;
        });
    });
  }
  const next = async () => {
    form.reset();
    draft = await fresh(form, pathname);
    form.elements.khoa.value = draft.key;
    await showPhotos();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // Pressed twice it goes once, and what is on its way is not typed into.
    form.inert = true;
    const { key } = draft;
    await preparing;
    await note("ready");
    await show();
    await sendAll();
    const done = arrived.get(key);
    if (done?.problems.length === 0) {
      window.location.assign(done.address);
    } else if ((await find(key))?.state !== "refused") {
      // It waits, or needs a look: the form is free for the next one.
      await next();
      form.inert = false;
      await show();
      panel.scrollIntoView();
    }
  });
  form.querySelector("[data-with-scripts]").hidden = false;
  await showPhotos();
};

const fresh = async (form, action) => {
  const key = crypto.randomUUID();
  await hold(key);
  return {
    key,
    owner: owner(),
    action,
    photos: form.dataset.photos,
    then: form.dataset.then,
    fields: [],
    title: "",
    state: "typing",
    isTried: false,
  };
};

/** The draft that the form goes on with: the one that was asked for, or the last one that is still open. */
const chosen = async (form, action) => {
  if (form.dataset.told !== undefined) {
    const key = form.elements.khoa.value;
    await hold(key);
    return (await find(key)) ?? { ...(await fresh(form, action)), key };
  }
  const wanted = new URLSearchParams(window.location.search).get("nhap");
  const all = (await own()).filter((draft) => draft.action === action && !draft.isTried);
  const draft = await free(all.filter(({ key, state }) => key === wanted || OPEN.has(state)), wanted);
  if (!draft) return fresh(form, action);
  for (const field of form.elements) {
    const values = draft.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (!field.name || values.length === 0) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else [field.value] = values;
    if (field.value && field.type !== "radio") field.closest("details")?.setAttribute("open", "");
  }
  if (OPEN.has(draft.state)) return draft;
  // It waited to be sent; while it is written on, it does not.
  const opened = { ...draft, state: "typing" };
  await keep(opened);
  return opened;
};

/** The first that no other tab writes on; the wanted one before all others. */
const free = async (drafts, wanted) => {
  for (const draft of drafts.sort((a, b) => (b.key === wanted) - (a.key === wanted))) {
    if (await hold(draft.key)) return draft;
  }
  return null;
};

/** The worker answers for the page without a network. */
const keepPage = async () => {
  if (!navigator.serviceWorker || !navigator.onLine) return;
  // Where it fails the next page tries again.
  const registration = await navigator.serviceWorker.register("/worker.js", { scope: "/ban-hang/" }).catch(() => null);
  registration?.active?.postMessage("keep");
};

export const keepDrafts = async () => {
  panel = document.querySelector("[data-drafts]");
  // Elsewhere there is the plain form: keys and digests are made on encrypted pages alone.
  if (!panel || !window.isSecureContext || !(await database().catch(() => null))) return;
  isAway = panel.dataset.kept !== undefined;
  const form = document.querySelector("form[data-draft]");
  if (form) await bind(form);
  await show();
  document.documentElement.dataset.keeps = "";
  keepPage();
  window.addEventListener("online", () => {
    rest = FIRST_REST;
    isAway = false;
    show();
    sendAll();
  });
  window.addEventListener("offline", show);
  const shownTo = owner();
  document.addEventListener("visibilitychange", () => {
    // Somebody else has signed in meanwhile.
    if (document.visibilityState === "visible" && owner() !== shownTo) window.location.reload();
  });
  await sendAll();
};
