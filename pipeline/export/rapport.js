"use strict";
const byId = id => document.getElementById(id);
const boxes = [...document.querySelectorAll("input.code")];
const pieces = [...document.querySelectorAll(".p")].map(e => ({ e, marks: e.dataset.k.split(" ").map(k => k.split("/")) }));
const colour = Object.fromEntries(boxes.map(b => [b.value, b.dataset.colour]));
const label = Object.fromEntries(boxes.map(b => [b.value, b.dataset.label]));
let at = -1;

function stripes(colours) {
  const layers = colours.map((c, n) => `linear-gradient(${c},${c}) 0 ${n ? `calc(100% - ${4 * n}px)` : "100%"}/100% 3px no-repeat`);
  return [layers.join(","), colours.length ? `${4 * colours.length}px` : ""];
}

function paint() {
  const coder = byId("coder").value, on = new Set(boxes.filter(b => b.checked).map(b => b.value));
  document.body.dataset.coder = coder;
  for (const { e, marks } of pieces) {
    const shown = marks.filter(([who, code]) => who === coder && on.has(code));
    [e.style.background, e.style.paddingBottom] = stripes([...new Set(shown.map(m => m[1]))].map(c => colour[c]));
    e.title = shown.map(([, code, score]) => score ? `${label[code]}\u00a0: ${score}` : label[code]).join(" ; ");
    e.classList.toggle("on", shown.length > 0);
  }
  for (const chip of document.querySelectorAll(".chip")) {
    chip.classList.toggle("off", ![...chip.classList].some(c => c[0] === "k" && on.has(c.slice(1))));
  }
  for (const b of boxes) b.closest("label").querySelector(".n").textContent = `(${b.dataset.counts.split(" ")[coder]})`;
  at = -1;
}

function choose() {
  const wanted = byId("talk").value;
  for (const a of document.querySelectorAll("article")) a.hidden = wanted !== "" && a.id !== wanted;
  at = -1;
}

// A passage that another coder's bounds cut in pieces is still one stop.
const goesOn = e => {
  let before = e.previousSibling;
  while (before && before.classList?.contains("chip")) before = before.previousSibling;
  return before?.classList?.contains("on") && before.title === e.title;
};

function step(by) {
  const seen = pieces.map(p => p.e).filter(e => e.classList.contains("on") && !e.closest("article").hidden && !goesOn(e));
  if (!seen.length) return;
  at = (at + by + seen.length) % seen.length;
  seen[at].tabIndex = -1;
  seen[at].focus({ preventScroll: true });
  seen[at].scrollIntoView({ block: "center" });
}

// Why a chip is there: the words that weighed and what humans coded alike, in one panel that Escape closes.
const precedents = JSON.parse(byId("precedents").textContent);
function add(parent, tag, text) {
  const child = parent.appendChild(document.createElement(tag));
  child.textContent = text;
  return child;
}
function why(chip) {
  const panel = byId("why"), { s, w, p, ask } = chip.dataset, sure = ask === undefined;
  panel.replaceChildren();
  add(panel, "h4", chip.textContent.replace(/\u00a0\?$/, ""));
  add(panel, "p", `Score ${s}. ` + (sure ? "La machine en est sûre." : "La machine n’en est pas sûre\u00a0: à vous de décider."));
  add(panel, "p", w ? `Mots qui ont le plus pesé\u00a0: ${w.split(" ").join(", ")}.`
    : "Aucun mot ne pèse à lui seul\u00a0: le sens du passage et sa place dans la réponse ont décidé.");
  if (p) {
    add(panel, "p", "Passages proches que des humains ont codés ainsi, dans d’autres entretiens\u00a0:");
    const list = add(panel, "ul", "");
    for (const [quote, talk, coders] of p.split(" ").map(n => precedents[n])) {
      add(add(list, "li", `«\u00a0${quote}\u00a0» `), "small", `${talk}, ${coders}`);
    }
  }
  panel.showPopover();
}
document.addEventListener("click", event => {
  const chip = event.target.closest?.("button.chip");
  if (chip) why(chip);
});

const say = event => { const e = event.target.closest?.(".p.on"); byId("said").textContent = e ? e.title : ""; };
document.addEventListener("focusin", say);
document.addEventListener("mouseover", say);
boxes.forEach(b => b.addEventListener("change", paint));
byId("coder").addEventListener("change", paint);
byId("talk").addEventListener("change", choose);
byId("whole").addEventListener("change", e => document.body.classList.toggle("whole", e.target.checked));
byId("all").addEventListener("click", () => { boxes.forEach(b => { b.checked = true; }); paint(); });
byId("none").addEventListener("click", () => { boxes.forEach(b => { b.checked = false; }); paint(); });
byId("next").addEventListener("click", () => step(1));
byId("previous").addEventListener("click", () => step(-1));
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  if (event.key === "n") step(1);
  if (event.key === "p") step(-1);
});
paint();
