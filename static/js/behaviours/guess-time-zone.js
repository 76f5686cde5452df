// Proposes the device's time zone in a list; the person sees it and may change it.
export default function guessTimeZone(element) {
  const select = element.matches("select") ? element : element.querySelector("select");
  const reported = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Some browsers still report a zone under its former name.
  const here = JSON.parse(select.dataset.renamed)[reported] ?? reported;
  if ([...select.options].some((option) => option.value === here)) select.value = here;
}
