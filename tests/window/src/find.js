// Elements by role and accessible name as axe computes them. Arguments: role, or several with `|` between them; name;
// whether only what has the focus is asked for.
const [role, name, focusedOnly] = arguments;
const roles = role === 'dialog' ? ['dialog', 'alertdialog'] : role.split('|');
const candidates = {
  button: 'button, [role=button], summary, input[type=submit], input[type=button]',
  link: 'a[href], [role=link]',
  textbox: 'input, textarea, [role=textbox]',
  searchbox: 'input[type=search], [role=searchbox]',
  spinbutton: 'input[type=number], [role=spinbutton]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  switch: '[role=switch]',
  radio: 'input[type=radio], [role=radio]',
  combobox: 'select, [role=combobox]',
  heading: 'h1, h2, h3, h4, [role=heading]',
  cell: 'td, [role=cell]',
  gridcell: 'td, [role=gridcell]',
  dialog: 'dialog, [role=dialog], [role=alertdialog]',
};
axe.teardown();
axe.setup(document.documentElement);
try {
  const { getRole } = axe.commons.aria;
  const { accessibleText } = axe.commons.text;
  const nameOf = (element) => accessibleText(element).replace(/\s+/gu, ' ').trim();
  if (focusedOnly) {
    const element = document.activeElement;
    if (!element || element === document.body) return '';
    return `${getRole(element) ?? element.localName} ${nameOf(element)}`.trim();
  }
  const shown = (element) =>
    element.checkVisibility({ opacityProperty: false, visibilityProperty: true }) && !element.closest('[inert], [aria-hidden=true]');
  const open = [...document.querySelectorAll('dialog[open], [role=dialog], [role=alertdialog]')].filter(shown).pop();
  const all = [...document.querySelectorAll(roles.map((one) => candidates[one] ?? `[role=${one}]`).join())]
    .filter((element) => shown(element) && roles.includes(getRole(element)))
    .map((element) => [element, nameOf(element)]);
  // What lies over the page comes first, then the whole name, then its beginning, then a part of it.
  const order = [
    ([, found]) => found === name,
    ([, found]) => found.startsWith(name),
    ([, found]) => found.includes(name),
  ];
  const inside = open ? [all.filter(([element]) => open.contains(element)), all] : [all];
  for (const some of inside) {
    for (const fits of order) {
      const match = some.find(fits);
      if (match) return { element: match[0], disabled: match[0].matches(':disabled, [aria-disabled=true]'), name: match[1] };
    }
  }
  return { element: null, names: all.map(([, found]) => found) };
} finally {
  axe.teardown();
}
