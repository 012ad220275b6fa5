import { m } from '../../paraglide/messages';

/** Messages as mail programs and providers print them, to try the page with. */
export function examples(): { label: string; text: string }[] {
  return [
    {
      label: m.explain_example_sending(),
      text: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.',
    },
    {
      label: m.explain_example_secret(),
      text: 'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.',
    },
    {
      label: m.explain_example_google(),
      text: '{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}',
    },
  ];
}
