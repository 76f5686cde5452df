// The whole room in full screen: the counter and the controls stay in view.
export function offerFullScreen(page) {
  const room = document.querySelector("main");
  const canFill = Boolean(document.fullscreenEnabled && room.requestFullscreen);
  page.show("full-screen", canFill);
  if (!canFill) return;
  page.click("full-screen", async () => {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : room.requestFullscreen());
    } catch {
      page.notify(page.text("full_screen_refused"));
    }
  });
  document.addEventListener("fullscreenchange", () => page.press("full-screen", Boolean(document.fullscreenElement)));
}
