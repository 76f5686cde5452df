// Alt + Maj + a letter presses a button of the call. Letters that stand at the same place on French and English keyboards.
import { isTyping } from "./ui.js";

const BUTTONS = { d: "microphone", e: "camera", p: "share", s: "sound-only", c: "conversation", v: "small-window",
  f: "full-screen", k: "shortcuts" };

export function listenToShortcuts(page) {
  page.click("shortcuts", () => page.get("shortcuts-dialog").showModal());
  document.addEventListener("keydown", (event) => {
    const name = BUTTONS[letterOf(event)];
    if (!name || !isForUs(event)) return;
    const button = page.get(name);
    if (!button || button.hidden || page.get("dock").hidden) return;
    event.preventDefault();
    button.click();
  });
}

function isForUs(event) {
  const { altKey, shiftKey, ctrlKey, metaKey, repeat, target } = event;
  const isOurs = altKey && shiftKey && !ctrlKey && !metaKey && !repeat;
  return isOurs && !isTyping(target) && !document.querySelector("dialog[open]");
}

// On a Mac, Option changes the character: then the key itself counts.
function letterOf({ key, code }) {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace("Key", "").toLowerCase();
}
