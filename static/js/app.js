// Attaches behaviours to elements that name them: <form data-behaviour="submit-once">.
// Pages work without any of them. Literal import() keeps file names rewritable when they are hashed.
const BEHAVIOURS = {
  "auto-submit": () => import("./behaviours/auto-submit.js"),
  "character-counter": () => import("./behaviours/character-counter.js"),
  "commission-preview": () => import("./behaviours/commission-preview.js"),
  composer: () => import("./behaviours/composer.js"),
  "contact-reminder": () => import("./behaviours/contact-reminder.js"),
  copy: () => import("./behaviours/copy.js"),
  dialog: () => import("./behaviours/dialog.js"),
  draft: () => import("./behaviours/draft.js"),
  "focus-errors": () => import("./behaviours/focus-errors.js"),
  "keep-drafts": () => import("./behaviours/keep-drafts.js"),
  "live-thread": () => import("./behaviours/live-thread.js"),
  "local-time": () => import("./behaviours/local-time.js"),
  menu: () => import("./behaviours/menu.js"),
  "open-wide": () => import("./behaviours/open-wide.js"),
  "price-preview": () => import("./behaviours/price-preview.js"),
  "read-when-seen": () => import("./behaviours/read-when-seen.js"),
  "scroll-into-view": () => import("./behaviours/scroll-into-view.js"),
  "submit-once": () => import("./behaviours/submit-once.js"),
  "guess-time-zone": () => import("./behaviours/guess-time-zone.js"),
};

const attached = new WeakMap();

async function attachOne(element, name) {
  const names = attached.get(element) ?? new Set();
  if (names.has(name) || !(name in BEHAVIOURS)) return;
  attached.set(element, names.add(name));
  const { default: behave } = await BEHAVIOURS[name]();
  behave(element);
}

function attach(root) {
  const found = [...root.querySelectorAll("[data-behaviour]")];
  if (root.matches?.("[data-behaviour]")) found.push(root);
  for (const element of found) {
    for (const name of element.dataset.behaviour.split(" ")) attachOne(element, name);
  }
}

attach(document);
// Fragments that htmx brings in.
document.addEventListener("htmx:load", (event) => attach(event.detail.elt));
