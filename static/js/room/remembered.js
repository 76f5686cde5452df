// What this device remembers of its owner's choices. Browsers may forbid it: then nothing is remembered.
const KEY = "skilmi.room";

export function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export function remember(choices) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...choices }));
  } catch {
    // Private windows and full storage: the choice lasts for this page.
  }
}
