// The picture follows what is chosen. Without this script the button "Update the preview" does the same.
const form = document.querySelector("form[data-compose]");
const picture = document.getElementById("composed");

if (form && picture) {
  const names = ["symbol", "shape", "primary", "accent"];
  const draw = () => {
    const values = new FormData(form);
    const chosen = new URLSearchParams(names.map((name) => [name, values.get(name) ?? ""]));
    picture.src = `${form.dataset.compose}?${chosen}`;
  };
  form.addEventListener("change", (event) => {
    if (names.includes(event.target.name)) draw();
  });
}
