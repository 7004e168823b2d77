"use strict";
(() => {
  const form = document.querySelector(".filters");
  const groups = [...document.querySelectorAll(".group")].map((element) => ({
    element,
    findings: [...element.querySelectorAll(".finding")].map((element) => ({ element, text: "" })),
  }));

  // A link to a finding, or to a rule, opens the group that it lies in.
  const reveal = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* taken as it stands */ }
    const target = id && document.getElementById(id);
    const group = target && target.closest("details");
    if (!group) return;
    group.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // What is folded on the screen is printed all the same.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });

  if (!form) return;
  document.documentElement.classList.add("js");
  const output = form.querySelector("output");
  const fields = ["severity", "category", "target", "state"];

  const apply = () => {
    const wanted = fields.map((name) => [name, form.elements[name].value]).filter(([, value]) => value);
    const text = form.elements.text.value.trim().toLowerCase();
    let shown = 0, all = 0;
    for (const group of groups) {
      let inGroup = 0;
      for (const finding of group.findings) {
        if (text && !finding.text) finding.text = (finding.element.textContent + " " + group.element.firstElementChild.textContent).toLowerCase();
        const fits = wanted.every(([name, value]) => finding.element.dataset[name] === value) && (!text || finding.text.includes(text));
        finding.element.hidden = !fits;
        if (fits) inGroup++;
      }
      group.element.hidden = inGroup === 0;
      shown += inGroup;
      all += group.findings.length;
    }
    output.textContent = shown === all ? "" : shown + " of " + all + " findings shown";
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("click", (event) => {
    const what = event.target.dataset.do;
    if (!what) return;
    for (const group of groups) if (!group.element.hidden) group.element.open = what === "open";
  });

  // A number in the matrix leads to the findings that it counts.
  for (const link of document.querySelectorAll(".heat")) {
    link.addEventListener("click", () => {
      form.reset();
      form.elements.category.value = link.dataset.category;
      form.elements.severity.value = link.dataset.severity;
      setTimeout(apply);
    });
  }
  apply();
})();
