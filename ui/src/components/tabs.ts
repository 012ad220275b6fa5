/** One tab of `Tabs`. */
export interface Tab<Id extends string> {
  id: Id;
  label: string;
  count?: number | undefined;
}

/** The attributes of the body that belongs to the chosen tab: `<div {...panelOf('mailbox', tab)}>`. */
export function panelOf(id: string, chosen: string) {
  return {
    id: `${id}-panel`,
    role: 'tabpanel',
    'aria-labelledby': `${id}-${chosen}`,
    tabindex: 0,
  } as const;
}
