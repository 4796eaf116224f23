// The live parts of the pages: the alert stream, regions that refresh in place, forms that redraw a region, relative times.
"use strict";
(() => {
  document.documentElement.classList.add("js");
  // Ages are those of the server's clock: the browser's may be wrong.
  const skew = Date.now() - Date.parse(document.body.dataset.now);
  const STEPS = [[60, 1, "s"], [3600, 60, "min"], [86400, 3600, "h"], [5184000, 86400, "d"]];

  function relative(then) {
    const seconds = (Date.now() - skew - then) / 1000;
    const distance = Math.abs(seconds);
    if (distance < 5) return "now";
    for (const [limit, unit, name] of STEPS) {
      if (distance < limit) {
        const amount = `${Math.floor(distance / unit)} ${name}`;
        return seconds > 0 ? `${amount} ago` : `in ${amount}`;
      }
    }
    return new Date(then).toISOString().slice(0, 10);
  }

  function tellTimes() {
    for (const time of document.querySelectorAll("time:not([data-fixed])")) {
      if (time.closest("details")) continue;
      const text = relative(Date.parse(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
  }

  const parse = (html) => new DOMParser().parseFromString(html, "text/html");

  async function fetchPage(address) {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(`the page answered ${answer.status}`);
    return parse(await answer.text());
  }

  function swap(old, fresh) {
    const inside = old.contains(document.activeElement) ? document.activeElement : null;
    const name = inside?.getAttribute("name");
    const href = inside?.getAttribute("href");
    const open = [...old.querySelectorAll("details")].map((d) => d.open);
    window.forgetCharts?.(old);
    const node = document.importNode(fresh, true);
    old.replaceWith(node);
    node.querySelectorAll("details").forEach((d, i) => { d.open = open[i] || false; });
    if (name) node.querySelector(`[name="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
    else if (href) node.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
  }

  // --- regions that refresh: at most every five seconds, and only while somebody looks --------------------
  let refreshing = false;
  let wanted = false;

  async function refresh() {
    if (refreshing || document.hidden) { wanted = true; return; }
    refreshing = true;
    wanted = false;
    try {
      const page = await fetchPage(location.href);
      for (const old of document.querySelectorAll("[data-refresh]")) {
        const fresh = page.getElementById(old.id);
        if (fresh && fresh.outerHTML !== old.dataset.was) {
          const was = fresh.outerHTML;
          swap(old, fresh);
          document.getElementById(fresh.id).dataset.was = was;
        }
      }
      const chart = document.querySelector("[data-swap]");
      const fresh = chart && page.getElementById(chart.id);
      if (fresh && !chart.contains(document.activeElement)) { swap(chart, fresh); window.drawCharts?.(); }
      tellTimes();
    } catch (error) {
      console.warn("not refreshed:", error.message);
    }
    setTimeout(() => { refreshing = false; if (wanted) refresh(); }, 5000);
  }

  // --- forms that redraw one region ----------------------------------------------------------------------
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-swaps]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-swaps]");
    if (!form) return;
    event.preventDefault();
    const address = new URL(form.action);
    address.search = new URLSearchParams(new FormData(form)).toString();
    address.hash = "";
    try {
      const page = await fetchPage(address);
      const selector = form.dataset.swaps;
      swap(document.querySelector(selector), page.querySelector(selector));
      history.replaceState(null, "", address);
      window.drawCharts?.();
    } catch {
      location.assign(address);
    }
  });

  // --- live alerts ----------------------------------------------------------------------------------------
  const live = document.querySelector("[data-live]");
  const list = document.getElementById("alert-list");
  let source = null;
  let cursor = live?.dataset.cursor || "";

  function say(state, text) {
    if (live.hidden || live.dataset.state === state) return;
    live.dataset.state = state;
    live.textContent = text;
  }

  function show(html) {
    const card = parse(html).querySelector("li.alert");
    if (!card || !list) return;
    const node = document.importNode(card, true);
    node.classList.add("fresh");
    const old = document.getElementById(node.id);
    if (old) {
      if (Number(old.dataset.version) < Number(node.dataset.version)) old.replaceWith(node);
    } else {
      list.prepend(node);
      const empty = document.getElementById("no-alerts");
      if (empty) empty.hidden = true;
    }
    while (list.children.length > Number(list.dataset.most || 50)) list.lastElementChild.remove();
    tellTimes();
  }

  function listen() {
    if (!live || source || document.hidden) return;
    const parameters = new URLSearchParams();
    if (cursor) parameters.set("after", cursor);
    if (live.dataset.topic) parameters.set("topic", live.dataset.topic);
    source = new EventSource(`/live?${parameters}`);
    source.addEventListener("open", () => say("on", "live"));
    source.addEventListener("alert", (event) => {
      cursor = event.lastEventId;
      if (live.dataset.alerts !== "off") show(event.data);
    });
    source.addEventListener("hello", (event) => { cursor = event.lastEventId; });
    source.addEventListener("recorded", (event) => {
      cursor = event.lastEventId || cursor;
      if (event.data !== live.dataset.recorded) { live.dataset.recorded = event.data; refresh(); }
    });
    source.addEventListener("reset", () => location.reload());
    source.addEventListener("error", () => {
      say("off", "connection lost: trying again");
      if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(listen, 5000); }
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { // browsers allow six connections a server: a tab nobody looks at gives its own back
      source?.close();
      source = null;
    } else {
      listen();
      tellTimes();
      if (wanted) refresh();
    }
  });

  setInterval(tellTimes, 10000);
  setInterval(refresh, 30000);
  tellTimes();
  listen();
})();
