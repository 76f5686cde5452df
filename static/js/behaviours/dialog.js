// Opens the native dialog named by data-dialog. Without script the button submits or the link is followed.
export default function openDialog(opener) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) return;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
}
