import { expect, test } from 'vitest';
import { breakable, pagePath } from '../src/features/desk/customer.ts';

test('a page is named by its path and its query, in letters where it can be', () => {
  expect(pagePath('https://shop.example/l%C3%A1mparas?color=verde#fotos')).toBe('/lámparas?color=verde');
  expect(pagePath('https://shop.example/50%-off?a=%')).toBe('/50%-off?a=%');
  expect(pagePath('https://shop.example/%E1mbar')).toBe('/%E1mbar');
});

test('an address ends its lines before its signs and never within a word', () => {
  expect(breakable('irene.campos@correo.example')).toEqual(['irene', '.campos', '@correo', '.example']);
});
