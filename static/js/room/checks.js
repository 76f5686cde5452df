// Browser, permission, camera, microphone, sound and screen of this device: in the room's lobby and on the test page.
// Nothing opens camera, microphone or sound without a click.
import { canCall, canChooseSpeaker, canRecord, canShare, chime, watchLevel } from "./devices.js";
import { record } from "./recording.js";
import { recall, remember } from "./remembered.js";
import { fillChoices } from "./ui.js";

const HEARD_LEVEL = 0.08;
const HEARD_TIMES = 3;
const SILENCE_MS = 8_000;
const NARROW = matchMedia("(width < 48rem)");

export class DeviceChecks {
  constructor({ page, list, devices, onStream = () => {} }) {
    Object.assign(this, { page, list, devices, onStream });
    this.stopLevel = () => {};
    page.click("allow", () => this.open());
    page.click("allow-microphone", () => this.open({ camera: false }));
    page.click("camera-add", () => this.open());
    page.click("stop", () => this.close());
    for (const choice of ["camera-choice", "microphone-choice"]) {
      page.get(choice).addEventListener("change", () => this.reopen());
    }
    page.get("speaker-choice").addEventListener("change", () => this.useSpeaker());
    page.click("sound-test", () => this.sound());
    page.click("sound-heard", () => this.soundAnswered(true));
    page.click("sound-unheard", () => this.soundAnswered(false));
    page.click("record", () => this.record());
    this.lookAtBrowser();
    this.lookAtPermission();
    navigator.mediaDevices?.addEventListener?.("devicechange", () => devices.stream && this.describe());
  }

  // --- without asking anybody -------------------------------------------------------------------------------------

  lookAtBrowser() {
    const { page, list } = this;
    if (canCall()) {
      list.set("browser", "passed", page.text("browser_capable"));
    } else {
      page.show("permission", false);
      list.set("browser", "failed", page.text("not_capable"));
      this.complain("not_capable", "");
    }
    const sharing = canShare();
    list.set("sharing", sharing ? "passed" : "notice", page.text(sharing ? "share_possible" : "share_unavailable"));
  }

  // A refusal of an earlier day is known before anything is asked; lifting it is seen at once.
  async lookAtPermission() {
    for (const name of ["camera", "microphone"]) {
      const status = await navigator.permissions?.query({ name }).catch(() => null);
      if (!status) continue;
      const look = () => {
        if (status.state === "denied") this.explain(new DOMException("", "NotAllowedError"));
        else if (this.list.state("permission") === "failed") this.forgetRefusal();
      };
      status.onchange = look;
      if (status.state === "denied") look();
    }
  }

  forgetRefusal() {
    this.page.show("device-error", false);
    this.list.set("permission", "todo");
  }

  // --- camera and microphone --------------------------------------------------------------------------------------

  reopen() {
    const { page } = this;
    const cameraId = page.get("camera-choice").value;
    const microphoneId = page.get("microphone-choice").value;
    remember({ cameraId, microphoneId });
    return this.open({ cameraId, microphoneId, camera: Boolean(cameraId), exact: true });
  }

  // With the devices of the last time, as far as they are still there.
  async open(wish = {}) {
    const { page, list, devices } = this;
    page.show("device-error", false);
    list.set("permission", "running", page.text("permission_asked"));
    const { cameraId, microphoneId } = recall();
    try {
      await devices.open({ cameraId, microphoneId, exact: false, ...wish });
    } catch (error) {
      this.explain(error);
      return;
    }
    this.show(devices.stream);
    await this.describe();
    this.judge(wish);
    this.onStream();
  }

  async describe() {
    const { page, devices } = this;
    const { cameras, microphones, speakers } = await devices.list();
    const { camera, microphone } = devices;
    const number = (name) => (index) => page.text(name, { number: index });
    fillChoices(page.get("camera-choice"), cameras, camera?.getSettings().deviceId, number("camera_number"));
    fillChoices(
      page.get("microphone-choice"), microphones, microphone?.getSettings().deviceId, number("microphone_number"),
    );
    const shown = canChooseSpeaker() ? speakers : [];
    fillChoices(page.get("speaker-choice"), shown, this.knownSpeaker(shown), number("speaker_number"));
    if (shown.length) this.useSpeaker();
    const hadFocus = ["permission", "camera-add"].some((name) => page.get(name).contains(document.activeElement));
    page.show("permission", false);
    page.show("stop");
    page.show("camera-field", cameras.length > 0 && Boolean(camera));
    page.show("microphone-fields", Boolean(microphone));
    page.show("camera-add", cameras.length > 0 && !camera);
    // The button that was pressed goes away: its focus goes on to what took its place.
    if (!hadFocus) return;
    page.get(camera ? "camera-choice" : "microphone-choice").focus({ preventScroll: NARROW.matches });
    // On a telephone one's own image is far above what was pressed.
    if (NARROW.matches) page.get("preview").scrollIntoView({ block: "center" });
  }

  judge(wish) {
    const { page, list, devices } = this;
    const { camera, microphone } = devices;
    const words = camera ? (microphone ? "devices_ready" : "camera_ready") : "microphone_ready";
    page.write("device-state", page.text(words));
    list.set("permission", "passed");
    if (camera) list.set("camera", "passed", page.text("camera_seen"));
    else list.set("camera", "notice", page.text(wish.camera === false ? "camera_unused" : "no_camera"));
    if (!microphone) list.set("microphone", "failed", page.text("no_microphone"));
    else this.listen();
  }

  close() {
    const { page, list, devices } = this;
    this.stopLevel();
    devices.close();
    this.show(null);
    page.show("permission");
    for (const name of ["camera-field", "camera-add", "microphone-fields", "stop"]) page.show(name, false);
    page.write("device-state", page.text("devices_closed"));
    for (const name of ["permission", "camera", "microphone"]) list.set(name, "todo");
    page.get("allow").focus();
    this.onStream();
  }

  show(stream) {
    for (const name of ["preview", "self"]) if (this.page.get(name)) this.page.get(name).srcObject = stream;
    this.page.show("preview-empty", !stream?.getVideoTracks().length);
  }

  // In the call nobody asks whether the microphone is heard: the other person would say so.
  rest(resting) {
    this.resting = resting;
    this.stopLevel();
    if (this.devices.microphone) this.listen();
  }

  listen() {
    const { page, list } = this;
    let times = 0;
    this.stopLevel();
    if (this.resting) return;
    list.set("microphone", "running", page.text("microphone_speak"));
    const found = (state, words) => {
      list.set("microphone", state, page.text(words));
      page.say(page.text(words));
    };
    const silence = setTimeout(() => found("failed", "microphone_silent"), SILENCE_MS);
    const stop = watchLevel(this.devices.stream, (level) => {
      page.get("level").value = level;
      times += level > HEARD_LEVEL ? 1 : 0;
      if (times !== HEARD_TIMES) return;
      times += 1;
      clearTimeout(silence);
      found("passed", "microphone_heard");
    });
    this.stopLevel = () => {
      clearTimeout(silence);
      stop();
      this.stopLevel = () => {};
    };
  }

  // --- E-16 and E-17: what happened and what to do, by the browser found -----------------------------------------

  explain(error) {
    const { page, list } = this;
    const [title, steps] = reason(error);
    list.set("permission", "failed");
    page.write("device-state", "");
    this.complain(title, steps);
    page.show("permission");
  }

  complain(title, steps) {
    this.page.write("device-error-title", this.page.text(title));
    this.page.write("device-error-steps", steps ? this.page.text(steps) : "");
    this.page.show("device-error");
  }

  // --- sound ------------------------------------------------------------------------------------------------------

  knownSpeaker(speakers) {
    const wanted = this.page.get("speaker-choice").value || recall().speakerId;
    return speakers.some(({ deviceId }) => deviceId === wanted) ? wanted : speakers[0]?.deviceId;
  }

  // The other person's voice comes from it too.
  useSpeaker() {
    this.speakerId = this.page.get("speaker-choice").value;
    remember({ speakerId: this.speakerId });
    for (const name of ["remote", "recording"]) this.page.get(name)?.setSinkId?.(this.speakerId).catch(() => {});
  }

  sound() {
    chime(this.speakerId);
    this.page.show("sound-question");
    this.list.set("speaker", "running", this.page.text("sound_question"));
  }

  soundAnswered(heard) {
    const { page, list } = this;
    page.show("sound-question", false);
    page.get("sound-test").focus();
    list.set("speaker", heard ? "passed" : "failed", page.text(heard ? "sound_heard" : "sound_unheard"));
    page.say(page.text(heard ? "sound_heard" : "sound_unheard"));
  }

  async record() {
    const { page, list, devices } = this;
    if (!canRecord()) return list.set("recording", "notice", page.text("record_unavailable"));
    if (!devices.microphone) await this.open({ camera: false });
    if (!devices.microphone || list.state("recording") === "running") return;
    const player = page.get("recording");
    try {
      const sound = await record(devices.microphone, (left) => {
        list.set("recording", "running", page.text("record_running", { left }));
      });
      URL.revokeObjectURL(player.src);
      player.src = sound;
    } catch {
      return list.set("recording", "failed", page.text("device_busy"));
    }
    page.show("recording");
    list.set("recording", "passed", page.text("record_done"));
    page.say(page.text("record_done"));
    player.play().catch(() => {});
  }
}

function reason({ name, message }) {
  if (["NotAllowedError", "SecurityError"].includes(name)) {
    if (/system/i.test(message)) return ["devices_blocked", "devices_blocked_system"];
    return ["devices_blocked", `devices_blocked_${browserFound()}`];
  }
  if (["NotFoundError", "OverconstrainedError"].includes(name)) return ["no_microphone", "plug_microphone"];
  return ["device_busy", ""];
}

// Only to say where its settings are.
function browserFound() {
  const agent = navigator.userAgent;
  if (/Firefox/.test(agent)) return "firefox";
  if (/Android/.test(agent)) return "android";
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Chrom/.test(agent)) return "chromium";
  return /Safari/.test(agent) ? "safari" : "other";
}
