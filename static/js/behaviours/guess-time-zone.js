// Proposes the device's time zone in a list; the person sees it and may change it.
export default function guessTimeZone(element) {
  const select = element.matches("select") ? element : element.querySelector("select");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === here)) select.value = here;
}
