/** A department's rules as those who work under them read them: one sentence each. */
import type { Rules } from '@recado/shared/wire.ts';
import { lasting, t } from '../../state/language.svelte.ts';

export function ruleWords(rules: Rules): string[] {
  return [
    t(`rules.assignment.${rules.assignment}`),
    rules.absence_minutes === null
      ? t('rules.absence.never')
      : t('rules.absence', { time: lasting(rules.absence_minutes) }),
    ...alarmWords(rules),
    t(rules.look_in ? 'rules.lookIn' : 'rules.noLookIn'),
    t(rules.archive ? 'rules.archive' : 'rules.noArchive'),
    rules.reopen_days === 0 ? t('rules.reopen.never') : t('rules.reopen', { count: rules.reopen_days }),
    rules.edit_minutes === 0 ? t('rules.edit.never') : t('rules.edit', { time: lasting(rules.edit_minutes) }),
    rules.undo_s === 0 ? t('rules.undo.never') : t('rules.undo', { count: rules.undo_s }),
  ];
}

/** What happens where somebody waits for too long, a sentence for each step that there is. */
function alarmWords({ ring_minutes, push_minutes, supervisor_minutes }: Rules): string[] {
  const said = [
    ring_minutes === null ? null : t('rules.ring', { time: lasting(ring_minutes) }),
    push_minutes === null ? null : t('rules.push', { time: lasting(push_minutes) }),
    supervisor_minutes === null ? null : t('rules.supervisor', { time: lasting(supervisor_minutes) }),
  ];
  return said.filter((words) => words !== null);
}
