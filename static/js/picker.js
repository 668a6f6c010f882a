// A list of disability items to choose from as one types. Without it the rows take a code, words or only a grade.
(function () {
  "use strict";

  var WAIT = 250, made = 0;

  function open(input, list) { list.hidden = false; input.setAttribute("aria-expanded", "true"); }
  function close(input) {
    var list = input.pickerList;
    if (!list) return;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function choices(input) { return Array.prototype.slice.call(input.pickerList.querySelectorAll("[data-value]")); }
  function chosen(input) { return input.pickerList.querySelector("[aria-selected=true]"); }

  function furnish(input) {
    var list = document.createElement("ul");
    made += 1;
    list.id = "picker-" + made;
    list.className = "picker";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "伤残项目");
    input.closest("[data-row]").appendChild(list);
    input.pickerList = list;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
  }

  // The answer to words that were typed over since is dropped.
  function ask(input) {
    var words = input.value.trim();
    if (!words) { close(input); return; }
    var address = input.closest("[data-items]").dataset.items + "?q=" + encodeURIComponent(words.slice(0, 60));
    fetch(address, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok && !answer.redirected ? answer.text() : "";
    }).then(function (html) {
      if (input.value.trim() !== words || document.activeElement !== input) return;
      input.pickerList.innerHTML = html;
      choices(input).forEach(function (option, at) { option.id = input.pickerList.id + "-" + at; });
      if (html) open(input, input.pickerList); else close(input);
    }).catch(function () { close(input); });
  }

  function mark(input, option) {
    var before = chosen(input);
    if (before) before.setAttribute("aria-selected", "false");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function take(input, option) {
    var grade = input.closest("[data-row]").querySelector("select");
    clearTimeout(input.pickerTimer);
    input.value = input.pickerTaken = option.dataset.value;
    grade.value = option.dataset.grade;
    close(input);
    showRows(input.closest("[data-items]"));
    input.dispatchEvent(new Event("input", { bubbles: true })); // the draft keeps it
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Rows that hold something, at least one; the button brings the next.
  function filled(row) {
    return Array.prototype.some.call(row.querySelectorAll("input, select"), function (el) { return el.value; });
  }
  function showRows(holder, more) {
    var rows = Array.prototype.slice.call(holder.querySelectorAll("[data-row]")), last = -1;
    rows.forEach(function (row, at) { if (filled(row) || (more && !row.hidden)) last = at; });
    rows.forEach(function (row, at) { row.hidden = at > Math.max(last + (more ? 1 : 0), 0); });
    var button = holder.querySelector("[data-more]");
    button.hidden = rows.every(function (row) { return !row.hidden; });
  }

  // While an input method composes, the letters are not yet the words.
  function typed(event) {
    var input = event.target;
    if (!input.matches("[data-item]") || event.isComposing || input.value === input.pickerTaken) return;
    clearTimeout(input.pickerTimer);
    input.pickerTimer = setTimeout(function () { ask(input); }, WAIT);
  }
  document.addEventListener("input", typed);
  document.addEventListener("compositionend", typed);
  document.addEventListener("keydown", function (event) {
    var input = event.target;
    if (!input.matches || !input.matches("[data-item]") || event.isComposing || !input.pickerList || input.pickerList.hidden) return;
    var all = choices(input), at = all.indexOf(chosen(input));
    if (event.key === "ArrowDown") mark(input, all[Math.min(at + 1, all.length - 1)]);
    else if (event.key === "ArrowUp") mark(input, all[Math.max(at - 1, 0)]);
    else if (event.key === "Escape") close(input);
    else if (event.key === "Enter" && chosen(input)) take(input, chosen(input));
    else return;
    event.preventDefault();
    event.stopPropagation(); // Enter picks here; elsewhere it goes to the next field
  }, true);
  document.addEventListener("mousedown", function (event) {
    var option = event.target.closest(".picker [data-value]");
    if (!option) return;
    event.preventDefault(); // the field keeps the focus
    take(option.closest("[data-row]").querySelector("[data-item]"), option);
  });
  document.addEventListener("focusout", function (event) {
    if (event.target.matches && event.target.matches("[data-item]")) close(event.target);
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-more]"), holder = button && button.closest("[data-items]");
    if (!holder) return;
    showRows(holder, true);
    var open = Array.prototype.filter.call(holder.querySelectorAll("[data-row]"), function (row) { return !row.hidden; });
    open[open.length - 1].querySelector("input, select").focus();
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-item]").forEach(furnish);
    document.querySelectorAll("[data-items]").forEach(function (holder) { showRows(holder); });
  });
})();
