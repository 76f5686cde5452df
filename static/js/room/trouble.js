// When image and sound do not pass: what the person can try himself. The server hears of it: the mentor's word stops
// the count.
export class Trouble {
  constructor({ page, call, signaling, soundOnly }) {
    Object.assign(this, { page, call, signaling, soundOnly });
    this.failed = false;
    signaling.on("room.joined", () => this.failed && this.tell());
    call
      .on("connection", (state) => this.follow(state))
      .on("left", () => {
        this.failed = false;
        page.show("trouble", false);
      });
    page.click("trouble-again", () => this.attempt(() => call.peer.again()));
    page.click("trouble-relay", () => this.attempt(() => call.useRelay(true)));
    page.click("trouble-sound", () => this.attempt(() => {
      soundOnly.set(true);
      call.peer.again();
    }));
  }

  follow(state) {
    const { page, call } = this;
    if (state === "connected") {
      page.show("trouble", false);
      if (this.failed) this.tell(false);
    }
    if (state !== "hopeless") return;
    this.tell(true);
    page.show("trouble-relay", call.hasRelay && !call.peer.relayOnly);
    page.show("trouble-sound", !this.soundOnly.isOn);
    page.show("trouble");
  }

  tell(failed = this.failed) {
    this.failed = failed;
    this.signaling.send("media.failed", { failed });
  }

  attempt(action) {
    this.page.show("trouble", false);
    this.page.get("microphone").focus();
    action();
  }
}
