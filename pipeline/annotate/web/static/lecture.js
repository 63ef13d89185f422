"use strict";
// Reading mode: a selection becomes offsets in code points (JavaScript counts UTF-16 units, an emoji is two).
const text = () => byId("texte");
const pieces = () => [...text().querySelectorAll("[data-s]")].map(e => ({ node: e.firstChild, start: Number(e.dataset.s) })).filter(p => p.node);
const points = string => [...string].length;
const low = (string, at) => at > 0 && at < string.length && /[\uDC00-\uDFFF]/.test(string[at]) && /[\uD800-\uDBFF]/.test(string[at - 1]);
let chosen = null; // [start, end] in code points
let anchor = null; // the unit from which the keyboard extends: [start, end]

// Units of the text, in code points: words and the tool's own segments.
function words() {
  const found = [];
  for (const { node, start } of pieces()) {
    for (const word of node.data.matchAll(/\S+/gu)) {
      const from = start + points(node.data.slice(0, word.index)), to = from + points(word[0]);
      // A bound may fall inside a word: its two halves are one word again.
      if (found.length && found.at(-1)[1] === from) found.at(-1)[1] = to;
      else found.push([from, to]);
    }
  }
  return found;
}
const segments = () => text().dataset.segments.split(" ").filter(Boolean).map(pair => pair.split("-").map(Number));

function boundsOf(range) {
  let start = Infinity, end = -Infinity;
  for (const piece of pieces()) {
    if (!range.intersectsNode(piece.node)) continue;
    const { data } = piece.node;
    let from = range.startContainer === piece.node ? range.startOffset : 0;
    let to = range.endContainer === piece.node ? range.endOffset : data.length;
    if (low(data, from)) from -= 1;
    if (low(data, to)) to += 1;
    while (from < to && /\s/.test(data[from])) from += 1;
    while (to > from && /\s/.test(data[to - 1])) to -= 1;
    if (to <= from) continue;
    start = Math.min(start, piece.start + points(data.slice(0, from)));
    end = Math.max(end, piece.start + points(data.slice(0, to)));
  }
  return end > start ? [start, end] : null;
}

function rangeOf([start, end]) {
  const range = document.createRange(), all = pieces();
  const place = (at, last) => {
    const piece = all.findLast(p => (last ? p.start < at : p.start <= at)) ?? all[0];
    return [piece.node, [...piece.node.data].slice(0, at - piece.start).join("").length];
  };
  range.setStart(...place(start, false));
  range.setEnd(...place(end, true));
  return range;
}

function choose(bounds, spoken) {
  chosen = bounds;
  byId("debut").value = bounds ? bounds[0] : "";
  byId("fin").value = bounds ? bounds[1] : "";
  const range = bounds && rangeOf(bounds);
  byId("choisi").value = range ? quoteOf(bounds) : "";
  if (globalThis.Highlight) {
    if (range) CSS.highlights.set("choix", new Highlight(range));
    else CSS.highlights.delete("choix");
  }
  if (spoken) say(bounds ? `Sélection\u00a0: ${byId("choisi").value}` : "Sélection abandonnée.");
  return range;
}

// The words themselves: speakers' labels and codes' chips lie between the pieces, and are not speech.
function quoteOf([start, end]) {
  return pieces().map(({ node, start: from }) => {
    const all = [...node.data];
    return all.slice(Math.max(0, start - from), Math.max(0, end - from)).join("");
  }).join("").trim();
}

function move(units, step, extend) {
  if (!units.length) return;
  let next;
  if (!chosen) {
    next = units[0];
  } else if (!extend) {
    next = step > 0 ? units.find(u => u[0] >= chosen[1]) ?? units.at(-1) : units.findLast(u => u[1] <= chosen[0]) ?? units[0];
  }
  if (next) {
    anchor = next;
  } else {
    const forward = chosen[0] >= anchor[0] && (step > 0 ? chosen[0] === anchor[0] : chosen[1] > anchor[1]);
    if (forward) {
      const end = step > 0 ? units.find(u => u[1] > chosen[1])?.[1] : units.findLast(u => u[1] < chosen[1])?.[1];
      next = [anchor[0], Math.max(anchor[1], end ?? chosen[1])];
    } else {
      const start = step > 0 ? units.find(u => u[0] > chosen[0])?.[0] : units.findLast(u => u[0] < chosen[0])?.[0];
      next = [Math.min(anchor[0], start ?? chosen[0]), anchor[1]];
    }
  }
  getSelection().removeAllRanges();
  const range = choose([...next], true), seen = range.getBoundingClientRect();
  if (!globalThis.Highlight) getSelection().addRange(range);
  const end = floor();
  if (seen.top < 40 || seen.bottom > end - 40) window.scrollBy(0, seen.top - end / 3);
}

// Where the text stops being seen: enlarged, the tools lie over the bottom of the window.
function floor() {
  const tools = document.querySelector(".tools").getBoundingClientRect();
  return tools.left < text().getBoundingClientRect().right ? Math.min(innerHeight, tools.top) : innerHeight;
}

document.addEventListener("keydown", event => {
  if (plan().dataset.page !== "lecture" || event.target !== text() || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") { choose(null, true); getSelection().removeAllRanges(); }
  if (!step) return;
  event.preventDefault();
  move(/Right|Left/.test(event.key) ? words() : segments(), step, event.shiftKey);
}, true);

document.addEventListener("selectionchange", () => {
  if (plan().dataset.page !== "lecture") return;
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount || !text().contains(selection.anchorNode)) return;
  const bounds = boundsOf(selection.getRangeAt(0));
  // Where the highlight is a real selection (older browsers), it must not lose its anchor.
  if (bounds && String(bounds) !== String(chosen)) { anchor = bounds; choose(bounds, false); }
});

// A passage typed or pasted: the server finds it.
document.addEventListener("input", event => {
  if (event.target.id !== "choisi") return;
  byId("debut").value = byId("fin").value = "";
  chosen = null;
  globalThis.CSS?.highlights?.delete("choix");
});

document.addEventListener("htmx:afterSwap", event => {
  if (event.detail.target.id !== "plan" || plan().dataset.page !== "lecture") return;
  chosen = anchor = null;
  globalThis.CSS?.highlights?.delete("choix");
  getSelection().removeAllRanges();
  text().focus({ preventScroll: true });
});
