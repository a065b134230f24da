// A button that reads the page's main text aloud. It is shown where the browser has a voice for the page's language:
// another voice would read words that nobody understands.

export const readAloud = () => {
  const button = document.querySelector("[data-aloud]");
  const speech = window.speechSynthesis;
  if (!button || !speech) return;
  const { lang } = document.documentElement;
  const voice = () => speech.getVoices().find((it) => it.lang.toLowerCase().split(/[-_]/)[0] === lang);
  const look = () => {
    button.hidden = !voice();
  };
  let last = null;
  const show = (isReading) => {
    button.setAttribute("aria-pressed", String(isReading));
    button.querySelector("span").textContent = isReading ? button.dataset.stop : button.dataset.start;
  };
  const stop = () => {
    last = null;
    speech.cancel();
    show(false);
  };
  const start = () => {
    // What the browser still has to say of another page.
    speech.cancel();
    const lines = sentences(button);
    show(lines.length > 0);
    for (const line of lines) {
      const said = new SpeechSynthesisUtterance(line);
      said.voice = voice() ?? null;
      said.lang = said.voice?.lang ?? lang;
      said.onend = said.onerror = () => {
        if (last === said) stop();
      };
      last = said;
      speech.speak(said);
    }
  };
  button.addEventListener("click", () => (last ? stop() : start()));
  window.addEventListener("pagehide", stop);
  speech.addEventListener?.("voiceschanged", look);
  look();
};

/** What can be seen, line by line: phones break long texts off. Of choices the one that is made is read. */
const sentences = (button) => {
  const own = button.innerText.trim();
  const main = button.closest("main");
  let text = main.innerText;
  for (const choice of main.querySelectorAll("select")) {
    text = text.replace(choice.innerText, () => choice.selectedOptions[0]?.text ?? "");
  }
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /[\p{L}\p{N}]/u.test(line) && line !== own);
};
