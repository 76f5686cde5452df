// One's own microphone and camera in the call: sent, switched, and told to the other person.
export class Own {
  constructor({ page, signaling, call, devices, share, askForDevices }) {
    Object.assign(this, { page, signaling, call, devices, share });
    for (const name of ["microphone", "camera"]) {
      page.click(name, () => (devices[name] ? this.toggle(name) : askForDevices()));
    }
    call.on("joining", () => this.send()).on("joined", () => this.tell()).on("arrived", () => this.tell());
    share.on("changed", () => this.tell());
  }

  toggle(name) {
    const track = this.devices[name];
    track.enabled = !track.enabled;
    this.page.press(name, track.enabled);
    this.tell();
  }

  send() {
    for (const name of ["microphone", "camera"]) {
      this.call.peer.setTrack(name, this.devices[name]);
      this.page.press(name, this.devices[name]?.enabled ?? false);
    }
    this.tell();
  }

  tell() {
    if (!this.call.wanted) return;
    this.signaling.send("media.state", {
      microphone: this.devices.microphone?.enabled ?? false,
      camera: this.devices.camera?.enabled ?? false,
      screen: Boolean(this.share.track),
    });
  }
}
