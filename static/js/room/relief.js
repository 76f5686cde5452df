// What is given up when the connection stays poor: first the sharpness of one's own image, then all images, so that the
// voice passes. A better connection gives back the first; images come back when the person asks for them.
const POOR_MS = 10_000;
const FINE_MS = 20_000;
const FULL = 1_200_000;
const LIGHT = 250_000;

export class Relief {
  constructor({ page, call, quality, soundOnly }) {
    Object.assign(this, { page, call, soundOnly });
    this.light = false;
    this.since = null;
    quality.on("measured", (grade) => this.follow(grade, performance.now()));
    call.on("left", () => this.reset());
    soundOnly.on("changed", (on) => on || this.imagesWanted());
    page.click("relief-back", () => this.giveBack());
  }

  follow(grade, now) {
    const poor = grade === "poor";
    if (poor !== this.poor) this.since = now;
    this.poor = poor;
    if (poor && now - this.since >= POOR_MS) this.giveUp(now);
    else if (!poor && this.light && now - this.since >= FINE_MS) this.setLight(false);
  }

  giveUp(now) {
    this.since = now;
    if (!this.light) {
      this.setLight(true);
      this.page.notify(this.page.text("relief_light"));
    } else if (!this.soundOnly.isOn && !this.insists) {
      this.soundOnly.set(true);
      this.page.show("relief");
      this.page.say(this.page.text("relief_sound"), { urgent: true });
    }
  }

  setLight(light) {
    this.light = light;
    this.call.peer.shape("camera", { maxBitrate: light ? LIGHT : FULL });
  }

  giveBack() {
    this.soundOnly.set(false);
    this.page.get("microphone").focus();
  }

  // Whoever wants images in spite of it decides: they are not taken away again in this call.
  imagesWanted() {
    this.insists = true;
    this.page.show("relief", false);
  }

  reset() {
    this.poor = this.insists = false;
    this.setLight(false);
    this.page.show("relief", false);
  }
}
