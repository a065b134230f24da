// What may be meant, below the search field while somebody types: goods, shops, groups, communes. A combobox as the
// ARIA practices describe it; without it the form just posts.

/** Asked after a pause of so many milliseconds, from so many letters on. */
const PAUSE = 200;
const LEAST = 2;

const field = document.querySelector("[data-seek]");
const known = new Map();
let timer;
/** Numbers the questions: an answer that others have overtaken is dropped. */
let asked = 0;
let chosen = -1;
/** For what the list stands. */
let shown = "";

const list = document.createElement("div");
const status = document.createElement("p");

const build = () => {
  list.id = "q-list";
  list.className = "combobox__list search__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.seek);
  list.hidden = true;
  status.className = "sr-only";
  status.setAttribute("role", "status");
  field.form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })) {
    field.setAttribute(name, value);
  }
};

const options = () => [...list.querySelectorAll("[role=option]")];

const close = () => {
  // An answer that is still on its way opens nothing.
  clearTimeout(timer);
  asked += 1;
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  choose(-1);
};

const choose = (index) => {
  const all = options();
  chosen = index;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
  const option = all[index];
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    field.removeAttribute("aria-activedescendant");
  }
};

const ask = async (text) => {
  if (!known.has(text)) {
    const answer = await fetch(`/api/v1/search/suggest?${new URLSearchParams({ q: text })}`);
    if (!answer.ok) return null;
    known.set(text, await answer.json());
  }
  return known.get(text);
};

/** Each kind with its heading, its words, and where its entries lead. */
const kinds = () => {
  const { products, sellers, categories, communes, groups } = field.dataset;
  const names = JSON.parse(groups);
  return [
    ["products", products, (it) => [it.name, `/san-pham/${it.slug}`]],
    ["categories", categories, (it) => [names[it] ?? it, `/san-pham?group=${it}`]],
    ["sellers", sellers, (it) => [it.name, `/gian-hang/${it.slug}`]],
    ["communes", communes, (it) => [it.name, `/san-pham?commune=${it.code}`]],
  ];
};

const show = (found) => {
  const parts = [];
  let count = 0;
  for (const [kind, heading, entry] of kinds()) {
    const entries = found[kind] ?? [];
    if (entries.length === 0) continue;
    const part = document.createElement("div");
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", heading);
    const title = document.createElement("p");
    title.className = "search__kind";
    title.setAttribute("aria-hidden", "true");
    title.textContent = heading;
    part.append(title);
    for (const it of entries) {
      const [words, address] = entry(it);
      const option = document.createElement("div");
      option.className = "combobox__option";
      option.id = `q-${count}`;
      option.setAttribute("role", "option");
      option.textContent = words;
      option.dataset.address = address;
      part.append(option);
      count += 1;
    }
    parts.push(part);
  }
  list.replaceChildren(...parts);
  choose(-1);
  list.hidden = count === 0;
  field.setAttribute("aria-expanded", String(count > 0));
  status.textContent = count > 0 ? field.dataset.count.replace("{count}", count) : "";
};

const look = async () => {
  const text = field.value.trim().toLowerCase();
  if (text.length < LEAST) {
    shown = "";
    close();
    return;
  }
  if (text === shown && !list.hidden) return;
  asked += 1;
  const number = asked;
  // Without a network there is nothing to suggest, and the form says what is wrong.
  const found = await ask(text).catch(() => null);
  if (!found || number !== asked || document.activeElement !== field) return;
  shown = text;
  show(found);
};

const keys = (event) => {
  // The keys of a syllable that is still put together are the keyboard's.
  if (event.isComposing) return;
  const { length } = options();
  if (event.key === "Escape" && !list.hidden) {
    // The browser would empty the field.
    event.preventDefault();
    close();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !list.hidden && length > 0) {
    event.preventDefault();
    // Past either end stands the field itself.
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(((chosen + 1 + step + length + 1) % (length + 1)) - 1);
  } else if (event.key === "ArrowDown") {
    clearTimeout(timer);
    shown = "";
    look();
  } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
    event.preventDefault();
    window.location.assign(options()[chosen].dataset.address);
  }
};

if (field) {
  build();
  field.addEventListener("input", () => {
    clearTimeout(timer);
    choose(-1);
    timer = setTimeout(look, PAUSE);
  });
  field.addEventListener("keydown", keys);
  // It says nothing to who looks for nothing, and is there before it speaks.
  field.addEventListener("focus", () => field.form.append(status));
  field.addEventListener("blur", close);
  // Pressed, not clicked: the field keeps the focus, and the list stays until then.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) window.location.assign(option.dataset.address);
  });
}
