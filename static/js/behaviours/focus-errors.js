// After a failed submit the summary takes the focus: it is read first and its links lead to the fields.
export default function focusErrors(summary) {
  summary.focus();
}
