// « 46 sur 500 caractères » under a text field that has a limit.
export default function characterCounter(field) {
  const input = field.querySelector("textarea, input");
  const limit = input?.maxLength ?? -1;
  if (limit < 0) return;
  const output = document.createElement("p");
  output.className = "field__hint";
  output.id = `${input.id}_counter`;
  input.after(output);
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${output.id}`.trim());
  const print = () => {
    output.textContent = field.dataset.words.replace("{count}", input.value.length).replace("{max}", limit);
  };
  input.addEventListener("input", print);
  print();
}
