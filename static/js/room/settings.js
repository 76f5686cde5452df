// « Réglages » during the call: camera, microphone, speaker, relay. What is unplugged is replaced, and said.
import { canChooseSpeaker } from "./devices.js";
import { recall, remember } from "./remembered.js";
import { fillChoices } from "./ui.js";

// One plug is several events.
const SETTLE_MS = 400;
const CHOICES = { cameraId: "settings-camera", microphoneId: "settings-microphone" };

export class Settings {
  constructor({ page, call, devices, own }) {
    Object.assign(this, { page, call, devices, own });
    this.known = null;
    page.click("settings", () => this.open());
    for (const name of Object.values(CHOICES)) page.get(name).addEventListener("change", () => this.change());
    page.get("settings-speaker").addEventListener("change", ({ target }) => this.choose(target.value));
    page.get("settings-relay").addEventListener("change", ({ target }) => this.hideAddress(target.checked));
    call.on("joined", () => this.begin());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.plugged());
  }

  async begin() {
    this.known ??= await this.labels();
    this.useSpeaker(recall().speakerId);
  }

  async open() {
    await this.draw();
    this.page.get("settings-dialog").showModal();
  }

  async draw() {
    const { page, devices, call } = this;
    const { cameras, microphones, speakers = [] } = await this.list();
    const number = (name) => (index) => page.text(name, { number: index });
    fillChoices(page.get("settings-camera"), cameras, devices.camera?.getSettings().deviceId, number("camera_number"));
    fillChoices(
      page.get("settings-microphone"), microphones, devices.microphone?.getSettings().deviceId,
      number("microphone_number"),
    );
    fillChoices(
      page.get("settings-speaker"), canChooseSpeaker() ? speakers : [], page.get("remote").sinkId || "default",
      number("speaker_number"),
    );
    const relay = page.get("settings-relay");
    relay.disabled = !call.hasRelay;
    relay.checked = Boolean(call.peer.relayOnly);
    page.show("settings-no-relay", !call.hasRelay);
  }

  list() {
    return navigator.mediaDevices?.enumerateDevices ? this.devices.list() : { cameras: [], microphones: [] };
  }

  // --- choosing ---------------------------------------------------------------------------------------------------

  async change() {
    const chosen = Object.fromEntries(Object.entries(CHOICES).map(([key, name]) => [key, this.page.get(name).value]));
    remember(chosen);
    const isSwitched = await this.reopen(chosen);
    this.page.write("settings-state", this.page.text(isSwitched ? "device_changed" : "device_busy"));
    await this.draw();
  }

  // These devices; else any; else none. The call goes on in each case.
  async reopen(chosen) {
    let isChosen = true;
    for (const attempt of [chosen, {}]) {
      try {
        await this.devices.open(attempt);
        break;
      } catch {
        isChosen = false;
      }
    }
    this.own.send();
    return isChosen;
  }

  choose(speakerId) {
    remember({ speakerId });
    this.useSpeaker(speakerId);
    this.page.write("settings-state", this.page.text("device_changed"));
  }

  // The other person's voice comes with his image.
  async useSpeaker(speakerId) {
    try {
      if (speakerId && canChooseSpeaker()) await this.page.get("remote").setSinkId(speakerId);
    } catch {
      // It is no longer there: the one of the system goes on.
    }
  }

  hideAddress(relay) {
    remember({ relay });
    this.call.useRelay(relay);
    this.page.write("settings-state", this.page.text(relay ? "relay_on" : "relay_off"));
  }

  // --- plugging ---------------------------------------------------------------------------------------------------

  plugged() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.compare(), SETTLE_MS);
  }

  async compare() {
    const before = this.known;
    if (!before || !this.devices.stream) return;
    this.known = await this.labels();
    const gone = [...before].filter(([id]) => !this.known.has(id));
    const come = [...this.known].filter(([id]) => !before.has(id));
    const { camera, microphone } = this.devices;
    if ([camera, microphone].some((track) => track && this.isGone(track))) await this.replace(gone);
    else if (come.length) this.page.notify(this.page.text("device_new", { device: come[0][1] }));
    if (this.page.get("settings-dialog").open) await this.draw();
  }

  isGone(track) {
    return track.readyState === "ended" || !this.known.has(track.getSettings().deviceId);
  }

  async replace(gone) {
    const { page, devices } = this;
    const kept = [devices.camera, devices.microphone].map((track) => (track && !this.isGone(track) ? track : null));
    const [cameraId, microphoneId] = kept.map((track) => track?.getSettings().deviceId);
    await this.reopen({ cameraId, microphoneId });
    const words = [page.text("device_gone", { device: gone[0]?.[1] || page.text("device") })];
    if (devices.microphone) words.push(page.text("device_instead", { device: devices.microphone.label }));
    else words.push(page.text("device_none"));
    page.notify(words.join(" "), { urgent: true });
  }

  async labels() {
    const { cameras, microphones, speakers = [] } = await this.list();
    return new Map([...cameras, ...microphones, ...speakers].map(({ deviceId, label }) => [deviceId, label]));
  }
}
