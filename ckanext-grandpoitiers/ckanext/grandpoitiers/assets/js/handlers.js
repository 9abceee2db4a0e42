// What CKAN's templates say in attributes (`onclick`, `onchange`, `hx-on`), which the pages' policy
// refuses: the file or link of a resource, the API tokens of an account.
(function () {
  const find = (id) => document.getElementById(id);

  function choose(type, field, act) {
    find(`resource-url-${type}`).checked = true;
    find(field)[act]();
  }

  function remove(button) {
    if (button.parentElement.matches("#field-clear-upload + .upload-type")) {
      find("field-clear-upload").checked = true;
      find("field-resource-upload").focus();
      return;
    }
    const field = button.parentElement.querySelector("input[type=file], input[type=url]");
    field.value = "";
    choose("none", find("resource-upload-button") ? "resource-upload-button" : "resource-link-button", "focus");
  }

  function revocable() {
    const button = find("revoke-tokens-button");
    if (button) {
      button.disabled = !document.querySelector("[name=token]:checked");
    }
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest(".resource-upload-field button");
    if (!button) {
      return;
    }
    if (button.id === "resource-upload-button") {
      choose("upload", "field-resource-upload", "click");
    } else if (button.id === "resource-link-button") {
      choose("link", "field-resource-url", "focus");
    } else if (button.matches(".btn-remove-url")) {
      remove(button);
    }
  });

  document.addEventListener("change", function (event) {
    if (event.target.name === "token") {
      revocable();
    }
  });

  document.addEventListener("htmx:afterSettle", function () {
    revocable();
    document.querySelector("#api-tokens-table tbody tr")?.scrollIntoView({ block: "nearest" });
  });
})();
