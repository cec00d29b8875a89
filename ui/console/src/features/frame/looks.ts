/** The languages and themes one may choose, as the profile menu and the account page offer them. */
import type { Locale, Theme } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';

export const LANGUAGES: { value: Locale; label: string }[] = [
  { value: 'es', label: 'Español' },
  { value: 'en', label: 'English' },
  { value: 'pt', label: 'Português' },
];

export function themes(): { value: Theme; label: string }[] {
  return [
    { value: 'system', label: t('profile.themeSystem') },
    { value: 'light', label: t('profile.themeLight') },
    { value: 'dark', label: t('profile.themeDark') },
  ];
}
