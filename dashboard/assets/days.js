// Fields for a day as this country writes it, 20/11/2021. The browser's own field writes days in the browser's language,
// which need not be the page's.
(function () {
  "use strict";
  const board = window.board;
  const FORM = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2})[:h](\d{2}))?$/;

  // As the pages of an English reader write it, 20 Nov 2021; a field takes both.
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const WORDED = /^(\d{1,2})\s+([a-z]{3})[a-z]*\s+(\d{4})\b/i;

  function numbered(text) {
    const [all, day, name, year] = WORDED.exec(text) || [];
    const month = all ? MONTHS.findIndex((known) => known.toLowerCase() === name.toLowerCase()) + 1 : 0;
    return month ? `${day}/${month}/${year}${text.slice(all.length)}` : text;
  }

  // "2021-11-20" as this page writes it; "" stays "".
  function write(day) {
    if (!day) return "";
    const [year, month, of] = day.split("-");
    return document.documentElement.lang === "en" ? `${of} ${MONTHS[Number(month) - 1]} ${year}` : `${of}/${month}/${year}`;
  }

  function field(id, className, withHour) {
    const input = Object.assign(document.createElement("input"), {
      type: "text",
      inputMode: "numeric",
      autocomplete: "off",
      size: withHour ? 22 : 14,
      maxLength: withHour ? 23 : 17,
      id,
      className,
      placeholder: board.say(withHour ? "instant_hint" : "day_hint"),
      title: board.say(withHour ? "instant_form" : "day_form"),
    });
    if (withHour) input.dataset.hour = "1";
    input.addEventListener("input", () => mark(input, true));
    return input;
  }

  function mark(input, right) {
    input.setCustomValidity(right ? "" : input.title);
    if (right) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  }

  // "2021-11-20", with an hour where the field has one; "" where nothing is written; null, said at the field, where
  // that is no day or lies outside of what there is.
  function read(input) {
    const text = input.value.trim();
    if (!text) return "";
    const [, day, month, year, hour = "23", minute = "59"] = FORM.exec(numbered(text)) || [];
    const written = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
    const there = written && new Date(`${written}T00:00:00Z`);
    const { first, last } = input.dataset;
    const right =
      there && !Number.isNaN(there.valueOf()) && there.toISOString().startsWith(written) && Number(hour) < 24 && Number(minute) < 60 &&
      !(first && written < first) && !(last && written > last);
    mark(input, Boolean(right));
    if (!right) {
      input.reportValidity();
      return null;
    }
    return input.dataset.hour ? `${written}T${hour.padStart(2, "0")}:${minute}` : written;
  }

  board.days = { field, read, write };
})();
