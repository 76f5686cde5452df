// The test page: the lobby's checks, with no room around them.
import { Checklist } from "./checklist.js";
import { DeviceChecks } from "./checks.js";
import { Devices } from "./devices.js";
import { NetworkChecks, readServers } from "./networkchecks.js";
import { Page } from "./ui.js";

const config = JSON.parse(document.getElementById("check-config").textContent);
const page = new Page(config.texts, "");
const devices = new Devices();
const list = new Checklist(page);
new DeviceChecks({ page, list, devices });

new NetworkChecks({
  page,
  list,
  echo: config.echo,
  fetchServers: () =>
    readServers(fetch(config.ice, { method: "POST", headers: { "X-CSRFToken": config.csrf } }), page.text("relay_unknown")),
});
