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
    if (to) { to.focus(); if (to.select && to.type !== "file") to.select(); }
  });

  // ---- one click is one click ----
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "yes";
    setTimeout(function () {
      document.querySelectorAll("button").forEach(function (b) { if (b.form === form) b.disabled = true; });
    }, 0);
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
    form.querySelectorAll("[data-payee-part]").forEach(function (part) {
      part.hidden = form.elements.payee.value === "insured" || !form.elements.payee.value;
    });
  }
  document.addEventListener("change", function (event) {
    if (event.target.form && event.target.form.matches("[data-typing]")) showWhen(event.target.form);
    if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
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

  // ---- drafts: what was typed survives a closed tab, but nothing secret is kept ----
  function draftKey(form) { return "draft:" + form.dataset.draft; }
  function saveDraft(form) {
    var kept = {};
    fields(form).forEach(function (el) {
      if (el.name && !el.hasAttribute("data-secret") && el.type !== "file" && el.type !== "password") kept[el.name] = el.type === "checkbox" ? el.checked : el.value;
    });
    try { sessionStorage.setItem(draftKey(form), JSON.stringify(kept)); } catch (e) { /* full or forbidden: no draft */ }
  }
  function restoreDraft(form) {
    var text = null;
    try { text = sessionStorage.getItem(draftKey(form)); } catch (e) { return; }
    if (!text || form.querySelector("[aria-invalid]")) return;
    var kept = JSON.parse(text);
    Object.keys(kept).forEach(function (name) {
      var el = form.elements[name];
      if (!el || el.hasAttribute === undefined) return;
      if (el.type === "checkbox") el.checked = kept[name]; else if (!el.value || el.value === "0.00") el.value = kept[name];
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
  function send(form, file, line, finished) {
    var data = new FormData(form);
    data.delete("file");
    data.append("file", file, file.name);
    var request = new XMLHttpRequest(), bar = line.querySelector("progress"), say = line.querySelector(".hint"), retry = line.querySelector("button");
    bar.hidden = false; retry.hidden = true;
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "shots");
    request.upload.onprogress = function (event) { bar.value = Math.round(event.loaded * 100 / event.total); say.textContent = "正在传 " + bar.value + "%"; };
    function failed(text) { bar.hidden = true; say.textContent = text; retry.hidden = false; retry.onclick = function () { send(form, file, line, finished); }; }
    request.onload = function () {
      if (request.status === 200) { bar.hidden = true; say.textContent = "✓ 已传"; finished(); return; }
      var problems = [];
      try { problems = JSON.parse(request.responseText).problems; } catch (e) { /* an error page */ }
      failed(problems.join("；") || "没有传成，请重传");
    };
    request.onerror = function () { failed("网络断了，请重传"); };
    request.send(data);
  }
  document.addEventListener("change", function (event) {
    var input = event.target;
    if (!input.matches("[data-shots] input[type=file]")) return;
    var form = input.form, list = form.querySelector(".shots"), files = Array.prototype.slice.call(input.files), left = files.length;
    files.forEach(function (file) {
      var line = document.createElement("li");
      line.innerHTML = "<span></span><div><b></b><progress max='100' value='0'></progress><div class='hint'></div></div><button type='button' class='btn btn-plain' hidden>重传</button>";
      line.querySelector("b").textContent = file.name;
      list.appendChild(line);
      smaller(file, function (ready) {
        send(form, ready, line, function () { left -= 1; if (left === 0) location.reload(); });
      });
    });
    input.value = "";
  });

  // ---- start ----
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-typing]").forEach(function (form) { showWhen(form); });
    document.querySelectorAll("form[data-draft]").forEach(restoreDraft);
    document.querySelectorAll("[data-script]").forEach(function (el) { el.hidden = false; });
    document.querySelectorAll("[data-no-script]").forEach(function (el) { el.hidden = true; });
    document.querySelectorAll("[data-clear-draft]").forEach(function (el) { try { Object.keys(sessionStorage).filter(function (k) { return k.indexOf("draft:") === 0; }).forEach(function (k) { sessionStorage.removeItem(k); }); } catch (e) { /* none */ } });
    var wrong = document.querySelector(".errors[tabindex]");
    if (wrong) wrong.focus();
    if (document.querySelector(".dock")) document.body.classList.add("docked");
    setTimeout(function () { document.querySelectorAll(".toast-line:not(.toast-error)").forEach(function (t) { t.classList.add("gone"); }); }, 8000);
  });
})();
