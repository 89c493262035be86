import { Scope, parseExpression, printExpression } from '../../../lib/expressions/index.js';
import { expandStar, expandStarsInside } from '../../../lib/expressions/stars.js';
import type { Star } from '../../../lib/expressions/tree.js';
import { parseDdl } from '../../../lib/schema/index.js';

const schema = parseDdl('a INT, `b.c` INT, p STRUCT<x: INT, q: STRUCT<y: INT, Z: INT>>');
const scope = Scope.of(schema);
const expand = (sql: string): string[] => expandStar(parseExpression(sql) as Star, scope).map(printExpression);
const inside = (sql: string): string => printExpression(expandStarsInside(parseExpression(sql), scope));

describe('a star', () => {
  it.each([
    ['*', ['a', '`b.c`', 'p']],
    ['p.*', ['p.x', 'p.q']],
    ['P.Q.*', ['P.Q.y', 'P.Q.Z']],
    ['* EXCEPT (A, p)', ['`b.c`']],
    ['p.* EXCEPT (x)', ['p.q']],
    ['* EXCEPT (a, `b.c`, p.x)', ["CASE WHEN (p IS NULL) THEN NULL ELSE named_struct('q', p.q) END AS p"]],
  ])('%s stands for columns', (sql, columns) => {
    expect(expand(sql)).toEqual(columns);
  });

  it('stands for the columns of one side of a join', () => {
    const joined = new Scope([...Scope.of(schema, 'l').columns, ...Scope.of(parseDdl('a INT'), 'r').columns]);
    const columns = (sql: string): string[] => expandStar(parseExpression(sql) as Star, joined).map(printExpression);
    expect(columns('R.*')).toEqual(['r.a']);
    expect(columns('*')).toEqual(['l.a', 'l.`b.c`', 'l.p', 'r.a']);
  });

  it('is expanded among the arguments of functions, however deep', () => {
    expect(inside('to_json(struct(*))')).toBe('to_json(struct(a, `b.c`, p))');
    expect(inside('CASE a WHEN 1 THEN greatest(p.q.*) END AS x')).toBe(
      'CASE a WHEN 1 THEN greatest(p.q.y, p.q.Z) END AS x',
    );
    expect(inside('CAST(coalesce(p.q.*) AS STRING)')).toBe('CAST(coalesce(p.q.y, p.q.Z) AS STRING)');
    expect(inside('transform(array(p.q.*), e -> e + 1)')).toBe('transform(array(p.q.y, p.q.Z), e -> (e + 1))');
  });

  it('is left to count(*), where it means rows', () => {
    expect(inside('count(*) / count(p.q.*)')).toBe('(count(*) / count(p.q.y, p.q.Z))');
  });

  it('is refused where it stands for nothing, pointing at it', () => {
    const error = (condition: string) =>
      expect.objectContaining({ details: expect.objectContaining({ condition, position: 0 }) as unknown }) as Error;
    expect(() => expand('a.*')).toThrow(error('CANNOT_RESOLVE_STAR_EXPAND'));
    expect(() => expand('nope.*')).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
    expect(() => expand('* EXCEPT (nope)')).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
    expect(() => expand('* EXCEPT (a.x)')).toThrow(error('EXCEPT_NESTED_COLUMN_INVALID_TYPE'));
    expect(() => expand('* EXCEPT (p, p.x)')).toThrow(error('EXCEPT_OVERLAPPING_COLUMNS'));
  });
});
