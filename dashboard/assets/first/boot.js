// Runs before anything is drawn: theme without a flash, the size of the screen, and the words of plotly.js.
(function () {
  "use strict";
  const root = document.documentElement;

  function remember(name, value) {
    document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
  }

  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  remember("system_theme", system);
  if (!root.dataset.mantineColorScheme) root.dataset.mantineColorScheme = system;

  const size = window.innerWidth < 700 ? "phone" : window.innerWidth >= 2400 ? "wall" : "desk";
  remember("size", size);
  root.dataset.size = size;

  // Whether the last that was used is the keyboard: a title that a click has led to needs no ring around it.
  document.addEventListener("keydown", () => root.setAttribute("data-keys", ""), true);
  document.addEventListener("pointerdown", () => root.removeAttribute("data-keys"), true);

  const months = Array.from({ length: 12 }, (_, index) => `Tháng ${index + 1}`);
  const days = ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"];
  // plotly.js brings an empty Vietnamese; it takes up what lies here when it loads.
  window.PlotlyLocales = [
    {
      moduleType: "locale",
      name: "vi",
      dictionary: { "Click to enter Plot title": "", "Click to enter X axis title": "", "Click to enter Y axis title": "" },
      format: {
        days,
        shortDays: ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
        months,
        shortMonths: months.map((_, index) => `Th${index + 1}`),
        periods: ["SA", "CH"],
        dateTime: "%H:%M:%S %d/%m/%Y",
        date: "%d/%m/%Y",
        time: "%H:%M:%S",
        decimal: ",",
        thousands: ".",
        grouping: [3],
        currency: ["", " ₫"],
        year: "%Y",
        month: "%m/%Y",
        dayMonth: "%d/%m",
        dayMonthYear: "%d/%m/%Y",
      },
    },
  ];
})();
