// A grid to type people into: a block pasted from a spreadsheet fills it, rows are added as they are needed.
// Without it the page takes a pasted block in a box, and the server fills the rows.
(function () {
  "use strict";

  var form = document.querySelector("form[data-grid]");
  if (!form) return;
  var body = form.querySelector("tbody"), heads = Array.prototype.slice.call(form.querySelectorAll("th[data-key]"));
  var keys = heads.map(function (head) { return head.dataset.key; });
  var CARRIED_ON = ["village", "group"];

  function rows() { return Array.prototype.slice.call(body.querySelectorAll("[data-row]")); }
  function cells(row) { return Array.prototype.slice.call(row.querySelectorAll("input")); }
  function cell(row, key) { return cells(row)[keys.indexOf(key)]; }
  function most() { return parseInt(form.dataset.most, 10); }

  // ---- rows ----
  function addRow() {
    var all = rows(), number = all.length + 1;
    if (number > most()) return null;
    var row = all[all.length - 1].cloneNode(true);
    row.id = "row-" + number;
    row.className = "spare";
    row.querySelectorAll(".wrong").forEach(function (note) { note.remove(); });
    row.querySelector("th").textContent = number;
    cells(row).forEach(function (input, at) {
      var head = heads[at];
      input.value = CARRIED_ON.indexOf(keys[at]) < 0 ? "" : input.value;
      input.name = keys[at] + "-" + number;
      input.id = "id_" + input.name;
      input.className = "form-control";
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      input.setAttribute("aria-label", "第 " + number + " 行 " + head.firstChild.textContent.trim());
      row.querySelectorAll("label")[at].htmlFor = input.id;
    });
    var put = row.querySelector("[data-put]");
    if (put) put.setAttribute("aria-label", "在第 " + number + " 行身份证号末尾加 X");
    body.appendChild(row);
    form.elements.rows.value = number;
    return row;
  }
  function rowAt(position) {
    while (rows().length <= position) if (!addRow()) return null;
    return rows()[position];
  }
  function taken(row) {
    row.classList.remove("spare");
    var before = row.previousElementSibling;
    if (!before) return;
    CARRIED_ON.forEach(function (key) { // a new row is most likely of the same village
      var mine = cell(row, key), theirs = cell(before, key);
      if (mine && theirs && !mine.value) mine.value = theirs.value;
    });
  }

  // ---- a block from a spreadsheet: cells by tabs, rows by line breaks, quotes around cells with either ----
  function parse(text) {
    var block = [[""]], quoted = false, at = 0;
    function line() { return block[block.length - 1]; }
    function add(c) { line()[line().length - 1] += c; }
    for (; at < text.length; at += 1) {
      var c = text[at];
      if (quoted) {
        if (c !== '"') add(c);
        else if (text[at + 1] === '"') { add(c); at += 1; }
        else quoted = false;
      } else if (c === '"' && line()[line().length - 1] === "") quoted = true;
      else if (c === "\t") line().push("");
      else if (c === "\n") block.push([""]);
      else if (c !== "\r") add(c);
    }
    return block.map(function (row) { return row.map(fold); }).filter(function (row) { return row.join("") !== ""; });
  }
  function fold(text) {
    return text.replace(/[\uFF01-\uFF5E\u3000\u00A0]/g, function (c) {
      return c === "\u3000" || c === "\u00A0" ? " " : String.fromCharCode(c.charCodeAt(0) - 0xFEE0);
    }).replace(/\s+/g, " ").trim();
  }
  function spelling(text) { return text.replace(/\s+|[*★:：]|[(（](必填|选填|可不填|文本格式)[)）]/g, ""); }
  function keyOf(text) {
    var found = heads.find(function (head) { return head.dataset.spellings.split("|").map(spelling).indexOf(spelling(text)) >= 0; });
    return found ? found.dataset.key : null;
  }
  // By the block's own header where its first row is one, else from the cell it is pasted into.
  function columnsOf(block, first) {
    var named = block[0].map(keyOf);
    if (named.filter(Boolean).length > 1) { block.shift(); return named; }
    return block[0].map(function (_, at) { return keys[first + at] || null; });
  }
  function fill(block, input) {
    var start = rows().indexOf(input.closest("[data-row]")), first = cells(rows()[start]).indexOf(input);
    var columns = columnsOf(block, first), left = 0, last = input;
    block.forEach(function (values, down) {
      var row = rowAt(start + down);
      if (!row) { left += 1; return; }
      values.forEach(function (value, at) {
        var target = columns[at] && cell(row, columns[at]);
        if (target && value) { target.value = value; last = target; }
      });
      taken(row);
    });
    last.dispatchEvent(new Event("input", { bubbles: true }));
    last.focus();
    say("已填入 " + (block.length - left) + " 行" + (left ? "，还有 " + left + " 行放不下，请分次录入" : ""));
  }
  function say(text) {
    var note = document.createElement("div");
    note.className = "toast-line";
    note.textContent = text;
    document.querySelector(".toasts").appendChild(note);
    setTimeout(function () { note.classList.add("gone"); }, 8000);
  }

  form.addEventListener("paste", function (event) {
    var text = (event.clipboardData || window.clipboardData).getData("text");
    if (event.target.tagName !== "INPUT" || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    fill(parse(text), event.target);
  });
  form.addEventListener("input", function (event) {
    var row = event.target.closest("[data-row]");
    if (row && event.target.value && row.classList.contains("spare") && CARRIED_ON.indexOf(event.target.name.split("-")[0]) < 0) taken(row);
  });
  // Before app.js goes on to the next field: the last one of all gets a row below it.
  form.addEventListener("keydown", function (event) {
    var row = event.target.closest("[data-row]");
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.shiftKey || !row) return;
    if (row === body.lastElementChild && event.target === cells(row).pop()) addRow();
  }, true);
  form.addEventListener("click", function (event) {
    var more = event.target.closest("[name=more]"), put = event.target.closest("[data-put]");
    if (more) {
      event.preventDefault();
      var first = addRow();
      for (var n = 1; n < 10; n += 1) addRow();
      if (first) cells(first)[0].focus();
    }
    if (put) {
      var input = put.parentNode.querySelector("input");
      if (!/x$/i.test(input.value)) input.value += put.dataset.put;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    }
  });

  // A draft may have more rows than the page begins with.
  try {
    var kept = JSON.parse(sessionStorage.getItem("draft:" + form.dataset.draft));
    Object.keys((kept && kept.values) || {}).forEach(function (name) { rowAt(parseInt(name.split("-")[1], 10) - 1 || 0); });
  } catch (e) { /* no draft, or none allowed */ }
})();
