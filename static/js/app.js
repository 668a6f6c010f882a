// What the browser adds. Every page works without it; nothing here decides anything.
(function () {
  "use strict";

  var FULL_WIDTH = /[\uFF01-\uFF5E\u3000]/g;

  function fold(text) {
    return text.replace(FULL_WIDTH, function (c) {
      return c === "\u3000" ? " " : String.fromCharCode(c.charCodeAt(0) - 0xFEE0);
    }).trim();
  }

  // ---- typing: Enter goes on, Shift+Enter goes back, Ctrl+Enter saves and opens the next ----
  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (el) {
      return el.type !== "hidden" && !el.disabled && el.tagName !== "BUTTON" && el.tagName !== "FIELDSET" && el.offsetParent !== null;
    });
  }

  document.addEventListener("keydown", function (event) {
    var el = event.target;
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    var form = el.form;
    if (!form || !form.matches("[data-typing]") || el.tagName === "TEXTAREA" || el.tagName === "BUTTON") return;
    event.preventDefault();
    if (event.ctrlKey) {
      var next = form.querySelector("[name=next]") || document.querySelector('[form="' + form.id + '"][name=next]');
      if (next) next.click(); else form.requestSubmit();
      return;
    }
    var all = fields(form), at = all.indexOf(el), to = all[at + (event.shiftKey ? -1 : 1)];
    if (!to && !event.shiftKey) to = saveButton(form); // after the last field comes the button, so that nothing is sent by accident
    if (to) { to.focus(); if (to.select && to.type !== "file") to.select(); }
  });
  function saveButton(form) {
    return Array.prototype.find.call(form.elements, function (el) { return el.matches(".btn-primary") && !el.disabled; });
  }

  // ---- one click is one click ----
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "yes";
    if (form.action.indexOf("/logout/") > 0) dropDrafts(function () { return true; });
    else if (form.dataset.draft) markSent(form);
    var buttons = Array.prototype.filter.call(document.querySelectorAll("button:enabled"), function (b) { return b.form === form; });
    setTimeout(function () { buttons.forEach(function (b) { b.disabled = true; }); }, 0);
    // A download leaves the page as it is: its button comes back.
    setTimeout(function () { delete form.dataset.sent; buttons.forEach(function (b) { b.disabled = false; }); }, 10000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll("button:disabled:not([data-dead])").forEach(function (b) { b.disabled = false; });
  });

  // ---- money and dates as people type them ----
  function plainMoney(text) { return fold(text).replace(/[,，\s元]/g, ""); }
  function moneyText(text) {
    var plain = plainMoney(text);
    if (!/^\d+(\.\d{0,2})?$/.test(plain)) return text;
    var parts = plain.split(".");
    return parts[0].replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",") + "." + ((parts[1] || "") + "00").slice(0, 2);
  }
  function dateText(text) {
    var plain = fold(text).replace(/[年月.\/]/g, "-").replace(/日$/, "");
    var found = plain.match(/^(\d{4})-?(\d{1,2})-?(\d{1,2})$/);
    if (/^\d{8}$/.test(plain)) found = [0, plain.slice(0, 4), plain.slice(4, 6), plain.slice(6)];
    if (!found) return text;
    return found[1] + "-" + ("0" + found[2]).slice(-2) + "-" + ("0" + found[3]).slice(-2);
  }
  document.addEventListener("focusout", function (event) {
    var el = event.target;
    if (!el.matches) return;
    if (el.matches("[data-money]") && el.value) el.value = moneyText(el.value);
    if (el.matches("[data-date]") && el.value) el.value = dateText(el.value);
  });

  // ---- fields that are asked only for some answers ----
  function showWhen(form) {
    form.querySelectorAll("[data-when]").forEach(function (el) {
      var cause = form.elements[el.dataset.when], holder = el.closest(".f");
      if (!cause || !holder) return;
      holder.hidden = el.dataset.is.split(" ").indexOf(cause.value) < 0;
    });
    form.querySelectorAll("option[data-for]").forEach(function (option) {
      var cause = form.elements[option.dataset.for];
      option.hidden = option.disabled = !!cause && !!cause.value && option.dataset.is.split(" ").indexOf(cause.value) < 0;
      if (option.disabled && option.selected) option.parentNode.value = "";
    });
    onlyPayee(form.elements.payee);
    form.querySelectorAll("[data-payee-part]").forEach(function (part) {
      part.hidden = form.elements.payee.value === "insured" || !form.elements.payee.value;
    });
  }
  // Where the answers leave one payee, nobody has to choose.
  function onlyPayee(select) {
    if (!select || select.value || !select.querySelector("option[data-for]:disabled")) return;
    var open = Array.prototype.filter.call(select.options, function (option) { return option.value && !option.disabled; });
    if (open.length === 1) select.value = open[0].value;
  }
  document.addEventListener("change", function (event) {
    if (event.target.form && event.target.form.matches("[data-typing]")) showWhen(event.target.form);
    if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
  });

  // ---- one box ticks a column; the server knows it by its own name too ----
  document.addEventListener("change", function (event) {
    var box = event.target, form = box.form;
    if (!form || box.type !== "checkbox") return;
    var all = box.dataset.all ? box : form.querySelector('[data-all="' + box.name + '"]');
    if (!all) return;
    var rows = form.querySelectorAll('[name="' + all.dataset.all + '"]');
    if (box === all) rows.forEach(function (row) { row.checked = all.checked; });
    else all.checked = Array.prototype.every.call(rows, function (row) { return row.checked; });
  });

  // ---- whole villages: how many people leave is told beside the button; a look at another list keeps the ticks ----
  function wholeKey() { return "draft:whole:" + location.pathname; }
  function wholeBoxes() { return Array.prototype.slice.call(document.querySelectorAll("[data-leaving]")); }
  function tellLeaving() {
    var told = document.querySelector("[data-leaving-told]");
    var ticked = wholeBoxes().filter(function (box) { return box.checked; });
    var people = ticked.reduce(function (sum, box) { return sum + Number(box.dataset.leaving); }, 0);
    if (told) told.textContent = ticked.length ? "整村 " + ticked.length + " 个，减员 " + people + " 人（已有案件的不减）" : "";
  }
  function restoreWhole() {
    var kept = keptDraft(wholeKey()), boxes = wholeBoxes();
    if (!kept || !boxes.length) return;
    boxes.forEach(function (box) { box.checked = kept.ticked.indexOf(box.value) >= 0; });
    document.querySelector('[data-all="whole"]').checked = boxes.every(function (box) { return box.checked; });
    tellLeaving();
  }
  document.addEventListener("change", function (event) {
    if (!event.target.matches('[name="whole"], [data-all="whole"]')) return;
    var ticked = wholeBoxes().filter(function (box) { return box.checked; });
    keepDraft(wholeKey(), { ticked: ticked.map(function (box) { return box.value; }), sent: false });
    tellLeaving();
  });

  // ---- quick phrases fill the reason ----
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-phrase]");
    if (!button) return;
    var area = button.closest("form").querySelector("textarea");
    area.value = area.value ? area.value.replace(/[；;]?$/, "；") + button.textContent : button.textContent;
    area.focus();
  });
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.act[open], details.who[open], details.menu-fold[open]").forEach(function (d) {
      if (!d.contains(event.target)) d.removeAttribute("open");
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") document.querySelectorAll("details.act[open], details.who[open], details.menu-fold[open]").forEach(function (d) { d.removeAttribute("open"); });
    if (event.key === "j" && !event.target.closest("input, textarea, select")) {
      var next = document.querySelector("[data-next]");
      if (next) location.href = next.href;
    }
  });

  // ---- drafts: what was typed survives a lost connection, but nothing secret is kept, and nothing after logging out ----
  function draftKey(form) { return "draft:" + form.dataset.draft; }
  function keptDraft(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch (e) { return null; } }
  function keepDraft(key, draft) { try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch (e) { /* full or forbidden: no draft */ } }
  function dropDrafts(which) {
    try {
      Object.keys(sessionStorage).filter(function (key) { return key.indexOf("draft:") === 0 && which(keptDraft(key)); })
        .forEach(function (key) { sessionStorage.removeItem(key); });
    } catch (e) { /* forbidden: there are none */ }
  }
  function saveDraft(form) {
    var values = {};
    fields(form).forEach(function (el) {
      if (!el.name || el.hasAttribute("data-secret") || /^(file|password|radio)$/.test(el.type)) return;
      values[el.name] = el.type === "checkbox" ? el.checked : el.value;
    });
    keepDraft(draftKey(form), { values: values, sent: false });
  }
  function markSent(form) {
    var draft = keptDraft(draftKey(form));
    if (draft) keepDraft(draftKey(form), { values: draft.values, sent: true });
  }
  function restoreDraft(form) {
    var draft = keptDraft(draftKey(form));
    if (!draft || !draft.values || form.querySelector("[aria-invalid]")) return;
    Object.keys(draft.values).forEach(function (name) {
      var el = form.elements[name], value = draft.values[name];
      if (!el || el.hasAttribute === undefined) return;
      if (el.type === "checkbox") el.checked = value; else if (!el.value || el.value === "0.00") el.value = value;
    });
    var note = document.querySelector("[data-draft-note]");
    if (note) note.hidden = false;
  }
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.dataset.draft) saveDraft(form);
  });

  // ---- photos: one by one, with progress and retry; made smaller before they leave the phone ----
  var MOST_EDGE = 2000;
  function smaller(file, done) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) { done(file); return; }
    var url = URL.createObjectURL(file), image = new Image();
    image.onload = function () {
      URL.revokeObjectURL(url);
      var factor = MOST_EDGE / Math.max(image.width, image.height);
      if (factor >= 1) { done(file); return; }
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * factor); canvas.height = Math.round(image.height * factor);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) { done(blob ? new File([blob], file.name, { type: "image/jpeg" }) : file); }, "image/jpeg", 0.85);
    };
    image.onerror = function () { URL.revokeObjectURL(url); done(file); };
    image.src = url;
  }
  function shotLine(list, name) {
    var line = document.createElement("li");
    line.innerHTML = "<span></span><div><b></b><progress max='100' value='0' hidden></progress><div class='hint' role='status'>等着传</div></div><button type='button' class='btn btn-plain'>取消</button>";
    line.querySelector("b").textContent = name;
    line.querySelector("progress").setAttribute("aria-label", name + "的上传进度");
    list.appendChild(line);
    return line;
  }
  // One queue for each form: a village's connection carries one photo at a time.
  function queueOf(form) {
    if (!form.shotQueue) form.shotQueue = { waiting: [], busy: false, open: 0, sent: 0 };
    return form.shotQueue;
  }
  function addShot(form, file) {
    var queue = queueOf(form), line = shotLine(form.querySelector(".shots"), file.name);
    var shot = { form: form, kind: new FormData(form), file: file, line: line, request: null };
    shot.kind.delete("file");
    queue.open += 1;
    line.querySelector("button").onclick = function () { giveUp(shot); };
    queue.waiting.push(shot);
    nextShot(form);
  }
  function nextShot(form) {
    var queue = queueOf(form), shot = queue.busy ? null : queue.waiting.shift();
    if (!shot) return;
    queue.busy = true;
    smaller(shot.file, function (ready) {
      shot.file = ready;
      if (shot.dropped) settle(shot); else send(shot);
    });
  }
  function settle(shot) {
    var queue = queueOf(shot.form);
    queue.busy = false;
    if (queue.open === 0 && queue.sent) { location.reload(); return; }
    nextShot(shot.form);
  }
  function giveUp(shot) {
    var queue = queueOf(shot.form), at = queue.waiting.indexOf(shot), running = shot.request;
    shot.dropped = true;
    queue.open -= 1;
    shot.line.remove();
    if (at >= 0) queue.waiting.splice(at, 1);
    if (running) { shot.request = null; running.onerror = running.onload = null; running.abort(); settle(shot); }
    else if (!queue.busy) settle(shot);
  }
  function send(shot) {
    var request = new XMLHttpRequest(), line = shot.line, button = line.querySelector("button");
    var bar = line.querySelector("progress"), say = line.querySelector(".hint"), data = shot.kind, reached = 0;
    data.set("file", shot.file, shot.file.name);
    shot.request = request;
    bar.hidden = false; bar.value = 0; say.textContent = "正在传"; say.className = "hint"; button.textContent = "取消";
    button.onclick = function () { giveUp(shot); };
    request.open("POST", shot.form.action);
    request.setRequestHeader("X-Requested-With", "shots");
    request.upload.onprogress = function (event) { reached = Math.round(event.loaded * 100 / event.total); bar.value = reached; };
    function failed(text) {
      shot.request = null;
      bar.hidden = true; say.textContent = text; say.className = "hint wrong"; button.textContent = "重传";
      button.onclick = function () { button.onclick = null; queueOf(shot.form).waiting.push(shot); say.textContent = "等着传"; nextShot(shot.form); };
      settle(shot);
    }
    request.onload = function () {
      if (request.status !== 200) { failed(problemsIn(request.responseText)); return; }
      shot.request = null;
      bar.hidden = true; say.textContent = "✓ 已传"; button.hidden = true;
      queueOf(shot.form).open -= 1; queueOf(shot.form).sent += 1;
      settle(shot);
    };
    request.onerror = request.ontimeout = function () { failed("网络断了，传到 " + reached + "% 停住"); };
    request.timeout = 180000;
    request.send(data);
  }
  function problemsIn(text) {
    var problems = [];
    try { problems = JSON.parse(text).problems || []; } catch (e) { /* an error page */ }
    return problems.join("；") || "没有传成，请重传";
  }
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (!input.matches("[data-shots] input[type=file]")) return;
    Array.prototype.slice.call(input.files).forEach(function (file) { addShot(input.form, file); });
    input.value = "";
  });

  // ---- start ----
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-typing]").forEach(function (form) { showWhen(form); });
    // Only a success that the server tells of ends a draft: after a broken connection it is still wanted.
    if (document.querySelector(".toast-success, [data-clear-draft]")) dropDrafts(function (draft) { return !draft || draft.sent; });
    document.querySelectorAll("form[data-draft]").forEach(restoreDraft);
    restoreWhole();
    document.querySelectorAll("[data-script]").forEach(function (el) { el.hidden = false; });
    document.querySelectorAll("[data-no-script]").forEach(function (el) { el.hidden = true; });
    var wrong = document.querySelector(".errors[tabindex]");
    if (wrong) wrong.focus();
    if (document.querySelector(".dock")) document.body.classList.add("docked");
    setTimeout(function () { document.querySelectorAll(".toast-line:not(.toast-error)").forEach(function (t) { t.classList.add("gone"); }); }, 8000);
  });
})();
