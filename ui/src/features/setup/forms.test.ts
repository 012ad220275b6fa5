import { describe, expect, it } from 'vitest';
import { erpMail, form, found, orderMail, unknownProvider } from './fixtures';
import {
  byHand,
  emptyForm,
  faultsOf,
  isAsKnown,
  isBlank,
  lines,
  protocolsOf,
  usesOf,
  withFound,
} from './forms';

const known = {
  from: 'alice@firma.nl',
  registration: 'reg-2',
  imap: { host: 'imap.firma.nl', port: '993', security: 'tls' },
  pop3: null,
  smtp: { host: 'smtp.firma.nl', port: '587', security: 'starttls' },
};

describe('the form after something was found', () => {
  it('takes the only registration, or the likeliest, and keeps one that was chosen', () => {
    expect(withFound(form({ registration: '' }), found()).registration).toBe('reg-1');
    const two = found({ registrations: [orderMail, erpMail] });
    expect(withFound(form({ registration: '' }), two).registration).toBe('reg-2');
    expect(withFound(form({ registration: 'reg-1' }), two).registration).toBe('reg-1');
    expect(withFound(form({ registration: 'gone' }), found({ registrations: [] })).registration).toBe('');
  });

  it('opens the servers by hand where no provider is known', () => {
    expect(withFound(form(), unknownProvider()).manual).toBe(true);
    expect(withFound(form(), found()).manual).toBe(false);
    const named = found().detected;
    const stranger = { ...named, provider: 'custom', source: 'srv' };
    const entered = withFound(form(), found({ detected: stranger }));
    expect(entered.manual).toBe(true);
    // Whoever named a server has not entered it: the fields are a person's.
    expect(entered.imap.host).toBe('');
  });

  it('proposes the servers of another mailbox of the domain, unless some were typed', () => {
    const proposed = withFound(
      form({ registration: '' }),
      unknownProvider({ known, registrations: [erpMail, orderMail] }),
    );
    expect(proposed).toMatchObject({
      manual: true,
      registration: 'reg-2',
      imap: known.imap,
      smtp: known.smtp,
    });
    expect(isAsKnown(proposed, unknownProvider({ known }))).toBe(true);
    const typed = form({ imap: { host: 'mine', port: '143', security: 'auto' } });
    expect(withFound(typed, unknownProvider({ known })).imap.host).toBe('mine');
    expect(faultsOf(proposed)).toEqual({});
  });

  it('needs no mail server for sending where the provider takes messages itself', () => {
    const graph = form({ manual: true, send_via: 'graph', imap: known.imap });
    expect(protocolsOf(graph)).toEqual(['imap']);
    expect(usesOf(graph)).toEqual(['imap', 'graph']);
    expect(faultsOf(graph)).toEqual({});
    expect(usesOf({ ...graph, send: false })).toEqual(['imap']);
    // From somebody else's mailbox takes one permission more.
    expect(usesOf({ ...graph, who_signs_in: 'shared' })).toEqual(['imap', 'graph', 'graph-for-others']);
    // A password opens mail servers only.
    expect(usesOf({ ...graph, who_signs_in: 'password' })).toEqual(['imap', 'smtp']);
  });

  it('fills the servers by hand with what was found', () => {
    expect(byHand(form(), found())).toMatchObject({
      manual: true,
      imap: { host: 'outlook.office365.com', port: '993', security: 'tls' },
    });
    expect(byHand(form(), null).imap.host).toBe('');
  });
});

describe('what is missing', () => {
  it('is nothing when all of it was found', () => {
    expect(faultsOf(form())).toEqual({});
  });

  it('is named field by field', () => {
    expect(
      faultsOf(
        form({
          registration: '',
          send: false,
          receive: true,
          who_signs_in: 'other',
          manual: true,
          timeout: 'x',
        }),
      ),
    ).toEqual({
      registration: 'missing',
      sign_in_name: 'missing',
      imap_host: 'missing',
      imap_port: 'not-a-number',
      timeout: 'not-a-number',
    });
    expect(faultsOf(form({ send: false, receive: false })).purpose).toBe('missing');
  });

  it.each(['0', '65536', '-1', '9a', ''])('a port cannot be “%s”', (port) => {
    const imap = { host: 'a', port, security: 'auto' };
    expect(faultsOf(form({ manual: true, send: false, imap })).imap_port).toBe('not-a-number');
  });
});

describe('a form', () => {
  it('is blank until something was entered', () => {
    expect(isBlank(emptyForm())).toBe(true);
    expect(isBlank({ ...emptyForm(), registration: 'reg-1' })).toBe(true);
    expect(isBlank({ ...emptyForm(), address: 'a' })).toBe(false);
  });

  it('takes addresses one below the other', () => {
    expect(lines(' a@b.c \n\n d@e.f; g@h.i,')).toEqual(['a@b.c', 'd@e.f', 'g@h.i']);
  });
});
