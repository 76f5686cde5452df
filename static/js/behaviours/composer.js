// The form under a conversation: chosen files in view, progress, errors in words, sent without leaving the page.
// Nothing is lost when it fails: words, files and the id that keeps a message from being stored twice all stay.
import { Files } from "../messages/files.js";
import { send } from "../messages/sending.js";
import { newId } from "../room/ids.js";
import { forget, keep } from "./draft.js";

export default function composer(form) {
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const [error, progress] = [part("error"), part("progress")];
  const { body, client_id: id } = form.elements;
  const button = form.querySelector("[type=submit]");
  const complain = (words) => (error.textContent = words);
  const files = new Files({
    input: form.querySelector("[type=file]"),
    list: part("chosen"),
    onError: complain,
    language: document.documentElement.lang,
  });
  let busy = false;

  body.addEventListener("paste", ({ clipboardData }) => files.add([...clipboardData.files]));
  // Enter alone makes a new line.
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // After the draft has heard of the submit.
    setTimeout(() => keep(form));
    if (busy || (!body.value.trim() && !files.count)) return body.focus();
    busy = true;
    body.readOnly = true;
    complain("");
    button.setAttribute("aria-busy", "true");
    progress.hidden = files.count === 0;
    const data = new FormData(form);
    data.delete("attachments");
    for (const file of files.chosen) data.append("attachments", file);
    try {
      const words = { failed: error.dataset.failed, signedOut: error.dataset.signedOut };
      const onProgress = (share) => (progress.value = share);
      await send({ address: form.action, data, words, onProgress });
      done();
    } catch (words) {
      complain(String(words));
    } finally {
      busy = false;
      body.readOnly = false;
      button.removeAttribute("aria-busy");
      progress.hidden = true;
      progress.value = 0;
    }
  });

  function done() {
    body.value = "";
    id.value = newId();
    files.clear();
    setTimeout(() => forget(form));
    // What the server said about an earlier try.
    for (const old of form.querySelectorAll(".errorlist")) old.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    body.dispatchEvent(new Event("input", { bubbles: true }));
    body.focus();
    document.dispatchEvent(new CustomEvent("message:sent", { detail: form.action }));
  }
}
