// The bar of buttons: on a small screen some of them move into « Plus ».
const NARROW = matchMedia("(width < 48rem)");

export class Controls {
  constructor({ page }) {
    this.menu = page.get("more");
    this.spare = [...document.querySelectorAll("[data-spare]")];
    this.places = this.spare.map((button) => button.nextElementSibling);
    NARROW.addEventListener("change", () => this.arrange());
    this.arrange();
    // What was pressed closes the menu; a dialog that it opened gives the focus back to the menu's button.
    page.get("more-list").addEventListener("click", (event) => {
      if (!event.target.closest("button")) return;
      this.menu.open = false;
      if (this.menu.contains(document.activeElement)) this.menu.querySelector("summary").focus();
    });
  }

  arrange() {
    const list = this.menu.querySelector("[data-spares]");
    for (const [index, button] of [...this.spare.entries()].reverse()) {
      if (NARROW.matches) list.prepend(button);
      else this.places[index].before(button);
    }
  }
}
