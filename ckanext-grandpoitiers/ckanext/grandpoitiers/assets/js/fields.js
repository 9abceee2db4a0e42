// Fields of several values: one more, one less. ckanext-scheming's script wants addresses of
// `javascript:`, which the pages' policy refuses.
document.addEventListener("click", function (event) {
  const button = event.target.closest("[data-value-more], [data-value-less]");
  if (!button) {
    return;
  }
  const list = button.closest("fieldset").querySelector("ol");
  if (button.hasAttribute("data-value-more")) {
    const copy = list.lastElementChild.cloneNode(true);
    copy.querySelector("input").value = "";
    copy.querySelectorAll(".error-block").forEach((error) => error.remove());
    list.append(copy);
  } else if (list.children.length > 1) {
    button.closest("li").remove();
  } else {
    list.querySelector("input").value = "";
  }
  list.lastElementChild.querySelector("input").focus();
});
