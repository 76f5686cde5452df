// What comes from the other person: image, sound, screen, and what he says of his devices. Tells `changed`.
import { Emitter } from "./events.js";

const TROUBLE = { connecting: "connecting", new: "connecting", disconnected: "connection_trouble",
  failed: "connection_trouble", hopeless: "connection_failed" };

export class Other extends Emitter {
  constructor({ page, signaling, call }) {
    super();
    this.page = page;
    this.isHere = false;
    this.media = { microphone: true, camera: true, screen: false, soundOnly: false };
    signaling.on("media.state", ({ sound_only: soundOnly = false, ...media }) => this.receive({ ...media, soundOnly }));
    call
      .on("arrived", () => this.present(true))
      .on("gone", () => this.present(false))
      .on("left", () => this.present(false))
      .on("track", ({ place, track }) => this.play(place, track))
      .on("connection", (state) => this.connection(state));
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
    if (state in TROUBLE) page.notify(page.text(TROUBLE[state]), { about: "peer", stays: true });
    if (state === "connected") page.notify(page.text("connected"), { about: "peer" });
    if (state !== "closed") return;
    page.forget("peer");
    for (const name of ["remote", "screen"]) page.get(name).srcObject = null;
  }

  present(isHere) {
    this.isHere = isHere;
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
      before.screen !== media.screen && (media.screen ? "share_on" : "share_off"),
    ].filter(Boolean);
    if (news.length) page.notify(news.map((name) => page.text(name)).join(" "));
  }

  draw() {
    const { page, media } = this;
    const screen = media.screen && this.isHere;
    page.show("screen", screen);
    page.get("video").classList.toggle("video--shared", screen);
    const silent = this.isHere && !media.microphone;
    page.show("peer-muted", silent);
    page.write("peer-state", silent ? page.text("other_microphone_off") : "");
    const image = !this.isHere ? "other_not_here" : media.soundOnly ? "other_sound_only_on" : "other_camera_off";
    page.write("peer-off-words", page.text(image));
    page.show("peer-off", !this.isHere || !media.camera);
  }
}
