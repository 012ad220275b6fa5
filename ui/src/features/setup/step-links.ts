import { on } from 'svelte/events';
import type { Step } from '../../components/stepper';

/**
 * Lets people go back to a step that is done by its name in the list of steps, which itself only shows them: a link
 * to press or to reach with Tab. The buttons and keys of a step do the same.
 */
export function stepLinks(steps: readonly Step[], go: (id: string) => void) {
  return (page: HTMLElement) => {
    const items = [...page.querySelectorAll<HTMLElement>('[data-pane] ol > li')];
    const ends = items.flatMap((item, index) => {
      const step = steps[index];
      const name = item.querySelector<HTMLElement>('.name');
      if (step === undefined || name === null || item.hasAttribute('aria-current') || step.state === 'later')
        return [];
      name.setAttribute('role', 'link');
      name.tabIndex = 0;
      item.dataset['go'] = step.id;
      const act = () => {
        go(step.id);
      };
      return [
        on(item, 'click', act),
        on(name, 'keydown', (event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault(); // nor is it the Enter of the step
          act();
        }),
        () => {
          name.removeAttribute('role');
          name.removeAttribute('tabindex');
          delete item.dataset['go'];
        },
      ];
    });
    return () => {
      for (const end of ends) end();
    };
  };
}
