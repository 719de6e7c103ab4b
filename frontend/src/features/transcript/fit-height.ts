// A text field as high as its text, where the browser does not see to it by itself (field-sizing).
export function fitHeight(field: HTMLTextAreaElement | null): void {
  if (!field || CSS.supports("field-sizing", "content")) return;
  const top = window.scrollY;
  field.style.height = "0";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  if (window.scrollY !== top) window.scrollTo({ top }); // the page was shorter for a moment
}
