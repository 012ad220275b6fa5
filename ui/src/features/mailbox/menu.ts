import type { Icon } from '../../components/icon';

/** One entry of a menu. */
export interface MenuItem {
  label: string;
  icon: Icon;
  danger?: boolean;
  run: () => void;
}
