// Draws each chart of a page anew from its specification, so that it answers to the pointer.
// Where this cannot be done, and on paper, the picture stays. Names reach the page as text alone.
(async () => {
  "use strict";
  const charts = [...document.querySelectorAll("script.h1224-chart")];
  const packed = document.getElementById("h1224-vega");
  if (!charts.length || !packed || !window.DecompressionStream) return;

  const refuse = () => Promise.reject(new Error("a chart of this page fetches nothing"));
  const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };
  const note = document.createElement("div");
  note.className = "h1224-note";
  note.hidden = true;
  document.body.append(note);
  let lit = null;

  function unpack(code) {
    const bytes = Uint8Array.from(atob(code), (char) => char.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  }

  async function load() {
    const library = new Blob([await unpack(packed.textContent)], { type: "text/javascript" });
    const tag = document.createElement("script");
    tag.src = URL.createObjectURL(library);
    await new Promise((resolve, reject) => {
      tag.onload = resolve;
      tag.onerror = reject;
      document.head.append(tag);
    });
    URL.revokeObjectURL(tag.src);
  }

  // The picture holds the glyphs that the chart needs; under a name of its own they serve again.
  async function lendFont(image, family) {
    const drawing = atob(image.src.split(",")[1]);
    const faces = drawing.matchAll(/font-weight:(\w+);src:(url\([^)]*\))/g);
    for (const [, weight, source] of faces) {
      document.fonts.add(await new FontFace(family, source, { weight }).load());
    }
  }

  function tell(bare, event, value) {
    if (lit) lit.classList.remove("h1224-lit");
    lit = null;
    note.hidden = value === null || value === undefined || value === "";
    if (note.hidden) return;
    const pairs = typeof value === "object" ? Object.entries(value) : [["", value]];
    note.replaceChildren(
      ...pairs.map(([name, text]) => {
        const line = document.createElement("div");
        line.textContent = !name || bare.includes(name) ? String(text) : `${name}: ${text}`;
        return line;
      }),
    );
    const across = Math.min(event.clientX + 12, innerWidth - note.offsetWidth - 4);
    const below = event.clientY + 16;
    const above = event.clientY - note.offsetHeight - 8;
    note.style.left = `${Math.max(across, 4)}px`;
    note.style.top = `${below + note.offsetHeight > innerHeight ? Math.max(above, 4) : below}px`;
    lit = event.target;
    lit.classList.add("h1224-lit");
  }

  async function draw(chart, number) {
    const { spec, bare } = JSON.parse(chart.textContent);
    const image = chart.parentElement.querySelector("img");
    const family = `h1224-${number}`;
    await lendFont(image, family);
    const place = document.createElement("div");
    place.style.setProperty("--h1224-font", family);
    await window.h1224Embed(place, spec, {
      mode: "vega",
      renderer: "svg",
      ast: true,
      actions: false,
      defaultStyle: false,
      loader,
      tooltip: (_, event, item, value) => tell(bare, event, value),
    });
    // Vega has named it too, otherwise.
    place.removeAttribute("aria-roledescription");
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", image.alt);
    place.className = "h1224-live";
    image.classList.add("h1224-still");
    image.after(place);
  }

  await load();
  for (const [number, chart] of charts.entries()) {
    try {
      await draw(chart, number);
    } catch (error) {
      console.error(error);
    }
  }
})();
