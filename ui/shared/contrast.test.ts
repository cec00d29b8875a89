import { expect, test } from 'vitest';
import { contrast, inkOn, isColour } from './contrast.ts';
import { face, firstName, initials } from './people.ts';

test('contrast is 21 between black and white, 1 with itself, null for what is no colour', () => {
  expect([contrast('#000000', '#ffffff'), contrast('#336699', '#336699'), contrast('red', '#ffffff')]).toEqual([
    21,
    1,
    null,
  ]);
});

test('the ink on any colour can be read', () => {
  for (let step = 0; step < 4096; step += 7) {
    const colour = `#${step.toString(16).padStart(3, '0').replace(/./g, '$&$&')}`;
    expect([colour, contrast(colour, inkOn(colour))! > 4.5]).toEqual([colour, true]);
  }
  expect(isColour('#12345g')).toBe(false);
});

test('initials come from the first and the last word of any script', () => {
  expect([initials('Ana María Morales'), initials('zoë'), initials('李小龍'), initials('  '), initials(null)]).toEqual([
    'AM',
    'Z',
    '李',
    '·',
    '·',
  ]);
});

test('a person keeps their colour and is called by the first name', () => {
  expect([face(7) === face('7'), face(7) >= 1 && face(7) <= 5, firstName(' Ana Morales')]).toEqual([true, true, 'Ana']);
});
