// Keeps what is typed until it is really sent: a login that ended meanwhile loses nothing.
// data-draft names the text. The login page says through keep-drafts that a submit did not arrive.
const PREFIX = "draft:";
export const SENT = "sent:";

const keyOf = (form) => PREFIX + form.dataset.draft;

export default function draft(form) {
  const key = keyOf(form);
  const fields = [...form.querySelectorAll("textarea[name], input[type=text][name]")];
  if (sessionStorage.getItem(SENT + key)) forget(form);
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

// For forms that are sent without leaving the page: it arrived, or it did not.
export function forget(form) {
  sessionStorage.removeItem(SENT + keyOf(form));
  sessionStorage.removeItem(keyOf(form));
}

export function keep(form) {
  sessionStorage.removeItem(SENT + keyOf(form));
}
