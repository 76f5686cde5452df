// Beside a time given in another zone: the reader's own. data-words holds « {time} chez vous ».
export default function localTime(output) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (here === output.dataset.zone) return;
  const at = new Date(output.dataset.at);
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  output.textContent = output.dataset.words.replace("{time}", format.format(at)).replace("{zone}", here);
  output.hidden = false;
}
