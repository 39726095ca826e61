// Makes the way out quicker (config/leaving.py): the page is blank at once, its place in the history is taken, and Shift
// pressed three times is enough. Without this file the button is a plain form.
"use strict";
{
  const form = document.querySelector(".leave-bar");
  const shiftKeys = document.querySelector(".shift-keys");
  const times = 3;
  const within = 5000; // milliseconds
  const patience = 1000; // milliseconds until the recipe opens, however slow the answer is
  let presses = [];

  const hide = () => { document.documentElement.hidden = true; };

  const leave = () => {
    hide();
    document.title = "";
    const away = () => location.replace(form.dataset.to);
    fetch(form.action, { method: "POST", redirect: "manual", keepalive: true }).then(away, away);
    setTimeout(away, patience);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });

  // Any other key or a click starts the count again: capitals, Shift with Tab and Shift with a click are no wish to go.
  const startAgain = () => { presses = []; };
  addEventListener("pointerdown", startAgain, true);
  addEventListener("keydown", (event) => {
    if (event.key !== "Shift" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return startAgain();
    if (event.repeat) return;
    presses = [...presses, event.timeStamp].filter((time) => event.timeStamp - time < within);
    if (presses.length >= times) leave();
  }, true);
  if (shiftKeys) shiftKeys.hidden = false;

  // A browser may keep a page alive to show it on Back. It would show answers that are deleted: hidden when it is left,
  // asked for anew when it comes back.
  addEventListener("pagehide", hide);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}
