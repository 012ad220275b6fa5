import Building from '@lucide/svelte/icons/building-2';
import Code from '@lucide/svelte/icons/code-xml';
import Network from '@lucide/svelte/icons/network';
import Shield from '@lucide/svelte/icons/shield';
import User from '@lucide/svelte/icons/user';
import Wrench from '@lucide/svelte/icons/wrench';
import { m } from '../paraglide/messages';
import type { Icon } from './icon';

const known: Record<string, { text: () => string; icon: Icon }> = {
  you: { text: m.who_you, icon: User },
  administrator: { text: m.who_administrator, icon: Shield },
  consultant: { text: m.who_consultant, icon: Wrench },
  network: { text: m.who_network, icon: Network },
  provider: { text: m.who_provider, icon: Building },
  developer: { text: m.who_developer, icon: Code },
};

/** Who can act on a verdict, in words and with an icon; an unknown word is shown as it came. */
export function whoShown(who: string): { text: () => string; icon: Icon } {
  return known[who] ?? { text: () => who, icon: User };
}
