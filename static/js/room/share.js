// Sharing one's screen, and asking the other person to share his. The place for it exists from the start of the call,
// so nothing is negotiated again.
import { canShare, openScreen } from "./devices.js";
import { Emitter } from "./events.js";

export class Share extends Emitter {
  constructor({ page, signaling, call }) {
    super();
    Object.assign(this, { page, signaling, call });
    this.track = null;
    page.click("share", () => (this.track ? this.stop() : this.start()));
    page.click("ask-share", () => this.ask());
    call.on("left", () => this.stop());
    signaling.on("share.ask", () => this.asked());
    signaling.on("share.decline", () => page.notify(page.text("share_declined"), { about: "share" }));
    if (!canShare()) {
      const button = page.get("share");
      button.setAttribute("aria-disabled", "true");
      button.title = page.text("share_unavailable");
    }
  }

  async start() {
    const { page } = this;
    if (!canShare()) return page.notify(page.text("share_unavailable"));
    try {
      this.track = await openScreen();
    } catch {
      return page.notify(page.text("share_refused"));
    }
    this.track.onended = () => this.stop();
    await this.call.peer.setTrack("screen", this.track);
    this.changed();
  }

  async stop() {
    this.track?.stop();
    this.track = null;
    await this.call.peer.setTrack("screen", null);
    this.changed();
  }

  changed() {
    const { page } = this;
    page.label("share", page.text(this.track ? "share_stop" : "share"));
    page.get("share").toggleAttribute("data-on", Boolean(this.track));
    this.emit("changed");
  }

  ask() {
    this.signaling.send("share.ask");
    this.page.notify(this.page.text("share_asked_by_you"), { about: "share" });
  }

  async asked() {
    this.page.say(this.page.text("share_asked"));
    if (this.track) return;
    if (await this.page.ask("share-dialog")) await this.start();
    else this.signaling.send("share.decline");
  }
}
