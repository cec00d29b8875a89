/** A claimed row is felt: a copy of it slides from its place into the green tab. Nothing moves under reduced motion. */
import { duration } from '../../state/motion.ts';

const FLIGHT_MS = 320;

export function flight(row: Element | null, tab: Element | null): void {
  if (row === null || tab === null || duration('slow') === 0) return;
  const [from, to] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (from.width === 0) return; // on a phone the list is behind the thread
  const copy = row.cloneNode(true) as HTMLElement;
  copy.removeAttribute('data-row');
  copy.removeAttribute('href');
  copy.setAttribute('aria-hidden', 'true');
  copy.inert = true;
  Object.assign(copy.style, {
    position: 'fixed',
    left: `${from.left}px`,
    top: `${from.top}px`,
    width: `${from.width}px`,
    height: `${from.height}px`,
    zIndex: '30',
    pointerEvents: 'none',
    transformOrigin: '0 0',
    background: 'var(--attending-tint)',
  });
  document.body.append(copy);
  const x = to.left - from.left;
  const y = to.top - from.top;
  const moved = copy.animate(
    [
      { transform: 'none', opacity: 1 },
      {
        transform: `translate(${x}px, ${y}px) scale(${to.width / from.width}, ${to.height / from.height})`,
        opacity: 0.2,
      },
    ],
    { duration: FLIGHT_MS, easing: 'cubic-bezier(0.3, 0, 0.1, 1)' },
  );
  const done = (): void => copy.remove();
  moved.finished.then(done, done);
  tab.animate([{ transform: 'none' }, { transform: 'scale(1.035)' }, { transform: 'none' }], {
    duration: 260,
    delay: FLIGHT_MS - 90,
    easing: 'ease-out',
  });
}
