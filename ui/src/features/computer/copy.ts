import { checkWord } from '../../components/check';
import { m } from '../../paraglide/messages';
import { verdictText } from '../checks/copy';
import { moment } from '../checks/format';
import type { Looking } from './looking.svelte';
import { findingName } from './words';

/** Everything that was found, as plain text for whoever helps. */
export function foundText(looked: Pick<Looking, 'rows' | 'checked'>): string {
  return [
    m.page_computer(),
    ...(looked.checked === undefined ? [] : [moment(looked.checked)]),
    ...looked.rows.flatMap(({ id, state, check }) => [
      `${findingName(id)}: ${checkWord(state)}. ${check?.detail ?? ''}`.trimEnd(),
      ...(check?.verdict ? ['', verdictText(check.verdict), ''] : []),
    ]),
  ].join('\n');
}
