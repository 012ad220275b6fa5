/**
 * The pages of the providers' portals: every link of the window to one of them is made here.
 *
 * Where each of Microsoft's clouds has its admin center is also in the host's `oauth/profiles/microsoft.toml`; a test
 * compares the two. Cloud and client ID suffice to open one app's own page, so a link leads as far as it can.
 */
const entra: Record<string, string> = {
  global: 'https://entra.microsoft.com',
  'gcc-high': 'https://entra.microsoft.us',
  dod: 'https://entra.microsoft.us',
  china: 'https://entra.microsoftonline.cn',
};

/** Where administrators of a cloud register apps; nothing where that is not known. */
export function entraOrigin(cloud: string): string | undefined {
  return entra[cloud];
}

/** The pages of one app, by what they are called in its menu. */
const appPages = {
  overview: 'Overview', // “Overview”
  authentication: 'Authentication', // “Authentication”
  permissions: 'CallAnAPI', // “API permissions”
  secrets: 'Credentials', // “Certificates & secrets”
} as const;

export type AppPage = keyof typeof appPages;

const registered = '#view/Microsoft_AAD_RegisteredApps';

/** “Register an application” */
export function registerPage(cloud: string): string | undefined {
  const origin = entraOrigin(cloud);
  return origin && `${origin}/${registered}/CreateApplicationBlade/quickStartType~/null/isMSAApp~/false`;
}

/** A page of an app in the Entra admin center; “App registrations” as long as its client ID is not known. */
export function appPage(cloud: string, page: AppPage, clientId = ''): string | undefined {
  const origin = entraOrigin(cloud);
  const id = clientId.trim();
  if (origin === undefined) return undefined;
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id))
    return `${origin}/${registered}/ApplicationsListBlade`;
  return `${origin}/${registered}/ApplicationMenuBlade/~/${appPages[page]}/appId/${id}`;
}

/** The pages of the Google Cloud console, each by its name in “Google Auth Platform”, and of the Admin console. */
export const googlePages = {
  overview: 'https://console.cloud.google.com/auth/overview',
  audience: 'https://console.cloud.google.com/auth/audience',
  clients: 'https://console.cloud.google.com/auth/clients',
  dataAccess: 'https://console.cloud.google.com/auth/scopes',
  gmailApi: 'https://console.cloud.google.com/apis/library/gmail.googleapis.com',
  admin: 'https://admin.google.com/',
} as const;
