// On the login page: what was just submitted did not arrive, so its draft is kept.
import { SENT } from "./draft.js";

export default function keepDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(SENT)) sessionStorage.removeItem(key);
  }
}
