// Before the call: the checks, what this device remembers of them, and the way in.
import { Checklist } from "./checklist.js";
import { DeviceChecks } from "./checks.js";
import { NetworkChecks, readServers } from "./networkchecks.js";
import { recall, remember } from "./remembered.js";

export class Lobby {
  constructor({ page, config, devices, onStream }) {
    Object.assign(this, { page, devices });
    const list = new Checklist(page);
    this.checks = new DeviceChecks({
      page,
      list,
      devices,
      onStream: () => {
        this.drawAlone();
        onStream();
      },
    });
    new NetworkChecks({
      page,
      list,
      echo: config.echo,
      fetchServers: () => readServers(fetch(config.ice), page.text("relay_unknown")),
    });
    this.guard();
    this.skipping();
  }

  open(wish) {
    return this.checks.open(wish);
  }

  rest(resting) {
    this.checks.rest(resting);
  }

  // --- the next time ----------------------------------------------------------------------------------------------

  skipping() {
    const { page } = this;
    const box = page.get("skip");
    box.checked = recall().skip === true;
    page.get("checks").open = !box.checked;
    page.show("skipped", box.checked);
    box.addEventListener("change", () => {
      remember({ skip: box.checked });
      page.show("skipped", false);
    });
  }

  // --- the way in -------------------------------------------------------------------------------------------------

  // SK-80: the session needs sound and image. Whoever comes without any of them says so, and reads what it means.
  guard() {
    const { page, devices } = this;
    page.get("entrance").addEventListener(
      "click",
      (event) => {
        const connects = page.get("connect").contains(event.target);
        if (!connects || devices.stream || this.withoutDevices) return;
        event.stopPropagation();
        this.prepare();
      },
      { capture: true },
    );
    page.click("enter-alone", () => this.askToEnterAlone());
    // Offered when the other person is here, to whoever has neither camera nor microphone open.
    new MutationObserver(() => this.drawAlone()).observe(page.get("connect"), { attributeFilter: ["disabled"] });
    this.drawAlone();
  }

  drawAlone() {
    this.page.show("enter-alone", !this.page.get("connect").disabled && !this.devices.stream);
  }

  async prepare() {
    await this.open();
    if (this.devices.stream) this.page.get("connect").click();
    else await this.askToEnterAlone();
  }

  async askToEnterAlone() {
    this.withoutDevices = await this.page.ask("alone-dialog");
    if (this.withoutDevices) this.page.get("connect").click();
    this.withoutDevices = false;
  }
}
