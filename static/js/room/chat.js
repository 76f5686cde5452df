// The written conversation. Every message goes through the server; what is not confirmed is sent again.
export class Chat {
  constructor({ log, form, input, signaling, me, language, youLabel }) {
    Object.assign(this, { log, form, input, signaling, me, youLabel });
    this.hours = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    this.lastId = 0;
    this.seen = new Set();
    this.waiting = new Map();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  send() {
    const body = this.input.value.trim();
    if (!body) return;
    const id = crypto.randomUUID();
    this.waiting.set(id, body);
    this.signaling.send("chat.send", { client_id: id, body });
    this.input.value = "";
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
    time.textContent = this.hours.format(new Date(line.at));
    head.append(name, time);
    const body = document.createElement("p");
    body.className = "prewrap";
    body.textContent = line.body;
    entry.append(head, body);
    return entry;
  }
}
