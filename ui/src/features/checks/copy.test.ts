import { describe, expect, it } from 'vitest';
import { address, partly, servers } from '../setup/fixtures';
import { details, forAdministrator, result } from './copy';
import { reported } from './ladder';

const rows = reported([], { ...partly, error_id: 'MW-7K3F-9Q2D' });
const around = { address, servers, started: partly.started, rows };
const failed = rows.find((row) => row.state === 'failed');
if (failed === undefined) throw new Error('nothing failed');

describe('what is copied', () => {
  it('lets an administrator act without this window', () => {
    const text = forAdministrator(failed, around);
    expect(text).toContain(address);
    expect(text).toContain('1. Open Users');
    expect(text).toContain('Command: Set-CASMailbox');
    expect(text).toContain('Takes it back: Set-CASMailbox');
    expect(text).toContain('535 5.7.139');
  });

  it('has every detail of a failed check', () => {
    const text = details(failed, around);
    for (const part of [
      'Time: ',
      'Check: Sending, Sign-in accepted',
      'Server: smtp.office365.com : 587, STARTTLS',
      'The server’s own words: 535 5.7.139',
      'It took: 212 ms',
      'Addresses: It is as it should be.',
      'Protection: It is as it should be.',
      'Error ID: MW-7K3F-9Q2D',
      'Name of this diagnosis: smtp-auth-off-mailbox',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('lists the whole result', () => {
    const text = result(rows, around);
    expect(text).toContain('9. Sending, Sign-in accepted: The server did not accept the sign-in., 212 ms');
    expect(text).toContain('20. Sign-in, Sign-in can be renewed');
  });
});
