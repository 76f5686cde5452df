// When image and sound do not pass: what the person can try himself.
export class Trouble {
  constructor({ page, call, soundOnly }) {
    Object.assign(this, { page, call, soundOnly });
    call
      .on("connection", (state) => this.follow(state))
      .on("left", () => page.show("trouble", false));
    page.click("trouble-again", () => this.attempt(() => call.peer.again()));
    page.click("trouble-relay", () => this.attempt(() => call.useRelay(true)));
    page.click("trouble-sound", () => this.attempt(() => {
      soundOnly.set(true);
      call.peer.again();
    }));
  }

  follow(state) {
    const { page, call } = this;
    if (state === "connected") page.show("trouble", false);
    if (state !== "hopeless") return;
    page.show("trouble-relay", call.hasRelay && !call.peer.relayOnly);
    page.show("trouble-sound", !this.soundOnly.isOn);
    page.show("trouble");
  }

  attempt(action) {
    this.page.show("trouble", false);
    this.page.get("microphone").focus();
    action();
  }
}
