// Keeps what is typed until it is really sent: a login that ended meanwhile loses nothing.
// data-draft names the text. The login page says through keep-drafts that a submit did not arrive.
const PREFIX = "draft:";
export const SENT = "sent:";

export default function draft(form) {
  const key = PREFIX + form.dataset.draft;
  const fields = [...form.querySelectorAll("textarea[name], input[type=text][name]")];
  if (sessionStorage.getItem(SENT + key)) {
    sessionStorage.removeItem(SENT + key);
    sessionStorage.removeItem(key);
  }
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  for (const field of fields) {
    if (!field.value && kept[field.name]) field.value = kept[field.name];
  }
  form.addEventListener("input", () => {
    const typed = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    sessionStorage.setItem(key, JSON.stringify(typed));
  });
  form.addEventListener("submit", () => sessionStorage.setItem(SENT + key, "1"));
}
