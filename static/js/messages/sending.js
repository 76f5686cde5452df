// Sends a message without leaving the page. Resolves to its id; rejects with words to show.
// XMLHttpRequest: fetch does not tell how far an upload is.
export function send({ address, data, words, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", ({ loaded, total }) => total && onProgress(loaded / total));
    request.addEventListener("error", () => reject(words.failed));
    request.addEventListener("abort", () => reject(words.failed));
    request.addEventListener("load", () => {
      const answer = request.response;
      if (request.status === 200 && answer?.id) resolve(answer.id);
      else if (answer?.errors) reject(answer.errors.join(" "));
      // Somebody who is signed out is sent to another page; a sign-in elsewhere changes the form's token.
      else if (request.status === 200 || request.status === 403) reject(words.signedOut);
      else reject(words.failed);
    });
    request.send(data);
  });
}
