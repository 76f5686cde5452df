// « Son seulement »: no image is sent nor received. Tells `changed` with whether it is on.
import { Emitter } from "./events.js";

export class SoundOnly extends Emitter {
  constructor({ page }) {
    super();
    this.page = page;
    this.isOn = false;
    page.click("sound-only", () => this.set(!this.isOn));
  }

  set(on) {
    if (on === this.isOn) return;
    this.isOn = on;
    this.page.press("sound-only", on);
    // While it is on, the words stand where the image was.
    if (on) this.page.say(this.page.text("sound_only_on"));
    else this.page.notify(this.page.text("sound_only_off"), { about: "images" });
    this.emit("changed", on);
  }
}
