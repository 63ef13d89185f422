"use strict";
// Keys, announcements and focus. Without this file everything still works: the page is made of plain forms.
const byId = id => document.getElementById(id);
const plan = () => byId("plan");
const form = () => byId("reponse");
const boxes = () => [...(form()?.querySelectorAll("input[name^=code]") ?? [])];
const ticked = () => boxes().filter(box => box.checked && box.value);
const nameOf = box => box.labels[0].querySelector(".name").textContent;
document.documentElement.classList.add("js");

function say(text) {
  byId("dit").textContent = "";
  requestAnimationFrame(() => { byId("dit").textContent = text; });
}

function complain(text) {
  const place = byId("alerte");
  place.replaceChildren(document.createElement("p"));
  place.firstChild.textContent = text;
  place.scrollIntoView({ block: "nearest" });
}

// On AZERTY the key of 1 sends "&" but its place is still Digit1; elsewhere the letter counts, wherever it lies.
function pressed(event) {
  const digit = /^Digit(\d)$/.exec(event.code);
  if (digit) return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function toggle(box) {
  if (box.type === "radio" && box.checked) {
    form().querySelector(`input[name="${box.name}"][value=""]`).checked = true;
  } else {
    box.checked = !box.checked;
  }
  byId("alerte").replaceChildren();
  say(`${nameOf(box)}\u00a0: ${box.checked ? "coché" : "décoché"}`);
}

function send(value) {
  form()?.querySelector(`button[name=do][value=${value}]:not(.sr)`)?.click();
}

function confirmAnswer() {
  const memo = byId("texte-memo"), page = plan().dataset.page;
  if (page === "desaccord" && !memo.value.trim()) {
    complain("Écrivez d’abord pourquoi ce consensus, dans le mémo.");
    memo.focus();
  } else if (page !== "desaccord" && !ticked().length) {
    complain(page === "lecture" ? "Choisissez au moins un code pour ce passage."
      : "Choisissez au moins un code, ou «\u00a0Rien ne s’applique\u00a0» (touche 0) si aucun ne convient.");
  } else {
    send("answer");
  }
}

// A code that is ticked and then 0: a slip of the finger must not become a decision.
function nothing() {
  const held = ticked();
  if (!held.length) return plan().dataset.page === "desaccord" && !byId("texte-memo").value.trim() ? confirmAnswer() : send("nothing");
  for (const box of held) toggle(box);
  complain("Codes décochés. Appuyez encore sur 0 pour dire que rien ne s’applique.");
  return undefined;
}

function openMemo() {
  const fold = byId("memo");
  if (fold) fold.open = true;
  byId("texte-memo")?.focus();
}

function definitions() {
  const all = [...document.querySelectorAll(".definition")], open = !all.every(one => one.open);
  for (const one of all) one.open = open;
  say(open ? "Définitions ouvertes." : "Définitions fermées.");
}

function neighbour(step) {
  const links = [...document.querySelectorAll(".talks.list a")];
  links[links.findIndex(link => link.hasAttribute("aria-current")) + step]?.click();
}

const ACTIONS = {
  question: { 0: nothing, n: nothing, s: () => send("skip"), p: () => document.querySelector("a.why")?.click() },
  lecture: {},
  desaccord: { 0: nothing, ArrowLeft: () => neighbour(-1), ArrowRight: () => neighbour(1) },
  texte: {},
};
const EVERYWHERE = { m: openMemo, d: definitions, u: () => document.querySelector("button[form=annuler], #annuler button")?.click() };

function showHelp() {
  byId("aide").showModal();
}

function act(event) {
  const key = pressed(event), target = event.target;
  if (key === "Enter") {
    if (target.closest("button, a, summary, select") || !form()) return false;
    confirmAnswer();
    return true;
  }
  if (key === "?") { showHelp(); return true; }
  const box = boxes().find(one => one.dataset.key === key);
  const action = box ? () => toggle(box) : ACTIONS[plan().dataset.page]?.[key] ?? EVERYWHERE[key];
  // A radio that has the focus keeps its arrows.
  if (!action || (key.startsWith("Arrow") && target.type === "radio")) return false;
  action();
  return true;
}

document.addEventListener("keydown", event => {
  if (event.defaultPrevented || event.isComposing) return;
  const typing = event.target.closest("textarea, select, input[type=text]");
  if (typing) {
    if (event.key === "Escape") { event.preventDefault(); typing.blur(); byId("titre")?.focus({ preventScroll: true }); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form()?.contains(typing)) { event.preventDefault(); confirmAnswer(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || byId("aide").open) return;
  if (!byId("raccourcis").checked && event.key.length === 1) return;
  // A key held down must not answer twenty questions.
  if (event.repeat && !event.key.startsWith("Arrow")) return;
  if (act(event)) event.preventDefault();
});

document.addEventListener("click", event => {
  const action = event.target.closest("[data-do]")?.dataset.do;
  if (action === "aide") { event.preventDefault(); showHelp(); }
  if (action === "fermer") byId("aide").close();
});

const kept = byId("raccourcis");
kept.checked = localStorage.getItem("filrouge.touches") !== "non";
kept.addEventListener("change", () => localStorage.setItem("filrouge.touches", kept.checked ? "oui" : "non"));

// What was unfolded stays unfolded on the next question.
const unfolded = new Map();
document.addEventListener("toggle", event => {
  if (event.target.matches?.("details[data-keep]")) unfolded.set(event.target.id, event.target.open);
}, true);

// A new question: unfold what was, read its heading aloud, start at the top.
document.addEventListener("htmx:afterSwap", event => {
  for (const [id, open] of unfolded) { const fold = byId(id); if (fold) fold.open = open; }
  if (event.detail.target.id !== "plan") return;
  const { page, note, address } = plan().dataset;
  if (address) history.replaceState(null, "", address);
  if (page !== "lecture") { window.scrollTo(0, 0); byId("titre")?.focus({ preventScroll: true }); }
  if (note) say(note);
});
// What was not stored must not look as if it were.
const DEAD = "Le serveur ne répond plus. Relancez filrouge annotate, puis rouvrez l’adresse qu’il affiche\u00a0; tout ce qui était enregistré l’est toujours.";
const lost = event => event.detail.requestConfig?.verb === "post" ? "Cette réponse n’est pas enregistrée. " : "";
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, event => complain(lost(event) + DEAD));
}
document.addEventListener("htmx:responseError", event => {
  if (event.detail.xhr.status >= 500) complain(`${lost(event)}filrouge a rencontré une erreur qu’il n’attendait pas\u00a0; le terminal en dit plus. Réessayez.`);
});
