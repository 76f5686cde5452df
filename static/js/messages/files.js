// The files chosen for a message: in view, with a way to take each out again, and why one is not taken.
export class Files {
  constructor({ input, list, onError, language }) {
    Object.assign(this, { input, list, onError });
    this.most = Number(list.dataset.files);
    this.mebibytes = Number(list.dataset.mebibytes);
    this.language = language;
    this.chosen = [];
    input.addEventListener("change", () => this.take());
    // Chosen before this script came.
    if (input.files.length) this.take();
  }

  take() {
    this.add([...this.input.files]);
    // The same file may be chosen again after it was taken out.
    this.input.value = "";
  }

  get count() {
    return this.chosen.length;
  }

  add(files) {
    const { dataset } = this.list;
    this.onError("");
    for (const file of files) {
      if (file.size > this.mebibytes * 1024 * 1024) this.onError(dataset.tooBig.replace("{name}", file.name));
      else if (this.count >= this.most) this.onError(dataset.tooMany);
      else this.chosen.push(file);
    }
    this.draw();
  }

  remove(file) {
    this.chosen = this.chosen.filter((each) => each !== file);
    this.draw();
    (this.list.querySelector("button") ?? this.input).focus();
  }

  clear() {
    this.chosen = [];
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.chosen.map((file) => this.row(file)));
    this.list.hidden = this.count === 0;
  }

  row(file) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.className = "file__name";
    name.textContent = file.name;
    const size = document.createElement("span");
    size.className = "file__size";
    size.textContent = fileSize(file.size, this.language);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button--quiet button--small";
    remove.textContent = "×";
    remove.setAttribute("aria-label", this.list.dataset.remove.replace("{name}", file.name));
    remove.addEventListener("click", () => this.remove(file));
    row.append(name, size, remove);
    return row;
  }
}

export function fileSize(bytes, language) {
  const [amount, unit] = bytes < 1e6 ? [Math.max(1, Math.round(bytes / 1e3)), "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}
