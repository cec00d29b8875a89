import { expect, test } from 'vitest';
import { contrast, inkOn as inkInFrame, parseColour } from '../src/ink.ts';
import { inkOn as inkInLoader } from '../src/loader/view.ts';

function* colours(): Generator<string> {
  for (let value = 0; value < 0xffffff; value += 0x050b07) yield `#${value.toString(16).padStart(6, '0')}`;
  yield* ['#000000', '#ffffff', '#0b6b4f', '#ffd400', '#767676', '#777777'];
}

test('text on any brand colour reaches 4.5 to 1', () => {
  for (const colour of colours()) {
    const fill = parseColour(colour);
    expect([colour, contrast(fill, inkInFrame(fill)) >= 4.5]).toEqual([colour, true]);
  }
});

test('the launcher’s shorter sum keeps its mark above 3 to 1', () => {
  for (const colour of colours()) {
    const ink = parseColour(inkInLoader(colour) === '#fff' ? '#ffffff' : '#000000');
    expect([colour, contrast(parseColour(colour), ink) >= 3]).toEqual([colour, true]);
  }
});

test('what is no colour becomes a quiet blue', () => {
  for (const text of ['', 'red', '#fff', 'url(x)', '#12345g']) expect(parseColour(text)).toEqual([67, 82, 217]);
});
