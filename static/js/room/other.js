// What comes from the other person: image, sound, screen, and what he says of his devices. Tells `changed`.
import { Emitter } from "./events.js";

const TROUBLE = { connecting: "connecting", new: "connecting", disconnected: "connection_trouble",
  failed: "connection_trouble", hopeless: "connection_failed" };

export class Other extends Emitter {
  constructor({ page, signaling, call, soundOnly }) {
    super();
    Object.assign(this, { page, soundOnly });
    this.isHere = false;
    // Something has come by this connection; when it stops, the last image stays.
    this.hasCome = false;
    this.isHopeless = false;
    this.media = { microphone: true, camera: true, screen: false, soundOnly: false };
    signaling.on("media.state", ({ sound_only: soundOnly = false, ...media }) => this.receive({ ...media, soundOnly }));
    call
      .on("arrived", () => this.present(true))
      .on("gone", () => this.present(false))
      .on("left", () => this.present(false))
      .on("track", ({ place, track }) => this.play(place, track))
      .on("connection", (state) => this.connection(state));
    soundOnly.on("changed", () => this.draw());
    this.draw();
  }

  play(place, track) {
    const element = this.page.get(place === "screen" ? "screen" : "remote");
    const stream = element.srcObject ?? new MediaStream();
    stream.addTrack(track);
    element.srcObject = stream;
    element.play().catch(() => {});
  }

  connection(state) {
    const { page } = this;
    // Whoever has left has no trouble with his connection.
    if (state in TROUBLE && this.isHere) this.trouble(page.text(TROUBLE[state]));
    if (state === "connected") page.notify(page.text("connected"), { about: "peer" });
    if (state === "closed") {
      page.forget("peer");
      for (const name of ["remote", "screen"]) page.get(name).srcObject = null;
    }
    this.isHopeless = state === "hopeless";
    if (["connected", "closed"].includes(state)) this.hasCome = state === "connected";
    this.draw();
  }

  // Where no image has come yet, the words stand in its place.
  trouble(words) {
    if (this.hasCome) this.page.notify(words, { about: "peer", stays: true });
    else this.page.say(words);
  }

  present(isHere) {
    this.isHere = isHere;
    if (!isHere) this.page.forget("peer");
    this.draw();
  }

  receive(media) {
    const before = this.media;
    this.media = media;
    this.announce(before);
    this.draw();
    this.emit("changed");
  }

  // Each change is said once: he who does not see the image must know of it too.
  announce(before) {
    const { page, media } = this;
    const news = [
      before.microphone !== media.microphone && (media.microphone ? "other_microphone_on" : "other_microphone_off"),
      before.soundOnly !== media.soundOnly && (media.soundOnly ? "other_sound_only_on" : "other_sound_only_off"),
      before.soundOnly === media.soundOnly && before.camera !== media.camera
        && (media.camera ? "other_camera_on" : "other_camera_off"),
    ].filter(Boolean);
    if (news.length) page.notify(news.map((name) => page.text(name)).join(" "), { about: "devices" });
    if (before.screen !== media.screen) {
      page.notify(page.text(media.screen ? "share_on" : "share_off"), { about: "share" });
    }
  }

  draw() {
    const { page, media } = this;
    const screen = media.screen && this.isHere && !this.soundOnly.isOn;
    page.show("screen", screen);
    page.get("video").classList.toggle("video--alone", !this.isHere);
    page.get("video").classList.toggle("video--shared", screen);
    const silent = this.isHere && !media.microphone;
    page.show("peer-muted", silent);
    page.write("peer-state", silent ? page.text("microphone_muted") : "");
    const why = this.withoutImage();
    page.write("peer-off-words", why ? page.text(why) : "");
    page.show("peer-off", Boolean(why));
  }

  // What is said in place of the image; nothing while there is one.
  withoutImage() {
    if (!this.isHere) return "other_not_here";
    if (!this.hasCome) return this.isHopeless ? "connection_failed" : "connecting";
    if (this.soundOnly.isOn) return "sound_only_on";
    if (this.media.soundOnly) return "other_sound_only_on";
    return this.media.camera ? "" : "other_camera_off";
  }
}
