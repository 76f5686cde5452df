// Before the call: permissions on a click, preview, choice of devices, level of the microphone.
import { canCall, chime, watchLevel } from "./devices.js";
import { fillChoices } from "./ui.js";

export class Lobby {
  constructor({ page, devices, onStream }) {
    Object.assign(this, { page, devices, onStream });
    this.stopLevel = () => {};
    page.click("allow", () => this.open());
    page.click("sound-test", chime);
    for (const choice of ["camera-choice", "microphone-choice"]) {
      page.get(choice).addEventListener("change", () => this.reopen());
    }
    if (!canCall()) {
      page.show("permission", false);
      this.complain("not_capable", "");
    }
  }

  reopen() {
    return this.open({
      cameraId: this.page.get("camera-choice").value,
      microphoneId: this.page.get("microphone-choice").value,
    });
  }

  async open(chosen) {
    this.page.show("device-error", false);
    try {
      const stream = await this.devices.open(chosen);
      this.page.get("preview").srcObject = stream;
      this.page.get("self").srcObject = stream;
      await this.describe(stream);
      this.onStream();
    } catch (error) {
      this.explain(error);
    }
  }

  async describe(stream) {
    const { page, devices } = this;
    const { cameras, microphones } = await devices.list();
    const { camera, microphone } = devices;
    const number = (name) => (index) => page.text(name, { number: index });
    fillChoices(page.get("camera-choice"), cameras, camera?.getSettings().deviceId, number("camera_number"));
    fillChoices(
      page.get("microphone-choice"), microphones, microphone?.getSettings().deviceId, number("microphone_number"),
    );
    const hadFocus = page.get("permission").contains(document.activeElement);
    page.show("permission", false);
    page.show("devices");
    // The button that was pressed goes away: its focus goes on to what took its place.
    if (hadFocus) page.get("camera-choice").focus();
    page.write("device-state", page.text(camera ? "devices_ready" : "microphone_ready"));
    if (!camera) this.complain("no_camera", "");
    this.stopLevel();
    this.stopLevel = watchLevel(stream, (level) => (page.get("level").value = level));
  }

  // E-16 and E-17: what happened and what to do, by the browser found.
  explain(error) {
    if (["NotAllowedError", "SecurityError"].includes(error.name)) {
      const browser = navigator.userAgentData || /Chrom/.test(navigator.userAgent) ? "chromium"
        : /Firefox/.test(navigator.userAgent) ? "firefox" : "other";
      this.complain("devices_blocked", `devices_blocked_${browser}`);
    } else if (["NotFoundError", "OverconstrainedError"].includes(error.name)) {
      this.complain("no_microphone", "");
    } else {
      this.complain("device_busy", "");
    }
    this.page.show("permission");
  }

  complain(title, steps) {
    this.page.write("device-error-title", this.page.text(title));
    this.page.write("device-error-steps", steps ? this.page.text(steps) : "");
    this.page.show("device-error");
  }
}
