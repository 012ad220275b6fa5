import type { RegistrationForm } from '../../bindings/RegistrationForm';
import { m } from '../../paraglide/messages';
import { appPage, googlePages, registerPage } from '../../portals';
import { openRedirect } from './fields';
import type { FieldName } from './registration-edit.svelte';

/** What is entered so far, which decides the route: any port without a secret, or a fixed address with one. */
export interface Entered {
  form: RegistrationForm;
  anyPort: boolean;
  /** A secret was pasted or typed. */
  secret: boolean;
}

/** One thing to do in the portal. */
export interface PortalStep {
  id: string;
  text: string;
  note?: string;
  /** What is pasted there. */
  copy?: { name: string; text: string }[];
  /** The field of the form that the step fills: filled, it is done. Without one a person ticks the step. */
  fills?: { field: FieldName; filled: boolean };
  /** Only an administrator of the organisation can do it. */
  admin?: true;
}

/** The steps of one page of the portal. */
export interface PortalGroup {
  id: string;
  /** The page’s own name. */
  title: string;
  url?: string | undefined;
  steps: PortalStep[];
}

/**
 * What is done at the provider for a registration, page by page in the order in which one visit goes through them. What
 * stands in quotes is the portals’ own wording, as their makers describe it (Microsoft:
 * identity-platform/quickstart-register-app; Google: support, “Manage OAuth clients”); no portal was looked at.
 */
export function portalSteps(entered: Entered): PortalGroup[] {
  if (entered.form.provider === 'microsoft') return microsoft(entered);
  return entered.form.provider === 'google' ? google(entered) : custom(entered);
}

const isFilled = (text: string) => text.trim() !== '';

/** A step that copies a value of the portal into a text field. */
const fill = (
  form: RegistrationForm,
  field: Exclude<keyof RegistrationForm, 'scopes'>,
  text: string,
): PortalStep => ({
  id: field,
  text,
  fills: { field, filled: isFilled(form[field]) },
});

const fillSecret = ({ secret }: Entered, text: string): PortalStep => ({
  id: 'secret',
  text,
  fills: { field: 'client_secret', filled: secret },
});

/** The redirect address to paste there; a fixed one has to be entered here before. */
function redirect({ form, anyPort }: Entered): Pick<PortalStep, 'copy' | 'note'> {
  const address = anyPort ? openRedirect(form.provider) : form.redirect_uri.trim();
  if (address === '') return { note: m.portal_redirect_missing() };
  return { copy: [{ name: m.registration_redirect_there(), text: address }] };
}

const permission = (name: string) => ({ name: m.portal_permission({ name }), text: name });

function microsoft(entered: Entered): PortalGroup[] {
  const { form, anyPort } = entered;
  const page = (which: Parameters<typeof appPage>[1]) => appPage(form.cloud, which, form.client_id);
  // The portal lists permissions by their names alone, without the address of what they are for.
  const chosen = form.scopes.map((scope) => scope.replace(/^https:\/\/[^/]+\//, ''));
  const permissions = chosen.length > 0 ? chosen : ['SMTP.Send', 'IMAP.AccessAsUser.All', 'offline_access'];
  const secrets: PortalGroup = {
    id: 'secrets',
    title: m.portal_secrets(),
    url: page('secrets'),
    steps: [
      { id: 'new', text: m.portal_secrets_new() },
      fillSecret(entered, m.portal_secrets_value()),
      fill(form, 'secret_expires', m.portal_secrets_end()),
    ],
  };
  return [
    {
      id: 'register',
      title: m.portal_register(),
      url: registerPage(form.cloud),
      steps: [
        {
          id: 'name',
          text: m.portal_register_name(),
          ...(isFilled(form.name) ? { copy: [{ name: m.portal_app_name(), text: form.name.trim() }] } : {}),
        },
        { id: 'accounts', text: m.portal_register_accounts(), note: m.portal_register_accounts_note() },
      ],
    },
    {
      id: 'overview',
      title: m.portal_overview(),
      url: page('overview'),
      steps: [
        fill(form, 'client_id', m.portal_overview_client()),
        { ...fill(form, 'tenant', m.portal_overview_tenant()), note: m.portal_overview_object() },
      ],
    },
    {
      id: 'authentication',
      title: m.portal_authentication(),
      url: page('authentication'),
      steps: [
        {
          id: anyPort ? 'native' : 'web',
          text: anyPort ? m.portal_platform_native() : m.portal_platform_web(),
          note: m.portal_platform_note(),
        },
        { id: 'redirect', text: m.portal_redirect(), ...redirect(entered) },
      ],
    },
    {
      id: 'permissions',
      title: m.portal_permissions(),
      url: page('permissions'),
      steps: [
        { id: 'add', text: m.portal_permissions_add(), copy: permissions.map(permission) },
        {
          id: 'grant',
          text: m.portal_permissions_grant(),
          note: m.portal_permissions_grant_note(),
          admin: true,
        },
      ],
    },
    ...(anyPort && !entered.secret ? [] : [secrets]),
  ];
}

function google(entered: Entered): PortalGroup[] {
  const { form, anyPort } = entered;
  const permissions = form.scopes.length > 0 ? form.scopes : ['https://mail.google.com/'];
  const client = form.client_id.trim();
  return [
    {
      id: 'platform',
      title: m.portal_google_platform(),
      url: googlePages.overview,
      steps: [
        { id: 'project', text: m.portal_google_project() },
        { id: 'start', text: m.portal_google_start() },
      ],
    },
    {
      id: 'audience',
      title: m.portal_google_audience(),
      url: googlePages.audience,
      steps: [
        { id: 'publish', text: m.portal_google_publish(), note: m.registration_publishing_note() },
        fill(form, 'publishing', m.portal_google_publishing()),
      ],
    },
    {
      id: 'api',
      title: m.portal_google_api(),
      url: googlePages.gmailApi,
      steps: [{ id: 'enable', text: m.portal_google_enable() }],
    },
    {
      id: 'access',
      title: m.portal_google_access(),
      url: googlePages.dataAccess,
      steps: [{ id: 'scopes', text: m.portal_google_scopes(), copy: permissions.map(permission) }],
    },
    {
      id: 'clients',
      title: m.portal_google_clients(),
      url: googlePages.clients,
      steps: [
        anyPort
          ? { id: 'desktop', text: m.portal_google_desktop() } // has no field for an address
          : { id: 'web', text: m.portal_google_web(), ...redirect(entered) },
        fill(form, 'client_id', m.portal_google_client()),
        fillSecret(entered, m.portal_google_secret()),
      ],
    },
    {
      id: 'admin',
      title: m.portal_google_admin(),
      url: googlePages.admin,
      steps: [
        {
          id: 'trust',
          text: m.portal_google_trust(),
          note: m.portal_google_trust_note(),
          admin: true,
          ...(client === '' ? {} : { copy: [{ name: m.portal_client_id(), text: client }] }),
        },
      ],
    },
  ];
}

function custom(entered: Entered): PortalGroup[] {
  const { form, anyPort } = entered;
  const endpoints = isFilled(form.authorize_url) && isFilled(form.token_url);
  return [
    {
      id: 'client',
      title: m.portal_custom_client(),
      steps: [
        { id: anyPort ? 'native' : 'web', text: anyPort ? m.portal_custom_native() : m.portal_custom_web() },
        { id: 'redirect', text: m.portal_custom_redirect(), ...redirect(entered) },
      ],
    },
    {
      id: 'values',
      title: m.portal_custom_values(),
      steps: [
        {
          id: 'issuer',
          text: m.portal_custom_issuer(),
          fills: { field: 'authority', filled: isFilled(form.authority) || endpoints },
        },
        fill(form, 'client_id', m.portal_custom_id()),
        ...(anyPort ? [] : [fillSecret(entered, m.portal_custom_secret())]),
      ],
    },
  ];
}
