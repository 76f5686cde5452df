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
    this.page.notify(this.page.text(on ? "sound_only_on" : "sound_only_off"));
    this.emit("changed", on);
  }
}
