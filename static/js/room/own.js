// One's own microphone and camera in the call: sent, switched, and told to the other person.
export class Own {
  constructor({ page, signaling, call, devices, share, soundOnly, other, askForDevices }) {
    Object.assign(this, { page, signaling, call, devices, share, soundOnly, other });
    page.click("microphone", () => (devices.microphone ? this.toggle("microphone") : askForDevices()));
    page.click("camera", () => {
      if (soundOnly.isOn) soundOnly.set(false);
      else if (devices.camera) this.toggle("camera");
      else askForDevices();
    });
    call.on("joining", () => this.send()).on("joined", () => this.tell()).on("arrived", () => this.tell());
    share.on("changed", () => this.tell());
    soundOnly.on("changed", (on) => this.economize(on));
    other.on("changed", () => this.shape());
  }

  toggle(name) {
    const track = this.devices[name];
    track.enabled = !track.enabled;
    this.draw();
    this.tell();
  }

  // What the devices give now: after joining, and after a change of device.
  send() {
    for (const name of ["microphone", "camera"]) this.call.peer.setTrack(name, this.devices[name]);
    this.page.get("self").srcObject = this.devices.stream;
    this.draw();
    this.tell();
  }

  // The camera gets back what it was when images are wanted again.
  economize(on) {
    const { camera } = this.devices;
    if (on) this.hadCamera = camera?.enabled ?? false;
    if (camera) camera.enabled = on ? false : this.hadCamera;
    if (on && this.share.track) this.share.stop();
    this.shape();
    this.draw();
    this.tell();
  }

  // Images nobody wants are not sent at all.
  shape() {
    const wanted = !this.other.media.soundOnly;
    this.call.peer.shape("camera", { active: wanted && !this.soundOnly.isOn });
    this.call.peer.shape("screen", { active: wanted });
  }

  draw() {
    const { page, devices } = this;
    for (const name of ["microphone", "camera"]) page.press(name, devices[name]?.enabled ?? false);
    page.show("self-off", !devices.camera?.enabled);
  }

  tell() {
    if (!this.call.wanted) return;
    this.signaling.send("media.state", {
      microphone: this.devices.microphone?.enabled ?? false,
      camera: this.devices.camera?.enabled ?? false,
      screen: Boolean(this.share.track),
      sound_only: this.soundOnly.isOn,
    });
  }
}
