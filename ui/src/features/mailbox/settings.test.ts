import { describe, expect, it } from 'vitest';
import { line, mailboxPage } from '../home/samples';
import { permissionLines } from './permissions';
import { changedIn, changeOf, faultsOf, settingsOf } from './settings';

const before = settingsOf(mailboxPage(line('a@example.org')));

describe('the settings of a mailbox', () => {
  it('ask for nothing but what was changed', () => {
    expect(changedIn('sending', before, { ...before, smtpHost: ' smtp.example.org ' })).toEqual([]);
    expect(changeOf('sending', before, { ...before, smtpPort: '465', smtpSecurity: 'tls' }, 'a')).toEqual({
      smtp: 'smtp.example.org:465:tls',
    });
    expect(changeOf('receiving', before, { ...before, smtpPort: '465', imapHost: '::1' }, 'a')).toEqual({
      imap: '[::1]:993:tls',
    });
    expect(changeOf('sending', before, { ...before, smtpLogin: '', timeout: '1.5' }, 'who')).toEqual({
      smtp_login: 'who',
      timeout: '1500ms',
    });
    expect(changeOf('sending', before, { ...before, senders: 'b@x.org,\n c@x.org' }, 'a').senders).toEqual([
      'b@x.org',
      'c@x.org',
    ]);
    expect(changeOf('receiving', before, { ...before, receives: false, imapPort: '' }, 'a')).toEqual({
      receive: false,
      imap: 'imap.example.org:tls',
    });
  });

  it('add POP3 beside IMAP or in its place, and take either away', () => {
    const pop3 = { pop3Host: 'pop.example.org', pop3Port: '995', pop3Security: 'tls' };
    expect(changeOf('receiving', before, { ...before, ...pop3 }, 'a')).toEqual({
      pop3: 'pop.example.org:995:tls',
    });
    const instead = { ...before, ...pop3, imapHost: ' ' };
    expect(faultsOf('receiving', instead)).toEqual({});
    expect(changeOf('receiving', before, instead, 'a')).toEqual({
      imap: '',
      pop3: 'pop.example.org:995:tls',
    });
    expect(faultsOf('receiving', { ...instead, pop3Port: '0' })).toHaveProperty('pop3Port');
  });

  it('send without a mail server where the provider takes messages itself', () => {
    const page = mailboxPage(line('a@example.org'));
    page.details.send_via = 'graph';
    page.details.servers = page.details.servers.filter(({ protocol }) => protocol !== 'smtp');
    const graph = settingsOf(page);
    expect(faultsOf('sending', graph)).toEqual({});
    expect(changeOf('sending', before, { ...before, sendVia: 'graph' }, 'a')).toEqual({ send_via: 'graph' });
    // Back to a mail server, one is needed.
    expect(faultsOf('sending', { ...graph, sendVia: 'smtp' })).toHaveProperty('smtpHost');
  });

  it('say under each field what cannot be right', () => {
    expect(faultsOf('sending', before)).toEqual({});
    const typed = { ...before, smtpHost: 'https://x', smtpPort: '99999', timeout: '0', senders: 'nobody' };
    expect(Object.keys(faultsOf('sending', typed)).sort()).toEqual([
      'senders',
      'smtpHost',
      'smtpPort',
      'timeout',
    ]);
    expect(faultsOf('receiving', { ...before, imapHost: ' ' }).imapHost).toBe('Give the name of the server.');
    expect(faultsOf('receiving', { ...before, sends: false, receives: false, imapHost: '' })).toEqual({
      receives: 'A mailbox sends, receives or both. Switch one of them on.',
    });
  });

  it('name permissions in plain words, with and without the address of the service', () => {
    const known = [
      { meaning: 'send', name: 'SMTP.Send' },
      { meaning: 'stay-signed-in', name: 'offline_access' },
    ];
    const lines = permissionLines(['https://outlook.office.com/smtp.send', 'offline_access', 'x'], known);
    expect(lines.map(({ text }) => text)).toEqual(['Send mail', 'Stay signed in', 'Another permission']);
  });
});
