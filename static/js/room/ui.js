// The page's elements by name (`data-room="name"`), its texts, and what is said aloud by screen readers.
const FIRST = { lobby: "connect", call: "microphone", final: "final-title" };
const NOTE_MS = 8_000;
const NOTES_SHOWN = 3;
const LINES_KEPT = 20;

export class Page {
  constructor(texts, other) {
    this.texts = texts;
    this.other = other;
    this.elements = Object.fromEntries(
      [...document.querySelectorAll("[data-room]")].map((element) => [element.dataset.room, element]),
    );
  }

  get(name) {
    return this.elements[name] ?? null;
  }

  text(name, values = {}) {
    const all = { other: this.other, ...values };
    return (this.texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => all[key] ?? whole);
  }

  write(name, words) {
    const element = this.get(name);
    if (element && element.textContent !== words) element.textContent = words;
  }

  show(name, shown = true) {
    const element = this.get(name);
    if (element) element.hidden = !shown;
  }

  click(name, action) {
    this.get(name)?.addEventListener("click", action);
  }

  // lobby, call or final
  view(name) {
    const room = document.querySelector("[data-view]");
    const changes = room.dataset.view !== name;
    const held = document.activeElement;
    room.dataset.view = name;
    if (changes && name !== "call") this.get("notes").replaceChildren();
    this.show("lobby", name === "lobby");
    this.show("video", name === "call");
    this.show("dock", name === "call");
    this.show("final", name === "final");
    // What had the focus went away with the view: it goes on to the first thing of the new one.
    if (!changes || (held !== document.body && !held.closest("[hidden]"))) return;
    this.get(FIRST[name])?.focus();
    if (document.activeElement === document.body) document.querySelector("main").focus();
  }

  // Politely: after what is being read. Urgently: at once. Each in a line of its own: nothing said is lost to the next.
  say(words, { urgent = false } = {}) {
    const region = this.get(urgent ? "assertive" : "polite");
    region.append(paragraph(words));
    while (region.childElementCount > LINES_KEPT) region.firstElementChild.remove();
  }

  // Shown over the image for a while, and said. Of one subject (`about`) only the last note is shown; one that `stays`
  // waits for the next of its subject. What is urgent is not pushed out by the rest.
  notify(words, { urgent = false, about = "", stays = false } = {}) {
    this.say(words, { urgent });
    if (about) this.forget(about);
    const notes = this.get("notes");
    const note = paragraph(words);
    note.dataset.about = about;
    note.toggleAttribute("data-stays", stays || urgent);
    notes.append(note);
    if (!stays) setTimeout(() => note.remove(), NOTE_MS);
    const passing = notes.querySelectorAll(":scope > :not([data-stays])");
    if (notes.childElementCount > NOTES_SHOWN && passing.length > 1) passing[0].remove();
  }

  forget(about) {
    for (const note of this.get("notes").querySelectorAll(`[data-about="${about}"]`)) note.remove();
  }

  press(name, pressed) {
    this.get(name)?.setAttribute("aria-pressed", String(pressed));
  }

  label(name, words) {
    const button = this.get(name);
    if (button) button.querySelector("[data-label]").textContent = words;
  }

  // The answer of a native dialog: true for its first button.
  ask(name) {
    const dialog = this.get(name);
    if (dialog.open) return Promise.resolve(null);
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  dismissAll() {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close("dismissed");
  }

  dismiss(name) {
    const dialog = this.get(name);
    if (dialog?.open) dialog.close("dismissed");
  }
}

function paragraph(words) {
  const element = document.createElement("p");
  element.textContent = words;
  return element;
}

export function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]"));
}

export function fillChoices(select, devices, chosen, label) {
  select.replaceChildren(
    ...devices.map((device, index) => new Option(device.label || label(index + 1), device.deviceId)),
  );
  if (chosen) select.value = chosen;
  select.closest(".field").hidden = devices.length === 0;
}
