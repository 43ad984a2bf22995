// What a page can do more when scripts run. Everything here works without them, only less comfortably.
const root = document.documentElement;
root.classList.add("js");

// Copy: <button data-copy="id of an input" data-done="Copied">.
async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const label = button.querySelector("[aria-live]");
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    source.select(); // no right to the clipboard: the text lies selected for the reader's own copy
    return;
  }
  const before = label.dataset.before ??= label.textContent;
  label.textContent = button.dataset.done;
  setTimeout(() => { label.textContent = before; }, 2500);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-dialog], [data-close], [data-print]");
  if (target?.dataset.copy) copy(target);
  if (target?.dataset.dialog) {
    const dialog = document.getElementById(target.dataset.dialog);
    if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
  }
  if (target?.hasAttribute("data-close") && target.closest("dialog")) { event.preventDefault(); target.closest("dialog").close(); }
  if (target?.hasAttribute("data-print")) window.print();
  // A menu closes when the click goes elsewhere.
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// Drop: a file let go over [data-drop] goes into its file button; [data-drop="submit"] sends the form at once.
for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) place.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (place.dataset.drop === "submit") input.form.requestSubmit();
  });
}

// A form is sent once: a second click while the answer travels does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 8000); // an answer may be a download, which leaves the page as it is
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// Where the server asks for the page to be looked at again while work goes on: <div data-refresh="3">.
const refresh = document.querySelector("[data-refresh]");
if (refresh) setTimeout(() => location.reload(), 1000 * Math.max(1, Number(refresh.dataset.refresh)));
