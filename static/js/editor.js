// The editor of a draft: line numbers, and the check's messages at the height of their lines. Works without it too.
(function () {
  "use strict";

  var LINE = 20, PAD = 8;
  var box = document.querySelector(".editor"), text = box && box.querySelector("textarea");
  if (!text) return;
  var gutter = box.querySelector(".gutter");
  box.classList.add("with-gutter");

  function messages() { return box.querySelector(".messages"); }

  function number() {
    var wrong = {}, lines = text.value.split("\n").length, out = [];
    messages().querySelectorAll("[data-line]").forEach(function (li) { wrong[li.dataset.line] = true; });
    gutter.textContent = "";
    for (var n = 1; n <= lines; n += 1) {
      if (!wrong[n]) { out.push(n); continue; }
      gutter.appendChild(document.createTextNode(out.concat("").join("\n")));
      var mark = document.createElement("b");
      mark.textContent = "! " + n;
      gutter.appendChild(mark);
      gutter.appendChild(document.createTextNode("\n"));
      out = [];
    }
    gutter.appendChild(document.createTextNode(out.join("\n")));
    follow();
  }

  // Each message stands at its line, or right under the one before it where lines are close.
  var tops = [];
  function place() {
    var end = 0, beside = window.matchMedia("(min-width: 1181px)").matches;
    tops = [];
    messages().querySelectorAll("li").forEach(function (li) {
      if (!beside) { li.style.top = ""; return; }
      var line = Number(li.dataset.line || 0), top = Math.max(end, line ? (line - 1) * LINE + PAD : 0);
      tops.push([li, top]);
      end = top + li.offsetHeight + 4;
    });
    follow();
  }

  function follow() {
    gutter.scrollTop = text.scrollTop;
    tops.forEach(function (pair) { pair[0].style.top = (pair[1] - text.scrollTop) + "px"; });
    messages().scrollTop = 0;
  }

  // After a check the first message comes into view, unless one is there already.
  function show() {
    var lines = Array.prototype.map.call(messages().querySelectorAll("[data-line]"), function (li) { return Number(li.dataset.line); });
    var top = text.scrollTop / LINE, seen = lines.some(function (line) { return line > top && line < top + text.clientHeight / LINE; });
    if (lines.length && !seen) text.scrollTop = Math.max(0, (lines[0] - 6) * LINE);
    follow();
  }

  function goTo(line) {
    var at = 0;
    for (var n = 1; n < line; n += 1) at = text.value.indexOf("\n", at) + 1;
    var end = text.value.indexOf("\n", at);
    text.focus();
    text.setSelectionRange(at, end < 0 ? text.value.length : end);
    text.scrollTop = Math.max(0, (line - 6) * LINE);
    follow();
  }

  function tidy() { number(); place(); show(); }

  box.addEventListener("click", function (event) {
    var item = event.target.closest && event.target.closest("li[data-line]");
    if (!item) return;
    event.preventDefault();
    goTo(Number(item.dataset.line));
  });
  var waiting;
  text.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(number, 150); });
  text.addEventListener("scroll", follow);
  window.addEventListener("resize", place);
  document.addEventListener("htmx:afterSettle", tidy);
  tidy();
  // What is typed and not saved is asked about before the page is left.
  var kept = text.value, sent = false;
  text.form.addEventListener("submit", function () { sent = true; });
  window.addEventListener("beforeunload", function (event) {
    if (!sent && text.value !== kept) { event.preventDefault(); event.returnValue = ""; }
  });
})();
