// What comes from the other person: image, sound, screen, and what he says of his devices.
export class Other {
  constructor({ page, signaling, call }) {
    this.page = page;
    this.media = { microphone: true, camera: true, screen: false };
    signaling.on("media.state", (media) => this.changed(media));
    call.on("track", ({ place, track }) => this.play(place, track));
    call.on("connection", (state) => this.connection(state));
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
    const words = { connecting: "connecting", new: "connecting", disconnected: "connection_trouble",
      failed: "connection_trouble", hopeless: "connection_failed" }[state];
    if (words) page.notify(page.text(words), { stays: true });
    if (state === "connected") page.notify(page.text("connected"));
    if (state === "closed") for (const name of ["remote", "screen"]) page.get(name).srcObject = null;
  }

  changed({ microphone, camera, screen }) {
    const { page, media: before } = this;
    this.media = { microphone, camera, screen };
    page.show("screen", screen);
    page.get("video").classList.toggle("video--shared", screen);
    const words = [!microphone && "other_microphone_off", !camera && "other_camera_off"].filter(Boolean);
    page.write("peer-state", words.map((name) => page.text(name)).join(" "));
    if (before.screen !== screen) page.notify(page.text(screen ? "share_on" : "share_off"));
  }
}
