import type { Organisation } from '../../bindings/Organisation';
import type { OrganisationCheck } from '../../bindings/OrganisationCheck';
import type { OrganisationCommand } from '../../bindings/OrganisationCommand';
import type { OrganisationFinding } from '../../bindings/OrganisationFinding';

/** Values for tests. */
export function command(kind: string, text: string, ...mailboxes: string[]): OrganisationCommand {
  return { kind, shell: 'exchange', mailboxes, command: text };
}

export function finding(
  subject: string | null,
  replaced: Partial<OrganisationFinding> = {},
): OrganisationFinding {
  return {
    subject,
    outcome: 'passed',
    basis: 'seen',
    detail: 'On. The last test signed in to send.',
    value: null,
    decided_by: null,
    seen: '2026-11-20T10:00:00Z',
    verdict: null,
    ...replaced,
  };
}

export function check(id: string, replaced: Partial<OrganisationCheck> = {}): OrganisationCheck {
  return {
    id,
    title: `Switch ${id}`,
    about: 'organisation',
    outcome: 'unchecked',
    basis: 'not-seen',
    detail: 'Not known yet.',
    findings: [
      finding(null, { outcome: 'unchecked', basis: 'not-seen', seen: null, detail: 'Not known yet.' }),
    ],
    who: 'Global Administrator',
    wait_minutes: 60,
    steps: ['Open the page.', 'Tick the box.'],
    link: 'https://admin.microsoft.com/',
    read_note: '“True” means off.',
    caution: null,
    commands: [command('connect', 'Connect-X'), command('look', 'Get-X')],
    verdict: null,
    source: 'Microsoft',
    checked_on: '2026-11-28',
    ...replaced,
  };
}

export function organisation(replaced: Partial<Organisation> = {}): Organisation {
  return {
    registration: 'ERP mail',
    registration_id: 'erp',
    provider: 'microsoft',
    organisation: 'firma.nl',
    looked: '2026-11-20T10:00:00Z',
    checks: [check('security-defaults')],
    announced: [],
    look: [command('connect', 'Connect-X'), command('look', 'Get-X')],
    pasted: null,
    ...replaced,
  };
}
