/** A department's rules as those who work under them read them: one sentence each. */
import type { Rules } from '@recado/shared/wire.ts';
import { lasting, t } from '../../state/language.svelte.ts';

export function ruleWords(rules: Rules): string[] {
  return [
    t(`rules.assignment.${rules.assignment}`),
    rules.absence_minutes === null
      ? t('rules.absence.never')
      : t('rules.absence', { time: lasting(rules.absence_minutes) }),
    t(rules.look_in ? 'rules.lookIn' : 'rules.noLookIn'),
    t(rules.archive ? 'rules.archive' : 'rules.noArchive'),
    rules.reopen_days === 0 ? t('rules.reopen.never') : t('rules.reopen', { count: rules.reopen_days }),
    rules.edit_minutes === 0 ? t('rules.edit.never') : t('rules.edit', { time: lasting(rules.edit_minutes) }),
    rules.undo_s === 0 ? t('rules.undo.never') : t('rules.undo', { count: rules.undo_s }),
  ];
}
