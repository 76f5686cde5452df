// « Signaler un problème »: a choice, words, and what this page measured of the call. No address is sent.
import { canCall, canChooseSpeaker, canShare } from "./devices.js";
import { newId } from "./ids.js";
import { describe } from "./stats.js";

const CAPABILITIES = {
  call: canCall,
  share: canShare,
  speaker: canChooseSpeaker,
  record: () => "MediaRecorder" in window,
  smallWindow: () => Boolean(document.pictureInPictureEnabled),
  smallDocument: () => "documentPictureInPicture" in window,
  fullScreen: () => Boolean(document.fullscreenEnabled),
  wakeLock: () => "wakeLock" in navigator,
  secure: () => isSecureContext,
};

export class Report {
  constructor({ page, config, call, quality, devices, other, soundOnly }) {
    Object.assign(this, { page, config, call, quality, devices, other, soundOnly });
    this.form = page.get("report-form");
    page.click("report", () => this.open());
    page.click("report-close", () => page.dismiss("report-dialog"));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  open() {
    this.id = newId();
    this.form.reset();
    this.show("form", "");
    this.page.get("report-dialog").showModal();
  }

  async send() {
    const { page, form } = this;
    page.get("report-send").disabled = true;
    try {
      const body = new FormData(form);
      body.set("client_id", this.id);
      body.set("statistics", JSON.stringify(await this.statistics()));
      const answer = await fetch(this.config.report, { method: "POST", body });
      const { message } = await answer.json();
      this.show(answer.ok ? "done" : "form", message);
    } catch {
      this.show("form", page.text("report_not_sent"));
    } finally {
      page.get("report-send").disabled = false;
    }
  }

  show(step, words) {
    const { page } = this;
    for (const name of ["report-fields", "report-send"]) page.show(name, step === "form");
    page.write("report-close-label", page.text(step === "form" ? "cancel" : "close"));
    page.write("report-state", words);
    if (step === "done") page.get("report-close").focus();
  }

  async statistics() {
    const { call, devices, other, soundOnly, quality } = this;
    return {
      connection: { ...(await describe(call.peer.connection)), relayOnly: Boolean(call.peer.relayOnly),
        rebuilds: call.peer.rebuilds },
      devices: {
        microphone: deviceOf(devices.microphone),
        camera: deviceOf(devices.camera),
        soundOnly: soundOnly.isOn,
        other: other.media,
      },
      browser: {
        name: navigator.userAgent,
        language: navigator.language,
        cores: navigator.hardwareConcurrency ?? null,
        window: `${innerWidth}x${innerHeight}`,
        capabilities: Object.fromEntries(Object.entries(CAPABILITIES).map(([name, test]) => [name, test()])),
      },
      samples: quality.samples,
    };
  }
}

// Kinds and sizes, never the name of a device: people name theirs after themselves.
function deviceOf(track) {
  if (!track) return "none";
  const { width, height, frameRate, sampleRate } = track.getSettings();
  return { on: track.enabled, state: track.readyState, muted: track.muted, width, height, frameRate, sampleRate };
}
