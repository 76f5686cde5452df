// The other person's image in a small window above the others. Where the browser allows a whole document in it, the time
// left goes along.
const COPY_MS = 500;
const SIZE = { width: 400, height: 300 };

export class SmallWindow {
  constructor({ page, call }) {
    this.page = page;
    const canFloat = Boolean(document.pictureInPictureEnabled && HTMLVideoElement.prototype.requestPictureInPicture);
    this.hasDocuments = "documentPictureInPicture" in window;
    page.show("small-window", canFloat || this.hasDocuments);
    page.click("small-window", () => this.toggle());
    call.on("left", () => this.close());
    for (const name of ["remote", "screen"]) {
      for (const event of ["enterpictureinpicture", "leavepictureinpicture"]) {
        page.get(name).addEventListener(event, () => this.draw());
      }
    }
  }

  get isOpen() {
    return Boolean(document.pictureInPictureElement || this.window);
  }

  draw() {
    this.page.press("small-window", this.isOpen);
    this.page.show("elsewhere", Boolean(this.window));
  }

  async toggle() {
    if (this.isOpen) return this.close();
    try {
      await this.open();
    } catch {
      this.page.notify(this.page.text("small_window_refused"));
    }
    return this.draw();
  }

  async open() {
    if (this.hasDocuments) {
      try {
        return this.furnish(await window.documentPictureInPicture.requestWindow(SIZE));
      } catch {
        // The image alone can still float.
      }
    }
    const { page } = this;
    return page.get(page.get("screen").hidden ? "remote" : "screen").requestPictureInPicture();
  }

  async close() {
    this.window?.close();
    if (document.pictureInPictureElement) await document.exitPictureInPicture().catch(() => {});
  }

  furnish(floating) {
    this.window = floating;
    const { document: inside } = floating;
    inside.documentElement.dataset.theme = "dark";
    inside.title = document.title;
    for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) inside.head.append(sheet.cloneNode());
    const box = inside.createElement("div");
    box.className = "small-window";
    const words = inside.createElement("p");
    const images = this.takeImages(box);
    box.append(words);
    inside.body.append(box);
    const copy = () => {
      words.textContent = `${this.page.text("left_label")} ${this.page.get("left").textContent}`;
    };
    copy();
    const copying = setInterval(copy, COPY_MS);
    floating.addEventListener("pagehide", () => {
      clearInterval(copying);
      this.window = null;
      images.giveBack();
      this.draw();
    });
  }

  // The very elements move: a second one would decode the image twice.
  takeImages(box) {
    const moved = ["remote", "screen"].map((name) => {
      const element = this.page.get(name);
      const mark = document.createComment(name);
      element.replaceWith(mark);
      box.append(element);
      element.play().catch(() => {});
      return { element, mark };
    });
    const giveBack = () => {
      for (const { element, mark } of moved) {
        mark.replaceWith(element);
        element.play().catch(() => {});
      }
    };
    return { giveBack };
  }
}
