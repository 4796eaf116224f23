// Draws the figures that the server laid out; the colours are the style sheet's, in light and dark.
"use strict";
(() => {
  const charts = new WeakMap();

  const unwatchedPlugin = {
    id: "unwatched",
    beforeDatasetsDraw(chart, _args, options) {
      const { ctx, chartArea: area, scales: { x } } = chart;
      const flags = options.flags || [];
      const width = area.width / Math.max(1, flags.length);
      ctx.save();
      ctx.fillStyle = options.color;
      for (let i = 0; i < flags.length; i++) {
        if (!flags[i]) continue;
        const first = i;
        while (flags[i + 1]) i++;
        const left = Math.max(area.left, x.getPixelForValue(first) - width / 2);
        const right = Math.min(area.right, x.getPixelForValue(i) + width / 2);
        ctx.fillRect(left, area.top, right - left, area.height);
      }
      ctx.restore();
    },
  };

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]]; // told apart without colours too

  function dataset(series, i, figure, bars) {
    const ink = colour(`--s${(i % 6) + 1}`);
    const common = { label: series.name, data: series.values, borderColor: ink, backgroundColor: ink };
    if (bars) return { ...common, categoryPercentage: 0.9, barPercentage: 0.95, borderRadius: 2, maxBarThickness: 48 };
    return { ...common, borderWidth: 1.8, borderDash: dashes[i % 6], pointRadius: 0, pointHitRadius: 8, cubicInterpolationMode: "monotone", spanGaps: true };
  }

  function options(figure, bars) {
    const soft = colour("--soft");
    const tick = { color: soft, font: { size: 11 } };
    return {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      normalized: true,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { offset: true, grid: { display: false }, border: { color: colour("--line") }, ticks: { ...tick, maxRotation: 0, autoSkipPadding: 18 } },
        y: { beginAtZero: true, border: { display: false }, grid: { color: colour("--grid") }, ticks: { ...tick, precision: figure.unit ? undefined : 0, callback: (v) => v + (figure.unit ? " %" : "") } },
      },
      plugins: {
        unwatched: { flags: figure.unwatched, color: colour("--shade") },
        legend: { display: !bars, position: "bottom", labels: { color: colour("--ink"), boxWidth: 18, boxHeight: 0, font: { size: 12 } } },
        tooltip: {
          callbacks: {
            title: (items) => items[0].label + " UTC" + (figure.unwatched[items[0].dataIndex] ? " (not watched)" : ""),
            label: (item) => ` ${item.dataset.label}: ${item.formattedValue}${figure.unit ? " %" : " " + figure.measure}`,
          },
        },
      },
    };
  }

  function draw(box) {
    const canvas = box.querySelector("canvas");
    const figure = JSON.parse(box.querySelector("script").textContent);
    const bars = figure.kind === "bar";
    charts.get(box)?.destroy();
    box.hidden = false;
    charts.set(box, new Chart(canvas, {
      type: bars ? "bar" : "line",
      data: { labels: figure.labels, datasets: figure.series.map((s, i) => dataset(s, i, figure, bars)) },
      options: options(figure, bars),
      plugins: [unwatchedPlugin],
    }));
  }

  window.drawCharts = () => document.querySelectorAll("[data-chart]").forEach(draw);
  window.forgetCharts = (root) => root.querySelectorAll("[data-chart]").forEach((box) => charts.get(box)?.destroy());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", window.drawCharts);
  document.addEventListener("DOMContentLoaded", window.drawCharts);
})();
