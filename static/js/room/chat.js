// The written conversation. Every message goes through the server; what is not confirmed is sent again.
import { Files, fileSize } from "../messages/files.js";
import { send } from "../messages/sending.js";
import { newId } from "./ids.js";

export class Chat {
  constructor({ log, form, input, signaling, me, language, youLabel }) {
    Object.assign(this, { log, form, input, signaling, me, language, youLabel });
    const hour = { hour: "2-digit", minute: "2-digit" };
    this.hours = new Intl.DateTimeFormat(language, hour);
    this.days = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", ...hour });
    this.lastId = 0;
    this.seen = new Set();
    this.waiting = new Map();
    this.files = new Files({
      input: form.querySelector("[type=file]"),
      list: this.part("chosen"),
      onError: (words) => this.complain(words),
      language,
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.files.count) this.sendFiles();
      else this.send();
    });
    input.addEventListener("paste", ({ clipboardData }) => this.files.add([...clipboardData.files]));
  }

  part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }

  complain(words) {
    this.part("error").textContent = words;
  }

  send() {
    const body = this.input.value.trim();
    if (!body) return;
    const id = newId();
    this.waiting.set(id, body);
    this.signaling.send("chat.send", { client_id: id, body });
    this.emptied();
  }

  // Files go with a request of their own, to the page of the conversation; the line comes back as any other.
  async sendFiles() {
    if (this.uploading) return;
    const progress = this.part("progress");
    const { failed, signedOut } = this.part("error").dataset;
    // Kept for the next try: a message whose answer was lost is not stored twice.
    this.fileId ??= newId();
    this.uploading = true;
    this.input.readOnly = true;
    this.complain("");
    progress.hidden = false;
    try {
      await send({
        address: this.form.action,
        data: this.fields(),
        words: { failed, signedOut },
        onProgress: (share) => (progress.value = share),
      });
      this.fileId = null;
      this.files.clear();
      this.emptied();
    } catch (words) {
      this.complain(String(words));
    } finally {
      this.uploading = false;
      this.input.readOnly = false;
      progress.hidden = true;
      progress.value = 0;
    }
  }

  fields() {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    data.append("client_id", this.fileId);
    data.append("body", this.input.value.trim());
    for (const file of this.files.chosen) data.append("attachments", file);
    return data;
  }

  emptied() {
    this.input.value = "";
    // The reminder goes with the words it was about.
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.input.focus();
  }

  resend() {
    for (const [id, body] of this.waiting) this.signaling.send("chat.send", { client_id: id, body });
  }

  // Lines come in any order and more than once after a reconnection.
  receive(line) {
    this.waiting.delete(line.client_id);
    if (this.seen.has(line.id)) return;
    this.seen.add(line.id);
    this.lastId = Math.max(this.lastId, line.id);
    const entry = this.draw(line);
    const later = [...this.log.children].find((child) => Number(child.dataset.id) > line.id);
    this.log.insertBefore(entry, later ?? null);
    this.log.scrollTop = this.log.scrollHeight;
  }

  draw(line) {
    const entry = document.createElement("div");
    entry.dataset.id = line.id;
    const head = document.createElement("p");
    head.className = "chat__author";
    const name = document.createElement("strong");
    name.textContent = line.author_id === this.me ? this.youLabel : line.author;
    const time = document.createElement("time");
    time.dateTime = line.at;
    time.textContent = this.when(new Date(line.at));
    head.append(name, time);
    entry.append(head);
    if (line.body) {
      const body = document.createElement("p");
      body.className = "prewrap";
      body.textContent = line.body;
      entry.append(body);
    }
    entry.append(...(line.files ?? []).map((file) => this.drawFile(file)));
    return entry;
  }

  when(at) {
    return (at.toDateString() === new Date().toDateString() ? this.hours : this.days).format(at);
  }

  // In a tab of its own: the call goes on in this one.
  drawFile({ name, size, url, thumbnail, width, height }) {
    const link = document.createElement("a");
    link.className = thumbnail ? "file file--image" : "file";
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener";
    if (thumbnail) {
      const image = Object.assign(document.createElement("img"), { src: thumbnail, width, height, alt: "" });
      link.append(image);
    }
    const title = document.createElement("span");
    title.className = "file__name";
    title.textContent = name;
    const weight = document.createElement("span");
    weight.className = "file__size";
    weight.textContent = fileSize(size, this.language);
    link.append(title, " ", weight);
    return link;
  }
}
