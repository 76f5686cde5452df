// The bar of buttons: on a small screen some of them move into « Plus ».
const NARROW = matchMedia("(width < 48rem)");

export class Controls {
  constructor({ page }) {
    this.menu = page.get("more");
    this.spare = [...document.querySelectorAll("[data-spare]")];
    this.places = this.spare.map((button) => button.nextElementSibling);
    NARROW.addEventListener("change", () => this.arrange());
    this.arrange();
    // The menu closes before what was pressed acts: a dialog then gives the focus back to the menu's button.
    page.get("more-list").addEventListener(
      "click",
      (event) => {
        if (!event.target.closest("button")) return;
        this.menu.querySelector("summary").focus();
        this.menu.open = false;
      },
      { capture: true },
    );
  }

  arrange() {
    const list = this.menu.querySelector("[data-spares]");
    for (const [index, button] of [...this.spare.entries()].reverse()) {
      if (NARROW.matches) list.prepend(button);
      else this.places[index].before(button);
    }
  }
}
