import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, day, flag, integer, oneOf, searchCodec, text, texts } from '../../web/console/router/search-codec.js';
import { comparedVersions } from '../../web/console/screens/entry/search.js';
import {
  fromApiFilter,
  type ListSearch,
  listCodec,
  SOURCES,
  STATUSES,
  toApiFilter,
  TYPES,
} from '../../web/console/screens/feedback/filter.js';
import { endOf, isDay, sinceOf, startOf, untilOf } from '../../web/console/screens/feedback/moment.js';

/** Texts as users and hostile links have them: separators of addresses, percent signs, emoji, halves of characters. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('&', '=', '%', '+', '#', '?', '/', ' ', 'ä', '🦙', '\u202e', '%2F', ',') }),
);
const anyDay = fc
  .date({ min: new Date('1970-01-02'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const anyTime = fc
  .date({ min: new Date('1970-01-02'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

describe('a codec of search parameters', () => {
  const codec = searchCodec({
    q: text(),
    status: oneOf(['PENDING', 'APPROVED']),
    order: choice(['ASC', 'DESC'], 'DESC'),
    page: integer(1, 1),
    on: flag(),
    since: day(),
    tag: texts(),
  });
  const anySearch = fc.record({
    q: anyText,
    status: fc.constantFrom(undefined, 'PENDING' as const, 'APPROVED' as const),
    order: fc.constantFrom('ASC' as const, 'DESC' as const),
    page: fc.integer({ min: 1, max: 999_999_999 }),
    on: fc.boolean(),
    since: fc.option(anyDay, { nil: undefined }),
    tag: fc.uniqueArray(anyText),
  });

  it('reads what it has written, and says that it ignores nothing of it', () => {
    fc.assert(
      fc.property(anySearch, (search) => {
        // An address has no halves of characters: they become the mark for what cannot be shown.
        const whole = {
          ...search,
          q: search.q.toWellFormed(),
          tag: [...new Set(search.tag.map((tag) => tag.toWellFormed()))],
        };
        expect(codec.parse(codec.serialize(whole))).toEqual({ search: whole, ignored: [] });
      }),
    );
  });

  it('writes the same view always in the same way, and nothing for defaults', () => {
    expect(codec.serialize(codec.parse('').search)).toBe('');
    expect(codec.serialize(codec.parse('?tag=b&tag=a&q=x&page=1&status=Pending').search)).toBe(
      '?q=x&status=pending&tag=b&tag=a',
    );
  });

  it('takes any text for an address, names what it does not know or take, and keeps to its types', () => {
    fc.assert(
      fc.property(anyText, (query) => {
        const { search, ignored } = codec.parse(query);
        expect(search.page).toBeGreaterThanOrEqual(1);
        expect(['ASC', 'DESC']).toContain(search.order);
        const given = new Set(new URLSearchParams(query).keys());
        for (const name of ignored) expect(given).toContain(name);
      }),
    );
    const { ignored } = codec.parse(
      '?page=0&on=yes&since=2026-02-31x&status=none&colour=red&__proto__=1&constructor=2',
    );
    expect(ignored.toSorted()).toEqual(['__proto__', 'colour', 'constructor', 'on', 'page', 'since', 'status']);
  });
});

describe('the filters of the list of feedback', () => {
  const anyName = anyText.map((each) => each.toWellFormed().trim());
  const anySearch: fc.Arbitrary<ListSearch> = fc.record({
    q: anyName,
    status: fc.constantFrom(undefined, ...STATUSES),
    type: fc.constantFrom(undefined, ...TYPES),
    source: fc.constantFrom(undefined, ...SOURCES),
    unused: fc.boolean(),
    tag: anyName,
    adapter: anyName,
    adapterVersion: anyName,
    model: anyName,
    user: anyName,
    conversation: anyName,
    interaction: anyName,
    score: fc.constantFrom(
      [],
      ['rating>=4'],
      ['tone=friendly'],
      ['rating>=-1.5', 'rating<=3', 'tone=true'],
      ['rating=4'],
    ),
    since: fc.oneof(fc.constant(''), anyDay, anyTime),
    until: fc.oneof(fc.constant(''), anyDay, anyTime),
    order: fc.constantFrom('ASC' as const, 'DESC' as const),
    columns: fc.constantFrom('', 'question,id'),
    view: fc.constantFrom('', 'view-1'),
  });

  it('are the same after a reload, and after they were saved as a view', () => {
    fc.assert(
      fc.property(anySearch, (search) => {
        expect(listCodec.parse(listCodec.serialize(search))).toEqual({ search, ignored: [] });
        const saved = fromApiFilter(toApiFilter(search));
        expect(toApiFilter(saved)).toEqual(toApiFilter(search));
      }),
    );
  });

  it('have days that are whole, and times that are exact', () => {
    fc.assert(
      fc.property(anyDay, anyTime, (date, time) => {
        expect(Date.parse(endOf(date)) - Date.parse(startOf(date))).toBe(86_400_000);
        expect([sinceOf(startOf(date)), untilOf(endOf(date))]).toEqual([date, date]);
        expect([startOf(sinceOf(time)), endOf(untilOf(time))]).toEqual([time, time]);
      }),
    );
    expect(['2026-02-28', '2026-02-31', '2026-2-1', '', '+002026-01-01'].map(isDay)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(listCodec.parse('?since=2026-02-31&until=soon&score=rating').ignored).toEqual(['score', 'since', 'until']);
  });
});

it('two versions of an entry that are compared are ones that it has, the older one first', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 40 }), (from, to, newest) => {
      const [first, second] = comparedVersions({ from, to }, newest);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThanOrEqual(second);
      expect(second).toBeLessThanOrEqual(newest);
    }),
  );
  expect(comparedVersions({ from: 0, to: 0 }, 5)).toEqual([4, 5]);
  expect(comparedVersions({ from: 5, to: 2 }, 5)).toEqual([2, 5]);
});
