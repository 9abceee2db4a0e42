// Suggestions under a search field: a combobox as WAI-ARIA describes it (list autocomplete with
// manual selection). Enter without a choice sends the form as ever. Needs nothing of CKAN's scripts.
(function () {
  function suggest(input) {
    const address = input.dataset.suggest;
    const list = document.createElement("ul");
    const pause = 150;
    let timer = null;
    let asked = null;
    let chosen = -1;

    list.id = input.id + "-suggestions";
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.suggestLabel);
    input.closest("form").append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function choose(number) {
      const options = list.children;
      chosen = (number + options.length + 1) % (options.length + 1);
      for (let place = 0; place < options.length; place += 1) {
        options[place].setAttribute("aria-selected", String(place === chosen));
      }
      if (chosen < options.length) {
        input.setAttribute("aria-activedescendant", options[chosen].id);
        options[chosen].scrollIntoView({ block: "nearest" });
      } else {
        chosen = -1;
        input.removeAttribute("aria-activedescendant");
      }
    }

    function show(found) {
      list.replaceChildren(...found.map(function (one, place) {
        const option = document.createElement("li");
        const kind = document.createElement("span");
        option.id = list.id + "-" + place;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = one.url;
        kind.className = "suggestion-kind";
        kind.textContent = one.label;
        option.append(kind, " ", one.title);
        // Before the field loses the focus, which closes the list.
        option.addEventListener("mousedown", function (event) {
          event.preventDefault();
          window.location.assign(one.url);
        });
        return option;
      }));
      close();
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(found.length > 0));
      list.style.top = input.parentElement.offsetTop + input.parentElement.offsetHeight + "px";
      list.style.left = input.parentElement.offsetLeft + "px";
      list.style.width = input.parentElement.offsetWidth + "px";
    }

    function ask() {
      const typed = input.value.trim();
      if (asked) {
        asked.abort();
      }
      if (typed.length < 2) {
        close();
        return;
      }
      asked = new AbortController();
      fetch(address + "?q=" + encodeURIComponent(typed), { signal: asked.signal })
        .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
        .then(function (told) { show(told.suggestions); })
        // Interrupted by the next letter, or off line: the field stays a search field.
        .catch(close);
    }

    close();
    // This runs at the end of the page: somebody may have typed before.
    if (document.activeElement === input) {
      ask();
    }
    input.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(ask, pause);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", function (event) {
      if (list.hidden) {
        return;
      }
      if (event.key === "ArrowDown") {
        event.preventDefault();
        choose(chosen + 1);
      } else if (event.key === "ArrowUp") {
        event.preventDefault();
        choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
      } else if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        window.location.assign(list.children[chosen].dataset.url);
      }
    });
  }

  document.querySelectorAll("[data-suggest]").forEach(suggest);
})();
