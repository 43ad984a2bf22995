// Marking faster: digits choose levels, drafts save themselves, phrases go in where they are pressed. The page works without any of it.

const form = document.querySelector("[data-marking]");

// 1–9 choose the level of the criterion that has the focus; never while somebody writes.
form?.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    form.querySelector("[name=step][value=done]")?.click();
    return;
  }
  if (event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key) || event.target.matches("textarea, input:not([type=radio])")) return;
  const level = event.target.closest("[data-criterion]")?.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  if (!level) return;
  event.preventDefault();
  level.checked = true;
  level.focus();
  level.dispatchEvent(new Event("change", { bubbles: true }));
});

// A phrase goes in where the cursor was, or at the end; without scripts the same button lets the server add it.
form?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  event.preventDefault();
  const text = form.querySelector(`#${CSS.escape(button.dataset.insert)}`);
  const before = text.value.slice(0, text.selectionEnd).trimEnd();
  text.setRangeText(`${before ? " " : ""}${button.textContent}`, before.length, text.selectionEnd, "end");
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

if (form?.matches("[data-autosave]")) {
  const said = form.querySelector("[data-said]");
  let timer = 0;
  let under_way = null;
  let changed = false;
  const save = async () => {
    if (under_way) await under_way;
    if (!changed) return;
    changed = false;
    const sent = new FormData(form);
    sent.set("step", "autosave");
    under_way = fetch(location.pathname, { method: "POST", body: sent, headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(async (answer) => {
        const found = await answer.json();
        if (found.revision !== undefined) form.elements.revision.value = found.revision;
        said.textContent = found.said ?? found.error ?? "";
      })
      .catch(() => { changed = true; said.textContent = said.dataset.failed; })
      .finally(() => { under_way = null; });
    await under_way;
  };
  const later = () => { changed = true; clearTimeout(timer); timer = setTimeout(save, 1500); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // Whoever saves by hand must not be overtaken by a draft on its way: it would be an older one.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    changed = false;
    if (!under_way) return;
    event.preventDefault();
    const button = event.submitter;
    under_way.finally(() => { delete form.dataset.sent; form.requestSubmit(button); });
  }, { capture: true });
}
