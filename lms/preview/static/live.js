// Loads the page again once the files on the disk differ from those it was made from.
const made = document.currentScript.dataset.state;
async function look() {
  try {
    const answer = await fetch("/preview/state", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== made) location.reload();
  } catch {
    // The preview was stopped; there is nothing to load.
  }
}
setInterval(look, 1000);
