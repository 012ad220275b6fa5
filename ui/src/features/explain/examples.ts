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
    {
      label: m.explain_example_approval(),
      text: 'Need admin approval. ERP mail needs permission to access resources in your organization that only an admin can grant.',
    },
    {
      label: m.explain_example_redirect(),
      text: 'http://localhost:8400/?error=access_denied&error_description=AADSTS65004%3a+User+declined+to+consent+to+access+the+app.',
    },
    {
      label: m.explain_example_log(),
      text: [
        '2026-11-20 03:10:12 INFO  Polling outlook.office365.com:993',
        '2026-11-20 03:10:13 ERROR OAuth authentication failed for info@firma.nl',
        '{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app \'3f2a91c4\' are expired."}',
        '2026-11-20 03:10:13 ERROR A1 NO AUTHENTICATE failed.',
      ].join('\n'),
    },
  ];
}
