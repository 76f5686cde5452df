// The written conversation beside the image: always there on a wide screen, over the image on a small one.
const MOST_WORDS = 80;
const WIDE = matchMedia("(width >= 64rem)");

export class Conversation {
  constructor({ page, signaling, me }) {
    Object.assign(this, { page });
    this.unread = 0;
    this.room = document.querySelector("[data-view]");
    page.click("conversation", () => (this.isOpen ? this.close() : this.open()));
    signaling.on("chat.message", (line) => line.author_id !== me && this.came(line));
    page.get("chat-form").closest("aside").addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !WIDE.matches && !page.get("dock").hidden) this.close();
    });
    WIDE.addEventListener("change", () => this.show(WIDE.matches));
    this.show(WIDE.matches);
  }

  get isOpen() {
    return this.room.dataset.conversation === "open";
  }

  show(open) {
    this.room.dataset.conversation = open ? "open" : "closed";
    this.page.get("conversation").setAttribute("aria-expanded", String(open));
    if (open) this.unread = 0;
    this.draw();
  }

  open() {
    this.show(true);
    this.page.get("chat-input").focus();
  }

  close() {
    this.show(false);
    this.page.get("conversation").focus();
  }

  came({ author, body, files = [] }) {
    const { page } = this;
    // In the lobby it is always in view.
    if (this.isOpen || page.get("dock").hidden) return;
    this.unread += 1;
    this.draw();
    const words = body || files.map(({ name }) => name).join(", ");
    const shown = words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words;
    page.notify(page.text("message_came", { author, words: shown }), { about: "message" });
  }

  draw() {
    const { page, unread } = this;
    page.write("unread", String(unread));
    page.show("unread", unread > 0);
    page.write("unread-words", unread ? ` (${unread})` : "");
  }
}
